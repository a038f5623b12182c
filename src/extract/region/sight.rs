//! Where a text names places: the gazetteer's names, checked against what the tagger made of the words.

use std::collections::HashMap;
use std::ops::Range;

use super::{Place, Sighting, Unlisted};
use crate::extract::name::{Name, NameClass, is_first_name};
use crate::extract::segment::Text;
use crate::gazetteer::{
    Candidate, Gazetteer, Match, NameKind, RegionKind, fold, is_code, is_direction, type_word,
};
use crate::lang::english as en;
use crate::span::Span;

/// Words that make a body of a state or town out of a place: in `US Army` and `Government of Iraq` the
/// place is still meant, in `Washington Post` and `Bank of America` it is not.
const PUBLIC: &[&str] = &[
    "department",
    "ministry",
    "army",
    "embassy",
    "consulate",
    "government",
    "parliament",
    "senate",
    "congress",
    "legislature",
    "assembly",
    "court",
    "police",
    "military",
    "forces",
    "defence",
    "defense",
    "intelligence",
    "administration",
    "agency",
    "centers",
    "commission",
    "authority",
    "secretary",
    "district",
    "city",
    "council",
    "health",
    "command",
    "commissioner",
    "ambassador",
    "coordinator",
    "representative",
    "secretary-general",
    "state",
    "guard",
    "navy",
    "treasury",
    "attorney",
    "marshals",
    "presidency",
    "cabinet",
    "supreme",
];

/// Words that make a body out of a place which is no part of its state or town.
const PRIVATE: &[&str] =
    &["times", "post", "journal", "university", "college", "airlines", "bank", "party", "news"];

/// Buildings and sites: named in places, but no regions.
const FACILITIES: &[&str] = &[
    "hospital",
    "university",
    "school",
    "college",
    "museum",
    "observatory",
    "church",
    "mosque",
    "cathedral",
    "restaurant",
    "hotel",
    "theatre",
    "theater",
    "stadium",
    "highway",
    "clinic",
    "academy",
    "centre",
    "center",
    "building",
    "mall",
    "laboratory",
    "institute",
    "pipeline",
    "library",
    "station",
    "arena",
    "schools",
    "zoo",
    "house",
];

/// What makes a road of the place before it: `Monterey Highway`.
const ROADS: &[&str] = &[
    "street",
    "avenue",
    "road",
    "boulevard",
    "highway",
    "drive",
    "lane",
    "freeway",
    "expressway",
    "turnpike",
];

/// Papers and airlines, of which the place is only the name: `Southeast European Times`, `Alaska Airlines`.
const NAMESAKES: &[&str] =
    &["times", "post", "journal", "tribune", "chronicle", "herald", "gazette", "airlines", "airways"];

/// What stands before the name of a ship, which is often that of a place.
const VESSELS: &[&str] = &["uss", "hms", "hmas", "hmcs", "mv", "shuttle"];

/// Kinds of place that stand before `of` and tell which place of a name is meant: `the state of Washington`.
const KINDS: &[&str] = &[
    "state",
    "city",
    "town",
    "village",
    "county",
    "province",
    "republic",
    "oblast",
    "governorate",
    "island",
    "peninsula",
];

/// Units that several names share, with their singular: `Adams, Brown and Pike counties`.
const SHARED: &[(&str, &str)] = &[
    ("counties", "County"),
    ("parishes", "Parish"),
    ("provinces", "Province"),
    ("districts", "District"),
    ("oblasts", "Oblast"),
    ("governorates", "Governorate"),
];

/// What is named after a town or a river, without being there: `West Nile virus`, `Lyme disease`.
const AILMENTS: &[&str] =
    &["virus", "ebolavirus", "fever", "disease", "flu", "strain", "syndrome", "encephalitis", "arthritis"];

/// Beginnings that leave the place after the hyphen as it is: `pan-European`, `intra-Syrian`.
const PREFIXES: &[&str] = &[
    "pan", "intra", "inter", "pro", "anti", "non", "ex", "trans", "post", "pre", "mid", "cross", "sub",
    "euro", "north", "south", "east", "west", "central", "al",
];

/// Words that may stand with a place in one name without making it another place.
const PARTS: &[&str] = &[
    "the",
    "northern",
    "southern",
    "eastern",
    "western",
    "north",
    "south",
    "east",
    "west",
    "central",
    "greater",
    "upper",
    "lower",
    "downtown",
    "province",
    "county",
    "state",
    "city",
    "region",
    "district",
    "oblast",
    "republic",
    "northeast",
    "northwest",
    "southeast",
    "southwest",
    "northeastern",
    "northwestern",
    "southeastern",
    "southwestern",
    "governorate",
    "municipality",
    "prefecture",
    "town",
    "village",
    "d.c",
    "d.c.",
    "metro",
];

/// Sure enough of a tagger's place to keep it although no gazetteer knows it.
const SURE: f32 = 0.6;
/// The same for a name that stands where a person or a thing can as well.
const VERY_SURE: f32 = 0.8;

/// True for `counties` and its like.
pub fn is_shared_unit(low: &str) -> bool {
    SHARED.iter().any(|(plural, _)| *plural == low)
}

/// All names of the gazetteer in a text, in order; none overlaps another.
pub fn sightings(text: &Text<'_>, names: &[Name], gazetteer: &Gazetteer) -> Vec<Sighting> {
    let mut found: Vec<Sighting> = Vec::new();
    let mut next = 0;
    for at in 0..text.tokens.len() {
        let token = &text.tokens[at];
        let word = text.word(at);
        let hyphen = word.len() > 2 && word.as_bytes().contains(&b'-');
        if !token.capital && !hyphen {
            continue;
        }
        for start in starts(word, token.capital, hyphen) {
            let start = token.span.start + start as u32;
            if start < next {
                continue;
            }
            let sighting = code_at(text, at, found.last(), gazetteer)
                .or_else(|| sight_at(text, at, start, names, gazetteer));
            if let Some(sighting) = sighting {
                next = sighting.span.end;
                found.push(sighting);
            }
        }
    }
    share_unit(text, &mut found, gazetteer);
    drop_surnames(text, names, &mut found);
    if let Some(dateline) = super::dateline_end(text) {
        found
            .iter_mut()
            .take_while(|sighting| sighting.span.end <= dateline)
            .for_each(|sighting| sighting.home = true);
    }
    found
}

/// The postal code after a town that lies there: `Paris, TX`.
fn code_at(text: &Text<'_>, at: usize, before: Option<&Sighting>, gazetteer: &Gazetteer) -> Option<Sighting> {
    let word = text.word(at);
    let town = before.filter(|before| before.tokens.end + 1 == at && is_code(word))?;
    if !text.is_sign(at - 1, &[",", "("]) || text.word(at - 2).chars().all(|c| !c.is_lowercase()) {
        return None;
    }
    let mut candidates = gazetteer.short_form(word);
    candidates
        .retain(|state| town.candidates.iter().any(|town| gazetteer.contains(state.region, town.region)));
    (!candidates.is_empty()).then(|| Sighting {
        key: fold(word),
        tokens: at..at + 1,
        span: text.tokens[at].span,
        candidates,
        located: true,
        tagged: false,
        doubtful: false,
        home: false,
        holder: None,
        elsewhere: None,
    })
}

/// Gives each name before `counties` the county of that name: `Adams, Brown and Pike counties`.
fn share_unit(text: &Text<'_>, found: &mut Vec<Sighting>, gazetteer: &Gazetteer) {
    for at in 2..text.tokens.len() {
        let low = text.low(at);
        let shared = SHARED.iter().find(|(plural, _)| low.ends_with('s') && *plural == low);
        let Some((_, unit)) = shared else { continue };
        let names = listed_before(text, at);
        if names.len() < 2 {
            continue;
        }
        for tokens in names {
            let span = text.span(tokens.clone());
            let mut candidates = gazetteer.lookup(&format!("{} {unit}", span.of(text.body)));
            candidates.retain(|candidate| {
                let region = gazetteer.region(candidate.region);
                region.is_some_and(|region| matches!(region.kind, RegionKind::Adm1 | RegionKind::Adm2))
            });
            if candidates.is_empty() {
                continue;
            }
            found.retain(|sighting| !sighting.span.overlaps(span));
            let place = found.partition_point(|sighting| sighting.span < span);
            let key = fold(&format!("{} {unit}", span.of(text.body)));
            let sighting = Sighting {
                key,
                tokens,
                span,
                candidates,
                located: true,
                tagged: false,
                doubtful: false,
                home: false,
                holder: None,
                elsewhere: None,
            };
            found.insert(place, sighting);
        }
    }
}

/// The capitalised names of a list that ends before a token, in order: of one to three words, parted by commas
/// and `and`.
fn listed_before(text: &Text<'_>, end: usize) -> Vec<Range<usize>> {
    let part = |at: usize| text.is_capital(at) || text.is_sign(at, &["."]);
    let mut names = Vec::new();
    let mut stop = end;
    loop {
        let mut start = stop;
        while start > 0 && stop - start < 3 && part(start - 1) {
            start -= 1;
        }
        if start == stop || !text.is_capital(start) {
            break;
        }
        names.push(start..stop);
        let Some(mut link) = start.checked_sub(1) else { break };
        let and = matches!(text.low(link), "and" | "or" | "&");
        if and && link > 0 && text.is_sign(link - 1, &[","]) {
            link -= 1;
        }
        if !and && !text.is_sign(link, &[","]) {
            break;
        }
        stop = link;
    }
    names.reverse();
    names
}

/// Drops names of places that the article gives to a person and never to a place: `Valeska Paris`, and then
/// `Paris said`.
fn drop_surnames(text: &Text<'_>, names: &[Name], found: &mut Vec<Sighting>) {
    let people = names.iter().filter(|name| name.class == NameClass::Person && !name.tokens.is_empty());
    let mut surnames: Vec<String> = Vec::new();
    for name in people {
        let (first, last) = (name.tokens.start, name.tokens.end);
        if name.tokens.len() > 1 {
            surnames.push(fold(text.word(last - 1)));
        } else if text.is_capital(last) && !text.is_sign(last, &[","]) && is_first_name(text.low(first)) {
            surnames.push(fold(text.word(last)));
        }
    }
    if surnames.is_empty() || found.is_empty() {
        return;
    }
    // A people is nobody's surname: `Kosovar Serbs` may pass for a person, `Serbs` may not.
    let people = |sighting: &Sighting| {
        sighting.candidates.first().is_some_and(|candidate| candidate.kind == NameKind::Demonym)
    };
    let borne = |sighting: &Sighting| {
        sighting.tokens.len() == 1 && surnames.contains(&sighting.key) && !people(sighting)
    };
    let placed: Vec<String> = found
        .iter()
        .filter(|sighting| borne(sighting) && is_placed(text, &sighting.tokens))
        .map(|sighting| sighting.key.clone())
        .collect();
    found.retain(|sighting| !borne(sighting) || placed.contains(&sighting.key));
}

/// True where only a place can stand: after a preposition of place, or before what may hold it.
fn is_placed(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    let back = |at: Option<usize>| at.and_then(|at| at.checked_sub(1));
    let mut before = back(Some(tokens.start));
    if before.is_some_and(|at| text.low(at) == "the") {
        before = back(before);
    }
    let low = before.map_or("", |at| text.low(at));
    let according = back(before).is_some_and(|at| text.low(at) == "according");
    matches!(low, "in" | "near" | "at" | "outside" | "around" | "across" | "throughout")
        || matches!(low, "from" | "to" | "of" | "through" | "into" | "between" | "called") && !according
        || text.is_sign(tokens.end, &[","]) && text.is_capital(tokens.end + 1)
}

/// True after another name and `and`.
fn is_joined(text: &Text<'_>, at: usize) -> bool {
    at > 1 && matches!(text.low(at - 1), "and" | "or") && text.is_capital(at - 2)
}

/// Where in a token a name may start: at its head, and after a hyphen (`India-Pakistan`, `pan-European`).
fn starts(word: &str, capital: bool, hyphen: bool) -> impl Iterator<Item = usize> + '_ {
    let head = (capital || word.starts_with("al-")).then_some(0);
    let parts = hyphen.then(|| {
        word.match_indices('-').map(|(at, _)| at + 1).filter(|&at| word[at..].starts_with(char::is_uppercase))
    });
    head.into_iter().chain(parts.into_iter().flatten())
}

fn sight_at(
    text: &Text<'_>,
    at: usize,
    start: u32,
    names: &[Name],
    gazetteer: &Gazetteer,
) -> Option<Sighting> {
    let known = gazetteer.longest_match(text.body, start as usize);
    let ordinary = known.is_none();
    let mut hit = known.or_else(|| {
        let whole = start == text.tokens[at].span.start;
        whole.then(|| ordinary_at(text, at, names, gazetteer)).flatten()
    })?;
    let last = text.token_at(hit.end as u32 - 1);
    let token = text.tokens.get(last)?;
    let rest = text.body.get(hit.end..token.span.end as usize).unwrap_or_default();
    // Inside a token a name ends at a hyphen or a possessive, nowhere else.
    if !(rest.is_empty() || rest.starts_with(['-', '‑', '–', '\'', '’', '.', '/'])) {
        return None;
    }
    let (tokens, span) = (at..last + 1, Span { start, end: hit.end as u32 });
    if !is_compound_of_places(text, &text.tokens[at].span, span, gazetteer) {
        return None;
    }
    if (is_named_after(text, &tokens) || is_after_first_name(text, at, names))
        && is_town_or_water(&hit.candidates, gazetteer)
        || text.is_capital(tokens.end)
            && [ROADS, NAMESAKES].iter().any(|words| words.contains(&text.low(tokens.end)))
    {
        return None;
    }
    let name = name_at(names, &tokens);
    let free = name.map_or(Some(true), |name| stands_free(text, &tokens, name, names));
    let sure = free?;
    if is_of_a_body(text, at, names) {
        return None;
    }
    let tagged = name.is_some_and(|name| name.class == NameClass::Place);
    if name.is_some_and(|name| names_another(text, &tokens, name, &hit.candidates, gazetteer)) {
        return None;
    }
    if is_heritage(text, &tokens, span) || bears_a_sea(text, &tokens, name, &hit.candidates, gazetteer) {
        return None;
    }
    if is_price(text, at) || !tagged && shouted(text, &tokens) && !is_known_short(&hit.candidates, gazetteer)
    {
        return None;
    }
    let mut key = fold(span.of(text.body));
    if let Some(kind) = kind_before(text, at)
        && let Some(kinds) = type_word(kind)
    {
        let fits = |candidate: &Candidate| {
            gazetteer.region(candidate.region).is_some_and(|region| kinds.contains(&region.kind))
        };
        if hit.candidates.iter().any(fits) {
            hit.candidates.retain(fits);
            // Elsewhere in the article the bare name may be another place.
            key = format!("{key} ({kind})");
        }
    }
    Some(Sighting {
        key,
        tokens: tokens.clone(),
        span,
        candidates: hit.candidates,
        located: tagged || located(text, &tokens),
        tagged,
        doubtful: ordinary || !sure && !located(text, &tokens),
        home: false,
        holder: None,
        elsewhere: None,
    })
}

/// `African-American`, `Mexican American`: where somebody's forebears came from.
fn is_heritage(text: &Text<'_>, tokens: &Range<usize>, span: Span) -> bool {
    let own = span.of(text.body);
    let people_of = ["American", "Americans"];
    let rest = &text.body[span.end as usize..text.tokens[tokens.end - 1].span.end as usize];
    let hyphened = matches!(own, "African" | "Asian")
        && rest.strip_prefix(['-', '‑', '–']).is_some_and(|word| people_of.contains(&word));
    let people = own.ends_with("an") || own.ends_with("ese");
    hyphened
        || rest.is_empty()
            && people
            && people_of.contains(&text.word(tokens.end))
            && !is_direction(text.low(tokens.start))
}

/// `told The Atlantic`, `the Atlantic Council`: a title or a body that bears the name of a sea. A fleet or a force
/// is where its sea is.
fn bears_a_sea(
    text: &Text<'_>,
    tokens: &Range<usize>,
    name: Option<&Name>,
    candidates: &[Candidate],
    gazetteer: &Gazetteer,
) -> bool {
    let best = candidates.first().and_then(|candidate| gazetteer.region(candidate.region));
    let article = tokens.start.checked_sub(1).filter(|&the| text.word(the) == "The");
    let titled = article.is_some_and(|the| {
        let opens = text.sentence_tokens[text.tokens[the].sentence as usize].start == the;
        !opens || en::cue(text.low(tokens.end)).is_some()
    });
    let body = name.is_some_and(|name| {
        name.class == NameClass::Organisation
            && name.tokens.end > tokens.end
            && !matches!(text.low(name.tokens.end - 1), "fleet" | "force" | "command" | "squadron")
    });
    best.is_some_and(|region| region.kind == RegionKind::Water) && (titled || body)
}

/// A place whose name is an ordinary word, where the tagger sees just this name: `in Clinton`.
fn ordinary_at(text: &Text<'_>, at: usize, names: &[Name], gazetteer: &Gazetteer) -> Option<Match> {
    let name = name_at(names, &(at..at + 1))?;
    let last = name.tokens.end - 1;
    let fits = name.class == NameClass::Place
        && name.tokens.start == at
        && !is_direction(text.low(at))
        && !matches!(text.low(at), "earth" | "mars" | "moon")
        && (!is_first_name(text.low(at)) || is_placed(text, &(at..at + 1)))
        && !FACILITIES.contains(&text.low(last));
    let hit = gazetteer.longest_place(text.body, text.tokens[at].span.start as usize).filter(|_| fits)?;
    let end = text.token_at(hit.end as u32 - 1) + 1;
    // `Marion and Delaware` are two names, `Western Kasai` is one.
    (end > last || text.is_sign(end, &[","]) || text.low(end) == "and").then_some(hit)
}

/// `state` in `the state of Washington`.
fn kind_before<'t>(text: &'t Text<'_>, at: usize) -> Option<&'t str> {
    let kind = at.checked_sub(2)?;
    (text.low(at - 1) == "of" && KINDS.contains(&text.low(kind)) && !text.is_capital(kind))
        .then(|| text.low(kind))
}

/// `Mark Dayton`, which the tagger now and then does not see.
fn is_after_first_name(text: &Text<'_>, at: usize, names: &[Name]) -> bool {
    let Some(before) = at.checked_sub(1).filter(|&before| text.is_capital(before)) else { return false };
    let place = |name: &Name| name.class == NameClass::Place;
    let low = text.low(before);
    // `In April Paris …`, `Will Chicago …`
    let word = en::is_time_word(low) || en::is_auxiliary(low);
    is_first_name(low) && !word && !name_at(names, &(before..at)).is_some_and(place)
}

/// True for what bears a place's name without being one: a virus, a ship, somebody with a title.
fn is_named_after(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    let before = tokens.start.checked_sub(1);
    AILMENTS.contains(&text.low(tokens.end))
        || matches!(text.low(tokens.start), "sen" | "sen." | "rep" | "rep." | "gov" | "gov.")
        || before.is_some_and(|before| {
            let low = text.low(before);
            VESSELS.contains(&low)
                || low == "salmonella"
                || tokens.len() == 1 && text.is_capital(before) && (en::is_title(low) || low == "advisor")
        })
}

/// True for `Istanbul-based`, `India-Pakistan` and `pan-European`; false for `France-Presse` and
/// `Ebola-Reston`, of which the one part is a name and no place.
fn is_compound_of_places(text: &Text<'_>, token: &Span, span: Span, gazetteer: &Gazetteer) -> bool {
    let rest = text.body.get(span.end as usize..token.end.max(span.end) as usize).unwrap_or_default();
    if let Some(after) = rest.strip_prefix(['-', '‑', '–'])
        && after.starts_with(char::is_uppercase)
        && gazetteer.longest_match(text.body, token.end as usize - after.len()).is_none()
    {
        return false;
    }
    if span.start <= token.start {
        return true;
    }
    let before = text.body.get(token.start as usize..span.start as usize - 1).unwrap_or_default();
    let last = before.rsplit('-').next().unwrap_or_default();
    PREFIXES.contains(&last.to_lowercase().as_str())
        || gazetteer
            .longest_match(text.body, span.start as usize - 1 - last.len())
            .is_some_and(|hit| hit.end + 1 >= span.start as usize)
}

/// True when the tagger sees a longer name of a place around a town's: `Islington Bay`, `Kasai Occidental`.
fn names_another(
    text: &Text<'_>,
    tokens: &Range<usize>,
    name: &Name,
    candidates: &[Candidate],
    gazetteer: &Gazetteer,
) -> bool {
    let best = candidates.first().and_then(|candidate| gazetteer.region(candidate.region));
    let small = best.is_some_and(|region| super::is_small(region.kind) && region.population < 1_000_000);
    let more = name.tokens.clone().filter(|at| !tokens.contains(at));
    let mut others = more.filter(|&at| text.is_word(at) && !PARTS.contains(&text.low(at))).peekable();
    // `Cape Breton Island`.
    let people = candidates.first().is_some_and(|candidate| candidate.kind == NameKind::Demonym)
        && name.tokens.start < tokens.start;
    (small || people)
        && name.class == NameClass::Place
        && others.peek().is_some()
        && others.all(|at| text.is_capital(at))
        && !name.tokens.clone().any(|at| text.is_sign(at, &[",", "/", "(", "–", "-"]))
}

/// The tagger's name that shares a token with these.
fn name_at<'n>(names: &'n [Name], tokens: &Range<usize>) -> Option<&'n Name> {
    let next = names.partition_point(|name| name.tokens.end <= tokens.start);
    names.get(next).filter(|name| name.tokens.start < tokens.end)
}

/// None when the words belong to a person's or a body's longer name; else whether they are surely a place's.
fn stands_free(text: &Text<'_>, tokens: &Range<usize>, name: &Name, names: &[Name]) -> Option<bool> {
    let whole = tokens.start <= name.tokens.start && name.tokens.end <= tokens.end;
    // `Ont. -- Police`, `Texas — Ft. Worth`: no name runs over a dash.
    let torn = name.tokens.clone().any(|at| text.is_sign(at, &["—", "--"]));
    match name.class {
        NameClass::Place => Some(true),
        _ if torn => Some(true),
        NameClass::Organisation => (whole || names_public_body(text, tokens, &name.tokens)).then_some(true),
        NameClass::Person => {
            let first = text.low(tokens.start);
            let nobody = whole && name.title.is_none() && name.score < 0.7 && !is_first_name(first);
            // Who bears the name is told in full somewhere.
            let told = || {
                names.iter().any(|other| {
                    other.class == NameClass::Person
                        && other.tokens.len() > 1
                        && text.low(other.tokens.end - 1) == first
                })
            };
            (nobody && (tokens.len() > 1 || !told())).then(|| tokens.len() > 1)
        }
    }
}

/// `US Army`, `Santa Ana City Council`, `Health Ministry of Uganda`.
fn names_public_body(text: &Text<'_>, tokens: &Range<usize>, name: &Range<usize>) -> bool {
    let public = |mut rest: Range<usize>| rest.any(|at| PUBLIC.contains(&text.low(at)));
    if name.clone().any(|at| PRIVATE.contains(&text.low(at))) {
        return false;
    }
    if tokens.start <= name.start {
        return public(tokens.end..name.end);
    }
    let before = tokens.start - 1;
    let before = if text.low(before) == "the" { before.saturating_sub(1) } else { before };
    // `Islamic State of Iraq` is no state.
    matches!(text.low(before), "of" | "for" | "in")
        && text.low(before - 1) != "state"
        && public(name.start..before)
}

/// `Islamic State of Iraq and the Levant`, `Bank of America`: the place ends the name of a body that is none
/// of a state, although the tagger cut the name before `of`.
fn is_of_a_body(text: &Text<'_>, at: usize, names: &[Name]) -> bool {
    let step = |at: usize| at.checked_sub(1).map(|at| if text.low(at) == "the" { at.max(1) - 1 } else { at });
    let Some(mut link) = step(at) else { return false };
    if text.low(link) == "and" && link > 2 {
        // The place before it, of which the same holds.
        let inner = link - 1;
        if !text.is_capital(inner) {
            return false;
        }
        let Some(before) = step(inner) else { return false };
        link = before;
    }
    if text.low(link) != "of" || link == 0 {
        return false;
    }
    if text.low(link - 1) == "council" && text.low(at) == "europe" {
        return true;
    }
    if link > 1 && text.low(link - 1) == "state" && text.low(link - 2) == "islamic" {
        return true;
    }
    let body = names.partition_point(|name| name.tokens.end < link);
    names.get(body).is_some_and(|name| {
        name.tokens.end == link
            && name.class == NameClass::Organisation
            && !name.tokens.clone().any(|at| PUBLIC.contains(&text.low(at)))
    })
}

fn is_town_or_water(candidates: &[Candidate], gazetteer: &Gazetteer) -> bool {
    let best = candidates.first().and_then(|candidate| gazetteer.region(candidate.region));
    best.is_some_and(|region| super::is_small(region.kind) || region.kind == RegionKind::Water)
}

/// `$US 15 billion`, `US$10,000`.
fn is_price(text: &Text<'_>, at: usize) -> bool {
    let span = text.tokens[at].span;
    let (before, after) = (&text.body[..span.start as usize], &text.body[span.end as usize..]);
    before.ends_with('$') || after.starts_with('$')
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
fn is_known_short(candidates: &[Candidate], gazetteer: &Gazetteer) -> bool {
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

/// Short forms that the article itself explains: `Republika Srpska (RS)` and then `the RS parliament`.
pub fn abbreviated(text: &Text<'_>, known: &mut Vec<Place>) {
    let mut short: HashMap<&str, Place> = HashMap::new();
    for place in known.iter() {
        let (open, at) = (place.tokens.end, place.tokens.end + 1);
        let word = text.word(at);
        let fits = text.is_sign(open, &["("])
            && text.is_sign(at + 1, &[")"])
            && (2..=6).contains(&word.len())
            && word.chars().filter(|c| c.is_uppercase()).count() >= 2
            && is_initials(word, place.span.of(text.body));
        if fits {
            short.entry(word).or_insert_with(|| place.clone());
        }
    }
    if short.is_empty() {
        return;
    }
    let mut more = Vec::new();
    for at in 0..text.tokens.len() {
        let Some(place) = short.get(text.word(at)).filter(|place| place.tokens.end < at) else { continue };
        let span = text.tokens[at].span;
        let next = known.partition_point(|known| known.span.end <= span.start);
        if known.get(next).is_none_or(|known| !known.span.overlaps(span)) {
            more.push(Place { tokens: at..at + 1, span, ..place.clone() });
        }
    }
    known.extend(more);
    known.sort_by_key(|place| place.span);
}

/// True when the letters of `short` begin words of `long`, in order.
fn is_initials(short: &str, long: &str) -> bool {
    let mut words = long.split([' ', '-']).filter_map(|word| word.chars().next());
    let first = long.chars().next();
    first == short.chars().next()
        && short.chars().filter(|c| c.is_uppercase()).all(|c| words.any(|word| word.eq_ignore_ascii_case(&c)))
}

/// False for buildings, first names, and what is cut wrongly out of the text.
fn is_unlisted_name(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    let last = tokens.end - 1;
    let first = text.word(tokens.start);
    let state = first == "Islamic" && text.low(tokens.start + 1) == "state";
    let initials = tokens.len() == 1 && (first.len() < 3 || first.contains('.'));
    let person = tokens.len() == 1 && is_first_name(text.low(tokens.start)) && !located(text, tokens);
    text.is_capital(tokens.start)
        && !person
        && !state
        && !is_price(text, tokens.start)
        && !en::is_time_word(text.low(tokens.start))
        && !ROADS.contains(&text.low(last))
        && !initials
        && !FACILITIES.contains(&text.low(last))
        && !AILMENTS.contains(&text.low(tokens.end))
        && !matches!(text.low(tokens.start), "earth" | "mars" | "moon")
}

/// Names that the tagger takes for places and no sighting touches.
pub fn unlisted<'a>(
    text: &'a Text<'_>,
    names: &'a [Name],
    sightings: &'a [Sighting],
    gazetteer: &'a Gazetteer,
) -> impl Iterator<Item = Unlisted> + 'a {
    // What the tagger mostly takes for something else in this article is no place in one sentence of it.
    let mut read: HashMap<&str, (usize, usize)> = HashMap::new();
    for name in names {
        let (place, all) = read.entry(text.span(name.tokens.clone()).of(text.body)).or_default();
        *place += usize::from(name.class == NameClass::Place);
        *all += 1;
    }
    let mostly = move |name: &Name| {
        let seen = read.get(text.span(name.tokens.clone()).of(text.body));
        seen.is_none_or(|(place, all)| place * 2 >= *all)
    };
    names
        .iter()
        .filter(|name| name.class == NameClass::Place && name.score >= SURE)
        .filter(move |name| mostly(name))
        .filter(|name| {
            name.score >= VERY_SURE || is_placed(text, &name.tokens) || is_joined(text, name.tokens.start)
        })
        .filter(|name| is_unlisted_name(text, &name.tokens))
        .filter_map(move |name| {
            let span = text.span(name.tokens.clone());
            let next = sightings.partition_point(|sighting| sighting.span.end <= span.start);
            let touched = sightings.get(next).is_some_and(|sighting| sighting.span.overlaps(span));
            let after = sightings.get(next).filter(|after| {
                text.is_sign(name.tokens.end, &[","]) && after.tokens.start == name.tokens.end + 1
            });
            let within = after.and_then(|after| after.candidates.first()).map(|candidate| candidate.region);
            let within =
                within.filter(|id| gazetteer.region(*id).is_some_and(|region| !super::is_small(region.kind)));
            (!touched).then_some(Unlisted { span, within })
        })
}
