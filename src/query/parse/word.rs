//! What one word means: an operator, a pattern, or itself.

use unicode_normalization::char::is_combining_mark;

use super::Notes;
use crate::query::{Expr, Proximity, Within};

/// What `NEAR` without a number means.
const NEAR: Op = Op::Near(Proximity { within: Within::Words(10), ordered: false, negated: false });
/// Factiva's `SAME`.
const SAME: Op = Op::Near(Proximity { within: Within::Paragraph, ordered: false, negated: false });

/// The most that `^` can lift a term.
const MOST_WEIGHT: f32 = 100.0;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Op {
    And,
    Or,
    Not,
    Near(Proximity),
    /// So many times at least; stands before its term.
    AtLeast(u32),
}

/// Operators without a number; the flag: only where the words around it make the meaning plain.
const OPERATORS: &[(&str, Op, bool)] = &[
    ("AND", Op::And, false),
    ("&&", Op::And, false),
    ("OR", Op::Or, false),
    ("||", Op::Or, false),
    ("|", Op::Or, false),
    ("NOT", Op::Not, false),
    ("NEAR", NEAR, false),
    ("SAME", SAME, false),
    ("and", Op::And, true),
    ("or", Op::Or, true),
    ("not", Op::Not, true),
];

/// What a distance may follow, in any case; the flag: the first term must come first.
///
/// | typed | by whom |
/// |---|---|
/// | `w/5`, `/5`, `pre/5`, `+5`, `/s`, `/p` | Lexis, Westlaw, dtSearch |
/// | `near5`, `adj5`, `/n5/`, `/f5/` | Factiva |
/// | `NEAR/5`, `N/5`, `PRE/5`, `P/5` | ProQuest, Cision |
const PROXIMITY: &[(&str, bool)] = &[
    ("near/", false),
    ("near", false),
    ("within/", false),
    ("w/", false),
    ("n/", false),
    ("pre/", true),
    ("p/", true),
    ("adj/", true),
    ("adj", true),
    ("/n", false),
    ("/f", true),
    ("/", false),
    ("+", true),
];

/// What may stand for a number, after a stroke or `+`.
const UNITS: &[(&str, Within)] = &[
    ("s", Within::Sentence),
    ("sent", Within::Sentence),
    ("sentence", Within::Sentence),
    ("p", Within::Paragraph),
    ("para", Within::Paragraph),
    ("paragraph", Within::Paragraph),
];

/// The operator that a word is; a word that only looks like one leaves a note.
pub(super) fn operator(raw: &str, notes: &mut Notes) -> Option<Op> {
    if let Some((_, op, _)) = OPERATORS.iter().find(|(name, ..)| *name == raw) {
        return Some(*op);
    }
    // Nothing longer is one, and lower-casing every word of a long text would be for nothing.
    let lower = if raw.len() <= 20 { raw.to_ascii_lowercase() } else { return None };
    if let Some(times) = lower.strip_prefix("atleast") {
        let times = number(times.trim_start_matches('/')).filter(|times| *times <= 10_000);
        return times.map(Op::AtLeast);
    }
    let mut named =
        PROXIMITY.iter().filter_map(|(name, ordered)| Some((*name, lower.strip_prefix(name)?, *ordered)));
    let found = named.clone().find_map(|(name, rest, ordered)| {
        let within = distance(name, rest)?;
        Some(Op::Near(Proximity { within, ordered, negated: false }))
    });
    if found.is_none()
        && let Some((name, rest, _)) = named.next()
        && (name.len() > 2 && name.ends_with('/') || name.starts_with("near") && number(rest).is_some())
    {
        notes.about(raw, "is not an operator here; read as words");
    }
    found
}

fn distance(name: &str, rest: &str) -> Option<Within> {
    // Factiva closes what a stroke opened: `/n5/`.
    let rest = if matches!(name, "/n" | "/f") { rest.strip_suffix('/').unwrap_or(rest) } else { rest };
    let unit = || UNITS.iter().find(|(unit, _)| *unit == rest).map(|(_, within)| *within);
    let united = name.ends_with('/') || name == "+";
    number(rest).map(Within::Words).or_else(|| unit().filter(|_| united && !matches!(name, "n/" | "p/")))
}

/// A whole number from 1.
fn number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|number| digits && *number >= 1)
}

pub(super) fn is_soft(raw: &str) -> bool {
    OPERATORS.iter().any(|(name, _, soft)| *soft && *name == raw)
}

/// `Crim*`, `wom?n`, `Zelensky~`, `deal^2`, or a word; none when it holds no letter and no digit.
pub(super) fn pattern(raw: &str, notes: &mut Notes) -> Option<Expr<String>> {
    let core = core(raw);
    if let Some((word, weight)) = core.rsplit_once('^')
        && let Ok(weight) = weight.parse::<f32>()
    {
        return pattern(word, notes).map(|expr| boost(expr, weight, raw, notes));
    }
    if core.contains(['*', '?']) {
        if let Some(expr) = wildcard(core) {
            return Some(expr);
        }
        if core.contains('*') && !trim(raw).is_empty() {
            notes.about(raw, "is read as a word: `*` wants two letters or more beside it");
        }
        return plain(raw);
    }
    match core.rsplit_once('~') {
        Some((word, edits)) if (edits.is_empty() || is_number(edits)) && !trim(word).is_empty() => {
            Some(Expr::Fuzzy(trim(word).to_string(), edits_allowed(raw, edits, notes)))
        }
        _ => plain(raw),
    }
}

/// The word without what follows it; what is part of a pattern stays.
fn core(raw: &str) -> &str {
    let kept = |c: char| c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '*' | '~');
    raw.trim_end_matches(|c| !kept(c))
}

/// The same, counting `weight` times as much.
pub(super) fn boost(expr: Expr<String>, weight: f32, typed: &str, notes: &mut Notes) -> Expr<String> {
    if !weight.is_finite() || weight <= 0.0 {
        notes.about(typed, "is read without its weight: a weight is more than 0");
        return expr;
    }
    if weight > MOST_WEIGHT {
        notes.about(typed, "is read with the weight 100, the most there is");
    }
    let (expr, old) = match expr {
        Expr::Boost(inner, old) => (*inner, old),
        other => (other, 1.0),
    };
    let weight = (old * weight).clamp(0.01, MOST_WEIGHT);
    if weight == 1.0 { expr } else { Expr::Boost(Box::new(expr), weight) }
}

/// `*` and `?` among the letters of one word; none when the word is no pattern, as in `what?`.
pub(super) fn wildcard(core: &str) -> Option<Expr<String>> {
    let shape = core.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '*');
    let letters = shape.chars().filter(|c| c.is_alphanumeric()).count();
    // A question mark among letters is hardly meant as one, at the end it is.
    let questions = shape.contains('?');
    if letters < 2
        || !shape.contains(['*', '?'])
        || !shape.chars().all(is_part) && (questions || !ends_plain(shape))
    {
        return None;
    }
    let stem = shape.trim_end_matches('*');
    if stem.len() < shape.len() && !stem.contains(['*', '?']) {
        return Some(Expr::Prefix(trim(stem).to_string()));
    }
    let mut squeezed = String::new();
    for c in shape.chars() {
        if !(c == '*' && squeezed.ends_with('*')) {
            squeezed.push(c);
        }
    }
    Some(Expr::Wildcard(squeezed))
}

/// What may stand in a word of wildcards.
pub(super) fn is_part(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '*' | '?' | '-' | '.' | '\'' | '’')
}

/// Only its end is a pattern: `and/or*` is one, what stands before is a word of its own.
fn ends_plain(shape: &str) -> bool {
    let stem = shape.trim_end_matches('*');
    stem.len() < shape.len() && !stem.contains(['*', '?'])
}

/// `negotiat!`, as Lexis and Westlaw write it.
pub(super) fn truncated(raw: &str) -> Option<Expr<String>> {
    let stem = raw.strip_suffix('!')?;
    let letters = stem.chars().count() >= 3 && stem.chars().all(char::is_alphabetic);
    letters.then(|| Expr::Prefix(stem.to_string()))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

fn edits_allowed(raw: &str, edits: &str, notes: &mut Notes) -> u8 {
    match edits {
        "" | "1" => 1,
        "2" => 2,
        _ => {
            notes.about(raw, "is read as `~2`: one or two edits are allowed");
            2
        }
    }
}

/// Just a word; a weight after it is not part of it.
pub(super) fn plain(raw: &str) -> Option<Expr<String>> {
    let mut word = trim(raw);
    while let Some((before, weight)) = word.rsplit_once('^')
        && weight.parse::<f32>().is_ok()
    {
        word = trim(before);
    }
    (!word.is_empty()).then(|| Expr::Word(word.to_string()))
}

pub(super) fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(trim).filter(|word| !word.is_empty()).map(str::to_string).collect()
}

pub(super) fn phrase(mut words: Vec<String>) -> Option<Expr<String>> {
    match words.len() {
        0 => None,
        1 => words.pop().map(Expr::Exact),
        _ => Some(Expr::Phrase(words)),
    }
}

/// A word without the punctuation at its edges: `deal?`, `(war`; the last dot of `U.S.` stays.
pub(super) fn trim(raw: &str) -> &str {
    let Some(start) = raw.find(char::is_alphanumeric) else { return "" };
    // Variation selectors are marks too, but they follow emoji.
    let kept =
        |c: char| c.is_alphanumeric() || is_combining_mark(c) && !('\u{fe00}'..='\u{fe0f}').contains(&c);
    let word = raw[start..].trim_end_matches(|c| !kept(c));
    let initials = word.contains('.') && word.split('.').all(|part| part.chars().count() == 1);
    let dot = initials && raw[start + word.len()..].starts_with('.');
    &raw[start..start + word.len() + usize::from(dot)]
}

/// The value of a name: wildcards at its edges stay.
pub(super) fn trim_name(raw: &str) -> &str {
    let kept = |c: char| c.is_alphanumeric() || is_combining_mark(c) || c == '*';
    let word = raw.trim_matches(|c| !kept(c));
    if word.contains('*') && word.contains(char::is_alphanumeric) { word } else { trim(raw) }
}
