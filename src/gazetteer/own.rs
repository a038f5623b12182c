//! The user's own places and names of places, laid over the embedded ones.
//!
//! One line of `places.tsv`, columns parted by tabs:
//!
//! | line | means |
//! |---|---|
//! | `NAME`, latitude, longitude, parent, kind, `OTHER\|NAMES` | a place; all but the name may be empty |
//! | `NAME`, `=`, `KNOWN PLACE` | another name of a place that is known already |

use std::collections::HashMap;

use super::recent::{First, Met};
use super::{Candidate, Gazetteer, Match, NameKind, Region, RegionId, RegionKind, key};

/// First id of a user's places; the ids of our own tables lie below.
const FIRST_ID: u32 = 4_200_000_000;
/// How many ids users' places may have.
const IDS: u32 = 90_000_000;

/// A place that the user added.
#[derive(Clone, Debug)]
struct OwnPlace {
    name: String,
    kind: RegionKind,
    at: Option<(f32, f32)>,
    parent: Option<RegionId>,
}

/// All that the user added.
#[derive(Clone, Debug, Default)]
pub struct Own {
    places: HashMap<RegionId, OwnPlace>,
    /// Key of a name → what it means.
    names: HashMap<String, Vec<Candidate>>,
    /// First word of a key → how many words the names have that begin with it, the longest first.
    lengths: HashMap<String, Vec<usize>>,
}

/// A line that cannot be read: its number in the file, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// As [`crate::user::Line::number`] counts.
    pub number: usize,
    /// What is wrong with it, and what to write instead.
    pub reason: String,
}

impl Gazetteer {
    /// The embedded places with a user's own over them, from the lines of `places.tsv`.
    ///
    /// A later line may name a place of an earlier one as its parent. The id of a place comes from its name
    /// and parent, so it stays the same when the rest of the file changes.
    pub fn with_own(lines: &[crate::user::Line]) -> Result<Gazetteer, Wrong> {
        let mut gazetteer = Gazetteer {
            places: Gazetteer::embedded().places.clone(),
            own: Own::default(),
            first: First::new(),
            met: Met::new(),
        };
        for line in lines {
            let wrong = |reason: String| Wrong { number: line.number, reason };
            gazetteer.add_line(&line.columns).map_err(wrong)?;
        }
        Ok(gazetteer)
    }

    fn add_line(&mut self, columns: &[String]) -> Result<(), String> {
        let column = |at: usize| columns.get(at).map_or("", String::as_str);
        let name = column(0);
        if key(name).is_empty() {
            return Err("the first column must be a name".to_string());
        }
        if column(1) == "=" {
            let known = self.one(column(2))?;
            self.own.call(name, Candidate { region: known, kind: NameKind::Alias });
            return Ok(());
        }
        let at = point(column(1), column(2))?;
        let parent = match column(3) {
            "" => None,
            parent => Some(self.one(parent)?),
        };
        let kind = kind(column(4))?;
        let id = RegionId(FIRST_ID + hash(&format!("{}\t{}", key(name), parent.map_or(0, |id| id.0))) % IDS);
        if let Some(known) = self.own.places.get(&id).filter(|known| key(&known.name) != key(name)) {
            return Err(format!("{name} and {} cannot stand in one file; change one name", known.name));
        }
        self.own.places.insert(id, OwnPlace { name: name.to_string(), kind, at, parent });
        self.own.call(name, Candidate { region: id, kind: NameKind::Name });
        for other in column(5).split('|').map(str::trim).filter(|other| !key(other).is_empty()) {
            self.own.call(other, Candidate { region: id, kind: NameKind::Alias });
        }
        Ok(())
    }

    /// The best known place of a name that a user typed.
    fn one(&self, name: &str) -> Result<RegionId, String> {
        let best = self.lookup(name).first().map(|candidate| candidate.region);
        best.ok_or_else(|| {
            let near = self.suggest(name);
            let hint = match near.is_empty() {
                true => "write a place that is known, or add it on a line above".to_string(),
                false => format!("did you mean {}?", near.join(", ")),
            };
            format!("no place is called “{name}”; {hint}")
        })
    }

    /// True for a place that the user added.
    pub fn is_own(&self, id: RegionId) -> bool {
        self.own.places.contains_key(&id)
    }
}

impl Own {
    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    pub(super) fn region<'g>(&'g self, gazetteer: &'g Gazetteer, id: RegionId) -> Option<Region<'g>> {
        let place = self.places.get(&id)?;
        Some(Region {
            id,
            name: &place.name,
            kind: place.kind,
            country: place.parent.and_then(|parent| gazetteer.region(parent)?.country),
            lat: place.at.map(|at| at.0),
            lon: place.at.map(|at| at.1),
            population: 0,
        })
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = RegionId> + '_ {
        self.places.keys().copied()
    }

    pub(super) fn parent(&self, id: RegionId) -> Option<RegionId> {
        self.places.get(&id)?.parent
    }

    pub(super) fn named(&self, name: &str) -> &[Candidate] {
        self.names.get(&key(name)).map_or(&[], Vec::as_slice)
    }

    /// The longest own name that starts at a byte, which must be the start of a word.
    pub(super) fn longest_match(&self, text: &str, at: usize) -> Option<Match> {
        let rest = text.get(at..)?;
        if self.is_empty() || rest.starts_with(char::is_lowercase) {
            return None;
        }
        let first = first_word(rest);
        let lengths = self.lengths.get(&key(first))?;
        lengths.iter().find_map(|&words| {
            let length = words_end(rest, words)?;
            let written = rest.get(..length)?;
            let bare = written.strip_suffix("'s").or(written.strip_suffix("’s")).unwrap_or(written);
            let tried = [written, bare].into_iter().find(|tried| self.names.contains_key(&key(tried)))?;
            Some(Match { end: at + tried.len(), candidates: self.named(tried).to_vec() })
        })
    }

    fn call(&mut self, name: &str, candidate: Candidate) {
        let key = key(name);
        let known = self.names.entry(key.clone()).or_default();
        if known.iter().any(|known| known.region == candidate.region) {
            return;
        }
        known.push(candidate);
        let words = key.split(' ').count();
        let first = key.split(' ').next().unwrap_or_default().to_string();
        let lengths = self.lengths.entry(first).or_default();
        if !lengths.contains(&words) {
            lengths.push(words);
            lengths.sort_by(|a, b| b.cmp(a));
        }
    }
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '‑' | '–')
}

fn first_word(text: &str) -> &str {
    let end = words_end(text, 1).unwrap_or(text.len());
    let word = &text[..end];
    word.strip_suffix("'s").or(word.strip_suffix("’s")).unwrap_or(word)
}

/// Where the text's first so many words end, without the marks after them.
fn words_end(text: &str, words: usize) -> Option<usize> {
    let mut at = 0;
    for number in 0..words {
        if number > 0 {
            let gap = text[at..].find(|c: char| !is_blank(c))?;
            if gap == 0 || text[at..at + gap].matches('\n').count() > 1 {
                return None;
            }
            at += gap;
        }
        at += text[at..].find(is_blank).unwrap_or(text.len() - at);
    }
    let end = text[..at].trim_end_matches(|c: char| !c.is_alphanumeric()).len();
    (end > 0).then_some(end)
}

fn point(lat: &str, lon: &str) -> Result<Option<(f32, f32)>, String> {
    if lat.is_empty() && lon.is_empty() {
        return Ok(None);
    }
    let degrees = |text: &str, most: f32, what: &str| match text.parse::<f32>() {
        Ok(degrees) if degrees.abs() <= most => Ok(degrees),
        _ => Err(format!("“{text}” is no {what}; write degrees from -{most} to {most}, or leave both empty")),
    };
    Ok(Some((degrees(lat, 90.0, "latitude")?, degrees(lon, 180.0, "longitude")?)))
}

fn kind(name: &str) -> Result<RegionKind, String> {
    if name.is_empty() {
        return Ok(RegionKind::City);
    }
    let kind = RegionKind::ALL.into_iter().find(|kind| kind.name() == name.to_lowercase());
    kind.ok_or_else(|| {
        let names: Vec<&str> = RegionKind::ALL.iter().map(|kind| kind.name()).collect();
        format!("“{name}” is no kind of place; write one of {}", names.join(", "))
    })
}

/// FNV-1a: the same on every machine and in every version.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user::Line;

    fn lines(text: &str) -> Vec<Line> {
        let cells = |line: &str| line.split('\t').map(str::to_string).collect();
        text.lines().enumerate().map(|(at, line)| Line { number: at + 1, columns: cells(line) }).collect()
    }

    fn read(text: &str) -> Gazetteer {
        Gazetteer::with_own(&lines(text)).unwrap()
    }

    #[test]
    fn a_place_is_known_under_all_its_names_and_lies_where_it_was_put() {
        let places =
            read("Ludgate Mill\t51.2\t-0.4\tSurrey, United Kingdom\tcity\tLudgate Works|The Mill Quarter");
        for name in ["Ludgate Mill", "LUDGATE WORKS", "Ludgate Mill, Surrey", "Ludgate Mill, United Kingdom"]
        {
            let found = places.lookup(name);
            assert!(places.is_own(found[0].region), "{name}: {found:?}");
        }
        let id = places.lookup("Ludgate Mill")[0].region;
        let above: Vec<String> = places.ancestors(id).iter().map(|id| places.full_name(*id)).collect();
        assert!(above.iter().any(|name| name == "Europe"), "{above:?}");
        assert_eq!(places.region(id).and_then(|region| region.country), Some("GB"));
        assert_eq!(places.lookup(&places.full_name(id))[0].region, id);
    }

    #[test]
    fn a_name_is_found_in_running_text_as_long_as_it_is() {
        let places = read("Ludgate Mill\t\t\tSurrey, United Kingdom\nLudgate\t\t\tSurrey, United Kingdom");
        let hit = |text: &str| places.longest_match(text, 0).map(|hit| text[..hit.end].to_string());
        assert_eq!(hit("Ludgate Mill’s gates"), Some("Ludgate Mill".to_string()));
        assert_eq!(hit("Ludgate, they said"), Some("Ludgate".to_string()));
        assert_eq!(hit("Ludgate-Mill."), Some("Ludgate-Mill".to_string()));
        assert_eq!(hit("Paris"), Some("Paris".to_string()));
    }

    #[test]
    fn another_name_of_a_known_place() {
        let places = read("Gotham\t=\tNew York, United States");
        assert_eq!(places.lookup("Gotham")[0].region, places.lookup("New York, United States")[0].region);
    }

    #[test]
    fn ids_stay_when_lines_are_added() {
        let one = read("Mill\t1\t2\tFrance");
        let two = read("Other\t1\t2\tFrance\nMill\t3\t4\tFrance");
        assert_eq!(one.lookup("Mill, France")[0], two.lookup("Mill, France")[0]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (line, told) in [
            ("Mill\tnorth\t2\tFrance", "“north” is no latitude"),
            ("Mill\t1\t200\tFrance", "“200” is no longitude"),
            ("Mill\t1\t2\tFranse", "did you mean France"),
            ("Mill\t1\t2\tFrance\thamlet", "“hamlet” is no kind of place; write one of continent"),
            ("Mill\t=\tNowhereville", "no place is called “Nowhereville”"),
            ("\t1\t2\tFrance", "the first column must be a name"),
        ] {
            let wrong = Gazetteer::with_own(&lines(&format!("Old Mill\t\t\tFrance\n{line}"))).err().unwrap();
            assert_eq!(wrong.number, 2, "{line}");
            assert!(wrong.reason.contains(told), "{line}: {}", wrong.reason);
        }
    }
}
