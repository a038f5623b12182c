//! The second look at a paragraph: how the sources, cues and contents that the first pass found fit
//! together.

use super::hash::{key, pair};
use super::keys::Keys;
use super::names::spans;
use super::quote_features::{Paragraph, step};
use super::words::Words;

const SOURCE: usize = 0;
const CUE: usize = 1;
const CONTENT: usize = 2;
const NONE: u64 = 9;

/// The places of [`Keys::stays`].
mod place {
    pub const ORDER: usize = 0;
    pub const INSIDE: usize = 1;
    pub const PARTNER: usize = 2;
}

/// Sets the signs of groups apart from each other and from those of the first pass.
mod group {
    pub const LABELS: u64 = 17 << 56;
    pub const PLACE: u64 = 18 << 56;
    pub const DISTANCES: u64 = 19 << 56;
}

/// The stretches that the first pass found in one paragraph.
pub struct Opinion<'a> {
    paragraph: &'a Paragraph,
    labels: &'a [u8],
    found: Vec<(usize, usize, usize)>,
    /// Number of the first stretch that ends after a token.
    next: Vec<usize>,
    /// For each sentence: hash of the kinds in it, how many of each, and its first stretch.
    sentences: Vec<(u64, [u64; 3], usize)>,
}

impl<'a> Opinion<'a> {
    /// Takes one label for each token of the paragraph.
    pub fn new(paragraph: &'a Paragraph, labels: &'a [u8]) -> Opinion<'a> {
        let found = spans(labels);
        let mut sentences = vec![(3, [0; 3], usize::MAX); paragraph.sentence_count()];
        for (n, &(start, _, kind)) in found.iter().enumerate() {
            if let Some((hash, counts, first)) = sentences.get_mut(paragraph.sentence(start)) {
                *hash = pair(*hash, kind as u64);
                counts[kind.min(2)] += 1;
                *first = (*first).min(n);
            }
        }
        let mut ended = 0;
        let next = (0..labels.len())
            .map(|at| {
                ended += found[ended..].iter().take_while(|&&(_, end, _)| end <= at).count();
                ended
            })
            .collect();
        Opinion { paragraph, labels, found, next, sentences }
    }

    fn at(&self, n: Option<usize>) -> Option<(usize, usize, usize)> {
        n.and_then(|n| self.found.get(n)).copied()
    }

    /// Keys of a token.
    pub fn keys(&self, at: usize, words: &Words, keys: &mut impl Keys) {
        let label =
            |at: Option<usize>| at.and_then(|at| self.labels.get(at)).map_or(20, |&label| u64::from(label));
        let (before, own, after) = (label(at.checked_sub(1)), label(Some(at)), label(Some(at + 1)));
        keys.group(group::LABELS | before << 16 | own << 8 | after, |keys| {
            keys.put(key(9000, own));
            keys.put(key(9001, before * 32 + own));
            keys.put(key(9002, own * 32 + after));
        });
        let next = self.next[at];
        let inside = self.at(Some(next)).filter(|&(start, ..)| start <= at);
        let kind = inside.map_or(3, |(_, _, kind)| kind as u64);
        let quoted = u64::from(self.paragraph.quoted(at));
        let number = self.paragraph.sentence(at) as u64;
        let sign = number << 32 | (next as u64) << 8 | u64::from(inside.is_some()) << 2 | quoted;
        keys.stays(place::ORDER, sign, |keys| {
            self.order(at, next, inside.is_some(), kind * 4 + quoted, keys)
        });
        self.distances(at, next, kind, keys);
        let lower = |at: usize| self.paragraph.lower(Some(at), words);
        keys.put(key(9013, pair(lower(at), kind)));
        if let Some((start, end, kind)) = inside {
            let kind = kind as u64;
            keys.stays(place::INSIDE, next as u64, |keys| {
                keys.put(key(9020, pair(lower(start), kind)));
                keys.put(key(9021, pair(lower(end - 1), kind)));
                keys.put(key(9022, pair(self.paragraph.lower(Some(end), words), kind)));
                keys.put(key(9023, pair(self.paragraph.lower(start.checked_sub(1), words), kind)));
            });
            let place = step(at - start).min(2) * 4 + step(end - 1 - at).min(2);
            let length = step(end - start);
            keys.group(group::PLACE | length << 24 | place << 16 | kind << 8 | quoted, |keys| {
                keys.put(key(9024, (place * 8 + kind) * 4 + quoted));
                keys.put(key(9025, length * 32 + kind * 4 + quoted));
            });
            let edge = ((at - start).min(1) * 2 + (end - 1 - at).min(1)) as u64;
            keys.stays(place::PARTNER, (next as u64) << 8 | edge, |keys| {
                self.partner(next, words, edge, keys)
            });
        }
    }

    /// The order of kinds in the sentence, and where in it the token stands.
    fn order(&self, at: usize, next: usize, inside: bool, sign: u64, keys: &mut impl Keys) {
        let number = self.paragraph.sentence(at);
        let nothing = (3, [0; 3], usize::MAX);
        let (hash, counts, first) = self.sentences.get(number).copied().unwrap_or(nothing);
        let place = next.saturating_sub(first.min(next)).min(7) as u64 * 2 + u64::from(inside);
        keys.put(key(9003, pair(hash, place)));
        keys.put(key(9004, pair(hash, place * 64 + sign)));
        let few = |counts: [u64; 3]| counts.iter().fold(0, |sum, &count| sum * 3 + count.min(2));
        let before = number.checked_sub(1).and_then(|n| self.sentences.get(n)).map_or(30, |one| few(one.1));
        let after = self.sentences.get(number + 1).map_or(30, |one| few(one.1));
        keys.put(key(9005, few(counts) * 16 + sign));
        keys.put(key(9006, (few(counts) * 32 + before) * 16 + sign));
        keys.put(key(9007, (few(counts) * 32 + after) * 16 + sign));
        let around = |n: Option<usize>| self.at(n).map_or(NONE, |one| one.2 as u64);
        let after = if inside { next + 1 } else { next };
        let (before, after, second) =
            (around(next.checked_sub(1)), around(Some(after)), around(Some(after + 1)));
        keys.put(key(9008, (before * 10 + after) * 16 + sign));
        keys.put(key(9009, ((before * 10 + after) * 10 + second) * 16 + sign));
    }

    /// How far the nearest stretch of each kind is on each side.
    fn distances(&self, at: usize, next: usize, kind: u64, keys: &mut impl Keys) {
        let found = [SOURCE, CUE, CONTENT].map(|wanted| {
            let left =
                self.found[..next.min(self.found.len())].iter().rev().take(6).find(|one| one.2 == wanted);
            let right = self.found.iter().skip(next).take(6).find(|one| one.2 == wanted && one.0 > at);
            let left = left.map_or(NONE, |one| step(at + 1 - one.1));
            let right = right.map_or(NONE, |one| step(one.0 - at));
            left * 16 + right
        });
        for (wanted, one) in found.into_iter().enumerate() {
            let (wanted, value) = (wanted as u32, one * 4 + kind);
            keys.group(group::DISTANCES | u64::from(wanted) << 32 | value, |keys| {
                keys.put(key(9010 + wanted, value));
            });
        }
    }

    /// The cue nearest to the stretch that holds the token, or for a cue its content.
    fn partner(&self, own: usize, words: &Words, edge: u64, keys: &mut impl Keys) {
        let (start, end, kind) = self.found[own];
        let wanted = if kind == CUE { CONTENT } else { CUE };
        let gap = |one: &(usize, usize, usize)| {
            if one.1 <= start { start - one.1 } else { one.0.saturating_sub(end) }
        };
        let near = self.found[own.saturating_sub(3)..(own + 4).min(self.found.len())].iter();
        let Some(cue) = near.filter(|one| one.2 == wanted).min_by_key(|one| gap(one)) else {
            keys.put(key(9030, kind as u64));
            return;
        };
        let before = u64::from(cue.1 <= start);
        let sign = (step(gap(cue)) * 2 + before) * 4 + kind as u64;
        keys.put(key(9031, sign));
        keys.put(key(9032, sign * 4 + edge));
        let word = self.paragraph.lower(Some(cue.0), words);
        keys.put(key(9033, pair(word, before * 4 + kind as u64)));
        keys.put(key(9034, pair(word, sign * 4 + edge)));
    }
}
