//! What can go wrong, and how it is told: the thing first, then what failed, then the next step.

use std::io;
use std::path::PathBuf;

/// Everything that can go wrong at an edge: files, the index, the command line.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be opened or read.
    #[error("{path}: cannot be read")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file was read but is not what its format asks for.
    #[error("{path}: {reason}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong, where, and what would be right.
        reason: String,
    },
    /// A file or record was read, and holds no article.
    #[error("{path}: {reason}")]
    NoArticle {
        /// The file, with the line or record where there are several.
        path: PathBuf,
        /// What it holds instead, and what was looked for.
        reason: String,
    },
    /// A file of a kind that is not read.
    #[error("{path}: {reason}")]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// What it seems to be.
        reason: String,
    },
    /// There is no index where one was looked for.
    #[error("no index at {path}; make one with: onrecord index FOLDER")]
    NoIndex {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The index was made by another version.
    #[error(
        "{path}: the index has format {found}, this onrecord reads format {wanted}; rebuild it with: onrecord index --rebuild FOLDER"
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
    #[error("{path}: {holder} is writing to this index; wait for it to end and run this again")]
    IndexBusy {
        /// The index.
        path: PathBuf,
        /// Who: process, machine, since when.
        holder: String,
    },
    /// The disk is full.
    #[error(
        "{path}: no room is left for the index ({reason}); it holds what it held at its last commit; free some room and run this again: nothing is lost, nothing comes twice"
    )]
    IndexFull {
        /// The index.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// A file of the index is broken.
    #[error(
        "{path}: the index is damaged ({reason}); onrecord doctor tells more, onrecord doctor --repair rebuilds it from its sources"
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
    #[error("{path}: the index {doing} failed: {reason}")]
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
