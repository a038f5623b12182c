//! The words of an index that a leaf of a pattern stands for: `*stan` is as many words as end so.

use std::collections::HashMap;

use tantivy::query::FuzzyTermQuery;
use tantivy::schema::Field;
use tantivy::termdict::TermDictionary;
use tantivy::{Searcher, Term};

use super::pattern::Leaf;

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
    let mut words: Vec<(String, u64)> = counts.into_iter().collect();
    words.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(Spread { words })
}

fn each(
    terms: &TermDictionary,
    field: Field,
    leaf: &Leaf,
    mut found: impl FnMut(&str, u64),
) -> tantivy::Result<()> {
    let start = match leaf {
        Leaf::Stem(word) | Leaf::Exact(word) => {
            if let Some(info) = terms.get(word)? {
                found(word, u64::from(info.doc_freq));
            }
            return Ok(());
        }
        Leaf::Fuzzy(word, edits) => {
            let term = Term::from_field_text(field, word);
            let automaton = FuzzyTermQuery::new(term, (*edits).min(2), true).automaton()?;
            let mut stream = terms.search(automaton).into_stream()?;
            while let Some((word, info)) = stream.next() {
                found(&String::from_utf8_lossy(word), u64::from(info.doc_freq));
            }
            return Ok(());
        }
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
