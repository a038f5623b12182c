use std::io::Write;

use anstyle::{AnsiColor, Style};
use clap::builder::PossibleValuesParser;

use super::{Context, Exit, width};
use crate::document::{Document, Span};
use crate::engine::Engine;
use crate::engine::tantivy::Index;
use crate::error::{Error, Result};
use crate::gazetteer::Gazetteer;
use crate::render::text::{clean, clean_line};
use crate::rows;

/// An article, marked up; or a quote or passage in its context, with the evidence
#[derive(clap::Args)]
pub struct ShowArgs {
    /// Id of an article or the beginning of it, or the ARTICLE@START-END that an answer gives
    id: String,
    /// text or json
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = PossibleValuesParser::new(["text", "json"]))]
    format: String,
}

const QUOTE: Style = AnsiColor::Green.on_default();
const NAME: Style = AnsiColor::Cyan.on_default().bold();
const CUE: Style = AnsiColor::Magenta.on_default();
const DIM: Style = Style::new().dimmed();
const HEAD: Style = Style::new().bold();

pub fn run(args: ShowArgs, context: &mut Context) -> Result<Exit> {
    let path = context.index_to_read()?;
    let index = Index::open(&path)?;
    let gazetteer = super::gazetteer(&path)?;
    let (id, span) = address(&args.id);
    let mut found = index.articles(id)?;
    let mut span = span;
    if found.is_empty() && span.is_some() {
        // The id itself may hold an @.
        found = index.articles(&args.id)?;
        span = None;
    }
    if found.is_empty() {
        let hint = "take an id from an answer of onrecord search or said".to_string();
        return Err(Error::NotFound { what: args.id, hint });
    }
    let copies = one_of_each(&mut found);
    if let Some(outside) = span
        && found
            .iter()
            .all(|document| outside.end as usize > document.article.body.len() || outside.is_empty())
    {
        let longest = found.iter().map(|document| document.article.body.len()).max().unwrap_or(0);
        let hint = format!("the article ends at byte {longest}");
        return Err(Error::NotFound { what: args.id, hint });
    }
    match (args.format.as_str(), found.as_slice()) {
        ("json", [only]) => json(only, context)?,
        // Several articles may bear one id.
        ("json", several) => json(several, context)?,
        _ => found.iter().try_for_each(|document| show(document, span, &gazetteer, context))?,
    }
    if args.format == "text" {
        for path in copies {
            writeln!(context.out, "{DIM}the same text: {}{DIM:#}", clean_line(&path))?;
        }
        if found.len() > 1 && found.iter().all(|document| document.article.id == found[0].article.id) {
            let id = clean(&found[0].article.id.0);
            writeln!(context.out, "{DIM}{} versions; what changed: onrecord diff {id}{DIM:#}", found.len())?;
        }
    }
    Ok(Exit::Found)
}

/// Leaves one of each text; the files of the others come back.
fn one_of_each(found: &mut Vec<Document>) -> Vec<String> {
    let mut seen: Vec<(String, String)> = Vec::new();
    let mut others = Vec::new();
    found.retain(|document| {
        let key = (document.article.id.0.clone(), document.article.sha256.clone());
        if seen.contains(&key) {
            others.push(document.article.path.clone());
            return false;
        }
        seen.push(key);
        true
    });
    others
}

fn json(value: &(impl serde::Serialize + ?Sized), context: &mut Context) -> Result<()> {
    serde_json::to_writer_pretty(&mut context.out, value).map_err(std::io::Error::from)?;
    writeln!(context.out)?;
    Ok(())
}

/// Splits `ARTICLE@START-END`.
pub(super) fn address(id: &str) -> (&str, Option<Span>) {
    let split = id.rsplit_once('@').and_then(|(article, range)| {
        let (start, end) = range.split_once('-')?;
        Some((article, Span::new(start.parse().ok()?, end.parse().ok()?)))
    });
    match split {
        Some((article, span)) => (article, Some(span)),
        None => (id, None),
    }
}

fn show(document: &Document, span: Option<Span>, gazetteer: &Gazetteer, context: &mut Context) -> Result<()> {
    let article = &document.article;
    let out = &mut context.out;
    writeln!(out, "{HEAD}{}{HEAD:#}", clean(&article.title))?;
    let date = article
        .published
        .as_ref()
        .map(|p| format!("{} (from {:?})", p.at, p.found_in))
        .unwrap_or("no date".into());
    let by =
        if article.byline.is_empty() { String::new() } else { format!(" · {}", article.byline.join(", ")) };
    let source = if article.source.is_empty() { "unknown outlet" } else { &article.source };
    writeln!(
        out,
        "{DIM}{} · {}{} · {}{DIM:#}",
        clean(source),
        clean(&date),
        clean(&by),
        article.language.name
    )?;
    if let Some(url) = &article.url {
        writeln!(out, "{DIM}{}{DIM:#}", clean(url))?;
    }
    writeln!(
        out,
        "{DIM}{}  {}  sha256 {}{DIM:#}\n",
        clean(&article.id.0),
        clean_line(&article.path),
        &article.sha256
    )?;
    let focus: Vec<String> = document
        .focus
        .iter()
        .map(|focus| format!("{} ({})", gazetteer.full_name(focus.region), focus.mentions))
        .collect();
    if !focus.is_empty() {
        writeln!(out, "{DIM}mostly about {}{DIM:#}\n", clean(&focus.join(", ")))?;
    }
    let near = |paragraph: &&Span| match span {
        None => true,
        Some(span) => paragraph.overlaps(span),
    };
    let first = document.paragraphs.iter().position(|paragraph| near(&paragraph)).unwrap_or(0);
    let last = document
        .paragraphs
        .iter()
        .rposition(|paragraph| near(&paragraph))
        .unwrap_or(document.paragraphs.len().saturating_sub(1));
    // A quote is shown with the paragraphs around it.
    let (first, last) = if span.is_some() { (first.saturating_sub(1), last + 1) } else { (first, last) };
    for paragraph in document.paragraphs.iter().take(last + 1).skip(first) {
        writeln!(out, "{}\n", painted(document, *paragraph))?;
    }
    let quotes: Vec<_> =
        document.quotes.iter().filter(|quote| span.is_none_or(|span| quote.hull().overlaps(span))).collect();
    if !article.language.quotes {
        writeln!(out, "{DIM}quotes are not extracted from {}{DIM:#}", article.language.name)?;
    }
    if quotes.is_empty() {
        return Ok(());
    }
    writeln!(out, "{HEAD}Quotes{HEAD:#}")?;
    for quote in quotes {
        let one = Document { quotes: vec![quote.clone()], ..document.clone() };
        for (row, _) in rows::of(one, gazetteer).quotes {
            let found = crate::search::Found {
                score: 0.0,
                person: None,
                highlights: Vec::new(),
                title_highlights: Vec::new(),
                snippet: Vec::new(),
                row: crate::engine::Row::Quote(Box::new(row)),
                copies: Vec::new(),
                copied: 0,
            };
            let answer = crate::search::Answer {
                read_as: String::new(),
                notes: Vec::new(),
                total: 1,
                found: vec![found],
                groups: Vec::new(),
                offset: 0,
                facets: Vec::new(),
                clauses: Vec::new(),
            };
            let mut text = Vec::new();
            crate::render::text::write(
                &answer,
                &crate::render::Options { width: width(), explain: true },
                &mut text,
            )?;
            // The reading of a query has no place here: only the quote and its evidence.
            let shown = String::from_utf8_lossy(&text);
            let body = shown.split_once("\n\n").map_or(&*shown, |(_, body)| body);
            write!(out, "{body}")?;
        }
    }
    Ok(())
}

/// A paragraph with its quotes, cues and speakers in colour.
fn painted(document: &Document, paragraph: Span) -> String {
    let mut marks: Vec<(Span, Style)> = Vec::new();
    for quote in &document.quotes {
        marks.extend(quote.content.iter().map(|span| (*span, QUOTE)));
        marks.extend(quote.cue.iter().map(|cue| (cue.span, CUE)));
        marks.extend(quote.speaker.iter().chain(&quote.addressee).map(|who| (who.mention, NAME)));
    }
    marks.sort_by_key(|(span, _)| *span);
    let mut shown = String::new();
    let mut at = paragraph.start;
    for (span, style) in marks {
        if span.start < at || span.end > paragraph.end || span.is_empty() {
            continue;
        }
        shown.push_str(&clean(Span { start: at, end: span.start }.of(&document.article.body)));
        shown.push_str(&format!("{style}{}{style:#}", clean(span.of(&document.article.body))));
        at = span.end;
    }
    shown.push_str(&clean(Span { start: at, end: paragraph.end }.of(&document.article.body)));
    shown
}
