//! Answers as a table for spreadsheets, one row an answer.

use std::io::{self, Write};

use super::Options;
use crate::engine::Row;
use crate::rows::{Head, PassageRow, QuoteRow, Who};
use crate::search::{Answer, Found};

const QUOTE_COLUMNS: &[&str] = &[
    "id",
    "speaker",
    "person",
    "addressee",
    "quote",
    "kind",
    "cue",
    "stance",
    "about",
    "confidence",
    "reason",
    "published",
    "source",
    "title",
    "url",
    "path",
];
const PASSAGE_COLUMNS: &[&str] = &["id", "passage", "regions", "published", "source", "title", "url", "path"];

/// Writes a header and one row an answer; of groups, every row that they show, the group first.
pub fn write(answer: &Answer, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut table = ::csv::Writer::from_writer(out);
    let grouped = !answer.groups.is_empty();
    let rows = answer.found.iter().map(|found| (None, found));
    let grouped_rows =
        answer.groups.iter().flat_map(|group| group.found.iter().map(move |found| (Some(group), found)));
    let mut header = false;
    for (group, found) in rows.chain(grouped_rows) {
        let (columns, cells) = cells(found);
        if !header {
            let group_columns: &[&str] = if grouped { &["group", "count"] } else { &[] };
            table.write_record(group_columns.iter().chain(columns))?;
            header = true;
        }
        let lead = group.map(|group| vec![group.key.clone(), group.count.to_string()]).unwrap_or_default();
        table.write_record(lead.into_iter().chain(cells).map(|cell| harmless(&cell)))?;
    }
    table.flush()
}

/// A cell that begins with one of these signs is run as a formula by spreadsheets.
pub(super) fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_string() }
}

fn cells(found: &Found) -> (&'static [&'static str], Vec<String>) {
    match &found.row {
        Row::Quote(row) => (QUOTE_COLUMNS, quote(row, found)),
        Row::Passage(row) => (PASSAGE_COLUMNS, passage(row)),
    }
}

fn quote(row: &QuoteRow, found: &Found) -> Vec<String> {
    let name = |who: &Option<Who>| who.as_ref().map(|who| who.name.clone()).unwrap_or_default();
    let words: Vec<&str> = row.content.iter().map(|piece| piece.text.as_str()).collect();
    let about: Vec<String> =
        row.about.iter().map(|about| format!("{} ({})", about.name, about.grade.name())).collect();
    let mut cells = vec![
        row.id.clone(),
        name(&row.speaker),
        found.person.as_ref().map_or_else(|| name(&row.speaker), |person| person.name.clone()),
        name(&row.addressee),
        words.join(" … "),
        row.kind.name().to_string(),
        row.cue.as_ref().map(|cue| cue.text.clone()).unwrap_or_default(),
        row.cue.as_ref().map(|cue| cue.stance.name().to_string()).unwrap_or_default(),
        about.join("; "),
        row.speaker.as_ref().map(|who| who.confidence.to_string()).unwrap_or_default(),
        row.speaker.as_ref().map(|who| who.reason.clone()).unwrap_or_default(),
    ];
    cells.extend(article(&row.article));
    cells
}

fn passage(row: &PassageRow) -> Vec<String> {
    let regions: Vec<&str> = row.regions.iter().map(|region| region.name.as_str()).collect();
    let mut cells = vec![row.id.clone(), row.text.clone(), regions.join("; ")];
    cells.extend(article(&row.article));
    cells
}

fn article(head: &Head) -> Vec<String> {
    vec![
        head.published.as_ref().map(|published| published.at.clone()).unwrap_or_default(),
        head.source.clone(),
        head.title.clone(),
        head.url.clone().unwrap_or_default(),
        head.path.clone(),
    ]
}
