//! Names: a first pass over the stretches around capitals, then a second that knows what the first
//! made of the same words elsewhere in the article.

use std::sync::LazyLock;

use super::adder::Adder;
use super::chain::{self, LANES, Lattice, Paths, Steps, Sums};
use super::cut::Cut;
use super::hash::{key, pair};
use super::keys::Keys;
use super::model::{Chain, Model};
use super::name_features::{Scene, Zone};
use super::token::Token;
use super::words::{Mark, Words};
use crate::span::Span;

/// Trained by `dev train names`, with `--clean` for the feature `clean` and ordered by `dev hot`; the file's header says on what.
#[cfg(not(feature = "clean"))]
const DATA: &[u8] = include_bytes!("data/names.bin");
#[cfg(feature = "clean")]
const DATA: &[u8] = include_bytes!("data/names-clean.bin");

pub(super) static MODEL: LazyLock<Model> = LazyLock::new(|| Model::read(DATA));

/// What a name names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NameClass {
    /// A human being.
    Person,
    /// A named body.
    Organisation,
    /// A place.
    Location,
    /// People or things of a place: `Ukrainian`, `Texans`.
    Demonym,
}

impl NameClass {
    /// All classes, in the order of their labels.
    pub const ALL: [NameClass; 4] =
        [NameClass::Person, NameClass::Organisation, NameClass::Location, NameClass::Demonym];
}

/// A name in a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Name {
    /// Its bytes.
    pub span: Span,
    /// What it names.
    pub class: NameClass,
    /// Probability of its least sure word, 0 to 1.
    pub score: f32,
}

/// What the shipped weights were trained on, by their own header.
pub fn header() -> &'static str {
    &MODEL.header
}

/// Names by the weights of `model`; `words` must always come with the same model.
pub fn names_with(model: &Model, words: &mut Words, text: &str, sentences: &[Span]) -> Vec<Name> {
    let cut = Cut::new(model, words, text, sentences, &[]);
    names_in(model, words, &cut)
}

/// Names in an article that is cut already.
pub(super) fn names_in(model: &Model, words: &mut Words, cut: &Cut) -> Vec<Name> {
    let found = assemble(&cut.tokens, &label(model, words, &cut.ids, cut.sentences.clone()));
    found.into_iter().flat_map(|name| parted(name, words, cut)).collect()
}

/// A name, cut where a dash stands between blanks: `Yuri Rao — Asha Lind’s adviser` names two.
fn parted(name: Name, words: &Words, cut: &Cut) -> Vec<Name> {
    let start = cut.tokens.partition_point(|token| token.span.end <= name.span.start);
    let end = cut.tokens.partition_point(|token| token.span.start < name.span.end);
    let dash = |&at: &usize| {
        let apart = cut.tokens[at - 1].span.end < cut.tokens[at].span.start
            && cut.tokens[at].span.end < cut.tokens[at + 1].span.start;
        apart && words.all[cut.ids[at] as usize].mark == Mark::Pause
    };
    let mut parts = Vec::new();
    let mut from = start;
    for at in (start + 1..end.saturating_sub(1)).filter(dash).chain([end]) {
        if from < at {
            parts.push(Name { span: cut.tokens[from].span.cover(cut.tokens[at - 1].span), ..name });
        }
        from = at + 1;
    }
    parts
}

/// Labels the tokens of an article that are part of its names.
pub fn mark(cut: &mut Cut, names: &[Name]) {
    for name in names {
        let start = cut.tokens.partition_point(|token| token.span.end <= name.span.start);
        let end = cut.tokens.partition_point(|token| token.span.start < name.span.end);
        let class = NameClass::ALL.iter().position(|&class| class == name.class).unwrap_or(0) as u8;
        if end == start + 1 {
            cut.names[start] = (4 * class + 4).min(15);
        } else if end > start {
            cut.names[start..end].fill((4 * class + 2).min(14));
            cut.names[start] = 4 * class + 1;
            cut.names[end - 1] = (4 * class + 3).min(14);
        }
    }
}

/// A label and its probability for each token that may be part of a name.
pub struct Labelled {
    /// Number of the token.
    pub token: usize,
    /// Its label.
    pub label: u8,
    /// Probability of the label.
    pub score: f32,
}

/// Labels the words of an article; tokens left out are no names.
pub fn label(model: &Model, words: &mut Words, ids: &[u32], sentences: Vec<(usize, usize)>) -> Vec<Labelled> {
    let [first, rest @ ..] = model.chains.as_slice() else { return Vec::new() };
    let scene = Scene::new(ids, sentences, words);
    let zones = scene.zones(words);
    let mut cache = words.take_cache(model);
    let tokens = zones.iter().map(|zone| zone.end - zone.start).sum();
    let mut adder = Adder::new(model, &mut cache, tokens);
    for &zone in &zones {
        let frame = scene.frame(zone);
        adder.touch(&ids[zone.start..zone.end]);
        adder.start();
        for token in zone.start..zone.end {
            scene.keys(token, &frame, words, &mut adder);
            adder.surfaces(&scene, token, frame.sentence, words);
            adder.next();
        }
    }
    let mut sums = adder.finish();
    let mut labels = vec![0; ids.len()];
    paths(&zones, &sums, &first.steps, &mut labels);
    let mut last = first;
    if let Some(second) = rest.first() {
        last = second;
        let opinion = Opinion::new(&scene, words, &zones, &labels);
        let mut adder = Adder::new(model, &mut cache, tokens);
        for &zone in &zones {
            adder.start();
            let sentence = scene.sentence_of(zone.start);
            for token in zone.start..zone.end {
                opinion.keys(token, &scene, sentence, words, &labels, &mut adder);
                adder.next();
            }
        }
        sums.iter_mut().zip(&adder.finish()).for_each(|(sums, more)| chain::add(sums, more));
        paths(&zones, &sums, &second.steps, &mut labels);
    }
    words.give_cache(model, cache);
    probabilities(model, &zones, &sums, &labels, last)
}

/// The best labels of each zone; `sums` has those of all their tokens, one zone after the other.
fn paths(zones: &[Zone], sums: &[Sums], steps: &Steps, labels: &mut [u8]) {
    let mut rest = sums;
    let mut paths = Paths::default();
    for zone in zones {
        let (own, others) = rest.split_at(zone.end - zone.start);
        rest = others;
        paths.best(own, steps, &mut labels[zone.start..zone.end]);
    }
}

fn probabilities(
    model: &Model,
    zones: &[Zone],
    sums: &[Sums],
    labels: &[u8],
    chain: &Chain,
) -> Vec<Labelled> {
    let mut lattice = Lattice::default();
    let mut all = Vec::new();
    let mut rest = sums;
    for zone in zones {
        let (own, others) = rest.split_at(zone.end - zone.start);
        rest = others;
        if labels[zone.start..zone.end].iter().all(|&label| label == 0) {
            continue;
        }
        lattice.fill(model.scores(own), &chain.edges);
        for (at, &label) in labels[zone.start..zone.end].iter().enumerate() {
            if label != 0 {
                let token = zone.start + at;
                let score = lattice.marginals(at)[usize::from(label) & (LANES - 1)];
                all.push(Labelled { token, label, score });
            }
        }
    }
    all
}

/// Which part of a name a label stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// First of several words.
    Begin,
    /// Between first and last.
    Inside,
    /// Last of several words.
    Last,
    /// The only word.
    Unit,
}

/// Reads a label; none for 0, "outside".
pub fn parts(label: u8) -> Option<(usize, Part)> {
    let order = [Part::Begin, Part::Inside, Part::Last, Part::Unit];
    match label {
        1..=12 => Some((usize::from(label - 1) / 4, order[usize::from(label - 1) % 4])),
        13 => Some((3, Part::Begin)),
        14 => Some((3, Part::Last)),
        15 => Some((3, Part::Unit)),
        _ => None,
    }
}

/// Names as `(start, end, class)` in token numbers, from a label for each token.
pub fn spans(labels: &[u8]) -> Vec<(usize, usize, usize)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, usize)> = None;
    for (token, &label) in labels.iter().enumerate() {
        match parts(label) {
            Some((class, Part::Unit)) => found.push((token, token + 1, class)),
            Some((class, Part::Begin)) => open = Some((token, class)),
            Some((_, Part::Inside)) => {}
            Some((class, Part::Last)) => {
                if let Some((start, _)) = open.take().filter(|&(_, begun)| begun == class) {
                    found.push((start, token + 1, class));
                }
            }
            None => open = None,
        }
    }
    found
}

fn assemble(tokens: &[Token], labelled: &[Labelled]) -> Vec<Name> {
    let mut found: Vec<Name> = Vec::new();
    let mut open: Option<Name> = None;
    for &Labelled { token, label, score } in labelled {
        let (Some(token), Some((class, part))) = (tokens.get(token), parts(label)) else { continue };
        let class = NameClass::ALL[class];
        match part {
            Part::Begin => open = Some(Name { span: token.span, class, score }),
            Part::Unit => found.push(Name { span: token.span, class, score }),
            Part::Inside | Part::Last => {
                if let Some(name) = &mut open {
                    name.span = name.span.cover(token.span);
                    name.score = name.score.min(score);
                }
                if part == Part::Last {
                    found.extend(open.take());
                }
            }
        }
    }
    found
}

/// What the first pass made of the words of an article, by word.
pub struct Opinion {
    votes: Vec<[u16; 5]>,
    longest: Vec<(usize, usize)>,
    covered: Vec<u32>,
    names: Vec<(usize, usize, usize)>,
    phrases: super::hash::Hashed<[u16; 4]>,
}

impl Opinion {
    /// Gathers the labels of the first pass, one for each token of the article.
    pub fn new(scene: &Scene, words: &Words, zones: &[Zone], labels: &[u8]) -> Opinion {
        let mut opinion = Opinion {
            votes: vec![[0; 5]; scene.slots()],
            longest: vec![(0, 0); scene.slots()],
            covered: vec![0; labels.len()],
            names: spans(labels),
            phrases: super::hash::Hashed::default(),
        };
        for token in zones.iter().flat_map(|zone| zone.start..zone.end) {
            if scene.word(token, words).capital {
                let class = parts(labels[token]).map_or(4, |(class, _)| class);
                let votes = &mut opinion.votes[scene.slot(token, words)][class];
                *votes = votes.saturating_add(1);
            }
        }
        for n in 0..opinion.names.len() {
            let (start, end, class) = opinion.names[n];
            opinion.covered[start..end].fill(n as u32 + 1);
            for token in start..end {
                let longest = &mut opinion.longest[scene.slot(token, words)];
                if end - start > longest.0 {
                    *longest = (end - start, class);
                }
            }
            let votes = opinion.phrases.entry(phrase(scene, words, start, end)).or_default();
            votes[class] = votes[class].saturating_add(1);
        }
        opinion
    }

    /// Keys of the second pass for a token of a sentence.
    pub fn keys(
        &self,
        token: usize,
        scene: &Scene,
        (start, end): (usize, usize),
        words: &Words,
        labels: &[u8],
        keys: &mut impl Keys,
    ) {
        let label = |token: Option<usize>| match token {
            Some(token) if token >= start && token < end => u64::from(labels[token]),
            _ => 99,
        };
        let (before, own, after) = (label(token.checked_sub(1)), label(Some(token)), label(Some(token + 1)));
        keys.group(LABELS | before << 16 | own << 8 | after, |keys| {
            keys.put(key(7000, own));
            keys.put(key(7001, before * 100 + own));
            keys.put(key(7002, own * 100 + after));
            keys.put(key(7003, before * 100 + after));
        });
        if scene.word(token, words).capital {
            self.word_keys(scene.slot(token, words), token, own, keys);
        }
        if let Some(&(start, end, class)) = self.names.get((self.covered[token] as usize).wrapping_sub(1)) {
            let votes = self.phrases.get(&phrase(scene, words, start, end)).copied().unwrap_or_default();
            let most = top(&votes);
            keys.put(key(7020, (most * 4 + class) as u64 * 2 + u64::from(votes[most] > 1)));
        }
    }

    fn word_keys(&self, slot: usize, token: usize, own: u64, keys: &mut impl Keys) {
        let votes = self.votes[slot];
        let total: u16 = votes.iter().sum::<u16>().max(1);
        let most = top(&votes);
        let share = most as u64 * 8 + u64::from(votes[most]) * 4 / u64::from(total);
        let kinds = votes.iter().fold(0, |bits, &count| bits * 2 + u64::from(count > 0));
        let total = u64::from(total.min(4));
        let (length, class) = self.longest[slot];
        let name = self.names.get((self.covered[token] as usize).wrapping_sub(1));
        let longer = name.is_none_or(|&(start, end, _)| length > end - start);
        let known = class as u64 * 2 + u64::from(longer);
        let length = length.min(4) as u64;
        let sign = (share << 8 | kinds) << 24 | total << 20 | length << 16 | known << 8 | own;
        keys.group(VOTES | sign, |keys| {
            keys.put(key(7004, share));
            keys.put(key(7005, share * 16 + own));
            keys.put(key(7006, kinds));
            keys.put(key(7007, kinds * 16 + own));
            keys.put(key(7008, pair(total, kinds)));
            if length > 0 {
                keys.put(key(7009, known));
                keys.put(key(7010, known * 16 + own));
                keys.put(key(7011, length * 4 + class as u64));
            }
        });
    }
}

/// Sets the signs of the second pass apart from those of the first.
const LABELS: u64 = 1 << 61;
/// As [`LABELS`], for what was made of the word elsewhere.
const VOTES: u64 = 1 << 60;

fn top(votes: &[u16]) -> usize {
    (0..votes.len()).rev().max_by_key(|&class| votes[class]).unwrap_or(0)
}

fn phrase(scene: &Scene, words: &Words, start: usize, end: usize) -> u64 {
    (start..end).fold(9, |hash, token| pair(hash, scene.word(token, words).lower))
}
