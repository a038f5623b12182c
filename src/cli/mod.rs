//! The command line: one file a command.

mod alias;
mod ask;
mod diff;
mod doctor;
mod eval;
mod extract;
mod index;
mod like;
mod regions;
mod saved;
mod show;
mod verify;
mod watch;

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};

use crate::error::{Error, Result};
use crate::gazetteer::Gazetteer;
use crate::user::{PLACES, UserFiles};

/// How a run ended, as the shell sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Something was found or done.
    Found,
    /// Nothing was found.
    Nothing,
    /// Trouble, also when one file of many could not be read.
    Trouble,
}

impl Exit {
    /// 0, 1 or 2.
    pub fn code(self) -> u8 {
        match self {
            Exit::Found => 0,
            Exit::Nothing => 1,
            Exit::Trouble => 2,
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  onrecord index clippings/                      make or refresh the index in ./index
  onrecord search land swap                      passages, best first
  onrecord said --about Donetsk                  who said what about Donetsk
  onrecord said peace --by Witkoff --to Ushakov  what one told the other
  onrecord who --about Ukraine --since 2025-10   speakers, counted
  onrecord show 3f2a9c01d4e7@770-1095            a quote in its context, with the evidence

Exit codes: 0 found, 1 nothing found, 2 trouble.";

/// Who said what, to whom, and about which region: full-text search over a folder of news
#[derive(Parser)]
#[command(name = "onrecord", version, before_help = EXAMPLES, disable_help_subcommand = true)]
pub struct Cli {
    /// Folder of the index [default: $ONRECORD_INDEX, ./index, or the nearest parent that has one]
    #[arg(long, global = true, value_name = "DIR")]
    index: Option<PathBuf>,
    /// Colour: auto, always or never
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: Color,
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
enum Command {
    Index(index::IndexArgs),
    Search(ask::SearchArgs),
    Said(ask::SaidArgs),
    Who(ask::WhoArgs),
    Regions(regions::RegionsArgs),
    Like(like::LikeArgs),
    Show(show::ShowArgs),
    Alias(alias::AliasArgs),
    Save(saved::SaveArgs),
    New(saved::NewArgs),
    Diff(diff::DiffArgs),
    Doctor(doctor::DoctorArgs),
    Verify(verify::VerifyArgs),
    Extract(extract::ExtractArgs),
    Eval(eval::EvalArgs),
    /// Reads one PDF from standard input, within limits: for `index` and `extract` alone
    #[command(name = "read-pdf", hide = true)]
    ReadPdf,
    /// Where the data and models inside this program come from, and their licences
    Credits,
}

/// What every command needs.
struct Context {
    index: Option<PathBuf>,
    out: Box<dyn Write>,
}

/// Runs one command.
pub fn run(cli: Cli) -> Result<Exit> {
    let choice = match cli.color {
        Color::Auto => anstream::AutoStream::choice(&std::io::stdout()),
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    };
    let out = anstream::AutoStream::new(Box::new(std::io::stdout()) as Box<dyn std::io::Write>, choice);
    let out: Box<dyn Write> = Box::new(std::io::BufWriter::new(out));
    let mut context = Context { index: cli.index, out };
    let exit = match cli.command {
        Command::Index(args) => index::run(args, &mut context),
        Command::Search(args) => ask::search(args, &mut context),
        Command::Said(args) => ask::said(args, &mut context),
        Command::Who(args) => ask::who(args, &mut context),
        Command::Regions(args) => regions::run(args, &mut context),
        Command::Like(args) => like::run(args, &mut context),
        Command::Show(args) => show::run(args, &mut context),
        Command::Alias(args) => alias::run(args, &mut context),
        Command::Save(args) => saved::save(args, &mut context),
        Command::New(args) => saved::new(args, &mut context),
        Command::Diff(args) => diff::run(args, &mut context),
        Command::Doctor(args) => doctor::run(args, &mut context),
        Command::Verify(args) => verify::run(args, &mut context),
        Command::Extract(args) => extract::run(args, &mut context),
        Command::Eval(args) => eval::run(args, &mut context),
        Command::ReadPdf => {
            crate::read::pdf_child(&mut context.out).map(|()| Exit::Found).map_err(Error::from)
        }
        Command::Credits => {
            writeln!(
                context.out,
                "{}\n\n{}\n",
                crate::gazetteer::ATTRIBUTION,
                crate::lang::english::SOURCES
            )?;
            for header in crate::extract::provenance() {
                writeln!(context.out, "{}\n", header.trim_end())?;
            }
            Ok(Exit::Found)
        }
    }?;
    context.out.flush()?;
    Ok(exit)
}

impl Context {
    /// The index to read: `--index` > `ONRECORD_INDEX` > `./index` > the nearest parent that has one.
    fn index_to_read(&self) -> Result<PathBuf> {
        self.named_index().or_else(nearest_index).ok_or(Error::NoIndex { path: PathBuf::from("index") })
    }

    /// The index to write: by the same rule, and `./index` where there is none yet.
    fn index_to_write(&self) -> PathBuf {
        self.named_index().or_else(nearest_index).unwrap_or_else(|| PathBuf::from("index"))
    }

    fn named_index(&self) -> Option<PathBuf> {
        let named = std::env::var_os("ONRECORD_INDEX").filter(|value| !value.is_empty());
        self.index.clone().or(named.map(PathBuf::from))
    }
}

/// The gazetteer with the user's own places of this index.
fn gazetteer(index: &Path) -> Result<Gazetteer> {
    let files = UserFiles::of(index);
    let lines = files.lines(PLACES)?;
    Gazetteer::with_own(&lines).map_err(|wrong| match lines.iter().find(|line| line.number == wrong.number) {
        Some(line) => files.wrong(PLACES, line, &wrong.reason),
        None => Error::Malformed { path: files.path(PLACES), reason: wrong.reason },
    })
}

/// An error and what caused it, on one line, safe to show on a terminal.
pub fn explain(error: &Error) -> String {
    crate::render::text::clean(&index::chain(error))
}

/// The index in `./index`, or in the nearest parent's `index`.
fn nearest_index() -> Option<PathBuf> {
    let made = |index: &Path| index.join("meta.json").exists();
    let here = PathBuf::from("index");
    if made(&here) {
        return Some(here);
    }
    let folder = std::env::current_dir().ok()?;
    folder.ancestors().map(|folder| folder.join("index")).find(|index| made(index))
}

/// Columns of the terminal, 100 where there is none.
fn width() -> usize {
    let columns = terminal_size::terminal_size().map(|(columns, _)| usize::from(columns.0));
    columns.map_or(100, |columns| columns.clamp(40, 120))
}

/// Says something to the person at the terminal, never to a pipe.
fn talk(message: &str) {
    let mut err = std::io::stderr().lock();
    // Nobody listens when stderr is closed.
    let _ = writeln!(err, "{}", crate::render::text::clean(message));
}

fn is_interactive() -> bool {
    std::io::stderr().is_terminal()
}
