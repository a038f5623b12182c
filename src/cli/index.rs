use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use super::watch::{Wake, Watch};
use super::{Context, Exit, is_interactive, talk};
use crate::engine::rebuild::Rebuild;
use crate::engine::tantivy::Index;
use crate::error::{Error, Result};
use crate::gazetteer::Gazetteer;
use crate::ingest::{self, Options, Report, places};
use crate::read::{self, Mapping};
use crate::user::{PLACES, UserFiles};

/// Make or refresh the index: reads what is new, changed or gone in the folders
///
/// Reads web pages, text, Markdown, JSON, tables, feeds, NewsML, NITF, web archives, mail, Word, EPUB and PDF,
/// also packed as zip, gzip or zstd, on all cores. What a file holds decides, not only its name.
/// Files of other kinds are left alone.
/// A file that cannot be read is named with the reason, the rest is indexed, and the exit code is 2.
#[derive(clap::Args)]
pub struct IndexArgs {
    /// Folders of news, or single files
    #[arg(required = true, value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    /// Read everything anew; the old index answers until the new one is whole, and takes its room until then.
    /// The earlier texts of changed pages are forgotten
    #[arg(long)]
    rebuild: bool,
    /// Stay, and read what changes as soon as it is quiet; Ctrl-C ends
    #[arg(long)]
    watch: bool,
    /// Index passages only: faster, for search without quotes, speakers and regions
    #[arg(long)]
    no_extract: bool,
    /// When another onrecord writes to the index, give up instead of waiting for it to end
    #[arg(long)]
    no_wait: bool,
    /// Write to disk after this many seconds at the latest: a kill loses no more
    #[arg(long, value_name = "SECONDS", default_value_t = 15.0)]
    commit_every: f64,
    /// Which fields of JSON or columns of tables mean what, where onrecord does not see it itself: WHAT is title,
    /// body, date, author, source, url, id or language; `.` goes down, a number names a column. Files that are
    /// unchanged since they were indexed are read anew with --rebuild only
    #[arg(long, value_name = "WHAT=FIELD,…")]
    map: Option<Mapping>,
    /// Name every file that was left alone or failed
    #[arg(long, short)]
    verbose: bool,
}

/// Files without an article that are named without `--verbose`.
const MOST_NAMED: usize = 3;
/// Files and records that failed that are named without `--verbose`.
const MOST_FAILED: usize = 50;

/// Set by Ctrl-C; a second one ends the program at once, which harms no index.
static STOP: AtomicBool = AtomicBool::new(false);

pub fn run(args: IndexArgs, context: &mut Context) -> Result<Exit> {
    let path = context.index_to_write();
    // A typing error in the only folder must not leave an empty index behind.
    if let [folder] = args.folders.as_slice() {
        std::fs::metadata(folder).map_err(|source| Error::Read { path: folder.clone(), source })?;
    }
    let watch = args.watch.then(|| Watch::new(&args.folders, &path));
    let (watch, sender) = watch.unzip();
    on_ctrl_c(sender);
    let (index, mut exit) = match args.rebuild && Index::is_there(&path) {
        true => rebuilt(&args, &path, context)?,
        false => {
            let index = Index::open_or_create(&path)?;
            let exit = once(&args, &index, &path, passages_only(&args, &index)?, context)?;
            (index, exit)
        }
    };
    let Some(watch) = watch.filter(|_| !STOP.load(Ordering::Relaxed)) else { return Ok(exit) };
    let passages_only = passages_only(&args, &index)?;
    talk("onrecord: waiting for changes; Ctrl-C ends");
    context.out.flush()?;
    while !STOP.load(Ordering::Relaxed) && watch.wait() {
        exit = again(&args, &index, &path, passages_only, context)?;
        context.out.flush()?;
    }
    talk("onrecord: stopped; the index is whole");
    Ok(if exit == Exit::Nothing { Exit::Found } else { exit })
}

/// Makes the index anew beside the old one, which gives way when all is read.
fn rebuilt(args: &IndexArgs, path: &Path, context: &mut Context) -> Result<(Index, Exit)> {
    // A folder that cannot be read now would be missing in the new index.
    for folder in &args.folders {
        std::fs::read_dir(folder)
            .map(drop)
            .or_else(|_| std::fs::File::open(folder).map(drop))
            .map_err(|source| Error::Read { path: folder.clone(), source })?;
    }
    let start = Instant::now();
    let told = AtomicBool::new(false);
    let rebuild = Rebuild::begin(path, &|holder| {
        if !args.no_wait && !told.swap(true, Ordering::Relaxed) {
            talk(&format!("onrecord: {holder} is writing to this index; waiting for it to end"));
        }
        !args.no_wait && !STOP.load(Ordering::Relaxed)
    })?;
    let new = Index::open_or_create(&rebuild.folder());
    let report = new
        .and_then(|new| ingest_all(args, &new, path, args.no_extract, start))
        .map_err(|error| error.of_index(path))?;
    if report.stopped {
        tell(args, &report);
        talk("onrecord: stopped early; the index is as it was");
        // Its format may be one that cannot be read.
        return Ok((Index::open(path)?, Exit::Trouble));
    }
    rebuild.switch()?;
    let index = Index::open(path)?;
    let exit = close(args, &index, path, &report, start, context)?;
    Ok((index, exit))
}

fn on_ctrl_c(sender: Option<Sender<Wake>>) {
    let stop = move || {
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        if let Some(sender) = &sender {
            let _ = sender.send(Wake::Stop);
        }
    };
    // Without it Ctrl-C kills the program, which harms no index either.
    let _ = ctrlc::set_handler(stop);
}

/// Whether the index is to hold passages only: an index is one thing or the other.
fn passages_only(args: &IndexArgs, index: &Index) -> Result<bool> {
    let made_so = index.passages_only()?;
    if args.no_extract && !made_so && !index.files()?.is_empty() {
        let reason = "this index holds quotes already; make another one with --index, or add --rebuild";
        return Err(Error::Query { part: "--no-extract".to_string(), reason: reason.to_string() });
    }
    if made_so && !args.no_extract {
        talk("onrecord: this index was made with --no-extract and holds no quotes; --rebuild changes that");
    }
    Ok(args.no_extract || made_so)
}

fn ingest_all(
    args: &IndexArgs,
    index: &Index,
    path: &Path,
    passages_only: bool,
    start: Instant,
) -> Result<Report> {
    let progress = Progress { start, last: AtomicU64::new(0), shown: is_interactive() };
    let options = Options {
        commit_every: Duration::from_secs_f64(args.commit_every.clamp(0.0, 86_400.0)),
        passages_only,
        stop: &STOP,
        progress: &|what| progress.show(what),
        wait: !args.no_wait,
        read: read::Options { map: args.map.clone().unwrap_or_default() },
    };
    let outcome = heed_places(args, index, path, &options)
        .and_then(|gazetteer| ingest::ingest(&args.folders, index, &gazetteer, &options));
    progress.clear();
    outcome
}

/// Reads the user's own places, and says what a change of them makes necessary.
fn heed_places(args: &IndexArgs, index: &Index, path: &Path, options: &Options<'_>) -> Result<Gazetteer> {
    let gazetteer = super::gazetteer(path)?;
    let text = UserFiles::of(path).text(PLACES)?;
    let Some(heeded) = places::heed(index, &text, &args.folders, options)? else { return Ok(gazetteer) };
    if heeded.again > 0 {
        talk(&format!(
            "onrecord: {PLACES} changed; reading {} files again that name its places",
            heeded.again
        ));
    }
    if let Some(first) = heeded.elsewhere.first() {
        talk(&format!(
            "onrecord: {PLACES} changed; {} files in other folders name its places, {first} first: index their folders too",
            heeded.elsewhere.len()
        ));
    }
    Ok(gazetteer)
}

fn once(
    args: &IndexArgs,
    index: &Index,
    path: &Path,
    passages_only: bool,
    context: &mut Context,
) -> Result<Exit> {
    let start = Instant::now();
    let report = ingest_all(args, index, path, passages_only, start)?;
    close(args, index, path, &report, start, context)
}

/// Tells what a run did and what the index holds now.
fn close(
    args: &IndexArgs,
    index: &Index,
    path: &Path,
    report: &Report,
    start: Instant,
    context: &mut Context,
) -> Result<Exit> {
    tell(args, report);
    let totals = index.totals()?;
    writeln!(context.out, "{}", closing_line(report, start.elapsed().as_secs_f64()))?;
    writeln!(
        context.out,
        "the index {} holds {} articles, {} passages, {} quotes",
        path.display(),
        totals.articles,
        totals.passages,
        totals.quotes
    )?;
    Ok(match (report.failed.is_empty() && !report.stopped, totals.articles) {
        (false, _) => Exit::Trouble,
        (true, 0) => Exit::Nothing,
        (true, _) => Exit::Found,
    })
}

/// As [`once`], silent when nothing changed.
fn again(
    args: &IndexArgs,
    index: &Index,
    path: &Path,
    passages_only: bool,
    context: &mut Context,
) -> Result<Exit> {
    index.reload()?;
    let start = Instant::now();
    let report = ingest_all(args, index, path, passages_only, start)?;
    let Report { new, changed, again, moved, gone, .. } = report;
    if new + changed + again + moved + gone == 0 {
        return Ok(Exit::Found);
    }
    tell(args, &report);
    let totals = index.totals()?;
    let line = closing_line(&report, start.elapsed().as_secs_f64());
    writeln!(context.out, "{line}; the index {} holds {} articles", path.display(), totals.articles)?;
    Ok(if report.failed.is_empty() { Exit::Found } else { Exit::Trouble })
}

fn tell(args: &IndexArgs, report: &Report) {
    let most = if args.verbose { usize::MAX } else { MOST_FAILED };
    for error in report.failed.first.iter().take(most) {
        talk(&format!("onrecord: {}", chain(error)));
    }
    match report.failed.len() - report.failed.first.len().min(most) {
        0 => {}
        more if args.verbose => talk(&format!("onrecord: and {more} more like these")),
        more => talk(&format!("onrecord: and {more} more like these (-v names them)")),
    }
    // Text that was looked for and not found may be a field that onrecord does not know: worth a word.
    let telling = |error: &&Error| args.verbose || matches!(error, Error::NoArticle { .. });
    let most = if args.verbose { usize::MAX } else { MOST_NAMED };
    for error in report.left_alone.first.iter().filter(telling).take(most) {
        talk(&format!("left alone: {}", chain(error)));
    }
    if args.verbose && report.left_alone.more > 0 {
        talk(&format!("left alone: {} more", report.left_alone.more));
    }
}

fn closing_line(report: &Report, seconds: f64) -> String {
    let Report {
        new,
        changed,
        again,
        moved,
        unchanged,
        gone,
        articles,
        quotes,
        earlier,
        left_alone,
        failed,
        stopped,
    } = report;
    let some = |count: usize, what: &str| match count {
        0 => String::new(),
        count => format!("{count} {what}, "),
    };
    let (again, moved) = (some(*again, "read again"), some(*moved, "moved"));
    let mut line = format!(
        "{new} new, {changed} changed, {again}{moved}{unchanged} unchanged, {gone} gone; read {articles} articles and {quotes} quotes in {seconds:.2} s"
    );
    if *earlier > 0 {
        line.push_str(&format!("; {earlier} earlier texts kept (onrecord diff shows them)"));
    }
    if *stopped {
        line.push_str("; stopped early: run it again to go on");
    }
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
    fn show(&self, what: ingest::Progress<'_>) {
        match what {
            ingest::Progress::Reading(done, all) => self.reading(done, all),
            ingest::Progress::Waiting(holder) => {
                talk(&format!("onrecord: {holder} is writing to this index; waiting for it to end"));
            }
        }
    }

    /// Shows how far the run is, ten times a second at most.
    fn reading(&self, done: usize, all: usize) {
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
