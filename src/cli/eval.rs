use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::{Context, Exit, talk};
use crate::error::{Error, Result};
use crate::eval::{Scores, line};
use crate::extract::extract;
use crate::gazetteer::Gazetteer;
use crate::gold::{self, Line};
use crate::ir;

/// Precision, recall and F1 of quotes, speakers and places against an annotation; or, with --qrels, how
/// good rankings are
///
/// Each line of an annotation holds a text and what a reader found in it: {"id","text","quotes","places"}.
/// A ranking is a TREC run, as onrecord search --batch prints it; it is measured as trec_eval -c does.
#[derive(clap::Args)]
pub struct EvalArgs {
    /// Annotated texts, or with --qrels TREC runs (qid Q0 docid rank score tag)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Also how many quotes of each difficult kind are found: interrupted, pronoun as speaker, …
    #[arg(long)]
    phenomena: bool,
    /// Judgements in TREC's format: qid 0 docid relevance
    #[arg(long, value_name = "QRELS")]
    qrels: Option<PathBuf>,
}

pub fn run(args: EvalArgs, context: &mut Context) -> Result<Exit> {
    match &args.qrels {
        Some(qrels) => rankings(qrels, &args.files, context),
        None => annotations(&args, context),
    }
}

fn rankings(qrels: &Path, runs: &[PathBuf], context: &mut Context) -> Result<Exit> {
    let judgements = parsed(qrels, "qid 0 docid relevance", ir::judgements)?;
    for path in runs {
        let run = parsed(path, "qid Q0 docid rank score tag", ir::run)?;
        writeln!(context.out, "{}  {}", path.display(), ir::measure(&judgements, &run))?;
        let missing = ir::unanswered(&judgements, &run);
        if let Some(first) = missing.first() {
            let path = path.display();
            talk(&format!("onrecord: {path}: nothing for {} of the queries, such as {first}", missing.len()));
        }
    }
    Ok(Exit::Found)
}

fn parsed<T>(path: &Path, form: &str, read: impl Fn(&str) -> std::result::Result<T, usize>) -> Result<T> {
    let text =
        std::fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_path_buf(), source })?;
    read(&text).map_err(|line| Error::Malformed {
        path: path.to_path_buf(),
        reason: format!("line {line}: not of the form {form}"),
    })
}

fn annotations(args: &EvalArgs, context: &mut Context) -> Result<Exit> {
    for file in &args.files {
        let lines = lines(file)?;
        let start = Instant::now();
        let mut scores = Scores::default();
        for gold in &lines {
            let document = extract(gold::article(&gold.id, &gold.text), Gazetteer::embedded());
            scores.add(gold, &line(gold, &document, Gazetteer::embedded()));
        }
        let seconds = start.elapsed().as_secs_f64();
        let bytes: usize = lines.iter().map(|line| line.text.len()).sum();
        writeln!(
            context.out,
            "{}  {} texts, {bytes} bytes, {:.2} MB/s with scoring",
            file.display(),
            scores.texts,
            bytes as f64 / 1e6 / seconds
        )?;
        writeln!(context.out, "{scores}")?;
        if args.phenomena && scores.quotes.is_some() {
            writeln!(context.out, "{}", scores.phenomena_table())?;
        }
    }
    Ok(Exit::Found)
}

fn lines(file: &Path) -> Result<Vec<Line>> {
    let trouble = |source| Error::Read { path: file.to_path_buf(), source };
    let reader = std::io::BufReader::new(std::fs::File::open(file).map_err(trouble)?);
    let mut lines = Vec::new();
    for (number, text) in reader.lines().enumerate() {
        let text = text.map_err(trouble)?;
        if text.trim().is_empty() {
            continue;
        }
        lines.push(serde_json::from_str(&text).map_err(|error| Error::Malformed {
            path: file.to_path_buf(),
            reason: format!("line {}: not an annotated text: {error}", number + 1),
        })?);
    }
    Ok(lines)
}
