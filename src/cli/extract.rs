use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;

use super::index::chain;
use super::{Context, Exit, talk};
use crate::document::{Article, EntityKind};
use crate::error::{Error, Result};
use crate::extract::extract;
use crate::gazetteer::Gazetteer;
use crate::gold::{self, Line};
use crate::read::{self, Mapping, Options};
use crate::rows;

/// Normalised documents as JSON Lines, no index: a filter for other programs
///
/// Reads files, or standard input when there are none or one is named `-`.
#[derive(clap::Args)]
pub struct ExtractArgs {
    /// Files of news, or with `--as gold` of lines `{"id","text"}`
    files: Vec<PathBuf>,
    /// documents: articles are read and normalised; gold: each line's text is left untouched and the line
    /// is printed with `quotes` and `places`, offsets in code points
    #[arg(long = "as", value_name = "WHAT", default_value = "documents", value_parser = PossibleValuesParser::new(["documents", "gold"]))]
    shape: String,
    /// Which fields of JSON or columns of tables mean what, as in `onrecord index`
    #[arg(long, value_name = "WHAT=FIELD,…")]
    map: Option<Mapping>,
}

pub fn run(args: ExtractArgs, context: &mut Context) -> Result<Exit> {
    let options = Options { map: args.map.unwrap_or_default() };
    let stdin = [PathBuf::from("-")];
    let files = if args.files.is_empty() { &stdin[..] } else { &args.files[..] };
    let mut exit = Exit::Found;
    for file in files {
        let outcome = match args.shape.as_str() {
            "gold" => gold_file(file, context),
            _ => news_file(file, &options, context),
        };
        match outcome {
            Ok(Exit::Found) => {}
            Ok(other) => exit = other,
            Err(error @ Error::Write(_)) => return Err(error),
            Err(error) => {
                talk(&format!("onrecord: {}", chain(&error)));
                exit = Exit::Trouble;
            }
        }
    }
    Ok(exit)
}

fn news_file(file: &Path, options: &Options, context: &mut Context) -> Result<Exit> {
    let articles = if file.as_os_str() == "-" {
        read::from_reader_with("-", std::io::stdin(), options)?
    } else {
        let shown = file.to_string_lossy();
        let key = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        read::open_with(file, &shown, &key, options)?
    };
    let mut exit = Exit::Found;
    for article in articles {
        match article {
            Ok(article) => {
                serde_json::to_writer(&mut context.out, &Output::of(article))
                    .map_err(std::io::Error::from)?;
                writeln!(context.out)?;
            }
            Err(error) => {
                talk(&format!("onrecord: {}", chain(&error)));
                exit = Exit::Trouble;
            }
        }
    }
    Ok(exit)
}

/// A document as other programs read it: names instead of indices.
#[derive(serde::Serialize)]
struct Output {
    article: Article,
    paragraphs: Vec<crate::document::Span>,
    /// False in languages whose quotes are not extracted: then none are listed, whatever the text holds.
    quotes_extracted: bool,
    quotes: Vec<serde_json::Value>,
    regions: Vec<serde_json::Value>,
    entities: Vec<crate::document::Entity>,
    mentions: Vec<crate::document::Mention>,
}

impl Output {
    fn of(article: Article) -> Output {
        let gazetteer = Gazetteer::embedded();
        let rows = rows::of(extract(article, gazetteer), gazetteer);
        let quotes = rows.quotes.iter().map(|(row, _)| {
            let mut value = serde_json::to_value(row).unwrap_or_default();
            if let Some(object) = value.as_object_mut() {
                object.remove("article");
            }
            value
        });
        let quotes = quotes.collect();
        let document = rows.document;
        let regions = document.mentions.iter().filter_map(|mention| {
            let text = document.words(mention.span);
            let (id, confidence, runner_up, because) = match document.entity(mention.entity).kind {
                EntityKind::Region { id, confidence, runner_up, because } => {
                    (id, confidence, runner_up, because)
                }
                // A place that no gazetteer knows.
                EntityKind::Place { within } => {
                    return Some(serde_json::json!({ "span": mention.span, "text": text, "within": within }));
                }
                _ => return None,
            };
            let region = gazetteer.region(id)?;
            Some(serde_json::json!({
                "id": id, "name": region.name, "kind": region.kind.name(), "country": region.country,
                "form": mention.form, "span": mention.span, "text": text,
                "confidence": rows::rounded(confidence), "because": because.describe(),
                "runner_up": runner_up.map(|id| gazetteer.full_name(id)),
            }))
        });
        let regions = regions.collect();
        Output {
            quotes_extracted: document.article.language.quotes,
            quotes,
            regions,
            paragraphs: document.paragraphs,
            entities: document.entities,
            mentions: document.mentions,
            article: document.article,
        }
    }
}

fn gold_file(file: &Path, context: &mut Context) -> Result<Exit> {
    let reader: Box<dyn BufRead> = if file.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        let opened =
            std::fs::File::open(file).map_err(|source| Error::Read { path: file.to_path_buf(), source })?;
        Box::new(std::io::BufReader::new(opened))
    };
    let mut exit = Exit::Found;
    for (number, text) in reader.lines().enumerate() {
        let text = text.map_err(|source| Error::Read { path: file.to_path_buf(), source })?;
        if text.trim().is_empty() {
            continue;
        }
        match serde_json::from_str::<Line>(&text) {
            Ok(line) => {
                let document = extract(gold::article(&line.id, &line.text), Gazetteer::embedded());
                let annotated = gold::annotate(&line, &document, Gazetteer::embedded());
                serde_json::to_writer(&mut context.out, &annotated).map_err(std::io::Error::from)?;
                writeln!(context.out)?;
            }
            Err(error) => {
                let reason = format!("line {}: not a line of {{\"id\",\"text\"}}: {error}", number + 1);
                talk(&format!("onrecord: {}", Error::Malformed { path: file.to_path_buf(), reason }));
                exit = Exit::Trouble;
            }
        }
    }
    Ok(exit)
}
