//! The files below the folders, in a fixed order.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use walkdir::WalkDir;

use super::Report;
use crate::engine::Stamp;
use crate::error::Error;
use crate::read;

/// A file to be looked at.
#[derive(Clone)]
pub struct Found {
    pub path: PathBuf,
    /// As the user would write it.
    pub shown: String,
    /// Absolute; the file's name in the index.
    pub key: String,
    /// From the name of its root on, with `/`; ids are made from it.
    pub root_key: String,
    pub stamp: Stamp,
}

/// What lies below the folders.
#[derive(Default)]
pub struct Walked {
    /// Files, in a fixed order.
    pub files: Vec<Found>,
    /// Keys of folders and files that could not be looked into: what the index has of them is not gone.
    pub unseen: Vec<String>,
}

/// Lists the files below the folders.
pub fn walk(folders: &[PathBuf], report: &mut Report) -> Walked {
    let mut walked = Walked::default();
    for folder in folders {
        let root = match std::fs::canonicalize(folder) {
            Ok(root) => root,
            Err(source) => {
                report.failed.push(Error::Read { path: folder.clone(), source });
                continue;
            }
        };
        let visible = |entry: &walkdir::DirEntry| entry.depth() == 0 || !hidden(entry) && !is_index(entry);
        for entry in WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(visible) {
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {}
                Ok(entry) => visit(&entry, folder, &root, &mut walked, report),
                Err(error) => {
                    let path = error.path().unwrap_or(folder).to_path_buf();
                    walked.unseen.push(key(&whole(&path, folder, &root)));
                    let loops = || std::io::Error::other("a loop of links");
                    let source = error.into_io_error().unwrap_or_else(loops);
                    report.failed.push(Error::Read { path, source });
                }
            }
        }
    }
    walked.files.sort_by(|a, b| a.key.cmp(&b.key));
    walked.files.dedup_by(|a, b| a.key == b.key);
    walked
}

/// The absolute path of what lies below a folder.
fn whole(path: &Path, folder: &Path, root: &Path) -> PathBuf {
    let below = path.strip_prefix(folder).unwrap_or(Path::new(""));
    if below.as_os_str().is_empty() { root.to_path_buf() } else { root.join(below) }
}

fn hidden(entry: &walkdir::DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

/// An index that lies among the articles is not an article.
fn is_index(entry: &walkdir::DirEntry) -> bool {
    entry.file_type().is_dir()
        && entry.path().join("meta.json").exists()
        && entry.path().join(".managed.json").exists()
}

fn visit(entry: &walkdir::DirEntry, folder: &Path, root: &Path, walked: &mut Walked, report: &mut Report) {
    let path = entry.path();
    if entry.file_type().is_symlink() && entry.depth() > 0 {
        let reason = "a link; name what it points to if that should be indexed".to_string();
        report.left_alone.push(Error::Unsupported { path: path.to_path_buf(), reason });
        return;
    }
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(source) => {
            walked.unseen.push(key(&whole(path, folder, root)));
            return report.failed.push(Error::Read { path: path.to_path_buf(), source });
        }
    };
    if !metadata.is_file() {
        let reason = "not a plain file".to_string();
        return report.left_alone.push(Error::Unsupported { path: path.to_path_buf(), reason });
    }
    if !read::is_supported(path) {
        let reason = "a kind of file that is not read".to_string();
        return report.left_alone.push(Error::Unsupported { path: path.to_path_buf(), reason });
    }
    let below = path.strip_prefix(folder).unwrap_or(Path::new(""));
    let base = root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let root_key = if below.as_os_str().is_empty() { base } else { format!("{base}/{}", key(below)) };
    walked.files.push(Found {
        shown: path.to_string_lossy().into_owned(),
        key: key(&whole(path, folder, root)),
        root_key,
        stamp: stamp(&metadata),
        path: path.to_path_buf(),
    });
}

/// The folders as they are named in the index.
pub fn roots(folders: &[PathBuf]) -> Vec<String> {
    folders.iter().filter_map(|folder| std::fs::canonicalize(folder).ok()).map(|root| key(&root)).collect()
}

/// A path as text that names it alone: bytes that are not UTF-8, `%` and line feeds are written as
/// `%XX`.
fn key(path: &Path) -> String {
    let mut text = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        text.push_str(&chunk.valid().replace('%', "%25").replace('\n', "%0A"));
        for byte in chunk.invalid() {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

/// The path that a key of the index's list of files names.
pub fn path_of(key: &str) -> PathBuf {
    let mut bytes = Vec::new();
    let mut rest = key.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let code = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let code = code.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|_| first == b'%');
        bytes.push(code.unwrap_or(first));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    os_path(bytes)
}

#[cfg(unix)]
fn os_path(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    PathBuf::from(std::ffi::OsString::from_vec(bytes))
}

#[cfg(not(unix))]
fn os_path(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())
}

fn stamp(metadata: &Metadata) -> Stamp {
    let age =
        metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    Stamp { mtime: age.as_nanos() as u64, size: metadata.len(), hash: [0, 0] }
}
