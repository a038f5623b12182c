//! The user's own files: what people add to an index by hand. They lie beside it, not in it, so that
//! rebuilding or deleting an index loses none of them.
//!
//! All are plain text: one entry a line, columns parted by tabs, `#` begins a comment line.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Places and names of places that the gazetteer lacks.
pub const PLACES: &str = "places.tsv";
/// Names that mean one person, and names that do not.
pub const PEOPLE: &str = "people.tsv";
/// Searches that were given a name.
pub const QUERIES: &str = "queries.tsv";

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

    /// Writes a whole file: either all of it is there afterwards, or what was there before.
    pub fn replace(&self, name: &str, text: &str) -> Result<()> {
        let path = self.path(name);
        let failed = |source| Error::Read { path: path.clone(), source };
        std::fs::create_dir_all(&self.folder).map_err(failed)?;
        let draft = self.path(&format!("{name}.new"));
        let mut file = std::fs::File::create(&draft).map_err(failed)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
        std::fs::rename(&draft, &path).map_err(failed)
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
        files.replace(PEOPLE, "# names\n\nSteve Witkoff\tSteven Witkoff \n").unwrap();
        let lines = files.lines(PEOPLE).unwrap();
        assert_eq!(lines.len(), 1);
        assert_eq!((lines[0].number, lines[0].columns[1].as_str()), (3, "Steven Witkoff"));
        let told = files.wrong(PEOPLE, &lines[0], "three names needed").to_string();
        assert!(told.ends_with("people.tsv: line 3: three names needed"), "{told}");
    }

    #[test]
    fn what_is_not_text_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let files = UserFiles { folder: folder.path().to_path_buf() };
        std::fs::write(files.path(PLACES), b"ok\n\xff\xfe").unwrap();
        assert!(files.lines(PLACES).unwrap_err().to_string().contains("byte 3 is not UTF-8"));
    }
}
