//! An article in, everything found in it out. Pure: no disk, no clock, no terminal, and it cannot fail.
//!
//! `segment → name → region → coref → marks → cue → quote → tagged → speaker → nested → about`

pub mod about;
pub mod coref;
pub mod cue;
pub mod linear;
pub mod marks;
pub mod name;
pub mod nested;
pub mod phrase;
pub mod quote;
pub mod region;
pub mod scorer;
pub mod segment;
pub mod speaker;
pub mod tagged;
pub mod transcript;

#[cfg(test)]
mod tests;

use crate::document::{
    Article, Cue, Document, Entity, EntityId, EntityKind, Focus, Form, Link, Mention, Quote,
};
use crate::gazetteer::Gazetteer;

use coref::Cast;
use cue::Clause;
use quote::Found;
use segment::Text;
use speaker::Attributed;

/// Finds names, regions, quotes, speakers and addressees in an article.
///
/// Quotes are looked for only in languages whose row says so; regions and names in all.
pub fn extract(article: Article, gazetteer: &Gazetteer) -> Document {
    let found = Findings::of(&article, gazetteer);
    let Findings { paragraphs, sentences, mentions, entities, quotes, focus } = found;
    Document { article, paragraphs, sentences, mentions, entities, quotes, focus }
}

/// An article as a document in which nothing was looked for: for search only.
pub fn unread(article: Article) -> Document {
    let text = Text::new(&article.body);
    let (paragraphs, sentences) = (text.paragraphs.clone(), text.sentences.clone());
    Document {
        paragraphs,
        sentences,
        mentions: Vec::new(),
        entities: Vec::new(),
        quotes: Vec::new(),
        focus: Vec::new(),
        article,
    }
}

/// What each trained model was made from: data, licences, date, command and scores.
pub fn provenance() -> [&'static str; 3] {
    [linear::header(), linear::quotes_header(), linear::speakers_header()]
}

/// What was found, before it is bound to its article.
struct Findings {
    paragraphs: Vec<crate::span::Span>,
    sentences: Vec<crate::span::Span>,
    mentions: Vec<Mention>,
    entities: Vec<Entity>,
    quotes: Vec<Quote>,
    focus: Vec<Focus>,
}

impl Findings {
    fn of(article: &Article, gazetteer: &Gazetteer) -> Findings {
        let text = Text::new(&article.body);
        linear::read(text.body, &text.sentences, &text.paragraphs, |reader| {
            Findings::read(article, &text, reader, gazetteer)
        })
    }

    fn read(
        article: &Article,
        text: &Text<'_>,
        reader: &mut linear::Reader,
        gazetteer: &Gazetteer,
    ) -> Findings {
        let with_quotes = article.language.quotes;
        let tagged = reader.names();
        let names = name::names(text, &tagged);
        let places = region::places(text, &names, &article.source, gazetteer);
        let region_name =
            |id| gazetteer.region(id).map_or_else(String::new, |region| region.name.to_string());
        let mut cast = Cast::new(text, &names, &places.known, &region_name);
        let spoken = if with_quotes { said(text, reader, &tagged, &mut cast) } else { Vec::new() };
        let Cast { mut mentions, mut entities, .. } = cast;
        unlisted(text, &places.unlisted, &mut mentions, &mut entities);
        mentions.sort_by_key(|mention| (mention.span.start, mention.span.end));
        mentions.dedup_by_key(|mention| mention.span);
        let regions = about::Regions::new(text, &mentions, &entities, gazetteer);
        let quotes = spoken
            .into_iter()
            .map(|mut quote| {
                quote.about = regions.of(&quote.content, quote.cue.as_ref().map(|cue| cue.span));
                quote
            })
            .collect();
        Findings {
            focus: regions.focus().to_vec(),
            quotes,
            mentions,
            entities,
            paragraphs: text.paragraphs.clone(),
            sentences: text.sentences.clone(),
        }
    }
}

/// Adds the places that no gazetteer knows, one entity for each name.
fn unlisted(
    text: &Text<'_>,
    places: &[region::Unlisted],
    mentions: &mut Vec<Mention>,
    entities: &mut Vec<Entity>,
) {
    let first = entities.len();
    for place in places {
        let words = place.span.of(text.body);
        let known = entities[first..].iter().position(|entity| entity.name == words);
        let number = known.map_or(entities.len(), |at| first + at);
        if number == entities.len() {
            let kind = EntityKind::Place { within: place.within };
            entities.push(Entity { name: words.to_string(), kind, roles: Vec::new() });
        } else if let EntityKind::Place { within: within @ None } = &mut entities[number].kind {
            *within = place.within;
        }
        let entity = EntityId(number as u32);
        mentions.push(Mention { span: place.span, entity, form: Form::Name, because: Link::OwnWords });
    }
}

/// Reported speech with its speakers, not yet with its regions.
fn said(
    text: &Text<'_>,
    reader: &mut linear::Reader,
    names: &[linear::Name],
    cast: &mut Cast<'_>,
) -> Vec<Quote> {
    let runs = marks::runs(text);
    let mut clauses: Vec<Clause> =
        (0..text.sentences.len()).flat_map(|sentence| cue::clauses(text, sentence, &runs)).collect();
    clauses.extend(cue::beside_runs(text, &runs, &clauses));
    clauses.sort_by_key(|clause| clause.cue.start);
    let mut found = quote::find(text, &runs, &clauses);
    tagged::add(text, reader, names, &runs, &mut clauses, &mut found);
    let attributed = speaker::attribute(text, &found, &clauses, cast);
    let mut quotes: Vec<Quote> =
        found.into_iter().zip(attributed).map(|(found, who)| assembled(text, found, who, &clauses)).collect();
    nested::add(text, &runs, &mut quotes, cast);
    quotes
}

/// A quote from its parts, before its regions are known.
fn assembled(text: &Text<'_>, found: Found, who: Attributed, clauses: &[Clause]) -> Quote {
    let cue = found.clause.and_then(|number| clauses.get(number)).map(|clause| Cue {
        span: text.span(cue::with_denial(text, clause.cue.clone())),
        lemma: clause.lemma.clone(),
        stance: clause.stance,
    });
    Quote {
        content: found.content.into_iter().map(|span| marks::paired(text.body, span)).collect(),
        kind: found.kind,
        cue,
        speaker: who.speaker,
        addressee: who.addressee,
        about: Vec::new(),
        nested_in: None,
    }
}
