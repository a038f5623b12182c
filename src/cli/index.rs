use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::{Context, Exit, is_interactive, talk};
use crate::engine::tantivy::Index;
use crate::error::{Error, Result};
use crate::gazetteer::Gazetteer;
use crate::ingest::{self, Report};

/// Make or refresh the index: reads what is new, changed or gone in the folders
///
/// Reads .txt, .md, .html, .json and .jsonl files, on all cores. Files of other kinds are left alone.
/// A file that cannot be read is named with the reason, the rest is indexed, and the exit code is 2.
#[derive(clap::Args)]
pub struct IndexArgs {
    /// Folders of news, or single files
    #[arg(required = true, value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    /// Throw the index away first and read everything anew
    #[arg(long)]
    rebuild: bool,
    /// Name every file that was left alone
    #[arg(long, short)]
    verbose: bool,
}

/// Files without an article that are named without `--verbose`.
const MOST_NAMED: usize = 3;

pub fn run(args: IndexArgs, context: &mut Context) -> Result<Exit> {
    let start = Instant::now();
    let path = context.index_to_write();
    // A typing error in the only folder must not leave an empty index behind.
    if let [folder] = args.folders.as_slice() {
        std::fs::metadata(folder).map_err(|source| Error::Read { path: folder.clone(), source })?;
    }
    if args.rebuild {
        Index::remove(&path)?;
    }
    let index = Index::open_or_create(&path)?;
    let progress = Progress { start, last: AtomicU64::new(0), shown: is_interactive() };
    let report =
        ingest::ingest(&args.folders, &index, Gazetteer::embedded(), &|done, all| progress.show(done, all))?;
    progress.clear();
    for error in &report.failed {
        talk(&format!("onrecord: {}", chain(error)));
    }
    // Text that was looked for and not found may be a field that onrecord does not know: worth a word.
    let telling = |error: &&Error| args.verbose || matches!(error, Error::NoArticle { .. });
    let most = if args.verbose { usize::MAX } else { MOST_NAMED };
    for error in report.left_alone.iter().filter(telling).take(most) {
        talk(&format!("left alone: {}", chain(error)));
    }
    let totals = index.totals()?;
    writeln!(context.out, "{}", closing_line(&report, start.elapsed().as_secs_f64()))?;
    writeln!(
        context.out,
        "the index {} holds {} articles, {} passages, {} quotes",
        path.display(),
        totals.articles,
        totals.passages,
        totals.quotes
    )?;
    Ok(match (report.failed.is_empty(), totals.articles) {
        (false, _) => Exit::Trouble,
        (true, 0) => Exit::Nothing,
        (true, _) => Exit::Found,
    })
}

fn closing_line(report: &Report, seconds: f64) -> String {
    let Report { new, changed, unchanged, gone, articles, quotes, left_alone, failed } = report;
    let mut line = format!(
        "{new} new, {changed} changed, {unchanged} unchanged, {gone} gone; read {articles} articles and {quotes} quotes in {seconds:.2} s"
    );
    if !left_alone.is_empty() {
        line.push_str(&format!("; {} left alone (-v names them)", left_alone.len()));
    }
    if !failed.is_empty() {
        line.push_str(&format!("; {} failed", failed.len()));
    }
    line
}

/// An error and what caused it, on one line.
pub fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text.push_str(&format!(": {inner}"));
        cause = inner.source();
    }
    text
}

struct Progress {
    start: Instant,
    last: AtomicU64,
    shown: bool,
}

impl Progress {
    /// Shows how far the run is, ten times a second at most.
    fn show(&self, done: usize, all: usize) {
        let now = self.start.elapsed().as_millis() as u64;
        let last = self.last.load(Ordering::Relaxed);
        if !self.shown
            || now < last + 100
            || self.last.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_err()
        {
            return;
        }
        let _ = write!(std::io::stderr().lock(), "\r\x1b[Kreading {done} of {all} files");
    }

    fn clear(&self) {
        if self.shown {
            let _ = write!(std::io::stderr().lock(), "\r\x1b[K");
        }
    }
}
