//! More like this: articles and quotes that share the telling words, the people and the regions of one.

use std::collections::HashSet;

use crate::document::{Document, EntityKind, RegionId, Span};
use crate::engine::{Engine, Hit, Places, Row, Show, Wanted};
use crate::error::{Error, Result};
use crate::gazetteer::Gazetteer;
use crate::query::{Expr, Filter, Query, Sort};
use crate::rows::{self, QuoteRow};
use crate::search::{Answer, Found};

/// What sharing counts, beside the words: of the best score that words alone reach.
mod weight {
    /// All people of the smaller side are shared.
    pub const PEOPLE: f32 = 0.3;
    /// All regions of the smaller side are shared.
    pub const REGIONS: f32 = 0.2;
    /// The same speaker.
    pub const SPEAKER: f32 = 0.3;
}

/// So many candidates by words are looked at for what else they share.
const CANDIDATES: usize = 60;
/// Texts that share this much of their words are one text, told twice.
const COPY: f32 = 0.8;

/// What is like an article, or like a quote when a span is given; itself and copies of it left out.
///
/// Errors: the index has no such article, or the article has no quote there.
pub fn like(
    id: &str,
    span: Option<Span>,
    limit: usize,
    engine: &dyn Engine,
    places: &Gazetteer,
) -> Result<Answer> {
    let documents = engine.articles(id)?;
    let missing = |what: &str, hint: &str| Error::NotFound { what: what.to_string(), hint: hint.to_string() };
    let Some(document) = documents.into_iter().next() else {
        return Err(missing(id, "take an id from an answer of onrecord search or said"));
    };
    let Some(span) = span else { return articles(&document, limit, engine) };
    let rows = rows::of(document, places);
    let quote = rows
        .quotes
        .into_iter()
        .map(|(quote, _)| quote)
        .find(|quote| quote.content.iter().any(|piece| piece.span.overlaps(span)));
    match quote {
        Some(quote) => quotes(&quote, limit, engine),
        None => Err(missing(id, "there is no quote at that place; leave it out to ask for the article")),
    }
}

/// Articles like one, each shown by the passage that is most like it.
fn articles(document: &Document, limit: usize, engine: &dyn Engine) -> Result<Answer> {
    let (words, candidates) = engine.like_article(&document.article.id.0, CANDIDATES)?;
    let best = candidates.first().map_or(1.0, |(_, score)| *score);
    let (own, people, regions) = (bag(&document.article.body), people(document), regions(document));
    let mut ranked: Vec<(f32, String)> = Vec::new();
    for (id, score) in candidates.into_iter().filter(|(id, _)| *id != document.article.id.0) {
        for other in engine.articles(&id)?.iter().take(1) {
            if other.article.id.0 == id && alike(&own, &bag(&other.article.body)) < COPY {
                let shared = weight::PEOPLE * overlap(&people, &self::people(other))
                    + weight::REGIONS * overlap(&regions, &self::regions(other));
                ranked.push((score / best + shared, id.clone()));
            }
        }
    }
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let total = ranked.len();
    let mut found = Vec::new();
    for (score, id) in ranked.into_iter().take(limit) {
        let list = words.iter().cloned().map(Expr::Word).collect();
        let passages = [Expr::Any(list)].into_iter().map(Some).chain([None]);
        for words in passages {
            let filter = Expr::Filter(Filter::Article(id.clone()));
            let expr = Some(Expr::And(words.into_iter().chain([filter]).collect()));
            let query = Query { expr, sort: Sort::Score, limit: 1 };
            if let Some(hit) =
                engine.find(Wanted::Passages, &query, &Show::default())?.hits.into_iter().next()
            {
                found.push(shown(hit, score));
                break;
            }
        }
    }
    let note = format!("looked for: {}", words.join(" "));
    Ok(Answer { notes: vec![note], total, found, ..Answer::default() })
}

/// Quotes like one.
fn quotes(quote: &QuoteRow, limit: usize, engine: &dyn Engine) -> Result<Answer> {
    let text = words_of(quote);
    let list: Vec<Expr<Places>> = text
        .split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’')
        .filter(|word| word.len() > 1 && !crate::lang::english::is_stopword(&word.to_lowercase()))
        .take(64)
        .map(|word| Expr::Word(word.to_string()))
        .collect();
    let expr = (!list.is_empty()).then_some(Expr::Any(list));
    let query = Query { expr, sort: Sort::Score, limit: CANDIDATES };
    let hits = engine.find(Wanted::Quotes, &query, &Show::default())?.hits;
    let own = bag(&text);
    let best = hits.first().map_or(1.0, |hit| hit.score.max(f32::MIN_POSITIVE));
    let regions: HashSet<RegionId> = quote.about.iter().map(|about| about.id).collect();
    let mut found: Vec<Found> = Vec::new();
    let mut seen = vec![own];
    for hit in hits {
        let Row::Quote(other) = &hit.row else { continue };
        let words = bag(&words_of(other));
        if other.id == quote.id || seen.iter().any(|seen| alike(seen, &words) >= COPY) {
            continue;
        }
        seen.push(words);
        let name = |row: &QuoteRow| row.speaker.as_ref().map(|who| who.name.clone());
        let speaker = name(quote).is_some() && name(quote) == name(other);
        let there: HashSet<RegionId> = other.about.iter().map(|about| about.id).collect();
        let shared =
            if speaker { weight::SPEAKER } else { 0.0 } + weight::REGIONS * overlap(&regions, &there);
        let score = hit.score / best + shared;
        found.push(shown(hit, score));
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let total = found.len();
    found.truncate(limit);
    Ok(Answer { total, found, ..Answer::default() })
}

fn shown(hit: Hit, score: f32) -> Found {
    Found {
        score,
        highlights: Vec::new(),
        title_highlights: Vec::new(),
        snippet: Vec::new(),
        person: None,
        row: hit.row,
        copies: hit.copies,
        copied: hit.copied,
    }
}

fn words_of(quote: &QuoteRow) -> String {
    quote.content.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>().join(" ")
}

fn people(document: &Document) -> HashSet<String> {
    let people = document.entities.iter().filter(|entity| matches!(entity.kind, EntityKind::Person));
    people.map(|entity| entity.name.to_lowercase()).collect()
}

fn regions(document: &Document) -> HashSet<RegionId> {
    let region = |kind: &EntityKind| match kind {
        EntityKind::Region { id, .. } => Some(*id),
        _ => None,
    };
    document.entities.iter().filter_map(|entity| region(&entity.kind)).collect()
}

/// The different words of a text.
fn bag(text: &str) -> HashSet<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// How much of their words two texts share, from 0 to 1.
fn alike(a: &HashSet<String>, b: &HashSet<String>) -> f32 {
    let shared = a.intersection(b).count();
    shared as f32 / (a.len() + b.len() - shared).max(1) as f32
}

/// How much of the smaller side is shared, from 0 to 1.
fn overlap<T: Eq + std::hash::Hash>(a: &HashSet<T>, b: &HashSet<T>) -> f32 {
    a.intersection(b).count() as f32 / a.len().min(b.len()).max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_told_from_what_is_like_it() {
        let text = bag("Ukraine will not cede Donetsk, the president said on Monday in Kyiv");
        assert!(
            alike(&text, &bag("Ukraine will not cede Donetsk, the president said Monday in Kyiv")) >= COPY
        );
        assert!(alike(&text, &bag("Ukraine will never cede land, the minister told reporters")) < COPY);
        assert_eq!(overlap(&HashSet::from([1, 2]), &HashSet::from([2, 3, 4])), 0.5);
        assert_eq!(overlap::<u8>(&HashSet::new(), &HashSet::new()), 0.0);
    }
}
