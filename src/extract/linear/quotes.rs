//! Who speaks, by which words, and what is said: one chain a paragraph.

use std::sync::LazyLock;

use super::chain::{self, LANES, Lattice, Scores, Transitions};
use super::cut::{Cut, View};
use super::keys::Adder;
use super::model::Model;
use super::name_features::Zone;
use super::names::{self, Labelled, Part, Scorer, parts};
use super::quote_features::Paragraph;
use super::quote_opinion::Opinion;
use super::token::Token;
use super::words::Words;
use crate::span::Span;

/// Trained by `dev train quotes`; the file's header says on what.
#[cfg(not(feature = "clean"))]
const DATA: &[u8] = include_bytes!("data/quotes.bin");
#[cfg(feature = "clean")]
const DATA: &[u8] = b"";

static MODEL: LazyLock<Model> = LazyLock::new(|| Model::read(DATA).sharing(&names::MODEL));

/// What a stretch of text does in reported speech.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// Names who speaks.
    Source,
    /// Reports: `said`, `according to`.
    Cue,
    /// Is what was said, marks included.
    Content,
}

impl What {
    /// All kinds, in the order of their labels.
    pub const ALL: [What; 3] = [What::Source, What::Cue, What::Content];
}

/// A stretch of text that belongs to reported speech.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tagged {
    /// Its bytes.
    pub span: Span,
    /// What it does.
    pub what: What,
    /// Mean probability of its words, 0 to 1.
    pub score: f32,
}

/// The shipped weights.
pub fn model() -> &'static Model {
    &MODEL
}

/// What the shipped weights were trained on, by their own header.
pub fn quotes_header() -> &'static str {
    &MODEL.header
}

/// States of the paragraphs before and after one.
pub fn around(read: &[Paragraph], n: usize) -> (u8, u8) {
    let state = |n: Option<usize>| n.and_then(|n| read.get(n)).map_or(7, |paragraph| paragraph.state);
    (state(n.checked_sub(1)), state(Some(n + 1)))
}

/// Sources, cues and contents by the weights of `model`, with which `words` and `cut` must have been made;
/// in order, and none runs over a paragraph's end.
pub fn quotes_with(model: &Model, words: &mut Words, text: &str, cut: &Cut) -> Vec<Tagged> {
    let view = cut.view(words);
    tag(model, words, text, cut, &view)
}

/// Labels the words of an article that has been read.
pub(super) fn tag(model: &Model, words: &mut Words, text: &str, cut: &Cut, view: &View) -> Vec<Tagged> {
    let (Some(first), Some(last)) = (model.transitions.first(), model.transitions.last()) else {
        return Vec::new();
    };
    let mut cache = words.take_cache(model);
    let mut tagger = Tagger {
        scorer: Scorer { model, words, cache: &mut cache },
        first,
        last,
        edges: chain::factors(last),
        lattice: Lattice::default(),
    };
    let mut found = Vec::new();
    for (n, (&zone, paragraph)) in view.zones.iter().zip(&view.read).enumerate() {
        let stretches = paragraph.loud();
        if stretches.is_empty() {
            continue;
        }
        let start = found.len();
        let path = tagger.paragraph(cut, view, n, &stretches, &mut found);
        drop_dateline(cut, zone, text, &mut found[start..]);
        let more = left_out(paragraph, zone, &cut.tokens, &path, text);
        if !more.is_empty() {
            found.extend(more);
            found[start..].sort_by_key(|tagged| tagged.span.start);
        }
    }
    words.give_cache(model, cache);
    found
}

/// Labels paragraph after paragraph.
struct Tagger<'a> {
    scorer: Scorer<'a>,
    first: &'a Transitions,
    last: &'a Transitions,
    edges: Transitions,
    lattice: Lattice,
}

impl Tagger<'_> {
    /// Labels the given stretches of a paragraph, each as a chain of its own, and adds what they make up to
    /// `found`; all between them is outside. Returns a label for each token of the paragraph.
    fn paragraph(
        &mut self,
        cut: &Cut,
        view: &View,
        n: usize,
        stretches: &[(usize, usize)],
        found: &mut Vec<Tagged>,
    ) -> Vec<u8> {
        let (zone, paragraph) = (view.zones[n], &view.read[n]);
        let (before, after) = around(&view.read, n);
        let mut path = vec![0; zone.end - zone.start];
        let mut all_scores = Vec::with_capacity(stretches.len());
        for &(start, end) in stretches {
            let part = Zone { start: zone.start + start, end: zone.start + end };
            let scores = self.scorer.score(&view.scene, part, |token, frame, words, adder| {
                view.scene.near_keys(token, frame, words, adder);
                paragraph.keys(token - zone.start, before, after, words, adder);
            });
            path[start..end].copy_from_slice(&chain::best_path(&scores, self.first));
            all_scores.push(scores);
        }
        let two_passes = self.scorer.model.transitions.len() > 1;
        // The second pass puts in order what the first found; where that is nothing, it looks for nothing.
        if two_passes && path.iter().any(|&label| label != 0) {
            let opinion = Opinion::new(paragraph, &path);
            let mut again = vec![0; path.len()];
            for (&(start, end), scores) in stretches.iter().zip(&mut all_scores) {
                if path[start..end].iter().all(|&label| label == 0) {
                    continue;
                }
                self.scorer.second_look(&opinion, start, scores);
                again[start..end].copy_from_slice(&chain::best_path(scores, self.last));
            }
            path = again;
        }
        for (&(start, end), scores) in stretches.iter().zip(&all_scores) {
            self.assemble(&cut.tokens[zone.start + start..], scores, &path[start..end], found);
        }
        path
    }

    /// Adds what the labels of a chain make up, with their probabilities.
    fn assemble(&mut self, tokens: &[Token], scores: &[Scores], labels: &[u8], found: &mut Vec<Tagged>) {
        if labels.iter().all(|&label| label == 0) {
            return;
        }
        self.lattice.fill(scores, &self.edges);
        let labelled = labels.iter().enumerate().filter(|&(_, &label)| label != 0).map(|(token, &label)| {
            Labelled { token, label, score: self.lattice.marginals(token)[usize::from(label) & (LANES - 1)] }
        });
        assemble(tokens, labelled, found);
    }
}

/// A source that opens its paragraph does not hold the dateline: `KYIV, Ukraine — President …`.
fn drop_dateline(cut: &Cut, zone: Zone, text: &str, found: &mut [Tagged]) {
    let Some(source) = found.first_mut().filter(|tagged| tagged.what == What::Source) else { return };
    let tokens = &cut.tokens[zone.start..zone.end];
    let opens = tokens.first().is_some_and(|token| token.span.start == source.span.start);
    let place = (9..=12).contains(&cut.names[zone.start]);
    let dash = tokens.iter().take(12).position(|token| matches!(token.span.of(text), "—" | "–" | "-" | "--"));
    if let (true, true, Some(dash)) = (opens, place, dash) {
        let apart = tokens[dash].span.start > tokens[dash.max(1) - 1].span.end;
        if let Some(next) = tokens.get(dash + 1).filter(|next| apart && next.span.start < source.span.end) {
            source.span = Span { start: next.span.start, end: source.span.end };
        }
    }
}

impl Scorer<'_> {
    /// Adds to the scores of a stretch what the labels of the first pass say about each other.
    fn second_look(&mut self, opinion: &Opinion, start: usize, scores: &mut [Scores]) {
        let mut adder = Adder::new(self.model, &mut self.cache.memo);
        for (at, scores) in scores.iter_mut().enumerate() {
            opinion.keys(start + at, self.words, &mut adder);
            let more = self.model.scores(&adder.take());
            *scores = std::array::from_fn(|lane| scores[lane] + more[lane]);
        }
    }
}

/// Fewest words between quote marks that are taken for speech without more evidence.
const LONG_RUN: usize = 4;

/// Quoted runs of some length in which nothing was found: shorter ones are titles and scare quotes.
fn left_out(paragraph: &Paragraph, zone: Zone, tokens: &[Token], path: &[u8], text: &str) -> Vec<Tagged> {
    let runs = paragraph.quoted_runs().into_iter().filter(|&(start, end)| {
        let words = tokens[zone.start + start..zone.start + end]
            .iter()
            .filter(|token| token.span.of(text).starts_with(char::is_alphanumeric));
        path[start..end].iter().all(|&label| label == 0) && words.count() >= LONG_RUN
    });
    runs.map(|(start, end)| Tagged {
        span: tokens[zone.start + start].span.cover(tokens[zone.start + end - 1].span),
        what: What::Content,
        score: 0.5,
    })
    .collect()
}

fn assemble(tokens: &[Token], labelled: impl Iterator<Item = Labelled>, found: &mut Vec<Tagged>) {
    let mut open: Option<(Tagged, f32)> = None;
    for Labelled { token, label, score } in labelled {
        let (Some(token), Some((kind, part))) = (tokens.get(token), parts(label)) else { continue };
        let Some(&what) = What::ALL.get(kind) else { continue };
        let fresh = Tagged { span: token.span, what, score };
        match part {
            Part::Unit => found.push(fresh),
            Part::Begin => open = Some((fresh, 1.0)),
            Part::Inside | Part::Last => {
                if let Some((tagged, count)) = &mut open {
                    tagged.span = tagged.span.cover(token.span);
                    tagged.score += (score - tagged.score) / (*count + 1.0);
                    *count += 1.0;
                }
                if part == Part::Last {
                    found.extend(open.take().map(|(tagged, _)| tagged));
                }
            }
        }
    }
}
