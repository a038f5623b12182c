//! Names in a query given a meaning: regions by the gazetteer, cues by the list of reporting verbs.

use std::convert::Infallible;

use serde::Serialize;

use super::{Expr, Filter, Query, Sought};
use crate::document::RegionId;
use crate::gazetteer::{Candidate, Gazetteer, NameKind, RegionKind};
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

/// Fewest people of a town whose name among plain words also looks for what is about the town in other
/// words; the names of smaller ones are mostly other words as well: Nice, Mobile, Reading.
const KNOWN_TOWN: u64 = 500_000;

/// Plain words that name a region look for what is about it, too: `Kiev` finds `Kyiv`, `Ukrainian` what is
/// about Ukraine. Not where words must stand near each other or must not be there.
pub fn named(expr: Expr<Places>, gazetteer: &Gazetteer) -> Expr<Places> {
    let all = |list: Vec<Expr<Places>>| list.into_iter().map(|expr| named(expr, gazetteer)).collect();
    match expr {
        Expr::Word(word) => match first_name(std::slice::from_ref(&word), gazetteer) {
            Some((_, Some(places))) => Expr::Place(vec![word], places),
            _ => Expr::Word(word),
        },
        Expr::Any(list) => Expr::Any(gathered(list, gazetteer)),
        Expr::And(list) => Expr::And(all(list)),
        Expr::Or(list) => Expr::Or(all(list)),
        Expr::Boost(inner, times) => Expr::Boost(Box::new(named(*inner, gazetteer)), times),
        other => other,
    }
}

/// Plain words with those gathered that are the name of a region together.
fn gathered(list: Vec<Expr<Places>>, gazetteer: &Gazetteer) -> Vec<Expr<Places>> {
    let mut gathered = Vec::new();
    let mut rest = list.as_slice();
    while let [first, after @ ..] = rest {
        let words: Vec<String> = rest
            .iter()
            .map_while(|expr| if let Expr::Word(word) = expr { Some(word.clone()) } else { None })
            .take(LONGEST_NAME)
            .collect();
        let name = first_name(&words, gazetteer);
        rest = match name {
            Some((count, Some(places))) => {
                gathered.push(Expr::Place(words[..count].to_vec(), places));
                &rest[count..]
            }
            // Of `East Palestine`, a town too small to be meant, the second word is no country.
            Some((count, None)) => {
                gathered.extend(rest[..count].iter().cloned());
                &rest[count..]
            }
            None => {
                gathered.push(if words.is_empty() { named(first.clone(), gazetteer) } else { first.clone() });
                after
            }
        };
    }
    gathered
}

/// Most words of the name of a region.
const LONGEST_NAME: usize = 5;

/// How many words the longest name of any place has that some words begin with, and the region that it means
/// where that is known well enough.
fn first_name(words: &[String], gazetteer: &Gazetteer) -> Option<(usize, Option<Places>)> {
    // In small letters only what can hardly be anything else: `iran`, not `us`.
    let small = words.first()?.starts_with(char::is_lowercase);
    let capitals = words.iter().map(|word| capital(word)).collect::<Vec<_>>().join(" ");
    let text = if small { capitals.clone() } else { words.join(" ") };
    let count = |text: &str, end: usize| text[..end].split(' ').count();
    let found = gazetteer.longest_match(&text, 0);
    let long_enough = |end: usize| !small || end >= SHORTEST_SMALL;
    if let Some(found) = &found
        && let Some(ids) = known(&found.candidates, gazetteer).filter(|_| long_enough(found.end))
    {
        let typed = text[..found.end].to_string();
        return Some((count(&text, found.end), Some(Places { typed, ids })));
    }
    let found = if text == capitals { found? } else { gazetteer.longest_match(&capitals, 0)? };
    Some((count(&capitals, found.end), None))
}

/// The region that a name means, if it is one that plain words may name.
fn known(candidates: &[Candidate], gazetteer: &Gazetteer) -> Option<Vec<RegionId>> {
    // `Kiev` is the city, not the government that it stands for; `the Kremlin` is nothing else.
    let places: Vec<Candidate> =
        candidates.iter().filter(|candidate| candidate.kind != NameKind::Metonym).cloned().collect();
    let best = places.first()?;
    let region = gazetteer.region(best.region)?;
    let known = match region.kind {
        RegionKind::City | RegionKind::Adm2 => region.population >= KNOWN_TOWN,
        _ => true,
    };
    // `U.S.` is looked for as it is written: with all that is about the country it would say nothing.
    (known && best.kind != NameKind::Abbreviation).then(|| meant(&places, gazetteer))
}

/// Fewest bytes of a name that is known in small letters.
const SHORTEST_SMALL: usize = 4;

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The best known of some places, with those of the same name that hold it or lie in it.
fn meant(candidates: &[Candidate], gazetteer: &Gazetteer) -> Vec<RegionId> {
    let mut ids: Vec<RegionId> = candidates.first().map(|best| best.region).into_iter().collect();
    for candidate in candidates.iter().skip(1) {
        let nested = |id: &RegionId| {
            gazetteer.contains(candidate.region, *id) || gazetteer.contains(*id, candidate.region)
        };
        if !ids.contains(&candidate.region) && ids.iter().any(nested) {
            ids.push(candidate.region);
        }
    }
    ids
}

/// The places that a name means.
pub fn places(typed: String, gazetteer: &Gazetteer, notes: &mut Vec<String>) -> Places {
    let candidates = gazetteer.lookup(&typed);
    let Some(best) = candidates.first() else {
        notes.push(format!("“{typed}” is not in the gazetteer: looked for as words"));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::parse;

    /// The regions that a query's plain words name, each with the words.
    fn check(query: &str, wanted: &str) {
        let gazetteer = Gazetteer::embedded();
        let places = |typed: String| Ok::<_, Infallible>(Places { typed, ids: Vec::new() });
        let expr = parse::parse(query, jiff::civil::date(2025, 11, 26)).expr.unwrap();
        let Ok(expr) = expr.try_map(&mut { places });
        let mut found = Vec::new();
        gather(&named(expr, gazetteer), gazetteer, &mut found);
        assert_eq!(found.join("; "), wanted, "{query}");
    }

    fn gather(expr: &Expr<Places>, gazetteer: &Gazetteer, found: &mut Vec<String>) {
        match expr {
            Expr::Place(words, places) => {
                let name =
                    places.ids.first().and_then(|id| gazetteer.region(*id)).map_or("", |place| place.name);
                found.push(format!("{} = {name}", words.join(" ")));
            }
            Expr::And(list) | Expr::Or(list) | Expr::Any(list) => {
                list.iter().for_each(|expr| gather(expr, gazetteer, found));
            }
            _ => {}
        }
    }

    #[test]
    fn plain_words_that_name_a_region() {
        check("Kiev ceasefire", "Kiev = Kyiv");
        check("Israeli strikes on Gaza", "Israeli = Israel; Gaza = Gaza Strip");
        check("protests in Hong Kong", "Hong Kong = Hong Kong");
        check("haiti earthquake", "haiti = Haiti");
        check("train derailment in East Palestine, Ohio", "Ohio = Ohio");
        check("east palestine derailment", "");
        check("Ukrainian AND troops", "Ukrainian = Ukraine");
        check("tell us more, nice mobile", "");
        check("Mobile App for Reading", "");
        check("the Kremlin said", "");
        check("troops NEAR/3 Kiev", "");
        check("troops -Ukraine", "");
        check("\"Kiev\" U.S.", "");
    }
}
