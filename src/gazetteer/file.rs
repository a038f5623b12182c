//! The layout of `places.bin`: written by `dev gazetteer`, read where it lies.
//!
//! A readable preamble, then sections of little-endian numbers, found by a table of offsets:
//!
//! | section | holds |
//! |---|---|
//! | text | one line of plain text: sources, licences, build command |
//! | places | 25 bytes a place, sorted by id |
//! | countries | two letters a country |
//! | strings | display names: one length byte, then UTF-8 |
//! | parents | lists of place indices: one count byte, then four bytes each |
//! | lists | candidate lists: one count byte, then four bytes each, best first |
//! | names | fst: key → one candidate, or where its list starts |
//! | exact | fst: abbreviation as written → the same |

use fst::raw::Fst;

use super::{NameKind, RegionId, RegionKind};

const MAGIC: &[u8; 8] = b"ONRPLC1\n";
const PLACE: usize = 25;
/// Set in a parent field when it is an offset into the parents section.
const MANY: u32 = 1 << 31;
const NONE: u32 = u32::MAX;
const DEGREE: f32 = 10_000.0;

/// A candidate is a place index with these bits below it.
pub const FLAG_BITS: u32 = 6;
/// The name counts in running text only after `the`.
pub const AFTER_THE: u32 = 1 << 3;
/// The name is also an ordinary word or a personal name: in running text it needs a qualifier.
pub const QUALIFIED: u32 = 1 << 4;
/// The name counts only where it is asked for, never in running text.
pub const ASKED: u32 = 1 << 5;

/// In the order of their numbers in the file; kinds of regions stand in that of [`RegionKind::ALL`].
const NAME_KINDS: [NameKind; 5] =
    [NameKind::Name, NameKind::Alias, NameKind::Demonym, NameKind::Metonym, NameKind::Abbreviation];

/// The file, opened: nothing is copied.
#[derive(Clone)]
pub struct Places<'d> {
    pub text: &'d str,
    places: &'d [u8],
    countries: &'d [u8],
    strings: &'d [u8],
    parents: &'d [u8],
    lists: &'d [u8],
    pub names: Fst<&'d [u8]>,
    pub exact: Fst<&'d [u8]>,
}

/// One place, still without its parents.
pub struct Place<'d> {
    pub id: RegionId,
    pub name: &'d str,
    pub kind: RegionKind,
    pub country: Option<&'d str>,
    pub at: Option<(f32, f32)>,
    pub population: u32,
}

/// A candidate as the file holds it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Packed(pub u32);

impl Packed {
    pub fn place(self) -> u32 {
        self.0 >> FLAG_BITS
    }

    pub fn kind(self) -> NameKind {
        NAME_KINDS[(self.0 & 7).min(4) as usize]
    }

    pub fn has(self, flag: u32) -> bool {
        self.0 & flag != 0
    }
}

impl<'d> Places<'d> {
    /// Opens the file; none when it is not one.
    pub fn open(data: &'d [u8]) -> Option<Places<'d>> {
        let rest = data.strip_prefix(MAGIC)?;
        let mut at = MAGIC.len() + 8 * 4;
        let mut sections = [&data[..0]; 8];
        for (section, length) in sections.iter_mut().zip(rest.get(..32)?.chunks_exact(4)) {
            let length = number(length) as usize;
            *section = data.get(at..at.checked_add(length)?)?;
            at += length;
        }
        let [text, places, countries, strings, parents, lists, names, exact] = sections;
        Some(Places {
            text: std::str::from_utf8(text).ok()?,
            places,
            countries,
            strings,
            parents,
            lists,
            names: Fst::new(names).ok()?,
            exact: Fst::new(exact).ok()?,
        })
    }

    pub fn count(&self) -> u32 {
        (self.places.len() / PLACE) as u32
    }

    pub fn id(&self, index: u32) -> Option<RegionId> {
        Some(RegionId(number(self.record(index)?.get(..4)?)))
    }

    pub fn index(&self, id: RegionId) -> Option<u32> {
        let (mut low, mut high) = (0, self.count());
        while low < high {
            let middle = low + (high - low) / 2;
            let found = self.id(middle)?;
            match found.cmp(&id) {
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    pub fn place(&self, index: u32) -> Option<Place<'d>> {
        let record = self.record(index)?;
        let country = self.countries.get(2 * record[9] as usize..)?.get(..2)?;
        let name_at = number(&record[4..8]) as usize;
        let length = usize::from(*self.strings.get(name_at)?);
        let name = self.strings.get(name_at + 1..name_at + 1 + length)?;
        let (lat, lon) = (signed(&record[10..13]), signed(&record[13..16]));
        Some(Place {
            id: RegionId(number(&record[..4])),
            name: std::str::from_utf8(name).ok()?,
            kind: self.kind(index)?,
            country: (country != b"--").then(|| std::str::from_utf8(country).ok()).flatten(),
            at: (record[16] == 1).then_some((lat as f32 / DEGREE, lon as f32 / DEGREE)),
            population: self.population(index),
        })
    }

    pub fn kind(&self, index: u32) -> Option<RegionKind> {
        RegionKind::ALL.get(self.record(index)?[8] as usize).copied()
    }

    pub fn population(&self, index: u32) -> u32 {
        self.record(index).map_or(0, |record| number(&record[17..21]))
    }

    pub fn parents(&self, index: u32) -> impl Iterator<Item = u32> + use<'d> {
        let field = self.record(index).map_or(NONE, |record| number(&record[21..25]));
        let (one, many) = match field {
            NONE => (None, &[][..]),
            field if field & MANY != 0 => (None, list(self.parents, (field & !MANY) as usize)),
            field => (Some(field), &[][..]),
        };
        one.into_iter().chain(many.chunks_exact(4).map(number))
    }

    /// The candidates to which a value of either fst leads, best first.
    pub fn candidates(&self, value: u64) -> impl Iterator<Item = Packed> + use<'d> {
        let (one, many) = match value & 1 {
            0 => (Some(Packed((value >> 1) as u32)), &[][..]),
            _ => (None, list(self.lists, (value >> 1) as usize)),
        };
        one.into_iter().chain(many.chunks_exact(4).map(|bytes| Packed(number(bytes))))
    }

    fn record(&self, index: u32) -> Option<&'d [u8]> {
        let at = index as usize * PLACE;
        self.places.get(at..at + PLACE)
    }
}

fn list(section: &[u8], at: usize) -> &[u8] {
    let count = section.get(at).map_or(0, |count| usize::from(*count));
    section.get(at + 1..at + 1 + 4 * count).unwrap_or_default()
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte))
}

fn signed(bytes: &[u8]) -> i32 {
    ((number(bytes) << 8) as i32) >> 8
}

/// A place to be written.
pub struct NewPlace {
    pub id: u32,
    pub name: String,
    pub kind: RegionKind,
    pub country: Option<[u8; 2]>,
    pub at: Option<(f32, f32)>,
    pub population: u32,
    /// Ids, nearest first.
    pub parents: Vec<u32>,
}

/// A name to be written: its candidates, best first, as place id, kind and flags.
pub type NewNames = std::collections::BTreeMap<String, Vec<(u32, NameKind, u32)>>;

/// The bytes of the file: the same for the same input.
pub fn write(
    text: &str,
    mut places: Vec<NewPlace>,
    names: &NewNames,
    exact: &NewNames,
) -> fst::Result<Vec<u8>> {
    places.sort_by_key(|place| place.id);
    let index = |id: u32| places.binary_search_by_key(&id, |place| place.id).unwrap_or_default() as u32;

    let mut countries: Vec<[u8; 2]> = places.iter().filter_map(|place| place.country).collect();
    countries.push(*b"--");
    countries.sort();
    countries.dedup();
    let (mut records, mut strings, mut parents, mut lists) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut string_at = std::collections::HashMap::new();
    let mut parents_at = std::collections::HashMap::new();
    let mut list_at = std::collections::HashMap::new();
    for place in &places {
        let name_at = *string_at.entry(place.name.as_str()).or_insert_with(|| {
            let at = strings.len() as u32;
            let mut name = place.name.as_str();
            while name.len() > 255 {
                name = &name[..name.char_indices().next_back().map_or(0, |(at, _)| at)];
            }
            strings.push(name.len() as u8);
            strings.extend_from_slice(name.as_bytes());
            at
        });
        let above: Vec<u32> = place.parents.iter().map(|id| index(*id)).collect();
        let parent = match above[..] {
            [] => NONE,
            [one] => one,
            _ => MANY | intern(&mut parents_at, &mut parents, above),
        };
        let country = place.country.unwrap_or(*b"--");
        let (lat, lon) = place.at.unwrap_or_default();
        records.extend_from_slice(&place.id.to_le_bytes());
        records.extend_from_slice(&name_at.to_le_bytes());
        records.push(RegionKind::ALL.iter().position(|kind| *kind == place.kind).unwrap_or_default() as u8);
        records.push(countries.binary_search(&country).unwrap_or_default() as u8);
        records.extend_from_slice(&((lat * DEGREE).round() as i32).to_le_bytes()[..3]);
        records.extend_from_slice(&((lon * DEGREE).round() as i32).to_le_bytes()[..3]);
        records.push(u8::from(place.at.is_some()));
        records.extend_from_slice(&place.population.to_le_bytes());
        records.extend_from_slice(&parent.to_le_bytes());
    }
    let mut map = |names: &NewNames| -> fst::Result<Vec<u8>> {
        let mut map = fst::raw::Builder::memory();
        for (name, candidates) in names {
            let packed: Vec<u32> = candidates
                .iter()
                .take(255)
                .map(|(id, kind, flags)| {
                    let kind = NAME_KINDS.iter().position(|known| known == kind).unwrap_or_default();
                    index(*id) << FLAG_BITS | kind as u32 | flags
                })
                .collect();
            let value = match packed[..] {
                [one] => u64::from(one) << 1,
                _ => u64::from(intern(&mut list_at, &mut lists, packed)) << 1 | 1,
            };
            map.insert(name, value)?;
        }
        map.into_inner()
    };
    let (names, exact) = (map(names)?, map(exact)?);

    let sections =
        [text.as_bytes(), &records, countries.as_flattened(), &strings, &parents, &lists, &names, &exact];
    let mut file = MAGIC.to_vec();
    sections.iter().for_each(|section| file.extend_from_slice(&(section.len() as u32).to_le_bytes()));
    sections.iter().for_each(|section| file.extend_from_slice(section));
    Ok(file)
}

/// Where this list stands in a section; it is added when it is new.
fn intern(
    known: &mut std::collections::HashMap<Vec<u32>, u32>,
    section: &mut Vec<u8>,
    list: Vec<u32>,
) -> u32 {
    *known.entry(list).or_insert_with_key(|list| {
        let at = section.len() as u32;
        section.push(list.len() as u8);
        list.iter().for_each(|number| section.extend_from_slice(&number.to_le_bytes()));
        at
    })
}
