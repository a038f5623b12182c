//! Zip archives: every entry is read as a file of its own would be. Nothing is written to disk.

use std::sync::Arc;

use super::archive::Archive;
use super::entries::{Entries, is_furniture};
use super::input::{Input, Records};
use super::{Format, Result, docx, epub};

pub(super) const FORMAT: Format = Format {
    name: "zip",
    extensions: &["zip"],
    sniff: |head| head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06"),
    read,
};

/// Reads an archive that is a format of its own.
type Reader = fn(&Archive) -> Result<Records>;

/// What an archive is when it has an entry of this name.
const KINDS: &[(&str, Reader)] = &[
    (docx::BODY, docx::read),
    (epub::CONTAINER, epub::read),
    ("xl/workbook.xml", |archive| {
        Err(archive.place.unsupported("cannot be read: it is an Excel table; save it as CSV first"))
    }),
    ("ppt/presentation.xml", |archive| {
        Err(archive.place.unsupported("cannot be read: it is a PowerPoint presentation"))
    }),
];

fn read(input: Input) -> Result<Records> {
    let archive = Archive::open(input)?;
    // Several formats are zip archives with certain entries.
    if let Some((_, read)) = KINDS.iter().find(|(entry, _)| archive.names().any(|name| name == *entry)) {
        return read(&archive);
    }
    let place = Arc::clone(&archive.place);
    let entries = (0..archive.entries.len()).filter_map(move |at| {
        let entry = &archive.entries[at];
        let place = archive.place.entry(&entry.name);
        (!is_furniture(&entry.name)).then(|| (Arc::clone(&place), archive.unpack(entry, &place)))
    });
    Ok(Box::new(Entries::new(place, entries)))
}
