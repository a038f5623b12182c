//! What an archive holds, each entry read as a file of its own would be. Nothing is written to disk.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::Result;
use super::input::{Input, Place, Record, Records};

/// An entry: where it lies, and what it holds.
pub(super) type Entry = (Arc<Place>, Result<Box<dyn Read + Send>>);

/// The articles of the entries of an archive, one entry after another; a bad one does not lose the others.
pub(super) struct Entries<I> {
    archive: Arc<Place>,
    entries: I,
    inner: Option<(Arc<Place>, Records)>,
}

impl<I: Iterator<Item = Entry>> Entries<I> {
    pub fn new(archive: Arc<Place>, entries: I) -> Entries<I> {
        Entries { archive, entries, inner: None }
    }
}

impl<I: Iterator<Item = Entry>> Iterator for Entries<I> {
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
            if self.archive.job.is_bomb() {
                return None;
            }
            let (place, held) = self.entries.next()?;
            let opened = || super::records(Input::new(Arc::clone(&place), held?)?);
            match super::guarded(&place, opened).unwrap_or_else(Err) {
                Ok(records) => self.inner = Some((place, records)),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// What systems put into archives beside what people do, and what holds no article by its name.
pub(super) fn is_furniture(name: &str) -> bool {
    let parts: Vec<&str> = name.split(['/', '\\']).collect();
    let hidden = parts.iter().any(|part| part.starts_with('.') && !matches!(*part, "." | ".."));
    hidden || parts.contains(&"__MACOSX") || !super::is_supported(Path::new(name))
}
