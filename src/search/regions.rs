//! The regions that an index holds, as a tree with counts.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;
use serde::Serialize;

use super::{Request, ask};
use crate::engine::{Engine, GroupBy, Places, Row, Wanted};
use crate::error::{Error, Result};
use crate::gazetteer::{Gazetteer, RegionId};
use crate::query::{Filter, resolve};
use crate::span::Span;

/// A region, and how many quotes and passages are about it or what lies in it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Counted {
    /// Which region.
    pub id: RegionId,
    /// Its name in English-language news.
    pub name: String,
    /// A name that tells it from others.
    pub full_name: String,
    /// `country`, `city`, …
    pub kind: &'static str,
    /// ISO 3166-1 alpha-2 code of its country.
    pub country: Option<String>,
    /// Degrees north.
    pub lat: Option<f32>,
    /// Degrees east.
    pub lon: Option<f32>,
    /// The regions that directly hold it.
    pub parents: Vec<RegionId>,
    /// Quotes about it or a place in it; a quote counts once.
    pub quotes: usize,
    /// Passages that name it or a place in it; a passage counts once.
    pub passages: usize,
    /// True when the user added it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub own: bool,
}

/// All regions that were asked for.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// What a reader should know about how the question was understood.
    pub notes: Vec<String>,
    /// The most named first.
    pub regions: Vec<Counted>,
}

/// Where a row tells in other words of one of these regions, or of what lies in it: byte ranges of the
/// article's body. Nothing where it has the region's name as typed.
pub(super) fn mentions(row: &Row, wanted: &[Places], gazetteer: &Gazetteer) -> Vec<Span> {
    let typed = |places: &&Places| match row {
        Row::Passage(row) => row.text.contains(&places.typed),
        Row::Quote(row) => row.content.iter().any(|piece| piece.text.contains(&places.typed)),
    };
    let wanted: Vec<&Places> = wanted.iter().filter(|places| !typed(places)).collect();
    let meant = |id: RegionId| {
        let mut ids = wanted.iter().flat_map(|places| &places.ids);
        ids.any(|wanted| gazetteer.contains(*wanted, id))
    };
    match row {
        Row::Quote(row) => {
            let inside = |span: &Span| row.content.iter().any(|piece| piece.span.contains(*span));
            let about = row.about.iter().filter(|about| meant(about.id));
            about.map(|about| about.evidence.span).filter(inside).collect()
        }
        Row::Passage(row) => row
            .regions
            .iter()
            .filter(|region| meant(region.id))
            .flat_map(|region| region.spans.clone())
            .collect(),
    }
}

/// Counts the regions of the rows that fit a request, all of them or those in `root`.
///
/// Errors: no gazetteer knows `root`.
pub fn regions(
    request: &Request,
    root: Option<&str>,
    engine: &dyn Engine,
    gazetteer: &Gazetteer,
    today: Date,
) -> Result<Tree> {
    let mut tree = Tree::default();
    let within = match root {
        Some(name) => {
            let places = resolve::places(name.to_string(), gazetteer, &mut tree.notes);
            if places.ids.is_empty() {
                let near = gazetteer.suggest(name);
                let hint = match near.is_empty() {
                    true => "add it to places.tsv beside the index, or look for it as words".to_string(),
                    false => format!("did you mean {}?", near.join(", ")),
                };
                let reason = format!("no gazetteer knows a place of that name; {hint}");
                return Err(Error::Query { part: name.to_string(), reason });
            }
            places.ids
        }
        None => Vec::new(),
    };
    let mut counts: BTreeMap<RegionId, [usize; 2]> = BTreeMap::new();
    for (at, wanted) in [Wanted::Quotes, Wanted::Passages].into_iter().enumerate() {
        let mut request =
            Request { wanted, group: Some(GroupBy::Holder), each: 0, limit: usize::MAX, ..request.clone() };
        request.filters.extend(root.map(|name| Filter::About(name.to_string())));
        let answer = ask(&request, engine, gazetteer, today)?;
        for note in answer.notes {
            if !tree.notes.contains(&note) {
                tree.notes.push(note);
            }
        }
        for group in answer.groups {
            if let Ok(id) = group.key.parse() {
                counts.entry(RegionId(id)).or_default()[at] += group.count;
            }
        }
    }
    let inside =
        |id: &RegionId| within.is_empty() || within.iter().any(|outer| gazetteer.contains(*outer, *id));
    tree.regions = counts
        .into_iter()
        .filter(|(id, _)| inside(id))
        .filter_map(|(id, counts)| counted(id, counts, gazetteer))
        .collect();
    tree.regions.sort_by(|a, b| {
        (b.quotes + b.passages)
            .cmp(&(a.quotes + a.passages))
            .then_with(|| a.name.cmp(&b.name))
            .then(a.id.cmp(&b.id))
    });
    Ok(tree)
}

fn counted(id: RegionId, [quotes, passages]: [usize; 2], gazetteer: &Gazetteer) -> Option<Counted> {
    let region = gazetteer.region(id)?;
    Some(Counted {
        id,
        name: region.name.to_string(),
        full_name: gazetteer.full_name(id),
        kind: region.kind.name(),
        country: region.country.map(str::to_string),
        lat: region.lat,
        lon: region.lon,
        parents: gazetteer.parents(id),
        quotes,
        passages,
        own: gazetteer.is_own(id),
    })
}

impl Tree {
    /// Regions in the order of a tree, each with its depth: a region stands below the first of its parents
    /// that is there itself.
    pub fn walk(&self) -> Vec<(usize, &Counted)> {
        let known: HashSet<RegionId> = self.regions.iter().map(|region| region.id).collect();
        let mut below: HashMap<Option<RegionId>, Vec<&Counted>> = HashMap::new();
        for region in &self.regions {
            let parent = region.parents.iter().find(|parent| known.contains(parent)).copied();
            below.entry(parent).or_default().push(region);
        }
        let mut order = Vec::new();
        let mut waiting: Vec<(usize, &Counted)> =
            below.get(&None).into_iter().flatten().rev().map(|region| (0, *region)).collect();
        while let Some((depth, region)) = waiting.pop() {
            order.push((depth, region));
            let inner = below.get(&Some(region.id)).into_iter().flatten().rev();
            waiting.extend(inner.map(|region| (depth + 1, *region)));
        }
        order
    }
}
