//! Exact counts of what matched, by everything that it can be gathered by.

use std::collections::HashMap;

use tantivy::DocAddress;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::StrColumn;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use super::{GroupBy, Value};

/// The column that rows are gathered by.
pub(super) fn column(by: GroupBy) -> &'static str {
    match by {
        GroupBy::Speaker => "by_speaker",
        GroupBy::Addressee => "by_addressee",
        GroupBy::Region => "by_region",
        GroupBy::Holder => "region",
        GroupBy::Source => "by_source",
        GroupBy::Month => "by_month",
        GroupBy::Kind => "quote",
        GroupBy::Cue => "by_cue",
        GroupBy::Language => "language",
    }
}

/// The column that is counted: a region's rows count for all that hold it, too.
pub(super) fn counted(by: GroupBy) -> &'static str {
    if by == GroupBy::Region { "region" } else { column(by) }
}

/// How many rows have each value of a column, the most first; `name` turns what is stored into what is
/// shown, and a row counts once for each name.
pub(super) fn count(
    rows: &[DocAddress],
    columns: &[Option<StrColumn>],
    name: &dyn Fn(&str) -> String,
) -> Vec<Value> {
    const NONE: u32 = u32::MAX;
    let mut values: Vec<Value> = Vec::new();
    let mut last: Vec<DocAddress> = Vec::new();
    let mut by_name: HashMap<String, u32> = HashMap::new();
    let mut by_ord: Vec<Vec<u32>> = columns
        .iter()
        .map(|column| vec![NONE; column.as_ref().map_or(0, |column| column.num_terms())])
        .collect();
    for &row in rows {
        let segment = row.segment_ord as usize;
        let Some(column) = &columns[segment] else { continue };
        for ord in column.term_ords(row.doc_id) {
            let known = &mut by_ord[segment][ord as usize];
            if *known == NONE {
                let mut stored = String::new();
                let _ = column.ord_to_str(ord, &mut stored);
                let key = name(&stored);
                *known = *by_name.entry(key.clone()).or_insert_with(|| {
                    values.push(Value { key, count: 0, within: Vec::new() });
                    last.push(DocAddress::new(u32::MAX, 0));
                    values.len() as u32 - 1
                });
            }
            let at = *known as usize;
            if last[at] != row {
                last[at] = row;
                values[at].count += 1;
            }
        }
    }
    values.retain(|value| !value.key.is_empty());
    values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.key.cmp(&b.key)));
    values
}

/// The first value of a row in a column.
pub(super) fn first(column: &StrColumn, doc: DocId) -> Option<String> {
    let ord = column.term_ords(doc).next()?;
    let mut text = String::new();
    column.ord_to_str(ord, &mut text).ok()?.then_some(text)
}

/// Collects the places of all matches.
pub(super) struct Addresses;

pub(super) struct AddressesInSegment {
    segment: SegmentOrdinal,
    found: Vec<DocAddress>,
}

impl Collector for Addresses {
    type Fruit = Vec<DocAddress>;
    type Child = AddressesInSegment;

    fn for_segment(&self, segment: SegmentOrdinal, _: &SegmentReader) -> tantivy::Result<AddressesInSegment> {
        Ok(AddressesInSegment { segment, found: Vec::new() })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, parts: Vec<Vec<DocAddress>>) -> tantivy::Result<Vec<DocAddress>> {
        Ok(parts.into_iter().flatten().collect())
    }
}

impl SegmentCollector for AddressesInSegment {
    type Fruit = Vec<DocAddress>;

    fn collect(&mut self, doc: DocId, _: Score) {
        self.found.push(DocAddress::new(self.segment, doc));
    }

    fn harvest(self) -> Vec<DocAddress> {
        self.found
    }
}
