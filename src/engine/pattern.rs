//! Where words stand: patterns over the positions of words, and the places that match them.
//!
//! `expression → Pattern → places`. Finding rows and marking what matched ask the same code, so that they
//! cannot disagree: the index brings the positions from its postings, highlighting from the text.
//!
//! A place is a range of words. Of a chain (`a NEAR/5 b PRE/3 c`) the place reaches over all its parts, and
//! each link is near the place of what stands before it. Two sides never share a word.

use regex::Regex;

use super::Places;
use super::analyse::{self, fold_word};
use crate::query::{Expr, Filter, Link, Proximity, Within, shape};

/// What one word may be, folded as the index holds it.
#[derive(Clone, Debug)]
pub enum Leaf {
    /// Any word of this stem.
    Stem(String),
    /// This word.
    Exact(String),
    /// Words that begin so.
    Prefix(String),
    /// Words of a shape, and how all of them begin.
    Shape(Regex, String),
    /// Words so many edits away.
    Fuzzy(String, u8),
}

impl Leaf {
    /// True for a word, given as it is and stemmed.
    pub fn matches(&self, word: &str, stem: &str) -> bool {
        match self {
            Leaf::Stem(wanted) => stem == wanted,
            Leaf::Exact(wanted) => word == wanted,
            Leaf::Prefix(start) => word.starts_with(start.as_str()),
            Leaf::Shape(regex, start) => word.starts_with(start.as_str()) && regex.is_match(word),
            Leaf::Fuzzy(wanted, edits) => edits_between(word, wanted, *edits).is_some(),
        }
    }
}

/// What must stand where.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// A word; the number is that of the leaf.
    Leaf(usize),
    /// Side by side, in this order.
    Sequence(Vec<Pattern>),
    /// Any of them.
    Any(Vec<Pattern>),
    /// Near each other, from left to right.
    Chain(Box<Pattern>, Vec<(Proximity, Pattern)>),
}

/// A pattern with its leaves.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The pattern.
    pub pattern: Pattern,
    /// What its leaves ask for.
    pub leaves: Vec<Leaf>,
}

/// Positions in one text: those of each leaf, and of the last word of each sentence and paragraph.
#[derive(Clone, Debug, Default)]
pub struct Ground {
    /// Of each leaf, in order.
    pub leaves: Vec<Vec<u32>>,
    /// Last words of sentences, in order.
    pub sentences: Vec<u32>,
    /// Last words of paragraphs, in order.
    pub paragraphs: Vec<u32>,
}

/// Words from `start` up to, not including, `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// First word.
    pub start: u32,
    /// After the last.
    pub end: u32,
}

impl Place {
    fn cover(self, other: Place) -> Place {
        Place { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// The pattern of an expression; none when it asks for no words.
pub fn compile(expr: &Expr<Places>) -> Option<Compiled> {
    let mut leaves = Vec::new();
    let pattern = Compiler { leaves: &mut leaves }.pattern(expr)?;
    Some(Compiled { pattern, leaves })
}

struct Compiler<'a> {
    leaves: &'a mut Vec<Leaf>,
}

impl Compiler<'_> {
    fn pattern(&mut self, expr: &Expr<Places>) -> Option<Pattern> {
        match expr {
            Expr::Word(word) => {
                let stems = analyse::terms(&mut analyse::stemmed(), word);
                self.sequence(stems.into_iter().map(|stem| Leaf::Stem(stem.text)).collect())
            }
            Expr::Place(words, _) => {
                let words: Vec<Expr<Places>> = words.iter().cloned().map(Expr::Word).collect();
                self.pattern(&Expr::Any(words))
            }
            Expr::Exact(word) => self.exact(word),
            Expr::Phrase(words) => self.exact(&words.join(" ")),
            Expr::Prefix(stem) => self.sequence(shaped(&format!("{stem}*"))),
            Expr::Wildcard(shape) => self.sequence(shaped(shape)),
            Expr::Fuzzy(word, edits) => {
                let words = analyse::terms(&mut analyse::exact(), word);
                self.sequence(words.into_iter().map(|word| Leaf::Fuzzy(word.text, *edits)).collect())
            }
            Expr::Regex(pattern) => self.sequence(regex(pattern).into_iter().collect()),
            Expr::Near { first, links } => {
                let first = self.pattern(first)?;
                let mut chain = Vec::new();
                for Link { how, to } in links {
                    match self.pattern(to) {
                        Some(to) => chain.push((*how, to)),
                        // What holds no word is never near.
                        None if how.negated => {}
                        None => return None,
                    }
                }
                Some(Pattern::Chain(Box::new(first), chain))
            }
            Expr::And(list) | Expr::Or(list) | Expr::Any(list) => {
                let mut list: Vec<Pattern> = list.iter().filter_map(|expr| self.pattern(expr)).collect();
                if list.len() > 1 { Some(Pattern::Any(list)) } else { list.pop() }
            }
            Expr::AtLeast(_, inner) | Expr::Boost(inner, _) => self.pattern(inner),
            Expr::Filter(Filter::About(places)) if places.ids.is_empty() => self.exact(&places.typed),
            Expr::Not(_) | Expr::Filter(_) => None,
        }
    }

    fn exact(&mut self, text: &str) -> Option<Pattern> {
        let words = analyse::terms(&mut analyse::exact(), text);
        self.sequence(words.into_iter().map(|word| Leaf::Exact(word.text)).collect())
    }

    fn sequence(&mut self, leaves: Vec<Leaf>) -> Option<Pattern> {
        let first = self.leaves.len();
        self.leaves.extend(leaves);
        let mut list: Vec<Pattern> = (first..self.leaves.len()).map(Pattern::Leaf).collect();
        if list.len() > 1 { Some(Pattern::Sequence(list)) } else { list.pop() }
    }
}

/// The words of a shape: `al-Sha*` is two, and a name without wildcards as many as it has.
pub fn shaped(shape: &str) -> Vec<Leaf> {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '*' | '?' | '.' | '\'' | '’' | 'ʼ') || is_mark(c);
    let pieces = shape.split(|c: char| !part(c)).filter(|piece| piece.contains(char::is_alphanumeric));
    let leaves = |piece: &str| -> Vec<Leaf> {
        // Without signs that stand for letters it is cut as a text is: `justice.gov` is two words.
        match piece.contains(['*', '?']) {
            true => shaped_word(&fold_shape(piece)).into_iter().collect(),
            false => {
                let words = analyse::terms(&mut analyse::exact(), piece).into_iter();
                words.map(|word| Leaf::Exact(word.text)).collect()
            }
        }
    };
    pieces.flat_map(leaves).collect()
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

fn fold_shape(piece: &str) -> String {
    let mut folded = String::new();
    for part in piece.split_inclusive(['*', '?']) {
        let literal = part.trim_end_matches(['*', '?']);
        folded.push_str(&fold_word(literal));
        folded.push_str(&part[literal.len()..]);
    }
    folded
}

fn shaped_word(shape: &str) -> Option<Leaf> {
    let start = shape.split(['*', '?']).next().unwrap_or_default().to_string();
    match &shape[start.len()..] {
        "" if start.is_empty() => None,
        "" => Some(Leaf::Exact(start)),
        "*" => Some(Leaf::Prefix(start)),
        _ => shape::wildcard(shape).ok().map(|regex| Leaf::Shape(regex, start)),
    }
}

/// A regular expression over folded words; letters with accents stand for those without.
fn regex(pattern: &str) -> Option<Leaf> {
    let fold =
        |c: char| if c.is_ascii() || !c.is_alphabetic() { c.to_string() } else { fold_word(&c.to_string()) };
    let folded: String = pattern.chars().map(fold).collect();
    let regex = shape::regex(&folded).or_else(|_| shape::regex(pattern)).ok()?;
    Some(Leaf::Shape(regex, String::new()))
}

/// Of the places that may go with one place of a chain, so many on each side are tried, the nearest first.
/// With [`MOST_PAIRS`] and [`MOST_ENDS`] it bounds the time where a text repeats one word without end.
const TRIED: usize = 32;
/// Where there are more pairs to try in one text, fewer are tried of each place.
const MOST_PAIRS: usize = 1 << 16;
/// Of the places of a chain that begin with the same word, so many are gone on with, the shortest first.
const MOST_ENDS: usize = 16;

/// All places of a pattern, in order.
pub fn places(pattern: &Pattern, ground: &Ground) -> Vec<Place> {
    let mut found = match pattern {
        Pattern::Leaf(leaf) => {
            let words = ground.leaves.get(*leaf).map(Vec::as_slice).unwrap_or_default();
            return words.iter().map(|&start| Place { start, end: start + 1 }).collect();
        }
        Pattern::Sequence(parts) => sequence(parts, ground),
        Pattern::Any(list) => list.iter().flat_map(|part| places(part, ground)).collect(),
        Pattern::Chain(first, links) => {
            let mut found = places(first, ground);
            for (how, to) in links {
                if found.is_empty() {
                    break;
                }
                found = join(&found, &places(to, ground), *how, ground)
                    .into_iter()
                    .map(|pair| pair.place)
                    .collect();
                shortest(&mut found);
            }
            found
        }
    };
    tidy(&mut found);
    found
}

fn tidy(places: &mut Vec<Place>) {
    places.sort_unstable();
    places.dedup();
}

fn shortest(places: &mut Vec<Place>) {
    tidy(places);
    let (mut start, mut seen) = (u32::MAX, 0);
    places.retain(|place| {
        seen = if place.start == start { seen + 1 } else { 1 };
        start = place.start;
        seen <= MOST_ENDS
    });
}

fn sequence(parts: &[Pattern], ground: &Ground) -> Vec<Place> {
    let Some((first, rest)) = parts.split_first() else { return Vec::new() };
    let mut found = places(first, ground);
    for part in rest {
        if found.is_empty() {
            break;
        }
        let next = places(part, ground);
        let longer = |place: &Place| {
            let from = next.partition_point(|next| next.start < place.end);
            let (start, end) = (place.start, place.end);
            let fitting = next[from..].iter().take_while(move |next| next.start == end);
            fitting.map(move |next| Place { start, end: next.end }).collect::<Vec<_>>()
        };
        found = found.iter().flat_map(longer).collect();
    }
    found
}

/// A place of a chain, and the two that it joins.
#[derive(Clone, Copy, Debug)]
struct Pair {
    place: Place,
    left: usize,
    /// None where the link says what must not be there.
    right: Option<usize>,
}

fn join(left: &[Place], right: &[Place], how: Proximity, ground: &Ground) -> Vec<Pair> {
    let tried = (MOST_PAIRS / left.len().max(1)).clamp(1, TRIED);
    let side = Side::new(right, how, tried, ground);
    let mut pairs = Vec::new();
    for (at, &place) in left.iter().enumerate() {
        let mut near = side.after(place);
        if !how.ordered {
            near.extend(side.before(place));
        }
        if how.negated {
            if near.is_empty() && !side.overlaps(place) {
                pairs.push(Pair { place, left: at, right: None });
            }
            continue;
        }
        pairs.extend(near.into_iter().map(|other| Pair {
            place: place.cover(right[other]),
            left: at,
            right: Some(other),
        }));
    }
    pairs
}

/// The right side of a link, sorted both ways.
struct Side<'a> {
    /// In the order of their start.
    places: &'a [Place],
    /// Their numbers, in the order of their end.
    by_end: Vec<usize>,
    longest: u32,
    how: Proximity,
    tried: usize,
    ground: &'a Ground,
}

impl<'a> Side<'a> {
    fn new(places: &'a [Place], how: Proximity, tried: usize, ground: &'a Ground) -> Self {
        let mut by_end: Vec<usize> = (0..places.len()).collect();
        by_end.sort_unstable_by_key(|&at| places[at].end);
        let longest = places.iter().map(|place| place.end - place.start).max().unwrap_or(0);
        Side { places, by_end, longest, how, tried, ground }
    }

    /// Those that follow a place near enough, the nearest first.
    fn after(&self, place: Place) -> Vec<usize> {
        let from = self.places.partition_point(|other| other.start < place.end);
        let all = from..self.places.len();
        all.take_while(|&at| self.close(place, self.places[at]))
            .filter(|&at| self.whole(place, self.places[at]))
            .take(self.tried)
            .collect()
    }

    /// Those that stand before a place near enough, the nearest first.
    fn before(&self, place: Place) -> Vec<usize> {
        let to = self.by_end.partition_point(|&at| self.places[at].end <= place.start);
        let all = self.by_end[..to].iter().rev().copied();
        all.take_while(|&at| self.close(self.places[at], place))
            .filter(|&at| self.whole(self.places[at], place))
            .take(self.tried)
            .collect()
    }

    fn overlaps(&self, place: Place) -> bool {
        let from =
            self.places.partition_point(|other| other.start < place.start.saturating_sub(self.longest));
        let near = self.places[from..].iter().take_while(|other| other.start < place.end);
        near.into_iter().any(|other| other.end > place.start && *other != place)
    }

    /// True when the gap between two places is not too wide; what is farther off is so too.
    fn close(&self, first: Place, second: Place) -> bool {
        match self.how.within {
            Within::Words(words) => second.start - first.end < words,
            _ => self.unit(first.end - 1) == self.unit(second.start),
        }
    }

    /// True when both places lie in one sentence or paragraph, if that is asked.
    fn whole(&self, first: Place, second: Place) -> bool {
        matches!(self.how.within, Within::Words(_)) || self.unit(first.start) == self.unit(second.end - 1)
    }

    /// The number of the sentence or paragraph that a word stands in.
    fn unit(&self, word: u32) -> usize {
        let ends = if self.how.within == Within::Paragraph {
            &self.ground.paragraphs
        } else {
            &self.ground.sentences
        };
        ends.partition_point(|end| *end < word)
    }
}

/// The words of all places that take part in a match: for marking them.
pub fn marks(pattern: &Pattern, ground: &Ground) -> Vec<Place> {
    let mut marked = Vec::new();
    mark(pattern, ground, None, &mut marked);
    tidy(&mut marked);
    marked
}

/// Marks what stands in the places of `kept`, all places when there is none.
fn mark(pattern: &Pattern, ground: &Ground, kept: Option<&[Place]>, marked: &mut Vec<Place>) {
    let is_kept = |place: &Place| kept.is_none_or(|kept| kept.binary_search(place).is_ok());
    match pattern {
        Pattern::Leaf(_) | Pattern::Sequence(_) => {
            marked.extend(places(pattern, ground).into_iter().filter(|place| is_kept(place)));
        }
        Pattern::Any(list) => list.iter().for_each(|part| mark(part, ground, kept, marked)),
        Pattern::Chain(first, links) => {
            let mut levels = vec![places(first, ground)];
            let mut steps = Vec::new();
            for (how, to) in links {
                let right = places(to, ground);
                let pairs = join(&levels[levels.len() - 1], &right, *how, ground);
                let mut next: Vec<Place> = pairs.iter().map(|pair| pair.place).collect();
                shortest(&mut next);
                levels.push(next);
                steps.push((right, pairs));
            }
            let mut kept: Vec<Place> = levels.pop().unwrap_or_default().into_iter().filter(is_kept).collect();
            for ((right, pairs), (_, to)) in steps.iter().zip(links).rev() {
                let left = levels.pop().unwrap_or_default();
                let used = pairs.iter().filter(|pair| kept.binary_search(&pair.place).is_ok());
                let (mut lefts, mut rights) = (Vec::new(), Vec::new());
                for pair in used {
                    lefts.extend(left.get(pair.left));
                    rights.extend(pair.right.and_then(|at| right.get(at)));
                }
                tidy(&mut rights);
                mark(to, ground, Some(&rights), marked);
                tidy(&mut lefts);
                kept = lefts;
            }
            mark(first, ground, Some(&kept), marked);
        }
    }
}

/// How many edits make one word the other, if no more than `most`; a swap of neighbours is one.
pub fn edits_between(a: &str, b: &str, most: u8) -> Option<u8> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > usize::from(most) {
        return None;
    }
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    let edits = rows[a.len()][b.len()];
    (edits <= usize::from(most)).then_some(edits as u8)
}
