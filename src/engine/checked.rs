//! A folder of index files that can tell when one of them is not as it was written.
//!
//! Every file is summed (length and CRC-32) while it is written. The sums of all files that a commit
//! names stand in `meta.json`, behind what tantivy writes there, and go to disk in the same atomic
//! write as the commit itself: there is no moment at which files and sums tell different stories.
//! `meta.json` and `.managed.json` end in a sum of their own. CRC-32 finds every damage of up to 32
//! bits in a row, and any other with a chance of 1 in 4 billion to miss; it guards against broken
//! disks, not against forgery.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tantivy::directory::error::{DeleteError, LockError, OpenDirectoryError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, Directory, DirectoryLock, FileHandle, INDEX_WRITER_LOCK, Lock, MmapDirectory,
    TerminatingWrite, WatchCallback, WatchHandle, WritePtr,
};
use tantivy::index::{SegmentComponent, SegmentMeta};

/// Who holds the writer's lock; there only while it is held, or after a kill.
pub const HOLDER: &str = ".onrecord-writer";
/// The file that names the segments of the last commit.
pub const META: &str = "meta.json";
/// The file that names what tantivy made, so that it can be cleared away.
pub const MANAGED: &str = ".managed.json";

/// The folder, within that of an index, where a new one is written that is to take its place.
pub const REBUILD: &str = ".rebuild";

/// Clears away what a killed rebuild left; for whoever holds the writer's lock.
pub fn clear_rebuild(path: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(path.join(REBUILD)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// How the names of files begin that are being written.
const DRAFT: &str = ".tmp-";

/// Clears away drafts that a killed run left, most of which nobody writes again; for whoever holds the
/// writer's lock.
pub fn clear_drafts(path: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(DRAFT) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// How many bytes are summed each time an index is opened: below 1 ms at the speed of CRC-32.
const SUMMED_AT_OPEN: u64 = 4 << 20;

/// What a file was when it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// Length in bytes.
    pub bytes: u64,
    /// CRC-32 (IEEE) of all of them.
    pub crc: u32,
}

/// Sums by file name.
pub type Sums = BTreeMap<String, Sum>;

/// A folder whose files are summed as they are written.
#[derive(Clone, Debug)]
pub struct Checked {
    inner: MmapDirectory,
    path: PathBuf,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    sums: Sums,
    /// The first write that failed: tantivy tells that one of its threads ended, but not why.
    failed: Option<(io::ErrorKind, String)>,
    /// The first file that was found to be other than it was written while the index was written to.
    damage: Option<String>,
}

impl Checked {
    /// Opens a folder that is there.
    pub fn open(path: &Path) -> Result<Checked, OpenDirectoryError> {
        let inner = MmapDirectory::open(path)?;
        Ok(Checked { inner, path: path.to_path_buf(), state: Arc::default() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first write that failed since the folder was opened.
    pub fn write_failure(&self) -> Option<(io::ErrorKind, String)> {
        self.state().failed.clone()
    }

    /// The first damage that [`Checked::is_whole`] met since the folder was opened.
    pub fn damage(&self) -> Option<String> {
        self.state().damage.clone()
    }

    /// True when every byte of a segment is what was written; what is not is kept for [`Checked::damage`].
    pub fn is_whole(&self, segment: &SegmentMeta) -> bool {
        let wrong = self.compare(std::slice::from_ref(segment), true);
        let Some(first) = wrong.into_iter().next() else { return true };
        self.state().damage.get_or_insert(first);
        false
    }

    fn noted<T>(&self, outcome: io::Result<T>) -> io::Result<T> {
        note(&self.state, outcome)
    }

    /// Compares files of a commit with what was written: all lengths, and the sums of the smallest
    /// files up to a few megabytes, or of all when `whole`. One line for each that differs.
    pub fn compare(&self, segments: &[SegmentMeta], whole: bool) -> Vec<String> {
        let sums = self.state().sums.clone();
        let mut wrong = Vec::new();
        let mut left = if whole { u64::MAX } else { SUMMED_AT_OPEN };
        let mut known: Vec<(String, Option<Sum>)> =
            segments.iter().flat_map(files_of).map(|name| (name.clone(), sums.get(&name).copied())).collect();
        known.sort_by_key(|(_, sum)| sum.map_or(0, |sum| sum.bytes));
        for (name, sum) in known {
            let Some(sum) = sum else {
                wrong.push(format!("{name}: no sum of it was kept"));
                continue;
            };
            let path = self.path.join(&name);
            match std::fs::metadata(&path).map(|about| about.len()) {
                Err(error) => wrong.push(format!("{name}: {error}")),
                Ok(bytes) if bytes != sum.bytes => {
                    wrong.push(format!("{name}: {bytes} bytes long, {} were written", sum.bytes));
                }
                Ok(bytes) if bytes > left => {}
                Ok(bytes) => {
                    left -= bytes;
                    match crc_of(&path) {
                        Ok(crc) if crc == sum.crc => {}
                        Ok(_) => wrong.push(format!("{name}: its bytes are not those that were written")),
                        Err(error) => wrong.push(format!("{name}: {error}")),
                    }
                }
            }
        }
        wrong
    }

    /// True when `meta.json` brought sums: an index of this format always does.
    pub fn has_sums(&self) -> bool {
        let meta = std::fs::read(self.path.join(META)).unwrap_or_default();
        unseal(&meta).is_ok_and(|sealed| sealed.sums.is_some())
    }
}

/// The files that a segment must have.
pub fn files_of(segment: &SegmentMeta) -> Vec<String> {
    use SegmentComponent::{Delete, FastFields, FieldNorms, Positions, Postings, Store, Terms};
    let mut parts = vec![Postings, Positions, FastFields, FieldNorms, Terms, Store];
    if segment.has_deletes() {
        parts.push(Delete);
    }
    parts.into_iter().map(|part| segment.relative_path(part).to_string_lossy().into_owned()).collect()
}

fn crc_of(path: &Path) -> io::Result<u32> {
    let mut file = std::fs::File::open(path)?;
    let mut hasher = crc32fast::Hasher::new();
    let mut buffer = vec![0; 256 << 10];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hasher.finalize()),
            count => hasher.update(&buffer[..count]),
        }
    }
}

const SUMS_LINE: &str = "\n#sums ";
const SEAL_LINE: &str = "\n#crc32 ";

/// What a sealed file holds.
pub struct Sealed {
    /// What was written.
    pub data: Vec<u8>,
    /// Sums of other files, in `meta.json`.
    pub sums: Option<Sums>,
    /// False in files of older formats, which bear no sum.
    pub sealed: bool,
}

/// Adds sums to what is written.
pub fn seal(data: &[u8], sums: Option<&Sums>) -> Vec<u8> {
    let mut sealed = data.to_vec();
    if let Some(sums) = sums {
        sealed.extend_from_slice(SUMS_LINE.as_bytes());
        // Names and numbers always serialise.
        sealed.extend(serde_json::to_vec(sums).unwrap_or_default());
    }
    let line = seal_line(&sealed);
    sealed.extend(line);
    sealed
}

fn seal_line(bytes: &[u8]) -> Vec<u8> {
    format!("{SEAL_LINE}{:08x}\n", crc32fast::hash(bytes)).into_bytes()
}

/// Takes the sums off again; an error when they do not fit.
pub fn unseal(bytes: &[u8]) -> io::Result<Sealed> {
    let wrong = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_string());
    let at = bytes.len().saturating_sub(SEAL_LINE.len() + 9);
    let Some(line) = bytes.get(at..).filter(|line| line.starts_with(SEAL_LINE.as_bytes())) else {
        return Ok(Sealed { data: bytes.to_vec(), sums: None, sealed: false });
    };
    let rest = &bytes[..at];
    if line != seal_line(rest) {
        return Err(wrong("its bytes are not those that were written"));
    }
    let marker = rest.windows(SUMS_LINE.len()).rposition(|window| window == SUMS_LINE.as_bytes());
    let Some(marker) = marker else { return Ok(Sealed { data: rest.to_vec(), sums: None, sealed: true }) };
    let sums = serde_json::from_slice(&rest[marker + SUMS_LINE.len()..])
        .map_err(|_| wrong("its sums cannot be read"))?;
    Ok(Sealed { data: rest[..marker].to_vec(), sums: Some(sums), sealed: true })
}

/// Names of the files that a `meta.json` stands for.
fn named_in(meta: &[u8]) -> HashSet<String> {
    #[derive(Deserialize)]
    struct Meta {
        segments: Vec<Segment>,
    }
    #[derive(Deserialize)]
    struct Segment {
        segment_id: String,
        deletes: Option<Deletes>,
    }
    #[derive(Deserialize)]
    struct Deletes {
        opstamp: u64,
    }
    let Ok(meta) = serde_json::from_slice::<Meta>(meta) else { return HashSet::new() };
    let mut names = HashSet::new();
    for segment in meta.segments {
        let stem = segment.segment_id.replace('-', "");
        for part in ["idx", "pos", "fast", "fieldnorm", "term", "store"] {
            names.insert(format!("{stem}.{part}"));
        }
        names.extend(segment.deletes.map(|deletes| format!("{stem}.{}.del", deletes.opstamp)));
    }
    names
}

fn note<T>(state: &Mutex<State>, outcome: io::Result<T>) -> io::Result<T> {
    if let Err(error) = &outcome {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.failed.get_or_insert((error.kind(), error.to_string()));
    }
    outcome
}

impl Directory for Checked {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.inner.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.state().sums.remove(&*path.to_string_lossy());
        self.inner.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.inner.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let writer = self.inner.open_write(path).inspect_err(|error| {
            if let OpenWriteError::IoError { io_error, .. } = error {
                self.state().failed.get_or_insert((io_error.kind(), io_error.to_string()));
            }
        })?;
        let hasher = crc32fast::Hasher::new();
        let summing = Summing {
            writer,
            hasher,
            bytes: 0,
            name: path.to_string_lossy().into_owned(),
            state: self.state.clone(),
        };
        // The inner writer buffers already.
        Ok(BufWriter::with_capacity(0, Box::new(summing)))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        let bytes = self.inner.atomic_read(path)?;
        let sealed =
            unseal(&bytes).map_err(|error| OpenReadError::wrap_io_error(error, path.to_path_buf()))?;
        if let Some(sums) = sealed.sums {
            self.state().sums.extend(sums);
        }
        Ok(sealed.data)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        let sealed = if path == Path::new(META) {
            let named = named_in(data);
            let sums: Sums = self
                .state()
                .sums
                .iter()
                .filter(|(name, _)| named.contains(*name))
                .map(|(name, sum)| (name.clone(), *sum))
                .collect();
            seal(data, Some(&sums))
        } else {
            seal(data, None)
        };
        self.noted(replace(&self.path, path, &sealed))
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.noted(self.inner.sync_directory())
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        let writing = lock.filepath == INDEX_WRITER_LOCK.filepath;
        match self.inner.acquire_lock(lock) {
            Ok(held) if writing => {
                let path = self.path.join(HOLDER);
                // It only serves to tell people who writes; the lock holds without it.
                let _ = std::fs::write(&path, format!("{}\n", holder()));
                Ok(DirectoryLock::from(Box::new(Held { path, _lock: held })))
            }
            // A reader's lock keeps files from being cleared away while it opens them. Where nothing
            // can be written, nothing is cleared away.
            Err(LockError::IoError(error)) if !writing && is_read_only(&error) => {
                Ok(DirectoryLock::from(Box::new(())))
            }
            other => other,
        }
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.inner.watch(callback)
    }
}

/// Writes a whole file or none. tantivy's own way gives the file to its owner alone: others could not
/// read the index.
fn replace(folder: &Path, name: &Path, bytes: &[u8]) -> io::Result<()> {
    let draft = folder.join(format!("{DRAFT}{}", name.to_string_lossy().trim_start_matches('.')));
    let mut file = std::fs::File::create(&draft)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_data());
    drop(file);
    written.and_then(|()| std::fs::rename(&draft, folder.join(name))).inspect_err(|_| {
        // A draft on a full disk only takes room.
        let _ = std::fs::remove_file(&draft);
    })
}

fn is_read_only(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied)
}

/// This process, as another one would tell a person about it.
fn holder() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = Some(host.trim())
        .filter(|host| !host.is_empty())
        .map(|host| format!(" on {host}"))
        .unwrap_or_default();
    let since = jiff::ZonedDateTime::now().strftime("%Y-%m-%d %H:%M:%S");
    format!("process {}{host}, since {since}", std::process::id())
}

struct Held {
    path: PathBuf,
    _lock: DirectoryLock,
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Sums what passes through it.
struct Summing {
    writer: WritePtr,
    hasher: crc32fast::Hasher,
    bytes: u64,
    name: String,
    state: Arc<Mutex<State>>,
}

impl Write for Summing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = note(&self.state, self.writer.write(bytes))?;
        self.hasher.update(&bytes[..count]);
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        note(&self.state, self.writer.flush())
    }
}

impl TerminatingWrite for Summing {
    fn terminate_ref(&mut self, token: AntiCallToken) -> io::Result<()> {
        note(&self.state, self.writer.flush())?;
        note(&self.state, self.writer.get_mut().terminate_ref(token))?;
        let sum = Sum { bytes: self.bytes, crc: self.hasher.clone().finalize() };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.sums.insert(std::mem::take(&mut self.name), sum);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_tells_every_flipped_bit() {
        let sums = Sums::from([("a.fast".to_string(), Sum { bytes: 3, crc: 7 })]);
        let data = br#"{"segments": []}"#;
        let sealed = seal(data, Some(&sums));
        let whole = unseal(&sealed).unwrap();
        assert_eq!(
            (whole.data.as_slice(), whole.sums.as_ref(), whole.sealed),
            (&data[..], Some(&sums), true)
        );
        for at in 0..sealed.len() {
            for bit in 0..8 {
                let mut flipped = sealed.clone();
                flipped[at] ^= 1 << bit;
                // Either the seal does not fit, or it is not there any more.
                assert!(unseal(&flipped).map_or(true, |whole| !whole.sealed), "byte {at} bit {bit}");
            }
        }
    }

    #[test]
    fn what_bears_no_seal_is_read_as_it_is() {
        let old = unseal(b"{}").unwrap();
        assert_eq!((old.data.as_slice(), old.sealed), (&b"{}"[..], false));
    }
}
