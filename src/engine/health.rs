//! Is the index whole? Every byte of every file is compared with what was written.

use std::path::Path;

use tantivy::directory::error::LockError;
use tantivy::directory::{Directory, INDEX_WRITER_LOCK};
use tantivy::{Index as Tantivy, TantivyError};

use super::checked::{self, Checked, Sealed, unseal};
use super::schema::FORMAT;
use super::tantivy::{Index, compare, holder, is_index_file};
use super::writer::{FOLDERS, folders_text};
use super::{Payload, people};
use crate::error::{Error, Result};

/// What was found out about an index.
#[derive(Debug, Default)]
pub struct Health {
    /// Format of the index, when that can be read.
    pub format: Option<u32>,
    /// The format that this program writes.
    pub wanted: u32,
    /// What is wrong, one line each, the file first; empty when the index is whole.
    pub damage: Vec<String>,
    /// What is worth knowing and does no harm.
    pub notes: Vec<String>,
    /// Folders that the index was made from, as keys of [`Index::files`].
    pub folders: Vec<String>,
    /// True when it holds passages only.
    pub passages_only: bool,
    /// Files that were summed.
    pub files: usize,
    /// Bytes that were summed.
    pub bytes: u64,
}

/// Examines the index in a folder; changes nothing.
///
/// Errors: there is no index, or its folder cannot be listed. Whatever is wrong with the index itself
/// is in the answer.
pub fn examine(path: &Path) -> Result<Health> {
    let mut health = Health { wanted: FORMAT, ..Health::default() };
    let names = names(path)?;
    if !names.iter().any(|name| is_index_file(name)) {
        return Err(Error::NoIndex { path: path.to_path_buf() });
    }
    lock_state(path, &mut health);
    let payload = small_files(path, &mut health);
    if health.format.is_some_and(|format| format != FORMAT) {
        return Ok(health);
    }
    // A broken file can make the engine panic.
    let looked = std::panic::catch_unwind(|| segments(path));
    match looked {
        Ok(Ok(look)) => {
            health.damage.extend(look.wrong);
            health.files += look.live.len();
            health.bytes += look.bytes;
            leftovers(&names, &look.live, &mut health);
        }
        Ok(Err(error)) => health.damage.push(format!("{}: {error}", checked::META)),
        Err(_) => health.damage.push(format!("{}: it cannot be read", checked::META)),
    }
    if health.damage.is_empty() {
        rows(path, payload.as_ref(), &mut health);
    }
    health.damage.sort();
    health.damage.dedup();
    Ok(health)
}

fn names(path: &Path) -> Result<Vec<String>> {
    let entries = match std::fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(Error::NoIndex { path: path.to_path_buf() });
        }
        Err(source) => return Err(Error::Read { path: path.to_path_buf(), source }),
    };
    let mut names: Vec<String> =
        entries.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned())).collect();
    names.sort();
    Ok(names)
}

fn lock_state(path: &Path, health: &mut Health) {
    let Ok(directory) = Checked::open(path) else { return };
    let stale = path.join(checked::HOLDER).exists();
    match directory.acquire_lock(&INDEX_WRITER_LOCK) {
        Ok(_) if stale => {
            health.notes.push("a run that wrote to it was killed; its last commit stands".to_string())
        }
        Ok(_) => {}
        Err(LockError::LockBusy) => health.notes.push(format!("{} is writing to it now", holder(path))),
        Err(LockError::IoError(error)) => health.notes.push(format!("it can only be read: {error}")),
    }
}

/// The files that bear their own sum. What `meta.json` says beside its commit comes back.
fn small_files(path: &Path, health: &mut Health) -> Option<Payload> {
    let sealed = |name: &str, health: &mut Health| -> Option<Sealed> {
        let bytes = match std::fs::read(path.join(name)) {
            Ok(bytes) => bytes,
            Err(error) => {
                health.damage.push(format!("{name}: {error}"));
                return None;
            }
        };
        health.files += 1;
        health.bytes += bytes.len() as u64;
        match unseal(&bytes) {
            Ok(sealed) => Some(sealed),
            Err(error) => {
                health.damage.push(format!("{name}: {error}"));
                None
            }
        }
    };
    let meta = sealed(checked::META, health);
    let payload = meta.as_ref().and_then(|meta| payload_of(&meta.data));
    health.format = payload.as_ref().map(|payload| payload.format);
    if health.format.is_some_and(|format| format < FORMAT) {
        // Older formats bear no sums.
        return payload;
    }
    let managed = sealed(checked::MANAGED, health);
    let folders = payload.as_ref().is_some_and(|payload| !payload.folders.is_empty());
    let folders = (folders || path.join(FOLDERS).exists()).then(|| sealed(FOLDERS, health)).flatten();
    for (name, file) in [(checked::META, &meta), (checked::MANAGED, &managed), (FOLDERS, &folders)] {
        if file.as_ref().is_some_and(|file| !file.sealed) {
            health.damage.push(format!("{name}: the sum at its end is broken"));
        }
    }
    // Kept to save time; the next question makes it anew where it is broken.
    let people = path.join(people::FILE).exists().then(|| sealed(people::FILE, health)).flatten();
    if people.is_some_and(|people| !people.sealed) {
        health.damage.push(format!("{}: the sum at its end is broken", people::FILE));
    }
    let listed =
        folders.map(|folders| String::from_utf8_lossy(&folders.data).into_owned()).unwrap_or_default();
    health.folders = match &payload {
        Some(payload) => payload.folders.clone(),
        None => listed.lines().map(str::to_string).collect(),
    };
    if let Some(payload) = &payload {
        health.passages_only = payload.passages_only;
        // The list is written before the commit: it may be ahead of it, never behind.
        let ahead = payload.folders.iter().all(|folder| listed.lines().any(|line| line == folder));
        if !ahead && folders_text(&payload.folders) != listed {
            health.damage.push(format!("{FOLDERS}: it lacks a folder that {} names", checked::META));
        }
    }
    payload
}

fn payload_of(meta: &[u8]) -> Option<Payload> {
    let meta: serde_json::Value = serde_json::from_slice(meta).ok()?;
    serde_json::from_str(meta.get("payload")?.as_str()?).ok()
}

/// What was seen of the segments' files.
struct Look {
    wrong: Vec<String>,
    live: Vec<String>,
    bytes: u64,
}

fn segments(path: &Path) -> tantivy::Result<Look> {
    let directory = Checked::open(path).map_err(TantivyError::from)?;
    let index = Tantivy::open(directory.clone())?;
    let wrong = compare(&directory, &index, true)?;
    let live: Vec<String> = index.load_metas()?.segments.iter().flat_map(checked::files_of).collect();
    let length = |name: &String| std::fs::metadata(path.join(name)).map_or(0, |about| about.len());
    let bytes = live.iter().map(length).sum();
    Ok(Look { wrong, live, bytes })
}

fn leftovers(names: &[String], live: &[String], health: &mut Health) {
    let left = |name: &&String| {
        let temporary = name.starts_with(".tmp");
        let segment = name.split('.').next().is_some_and(|stem| stem.len() == 32) && is_index_file(name);
        temporary || segment && !live.contains(name)
    };
    let count = names.iter().filter(left).count();
    if count > 0 {
        health.notes.push(format!(
            "{count} files left over by a killed run; the next onrecord index clears them away"
        ));
    }
}

/// Opens the index as any command does, and reads its list of files.
fn rows(path: &Path, payload: Option<&Payload>, health: &mut Health) {
    let looked = std::panic::catch_unwind(|| Index::open(path).and_then(|index| index.files()));
    match looked {
        Ok(Ok(files)) => {
            let partial = files.values().filter(|stamp| **stamp == super::Stamp::PARTIAL).count();
            if partial > 0 {
                health
                    .notes
                    .push(format!("{partial} files were not read in full: run onrecord index on them again"));
            }
            if payload.is_some_and(|payload| !payload.copies_told) && !files.is_empty() {
                health.notes.push(
                    "a run was stopped before it told copies apart: run onrecord index again".to_string(),
                );
            }
        }
        Ok(Err(error)) => health.damage.push(error.to_string()),
        Err(_) => health.damage.push("its rows cannot be read".to_string()),
    }
}
