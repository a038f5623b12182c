//! Who speaks, by which words, and what is said: one chain a paragraph.

use std::ops::Range;
use std::sync::LazyLock;

use super::adder::Adder;
use super::cache::Cache;
use super::chain::{self, LANES, Lattice, Paths, Steps, Sums};
use super::cut::{Cut, View};
use super::model::{Chain, Model};
use super::name_features::Zone;
use super::names::{self, Labelled, Part, parts};
use super::quote_features::Paragraph;
use super::quote_opinion::Opinion;
use super::token::Token;
use super::words::Words;
use crate::span::Span;

/// Trained by `dev train quotes` and ordered by `dev hot`; the file's header says on what.
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
    let [first, rest @ ..] = model.chains.as_slice() else { return Vec::new() };
    let mut cache = words.take_cache(model);
    let mut tagging = Tagging::new(model, words, (view, &cut.ids), &mut cache);
    tagging.paths(&first.steps);
    if let Some(second) = rest.first() {
        tagging.look_again(model, words, view, &mut cache);
        tagging.paths(&second.steps);
    }
    words.give_cache(model, cache);
    tagging.found((model, rest.first().unwrap_or(first)), text, cut, view)
}

/// Stretches of text that are labelled, each as a chain of its own; all between them is outside.
struct Tagging {
    stretches: Vec<Stretch>,
    /// Sums of their tokens, one stretch after the other.
    sums: Vec<Sums>,
    /// Labels, in the same way.
    labels: Vec<u8>,
}

/// Some sentences of one paragraph.
#[derive(Clone)]
struct Stretch {
    /// Number of the paragraph.
    paragraph: usize,
    /// Where it starts and ends, in tokens of the paragraph.
    within: Range<usize>,
    /// The same among those tokens of all stretches that are looked at.
    among: Range<usize>,
}

impl Tagging {
    /// Adds up what speaks for each label.
    fn new(model: &Model, words: &Words, (view, ids): (&View, &[u32]), cache: &mut Cache) -> Tagging {
        let stretches = Tagging::stretches(view);
        let tokens = stretches.last().map_or(0, |last| last.among.end);
        let mut adder = Adder::new(model, cache, tokens);
        for Stretch { paragraph: n, within, .. } in &stretches {
            let (zone, paragraph) = (view.zones[*n], &view.read[*n]);
            let (before, after) = around(&view.read, *n);
            let part = Zone { start: zone.start + within.start, end: zone.start + within.end };
            let frame = view.scene.frame(part);
            adder.touch(&ids[part.start..part.end]);
            adder.start();
            for at in paragraph.shallow(within.clone()) {
                let token = zone.start + at;
                view.scene.near_keys(token, &frame, words, &mut adder);
                view.scene.pair_keys(token, &frame, words, &mut adder);
                paragraph.keys(at, before, after, words, &mut adder);
                adder.surfaces(&view.scene, token, frame.sentence, words);
                adder.next();
            }
        }
        let sums = adder.finish();
        Tagging { stretches, labels: vec![0; sums.len()], sums }
    }

    fn stretches(view: &View) -> Vec<Stretch> {
        let mut stretches: Vec<Stretch> = Vec::new();
        for (paragraph, read) in view.read.iter().enumerate() {
            for (start, end) in read.loud() {
                let from = stretches.last().map_or(0, |last| last.among.end);
                let count = read.shallow(start..end).count();
                stretches.push(Stretch { paragraph, within: start..end, among: from..from + count });
            }
        }
        stretches
    }

    /// The best labels for the sums.
    fn paths(&mut self, steps: &Steps) {
        let mut paths = Paths::default();
        for Stretch { among, .. } in &self.stretches {
            paths.best(&self.sums[among.clone()], steps, &mut self.labels[among.clone()]);
        }
    }

    /// Adds what the labels of the first look say about each other. Where it found nothing, there is nothing
    /// to put in order, and the stretch is left out from here on.
    fn look_again(&mut self, model: &Model, words: &Words, view: &View, cache: &mut Cache) {
        let mut again = Tagging { stretches: Vec::new(), sums: Vec::new(), labels: Vec::new() };
        let mut adder = Adder::new(model, cache, self.sums.len());
        for part in self.stretches.chunk_by(|a, b| a.paragraph == b.paragraph) {
            let Some(n) = part.first().map(|first| first.paragraph) else { continue };
            let path = self.path(part, view.zones[n], &view.read[n]);
            if path.iter().all(|&label| label == 0) {
                continue;
            }
            let opinion = Opinion::new(&view.read[n], &path);
            adder.start();
            for Stretch { paragraph, within, among } in part {
                if path[within.clone()].iter().all(|&label| label == 0) {
                    continue;
                }
                for at in view.read[n].shallow(within.clone()) {
                    opinion.keys(at, words, &mut adder);
                    adder.next();
                }
                let from = again.sums.len();
                again.sums.extend_from_slice(&self.sums[among.clone()]);
                let among = from..again.sums.len();
                again.stretches.push(Stretch { paragraph: *paragraph, within: within.clone(), among });
            }
        }
        again.sums.iter_mut().zip(&adder.finish()).for_each(|(sums, more)| chain::add(sums, more));
        again.labels = vec![0; again.sums.len()];
        *self = again;
    }

    /// A label for each token of a paragraph, from those of its stretches.
    fn path(&self, stretches: &[Stretch], zone: Zone, paragraph: &Paragraph) -> Vec<u8> {
        let mut path = vec![0; zone.end - zone.start];
        for Stretch { within, among, .. } in stretches {
            let mut labels = self.labels[among.clone()].iter();
            let mut last = 0;
            for at in within.clone() {
                last = match paragraph.is_deep(at) {
                    true => within_what(last),
                    false => labels.next().copied().unwrap_or(0),
                };
                path[at] = last;
            }
        }
        path
    }

    /// What the labels make up, with their probabilities, and what they left out.
    fn found(&self, trained: (&Model, &Chain), text: &str, cut: &Cut, view: &View) -> Vec<Tagged> {
        let mut lattice = Lattice::default();
        let mut found = Vec::new();
        let mut rest = self.stretches.as_slice();
        for (n, (&zone, paragraph)) in view.zones.iter().zip(&view.read).enumerate() {
            let (own, others) = rest.split_at(rest.partition_point(|stretch| stretch.paragraph == n));
            rest = others;
            let start = found.len();
            for stretch in own {
                let stretch = (stretch, paragraph);
                self.assemble(stretch, &cut.tokens[zone.start..], trained, &mut lattice, &mut found);
            }
            drop_dateline(cut, zone, text, &mut found[start..]);
            let more = left_out(paragraph, zone, &cut.tokens, &self.path(own, zone, paragraph), text);
            if !more.is_empty() {
                found.extend(more);
                found[start..].sort_by_key(|tagged| tagged.span.start);
            }
        }
        found
    }

    fn assemble(
        &self,
        (stretch, paragraph): (&Stretch, &Paragraph),
        tokens: &[Token],
        (model, chain): (&Model, &Chain),
        lattice: &mut Lattice,
        found: &mut Vec<Tagged>,
    ) {
        let labels = &self.labels[stretch.among.clone()];
        if labels.iter().all(|&label| label == 0) {
            return;
        }
        lattice.fill(model.scores(&self.sums[stretch.among.clone()]), &chain.edges);
        let labelled = paragraph.shallow(stretch.within.clone()).zip(labels).enumerate();
        let labelled = labelled.filter(|&(_, (_, &label))| label != 0).map(|(n, (token, &label))| {
            let score = lattice.marginals(n)[usize::from(label) & (LANES - 1)];
            Labelled { token, label, score }
        });
        assemble(tokens, labelled, found);
    }
}

/// The label of what stands between a label and the next: inside the same, or outside.
fn within_what(label: u8) -> u8 {
    match parts(label) {
        Some((_, Part::Begin)) => label + 1,
        Some((_, Part::Inside)) => label,
        _ => 0,
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
