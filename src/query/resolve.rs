//! Names in a query given a meaning: regions by the gazetteer, cues by the list of reporting verbs.

use std::convert::Infallible;

use serde::Serialize;

use super::{Filter, Query, Sought};
use crate::document::RegionId;
use crate::gazetteer::{Gazetteer, NameKind};
use crate::lang::Stance;
use crate::lang::english as en;
use crate::people::People;

/// A region in a query, resolved.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Places {
    /// As typed.
    pub typed: String,
    /// The places that it means; empty when no gazetteer knows it, and then it is looked for as words.
    pub ids: Vec<RegionId>,
}

/// Gives every region in a query its places.
///
/// An ambiguous name means the best known place of it, together with every place of that name that
/// holds it or lies in it (the city and the region of Donetsk). What was chosen, and what else it could
/// mean, is said in `notes`. A name that no gazetteer knows is looked for as words, and a note says so.
pub fn resolve(query: Query<String>, gazetteer: &Gazetteer, notes: &mut Vec<String>) -> Query<Places> {
    let Query { expr, sort, limit } = query;
    let expr = expr.map(|expr| expr.map_filters(&mut lemmatise_cue)).map(|expr| {
        let Ok(expr) =
            expr.try_map(&mut |typed: String| Ok::<_, Infallible>(places(typed, gazetteer, notes)));
        expr
    });
    Query { expr, sort, limit }
}

/// Gives every speaker and addressee in a query the people of the index whom the name means.
///
/// Rows that bear the words of the name are meant too, unless it was narrowed (`John Smith (coach)`).
/// A name of several people is said in `notes`.
pub fn people(query: Query<String>, people: &People, notes: &mut Vec<String>) -> Query<String> {
    let Query { expr, sort, limit } = query;
    let expr = expr.map(|expr| {
        expr.map_filters(&mut |filter| match filter {
            Filter::By(name) => sought(name, false, people, notes),
            Filter::To(name) => sought(name, true, people, notes),
            other => other,
        })
    });
    Query { expr, sort, limit }
}

fn sought(typed: String, hear: bool, people: &People, notes: &mut Vec<String>) -> Filter<String> {
    let meant = people.meant(&typed);
    if meant.shown.len() > 1 {
        let mut shown = meant.shown.clone();
        let more = shown.len().saturating_sub(4);
        shown.truncate(4);
        let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
        notes.push(format!("“{typed}” is the name of several people: {}{tail}", shown.join("; ")));
    }
    Filter::Person(Sought { typed, hear, keys: meant.keys, only: meant.narrowed })
}

/// The places that a name means.
pub fn places(typed: String, gazetteer: &Gazetteer, notes: &mut Vec<String>) -> Places {
    let candidates = gazetteer.lookup(&typed);
    let Some(best) = candidates.first() else {
        // What is typed in small letters is hardly a misspelt place.
        let named = typed.starts_with(char::is_uppercase);
        let near = if named { gazetteer.suggest(&typed) } else { Vec::new() };
        let hint =
            if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(", ")) };
        notes.push(format!("“{typed}” is not in the gazetteer: looked for as words{hint}"));
        return Places { typed, ids: Vec::new() };
    };
    let mut ids = vec![best.region];
    let mut others = Vec::new();
    for candidate in &candidates[1..] {
        let nested = ids
            .iter()
            .any(|id| gazetteer.contains(candidate.region, *id) || gazetteer.contains(*id, candidate.region));
        // A capital is not its government for who looks for a place.
        if ids.contains(&candidate.region) || candidate.kind == NameKind::Metonym {
            continue;
        }
        if nested {
            ids.push(candidate.region);
        } else {
            others.push(gazetteer.full_name(candidate.region));
        }
    }
    let mut read: Vec<String> = ids.iter().map(|id| gazetteer.full_name(*id)).collect();
    // A capital and its district have one full name.
    read.dedup();
    others.dedup();
    if !others.is_empty() {
        let more = others.len().saturating_sub(3);
        others.truncate(3);
        let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
        notes.push(format!(
            "“{typed}” is read as {}; it could also be {}{tail}",
            read.join(" and "),
            others.join("; ")
        ));
    } else if read.len() > 1 {
        notes.push(format!("“{typed}” is read as {}", read.join(" and ")));
    }
    Places { typed, ids }
}

/// `--cue told` asks for the verb in all its forms, `--cue warn` also for the stance of that name.
fn lemmatise_cue(filter: Filter<String>) -> Filter<String> {
    let Filter::Cue(typed) = filter else { return filter };
    let low = typed.to_lowercase();
    let stance = Stance::named(&low).map(|stance| stance.name());
    Filter::Cue(stance.unwrap_or(en::cue_lemma(&low)).to_string())
}
