//! What can go wrong, and how it is told: the thing first, then what failed, then the next step.

use std::io;
use std::path::{Path, PathBuf};

/// Everything that can go wrong at an edge: files, the index, the command line.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be opened or read.
    #[error("{}: cannot be read", line(.path))]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file or folder could not be written.
    #[error("{}: cannot be written", line(.path))]
    WriteFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file was read but is not what its format asks for.
    #[error("{}: {reason}", line(.path))]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong, where, and what would be right.
        reason: String,
    },
    /// A file or record was read, and holds no article.
    #[error("{}: {reason}", line(.path))]
    NoArticle {
        /// The file, with the line or record where there are several.
        path: PathBuf,
        /// What it holds instead, and what was looked for.
        reason: String,
    },
    /// A file of a kind that is not read.
    #[error("{}: {reason}", line(.path))]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// What it seems to be.
        reason: String,
    },
    /// There is no index where one was looked for.
    #[error("no index at {}; make one with: onrecord index FOLDER", line(.path))]
    NoIndex {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The index was made by another version.
    #[error(
        "{}: the index has format {found}, this onrecord reads format {wanted}; rebuild it with: onrecord index --rebuild FOLDER",
        line(.path)
    )]
    IndexFormat {
        /// The index.
        path: PathBuf,
        /// Its format.
        found: String,
        /// The format that is read.
        wanted: u32,
    },
    /// Another process is writing to the index.
    #[error("{}: {holder} is writing to this index; wait for it to end and run this again", line(.path))]
    IndexBusy {
        /// The index.
        path: PathBuf,
        /// Who: process, machine, since when.
        holder: String,
    },
    /// The disk is full.
    #[error(
        "{}: no room is left for the index ({reason}); it holds what it held at its last commit; free some room and run this again: nothing is lost, nothing comes twice",
        line(.path)
    )]
    IndexFull {
        /// The index.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// A file of the index is broken.
    #[error(
        "{}: the index is damaged ({reason}); onrecord doctor tells more, onrecord doctor --repair rebuilds it from its sources",
        line(.path)
    )]
    IndexDamaged {
        /// The index.
        path: PathBuf,
        /// What the engine said.
        reason: String,
    },
    /// Something broke that should not.
    #[error(
        "stopped: {reason}; if the index is damaged, this mends it: onrecord index --rebuild FOLDER; otherwise please report this line"
    )]
    Broken {
        /// What the program said when it broke.
        reason: String,
    },
    /// The index cannot be read or written.
    #[error("{}: the index {doing} failed: {reason}", line(.path))]
    Index {
        /// The index.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// What the engine said.
        reason: String,
    },
    /// A part of a query or a filter cannot be used.
    #[error("{part}: {reason}")]
    Query {
        /// The part as typed.
        part: String,
        /// What is wrong, and what would be right.
        reason: String,
    },
    /// Nothing of that name in the index.
    #[error("{what}: not in the index; {hint}")]
    NotFound {
        /// What was asked for.
        what: String,
        /// What to try.
        hint: String,
    },
    /// Output could not be written.
    #[error("cannot write the output")]
    Write(#[from] io::Error),
}

/// A result whose error is [`enum@Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The same error, told of the index in this folder: where one is made anew, files lie elsewhere.
    pub fn of_index(mut self, index: &Path) -> Error {
        use Error::{Index, IndexBusy, IndexDamaged, IndexFull};
        if let Index { path, .. }
        | IndexBusy { path, .. }
        | IndexDamaged { path, .. }
        | IndexFull { path, .. } = &mut self
        {
            *path = index.to_path_buf();
        }
        self
    }
}

/// A path on one line, whatever stands in it: a line break in a name must not forge a line of ours.
fn line(path: &Path) -> String {
    path.to_string_lossy().chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
