use clap::builder::PossibleValuesParser;

use super::show::address;
use super::{Context, Exit, talk, width};
use crate::engine::tantivy::Index;
use crate::error::Result;
use crate::like::like;
use crate::render::{self, Options, RENDERERS};

/// More like this: articles that share the telling words, people and regions of an article, or quotes
/// that share those of a quote; itself and copies of it left out
#[derive(clap::Args)]
pub struct LikeArgs {
    /// Id of an article, or ARTICLE@START-END of a quote
    id: String,
    /// Most answers
    #[arg(short, long = "number", value_name = "N", default_value_t = 10)]
    number: usize,
    /// text, json, jsonl or csv
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = PossibleValuesParser::new(RENDERERS.iter().map(|r| r.name)))]
    format: String,
}

pub fn run(args: LikeArgs, context: &mut Context) -> Result<Exit> {
    let path = context.index_to_read()?;
    let index = Index::open(&path)?;
    let (id, span) = address(&args.id);
    let answer = like(id, span, args.number, &index, &super::gazetteer(&path)?)?;
    for note in &answer.notes {
        talk(&format!("onrecord: {note}"));
    }
    if let Some(renderer) = render::named(&args.format) {
        (renderer.write)(&answer, &Options { width: width(), explain: false }, &mut context.out)?;
    }
    Ok(if answer.total == 0 { Exit::Nothing } else { Exit::Found })
}
