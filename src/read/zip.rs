//! Zip archives: every entry is read as a file of its own would be. Nothing is written to disk.

use std::sync::Arc;

use super::archive::Archive;
use super::input::{Input, Place, Record, Records};
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
    Ok(Box::new(Entries { archive, next: 0, inner: None }))
}

struct Entries {
    archive: Archive,
    next: usize,
    inner: Option<(Arc<Place>, Records)>,
}

impl Iterator for Entries {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Result<Record>> {
        loop {
            if let Some((place, inner)) = &mut self.inner {
                match super::guarded(place, || inner.next()) {
                    Ok(Some(record)) => return Some(record),
                    Ok(None) => self.inner = None,
                    Err(error) => {
                        self.inner = None;
                        return Some(Err(error));
                    }
                }
            }
            if self.archive.place.job.is_bomb() {
                return None;
            }
            let entry = self.archive.entries.get(self.next)?.clone();
            self.next += 1;
            if is_furniture(&entry.name) {
                continue;
            }
            let place = self.archive.place.entry(&entry.name);
            let opened =
                || super::records(Input::new(Arc::clone(&place), self.archive.unpack(&entry, &place)?)?);
            match super::guarded(&place, opened).unwrap_or_else(Err) {
                Ok(records) => self.inner = Some((place, records)),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// What systems put into archives beside what people do, and what holds no article by its name.
fn is_furniture(name: &str) -> bool {
    let parts: Vec<&str> = name.split(['/', '\\']).collect();
    let hidden = parts.iter().any(|part| part.starts_with('.') && !matches!(*part, "." | ".."));
    hidden || parts.contains(&"__MACOSX") || !super::is_supported(std::path::Path::new(name))
}
