//! The user's own files: what people add to an index by hand. They lie beside it, not in it, so that
//! rebuilding or deleting an index loses none of them.
//!
//! All are plain text: one entry a line, columns parted by tabs, `#` begins a comment line.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Places and names of places that the gazetteer lacks.
pub const PLACES: &str = "places.tsv";
/// Names that mean one person, and names that do not.
pub const PEOPLE: &str = "people.tsv";
/// Searches that were given a name.
pub const QUERIES: &str = "queries.tsv";
/// Held by whoever changes one of them.
const LOCK: &str = ".lock";

/// The folder of the user's own files: `$ONRECORD_USER`, else `onrecord.user` beside the index.
#[derive(Clone, Debug)]
pub struct UserFiles {
    folder: PathBuf,
}

/// One line of a user's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Counted from 1.
    pub number: usize,
    /// Its columns, without white space around them; never empty.
    pub columns: Vec<String>,
}

impl UserFiles {
    /// Those that belong to an index.
    pub fn of(index: &Path) -> Self {
        let named = std::env::var_os("ONRECORD_USER").filter(|value| !value.is_empty());
        let beside = || index.parent().unwrap_or(Path::new("")).join("onrecord.user");
        UserFiles { folder: named.map_or_else(beside, PathBuf::from) }
    }

    /// Where the file of this name lies, whether or not it is there.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The lines of a file; none when there is no such file.
    pub fn lines(&self, name: &str) -> Result<Vec<Line>> {
        Ok(self.text(name)?.lines().enumerate().filter_map(|(at, line)| parse(at + 1, line)).collect())
    }

    /// The bytes of a file as text; empty when there is no such file.
    pub fn text(&self, name: &str) -> Result<String> {
        let path = self.path(name);
        match std::fs::read(&path) {
            Ok(bytes) => String::from_utf8(bytes).map_err(|error| {
                let at = error.utf8_error().valid_up_to();
                let reason = format!("byte {at} is not UTF-8; save the file as UTF-8 text");
                Error::Malformed { path, reason }
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
            Err(source) => Err(Error::Read { path, source }),
        }
    }

    /// An error about one line.
    pub fn wrong(&self, name: &str, line: &Line, reason: &str) -> Error {
        Error::Malformed { path: self.path(name), reason: format!("line {}: {reason}", line.number) }
    }

    /// Changes a file: `change` is given its text and returns the new one, or none to leave it alone. Of
    /// several processes at it one waits for the other, so that no change is lost; either all of the new
    /// text is there afterwards, or what was there before. Returns whether it was written.
    pub fn edit(&self, name: &str, change: impl FnOnce(&str) -> Option<String>) -> Result<bool> {
        let failed = |source| Error::WriteFile { path: self.path(name), source };
        std::fs::create_dir_all(&self.folder).map_err(failed)?;
        let lock = File::create(self.path(LOCK)).map_err(failed)?;
        lock.lock().map_err(failed)?;
        let Some(text) = change(&self.text(name)?) else { return Ok(false) };
        self.replace(name, &text).map_err(failed)?;
        Ok(true)
    }

    fn replace(&self, name: &str, text: &str) -> io::Result<()> {
        let draft = self.path(&format!("{name}.new"));
        let mut file = File::create(&draft)?;
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
        written.and_then(|()| std::fs::rename(&draft, self.path(name))).inspect_err(|_| {
            // A draft on a full disk only takes room.
            let _ = std::fs::remove_file(&draft);
        })
    }
}

fn parse(number: usize, line: &str) -> Option<Line> {
    let line = line.trim_start_matches('\u{FEFF}').trim_end();
    if line.trim_start().is_empty() || line.trim_start().starts_with('#') {
        return None;
    }
    Some(Line { number, columns: line.split('\t').map(|column| column.trim().to_string()).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_and_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let files = UserFiles { folder: folder.path().join("onrecord.user") };
        assert_eq!(files.lines(PEOPLE).unwrap(), []);
        assert!(files.edit(PEOPLE, |_| Some("# names\n\nSteve Witkoff\tSteven Witkoff \n".into())).unwrap());
        assert!(!files.edit(PEOPLE, |text| text.is_empty().then(String::new)).unwrap());
        let lines = files.lines(PEOPLE).unwrap();
        assert_eq!(lines.len(), 1);
        assert_eq!((lines[0].number, lines[0].columns[1].as_str()), (3, "Steven Witkoff"));
        let told = files.wrong(PEOPLE, &lines[0], "three names needed").to_string();
        assert!(told.ends_with("people.tsv: line 3: three names needed"), "{told}");
    }

    #[test]
    fn of_changes_made_at_once_none_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let files = UserFiles { folder: folder.path().join("onrecord.user") };
        std::thread::scope(|scope| {
            for who in 0..8 {
                let files = &files;
                scope.spawn(move || {
                    for number in 0..20 {
                        files.edit(PEOPLE, |text| Some(format!("{text}{who}\t{number}\n"))).unwrap();
                    }
                });
            }
        });
        assert_eq!(files.lines(PEOPLE).unwrap().len(), 160);
    }

    #[test]
    fn what_is_not_text_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let files = UserFiles { folder: folder.path().to_path_buf() };
        std::fs::write(files.path(PLACES), b"ok\n\xff\xfe").unwrap();
        assert!(files.lines(PLACES).unwrap_err().to_string().contains("byte 3 is not UTF-8"));
    }
}
