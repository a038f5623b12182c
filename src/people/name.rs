//! A person's name taken apart, and what makes two of them one.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::gazetteer;
use crate::lang::english as en;

/// A name in its parts, all folded: lower case, no accents, apostrophes or dots.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Name {
    /// First and middle names and initials.
    pub given: Vec<String>,
    /// Surname; of several words when particles belong to it (`von der leyen`).
    pub surname: String,
    /// `jr`, `iii`.
    pub suffix: String,
}

/// Words that begin a surname and are written small.
const PARTICLES: &[&str] = &[
    "van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "du", "la", "le", "bin", "ibn",
    "al", "el", "ter", "ten", "zu",
];
const SUFFIXES: &[&str] = &["jr", "sr", "ii", "iii", "iv"];

impl Name {
    /// Takes a name apart; titles before it and commas are dropped.
    pub(super) fn parse(written: &str) -> Name {
        let folded = gazetteer::key(written);
        let mut words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
        while words.len() > 1 && en::is_title(words[0]) && !NICKNAMES.contains_key(words[0]) {
            words.remove(0);
        }
        let last = words.last().copied().unwrap_or_default();
        let suffix = if words.len() > 1 && SUFFIXES.contains(&last) { words.pop() } else { None };
        let surname = words.len().saturating_sub(1);
        let particles = words[..surname].iter().rev().take_while(|word| PARTICLES.contains(word)).count();
        let surname = surname - particles;
        Name {
            given: words[..surname].iter().map(|word| word.to_string()).collect(),
            surname: words[surname..].join(" "),
            suffix: suffix.unwrap_or_default().to_string(),
        }
    }

    /// True when the name gives more than a surname.
    pub(super) fn is_full(&self) -> bool {
        !self.given.is_empty()
    }

    /// True when the surname is as good as a first name (`Charles`), so that alone it says little.
    pub(super) fn is_first_name(&self) -> bool {
        NICKNAMES.contains_key(self.surname.as_str())
    }

    /// The surname as it sounds, for finding other spellings of it.
    pub(super) fn block(&self) -> String {
        sound(self.surname.rsplit(' ').next().unwrap_or_default())
    }

    /// True when all words of `wanted` are words of this name, in other spellings too.
    pub(super) fn holds(&self, wanted: &Name) -> bool {
        let surname = wanted.surname == self.surname
            || wanted.block() == self.block()
            || !wanted.is_full() && self.given.contains(&wanted.surname);
        let given =
            wanted.given.iter().all(|word| self.given.iter().any(|own| same_first(word, own).is_some()));
        surname && given && !wanted.surname.is_empty()
    }
}

/// How two names of people can be one person's, and how far apart they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    Same,
    Middle,
    FirstName,
    Spelling,
}

/// How two full names can be one person's; none when they cannot.
pub(super) fn fit(a: &Name, b: &Name) -> Option<Fit> {
    // `Jr.` is often left out; whoever is called `Sr.` has a namesake.
    if a.suffix != b.suffix
        && (a.suffix == "sr" || b.suffix == "sr" || !a.suffix.is_empty() && !b.suffix.is_empty())
    {
        return None;
    }
    let first = same_first(a.given.first()?, b.given.first()?)?;
    if !middles_agree(&a.given[1..], &b.given[1..]) {
        return None;
    }
    if a.surname != b.surname {
        // Two surnames of one sound: only with the same first name, and not when they are short.
        let long = a.surname.len().min(b.surname.len()) >= 5;
        return (long && first <= Fit::Middle && a.given[0].len() > 1).then_some(Fit::Spelling);
    }
    let middle = if a == b { Fit::Same } else { Fit::Middle };
    Some(first.max(middle))
}

/// How two first names can be one: alike, an initial, a short form, another spelling.
fn same_first(a: &str, b: &str) -> Option<Fit> {
    if a == b {
        return Some(Fit::Same);
    }
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let initial = short.chars().count() == 1 && long.starts_with(short);
    let nickname = NICKNAMES.get(long).is_some_and(|list| list.contains(&short))
        || NICKNAMES.get(short).is_some_and(|list| list.contains(&long));
    if initial || nickname {
        return Some(Fit::FirstName);
    }
    (short.len() >= 4 && sound(short) == sound(long)).then_some(Fit::Spelling)
}

/// The middle names of the one must not speak against those of the other; the last may be left out.
fn middles_agree(a: &[String], b: &[String]) -> bool {
    let fits = |x: &str, y: &str| {
        let initial = |short: &str, long: &str| short.chars().count() == 1 && long.starts_with(short);
        x == y || initial(x, y) || initial(y, x)
    };
    a.iter().zip(b).all(|(x, y)| fits(x, y))
}

/// A spelling that names with one sound share, in the romanisations that newspapers mix.
pub fn sound(word: &str) -> String {
    let mut word = word.to_string();
    for (from, to) in [
        ("tsch", "c"),
        ("tch", "c"),
        ("sch", "s"),
        ("sh", "s"),
        ("kh", "h"),
        ("ph", "f"),
        ("ck", "k"),
        ("yy", "i"),
        ("iy", "i"),
        ("yi", "i"),
        ("ij", "i"),
        ("ii", "i"),
        ("ou", "u"),
        ("w", "v"),
        ("y", "i"),
    ] {
        word = word.replace(from, to);
    }
    let mut chars: Vec<char> = word.chars().collect();
    chars.dedup();
    chars.into_iter().collect()
}

static NICKNAMES: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    rows(include_str!("../lang/english/nicknames.tsv"))
        .map(|(name, list)| (name, list.split(' ').collect()))
        .collect()
});

static FIELDS: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    rows(include_str!("../lang/english/role_fields.tsv"))
        .flat_map(|(field, words)| words.split(' ').map(move |word| (word, field)))
        .collect()
});

fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table.lines().filter(|row| !row.starts_with('#')).filter_map(|row| row.split_once('\t'))
}

/// The field of work that a role word belongs to.
pub(super) fn field_of(word: &str) -> Option<&'static str> {
    FIELDS.get(word).copied()
}

/// The word that tells most of a person's field of work, over the roles that an article gives.
pub(super) fn role_word(roles: &[String]) -> Option<&'static str> {
    let mut counts: Vec<(&str, usize, &'static str)> = Vec::new();
    for role in roles {
        for word in role.split(|c: char| !c.is_alphanumeric()) {
            let low = word.to_lowercase();
            let Some((word, field)) = FIELDS.get_key_value(low.as_str()) else { continue };
            match counts.iter_mut().find(|(known, ..)| known == field) {
                Some((_, count, _)) => *count += 1,
                None => counts.push((field, 1, word)),
            }
        }
    }
    let best = counts.iter().map(|(_, count, _)| *count).max()?;
    let mut most = counts.iter().filter(|(_, count, _)| *count == best);
    let first = most.next()?;
    // Two fields with equal evidence tell nothing.
    most.next().is_none().then_some(first.2)
}

/// The company that the roles of a business person name, folded; several are joined by `;`.
pub(super) fn company(roles: &[String]) -> String {
    let mut found: Vec<String> = roles.iter().filter_map(|role| company_in(role)).collect();
    found.sort_unstable();
    found.dedup();
    found.join(";")
}

fn company_in(role: &str) -> Option<String> {
    let mut words: Vec<String> = Vec::new();
    for word in role.split(|c: char| c.is_whitespace() || ",;()".contains(c)) {
        let bare = word.trim_end_matches("'s").trim_end_matches("’s").trim_matches('.');
        let low = bare.to_lowercase();
        let plain = !bare.starts_with(char::is_uppercase) && !bare.starts_with(|c: char| c.is_ascii_digit());
        let role_part = field_of(&low).is_some() || en::is_title(&low) || en::is_role_noun(&low);
        let legal = ["inc", "corp", "corporation", "ltd", "plc", "llc", "co", "company", "gmbh", "ag"];
        if plain || role_part || legal.contains(&low.as_str()) || ["The", "A"].contains(&bare) {
            continue;
        }
        words.push(gazetteer::key(bare));
    }
    (!words.is_empty()).then(|| words.join(" "))
}
