//! Which place of a name an article means: one sense a name, by what holds it, by what lies near it, by
//! the countries that the article speaks of, and by how well the place is known.

use std::collections::HashMap;
use std::ops::Range;

use super::{Sighting, home, is_small};
use crate::document::{Chosen, RegionId};
use crate::extract::segment::Text;
use crate::gazetteer::{Candidate, Gazetteer, NameKind, Region, RegionKind, is_direction};

/// Weights of the choice among places of one name. The scale is free: only differences count.
mod weight {
    /// The gazetteer holds it to be the best known of its name.
    pub const LEADS: f32 = 1.2;
    /// It leads, and the whole world knows it: `Paris` in a Texan story that names no town of Texas near it.
    pub const FAMOUS: f32 = 2.0;
    pub const COUNTRY: f32 = 5.4;
    pub const WIDE: f32 = 5.0;
    pub const ADM1: f32 = 0.5;
    pub const ADM2: f32 = -0.6;
    /// For each digit of the number of people.
    pub const PER_DIGIT: f32 = 0.6;
    pub const ALIAS: f32 = -0.4;
    /// A place that the user added: it is there because the news name it.
    pub const OWN: f32 = 6.0;
    pub const METONYM: f32 = 2.5;
    /// What a capital is short of when it is read as its government: it is a city unless it acts.
    pub const SEAT: f32 = 7.0;
    /// The text goes on with a place that holds the candidate: `Paris, Texas`.
    pub const CONTAINED: f32 = 8.0;
    /// The article elsewhere writes `NAME region` and means the candidate.
    pub const FULLER: f32 = 2.0;
    /// Most that the country's other names in the article can add.
    pub const COUNTRY_NAMED: f32 = 2.2;
    /// Most that its state's or province's other names in the article can add.
    pub const STATE_NAMED: f32 = 2.0;
    /// Most that places near the candidate can add.
    pub const NEAR: f32 = 3.0;
    /// It stands in a list of places of its kind.
    pub const LISTED: f32 = 1.6;
    /// The same in a list of states, whose names towns of all other states bear.
    pub const LISTED_STATE: f32 = 4.0;
    /// Least score of a town that nothing else speaks for.
    pub const LEAST: f32 = 3.0;
    /// Least that its state and the places near it must add to what is a place only in their company.
    pub const COMPANY: f32 = 1.0;
}

/// How much more the dateline and the outlet's own place say than another name: what a paper writes of lies
/// mostly around it.
const HOME: f32 = 2.0;

/// Within this many km a place speaks for another; at twice the distance hardly.
const NEAR_KM: f32 = 120.0;

/// Degrees of latitude from which on nothing is left of that: more than 1,000 km.
const FAR: f32 = 10.0;

/// People of a town that is believed without anything that speaks for its country.
const KNOWN_TOWN: u64 = 50_000;
/// The same for a county or district, whose people are those of all its towns.
const KNOWN_DISTRICT: u64 = 1_000_000;
/// People of a city that the whole world knows.
const FAMOUS_CITY: u64 = 2_000_000;

/// The sense of a name.
#[derive(Clone, Copy, Debug)]
pub struct Sense {
    /// The place meant.
    pub best: Candidate,
    /// 0 to 1.
    pub confidence: f32,
    /// The next best.
    pub runner_up: Option<RegionId>,
    /// What decided.
    pub because: Chosen,
}

/// Tells each sighting the region that the text names as what holds it: `Paris, Texas`, `Bradford, Ontario`,
/// `the Kentucky town of Paris`.
pub fn contain(text: &Text<'_>, sightings: &mut [Sighting], gazetteer: &Gazetteer) {
    for number in 0..sightings.len().saturating_sub(1) {
        let (first, second) = (&sightings[number], &sightings[number + 1]);
        let between = first.tokens.end..second.tokens.start;
        if between.len() > LONGEST_LINK {
            continue;
        }
        let unit = usize::from(super::sight::is_shared_unit(text.low(between.start)));
        let comma = between.len() == 1 + unit && text.is_sign(between.start + unit, &[",", "("]);
        if is_owner(text, between.clone()) {
            if let Some(holder) = holder(second, first, true, gazetteer) {
                sightings[number].holder.get_or_insert(holder);
                sightings[number + 1].holder.get_or_insert(holder);
            }
            continue;
        }
        let part = is_within(text, between.clone());
        if !comma && !part {
            continue;
        }
        if let Some(holder) = holder(first, second, false, gazetteer) {
            if comma && is_in_list(text, sightings, number, holder, gazetteer) {
                continue;
            }
            sightings[number].holder = Some(holder);
            // And the outer one is then the place that holds it: `Atlanta, Georgia` is the state.
            sightings[number + 1].holder.get_or_insert(holder);
        } else if comma && let Some(state) = state_after_town(text, first, second, gazetteer) {
            sightings[number].elsewhere = Some(state);
            sightings[number + 1].holder.get_or_insert(state);
        } else if part && text.low(second.tokens.start - 1) != "in" && is_town(first, gazetteer) {
            // `Rice Lake area of Fulton County`: what is known by that name lies elsewhere.
            let outer = second.candidates.iter().find(|outer| outer.kind != NameKind::Demonym);
            sightings[number].elsewhere = outer.map(|outer| outer.region);
        }
    }
}

/// Most tokens between a place and what holds it.
const LONGEST_LINK: usize = 9;

/// The first meaning of `outer` that holds a meaning of `inner`.
fn holder(inner: &Sighting, outer: &Sighting, people: bool, gazetteer: &Gazetteer) -> Option<RegionId> {
    // A government holds no place: `Oregon, Washington and Idaho` does not put Oregon in the United States.
    let holds = |outer: &&Candidate| {
        (people || outer.kind != NameKind::Demonym)
            && outer.kind != NameKind::Metonym
            && inner.candidates.iter().any(|inner| {
                inner.kind != NameKind::Demonym
                    && inner.region != outer.region
                    && gazetteer.contains(outer.region, inner.region)
            })
    };
    outer.candidates.iter().find(holds).map(|holder| holder.region)
}

/// True when a place and what seems to hold it are members of a list: `Japan, Jordan, China and Russia` has no
/// town of Jordan in China, `Virginia, Washington, West Virginia` no town of Washington.
fn is_in_list(
    text: &Text<'_>,
    sightings: &[Sighting],
    number: usize,
    holder: RegionId,
    gazetteer: &Gazetteer,
) -> bool {
    let kind = |region: RegionId| {
        gazetteer.region(region).map(|region| match region.kind {
            RegionKind::Territory => RegionKind::Country,
            kind => kind,
        })
    };
    let alike = |sighting: &Sighting| {
        let meant = |candidate: &Candidate| candidate.kind != NameKind::Metonym;
        sighting.candidates.iter().filter(|c| meant(c)).any(|c| kind(c.region) == kind(holder))
    };
    if !alike(&sightings[number]) {
        return false;
    }
    let linked = |first: &Sighting, second: &Sighting| {
        let between = first.tokens.end..second.tokens.start;
        (1..=2).contains(&between.len())
            && between.clone().all(|at| text.is_sign(at, &[","]) || matches!(text.low(at), "and" | "or"))
    };
    let before = number.checked_sub(1).map(|before| &sightings[before]);
    // `Gary, Indiana, Indiana, Pa.`: what holds the one before ends a pair, not a member.
    let before = before.filter(|before| before.holder.is_none());
    before.is_some_and(|before| alike(before) && linked(before, &sightings[number]))
        || sightings
            .get(number + 2)
            .is_some_and(|after| alike(after) && linked(&sightings[number + 1], after))
}

/// `the Kentucky town of Paris`, `Georgia's Athens`: what stands between what holds a place and the place.
fn is_owner(text: &Text<'_>, between: Range<usize>) -> bool {
    let low = |at: usize| text.low(between.start + at);
    match between.len() {
        1 => matches!(low(0), "'s" | "’s"),
        2..=4 => {
            let last = between.len() - 1;
            low(last) == "of"
                && PARTS.contains(&low(last - 1))
                && !between.clone().any(|at| text.is_capital(at))
        }
        _ => false,
    }
}

/// What a place is said to be before the name of what holds it.
const PARTS: &[&str] = &[
    "district",
    "neighborhood",
    "neighbourhood",
    "suburb",
    "area",
    "quarter",
    "borough",
    "county",
    "province",
    "city",
    "town",
    "township",
    "village",
    "community",
    "capital",
    "state",
    "port",
    "seat",
    "hamlet",
    "region",
    "island",
    "enclave",
];

/// `Adhamiyah district of Baghdad`, `Paris in Texas`, `Fulton County, located in Illinois`, `Dublin, a suburb of
/// Columbus`: what stands between a place and what holds it.
fn is_within(text: &Text<'_>, between: Range<usize>) -> bool {
    let Some(mut last) = between.end.checked_sub(1).filter(|_| !between.is_empty()) else { return false };
    while last > between.start && (text.low(last) == "the" || is_direction(text.low(last))) {
        last -= 1;
    }
    let lead = between.start..last;
    let is_part = |low: &str| PARTS.contains(&low) || low == "located" || super::sight::is_shared_unit(low);
    let part = lead.clone().any(|at| is_part(text.low(at)));
    let plain = lead.clone().all(|at| !text.is_capital(at) && (text.is_word(at) || text.is_sign(at, &[","])));
    match text.low(last) {
        "in" => part && plain || lead.clone().all(|at| text.is_sign(at, &[","])),
        "of" => part && plain || lead.is_empty(),
        _ => false,
    }
}

/// True when a name can only mean towns and divisions.
fn is_town(sighting: &Sighting, gazetteer: &Gazetteer) -> bool {
    sighting.candidates.iter().all(|candidate| {
        let region = gazetteer.region(candidate.region);
        region.is_some_and(|region| is_small(region.kind) || region.kind == RegionKind::Adm1)
    })
}

/// `Bradford, Ont.`: the gazetteer has towns of that name, but none there.
fn state_after_town(
    text: &Text<'_>,
    inner: &Sighting,
    outer: &Sighting,
    gazetteer: &Gazetteer,
) -> Option<RegionId> {
    let kind_of = |candidate: &Candidate| gazetteer.region(candidate.region).map(|region| region.kind);
    // `Alabama, Arizona` is a list; a governorate of Cairo elsewhere does not matter.
    let abroad = |state: RegionId| {
        let country = gazetteer.region(state).and_then(|state| state.country);
        !inner.candidates.iter().any(|inner| {
            let region = gazetteer.region(inner.region);
            region.is_some_and(|inner| inner.kind == RegionKind::Adm1 && inner.country == country)
        })
    };
    let towns = is_town(inner, gazetteer);
    // `Galway, New York` is the state, although the city is better known.
    let state = outer.candidates.iter().find(|outer| kind_of(outer) == Some(RegionKind::Adm1))?;
    // `Bradford, Ontario and Quebec` is a list.
    let ends = text.is_sign(outer.tokens.end, &[",", ".", ";", ")", "—", "–", "--"])
        || text.is_word(outer.tokens.end) && text.low(outer.tokens.end) != "and";
    (towns && ends && abroad(state.region)).then_some(state.region)
}

/// One sense for each sighting; none for what is no place after all.
pub fn senses(
    text: &Text<'_>,
    sightings: &[Sighting],
    source: &str,
    gazetteer: &Gazetteer,
) -> Vec<Option<Sense>> {
    let outlet = home::outlet(source, gazetteer);
    let mut scene = Scene::new(text, sightings, outlet.as_ref(), gazetteer);
    let names = scene.names.len();
    let mut chosen: Vec<Option<Sense>> = (0..names).map(|name| scene.choose(name, None)).collect();
    scene.anchor(&chosen);
    for (name, sense) in chosen.iter_mut().enumerate() {
        if scene.names[name].open {
            *sense = scene.choose(name, None);
        }
    }
    sightings
        .iter()
        .zip(&scene.of)
        .map(|(sighting, &name)| match sighting.holder {
            Some(holder) => scene.choose(name, Some(holder)),
            None if sighting.elsewhere.is_some() => None,
            None => chosen[name],
        })
        .collect()
}

/// All that an article says of one name.
struct Name<'s> {
    sighting: &'s Sighting,
    count: usize,
    located: bool,
    /// It is a place only in the company of others.
    doubtful: bool,
    /// The article is from there.
    home: bool,
    /// Something that holds it, where the text says so somewhere.
    holder: Option<RegionId>,
    /// What a longer form of it means: `Donetsk region`.
    fuller: Option<RegionId>,
    /// Names that stand in a list with it.
    listed: Vec<usize>,
    /// True when it may mean several places.
    open: bool,
}

/// A place that the article surely means.
struct Anchor {
    name: usize,
    region: RegionId,
    /// All that holds it.
    above: Vec<RegionId>,
    at: Option<(f32, f32)>,
    weight: f32,
}

struct Scene<'s, 'g> {
    gazetteer: &'g Gazetteer,
    names: Vec<Name<'s>>,
    /// The name of each sighting.
    of: Vec<usize>,
    /// How much the article speaks of each country, by name; the number is the name's.
    votes: Vec<(&'g str, usize, f32)>,
    /// The same for states and provinces.
    states: Vec<(RegionId, usize, f32)>,
    anchors: Vec<Anchor>,
    /// Kinds of names that are sure, for lists.
    kinds: Vec<Option<RegionKind>>,
}

impl<'s, 'g> Scene<'s, 'g> {
    fn new(
        text: &Text<'_>,
        sightings: &'s [Sighting],
        outlet: Option<&'s Sighting>,
        gazetteer: &'g Gazetteer,
    ) -> Scene<'s, 'g> {
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        let mut names: Vec<Name> = Vec::new();
        let mut of = Vec::with_capacity(sightings.len());
        for sighting in sightings.iter().chain(outlet) {
            let number = *numbers.entry(&sighting.key).or_insert(names.len());
            if number == names.len() {
                let open = is_open(&sighting.candidates, gazetteer);
                let (holder, fuller, listed) = (None, None, Vec::new());
                let (count, located, doubtful, home) = (0, false, true, false);
                names.push(Name { sighting, count, located, doubtful, home, holder, fuller, listed, open });
            }
            let name = &mut names[number];
            name.count += 1;
            name.located |= sighting.located;
            name.doubtful &= sighting.doubtful;
            name.home |= sighting.home;
            name.holder = name.holder.or(sighting.holder);
            of.push(number);
        }
        list(text, sightings, &of, &mut names);
        let mut scene = Scene {
            gazetteer,
            kinds: vec![None; names.len()],
            names,
            of,
            votes: Vec::new(),
            states: Vec::new(),
            anchors: Vec::new(),
        };
        scene.lend(text, sightings);
        scene.vote();
        scene
    }

    /// A longer form tells what the short one means: `Donetsk region` for `Donetsk`.
    fn lend(&mut self, text: &Text<'_>, sightings: &[Sighting]) {
        for sighting in sightings.iter().filter(|sighting| sighting.tokens.len() > 1) {
            let first = crate::gazetteer::fold(text.word(sighting.tokens.start));
            let Some(best) = sighting.candidates.first().filter(|_| first != sighting.key) else { continue };
            for name in self.names.iter_mut().filter(|name| name.sighting.key == first) {
                name.fuller.get_or_insert(best.region);
            }
        }
    }

    /// Names that leave no doubt speak for their country; places in it more than its own name, which
    /// every country bears that has a part in the story.
    fn vote(&mut self) {
        for (number, name) in self.names.iter().enumerate() {
            let region = |candidate: &Candidate| self.gazetteer.region(candidate.region);
            let Some(first) = name.sighting.candidates.first() else { continue };
            let Some(best) = region(first) else { continue };
            let known = best.kind == RegionKind::City && best.population > 1_000_000
                || matches!(best.kind, RegionKind::Country | RegionKind::Territory);
            let countries = name.sighting.candidates.iter().filter(|c| c.kind != NameKind::Metonym);
            let mut countries = countries.filter_map(|candidate| region(candidate)?.country);
            let Some(country) = best.country else { continue };
            let sure = !name.open || countries.all(|other| other == country);
            if !sure && !known {
                continue;
            }
            let weight = match (first.kind, best.kind) {
                (NameKind::Demonym, _) => 0.3,
                (_, RegionKind::Country | RegionKind::Territory) => 0.5,
                _ if sure => 1.0,
                _ => 0.5,
            };
            if name.doubtful {
                continue;
            }
            let repeated = 1.0 + 0.4 * (name.count as f32).ln();
            let home = if name.home { HOME } else { 1.0 };
            self.votes.push((country, number, weight * repeated * home));
            self.kinds[number] = Some(best.kind);
            if sure && best.kind != RegionKind::Country {
                let at = best.lat.zip(best.lon);
                let of_kind = if is_small(best.kind) { 1.0 } else { 0.6 };
                let above = self.gazetteer.ancestors(best.id);
                let state = state_of(&best, &above, self.gazetteer);
                self.states.extend(state.map(|state| (state, number, weight * home)));
                self.anchors.push(Anchor {
                    name: number,
                    region: best.id,
                    above,
                    at,
                    weight: of_kind * home,
                });
            }
        }
    }

    /// Makes anchors of the open names of which the first round was sure.
    fn anchor(&mut self, chosen: &[Option<Sense>]) {
        for (number, sense) in chosen.iter().enumerate() {
            let Some(sense) = sense.filter(|sense| sense.confidence > 0.75) else { continue };
            let Some(region) = self.gazetteer.region(sense.best.region) else { continue };
            self.kinds[number] = Some(region.kind);
            let held = sense.because == Chosen::Containment;
            if !self.names[number].open || region.kind == RegionKind::Country {
                continue;
            }
            let weight = if held { 1.0 } else { 0.5 } * if self.names[number].home { HOME } else { 1.0 };
            if let Some(country) = region.country {
                self.votes.push((country, number, weight));
            }
            let above = self.gazetteer.ancestors(region.id);
            let state = state_of(&region, &above, self.gazetteer);
            self.states.extend(state.map(|state| (state, number, weight)));
            self.anchors.push(Anchor {
                name: number,
                region: region.id,
                above,
                at: region.lat.zip(region.lon),
                weight,
            });
        }
    }

    fn choose(&self, number: usize, holder: Option<RegionId>) -> Option<Sense> {
        let name = &self.names[number];
        let holder = holder.or(name.holder);
        let mut ranked: Vec<(Score, Candidate)> = name
            .sighting
            .candidates
            .iter()
            .filter_map(|candidate| Some((self.score(number, candidate, holder)?, *candidate)))
            .collect();
        ranked.sort_by(|a, b| b.0.total().total_cmp(&a.0.total()).then(a.1.region.cmp(&b.1.region)));
        ranked.dedup_by_key(|(_, candidate)| candidate.region);
        let (score, best) = ranked.first().map(|(score, best)| (*score, *best))?;
        if !self.is_believed(number, &score, best) {
            return None;
        }
        // The division around a city is no other place.
        let other = ranked[1..].iter().find(|(_, other)| {
            other.kind != NameKind::Metonym
                && !self.gazetteer.contains(other.region, best.region)
                && !self.gazetteer.contains(best.region, other.region)
        });
        let margin = other.map_or(3.0, |(second, _)| score.total() - second.total());
        Some(Sense {
            best,
            confidence: 1.0 / (1.0 + (-margin).exp()),
            runner_up: ranked.get(1).filter(|(_, c)| c.kind != NameKind::Metonym).map(|(_, c)| c.region),
            because: if other.is_none() { Chosen::Only } else { score.reason() },
        })
    }

    /// False for a town that bears the name by chance: nothing speaks for it, or all speaks for elsewhere.
    fn is_believed(&self, number: usize, score: &Score, best: Candidate) -> bool {
        let name = &self.names[number];
        let Some(region) = self.gazetteer.region(best.region) else { return false };
        if !is_small(region.kind) || score.contained > 0.0 || self.gazetteer.is_own(best.region) {
            return true;
        }
        if name.doubtful && score.state + score.near < weight::COMPANY {
            return false;
        }
        if score.known + score.country + score.state + score.near < weight::LEAST && !name.located {
            return false;
        }
        let abroad = self.votes.iter().any(|(_, other, _)| *other != number);
        let supported = score.country + score.near + score.fuller > 0.0;
        let known = if region.kind == RegionKind::City { KNOWN_TOWN } else { KNOWN_DISTRICT };
        supported || !abroad || region.population >= known
    }

    fn score(&self, number: usize, candidate: &Candidate, holder: Option<RegionId>) -> Option<Score> {
        let name = &self.names[number];
        let region = self.gazetteer.region(candidate.region)?;
        let mut score = Score { known: prominence(&region, candidate.kind), ..Score::default() };
        if self.gazetteer.is_own(candidate.region) {
            score.known = weight::OWN;
        }
        if name.sighting.candidates.first() == Some(candidate) {
            score.lead = weight::LEADS + if self.is_famous(name, &region) { weight::FAMOUS } else { 0.0 };
        }
        if candidate.kind == NameKind::Metonym && self.is_capital(name, candidate.region) {
            score.known -= weight::SEAT;
        }
        if holder.is_some_and(|holder| {
            holder == candidate.region || self.gazetteer.contains(holder, candidate.region)
        }) {
            score.contained = weight::CONTAINED;
        }
        score.country = self.country_support(number, &region);
        if !name.open && !name.doubtful {
            return Some(score);
        }
        if name.fuller == Some(candidate.region) {
            score.fuller = weight::FULLER;
        }
        let above = self.gazetteer.ancestors(region.id);
        score.state = self.state_support(number, &region, &above);
        score.near = self.near_support(number, &region, &above);
        score.list = self.list_support(number, &region);
        if is_small(region.kind) && self.is_wide(name) {
            // `Luzon` is the island, however many of the towns around its namesake are named.
            (score.state, score.near) = (0.0, score.near / 2.0);
        }
        Some(score)
    }

    /// True for the great cities and the seats of governments, unless a state of the same name lies around one.
    fn is_famous(&self, name: &Name<'_>, city: &Region<'_>) -> bool {
        let seat = || {
            name.sighting.candidates.iter().any(|other| {
                other.kind == NameKind::Metonym && self.gazetteer.contains(other.region, city.id)
            })
        };
        let around = |other: &Candidate| {
            self.gazetteer.region(other.region).is_some_and(|other| {
                other.kind == RegionKind::Adm1
                    && other.population / 3 * 2 > city.population
                    && self.gazetteer.contains(other.id, city.id)
            })
        };
        city.kind == RegionKind::City
            && (city.population >= FAMOUS_CITY || seat())
            && !name.sighting.candidates.iter().any(around)
    }

    /// True when the best known place of the name is an island, a valley or the like.
    fn is_wide(&self, name: &Name<'_>) -> bool {
        let first = name.sighting.candidates.first().and_then(|first| self.gazetteer.region(first.region));
        first.is_some_and(|first| matches!(first.kind, RegionKind::Informal | RegionKind::Water))
    }

    /// True when the name is that of a city in `government`, not only of a seat such as the Kremlin.
    fn is_capital(&self, name: &Name<'_>, government: RegionId) -> bool {
        name.sighting.candidates.iter().any(|other| {
            other.kind != NameKind::Metonym
                && self.gazetteer.region(other.region).is_some_and(|region| region.population > 50_000)
                && self.gazetteer.contains(government, other.region)
        })
    }

    fn country_support(&self, number: usize, region: &Region<'_>) -> f32 {
        let Some(country) = region.country else { return 0.0 };
        if matches!(region.kind, RegionKind::Country | RegionKind::Territory) {
            // A town of the country speaks for it, its own name does not.
            let towns: f32 = self.votes_for(country, number).filter(|weight| *weight >= 1.0).sum();
            return weight::COUNTRY_NAMED * 0.5 * (1.0 - (-towns / 1.5).exp());
        }
        let votes: f32 = self.votes_for(country, number).sum();
        weight::COUNTRY_NAMED * (1.0 - (-votes / 1.5).exp())
    }

    fn votes_for(&self, country: &str, but: usize) -> impl Iterator<Item = f32> {
        self.votes.iter().filter(move |(known, name, _)| *known == country && *name != but).map(|vote| vote.2)
    }

    fn state_support(&self, number: usize, region: &Region<'_>, above: &[RegionId]) -> f32 {
        if !is_small(region.kind) && region.kind != RegionKind::Adm1 {
            return 0.0;
        }
        let lies_in = |state: RegionId| state == region.id || above.contains(&state);
        let votes = self.states.iter().filter(|(state, name, _)| *name != number && lies_in(*state));
        weight::STATE_NAMED * (1.0 - (-votes.map(|vote| vote.2).sum::<f32>()).exp())
    }

    fn near_support(&self, number: usize, region: &Region<'_>, above: &[RegionId]) -> f32 {
        if matches!(region.kind, RegionKind::Country | RegionKind::Continent | RegionKind::Macro) {
            return 0.0;
        }
        let wide = !is_small(region.kind);
        let support: f32 = self
            .anchors
            .iter()
            .filter(|anchor| anchor.name != number)
            .map(|anchor| {
                let same = anchor.region == region.id;
                let inside = same
                    || wide && anchor.above.contains(&region.id)
                    || !wide && above.contains(&anchor.region);
                let close = || match (region.lat.zip(region.lon), anchor.at) {
                    (Some(here), Some(there)) if (here.0 - there.0).abs() < FAR => {
                        (-(kilometres(here, there) / NEAR_KM).powf(1.5)).exp()
                    }
                    _ => 0.0,
                };
                anchor.weight
                    * if inside {
                        1.0
                    } else if wide {
                        0.0
                    } else {
                        close()
                    }
            })
            .sum();
        weight::NEAR * (1.0 - (-support).exp())
    }

    fn list_support(&self, number: usize, region: &Region<'_>) -> f32 {
        let alike = |kind: RegionKind| match kind {
            RegionKind::Territory => RegionKind::Country,
            RegionKind::Adm2 => RegionKind::City,
            kind => kind,
        };
        let fits = |other: &&usize| self.kinds[**other].is_some_and(|kind| alike(kind) == alike(region.kind));
        let listed = if region.kind == RegionKind::Adm1 { weight::LISTED_STATE } else { weight::LISTED };
        if self.names[number].listed.iter().any(|other| fits(&other)) { listed } else { 0.0 }
    }
}

/// What speaks for a candidate, apart, so that the reason can be told.
#[derive(Clone, Copy, Debug, Default)]
struct Score {
    known: f32,
    lead: f32,
    contained: f32,
    fuller: f32,
    country: f32,
    near: f32,
    list: f32,
    state: f32,
}

impl Score {
    fn total(&self) -> f32 {
        self.known
            + self.lead
            + self.contained
            + self.fuller
            + self.country
            + self.near
            + self.list
            + self.state
    }

    fn reason(&self) -> Chosen {
        let reasons = [
            (self.contained, Chosen::Containment),
            (self.near, Chosen::Neighbours),
            (self.fuller, Chosen::FullerForm),
            (self.list, Chosen::List),
            (self.country.max(self.state), Chosen::Country),
        ];
        let best = reasons.iter().max_by(|a, b| a.0.total_cmp(&b.0)).filter(|best| best.0 > 1.0);
        best.map_or(Chosen::BestKnown, |best| best.1)
    }
}

fn prominence(region: &Region<'_>, kind: NameKind) -> f32 {
    let digits = (region.population as f32 + 1.0).log10();
    let known = match region.kind {
        RegionKind::Country => weight::COUNTRY,
        RegionKind::Adm1 => weight::ADM1 + weight::PER_DIGIT * digits,
        RegionKind::Adm2 => weight::ADM2 + weight::PER_DIGIT * digits,
        RegionKind::City => weight::PER_DIGIT * digits,
        _ => weight::WIDE,
    };
    known
        + match kind {
            NameKind::Alias => weight::ALIAS,
            NameKind::Metonym => weight::METONYM,
            _ => 0.0,
        }
}

/// True when a name may mean several places, none of which holds the others.
fn is_open(candidates: &[Candidate], gazetteer: &Gazetteer) -> bool {
    let Some((first, rest)) = candidates.split_first() else { return false };
    rest.iter().any(|other| other.region != first.region && other.kind != NameKind::Metonym)
        && rest.iter().any(|other| {
            !gazetteer.contains(first.region, other.region) || gazetteer.contains(other.region, first.region)
        })
}

/// Notes which names stand in a list together: `Spain, Italy and Georgia`.
fn list(text: &Text<'_>, sightings: &[Sighting], of: &[usize], names: &mut [Name]) {
    for (number, pair) in sightings.windows(2).enumerate() {
        let (first, second) = (&pair[0], &pair[1]);
        if first.holder.is_some() || second.holder.is_some() || first.elsewhere.is_some() {
            continue;
        }
        let between = first.tokens.end..second.tokens.start;
        let links =
            |at: usize| text.is_sign(at, &[",", "/", "&"]) || matches!(text.low(at), "and" | "or" | "the");
        if (1..=3).contains(&between.len()) && between.clone().all(links) && of[number] != of[number + 1] {
            names[of[number]].listed.push(of[number + 1]);
            names[of[number + 1]].listed.push(of[number]);
        }
    }
}

/// The first-level division of a place, given what holds it; or the division itself.
fn state_of(region: &Region<'_>, above: &[RegionId], gazetteer: &Gazetteer) -> Option<RegionId> {
    if region.kind == RegionKind::Adm1 {
        return Some(region.id);
    }
    let is_state =
        |id: &&RegionId| gazetteer.region(**id).is_some_and(|region| region.kind == RegionKind::Adm1);
    above.iter().find(is_state).copied()
}

/// Distance on a plane that touches the earth between the two: right to a few per cent below 1,000 km.
fn kilometres(a: (f32, f32), b: (f32, f32)) -> f32 {
    let middle = ((a.0 + b.0) / 2.0).to_radians().cos();
    let mut east = (a.1 - b.1).abs();
    if east > 180.0 {
        east = 360.0 - east;
    }
    let (north, east) = ((a.0 - b.0) * 111.2, east * 111.2 * middle);
    north.hypot(east)
}
