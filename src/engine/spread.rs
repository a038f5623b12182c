//! The words of an index that a leaf of a pattern stands for: `*stan` is as many words as end so.

use std::collections::HashMap;

use tantivy::query::FuzzyTermQuery;
use tantivy::schema::Field;
use tantivy::termdict::TermDictionary;
use tantivy::{Searcher, Term};

use super::pattern::{self, Compiled, Leaf};
use super::schema::WordFields;
use super::{Places, analyse, inflect};
use crate::query::Expr;

/// Words of the index that a pattern stands for, the most frequent first.
#[derive(Clone, Debug, Default)]
pub struct Spread {
    /// Each with the number of rows that hold it.
    pub words: Vec<(String, u64)>,
}

/// The words of a field that a leaf stands for.
pub fn spread(searcher: &Searcher, field: Field, leaf: &Leaf) -> tantivy::Result<Spread> {
    let mut counts: HashMap<String, u64> = HashMap::new();
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(field)?;
        each(index.terms(), field, leaf, |word, rows| *counts.entry(word.to_string()).or_default() += rows)?;
    }
    Ok(Spread { words: most_frequent(counts) })
}

/// The words of the index that a word or a pattern stands for; none for anything else.
pub fn words(
    searcher: &Searcher,
    fields: WordFields,
    expr: &Expr<Places>,
) -> tantivy::Result<Vec<(String, u64)>> {
    let Some(Compiled { leaves, .. }) = pattern::compile(expr) else { return Ok(Vec::new()) };
    let mut rarest: Option<Vec<(String, u64)>> = None;
    for leaf in &leaves {
        let found = spread(searcher, fields.exact, leaf)?.words;
        // Of `28-point` all parts must be there: the one that stands for the fewest words tells.
        if rarest.as_ref().is_none_or(|rarest| found.len() < rarest.len()) {
            rarest = Some(found);
        }
    }
    Ok(rarest.unwrap_or_default())
}

/// True when a field holds a word in any form; of `28-point` all parts.
pub fn holds(searcher: &Searcher, field: Field, word: &str) -> tantivy::Result<bool> {
    let words = analyse::both(word);
    for (_, stem) in &words {
        let mut held = false;
        for segment in searcher.segment_readers() {
            // Most words stand in the first segment that is looked at.
            held = !inflect::words(segment.inverted_index(field)?.terms(), stem)?.is_empty();
            if held {
                break;
            }
        }
        if !held {
            return Ok(false);
        }
    }
    Ok(!words.is_empty())
}

/// Words one edit away; where there are none two, in a word long enough; each the most frequent first.
/// Those that begin otherwise come last: hardly anybody mistypes the first letter, and to look for them is
/// to look through the whole dictionary.
pub fn near(searcher: &Searcher, field: Field, word: &str) -> tantivy::Result<Vec<(String, u64)>> {
    let long = word.chars().count();
    let Some(first) = word.chars().next() else { return Ok(Vec::new()) };
    for (edits, alike) in [(1, true), (2, true), (1, false)] {
        if long < 2 + 2 * usize::from(edits) {
            continue;
        }
        let mut counts: HashMap<String, u64> = HashMap::new();
        let begins = if alike { Some(first) } else { None };
        for segment in searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            fuzzy(index.terms(), field, (word, edits), begins, |near, rows| {
                *counts.entry(near.to_string()).or_default() += rows;
            })?;
        }
        counts.remove(word);
        if !counts.is_empty() {
            return Ok(most_frequent(counts));
        }
    }
    Ok(Vec::new())
}

/// Words of a dictionary that are so many edits away; only those with that beginning where one is given.
fn fuzzy(
    terms: &TermDictionary,
    field: Field,
    (word, edits): (&str, u8),
    begins: Option<char>,
    mut found: impl FnMut(&str, u64),
) -> tantivy::Result<()> {
    let term = Term::from_field_text(field, word);
    let mut search = terms.search(FuzzyTermQuery::new(term, edits.min(2), true).automaton()?);
    if let Some(first) = begins {
        search = search.ge(first.to_string());
        if let Some(next) = char::from_u32(u32::from(first) + 1) {
            search = search.lt(next.to_string());
        }
    }
    let mut stream = search.into_stream()?;
    while let Some((word, info)) = stream.next() {
        found(&String::from_utf8_lossy(word), u64::from(info.doc_freq));
    }
    Ok(())
}

fn most_frequent(counts: HashMap<String, u64>) -> Vec<(String, u64)> {
    let mut words: Vec<(String, u64)> = counts.into_iter().collect();
    words.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    words
}

fn each(
    terms: &TermDictionary,
    field: Field,
    leaf: &Leaf,
    mut found: impl FnMut(&str, u64),
) -> tantivy::Result<()> {
    let start = match leaf {
        Leaf::Stem(stem) => {
            for (word, info) in inflect::words(terms, stem)? {
                found(&word, u64::from(info.doc_freq));
            }
            return Ok(());
        }
        Leaf::Exact(word) => {
            if let Some(info) = terms.get(word)? {
                found(word, u64::from(info.doc_freq));
            }
            return Ok(());
        }
        Leaf::Fuzzy(word, edits) => return fuzzy(terms, field, (word, *edits), None, found),
        Leaf::Prefix(start) | Leaf::Shape(_, start) => start,
    };
    let mut stream = terms.range().ge(start).into_stream()?;
    while let Some((word, info)) = stream.next() {
        let Ok(word) = std::str::from_utf8(word) else { continue };
        if !word.starts_with(start.as_str()) {
            break;
        }
        if leaf.matches(word, word) {
            found(word, u64::from(info.doc_freq));
        }
    }
    Ok(())
}
