//! An index made anew beside the old one, which answers until the new one is whole, and then gives way at
//! once.
//!
//! The new index is written in a folder of its own within the old one's, so that both lie on one disk. Then
//! its files move over: segments have names drawn at random, which never meet. Where `meta.json` takes the
//! place of the old one, the new index is there. Who is killed before leaves the old index, who is killed
//! after leaves the new one, and whatever else lies about is cleared away by the next writer.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use tantivy::directory::{Directory, DirectoryLock, META_LOCK};

use super::checked::{self, Checked, MANAGED, META, REBUILD};
use super::tantivy::{is_index_file, writing_lock};
use super::writer::FOLDERS;
use super::{people, trouble};
use crate::error::{Error, Result};

/// An index that is being made anew; nobody else writes to the old one meanwhile. Dropped before
/// [`Rebuild::switch`], it leaves everything as it was.
pub struct Rebuild {
    path: PathBuf,
    directory: Checked,
    _lock: DirectoryLock,
}

impl Rebuild {
    /// Begins. Where another process writes, `busy` is told who, and says whether to try again.
    ///
    /// Errors: another process writes and `busy` gave up; the folder cannot be written to.
    pub fn begin(path: &Path, busy: &dyn Fn(&str) -> bool) -> Result<Rebuild> {
        let opened = Checked::open(path);
        let directory = opened.map_err(|error| trouble::failed(path, "opening", &error.into()))?;
        let _lock = writing_lock(&directory, path, busy)?;
        checked::clear_rebuild(path)
            .map_err(|source| Error::WriteFile { path: path.join(REBUILD), source })?;
        Ok(Rebuild { path: path.to_path_buf(), directory, _lock })
    }

    /// The folder to write the new index in.
    pub fn folder(&self) -> PathBuf {
        self.path.join(REBUILD)
    }

    /// Puts the new index in the place of the old one.
    ///
    /// Errors: a file cannot be moved; the old index stands.
    pub fn switch(self) -> Result<()> {
        self.moved().map_err(|source| Error::WriteFile { path: self.path.clone(), source })
    }

    fn moved(&self) -> io::Result<()> {
        let (here, new) = (segment_files(&self.path)?, segment_files(&self.folder())?);
        // Both before and after the switch, what is not in use is known to be clearable.
        self.manage(here.union(&new))?;
        let folders = [&self.path, &self.folder()].map(|path| listed(path));
        self.directory.atomic_write(Path::new(FOLDERS), folders.concat().as_bytes())?;
        for name in &new {
            std::fs::rename(self.folder().join(name), self.path.join(name))?;
        }
        self.directory.sync_directory()?;
        std::fs::rename(self.folder().join(META), self.path.join(META))?;
        self.directory.sync_directory()?;
        // The new index stands. What follows only clears up.
        let _ = self.tidied(&here, &new, &folders[1]);
        Ok(())
    }

    fn tidied(&self, old: &BTreeSet<String>, new: &BTreeSet<String>, folders: &str) -> io::Result<()> {
        self.directory.atomic_write(Path::new(FOLDERS), folders.as_bytes())?;
        {
            // Nobody opens files meanwhile.
            let _lock = self.directory.acquire_lock(&META_LOCK).map_err(io::Error::other)?;
            for name in old {
                std::fs::remove_file(self.path.join(name))?;
            }
        }
        self.manage(new.iter())
    }

    /// Writes the list of what may be cleared away, as the engine keeps it.
    fn manage<'n>(&self, names: impl Iterator<Item = &'n String>) -> io::Result<()> {
        let names: Vec<&str> = names.map(String::as_str).chain([META]).collect();
        self.directory.atomic_write(Path::new(MANAGED), &serde_json::to_vec(&names)?)
    }
}

impl Drop for Rebuild {
    fn drop(&mut self) {
        // What stays behind is cleared away by the next writer.
        let _ = checked::clear_rebuild(&self.path);
    }
}

/// The files of segments in a folder.
fn segment_files(path: &Path) -> io::Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for entry in std::fs::read_dir(path)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let other =
            name.starts_with('.') || name.starts_with(people::FILE) || name == META || name == FOLDERS;
        if !other && is_index_file(&name) {
            names.insert(name);
        }
    }
    Ok(names)
}

/// The folders that an index names, a line each.
fn listed(path: &Path) -> String {
    let bytes = std::fs::read(path.join(FOLDERS)).unwrap_or_default();
    checked::unseal(&bytes)
        .map(|sealed| String::from_utf8_lossy(&sealed.data).into_owned())
        .unwrap_or_default()
}
