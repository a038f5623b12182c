//! Names in a query given a meaning: regions by the gazetteer, cues by the list of reporting verbs.

use std::convert::Infallible;

use serde::Serialize;

use super::{Expr, Filter, Query};
use crate::document::RegionId;
use crate::gazetteer::Gazetteer;
use crate::lang::Stance;
use crate::lang::english as en;

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
    let expr = expr.map(lemmatise_cues).map(|expr| {
        let Ok(expr) =
            expr.try_map(&mut |typed: String| Ok::<_, Infallible>(places(typed, gazetteer, notes)));
        expr
    });
    Query { expr, sort, limit }
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
        if ids.contains(&candidate.region) {
            continue;
        }
        if nested {
            ids.push(candidate.region);
        } else {
            others.push(gazetteer.full_name(candidate.region));
        }
    }
    let read: Vec<String> = ids.iter().map(|id| gazetteer.full_name(*id)).collect();
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
fn lemmatise_cues(expr: Expr<String>) -> Expr<String> {
    match expr {
        Expr::Filter(Filter::Cue(typed)) => {
            let low = typed.to_lowercase();
            let lemma = en::cue_lemma(&low);
            let stance = Stance::named(&low).map(|stance| stance.name());
            Expr::Filter(Filter::Cue(stance.unwrap_or(lemma).to_string()))
        }
        Expr::And(list) => Expr::And(list.into_iter().map(lemmatise_cues).collect()),
        Expr::Or(list) => Expr::Or(list.into_iter().map(lemmatise_cues).collect()),
        Expr::Any(list) => Expr::Any(list.into_iter().map(lemmatise_cues).collect()),
        Expr::Not(inner) => Expr::Not(Box::new(lemmatise_cues(*inner))),
        other => other,
    }
}
