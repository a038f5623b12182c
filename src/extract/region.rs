//! Named regions: where the text names a place, and which place of that name it means.

use std::collections::HashMap;
use std::ops::Range;

use crate::document::{Form, RegionId};
use crate::extract::name::{Name, NameClass, is_first_name};
use crate::extract::segment::Text;
use crate::gazetteer::{Candidate, Gazetteer, NameKind, RegionKind, fold};

/// A place named in the text.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its words.
    pub tokens: Range<usize>,
    /// Which place.
    pub region: RegionId,
    /// 0 to 1.
    pub confidence: f32,
    /// The next best place of that name.
    pub runner_up: Option<RegionId>,
    /// Name, demonym or metonym.
    pub form: Form,
}

/// A match before it is known which place it means.
struct Sighting {
    tokens: Range<usize>,
    key: String,
    candidates: Vec<Candidate>,
    /// The name stands where only a place can: after `in`, or before a comma and its country.
    located: bool,
}

/// Weights of the choice among places of one name. The scale is free: only differences count.
mod weight {
    pub const COUNTRY: f32 = 5.0;
    pub const WIDE: f32 = 4.8;
    pub const ADM1: f32 = 3.2;
    pub const ADM2: f32 = 1.2;
    pub const CITY_PER_DIGIT: f32 = 0.6;
    pub const ALIAS: f32 = -0.4;
    pub const METONYM: f32 = 2.5;
    /// Each other mention of the candidate's country, up to [`MOST_VOTES`].
    pub const VOTE: f32 = 0.75;
    pub const MOST_VOTES: f32 = 4.0;
    /// The text goes on with a place that holds the candidate: `Paris, Texas`.
    pub const CONTAINED: f32 = 6.0;
    /// The article elsewhere writes `NAME region` and means the candidate.
    pub const SAME_NAME: f32 = 2.0;
    /// Least score of a town that nothing else speaks for.
    pub const LEAST: f32 = 3.0;
}

/// All places of a text, in order.
pub fn places(text: &Text<'_>, names: &[Name], gazetteer: &Gazetteer) -> Vec<Place> {
    let sightings = sight(text, names, gazetteer);
    let votes = votes(&sightings, gazetteer);
    let held = containments(text, &sightings, gazetteer);
    let meant = meanings(text, &sightings, &votes, &held, gazetteer);
    sightings
        .iter()
        .zip(&held)
        .filter_map(|(sighting, &holder)| {
            let ranked = match holder {
                Some(_) => rank(sighting, &votes, holder, gazetteer, None),
                None => meant.get(&sighting.key)?.clone(),
            };
            settle(sighting, &ranked, holder.is_some())
        })
        .collect()
}

fn sight(text: &Text<'_>, names: &[Name], gazetteer: &Gazetteer) -> Vec<Sighting> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.tokens.len() {
        let Some(sighting) = sight_at(text, at, names, gazetteer) else {
            at += 1;
            continue;
        };
        at = sighting.tokens.end;
        found.push(sighting);
    }
    found
}

fn sight_at(text: &Text<'_>, at: usize, names: &[Name], gazetteer: &Gazetteer) -> Option<Sighting> {
    if !text.is_capital(at) {
        return None;
    }
    let start = text.tokens[at].span.start;
    let hit = gazetteer.longest_match(text.body, start as usize)?;
    let mut end = text.token_at(hit.end as u32 - 1);
    if text
        .tokens
        .get(end)
        .is_none_or(|token| token.span.end as usize > hit.end && !text.word(end).contains('-'))
    {
        return None;
    }
    end += 1;
    let tokens = at..end;
    if !free(text, &tokens, names) {
        return None;
    }
    let next = names.partition_point(|name| name.tokens.end <= tokens.start);
    let tagged =
        names.get(next).is_some_and(|name| name.class == NameClass::Place && name.tokens.start < tokens.end);
    let located = tagged || located(text, &tokens);
    if !tagged && shouted(text, &tokens) && !short_of_a_country(&hit.candidates, gazetteer) {
        return None;
    }
    Some(Sighting {
        key: fold(text.span(tokens.clone()).of(text.body)),
        tokens,
        candidates: hit.candidates,
        located,
    })
}

/// False when the words belong to a person's or a body's longer name.
fn free(text: &Text<'_>, tokens: &Range<usize>, names: &[Name]) -> bool {
    let next = names.partition_point(|name| name.tokens.end <= tokens.start);
    let Some(name) = names.get(next).filter(|name| name.tokens.start < tokens.end) else { return true };
    let whole = tokens.start <= name.tokens.start && name.tokens.end <= tokens.end;
    match name.class {
        NameClass::Place => true,
        NameClass::Organisation => whole,
        NameClass::Person => {
            whole
                && name.title.is_none()
                && name.score < 0.7
                && tokens.len() > 1
                && !is_first_name(text.low(tokens.start))
        }
    }
}

/// A word in capitals that is no headline: `HIV`, `GAO`.
fn shouted(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    let capitals = |at: usize| text.word(at).chars().all(|c| !c.is_lowercase());
    let short =
        tokens.len() == 1 && (2..=5).contains(&text.word(tokens.start).len()) && capitals(tokens.start);
    let beside = [tokens.start.wrapping_sub(1), tokens.end];
    short && !beside.into_iter().any(|at| text.is_word(at) && text.word(at).len() > 3 && capitals(at))
}

/// True when one of the places is known by such letters: `UK`, `UAE`, `DRC`.
fn short_of_a_country(candidates: &[Candidate], gazetteer: &Gazetteer) -> bool {
    candidates.iter().any(|candidate| {
        let region = gazetteer.region(candidate.region);
        candidate.kind == NameKind::Abbreviation
            || region.is_some_and(|region| {
                !matches!(region.kind, RegionKind::City | RegionKind::Adm2 | RegionKind::Adm1)
            })
    })
}

fn located(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    let before = tokens.start.checked_sub(1).map_or("", |at| text.low(at));
    matches!(before, "in" | "near" | "at" | "outside" | "around" | "across" | "throughout")
}

/// How often the article speaks of each country through names that leave no doubt.
fn votes(sightings: &[Sighting], gazetteer: &Gazetteer) -> HashMap<String, f32> {
    let mut votes = HashMap::new();
    for sighting in sightings {
        let countries: Vec<&str> =
            sighting.candidates.iter().filter_map(|c| gazetteer.region(c.region)?.country).collect();
        let Some(first) = countries.first() else { continue };
        let plain = countries.iter().all(|country| country == first);
        let leading = sighting
            .candidates
            .first()
            .and_then(|c| gazetteer.region(c.region))
            .is_some_and(|region| region.kind == RegionKind::City && region.population > 1_000_000);
        if plain || leading {
            *votes.entry(first.to_string()).or_insert(0.0) += if plain { 1.0 } else { 0.5 };
        }
    }
    votes
}

/// For each sighting the region that the text names right after it: `Paris, Texas`, `Tbilisi, Georgia`.
fn containments(text: &Text<'_>, sightings: &[Sighting], gazetteer: &Gazetteer) -> Vec<Option<RegionId>> {
    let mut held = vec![None; sightings.len()];
    for number in 0..sightings.len().saturating_sub(1) {
        let (inner, outer) = (&sightings[number], &sightings[number + 1]);
        if !text.is_sign(inner.tokens.end, &[","]) || outer.tokens.start != inner.tokens.end + 1 {
            continue;
        }
        let pair = outer.candidates.iter().find(|outer| {
            inner
                .candidates
                .iter()
                .any(|inner| inner.region != outer.region && gazetteer.contains(outer.region, inner.region))
        });
        if let Some(pair) = pair {
            held[number] = Some(pair.region);
            // And the outer one is then the place that holds it: `Atlanta, Georgia` is the state.
            held[number + 1].get_or_insert(pair.region);
        }
    }
    held
}

type Ranked = Vec<(f32, Candidate)>;

/// One sense for each name of the article.
fn meanings(
    text: &Text<'_>,
    sightings: &[Sighting],
    votes: &HashMap<String, f32>,
    held: &[Option<RegionId>],
    gazetteer: &Gazetteer,
) -> HashMap<String, Ranked> {
    let mut lent: HashMap<String, RegionId> = HashMap::new();
    for (sighting, holder) in sightings.iter().zip(held) {
        // A longer form tells what the short one means: `Donetsk region` for `Donetsk`.
        let first = fold(text.word(sighting.tokens.start));
        if sighting.tokens.len() > 1
            && first != sighting.key
            && let Some(best) = sighting.candidates.first()
        {
            lent.entry(first).or_insert(best.region);
        }
        if let Some(holder) = holder {
            let ranked = rank(sighting, votes, Some(*holder), gazetteer, None);
            if let Some((_, best)) = ranked.first() {
                lent.insert(sighting.key.clone(), best.region);
            }
        }
    }
    let mut meant = HashMap::new();
    for sighting in sightings {
        if !meant.contains_key(&sighting.key) {
            let ranked = rank(sighting, votes, None, gazetteer, lent.get(&sighting.key).copied());
            meant.insert(sighting.key.clone(), ranked);
        }
    }
    meant
}

fn rank(
    sighting: &Sighting,
    votes: &HashMap<String, f32>,
    holder: Option<RegionId>,
    gazetteer: &Gazetteer,
    lent: Option<RegionId>,
) -> Ranked {
    let mut ranked: Ranked = sighting
        .candidates
        .iter()
        .filter_map(|candidate| {
            let region = gazetteer.region(candidate.region)?;
            let mut score = match region.kind {
                RegionKind::Country => weight::COUNTRY,
                RegionKind::Adm1 => weight::ADM1,
                RegionKind::Adm2 => weight::ADM2,
                RegionKind::City => weight::CITY_PER_DIGIT * ((region.population + 1) as f32).log10(),
                _ => weight::WIDE,
            };
            score += match candidate.kind {
                NameKind::Alias => weight::ALIAS,
                NameKind::Metonym => weight::METONYM,
                _ => 0.0,
            };
            if let Some(country) = region.country {
                let own = if region.kind == RegionKind::Country { 1.0 } else { 0.0 };
                let votes = votes.get(country).copied().unwrap_or(0.0) - own;
                score += (weight::VOTE * votes.max(0.0)).min(weight::MOST_VOTES);
            }
            if holder.is_some_and(|holder| {
                holder == candidate.region || gazetteer.contains(holder, candidate.region)
            }) {
                score += weight::CONTAINED;
            }
            if lent == Some(candidate.region) {
                score += weight::SAME_NAME;
            }
            Some((score, *candidate))
        })
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.region.cmp(&b.1.region)));
    ranked.dedup_by_key(|(_, candidate)| candidate.region);
    ranked
}

fn settle(sighting: &Sighting, ranked: &Ranked, contained: bool) -> Option<Place> {
    let (score, best) = *ranked.first()?;
    if score < weight::LEAST && !sighting.located && !contained {
        return None;
    }
    let runner_up = ranked.get(1);
    let margin = runner_up.map_or(3.0, |(second, _)| score - second);
    let form = match best.kind {
        NameKind::Demonym => Form::Demonym,
        NameKind::Metonym => Form::Metonym,
        _ => Form::Name,
    };
    Some(Place {
        tokens: sighting.tokens.clone(),
        region: best.region,
        confidence: 1.0 / (1.0 + (-margin).exp()),
        runner_up: runner_up.map(|(_, candidate)| candidate.region),
        form,
    })
}

/// The dateline's end: `KYIV, Oct. 14 (Agency) —`; a byte offset, when the text begins with one.
pub fn dateline_end(text: &Text<'_>) -> Option<u32> {
    let first = text.paragraphs.len().min(3);
    let after = (0..first).find_map(|paragraph| text.after_dateline(paragraph))?;
    Some(text.tokens[after - 1].span.end)
}
