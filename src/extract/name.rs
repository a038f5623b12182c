//! Proper names of people and bodies, with the titles that stand before them.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name itself, without title.
    pub tokens: Range<usize>,
    /// What it names.
    pub class: NameClass,
    /// The title before it: `US Army Secretary`, `Mr`.
    pub title: Option<Range<usize>>,
}

/// All names of a text, in order; none overlaps another.
pub fn names(text: &Text<'_>) -> Vec<Name> {
    let mut found: Vec<Name> = Vec::new();
    let mut at = 0;
    while at < text.tokens.len() {
        if !starts_name(text, at) {
            at += 1;
            continue;
        }
        let run = capital_run(text, at);
        at = run.end.max(at + 1);
        found.extend(classify(text, run));
    }
    settle_by_article(text, &mut found);
    found
}

fn starts_name(text: &Text<'_>, at: usize) -> bool {
    let first = text.sentence_tokens.get(text.tokens[at].sentence as usize).is_some_and(|range| range.start == at)
        || at > 0 && text.tokens[at - 1].class == Class::Mark;
    let low = text.low(at);
    let function = en::is_determiner(low)
        || en::is_preposition(low)
        || en::is_conjunction(low)
        || en::is_speaking_pronoun(low) && low != "it"
        || low == "it"
        || en::is_starter(low)
        || en::is_auxiliary(low)
        || (en::is_time_word(low) && !matches!(low, "may" | "april" | "june" | "august" | "summer" | "autumn"));
    text.is_capital(at) && !function && !(first && en::is_adverb(low))
}

/// Capitalised words from `at` on, with the small words that names hold.
fn capital_run(text: &Text<'_>, at: usize) -> Range<usize> {
    let sentence = text.sentence_tokens[text.tokens[at].sentence as usize].end;
    let mut end = at + 1;
    while end < sentence {
        if text.is_capital(end) && !en::is_time_word(text.low(end)) {
            end += 1;
        } else if text.is_sign(end, &["."]) && end + 1 < sentence && text.is_capital(end + 1) && is_short(text, end - 1) {
            end += 1;
        } else if matches!(text.low(end), "de" | "al" | "bin" | "van" | "von" | "da" | "la" | "el" | "del" | "dos" | "di" | "der" | "den" | "du" | "le")
            && text.is_capital(end + 1)
        {
            end += 2;
        } else if matches!(text.low(end), "of" | "for" | "and") && heads_body(text, at..end, text.low(end)) && text.is_capital(end + 1) {
            end += 2;
        } else if text.low(end) == "of" && text.low(end + 1) == "the" && heads_body(text, at..end, "of") && text.is_capital(end + 2) {
            end += 3;
        } else {
            break;
        }
    }
    at..end.min(sentence)
}

fn is_short(text: &Text<'_>, at: usize) -> bool {
    text.word(at).chars().count() == 1 || en::is_title_abbreviation(text.low(at))
}

const BODY_HEADS: &str = "ministry university party council commission department agency bank company corporation inc corp \
    ltd association committee court group institute federation union club army force forces police office authority \
    organization organisation board foundation league college school hospital congress parliament assembly senate airlines \
    airways news times post centre center bureau front movement alliance plc co llc fund society house service services \
    administration guard network coalition campaign press tribune courier herald journal gazette wire agency cabinet \
    government chamber trust church academy laboratory survey program programme nations command corps navy brigade";

fn is_body_head(low: &str) -> bool {
    static HEADS: std::sync::LazyLock<HashSet<&'static str>> =
        std::sync::LazyLock::new(|| BODY_HEADS.split_whitespace().collect());
    HEADS.contains(low)
}

fn heads_body(text: &Text<'_>, run: Range<usize>, link: &str) -> bool {
    let any = run.clone().any(|at| is_body_head(text.low(at)) || en::is_body_noun(text.low(at)));
    any && (link != "and" || run.len() > 1)
}

/// Cuts titles off a capitalised run and says what the rest names.
fn classify(text: &Text<'_>, run: Range<usize>) -> Option<Name> {
    let mut run = run;
    while run.end > run.start && !text.is_word(run.end - 1) {
        run.end -= 1;
    }
    if run.clone().any(|at| is_body_head(text.low(at))) && !en::is_title(text.low(run.end - 1)) {
        let titled = (run.start..run.end).rev().find(|&at| en::is_title(text.low(at)) || en::is_role_noun(text.low(at)));
        let person = titled.filter(|&at| run.end - at > 2 && is_first_name(text.low(at + 1)));
        return match person {
            Some(title) => Some(Name { tokens: title + 1..run.end, class: NameClass::Person, title: Some(run.start..title + 1) }),
            None => Some(Name { tokens: run, class: NameClass::Organisation, title: None }),
        };
    }
    let titles = (run.start..run.end)
        .rev()
        .find(|&at| en::is_title(text.low(at)) && at + 1 < run.end || text.is_sign(at, &["."]) && en::is_title_abbreviation(text.low(at.saturating_sub(1))) && at > run.start && !is_initial(text, at - 1));
    if let Some(last) = titles {
        return Some(Name { tokens: last + 1..run.end, class: NameClass::Person, title: Some(run.start..last + 1) });
    }
    let title = lower_title(text, run.start);
    let all_capitals = |at: usize| text.word(at).len() > 1 && text.word(at).chars().all(|c| c.is_uppercase() || c == '.');
    if run.len() == 1 && all_capitals(run.start) {
        return Some(Name { tokens: run, class: NameClass::Organisation, title: None });
    }
    if title.is_some() || (run.len() > 1 && run.len() < 6 && is_first_name(text.low(run.start))) {
        return Some(Name { tokens: run, class: NameClass::Person, title });
    }
    if run.len() == 1 && speaks(text, &run) {
        return Some(Name { tokens: run, class: NameClass::Person, title: None });
    }
    (run.len() > 1 && run.len() < 4 && !run.clone().any(all_capitals))
        .then_some(Name { tokens: run, class: NameClass::Person, title: None })
}

fn is_initial(text: &Text<'_>, at: usize) -> bool {
    text.word(at).chars().count() == 1
}

/// `president`, `senator` in small letters right before a name.
fn lower_title(text: &Text<'_>, at: usize) -> Option<Range<usize>> {
    let title = at.checked_sub(1)?;
    let low = text.low(title);
    let singular = en::is_title(low) || (en::is_role_noun(low) && !low.ends_with('s') && !en::is_body_noun(low) && !matches!(low, "people" | "police" | "women" | "men"));
    (singular && !text.is_capital(title)).then_some(title..at)
}

fn speaks(text: &Text<'_>, run: &Range<usize>) -> bool {
    en::cue(text.low(run.end)).is_some_and(|verb| matches!(verb.lemma, "say" | "tell" | "add" | "write"))
        && !run.clone().any(|at| text.word(at).chars().skip(1).any(char::is_uppercase))
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
            names.push(Name { tokens: at..at + 1, class: NameClass::Person, title: None });
        }
    }
    names.sort_by_key(|name| name.tokens.start);
}
