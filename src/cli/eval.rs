use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::{Context, Exit};
use crate::error::{Error, Result};
use crate::eval::{Scores, line};
use crate::extract::extract;
use crate::gazetteer::Gazetteer;
use crate::gold::{self, Line};

/// Precision, recall and F1 of quotes, speakers and places against an annotation
///
/// Each line of a file holds a text and what a reader found in it: {"id","text","quotes","places"}.
#[derive(clap::Args)]
pub struct EvalArgs {
    /// Annotated texts
    #[arg(required = true, value_name = "GOLD.jsonl")]
    files: Vec<PathBuf>,
    /// Also how many quotes of each difficult kind are found: interrupted, pronoun as speaker, …
    #[arg(long)]
    phenomena: bool,
}

pub fn run(args: EvalArgs, context: &mut Context) -> Result<Exit> {
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
