//! Where each row stands: what it is, of which article, and which rows of copies it is a twin of.
//!
//! Told once for each state of an index and then looked up by the number of a row, which is what lets a
//! search go over every match for little more than the match itself costs.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

use tantivy::columnar::Column;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, Searcher, SegmentReader, TERMINATED, Term};

use super::collect::Columns;
use super::schema::Fields;
use super::{Wanted, copies};

/// What a row is, in the two high bits of its place.
const KIND_BITS: u32 = 30;
/// The bit that tells that rows of other articles repeat it; below it stands the number of its article.
const TWIN: u32 = 1 << 29;
const PASSAGE: u32 = 1;
const QUOTE: u32 = 2;
const ARTICLE: u32 = 3;

/// The rows of an index, and of which articles they are.
#[derive(Default)]
pub(super) struct Standing {
    segments: Vec<Vec<u32>>,
    /// Of each row of a segment the group of twins, numbered from 1, and its place in it; empty where no
    /// article has copies.
    twins: Vec<Vec<copies::Twin>>,
    /// What orders rows, of every segment.
    pub columns: Columns,
    /// The row of each article, and how many words that has.
    rows: Vec<DocAddress>,
    lengths: Vec<u32>,
    /// How many groups of twins there are, plus one.
    pub groups: usize,
}

impl Standing {
    /// Reads it from an index; `stories` are those of the articles that have copies.
    pub fn of(
        searcher: &Searcher,
        fields: &Fields,
        stories: &HashMap<u64, u64>,
    ) -> tantivy::Result<Standing> {
        let mut standing = Standing { columns: Columns::of(searcher), ..Standing::default() };
        let mut numbers: HashMap<u64, u32, ById> = HashMap::default();
        let mut rows: Vec<copies::Told> = Vec::new();
        for (ord, segment) in searcher.segment_readers().iter().enumerate() {
            let copy = segment.fast_fields().u64("copy")?;
            let length = segment.fast_fields().u64("length")?;
            let same = segment.fast_fields().u64("same")?;
            let mut places = vec![0; segment.max_doc() as usize];
            for (name, kind) in [("article", ARTICLE), ("passage", PASSAGE), ("quote", QUOTE)] {
                let mut last = None;
                each(segment, fields, name, &copy, |doc, number| {
                    let address = DocAddress::new(ord as u32, doc);
                    // Rows of one article mostly follow one another.
                    let article = match last {
                        Some((known, article)) if known == number => article,
                        _ => *numbers.entry(number).or_insert_with(|| {
                            standing.rows.push(address);
                            standing.lengths.push(0);
                            standing.rows.len() as u32 - 1
                        }),
                    };
                    last = Some((number, article));
                    places[doc as usize] = kind << KIND_BITS | article;
                    if kind == ARTICLE {
                        standing.rows[article as usize] = address;
                        standing.lengths[article as usize] = length.first(doc).unwrap_or(0) as u32;
                    } else if let Some(&story) = stories.get(&number) {
                        let same = same.first(doc).unwrap_or(0);
                        let order = (
                            Reverse(standing.columns.day(address).unwrap_or(0)),
                            standing.columns.tie(address),
                        );
                        rows.push(copies::Told {
                            story,
                            quote: kind == QUOTE,
                            article,
                            same,
                            address,
                            order,
                        });
                    }
                })?;
            }
            standing.segments.push(places);
        }
        standing.groups = 1;
        if !rows.is_empty() {
            standing.twins =
                standing.segments.iter().map(|rows| vec![copies::Twin::default(); rows.len()]).collect();
            standing.groups = copies::number(rows, &mut standing.twins);
            for (places, twins) in standing.segments.iter_mut().zip(&standing.twins) {
                let repeated = places.iter_mut().zip(twins).filter(|(_, twin)| twin.group > 0);
                repeated.for_each(|(place, _)| *place |= TWIN);
            }
        }
        Ok(standing)
    }

    /// The article of a row, if it is a row of the kind wanted.
    pub fn article(&self, wanted: Wanted, at: DocAddress) -> Option<u32> {
        self.segments.get(at.segment_ord as usize).and_then(|rows| article(rows, wanted, at.doc_id))
    }

    /// How many articles there are.
    pub fn articles(&self) -> usize {
        self.rows.len()
    }

    /// How many words each article has, its headline's counted as often as they weigh.
    pub fn lengths(&self) -> &[u32] {
        &self.lengths
    }

    /// The row of an article itself.
    pub fn row(&self, article: u32) -> DocAddress {
        self.rows[article as usize]
    }

    /// The rows of a segment, for [`article`] and [`passages`].
    pub fn segment(&self, ord: usize) -> &[u32] {
        self.segments.get(ord).map_or(&[], Vec::as_slice)
    }

    /// The twins that a row belongs to; group 0 for none.
    pub fn twin(&self, at: DocAddress) -> copies::Twin {
        let rows = self.twins.get(at.segment_ord as usize);
        rows.and_then(|rows| rows.get(at.doc_id as usize)).copied().unwrap_or_default()
    }
}

/// The number of the article of a row of a segment, if the row is of the kind wanted and not deleted.
pub(super) fn article(segment: &[u32], wanted: Wanted, doc: u32) -> Option<u32> {
    let kind = match wanted {
        Wanted::Passages => PASSAGE,
        Wanted::Quotes => QUOTE,
    };
    numbered(segment, kind, doc)
}

/// The number of the article that a row of a segment is the own row of, if that is not deleted.
pub(super) fn own_row(segment: &[u32], doc: u32) -> Option<u32> {
    numbered(segment, ARTICLE, doc)
}

/// True when rows of other articles repeat a row.
pub(super) fn has_twins(segment: &[u32], doc: u32) -> bool {
    segment.get(doc as usize).is_some_and(|place| place & TWIN != 0)
}

/// The passages of an article, by its own row: they follow it.
pub(super) fn passages(segment: &[u32], row: u32) -> Range<u32> {
    let article = numbered(segment, ARTICLE, row);
    let own = |doc: &u32| article.is_some() && numbered(segment, PASSAGE, *doc) == article;
    let count = (row + 1..).take_while(own).count() as u32;
    row + 1..row + 1 + count
}

fn numbered(segment: &[u32], kind: u32, doc: u32) -> Option<u32> {
    let place = segment.get(doc as usize)?;
    (place >> KIND_BITS == kind).then_some(place & (TWIN - 1))
}

/// Every row of a kind that is not deleted, with the number of its article as stored.
fn each(
    segment: &SegmentReader,
    fields: &Fields,
    kind: &str,
    copy: &Column<u64>,
    mut found: impl FnMut(u32, u64),
) -> tantivy::Result<()> {
    let term = Term::from_field_text(fields.row, kind);
    let inverted = segment.inverted_index(fields.row)?;
    let Some(mut postings) = inverted.read_block_postings(&term, IndexRecordOption::Basic)? else {
        return Ok(());
    };
    let mut numbers = Vec::new();
    while let [first, ..] = postings.docs()
        && *first != TERMINATED
    {
        numbers.clear();
        numbers.resize(postings.docs().len(), None);
        copy.first_vals(postings.docs(), &mut numbers);
        for (&doc, number) in postings.docs().iter().zip(&numbers) {
            if let Some(number) = number.filter(|_| !segment.is_deleted(doc)) {
                found(doc, number);
            }
        }
        postings.advance();
    }
    Ok(())
}

/// A hasher for keys that are evenly spread already: parts of SHA-256.
type ById = BuildHasherDefault<Identity>;

#[derive(Default)]
struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        // The table takes its group from the high bits, too.
        self.0 ^ self.0 << 32
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0 << 8 | u64::from(*byte));
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}
