//! A term, or all words of a stem, looked up once in every segment, and the rows gone through block by block.

use tantivy::postings::TermInfo;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{InvertedIndexReader, Searcher, SegmentReader, TERMINATED, Term};

use super::inflect;

type Result<T> = tantivy::Result<T>;

/// What rows are looked up by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// A term.
    Term(Term),
    /// All words of a field that have this English stem.
    Stem(Field, String),
}

impl Key {
    /// A word of a field, as the field holds it.
    pub fn text(field: Field, word: &str) -> Key {
        Key::Term(Term::from_field_text(field, word))
    }

    /// The field that is looked into.
    pub fn field(&self) -> Field {
        match self {
            Key::Term(term) => term.field(),
            Key::Stem(field, _) => *field,
        }
    }
}

/// What an index holds of a key.
#[derive(Debug)]
pub(super) struct Sought {
    field: Field,
    segments: Vec<Rows>,
    /// How many rows hold it, deleted ones among them.
    pub rows: f32,
}

/// The rows of one segment.
#[derive(Clone, Debug)]
pub(super) enum Rows {
    /// Those that hold a term, none where there is no such term.
    Term(Option<TermInfo>),
    /// Those that hold any of several words, in order, and how often.
    Words(Vec<u32>, Vec<u32>),
}

impl Rows {
    fn of(segment: &SegmentReader, key: &Key) -> Result<Rows> {
        let index = segment.inverted_index(key.field())?;
        match key {
            Key::Term(term) => Ok(Rows::Term(index.get_term_info(term)?)),
            Key::Stem(_, stem) => {
                let mut words: Vec<TermInfo> =
                    inflect::words(index.terms(), stem)?.into_iter().map(|(_, info)| info).collect();
                if words.len() < 2 {
                    return Ok(Rows::Term(words.pop()));
                }
                words.sort_by_key(|info| info.doc_freq);
                let mut all = (Vec::new(), Vec::new());
                for info in &words {
                    all = merged(all, listed(&index, info)?);
                }
                Ok(Rows::Words(all.0, all.1))
            }
        }
    }

    fn count(&self) -> usize {
        match self {
            Rows::Term(info) => info.as_ref().map_or(0, |info| info.doc_freq as usize),
            Rows::Words(rows, _) => rows.len(),
        }
    }
}

impl Sought {
    /// Looks a key up.
    pub fn of(searcher: &Searcher, key: &Key) -> Result<Sought> {
        let segments = searcher.segment_readers().iter();
        let segments: Vec<Rows> = segments.map(|segment| Rows::of(segment, key)).collect::<Result<_>>()?;
        let rows = segments.iter().map(|rows| rows.count() as f32).sum();
        Ok(Sought { field: key.field(), segments, rows })
    }

    /// Its rows in a segment.
    pub fn segment(&self, segment: usize) -> &Rows {
        self.segments.get(segment).unwrap_or(&Rows::Term(None))
    }

    /// Its rows in a segment, with how often each holds it; deleted ones among them.
    pub fn each(
        &self,
        searcher: &Searcher,
        segment: usize,
        mut block: impl FnMut(&[u32], &[u32]),
    ) -> Result<()> {
        match self.segment(segment) {
            Rows::Term(None) => Ok(()),
            Rows::Words(rows, counts) => {
                block(rows, counts);
                Ok(())
            }
            Rows::Term(Some(info)) => {
                let index = searcher.segment_readers()[segment].inverted_index(self.field)?;
                blocks(&index, info, block)
            }
        }
    }
}

/// Goes through the rows of a term.
fn blocks(index: &InvertedIndexReader, info: &TermInfo, mut block: impl FnMut(&[u32], &[u32])) -> Result<()> {
    let mut postings = index.read_block_postings_from_terminfo(info, IndexRecordOption::WithFreqs)?;
    while let [first, ..] = postings.docs()
        && *first != TERMINATED
    {
        block(postings.docs(), postings.freqs());
        postings.advance();
    }
    Ok(())
}

/// Rows in order, and how often each holds what they were listed for.
type Listed = (Vec<u32>, Vec<u32>);

fn listed(index: &InvertedIndexReader, info: &TermInfo) -> Result<Listed> {
    let room = info.doc_freq as usize;
    let mut all = (Vec::with_capacity(room), Vec::with_capacity(room));
    blocks(index, info, |rows, counts| {
        all.0.extend_from_slice(rows);
        all.1.extend_from_slice(counts);
    })?;
    Ok(all)
}

/// Rows of either list; a row of both holds as many as both say.
fn merged(a: Listed, b: Listed) -> Listed {
    if a.0.is_empty() {
        return b;
    }
    let room = a.0.len() + b.0.len();
    let mut all = (Vec::with_capacity(room), Vec::with_capacity(room));
    let mut put = |row: u32, count: u32| {
        all.0.push(row);
        all.1.push(count);
    };
    let mut few = a.0.into_iter().zip(a.1).peekable();
    for (row, count) in b.0.into_iter().zip(b.1) {
        while let Some((before, times)) = few.next_if(|(few, _)| *few < row) {
            put(before, times);
        }
        let more = few.next_if(|(few, _)| *few == row).map_or(0, |(_, times)| times);
        put(row, count + more);
    }
    few.for_each(|(row, times)| put(row, times));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_merged_in_order() {
        let a = (vec![1, 4, 9, 12], vec![1, 2, 1, 3]);
        let b = (vec![2, 4, 12], vec![1, 1, 1]);
        let all = (vec![1, 2, 4, 9, 12], vec![1, 1, 3, 1, 4]);
        assert_eq!(merged(a.clone(), b.clone()), all);
        assert_eq!(merged(b, a.clone()), all);
        assert_eq!(merged((Vec::new(), Vec::new()), a.clone()), a);
    }
}
