//! Collecting what matched, ordering it, gathering it into groups.

use std::cmp::{Ordering, Reverse};
use std::collections::HashMap;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, DocId, Score, Searcher, SegmentOrdinal, SegmentReader};

use crate::query::Sort;

/// Rows gathered by the values of a column, the largest group first.
pub(super) fn gather<'r>(
    ranked: &'r [Ranked],
    columns: &[Option<StrColumn>],
    name: &dyn Fn(&str) -> String,
) -> Vec<(String, Vec<&'r Ranked>)> {
    let mut index: HashMap<(u32, u64), usize> = HashMap::new();
    let mut by_key: HashMap<String, usize> = HashMap::new();
    let mut groups: Vec<(String, Vec<&Ranked>)> = Vec::new();
    for row in ranked {
        let segment = row.address.segment_ord;
        let column = columns.get(segment as usize).and_then(Option::as_ref);
        let mut ords: Vec<u64> =
            column.map(|column| column.term_ords(row.address.doc_id).collect()).unwrap_or_default();
        if ords.is_empty() {
            ords.push(u64::MAX);
        }
        for ord in ords {
            let group = *index.entry((segment, ord)).or_insert_with(|| {
                let mut stored = String::new();
                if let Some(column) = column.filter(|_| ord != u64::MAX) {
                    let _ = column.ord_to_str(ord, &mut stored);
                }
                let key = name(&stored);
                *by_key.entry(key.clone()).or_insert_with(|| {
                    groups.push((key, Vec::new()));
                    groups.len() - 1
                })
            });
            // Two values of one row may have one name; the row counts once.
            let members = &mut groups[group].1;
            if members.last().is_none_or(|last| last.address != row.address) {
                members.push(row);
            }
        }
    }
    groups.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| a.0.cmp(&b.0)));
    groups
}

/// A row that matched.
#[derive(Clone, Copy, Debug)]
pub(super) struct Match {
    pub score: Score,
    pub address: DocAddress,
    /// False when it is known that no other row repeats it.
    pub twin: bool,
}

/// The columns that order rows, of every segment.
#[derive(Default)]
pub(super) struct Columns {
    pub(super) day: Vec<Option<Column<u64>>>,
    pub(super) tie: Vec<Option<Column<u64>>>,
}

impl Columns {
    pub fn of(searcher: &Searcher) -> Columns {
        let all = |name: &str| {
            searcher.segment_readers().iter().map(|segment| segment.fast_fields().u64(name).ok()).collect()
        };
        Columns { day: all("day"), tie: all("tie") }
    }

    pub fn day(&self, at: DocAddress) -> Option<u64> {
        self.day[at.segment_ord as usize].as_ref()?.first(at.doc_id)
    }

    pub fn tie(&self, at: DocAddress) -> u64 {
        self.tie[at.segment_ord as usize].as_ref().and_then(|column| column.first(at.doc_id)).unwrap_or(0)
    }

    pub fn ranked(&self, row: Match) -> Ranked {
        Ranked {
            score: row.score,
            day: self.day(row.address),
            tie: self.tie(row.address),
            address: row.address,
        }
    }
}

/// A row that matched, with what orders it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ranked {
    pub score: Score,
    pub day: Option<u64>,
    pub tie: u64,
    pub address: DocAddress,
}

pub(super) fn order(ranked: &mut [Ranked], sort: Sort) {
    ranked.sort_unstable_by(|a, b| compare(sort, a, b));
}

/// Which of two rows comes first.
pub(super) fn compare(sort: Sort, a: &Ranked, b: &Ranked) -> Ordering {
    let newest = |row: &Ranked| Reverse(row.day.unwrap_or(0));
    let oldest = |row: &Ranked| row.day.unwrap_or(u64::MAX);
    let score = b.score.total_cmp(&a.score);
    let first = match sort {
        Sort::Score => score.then_with(|| newest(a).cmp(&newest(b))),
        Sort::Newest => newest(a).cmp(&newest(b)).then(score),
        Sort::Oldest => oldest(a).cmp(&oldest(b)).then(score),
    };
    first.then(a.tie.cmp(&b.tie))
}

/// Collects every match.
pub(super) struct Everything;

pub(super) struct EverythingInSegment {
    segment: SegmentOrdinal,
    day: Option<Column<u64>>,
    tie: Option<Column<u64>>,
    found: Vec<Ranked>,
}

impl Collector for Everything {
    type Fruit = Vec<Ranked>;
    type Child = EverythingInSegment;

    fn for_segment(
        &self,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<EverythingInSegment> {
        let fast = reader.fast_fields();
        Ok(EverythingInSegment {
            segment,
            day: fast.u64("day").ok(),
            tie: fast.u64("tie").ok(),
            found: Vec::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, parts: Vec<Vec<Ranked>>) -> tantivy::Result<Vec<Ranked>> {
        Ok(parts.into_iter().flatten().collect())
    }
}

impl SegmentCollector for EverythingInSegment {
    type Fruit = Vec<Ranked>;

    fn collect(&mut self, doc: DocId, score: Score) {
        self.found.push(Ranked {
            score,
            day: self.day.as_ref().and_then(|column| column.first(doc)),
            tie: self.tie.as_ref().and_then(|column| column.first(doc)).unwrap_or(0),
            address: DocAddress::new(self.segment, doc),
        });
    }

    fn harvest(self) -> Vec<Ranked> {
        self.found
    }
}
