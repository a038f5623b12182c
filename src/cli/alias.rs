//! `alias`: the user's own word on which names mean one person, kept beside the index.

use super::{Context, Exit, talk};
use crate::error::{Error, Result};
use crate::people::{Alias, parse_alias};
use crate::user::{Line, PEOPLE, UserFiles};

const HEADER: &str = "\
# Who is who, in your own words. `onrecord alias` reads and writes this file; it survives re-indexing.
# same	NAME	NAME…	all these names mean one person, who is shown by the first
# apart	NAME	NAME	these two names mean two people
";

/// Say which names mean one person, or two; without names: list what was said
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  onrecord alias                                    list
  onrecord alias \"Steve Witkoff\" \"Steven Witkoff\"  one person, shown by the first name
  onrecord alias --apart \"Ann Lee\" \"A. Lee\"        two people
  onrecord alias --remove \"Steve Witkoff\"           forget every line that has this name

The lines stand in people.tsv, in the folder onrecord.user beside the index ($ONRECORD_USER names
another); edit it as you like.")]
pub struct AliasArgs {
    /// Names of one person, the one to show first
    names: Vec<String>,
    /// The two names mean two people
    #[arg(long, conflicts_with = "remove")]
    apart: bool,
    /// Forget the lines that have this name
    #[arg(long)]
    remove: bool,
}

pub fn run(args: AliasArgs, context: &mut Context) -> Result<Exit> {
    let files = UserFiles::of(&context.index_to_write());
    // A file that cannot be read is not written over.
    let known = read(&files)?;
    if args.names.is_empty() {
        return list(&known, &files, context);
    }
    if args.remove {
        return remove(&args.names, &files);
    }
    let mut columns = vec![if args.apart { "apart" } else { "same" }.to_string()];
    columns.extend(args.names.iter().map(|name| name.split_whitespace().collect::<Vec<_>>().join(" ")));
    let wrong = |reason| Error::Query { part: "alias".to_string(), reason };
    parse_alias(&columns).map_err(wrong)?;
    files.edit(PEOPLE, |text| {
        let text = if text.is_empty() { HEADER } else { text };
        let end = if text.ends_with('\n') { "" } else { "\n" };
        Some(format!("{text}{end}{}\n", columns.join("\t")))
    })?;
    talk(&format!("onrecord: written to {}", files.path(PEOPLE).display()));
    Ok(Exit::Found)
}

/// The user's aliases; an error names the line that cannot be read.
pub fn read(files: &UserFiles) -> Result<Vec<Alias>> {
    let lines = files.lines(PEOPLE)?;
    let alias = |line: &Line| parse_alias(&line.columns).map_err(|reason| files.wrong(PEOPLE, line, &reason));
    lines.iter().map(alias).collect()
}

fn list(known: &[Alias], files: &UserFiles, context: &mut Context) -> Result<Exit> {
    for alias in known {
        match alias {
            Alias::Same(names) => writeln!(context.out, "same   {}", names.join(" = "))?,
            Alias::Apart(one, other) => writeln!(context.out, "apart  {one} ≠ {other}")?,
        }
    }
    if known.is_empty() {
        talk(&format!("no aliases in {}", files.path(PEOPLE).display()));
        return Ok(Exit::Nothing);
    }
    Ok(Exit::Found)
}

fn remove(names: &[String], files: &UserFiles) -> Result<Exit> {
    let has = |line: &&str| {
        !line.trim_start().starts_with('#')
            && line.split('\t').skip(1).any(|name| names.iter().any(|n| n == name.trim()))
    };
    let mut gone = 0;
    let found = files.edit(PEOPLE, |text| {
        let kept: Vec<&str> = text.lines().filter(|line| !has(line)).collect();
        gone = text.lines().count() - kept.len();
        (gone > 0).then(|| format!("{}\n", kept.join("\n")))
    })?;
    if !found {
        talk(&format!("no line of {} has that name", files.path(PEOPLE).display()));
        return Ok(Exit::Nothing);
    }
    talk(&format!("onrecord: {gone} removed"));
    Ok(Exit::Found)
}
