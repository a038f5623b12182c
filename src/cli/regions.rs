use clap::builder::PossibleValuesParser;

use super::ask::{Conditions, conditions};
use super::{Context, Exit, talk};
use crate::engine::Wanted;
use crate::engine::tantivy::Index;
use crate::error::Result;
use crate::query::Sort;
use crate::render::regions::{RENDERERS, named};
use crate::search::{Request, regions};
use crate::user::UserFiles;

/// The regions that the index holds, as a tree with counts of quotes and passages
///
/// A region's counts take in all that lies in it. `--format geojson` writes points for a map.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  onrecord regions                                 all regions
  onrecord regions Ukraine --since 2025-10         those in Ukraine, in what was published since October
  onrecord regions --by Witkoff --format geojson   what one speaker spoke about, for a map")]
pub struct RegionsArgs {
    /// Only this region and those in it: Ukraine, \"Georgia (country)\"
    name: Option<String>,
    /// Only where these words are found
    #[arg(long, value_name = "WORDS")]
    words: Option<String>,
    #[command(flatten)]
    conditions: Conditions,
    /// Levels of the tree to show
    #[arg(long, value_name = "N", default_value_t = 99)]
    depth: usize,
    /// text, json, jsonl, csv or geojson
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = PossibleValuesParser::new(RENDERERS.iter().map(|r| r.name)))]
    format: String,
}

pub fn run(args: RegionsArgs, context: &mut Context) -> Result<Exit> {
    let today = jiff::ZonedDateTime::now().date();
    let path = context.index_to_read()?;
    let request = Request {
        words: args.words.unwrap_or_default(),
        filters: conditions(&args.conditions, today)?,
        wanted: Wanted::Quotes,
        sort: Sort::Score,
        limit: usize::MAX,
        group: None,
        each: 0,
        explain: false,
        aliases: super::alias::read(&UserFiles::of(&path))?,
        saved: super::saved::read(&UserFiles::of(&path))?,
        ..Request::default()
    };
    let index = Index::open(&path)?;
    let gazetteer = super::gazetteer(&path)?;
    let tree = regions::regions(&request, args.name.as_deref(), &index, &gazetteer, today)?;
    for note in &tree.notes {
        talk(&format!("onrecord: {note}"));
    }
    if let Some(renderer) = named(&args.format) {
        (renderer.write)(&tree, args.depth, &mut context.out)?;
    }
    if tree.regions.is_empty() && args.format == "text" {
        talk("nothing found");
    }
    Ok(if tree.regions.is_empty() { Exit::Nothing } else { Exit::Found })
}
