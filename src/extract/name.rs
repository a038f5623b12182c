//! Proper names of people, bodies and places, with the titles that stand before them.
//!
//! The names themselves come from the trained tagger in [`linear`]; titles and lone surnames from the
//! text around them.

use std::ops::Range;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use crate::extract::linear;
use crate::extract::segment::{Class, Text};
use crate::lang::english as en;

/// What a proper name names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameClass {
    /// A human being.
    Person,
    /// A company, ministry, party, newspaper, …
    Organisation,
    /// A place, by its context; whether the gazetteer knows it or not.
    Place,
}

/// A proper name.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    /// The name itself, without title.
    pub tokens: Range<usize>,
    /// What it names.
    pub class: NameClass,
    /// How sure the class is, 0 to 1.
    pub score: f32,
    /// The title before it: `US Army Secretary`, `Mr`.
    pub title: Option<Range<usize>>,
}

/// All names of a text, in order; none overlaps another. `tagged` is what the tagger made of it.
pub fn names(text: &Text<'_>, tagged: &[linear::Name]) -> Vec<Name> {
    let mut found: Vec<Name> = Vec::new();
    for tagged in tagged {
        let class = match tagged.class {
            linear::NameClass::Person => NameClass::Person,
            linear::NameClass::Organisation => NameClass::Organisation,
            linear::NameClass::Location => NameClass::Place,
            // The gazetteer knows what people of a place are called.
            linear::NameClass::Demonym => continue,
        };
        let mut tokens = touched(text, tagged.span);
        if class == NameClass::Person {
            tokens = without_title(text, tokens);
        }
        let before = found.last().map_or(0, |name| name.tokens.end);
        if tokens.is_empty() || tokens.start < before {
            continue;
        }
        let title = (class == NameClass::Person).then(|| title_before(text, tokens.start, before)).flatten();
        found.push(Name { tokens, class, score: tagged.score, title });
    }
    settle_by_article(text, &mut found);
    found
}

/// The tokens that a span touches, without a possessive at the end.
fn touched(text: &Text<'_>, span: crate::span::Span) -> Range<usize> {
    let start = text.token_at(span.start);
    let mut end = text.tokens.partition_point(|token| token.span.start < span.end);
    while end > start
        && (matches!(text.low(end - 1), "’s" | "'s") || text.tokens[end - 1].class == Class::Mark)
    {
        end -= 1;
    }
    start..end.max(start)
}

/// The tagger now and then takes a title for part of the name.
fn without_title(text: &Text<'_>, tokens: Range<usize>) -> Range<usize> {
    let mut start = tokens.start;
    while start + 1 < tokens.end
        && (en::is_title(text.low(start)) || text.is_sign(start, &["."]))
        && !is_first_name(text.low(start))
    {
        start += 1;
    }
    start..tokens.end
}

/// The title right before a name: capitalised words that end in a title, or a role in small letters.
fn title_before(text: &Text<'_>, name: usize, floor: usize) -> Option<Range<usize>> {
    let sentence = text.sentence_tokens.get(text.tokens[name].sentence as usize)?.start.max(floor);
    let mut start = name;
    while start > sentence {
        let at = start - 1;
        let low = text.low(at);
        let dot = text.is_sign(at, &["."]) && at > sentence && en::is_title_abbreviation(text.low(at - 1));
        let role = en::is_title(low) || en::is_role_noun(low);
        let capital =
            text.is_capital(at) && !en::is_starter(low) && !en::is_preposition(low) && !en::is_time_word(low);
        let small = role && !low.ends_with('s') && start == name;
        if !(dot || capital || small) || !text.is_word(at) && !dot {
            break;
        }
        start = at;
        if small && !text.is_capital(at) {
            break;
        }
    }
    let titled = (start..name).any(|at| en::is_title(text.low(at)) || en::is_role_noun(text.low(at)));
    titled.then_some(start..name)
}

/// True for a common first name.
pub fn is_first_name(low: &str) -> bool {
    FIRST_NAMES.contains_key(low)
}

/// The gender that a first name is mostly given to: `m`, `f`, or none when it is both or unknown.
pub fn gender_of(low: &str) -> Option<char> {
    FIRST_NAMES.get(low).copied().filter(|gender| *gender != 'x')
}

static FIRST_NAMES: std::sync::LazyLock<HashMap<&'static str, char>> = std::sync::LazyLock::new(|| {
    include_str!("../lang/english/first_names.tsv")
        .lines()
        .filter(|row| !row.starts_with('#'))
        .filter_map(|row| row.split_once('\t'))
        .filter_map(|(name, gender)| Some((name, gender.chars().next()?)))
        .collect()
});

/// Uses what the whole article shows: a lone surname is whoever bears it in full elsewhere.
fn settle_by_article(text: &Text<'_>, names: &mut Vec<Name>) {
    let surnames: HashSet<String> = names
        .iter()
        .filter(|name| name.class == NameClass::Person && name.tokens.len() > 1)
        .map(|name| text.low(name.tokens.end - 1).to_string())
        .collect();
    let taken: HashSet<usize> = names.iter().flat_map(|name| name.tokens.clone()).collect();
    for at in 0..text.tokens.len() {
        let lone = text.is_capital(at) && !taken.contains(&at) && surnames.contains(text.low(at));
        let inside = text.is_capital(at.wrapping_sub(1)) && at > 0 || text.is_capital(at + 1);
        if lone && !inside {
            names.push(Name { tokens: at..at + 1, class: NameClass::Person, score: 0.5, title: None });
        }
    }
    names.sort_by_key(|name| name.tokens.start);
}
