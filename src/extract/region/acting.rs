//! Whether a capital is a place or the government that sits there: `in Moscow` and `Moscow said`.

use super::choose::Sense;
use super::{Place, Sighting, form};
use crate::document::Form;
use crate::extract::segment::Text;
use crate::gazetteer::{Gazetteer, NameKind, RegionKind};
use crate::lang::english as en;

/// Verbs besides those of speech that only a government can be the subject of.
const DEEDS: &[&str] = &[
    "has",
    "have",
    "will",
    "would",
    "must",
    "should",
    "could",
    "can",
    "may",
    "might",
    "does",
    "did",
    "wants",
    "seeks",
    "sought",
    "hopes",
    "plans",
    "backs",
    "backed",
    "supports",
    "supported",
    "refuses",
    "refused",
    "opposes",
    "opposed",
    "agreed",
    "agrees",
    "imposed",
    "accused",
    "accuses",
    "launched",
    "signed",
    "tried",
    "sees",
    "considers",
    "insists",
    "rejects",
    "rejected",
    "recognised",
    "recognized",
    "expelled",
    "pressed",
];

/// Words before a capital that is a government: `the tone toward Moscow`, `talks with Kyiv`.
const TOWARDS: &[&str] =
    &["with", "toward", "towards", "against", "by", "urged", "pressed", "accused", "told", "asked"];

/// What stands between governments, where a flight or a road stands between towns.
const DEALINGS: &[&str] = &[
    "talks",
    "relations",
    "ties",
    "deal",
    "agreement",
    "tensions",
    "war",
    "dialogue",
    "cooperation",
    "negotiations",
    "conflict",
    "dispute",
    "trust",
    "rift",
    "peace",
    "alliance",
    "contacts",
    "rivalry",
];

/// Makes a place of a sighting and its sense.
pub fn settle(text: &Text<'_>, sighting: &Sighting, sense: Sense, gazetteer: &Gazetteer) -> Place {
    let mut place = Place {
        tokens: sighting.tokens.clone(),
        span: sighting.span,
        region: sense.best.region,
        confidence: sense.confidence,
        runner_up: sense.runner_up,
        because: sense.because,
        form: form(sense.best.kind),
    };
    let is_city = || gazetteer.region(place.region).is_some_and(|region| region.kind == RegionKind::City);
    if place.form != Form::Name || sighting.holder.is_some() || !is_city() {
        return place;
    }
    let government = sighting.candidates.iter().find(|candidate| {
        candidate.kind == NameKind::Metonym && gazetteer.contains(candidate.region, place.region)
    });
    if let Some(government) = government.filter(|_| acts(text, sighting)) {
        place.region = government.region;
        place.form = Form::Metonym;
    }
    place
}

fn acts(text: &Text<'_>, sighting: &Sighting) -> bool {
    let (before, after) = (sighting.tokens.start.checked_sub(1), sighting.tokens.end);
    let low = before.map_or("", |at| text.low(at));
    // `Seoul-based`, `London's streets`.
    if sighting.span.end != text.tokens[after - 1].span.end || matches!(text.low(after), "'s" | "’s") {
        return false;
    }
    if TOWARDS.contains(&low) {
        return true;
    }
    if low == "between" && before.is_some_and(|at| at > 0 && DEALINGS.contains(&text.low(at - 1))) {
        return true;
    }
    let next = text.low(after);
    let does = |word: &str| DEEDS.contains(&word) || en::cue(word).is_some();
    // `Moscow and Washington create …`: two capitals that do something together.
    let paired =
        next == "and" && text.is_capital(after + 1) && text.low(after + 2) != "," && !is_listed(text, after);
    let mate = low == "and"
        && before
            .is_some_and(|at| at > 1 && text.is_capital(at - 1) && !en::is_preposition(text.low(at - 2)));
    if en::is_preposition(low) || low == "," {
        return false;
    }
    does(next) && (low != "and" || mate) || (paired || mate) && is_verb_like(text, sighting)
}

/// `A, B and C`: a list of places rather than a pair.
fn is_listed(text: &Text<'_>, at: usize) -> bool {
    text.is_sign(at.wrapping_sub(2), &[","])
}

/// True when a pair of capitals is followed by something they do.
fn is_verb_like(text: &Text<'_>, sighting: &Sighting) -> bool {
    let end =
        if text.low(sighting.tokens.end) == "and" { sighting.tokens.end + 2 } else { sighting.tokens.end };
    let next = text.low(end);
    text.is_word(end)
        && !text.is_capital(end)
        && !en::is_preposition(next)
        && !en::is_conjunction(next)
        && !en::is_time_word(next)
        && !matches!(next, "is" | "are" | "was" | "were" | "be")
}
