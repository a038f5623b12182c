//! The first journey, files → index:
//! `walk → sort into new, changed, moved, gone → read → extract → rows → engine → commit`.
//!
//! A run can be killed at any instruction: the index then holds what its last commit held, each file
//! is either told to be there in full or told to be partial, and the next run goes on from there.

mod changes;
mod earlier;
pub mod places;
pub mod verify;
mod walk;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::document::{Article, Document};
use crate::engine::Stamp;
use crate::engine::tantivy::{Index, Writer};
use crate::error::{Error, Result};
use crate::extract::extract;
use crate::gazetteer::Gazetteer;
use crate::read;
use crate::rows;

use changes::{Job, Why, Work};
use earlier::Replaced;
pub use walk::path_of;
use walk::walk;

/// What one run did.
#[derive(Debug, Default)]
pub struct Report {
    /// Files that were not in the index before.
    pub new: usize,
    /// Files whose bytes changed since they were indexed.
    pub changed: usize,
    /// Files that were not read to their end before, or not without fault.
    pub again: usize,
    /// Files that have another name or folder now, and the same bytes.
    pub moved: usize,
    /// Files that hold what they held.
    pub unchanged: usize,
    /// Files that are no longer there; their rows were removed.
    pub gone: usize,
    /// Articles read in this run.
    pub articles: usize,
    /// Quotes found in them.
    pub quotes: usize,
    /// Texts that were changed in place and are kept as earlier ones.
    pub earlier: usize,
    /// Files of kinds that are not read, and files and records that hold no article.
    pub left_alone: Troubles,
    /// Files, or articles in them, that could not be read.
    pub failed: Troubles,
    /// True when the run was asked to stop before all was read.
    pub stopped: bool,
}

/// What is to be told of files and records: the first of it, and how much more there was. A table may hold
/// millions of rows of which every one fails.
#[derive(Debug, Default)]
pub struct Troubles {
    /// The first [`Troubles::MOST`].
    pub first: Vec<Error>,
    /// How many came after them.
    pub more: usize,
}

impl Troubles {
    /// How many are kept.
    pub const MOST: usize = 10_000;
    /// How many of one file are kept.
    const MOST_OF_FILE: usize = 1000;

    /// Adds one.
    pub fn push(&mut self, error: Error) {
        self.push_up_to(Troubles::MOST, error);
    }

    fn push_up_to(&mut self, most: usize, error: Error) {
        match self.first.len() < most {
            true => self.first.push(error),
            false => self.more += 1,
        }
    }

    fn extend(&mut self, others: Troubles) {
        others.first.into_iter().for_each(|error| self.push(error));
        self.more += others.more;
    }

    /// How many there were.
    pub fn len(&self) -> usize {
        self.first.len() + self.more
    }

    /// True when there was none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// How to work.
pub struct Options<'o> {
    /// Rows are written to disk after this time at the latest.
    pub commit_every: Duration,
    /// Passages only: no quotes, no names, no regions.
    pub passages_only: bool,
    /// Set from outside to end the run early; what was read until then is kept.
    pub stop: &'o AtomicBool,
    /// Told, from any thread, what is going on.
    pub progress: &'o (dyn Fn(Progress<'_>) + Sync),
    /// Where another process writes to the index: wait for it to end, or give up.
    pub wait: bool,
    /// What the user says of the files.
    pub read: read::Options,
}

/// What a run is doing.
#[derive(Clone, Copy, Debug)]
pub enum Progress<'p> {
    /// Files done, and files there are.
    Reading(usize, usize),
    /// This process writes to the index; the run waits for it to end.
    Waiting(&'p str),
}

/// Rows are also written to disk after this many bytes of text.
const COMMIT_BYTES: u64 = 64 << 20;

/// Longest run of articles of one file that is held in memory at once.
const BATCH: usize = 64;
/// It ends with the article with which it grows beyond this, in bytes of text.
const BATCH_BYTES: usize = 4 << 20;

/// Makes the index hold what the folders hold now.
///
/// A file that fails is reported and the rest goes on; a file that cannot even be opened keeps the
/// rows it had. An error of the index itself ends the run, and what was committed before stays.
pub fn ingest(
    folders: &[PathBuf],
    index: &Index,
    gazetteer: &Gazetteer,
    options: &Options<'_>,
) -> Result<Report> {
    let mut report = Report::default();
    let found = walk(folders, &mut report);
    let roots = walk::roots(folders);
    if changes::sort(&found, &index.files()?, &roots).is_nothing() && settled(index, &roots)? {
        report.unchanged = found.files.len();
        return Ok(report);
    }
    let mut writer = writer(index, options)?;
    // Another process may have written until now.
    index.reload()?;
    let work = changes::sort(&found, &index.files()?, &roots);
    roots.iter().for_each(|root| writer.add_folder(root));
    if options.passages_only {
        writer.set_passages_only();
    }
    work.count(&mut report);
    let run = Run { index, gazetteer, options, pen: Pen::new(writer, options.commit_every) };
    run.all(&work, &mut report)?;
    if let Some(damage) = run.pen.finish(index)? {
        report.failed.push(damage);
    }
    index.reload()?;
    Ok(report)
}

/// True when nothing is left to do even if no file changed.
fn settled(index: &Index, roots: &[String]) -> Result<bool> {
    let folders = index.folders()?;
    Ok(index.copies_told()? && roots.iter().all(|root| folders.contains(root)))
}

fn writer(index: &Index, options: &Options<'_>) -> Result<Writer> {
    let told = AtomicBool::new(false);
    let busy = |holder: &str| {
        if options.wait && !told.swap(true, Ordering::Relaxed) {
            (options.progress)(Progress::Waiting(holder));
        }
        options.wait && !options.stop.load(Ordering::Relaxed)
    };
    // Reading takes as long as writing, or longer; and what few threads write are few and large segments, which
    // are hardly merged, and faster to search.
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    index.writer(cores / 2, &busy)
}

/// What all threads of a run share.
struct Run<'r> {
    index: &'r Index,
    gazetteer: &'r Gazetteer,
    options: &'r Options<'r>,
    pen: Pen,
}

/// What reading one file brought.
#[derive(Default)]
struct Part {
    articles: usize,
    quotes: usize,
    earlier: usize,
    failed: Troubles,
    left_alone: Troubles,
}

impl Part {
    /// Notes what was the matter with a record or the whole file.
    fn note(&mut self, error: Error) {
        let list = match error {
            Error::Unsupported { .. } | Error::NoArticle { .. } => &mut self.left_alone,
            _ => &mut self.failed,
        };
        list.push_up_to(Troubles::MOST_OF_FILE, error);
    }
}

impl Run<'_> {
    fn all(&self, work: &Work<'_>, report: &mut Report) -> Result<()> {
        for file in &work.gone {
            self.pen.write(|writer| {
                writer.remove_file(file);
                earlier::forget(self.index, file, writer)
            })?;
        }
        for file in &work.touched {
            self.pen.write(|writer| writer.end_file(&file.key, file.stamp))?;
        }
        let done = AtomicUsize::new(0);
        let stopped = || self.options.stop.load(Ordering::Relaxed);
        let parts: Vec<Result<Part>> = work
            .jobs
            .par_iter()
            .map(|job| {
                let part = if stopped() { Ok(Part::default()) } else { self.file(job) };
                let count = done.fetch_add(1, Ordering::Relaxed) + 1;
                (self.options.progress)(Progress::Reading(count, work.jobs.len()));
                part
            })
            .collect();
        for part in parts {
            let part = part?;
            report.articles += part.articles;
            report.quotes += part.quotes;
            report.earlier += part.earlier;
            report.failed.extend(part.failed);
            report.left_alone.extend(part.left_alone);
        }
        report.stopped = stopped();
        Ok(())
    }

    /// Reads one file and writes its rows; the file counts as indexed only when all of it was read.
    fn file(&self, job: &Job<'_>) -> Result<Part> {
        let file = job.file;
        let mut part = Part::default();
        // The stamp is older than what is hashed, and that is older than what is read: a file that
        // changes meanwhile looks changed next time.
        let hash = match changes::hash(&file.path) {
            Ok(hash) => hash,
            Err(source) => {
                part.note(Error::Read { path: PathBuf::from(&file.shown), source });
                return Ok(part);
            }
        };
        let mut articles = match read::open_with(&file.path, &file.shown, &file.root_key, &self.options.read)
        {
            Ok(articles) => Some(articles),
            Err(error @ Error::Read { .. }) => {
                part.note(error);
                return Ok(part);
            }
            Err(error) => {
                part.note(error);
                None
            }
        };
        let mut replaced = match job.why {
            Why::New | Why::Moved { .. } => None,
            Why::Again => Replaced::of(self.index, &file.key, 0)?,
            Why::Changed { written } => Replaced::of(self.index, &file.key, written)?,
        };
        self.pen.write(|writer| {
            if let Why::Moved { from } = &job.why {
                writer.remove_file(from);
                earlier::take_along(self.index, from, &file.key, writer)?;
            }
            let known = matches!(job.why, Why::Again | Why::Changed { .. });
            if known && replaced.is_none() {
                writer.remove_file(&file.key);
            }
            writer.begin_file(&file.key, known);
            Ok(())
        })?;
        let mut more = articles.is_some();
        while let Some(articles) = articles.as_mut().filter(|_| more) {
            let batch;
            (batch, more) = next_batch(articles, &mut part);
            if let Some(replaced) = &mut replaced {
                self.pen.write(|writer| replaced.make_room(&batch, writer))?;
            }
            let counts: Vec<usize> =
                batch.into_par_iter().map(|article| self.article(job, article)).collect::<Result<_>>()?;
            part.articles += counts.len();
            part.quotes += counts.iter().sum::<usize>();
            self.pen.commit_if_due()?;
            if self.options.stop.load(Ordering::Relaxed) {
                return Ok(part);
            }
        }
        if let Some(replaced) = replaced {
            part.earlier = self.pen.write(|writer| replaced.finish(part.failed.is_empty(), writer))?;
        }
        // A file that failed in part is read again next time.
        if part.failed.is_empty() {
            self.pen.write(|writer| writer.end_file(&file.key, Stamp { hash, ..file.stamp }))?;
        }
        self.pen.commit_if_due()?;
        Ok(part)
    }

    fn article(&self, job: &Job<'_>, article: Article) -> Result<usize> {
        let bytes = article.body.len() as u64;
        let rows = rows::of(self.document(job, article)?, self.gazetteer);
        self.pen.write(|writer| writer.add(&job.file.key, &rows))?;
        self.pen.bytes.fetch_add(bytes, Ordering::Relaxed);
        Ok(rows.quotes.len())
    }

    /// Extraction takes most of the time of a run: what was found in the same text before is taken over.
    fn document(&self, job: &Job<'_>, article: Article) -> Result<Document> {
        if self.options.passages_only {
            return Ok(crate::extract::unread(article));
        }
        let known = match job.why {
            Why::New => None,
            Why::Again | Why::Changed { .. } | Why::Moved { .. } => self.index.like(&article)?,
        };
        Ok(match known {
            Some(known) => Document { article, ..known },
            None => extract(article, self.gazetteer),
        })
    }
}

fn next_batch(articles: &mut impl Iterator<Item = Result<Article>>, part: &mut Part) -> (Vec<Article>, bool) {
    let mut batch = Vec::new();
    let mut bytes = 0;
    for article in articles.by_ref() {
        match article {
            Ok(article) => {
                bytes += article.body.len();
                batch.push(article);
            }
            Err(error) => part.note(error),
        }
        if batch.len() == BATCH || bytes >= BATCH_BYTES {
            return (batch, true);
        }
    }
    (batch, false)
}

/// The writer, shared by all threads.
struct Pen {
    writer: RwLock<Writer>,
    last: Mutex<Instant>,
    /// Of text, since the last commit.
    bytes: AtomicU64,
    every: Duration,
}

impl Pen {
    fn new(writer: Writer, every: Duration) -> Pen {
        Pen { writer: RwLock::new(writer), last: Mutex::new(Instant::now()), bytes: AtomicU64::new(0), every }
    }

    fn write<T>(&self, work: impl FnOnce(&Writer) -> Result<T>) -> Result<T> {
        work(&self.writer.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Half-written files do no harm: they are told to be partial until they are not.
    fn commit_if_due(&self) -> Result<()> {
        // Whoever finds another thread at it goes on working.
        let Ok(mut last) = self.last.try_lock() else { return Ok(()) };
        if last.elapsed() < self.every && self.bytes.load(Ordering::Relaxed) < COMMIT_BYTES {
            return Ok(());
        }
        self.writer.write().unwrap_or_else(PoisonError::into_inner).commit()?;
        self.bytes.store(0, Ordering::Relaxed);
        *last = Instant::now();
        Ok(())
    }

    /// Commits, then tells copies apart: that needs all articles at once.
    fn finish(self, index: &Index) -> Result<Option<Error>> {
        let mut writer = self.writer.into_inner().unwrap_or_else(PoisonError::into_inner);
        writer.commit()?;
        let (known, now) = index.stories()?;
        writer.tell_copies(&known, &now)?;
        writer.finish()
    }
}
