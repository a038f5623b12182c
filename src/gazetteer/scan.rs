//! Names in running text: where the longest one ends.

use super::file::{self, Packed};
use super::fold::{Class, class, fold_letter};
use super::recent::{Begun, Node};
use super::{Candidate, Gazetteer, Match, NameKind, RegionKind};

/// Words for units, as in `Kherson region`, that lead to the unit of the name before them.
pub(super) const UNIT_WORDS: &[&str] = &[
    "region",
    "oblast",
    "province",
    "governorate",
    "state",
    "county",
    "district",
    "prefecture",
    "department",
    "raion",
    "krai",
    "republic",
    "canton",
    "emirate",
    "voivodeship",
    "division",
    "territory",
    "municipality",
];

/// The kinds of place that a word asks for.
pub(crate) fn type_word(word: &str) -> Option<&'static [RegionKind]> {
    use RegionKind::{Adm1, Adm2, City, Continent, Country, Informal, Macro, Subcontinent, Territory, Water};
    Some(match word.strip_suffix('s').unwrap_or(word) {
        "country" | "nation" | "kingdom" => &[Country, Territory],
        "city" | "town" | "village" | "settlement" | "municipality" | "borough" => &[City],
        "region" | "area" => &[Adm1, Adm2, Informal, Macro, Subcontinent],
        "peninsula" | "strip" | "valley" | "island" => &[Informal, Territory, Adm1, Macro],
        "sea" | "river" | "strait" | "lake" | "ocean" | "gulf" | "water" => &[Water],
        "continent" => &[Continent],
        "republic" => &[Adm1, Country],
        "state" => &[Adm1],
        "territory" | "dependency" => &[Territory, Adm1, Informal],
        word if UNIT_WORDS.contains(&word)
            || matches!(word, "governate" | "rayon" | "okrug" | "adm1" | "adm2") =>
        {
            &[Adm1, Adm2]
        }
        _ => return None,
    })
}

/// True for `northern` and its like, in key form: a part of a place leads to the place.
pub(crate) fn is_direction(word: &str) -> bool {
    let way = word.strip_suffix("ern").unwrap_or(word);
    let ways = ["north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest"];
    ways.contains(&way)
        || matches!(word, "central" | "upper" | "lower" | "greater" | "mainland" | "rural" | "occupied")
}

/// The same words, as far as they lengthen a name in running text.
fn unit_word(word: &str) -> Option<&'static str> {
    let unit = match word {
        "governate" => "governorate",
        "rayon" | "okrug" => "raion",
        word => UNIT_WORDS.iter().find(|unit| **unit == word)?,
    };
    // `Moscow City municipality`, `Texas Republic`: too loose to lengthen a name.
    (!matches!(unit, "municipality" | "republic" | "division" | "department" | "territory")).then_some(unit)
}

/// Longer words that may stand in a name without a capital.
const PARTICLES: &[&str] =
    &["upon", "under", "over", "della", "delle", "dello", "degli", "dell", "sous", "near", "before", "next"];

/// Most names that can end one after another in the same words; more are not looked at.
const ENDS: usize = 8;

/// When a name that is also an ordinary word counts as a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ordinary {
    Never,
    /// With what holds it after it: `Police, Poland`.
    Qualified,
    /// The caller knows that a place is named.
    Always,
}

impl Gazetteer {
    /// The longest name that starts at byte `at`, which must be the start of a word, and ends with a word.
    ///
    /// The first letter must be a capital, unless an Arabic article stands there (`al-Hasakah`). A possessive
    /// `'s`, a hyphen (`Russia-backed`) or a full stop ends a name; the dots of `U.S.` belong to it. A name
    /// that is also an ordinary word counts only with a qualifier: `Police, Poland`. `Kherson region` is one
    /// name, and leads to the region alone.
    pub fn longest_match(&self, text: &str, at: usize) -> Option<Match> {
        self.longest_of(text, at, Ordinary::Qualified)
    }

    /// The same where it is known that a place is named, so that `Clinton` need not be qualified.
    pub fn longest_place(&self, text: &str, at: usize) -> Option<Match> {
        self.longest_of(text, at, Ordinary::Always)
    }

    /// The states and provinces that a postal code or another short form names: `TX`, `WA`.
    pub fn short_form(&self, code: &str) -> Vec<Candidate> {
        let short = self.keyed(&super::key(code)).filter(|packed| packed.kind() == NameKind::Abbreviation);
        short.map(|packed| self.candidate(packed)).collect()
    }

    fn longest_of(&self, text: &str, at: usize, ordinary: Ordinary) -> Option<Match> {
        let embedded = self.longest(text, at, ordinary).map(|(end, found)| Match {
            end,
            candidates: found.into_iter().map(|packed| self.candidate(packed)).collect(),
        });
        match (self.own.longest_match(text, at), embedded) {
            (Some(mut own), Some(embedded)) if own.end == embedded.end => {
                own.candidates =
                    own.candidates.into_iter().chain(embedded.candidates).fold(Vec::new(), super::once);
                Some(own)
            }
            (Some(own), Some(embedded)) if own.end < embedded.end => Some(embedded),
            (Some(own), _) => Some(own),
            (None, embedded) => embedded,
        }
    }

    /// As above, without the user's own.
    fn longest(&self, text: &str, at: usize, ordinary: Ordinary) -> Option<(usize, Vec<Packed>)> {
        let rest = text.get(at..)?;
        if !may_start(rest) {
            return None;
        }
        let begun = self.first.begun(rest, |word| self.begun(word));
        if begun.is_some_and(|(_, begun)| begun == Begun::default()) {
            return None;
        }
        let may_be_short = begun.is_none_or(|(_, begun)| begun.exact);
        let short = if may_be_short { self.abbreviation(rest) } else { None };
        let mut ends = [(0, 0); ENDS];
        let mut count = 0;
        let from = match begun {
            Some((word, begun)) => begun.names.map(|node| (node, word.len())),
            None => Some((Node { address: self.places.names.root().addr(), output: 0 }, 0)),
        };
        if let Some(from) = from {
            self.walk(rest, from, |end, value| {
                if count < ENDS {
                    ends[count] = (end, value);
                    count += 1;
                }
            });
        }
        let name = ends[..count].iter().rev().find_map(|(end, value)| {
            let found: Vec<Packed> = self
                .places
                .candidates(*value)
                .filter(|packed| self.counts(*packed, text, at, at + end, ordinary))
                .collect();
            (!found.is_empty()).then_some((*end, found))
        });
        let (end, mut found) = match (short, name) {
            (Some((short_end, value)), name) => {
                let shorts: Vec<Packed> = self.places.candidates(value).collect();
                match name {
                    Some((end, names)) if end > short_end => (end, names),
                    Some((end, names)) if end == short_end => {
                        (end, shorts.into_iter().chain(names).fold(Vec::new(), super::distinct))
                    }
                    _ => return Some((at + short_end, shorts)),
                }
            }
            (None, name) => name?,
        };
        let mut end = at + end;
        // The last dot of `Washington D.C.`
        let dotted = text[..end].char_indices().rev().nth(1).is_some_and(|(_, c)| c == '.');
        if dotted && text[end..].starts_with('.') {
            end += 1;
        }
        if let Some((long_end, units)) = self.unit(text, at, end, &found) {
            (end, found) = (long_end, units);
        }
        Some((end, found))
    }

    /// Which names and abbreviations are this word or go on behind it.
    fn begun(&self, word: &str) -> Begun {
        let mut folded = String::with_capacity(word.len());
        word.chars().for_each(|c| fold_letter(c, |letter| folded.push(letter)));
        Begun { names: begun(&self.places.names, &folded), exact: begun(&self.places.exact, word).is_some() }
    }

    /// Walks the names along the text, from behind so many letters that lead to a node, and reports each that
    /// ends with a word.
    fn walk(&self, rest: &str, (from, letters): (Node, usize), mut report: impl FnMut(usize, u64)) {
        let names = &self.places.names;
        let mut node = names.node(from.address);
        let mut output = from.output;
        if letters > 0 && node.is_final() && ends_word(&rest[letters..]) {
            report(letters, output + node.final_output().value());
        }
        let mut chars = rest[letters..].char_indices().map(|(at, c)| (letters + at, c)).peekable();
        let (mut letters, mut parts) = (letters, 0);
        let mut apostrophe = None;
        let mut bytes = [0; 4];
        while let Some((at, c)) = chars.next() {
            let mut fed = true;
            let mut feed = |c: char| {
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    let arc = if fed { node.find_input(byte) } else { None };
                    let Some(arc) = arc.map(|arc| node.transition(arc)) else {
                        fed = false;
                        return;
                    };
                    output += arc.out.value();
                    node = names.node(arc.addr);
                }
            };
            match class(c) {
                Class::Word => {
                    fold_letter(c, &mut feed);
                    letters += 1;
                }
                Class::Mark => {}
                Class::Apostrophe => {
                    if !chars.peek().is_some_and(|(_, next)| class(*next) == Class::Word) {
                        return;
                    }
                    apostrophe = Some(at + c.len_utf8());
                    continue;
                }
                Class::Other if c == '.' && (1..=4).contains(&letters) => {
                    match chars.peek().map(|(_, next)| class(*next)) {
                        Some(Class::Word) if letters > 1 => {
                            feed(' ');
                            letters = 0;
                        }
                        Some(Class::Word | Class::Blank) => {}
                        _ => return,
                    }
                    if !fed {
                        return;
                    }
                    continue;
                }
                Class::Other if c == '&' => "and".chars().for_each(&mut feed),
                Class::Blank | Class::Hyphen => {
                    let mut line_ends = u8::from(c == '\n');
                    let mut last = c;
                    while let Some((_, next)) =
                        chars.next_if(|(_, next)| class(*next) == Class::Blank && class(last) == Class::Blank)
                    {
                        line_ends += u8::from(next == '\n');
                        last = next;
                    }
                    let Some((next_at, next)) = chars.peek().copied() else { return };
                    let joins = match class(next) {
                        Class::Word => may_go_on(&rest[next_at..]),
                        Class::Apostrophe => true,
                        Class::Other => next == '&',
                        _ => false,
                    };
                    if !joins || line_ends > 1 {
                        return;
                    }
                    feed(' ');
                    (letters, parts) = (0, parts + 1);
                }
                Class::Other => return,
            }
            if !fed {
                return;
            }
            if node.is_final() {
                let end = at + c.len_utf8();
                // `America's` is not the Americas; `St. John's` is a name.
                let possessive = apostrophe == Some(at) && parts == 0;
                if !possessive && ends_word(&rest[end..]) {
                    report(end, output + node.final_output().value());
                }
            }
        }
    }

    /// The longest abbreviation that the text starts with, as written.
    fn abbreviation(&self, rest: &str) -> Option<(usize, u64)> {
        let exact = &self.places.exact;
        let mut node = exact.root();
        let mut output = 0;
        let mut best = None;
        for (at, byte) in rest.bytes().enumerate() {
            let Some(arc) = node.find_input(byte) else { break };
            let arc = node.transition(arc);
            output += arc.out.value();
            node = exact.node(arc.addr);
            let end = at + 1;
            if node.is_final()
                && rest.get(end..).is_some_and(|after| {
                    byte == b'.' && !after.starts_with(char::is_alphanumeric) || ends_word(after)
                })
            {
                best = Some((end, output + node.final_output().value()));
            }
        }
        best
    }

    /// True when a name counts where it stands.
    fn counts(&self, packed: Packed, text: &str, start: usize, end: usize, ordinary: Ordinary) -> bool {
        let qualified = || ordinary == Ordinary::Qualified && self.is_qualified(packed, text, end);
        let shouted =
            || self.is_shouted(packed) || opens_dateline(&text[..start], &text[end..]) || qualified();
        packed.kind() != NameKind::Abbreviation
            && !packed.has(file::ASKED)
            && (!packed.has(file::AFTER_THE) || after_the(&text[..start]))
            && (!packed.has(file::QUALIFIED) || ordinary == Ordinary::Always || qualified())
            && (!is_acronym(&text[start..end]) || shouted())
    }

    /// True for a place so well known that a headline or dateline in capitals may mean it: `IRAN`, `PARIS`, but
    /// not `NATO` in the Philippines or `HIV` in Iran.
    fn is_shouted(&self, packed: Packed) -> bool {
        match self.places.kind(packed.place()) {
            Some(RegionKind::City | RegionKind::Adm1 | RegionKind::Adm2) => {
                self.places.population(packed.place()) >= 200_000 && packed.kind() == NameKind::Name
                    || self.places.population(packed.place()) >= 1_000_000
            }
            _ => packed.kind() == NameKind::Name,
        }
    }

    /// `, Poland` after the name of a Polish place; `, PA` and ` (Pa.)` as well.
    fn is_qualified(&self, packed: Packed, text: &str, end: usize) -> bool {
        let Some(after) = [", ", " ("].iter().find_map(|sign| text[end..].strip_prefix(sign)) else {
            return false;
        };
        let holds = |outer: &Packed| self.holds(outer.place(), packed.place());
        let code = after.split(|c: char| !c.is_ascii_alphabetic()).next().filter(|word| is_code(word));
        if let Some(code) = code {
            let short = self.keyed(&super::key(code)).filter(|short| short.kind() == NameKind::Abbreviation);
            if short.into_iter().any(|outer| holds(&outer)) {
                return true;
            }
        }
        let start = text.len() - after.len();
        self.longest(text, start, Ordinary::Never).is_some_and(|(_, outer)| outer.iter().any(holds))
    }

    /// The unit that a word after the name asks for.
    fn unit(&self, text: &str, start: usize, end: usize, found: &[Packed]) -> Option<(usize, Vec<Packed>)> {
        let after = text[end..].strip_prefix([' ', '\u{a0}'])?;
        let length = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let written = after.get(..length).filter(|word| word.len() <= 12)?;
        let unit = unit_word(&written.to_ascii_lowercase())?;
        let names_place = |packed: &Packed| matches!(packed.kind(), NameKind::Name | NameKind::Alias);
        if !ends_word(&after[length..]) || !found.iter().any(names_place) {
            return None;
        }
        let is_city = |packed: &&Packed| self.places.kind(packed.place()) == Some(RegionKind::City);
        let best_city =
            found.iter().filter(is_city).map(|packed| self.places.population(packed.place())).max();
        // `Texas state police`: the word tells nothing apart; `Washington state` does. `Wichita State` plays.
        if unit == "state" && (best_city.unwrap_or(0) < 100_000 || written != unit) {
            return None;
        }
        let units = self.typed(&super::key(&text[start..end]), unit);
        (!units.is_empty()).then(|| (text.len() - after.len() + length, units))
    }
}

/// True for two or three capitals, as postal codes are written.
pub(crate) fn is_code(word: &str) -> bool {
    (2..=3).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// True where a line begins and goes on with a dash, whether or not the agency stands before it: `PARIS (AP) —`.
fn opens_dateline(before: &str, after: &str) -> bool {
    let agency = after.strip_prefix(" (").and_then(|after| after.split_once(')'));
    let after = agency.filter(|(agency, _)| agency.len() < 20).map_or(after, |(_, after)| after);
    (before.is_empty() || before.ends_with('\n'))
        && [" --", " —", " –", " - "].iter().any(|dash| after.starts_with(dash))
}

/// True for a word of at most five letters, all capitals.
fn is_acronym(word: &str) -> bool {
    (2..=5).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// True when a name may start here: a capital, a digit, a letter of a script without capitals, or an Arabic
/// article before one of these.
fn may_start(rest: &str) -> bool {
    let mut chars = rest.chars();
    let Some(first) = chars.next() else { return false };
    if !first.is_lowercase() {
        return first.is_alphanumeric() || class(first) == Class::Apostrophe;
    }
    let capital = |after: &str| after.starts_with(char::is_uppercase);
    ["al", "el", "as", "ash", "ad", "an", "ar", "at", "ath", "az", "ez", "es", "et"].iter().any(|article| {
        rest.strip_prefix(article).is_some_and(|after| {
            after.strip_prefix('-').is_some_and(capital)
                || matches!(*article, "al" | "el") && after.strip_prefix(' ').is_some_and(capital)
        })
    })
}

/// Where the keys are that are this word, or go on with anything but a letter.
fn begun<D: AsRef<[u8]>>(keys: &fst::raw::Fst<D>, word: &str) -> Option<Node> {
    let mut node = keys.root();
    let mut output = 0;
    for byte in word.bytes() {
        let arc = node.transition(node.find_input(byte)?);
        output += arc.out.value();
        node = keys.node(arc.addr);
    }
    let mut next = node.transitions();
    let goes_on = node.is_final() || next.any(|arc| !arc.inp.is_ascii_alphanumeric());
    goes_on.then(|| Node { address: node.addr(), output })
}

/// True when the word that starts here may stand inside a name: a capital, or a short or linking word.
fn may_go_on(word: &str) -> bool {
    if !word.starts_with(char::is_lowercase) {
        return true;
    }
    let length = word.find(|c: char| !c.is_alphanumeric()).unwrap_or(word.len());
    length <= 3 || PARTICLES.contains(&&word[..length])
}

/// True when a word has ended before this text.
fn ends_word(after: &str) -> bool {
    let mut chars = after.chars();
    let Some(next) = chars.next() else { return true };
    let then = chars.next().map(class);
    match class(next) {
        Class::Word | Class::Mark => false,
        Class::Apostrophe => {
            then != Some(Class::Word)
                || after.chars().nth(1).is_some_and(|c| c.eq_ignore_ascii_case(&'s'))
                    && after.chars().nth(2).map(class) != Some(Class::Word)
        }
        // `paris.com` is no Paris, `U.S.A` no `U.S`.
        Class::Other if matches!(next, '.' | '@' | '$') => next == '.' && then != Some(Class::Word),
        _ => true,
    }
}

/// True when the text ends with `the` and one blank.
fn after_the(before: &str) -> bool {
    let before = before.trim_end_matches([' ', '\u{a0}', '\n']);
    let Some(start) = before.len().checked_sub(3) else { return false };
    before.get(start..).is_some_and(|word| word.eq_ignore_ascii_case("the"))
        && !before[..start].ends_with(char::is_alphanumeric)
}
