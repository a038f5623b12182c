//! The engine's errors in the words of ours.

use std::path::Path;

use tantivy::TantivyError;

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

pub(super) fn damaged(path: &Path, reason: &str) -> Error {
    Error::IndexDamaged { path: path.to_path_buf(), reason: reason.to_string() }
}
