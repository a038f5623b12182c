//! The engine's errors in the words of ours.

use std::io::ErrorKind;
use std::path::Path;

use tantivy::TantivyError;

use super::checked::Checked;
use crate::error::Error;

pub(super) fn failed(path: &Path, doing: &'static str, error: &TantivyError) -> Error {
    use std::io::ErrorKind::{InvalidData, UnexpectedEof};
    let broken = match error {
        TantivyError::DataCorruption(_)
        | TantivyError::OpenReadError(_)
        | TantivyError::IncompatibleIndex(_) => true,
        TantivyError::IoError(error) => matches!(error.kind(), InvalidData | UnexpectedEof),
        _ => false,
    };
    if broken {
        return damaged(path, &error.to_string());
    }
    Error::Index { path: path.to_path_buf(), doing, reason: error.to_string() }
}

/// Most characters of what the engine says.
const MOST_REASON: usize = 200;

pub(super) fn damaged(path: &Path, reason: &str) -> Error {
    // The engine quotes whole files.
    let short: String = reason.chars().take(MOST_REASON).collect();
    let reason = if short.len() < reason.len() { format!("{short}…") } else { short };
    Error::IndexDamaged { path: path.to_path_buf(), reason }
}

/// As [`failed`], of a write: what the disk said tells more than what tantivy makes of it.
pub(super) fn write_failed(directory: &Checked, path: &Path, error: &TantivyError) -> Error {
    match directory.write_failure() {
        Some((ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge, reason)) => {
            Error::IndexFull { path: path.to_path_buf(), reason }
        }
        Some((_, reason)) => Error::Index { path: path.to_path_buf(), doing: "writing", reason },
        None => failed(path, "writing", error),
    }
}
