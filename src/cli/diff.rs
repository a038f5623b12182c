use std::io::Write;

use anstyle::{AnsiColor, Style};
use clap::builder::PossibleValuesParser;

use super::{Context, Exit};
use crate::document::Document;
use crate::engine::Engine;
use crate::engine::tantivy::Index;
use crate::error::{Error, Result};
use crate::gazetteer::Gazetteer;
use crate::render::text::clean;
use crate::rows::{self, QuoteRow};
use crate::versions::{self, Changes, Part, QuoteChange, Side, Version};

/// What changed between the versions of an article, or between two articles: quotes first
///
/// Versions are articles of one address (or one id) whose texts differ. In text, [-words-] are gone and
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
        documents.truncate(1);
        documents.extend(found(&index, other)?.into_iter().next());
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
        let changes = changes(&pair[0], &pair[1]);
        if !changes.is_nothing() {
            exit = Exit::Found;
        }
        match args.format.as_str() {
            "json" => json(&pair[0], &pair[1], &changes, context)?,
            _ => text(&pair[0], &pair[1], &changes, context)?,
        }
    }
    Ok(exit)
}

/// All versions of an article, the oldest first; equal texts count once.
fn found(index: &Index, id: &str) -> Result<Vec<Document>> {
    let id = id.rsplit_once('@').map_or(id, |(article, _)| article);
    let mut documents = index.articles(id)?;
    if documents.is_empty() {
        let hint = "take an id from an answer of onrecord search or said".to_string();
        return Err(Error::NotFound { what: id.to_string(), hint });
    }
    let first = documents[0].article.id.clone();
    documents.retain(|document| document.article.id == first);
    let when = |document: &Document| {
        let article = &document.article;
        let at = article.published.as_ref().map(|published| published.at.clone()).unwrap_or_default();
        (at, article.path.clone(), article.ordinal)
    };
    documents.sort_by_key(when);
    documents.dedup_by(|a, b| a.article.sha256 == b.article.sha256 && a.article.title == b.article.title);
    Ok(documents)
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

fn text(old: &Document, new: &Document, changes: &Changes, context: &mut Context) -> Result<()> {
    let out = &mut context.out;
    for (sign, style, document) in [("---", OLD, old), ("+++", NEW, new)] {
        let article = &document.article;
        let at = article.published.as_ref().map(|published| published.at.clone()).unwrap_or_default();
        let source = clean(&article.source);
        writeln!(
            out,
            "{style}{sign} {}  {} {source}  {}{style:#}",
            clean(&article.id.0),
            clean(&at),
            clean(&article.path)
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
