use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::{Context, Exit, talk};
use crate::engine::health::{self, Health};
use crate::engine::tantivy::Index;
use crate::error::{Error, Result};
use crate::ingest::{self, Options, Progress};

/// Is the index whole? Compares every byte of it with what was written
///
/// Exit codes: 0 the index is whole, 2 it is damaged or of another format.
#[derive(clap::Args)]
pub struct DoctorArgs {
    /// Move a damaged index aside and make it anew from the folders it was made from
    #[arg(long)]
    repair: bool,
}

pub fn run(args: DoctorArgs, context: &mut Context) -> Result<Exit> {
    let path = context.index_to_write();
    let health = health::examine(&path)?;
    tell(&path, &health, context)?;
    if is_well(&health) {
        return Ok(Exit::Found);
    }
    if !args.repair {
        writeln!(context.out, "what to do: {}", advice(&health))?;
        return Ok(Exit::Trouble);
    }
    context.out.flush()?;
    repair(&path, &health, context)
}

fn is_well(health: &Health) -> bool {
    health.damage.is_empty() && health.format.is_none_or(|format| format == health.wanted)
}

fn tell(path: &Path, health: &Health, context: &mut Context) -> Result<()> {
    let out = &mut context.out;
    let clean_line = crate::render::text::clean_line;
    for line in &health.damage {
        writeln!(out, "damaged: {}", clean_line(line))?;
    }
    for line in &health.notes {
        writeln!(out, "note: {}", clean_line(line))?;
    }
    let format = health.format.map_or("unknown".to_string(), |format| format.to_string());
    let verdict = match (is_well(health), health.damage.is_empty()) {
        (true, _) => "whole".to_string(),
        (false, true) => format!("of another format; this onrecord reads format {}", health.wanted),
        (false, false) => "damaged".to_string(),
    };
    writeln!(
        out,
        "{}: {verdict}; format {format}, {} files with {} bytes compared",
        clean_line(&path.display().to_string()),
        health.files,
        health.bytes
    )?;
    Ok(())
}

fn advice(health: &Health) -> String {
    if health.folders.is_empty() {
        return "onrecord index --rebuild FOLDER, with the folders of news it was made from".to_string();
    }
    "onrecord doctor --repair; it moves this index aside and makes it anew from its sources".to_string()
}

fn repair(path: &Path, health: &Health, context: &mut Context) -> Result<Exit> {
    let folders = sources(path, health)?;
    let aside = aside(path);
    Index::move_aside(path, &aside)?;
    writeln!(context.out, "moved the damaged index to {}", aside.display())?;
    context.out.flush()?;
    let index = Index::open_or_create(path)?;
    let options = Options {
        commit_every: Duration::from_secs(15),
        passages_only: health.passages_only,
        stop: &AtomicBool::new(false),
        progress: &|what| {
            if let Progress::Waiting(holder) = what {
                talk(&format!("onrecord: {holder} is writing to this index; waiting for it to end"));
            }
        },
        wait: true,
        read: crate::read::Options::default(),
    };
    let report = ingest::ingest(&folders, &index, &super::gazetteer(path)?, &options)?;
    for error in &report.failed.first {
        talk(&format!("onrecord: {}", super::explain(error)));
    }
    let totals = index.totals()?;
    writeln!(
        context.out,
        "made it anew from {} folders: {} articles, {} passages, {} quotes",
        folders.len(),
        totals.articles,
        totals.passages,
        totals.quotes
    )?;
    Ok(if report.failed.is_empty() { Exit::Found } else { Exit::Trouble })
}

/// The folders that the index was made from; all of them must be there before anything is touched.
fn sources(path: &Path, health: &Health) -> Result<Vec<PathBuf>> {
    let trouble = |reason: String| Error::Index { path: path.to_path_buf(), doing: "repair", reason };
    if health.folders.is_empty() {
        return Err(trouble(format!("nothing in it tells what it was made from; {}", advice(health))));
    }
    // Below the present folder paths are shown from there on, as when it was indexed from there.
    let here = std::env::current_dir().ok().and_then(|here| std::fs::canonicalize(here).ok());
    let near = |path: PathBuf| match here.as_ref().and_then(|here| path.strip_prefix(here).ok()) {
        Some(below) if !below.as_os_str().is_empty() => below.to_path_buf(),
        _ => path,
    };
    let folders: Vec<PathBuf> = health.folders.iter().map(|folder| near(ingest::path_of(folder))).collect();
    for folder in &folders {
        if let Err(error) = std::fs::metadata(folder) {
            let reason = format!(
                "it was made from {}, which cannot be read now ({error}); nothing was touched; bring it back, or use: onrecord index --rebuild FOLDER",
                folder.display()
            );
            return Err(trouble(reason));
        }
    }
    Ok(folders)
}

/// A folder beside the index that is not there yet.
fn aside(path: &Path) -> PathBuf {
    let name = path.file_name().map_or("index".into(), |name| name.to_string_lossy().into_owned());
    let day = jiff::ZonedDateTime::now().strftime("%Y%m%d-%H%M%S").to_string();
    let named = |number: usize| {
        let more = if number == 0 { String::new() } else { format!("-{number}") };
        path.with_file_name(format!("{name}.damaged-{day}{more}"))
    };
    (0..).map(named).find(|path| !path.exists()).unwrap_or_else(|| named(0))
}
