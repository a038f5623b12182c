//! `save` and `new`: queries that were given a name, and what they find that was not shown before.

use std::collections::HashSet;

use clap::builder::PossibleValuesParser;
use sha2::{Digest, Sha256};

use super::{Context, Exit, talk, width};
use crate::engine::tantivy::Index;
use crate::engine::{Row, Wanted};
use crate::error::{Error, Result};
use crate::query::saved::{Saved, is_name};
use crate::query::{Sort, parse};
use crate::render::{self, Options, RENDERERS};
use crate::search::{Found, Request, ask};
use crate::user::{QUERIES, UserFiles};

const HEADER: &str = "\
# Saved queries: NAME<tab>QUERY. `onrecord save` reads and writes this file; it survives re-indexing.
";

/// Give a query a name, so that query:NAME means it; without a query: show it; without a name: list all
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  onrecord save                                        list
  onrecord save grain '(wheat OR corn) w/5 export*'    save or replace
  onrecord search 'query:grain about:Odesa'            use
  onrecord new grain                                   only what it has not shown before
  onrecord save grain --delete                         forget

Queries stand in queries.tsv, in the folder onrecord.user beside the index ($ONRECORD_USER names another).")]
pub struct SaveArgs {
    /// Letters, digits, `-`, `_` and `.`
    name: Option<String>,
    /// The query, as `onrecord search` takes it
    query: Vec<String>,
    /// Forget the query of this name
    #[arg(long, conflicts_with = "query")]
    delete: bool,
}

/// What a query finds that it has not shown before; exit code 1 when there is nothing new
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  onrecord new grain                  passages of the saved query grain that are new since the last time
  onrecord new grain --peek           the same, without counting them as shown
  onrecord new --said 'by:Lavrov'     new quotes of a query that has no name

Fit for cron: 0 7 * * *  onrecord index clippings && onrecord new grain | mail -s grain me
An answer is known by its article's id and its words: an index that is made anew brings none of them back.
What was shown stands in the folder onrecord.user beside the index, in seen.NAME.tsv.")]
pub struct NewArgs {
    /// The name of a saved query, or a query
    #[arg(required = true)]
    query: Vec<String>,
    /// Quotes instead of passages
    #[arg(long)]
    said: bool,
    /// Do not count them as shown
    #[arg(long)]
    peek: bool,
    /// Most answers; the others come the next time [default: all]
    #[arg(short, long = "number", value_name = "N")]
    number: Option<usize>,
    /// text, json, jsonl or csv
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = PossibleValuesParser::new(RENDERERS.iter().map(|r| r.name)))]
    format: String,
}

/// The user's saved queries; an error names the line that cannot be read.
pub fn read(files: &UserFiles) -> Result<Saved> {
    let mut list = Vec::new();
    for line in files.lines(QUERIES)? {
        match line.columns.as_slice() {
            [name, query] if is_name(name) => list.push((name.clone(), query.clone())),
            [name, _] => return Err(files.wrong(QUERIES, &line, &format!("`{name}` cannot be a name"))),
            _ => return Err(files.wrong(QUERIES, &line, "a name, a tab and a query are needed")),
        }
    }
    Ok(Saved::new(list))
}

/// Saves, shows, lists and forgets queries.
pub fn save(args: SaveArgs, context: &mut Context) -> Result<Exit> {
    let files = UserFiles::of(&context.index_to_write());
    // A file that cannot be read is not written over.
    let saved = read(&files)?;
    let Some(name) = args.name else { return list(&saved, &files, context) };
    if args.delete {
        return delete(&name, &saved, &files);
    }
    if args.query.is_empty() {
        let (_, query) = saved.get(&name).ok_or_else(|| unknown(&name))?;
        writeln!(context.out, "{}", render::text::clean(query))?;
        return Ok(Exit::Found);
    }
    if !is_name(&name) {
        let reason = "a name is letters, digits, `-`, `_` and `.`, 64 at most".to_string();
        return Err(Error::Query { part: name, reason });
    }
    let query = args.query.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
    let old = saved.get(&name).is_some();
    let line =
        |known: &str| known.split('\t').next().is_some_and(|first| first.trim().eq_ignore_ascii_case(&name));
    files.edit(QUERIES, |text| {
        let text = if text.trim().is_empty() { HEADER } else { text };
        let mut kept: Vec<&str> = text.lines().filter(|known| !line(known)).collect();
        let new = format!("{name}\t{query}");
        kept.push(&new);
        Some(kept.join("\n") + "\n")
    })?;
    tell(&name, &read(&files)?);
    talk(&format!(
        "onrecord: {} {name}: {}",
        if old { "replaced" } else { "saved" },
        files.path(QUERIES).display()
    ));
    Ok(Exit::Found)
}

/// Says how a query is read, while whoever typed it still looks.
fn tell(name: &str, saved: &Saved) {
    let today = jiff::ZonedDateTime::now().date();
    let parsed = parse::parse_with(&format!("query:{name}"), today, saved);
    for note in &parsed.notes {
        talk(&format!("onrecord: {note}"));
    }
    let echo = parsed.expr.as_ref().map(parse::echo);
    talk(&format!("onrecord: read as: {}", echo.as_deref().unwrap_or("everything")));
}

fn list(saved: &Saved, files: &UserFiles, context: &mut Context) -> Result<Exit> {
    for (name, query) in saved.list() {
        writeln!(context.out, "{name}\t{}", render::text::clean(query))?;
    }
    if saved.list().is_empty() {
        talk(&format!("onrecord: no query is saved in {}", files.path(QUERIES).display()));
        return Ok(Exit::Nothing);
    }
    Ok(Exit::Found)
}

fn delete(name: &str, saved: &Saved, files: &UserFiles) -> Result<Exit> {
    let (name, _) = saved.get(name).ok_or_else(|| unknown(name))?;
    let line =
        |known: &&str| !known.split('\t').next().is_some_and(|first| first.trim().eq_ignore_ascii_case(name));
    files.edit(QUERIES, |text| Some(text.lines().filter(line).collect::<Vec<_>>().join("\n") + "\n"))?;
    talk(&format!("onrecord: {name} is forgotten; what it has shown stays in {}", seen_file(name)));
    Ok(Exit::Found)
}

fn unknown(name: &str) -> Error {
    let hint = "onrecord save lists what is saved".to_string();
    Error::NotFound { what: format!("saved query {name}"), hint }
}

/// Shows what is new, and then counts it as shown.
pub fn new(args: NewArgs, context: &mut Context) -> Result<Exit> {
    let path = context.index_to_read()?;
    let files = UserFiles::of(&path);
    let saved = read(&files)?;
    let typed = args.query.join(" ");
    let (words, file) = match saved.get(typed.trim().trim_start_matches("query:")) {
        Some((name, _)) => (format!("query:{name}"), seen_file(name)),
        None => (typed.clone(), seen_file(&format!("q-{}", &digest(&[&squeezed(&typed)])[..12]))),
    };
    let request = Request {
        words,
        filters: Vec::new(),
        wanted: if args.said { Wanted::Quotes } else { Wanted::Passages },
        sort: Sort::Newest,
        limit: usize::MAX,
        group: None,
        each: 0,
        explain: false,
        aliases: super::alias::read(&files)?,
        saved,
        ..Request::default()
    };
    let index = Index::open(&path)?;
    let mut answer = ask(&request, &index, &super::gazetteer(&path)?, jiff::ZonedDateTime::now().date())?;
    let seen = files.text(&file)?;
    let known: HashSet<&str> = seen.lines().filter(|line| !line.starts_with('#')).collect();
    answer.found.retain(|found| !known.contains(key(found).as_str()));
    answer.total = answer.found.len();
    answer.found.truncate(args.number.unwrap_or(usize::MAX));
    for note in &answer.notes {
        talk(&format!("onrecord: {note}"));
    }
    if answer.found.is_empty() {
        return Ok(Exit::Nothing);
    }
    let options = Options { width: width(), explain: false };
    if let Some(renderer) = render::named(&args.format) {
        (renderer.write)(&answer, &options, &mut context.out)?;
    }
    // What did not reach its reader is not counted as shown.
    context.out.flush()?;
    if !args.peek {
        let header = format!("# What `onrecord new {}` has shown.\n", squeezed(&typed));
        let shown: String = answer.found.iter().map(|found| key(found) + "\n").collect();
        files.edit(&file, |seen| Some(format!("{}{shown}", if seen.is_empty() { &header } else { seen })))?;
    }
    Ok(Exit::Found)
}

fn seen_file(name: &str) -> String {
    format!("seen.{}.tsv", name.to_lowercase())
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What tells one answer from another, whatever index it comes from: the article's id and the words.
fn key(found: &Found) -> String {
    let text = match &found.row {
        Row::Passage(row) => ["passage", &row.article.id.0, &row.text].map(str::to_string).to_vec(),
        Row::Quote(row) => {
            let words = row.content.iter().map(|piece| piece.text.clone());
            ["quote".to_string(), row.article.id.0.clone()].into_iter().chain(words).collect()
        }
    };
    digest(&text.iter().map(String::as_str).collect::<Vec<_>>())[..16].to_string()
}

fn digest(parts: &[&str]) -> String {
    let hash = Sha256::digest(parts.join("\0").as_bytes());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
