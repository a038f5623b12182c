use std::io::Write;

use anstyle::{AnsiColor, Style};
use clap::builder::PossibleValuesParser;

use super::{Context, Exit};
use crate::document::{Article, Document};
use crate::engine::Engine;
use crate::engine::tantivy::Index;
use crate::error::{Error, Result};
use crate::gazetteer::Gazetteer;
use crate::render::text::{clean, clean_line};
use crate::rows::{self, QuoteRow};
use crate::versions::{self, Changes, Part, QuoteChange, Side, Version};

/// What changed between the versions of an article, or between two articles: quotes first
///
/// Versions are articles of one address (or one id) whose texts differ: in several files, or in one that was
/// changed in place since it was first indexed. In text, [-words-] are gone and
/// {+words+} are new. Exit codes: 0 something changed, 1 nothing did.
#[derive(clap::Args)]
pub struct DiffArgs {
    /// Id of an article, or the beginning of it
    article: String,
    /// Another article to compare it with, such as a copy of it in another outlet
    other: Option<String>,
    /// text or json
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = PossibleValuesParser::new(["text", "json"]))]
    format: String,
}

const OLD: Style = AnsiColor::Red.on_default();
const NEW: Style = AnsiColor::Green.on_default();
const HEAD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

pub fn run(args: DiffArgs, context: &mut Context) -> Result<Exit> {
    let index = Index::open(&context.index_to_read()?)?;
    let mut documents = found(&index, &args.article)?;
    if let Some(other) = &args.other {
        // Of each its text as it is now.
        let now = |documents: Vec<Text>| documents.into_iter().find(|text| text.written.is_none());
        documents = [documents, found(&index, other)?].into_iter().filter_map(now).collect();
    }
    if documents.len() < 2 {
        let hint = "the index holds one version of it; to compare it with another article: onrecord diff ARTICLE OTHER";
        return Err(Error::NotFound {
            what: format!("another version of {}", args.article),
            hint: hint.to_string(),
        });
    }
    let mut exit = Exit::Nothing;
    for pair in documents.windows(2) {
        let changes = changes(&pair[0].document, &pair[1].document);
        if !changes.is_nothing() {
            exit = Exit::Found;
        }
        match args.format.as_str() {
            "json" => json(&pair[0].document, &pair[1].document, &changes, context)?,
            _ => text(&pair[0], &pair[1], &changes, context)?,
        }
    }
    Ok(exit)
}

/// A text of an article, and when its file was written if that says something else now.
struct Text {
    document: Document,
    written: Option<u64>,
}

/// All versions of an article, the oldest first; equal texts count once.
fn found(index: &Index, id: &str) -> Result<Vec<Text>> {
    let id = id.rsplit_once('@').map_or(id, |(article, _)| article);
    let now = index.articles(id)?;
    let first = now.first().map_or_else(|| id.to_string(), |document| document.article.id.0.clone());
    let now = now.into_iter().map(|document| Text { document, written: None });
    let before = index.earlier(&first)?;
    let before = before.into_iter().map(|text| Text { document: text.document, written: Some(text.written) });
    let mut texts: Vec<Text> = before.chain(now).filter(|text| text.document.article.id.0 == first).collect();
    if texts.is_empty() {
        let hint = "take an id from an answer of onrecord search or said".to_string();
        return Err(Error::NotFound { what: id.to_string(), hint });
    }
    // A page that is changed in silence keeps its date.
    let when = |text: &Text| {
        let article = &text.document.article;
        let at = article.published.as_ref().map(|published| published.at.clone()).unwrap_or_default();
        (at, text.written.unwrap_or(u64::MAX), article.path.clone(), article.ordinal)
    };
    texts.sort_by_key(when);
    let same = |a: &Article, b: &Article| a.sha256 == b.sha256 && a.title == b.title;
    texts.dedup_by(|a, b| same(&a.document.article, &b.document.article));
    Ok(texts)
}

fn quotes(document: &Document) -> Vec<QuoteRow> {
    rows::of(document.clone(), Gazetteer::embedded()).quotes.into_iter().map(|(row, _)| row).collect()
}

fn changes(old: &Document, new: &Document) -> Changes {
    let (before, after) = (quotes(old), quotes(new));
    let version = |document, quotes| version(document, quotes);
    versions::compare(&version(old, &before), &version(new, &after))
}

fn version<'v>(document: &'v Document, quotes: &'v [QuoteRow]) -> Version<'v> {
    Version { title: &document.article.title, body: &document.article.body, quotes }
}

fn json(old: &Document, new: &Document, changes: &Changes, context: &mut Context) -> Result<()> {
    let head = |document: &Document| serde_json::to_value(rows::head(document)).unwrap_or_default();
    let value = serde_json::json!({"old": head(old), "new": head(new), "changes": changes});
    serde_json::to_writer_pretty(&mut context.out, &value).map_err(std::io::Error::from)?;
    writeln!(context.out)?;
    Ok(())
}

fn text(old: &Text, new: &Text, changes: &Changes, context: &mut Context) -> Result<()> {
    let out = &mut context.out;
    for (sign, style, text) in [("---", OLD, old), ("+++", NEW, new)] {
        let article = &text.document.article;
        let at = article.published.as_ref().map(|published| published.at.clone()).unwrap_or_default();
        let source = clean(&article.source);
        writeln!(
            out,
            "{style}{sign} {}  {} {source}  {}{}{style:#}",
            clean(&article.id.0),
            clean(&at),
            clean_line(&article.path),
            text.written.map(as_of).unwrap_or_default()
        )?;
    }
    if changes.is_nothing() {
        writeln!(out, "nothing changed")?;
        return Ok(());
    }
    if !changes.quotes.is_empty() {
        writeln!(out, "\n{HEAD}Quotes{HEAD:#}")?;
    }
    for change in &changes.quotes {
        writeln!(out, "{}", quote(change))?;
    }
    if !changes.title.is_empty() {
        writeln!(out, "\n{HEAD}Headline{HEAD:#}\n{}", marked(&changes.title))?;
    }
    if !changes.paragraphs.is_empty() {
        writeln!(out, "\n{HEAD}Text{HEAD:#}")?;
    }
    for paragraph in &changes.paragraphs {
        writeln!(out, "{}\n", marked(paragraph))?;
    }
    Ok(())
}

/// ` as written 2025-11-03 08:15 UTC`, of a file that says something else now.
fn as_of(nanoseconds: u64) -> String {
    let time = i128::from(nanoseconds);
    match jiff::Timestamp::from_nanosecond(time) {
        Ok(time) if nanoseconds > 0 => format!(" as written {}", time.strftime("%Y-%m-%d %H:%M UTC")),
        _ => " as it was before".to_string(),
    }
}

fn quote(change: &QuoteChange) -> String {
    let who =
        |row: &QuoteRow| row.speaker.as_ref().map_or("unknown speaker".to_string(), |who| clean(&who.name));
    let words = |row: &QuoteRow| {
        let pieces: Vec<String> = row.content.iter().map(|piece| clean(&piece.text)).collect();
        pieces.join(" … ")
    };
    match change {
        QuoteChange::Added { new } => {
            format!("{NEW}+ {}: {}{NEW:#}  {DIM}{}{DIM:#}", who(new), words(new), clean(&new.id))
        }
        QuoteChange::Removed { old } => {
            format!("{OLD}- {}: {}{OLD:#}  {DIM}{}{DIM:#}", who(old), words(old), clean(&old.id))
        }
        QuoteChange::Changed { old, new, words, speaker } => {
            let who = match speaker {
                true => format!("{OLD}[-{}-]{OLD:#}{NEW}{{+{}+}}{NEW:#}", who(old), who(new)),
                false => who(new),
            };
            format!("~ {who}: {}  {DIM}{}{DIM:#}", marked(words), clean(&new.id))
        }
    }
}

fn marked(parts: &[Part]) -> String {
    let mark = |part: &Part| {
        let text = clean(&part.text);
        match part.side {
            Side::Both => text,
            Side::Old => format!("{OLD}[-{text}-]{OLD:#}"),
            Side::New => format!("{NEW}{{+{text}+}}{NEW:#}"),
        }
    };
    parts.iter().map(mark).collect()
}
