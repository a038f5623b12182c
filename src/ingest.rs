//! The first journey, files → index:
//! `walk → sort into new, changed, gone → read → extract → rows → engine → commit`.

use std::collections::HashMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::RwLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, UNIX_EPOCH};

use rayon::prelude::*;
use walkdir::WalkDir;

use crate::document::Article;
use crate::engine::Stamp;
use crate::engine::tantivy::{Index, Writer};
use crate::error::{Error, Result};
use crate::extract::extract;
use crate::gazetteer::Gazetteer;
use crate::read;
use crate::rows;

/// What one run did.
#[derive(Debug, Default)]
pub struct Report {
    /// Files that were not in the index before.
    pub new: usize,
    /// Files that changed since they were indexed.
    pub changed: usize,
    /// Files that are as they were.
    pub unchanged: usize,
    /// Files that are no longer there; their rows were removed.
    pub gone: usize,
    /// Articles read in this run.
    pub articles: usize,
    /// Quotes found in them.
    pub quotes: usize,
    /// Files of kinds that are not read, and files and records that hold no article.
    pub left_alone: Vec<Error>,
    /// Files, or articles in them, that could not be read.
    pub failed: Vec<Error>,
}

/// How often the index is written to disk during a long run, so that a kill loses little.
const COMMIT_EVERY: Duration = Duration::from_secs(60);

/// Longest run of articles of one file that is held in memory at once.
const BATCH: usize = 64;

/// Makes the index hold what the folders hold now.
///
/// `progress` is told, from any thread, how many files are done and how many there are. A file that
/// fails is reported and the rest goes on; an error of the index itself ends the run, and what was
/// committed before stays.
pub fn ingest(
    folders: &[PathBuf],
    index: &Index,
    gazetteer: &Gazetteer,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Report> {
    let mut report = Report::default();
    let known = index.files()?;
    let found = walk(folders, &mut report);
    let work = sort(&found, &known, folders, &mut report);
    if work.read.is_empty() && work.gone.is_empty() {
        return Ok(report);
    }
    let writer = index.writer(std::thread::available_parallelism().map_or(2, usize::from))?;
    for file in &work.gone {
        writer.remove_file(file);
    }
    let pen = Pen { writer: RwLock::new(writer), last: RwLock::new(Instant::now()) };
    let done = AtomicUsize::new(0);
    let parts: Vec<Result<Part>> = work
        .read
        .par_iter()
        .map(|file| {
            let part = index_file(file, &pen, gazetteer);
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, work.read.len());
            part
        })
        .collect();
    for part in parts {
        let part = part?;
        report.articles += part.articles;
        report.quotes += part.quotes;
        report.failed.extend(part.failed);
        report.left_alone.extend(part.left_alone);
    }
    pen.finish()?;
    index.reload()?;
    Ok(report)
}

/// A file to be looked at.
struct Found {
    path: PathBuf,
    /// As the user would write it.
    shown: String,
    /// Absolute; the file's name in the index.
    key: String,
    /// From the name of its root on, with `/`; ids are made from it.
    root_key: String,
    stamp: Stamp,
}

struct Work<'f> {
    read: Vec<&'f Found>,
    gone: Vec<String>,
}

/// Lists the files below the folders, in a fixed order.
fn walk(folders: &[PathBuf], report: &mut Report) -> Vec<Found> {
    let mut files = Vec::new();
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
                Ok(entry) => visit(&entry, folder, &root, &mut files, report),
                Err(error) => report.failed.push(Error::Read {
                    path: error.path().unwrap_or(folder).to_path_buf(),
                    source: error.into_io_error().unwrap_or_else(|| std::io::Error::other("a loop of links")),
                }),
            }
        }
    }
    files.sort_by(|a, b| a.key.cmp(&b.key));
    files.dedup_by(|a, b| a.key == b.key);
    files
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

fn visit(entry: &walkdir::DirEntry, folder: &Path, root: &Path, files: &mut Vec<Found>, report: &mut Report) {
    let path = entry.path();
    if entry.file_type().is_symlink() && entry.depth() > 0 {
        let reason = "a link; name what it points to if that should be indexed".to_string();
        report.left_alone.push(Error::Unsupported { path: path.to_path_buf(), reason });
        return;
    }
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(source) => return report.failed.push(Error::Read { path: path.to_path_buf(), source }),
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
    let whole = if below.as_os_str().is_empty() { root.to_path_buf() } else { root.join(below) };
    let base = root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let root_key = if below.as_os_str().is_empty() { base } else { format!("{base}/{}", key(below)) };
    files.push(Found {
        shown: path.to_string_lossy().into_owned(),
        key: key(&whole),
        root_key,
        stamp: stamp(&metadata),
        path: path.to_path_buf(),
    });
}

/// A path as text that names it alone: bytes that are not UTF-8, and `%`, are written as `%XX`.
fn key(path: &Path) -> String {
    let mut text = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        text.push_str(&chunk.valid().replace('%', "%25"));
        for byte in chunk.invalid() {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

fn stamp(metadata: &Metadata) -> Stamp {
    let age =
        metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    Stamp { mtime: age.as_nanos() as u64, size: metadata.len() }
}

/// Sorts files into those to read and those to forget.
fn sort<'f>(
    found: &'f [Found],
    known: &HashMap<String, Stamp>,
    folders: &[PathBuf],
    report: &mut Report,
) -> Work<'f> {
    let mut work = Work { read: Vec::new(), gone: Vec::new() };
    for file in found {
        match known.get(&file.key) {
            None => report.new += 1,
            Some(stamp) if *stamp != file.stamp => report.changed += 1,
            Some(_) => {
                report.unchanged += 1;
                continue;
            }
        }
        work.read.push(file);
    }
    let roots: Vec<PathBuf> =
        folders.iter().filter_map(|folder| std::fs::canonicalize(folder).ok()).collect();
    let below = |file: &str| roots.iter().any(|root| Path::new(file).starts_with(Path::new(&key(root))));
    let here: std::collections::HashSet<&str> = found.iter().map(|file| file.key.as_str()).collect();
    work.gone = known.keys().filter(|file| below(file) && !here.contains(file.as_str())).cloned().collect();
    work.gone.sort_unstable();
    report.gone = work.gone.len();
    work
}

/// What reading one file brought.
#[derive(Default)]
struct Part {
    articles: usize,
    quotes: usize,
    failed: Vec<Error>,
    left_alone: Vec<Error>,
}

/// The writer, shared by all threads. A commit waits until no file is half written.
struct Pen {
    writer: RwLock<Writer>,
    last: RwLock<Instant>,
}

impl Pen {
    fn write<T>(&self, work: impl FnOnce(&Writer) -> Result<T>) -> Result<T> {
        let writer = self.writer.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        work(&writer)
    }

    fn commit_if_due(&self) -> Result<()> {
        let due = |last: &Instant| last.elapsed() >= COMMIT_EVERY;
        if !due(&self.last.read().unwrap_or_else(std::sync::PoisonError::into_inner)) {
            return Ok(());
        }
        let mut last = self.last.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        if due(&last) {
            self.writer.write().unwrap_or_else(std::sync::PoisonError::into_inner).commit()?;
            *last = Instant::now();
        }
        Ok(())
    }

    fn finish(self) -> Result<()> {
        let mut writer = self.writer.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        writer.commit()?;
        writer.finish()
    }
}

/// Reads one file and writes its rows; the file counts as indexed only when all of it was read.
fn index_file(file: &Found, pen: &Pen, gazetteer: &Gazetteer) -> Result<Part> {
    let part = pen.write(|writer| {
        writer.remove_file(&file.key);
        let mut part = Part::default();
        let mut articles = match read::open(&file.path, &file.shown, &file.root_key) {
            Ok(articles) => articles,
            Err(error @ (Error::Unsupported { .. } | Error::NoArticle { .. })) => {
                part.left_alone.push(error);
                writer.add_file(&file.key, file.stamp)?;
                return Ok(part);
            }
            Err(error) => {
                part.failed.push(error);
                return Ok(part);
            }
        };
        loop {
            let (batch, more) = next_batch(&mut articles, &mut part);
            let counts: Vec<usize> = batch
                .into_par_iter()
                .map(|article| index_article(file, article, writer, gazetteer))
                .collect::<Result<_>>()?;
            part.articles += counts.len();
            part.quotes += counts.iter().sum::<usize>();
            if !more {
                break;
            }
        }
        // A file that failed in part is read again next time.
        if part.failed.is_empty() {
            writer.add_file(&file.key, file.stamp)?;
        }
        Ok(part)
    })?;
    pen.commit_if_due()?;
    Ok(part)
}

fn next_batch(articles: &mut impl Iterator<Item = Result<Article>>, part: &mut Part) -> (Vec<Article>, bool) {
    let mut batch = Vec::new();
    for article in articles.by_ref() {
        match article {
            Ok(article) => batch.push(article),
            Err(error @ (Error::Unsupported { .. } | Error::NoArticle { .. })) => part.left_alone.push(error),
            Err(error) => part.failed.push(error),
        }
        if batch.len() == BATCH {
            return (batch, true);
        }
    }
    (batch, false)
}

fn index_article(file: &Found, article: Article, writer: &Writer, gazetteer: &Gazetteer) -> Result<usize> {
    let rows = rows::of(extract(article, gazetteer), gazetteer);
    writer.add(&file.key, &rows)?;
    Ok(rows.quotes.len())
}
