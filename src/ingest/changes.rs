//! Which files are new, changed, moved or gone since the index was made.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::Report;
use super::walk::{Found, Walked};
use crate::engine::Stamp;

/// A file to read.
pub struct Job<'f> {
    pub file: &'f Found,
    pub why: Why,
}

/// Why a file is to be read.
pub enum Why {
    /// It was not in the index.
    New,
    /// It was not read to its end, or not without fault.
    Again,
    /// Its bytes are others than when it was written at this time.
    Changed { written: u64 },
    /// Its bytes were in the index under this name, which is gone.
    Moved { from: String },
}

/// What is to be done.
#[derive(Default)]
pub struct Work<'f> {
    pub jobs: Vec<Job<'f>>,
    /// Files with another time and the same bytes: only the time is to be noted.
    pub touched: Vec<Found>,
    /// Names whose rows are to be removed.
    pub gone: Vec<String>,
    /// Files that need nothing.
    pub settled: usize,
}

impl Work<'_> {
    pub fn is_nothing(&self) -> bool {
        self.jobs.is_empty() && self.touched.is_empty() && self.gone.is_empty()
    }

    pub fn count(&self, report: &mut Report) {
        report.unchanged = self.settled + self.touched.len();
        report.gone = self.gone.len();
        for job in &self.jobs {
            match job.why {
                Why::New => report.new += 1,
                Why::Again => report.again += 1,
                Why::Changed { .. } => report.changed += 1,
                Why::Moved { .. } => report.moved += 1,
            }
        }
    }
}

/// Sorts what was found by what is known. A file whose time or size differs is hashed; what looks
/// exactly as before is not opened.
pub fn sort<'f>(walked: &'f Walked, known: &HashMap<String, Stamp>, roots: &[String]) -> Work<'f> {
    let found = walked.files.as_slice();
    let mut work = Work { gone: gone(walked, known, roots), ..Work::default() };
    let looked: Vec<Option<Look<'_>>> = found.par_iter().map(|file| look(file, known)).collect();
    let mut new = Vec::new();
    for look in looked.into_iter().flatten() {
        match look {
            Look::New(file) => new.push(file),
            Look::Again(file) => work.jobs.push(Job { file, why: Why::Again }),
            Look::Changed(file, written) => work.jobs.push(Job { file, why: Why::Changed { written } }),
            Look::Touched(file) => work.touched.push(file),
        }
    }
    work.settled = found.len() - new.len() - work.jobs.len() - work.touched.len();
    let mut left = Left::of(&work.gone, known);
    for file in new {
        let why = left.take(file).map_or(Why::New, |from| Why::Moved { from });
        work.jobs.push(Job { file, why });
    }
    work.gone.retain(|file| !left.taken.contains(file));
    work.jobs.sort_by(|a, b| a.file.key.cmp(&b.file.key));
    work
}

enum Look<'f> {
    New(&'f Found),
    Again(&'f Found),
    Changed(&'f Found, u64),
    Touched(Found),
}

fn look<'f>(file: &'f Found, known: &HashMap<String, Stamp>) -> Option<Look<'f>> {
    let stamp = match known.get(&file.key) {
        None => return Some(Look::New(file)),
        Some(&Stamp::PARTIAL) => return Some(Look::Again(file)),
        Some(stamp) => stamp,
    };
    if stamp.looks_like(&file.stamp) {
        return None;
    }
    if stamp.size != file.stamp.size {
        return Some(Look::Changed(file, stamp.mtime));
    }
    match hash(&file.path) {
        Ok(hash) if hash == stamp.hash => {
            Some(Look::Touched(Found { stamp: Stamp { hash, ..file.stamp }, ..file.clone() }))
        }
        // One that cannot be opened is told when it is read.
        _ => Some(Look::Changed(file, stamp.mtime)),
    }
}

fn gone(walked: &Walked, known: &HashMap<String, Stamp>, roots: &[String]) -> Vec<String> {
    let here: HashSet<&str> = walked.files.iter().map(|file| file.key.as_str()).collect();
    let below =
        |file: &str, of: &[String]| of.iter().any(|root| Path::new(file).starts_with(Path::new(root)));
    let gone =
        |file: &&String| below(file, roots) && !here.contains(file.as_str()) && !below(file, &walked.unseen);
    let mut gone: Vec<String> = known.keys().filter(gone).cloned().collect();
    gone.sort_unstable();
    gone
}

/// Names that are gone, by the bytes that they had.
struct Left {
    sizes: HashSet<u64>,
    names: HashMap<[u64; 2], Vec<String>>,
    taken: HashSet<String>,
}

impl Left {
    fn of(gone: &[String], known: &HashMap<String, Stamp>) -> Left {
        let mut left = Left { sizes: HashSet::new(), names: HashMap::new(), taken: HashSet::new() };
        // The last comes first off a list.
        for name in gone.iter().rev() {
            let Some(stamp) = known.get(name).filter(|stamp| **stamp != Stamp::PARTIAL) else { continue };
            left.sizes.insert(stamp.size);
            left.names.entry(stamp.hash).or_default().push(name.clone());
        }
        left
    }

    /// The name that a new file had before.
    fn take(&mut self, file: &Found) -> Option<String> {
        if !self.sizes.contains(&file.stamp.size) {
            return None;
        }
        let name = self.names.get_mut(&hash(&file.path).ok()?)?.pop()?;
        self.taken.insert(name.clone());
        Some(name)
    }
}

/// The first 128 bits of the SHA-256 of a file's bytes.
pub fn hash(path: &Path) -> io::Result<[u64; 2]> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => hasher.update(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let digest = hasher.finalize();
    let part = |at: usize| digest[at..at + 8].iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
    Ok([part(0), part(8)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_looked_into_is_not_gone() {
        let stamp = Stamp { mtime: 1, size: 1, hash: [1, 1] };
        let known: HashMap<String, Stamp> = ["/n/a.txt", "/n/sub/b.txt", "/n/subway.txt", "/o/c.txt"]
            .map(|file| (file.to_string(), stamp))
            .into();
        let walked = Walked { files: Vec::new(), unseen: vec!["/n/sub".to_string()] };
        let work = sort(&walked, &known, &["/n".to_string()]);
        assert_eq!(work.gone, ["/n/a.txt", "/n/subway.txt"]);
    }
}
