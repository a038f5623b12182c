//! Named regions: where the text names a place, and which place of that name it means.
//!
//! `sight → choose → settle`: names are sighted by the gazetteer and checked against the tagger, each
//! name of an article gets one sense, and what the gazetteer does not know stays a place without identity.

mod acting;
mod choose;
mod home;
mod sight;

use std::ops::Range;

use crate::document::{Chosen, Form, RegionId};
use crate::extract::name::Name;
use crate::extract::segment::Text;
use crate::gazetteer::{Candidate, Gazetteer, NameKind, RegionKind};
use crate::span::Span;

/// A place named in the text.
#[derive(Clone, Debug)]
pub struct Place {
    /// The tokens that its words touch.
    pub tokens: Range<usize>,
    /// Its words; a part of a token in `Istanbul-based`.
    pub span: Span,
    /// Which place.
    pub region: RegionId,
    /// 0 to 1.
    pub confidence: f32,
    /// The next best place of that name.
    pub runner_up: Option<RegionId>,
    /// What decided among the places of that name.
    pub because: Chosen,
    /// Name, demonym or metonym.
    pub form: Form,
}

/// A place that the gazetteer does not know.
#[derive(Clone, Debug)]
pub struct Unlisted {
    /// Its words.
    pub span: Span,
    /// The smallest region that the text says holds it: `Pingilikani, Kenya`.
    pub within: Option<RegionId>,
}

/// All places of a text.
#[derive(Debug, Default)]
pub struct Places {
    /// Those with an identity, in order.
    pub known: Vec<Place>,
    /// Those without, in order; none overlaps a known one.
    pub unlisted: Vec<Unlisted>,
}

/// A match before it is known which place it means.
struct Sighting {
    tokens: Range<usize>,
    span: Span,
    key: String,
    candidates: Vec<Candidate>,
    /// The name stands where only a place can: after `in`, or the tagger takes it for a place.
    located: bool,
    /// The tagger takes it for a place.
    tagged: bool,
    /// It is a place only if places near it are named: an ordinary word, or what the tagger takes for a person.
    doubtful: bool,
    /// It stands in the dateline, or it is the place in the outlet's name.
    home: bool,
    /// A region that the text names right after it: `Paris, Texas`.
    holder: Option<RegionId>,
    /// Right after it the text names a region that holds no place of this name.
    elsewhere: Option<RegionId>,
}

/// All places of a text; `source` is the outlet's name, whose home may tell what a name means.
pub fn places(text: &Text<'_>, names: &[Name], source: &str, gazetteer: &Gazetteer) -> Places {
    let mut sightings = sight::sightings(text, names, gazetteer);
    choose::contain(text, &mut sightings, gazetteer);
    let senses = choose::senses(text, &sightings, source, gazetteer);
    let mut found = Places::default();
    for (number, (sighting, sense)) in sightings.iter().zip(&senses).enumerate() {
        match sense {
            Some(sense) => found.known.push(acting::settle(text, sighting, *sense, gazetteer)),
            None if sighting.elsewhere.is_some() || sighting.tagged && !sighting.doubtful => {
                // Of several counties of one name the one that is meant, as the next name tells.
                let next = senses.get(number + 1).copied().flatten().map(|next| next.best.region);
                let within = sighting.elsewhere.and(next).or(sighting.elsewhere);
                found.unlisted.push(Unlisted { span: sighting.span, within });
            }
            None => {}
        }
    }
    // What turned out to be no place of the gazetteer may still be one for the tagger.
    let mut senses = senses.iter();
    sightings.retain(|sighting| senses.next().is_some_and(Option::is_some) || !sighting.doubtful);
    sight::abbreviated(text, &mut found.known);
    found.unlisted.extend(sight::unlisted(text, names, &sightings, gazetteer));
    let known = &found.known;
    found.unlisted.retain(|place| !known.iter().any(|known| known.span.overlaps(place.span)));
    found.unlisted.sort_by_key(|place| place.span);
    found.unlisted.dedup_by_key(|place| place.span);
    found
}

/// How a name refers to its place, for the mention.
fn form(kind: NameKind) -> Form {
    match kind {
        NameKind::Demonym => Form::Demonym,
        NameKind::Metonym => Form::Metonym,
        _ => Form::Name,
    }
}

/// True for towns and their parts, and for counties and districts.
fn is_small(kind: RegionKind) -> bool {
    matches!(kind, RegionKind::City | RegionKind::Adm2)
}

/// The dateline's end: `KYIV, Oct. 14 (Agency) —`; a byte offset, when the text begins with one.
pub fn dateline_end(text: &Text<'_>) -> Option<u32> {
    let first = text.paragraphs.len().min(3);
    let after = (0..first).find_map(|paragraph| text.after_dateline(paragraph))?;
    Some(text.tokens[after - 1].span.end)
}

#[cfg(test)]
mod tests;
