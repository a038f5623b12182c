//! What one word means: an operator, a wildcard, or itself.

use unicode_normalization::char::is_combining_mark;

use super::Notes;
use crate::query::Expr;

/// What `NEAR` without a number means.
const NEAR: u32 = 10;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Op {
    And,
    Or,
    Not,
    Near { distance: u32, negated: bool },
}

/// Operators without a number; the flag: only where the words around it make the meaning plain.
const OPERATORS: &[(&str, Op, bool)] = &[
    ("AND", Op::And, false),
    ("&&", Op::And, false),
    ("OR", Op::Or, false),
    ("||", Op::Or, false),
    ("|", Op::Or, false),
    ("NOT", Op::Not, false),
    ("NEAR", Op::Near { distance: NEAR, negated: false }, false),
    ("and", Op::And, true),
    ("or", Op::Or, true),
    ("not", Op::Not, true),
];

/// What a number may follow, in any case; the flag: order would matter, which is not there yet.
const PROXIMITY: &[(&str, bool)] = &[
    ("near/", false),
    ("near", false),
    ("w/", false),
    ("within/", false),
    ("pre/", true),
    ("adj/", true),
    ("adj", true),
];

/// The operator that a word is; a word that only looks like one leaves a note.
pub(super) fn operator(raw: &str, notes: &mut Notes) -> Option<Op> {
    if let Some((_, op, _)) = OPERATORS.iter().find(|(name, ..)| *name == raw) {
        return Some(*op);
    }
    // Nothing longer is one, and lower-casing every word of a long text would be for nothing.
    let lower = if raw.len() <= 20 { raw.to_ascii_lowercase() } else { return None };
    let (name, number, ordered) =
        PROXIMITY.iter().find_map(|(name, ordered)| Some((*name, lower.strip_prefix(name)?, *ordered)))?;
    let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    match number.parse() {
        Ok(distance @ 1..) if digits => {
            if ordered {
                notes.about(raw, &format!("is read as NEAR/{distance}: order is not looked at yet"));
            }
            Some(Op::Near { distance, negated: false })
        }
        _ => {
            if name.len() > 2 && name.ends_with('/') || digits {
                notes.about(raw, "is not an operator here; read as words");
            }
            None
        }
    }
}

pub(super) fn is_soft(raw: &str) -> bool {
    OPERATORS.iter().any(|(name, _, soft)| *soft && *name == raw)
}

/// `Crim*`, `Zelensky~`, or a word; none when it holds no letter and no digit.
pub(super) fn pattern(mut raw: &str, notes: &mut Notes) -> Option<Expr<String>> {
    let kept = |c: char| c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '*' | '~');
    let mut core = raw.trim_end_matches(|c| !kept(c));
    if let Some((word, weight)) = core.rsplit_once('^')
        && is_number(weight)
    {
        notes.about(raw, "is read without its weight");
        (raw, core) = (word, word);
    }
    let stem = core.trim_end_matches('*');
    if core.contains('*') {
        let short = trim(stem).chars().filter(|c| c.is_alphanumeric()).count() < 2;
        if stem.len() < core.len() && !stem.contains('*') && !short {
            return Some(Expr::Prefix(trim(stem).to_string()));
        }
        if !trim(raw).is_empty() {
            notes.about(raw, "is read as a word: `*` stands at the end, after two letters or more");
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

pub(super) fn plain(raw: &str) -> Option<Expr<String>> {
    let word = trim(raw);
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
