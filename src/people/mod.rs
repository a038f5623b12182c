//! People across articles: which of the names in an index mean one person, and which do not.
//!
//! An article tells who is meant within it; what it writes is a **key**: the fullest name that it gives,
//! with a word of the role and the company it names. This module gathers the keys of a whole index:
//! `Steve Witkoff`, `Steven Witkoff`, and `Witkoff` where no other is known; and it parts the John Smith
//! who coaches a team from the one who sits in a senate. What it joins, it can give a reason for.
//!
//! `keys → name: parsed → link: people`; pure, and cheap enough to be done anew after each change.

mod alias;
mod link;
mod name;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

pub use alias::{Alias, parse as parse_alias};
use name::Name;
pub use name::sound;

/// Parts the name, the role word and the company of a key; stands in no text.
const PART: char = '\u{1f}';

/// One who speaks in an index, under all names that the articles use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// The name to show: the fullest of the most usual ones.
    pub name: String,
    /// What tells this one from others of the same name (`coach`, `Acme`); mostly empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// The keys under which the rows of this person stand, each with the reason for it.
    pub keys: Vec<(String, Joined)>,
}

/// Why a name was taken for a person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Joined {
    /// It is the name shown.
    Same,
    /// A middle name or initial more or less, or `Jr.` where nobody else bears the name.
    Middle,
    /// Another form of the first name: `Steve` for `Steven`, `J.` for `John`.
    FirstName,
    /// Another spelling: `Zelensky`, `Zelenskyy`.
    Spelling,
    /// The surname alone, and hardly anybody else in the index bears it.
    Surname,
    /// The user's own file says so.
    User,
}

impl Joined {
    /// The reason in words.
    pub fn describe(self) -> &'static str {
        match self {
            Joined::Same => "the same name",
            Joined::Middle => "the same name with a middle name more or less",
            Joined::FirstName => "another form of the first name",
            Joined::Spelling => "another spelling of the name",
            Joined::Surname => "the surname alone; hardly anybody else in the index bears it",
            Joined::User => "your own file says so",
        }
    }
}

impl Person {
    /// The name, with what tells it from others of the same name.
    pub fn shown(&self) -> String {
        if self.label.is_empty() { self.name.clone() } else { format!("{} ({})", self.name, self.label) }
    }

    /// The names that the articles use, the shown one first, each once.
    pub fn names(&self) -> Vec<&str> {
        let mut names = vec![self.name.as_str()];
        for (key, _) in &self.keys {
            let name = name_of(key);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

/// The key of a speaker: for a person the name with role word and company, for others the name alone.
pub fn key(name: &str, kind: &str, roles: &[String]) -> String {
    if kind != "person" {
        return name.to_string();
    }
    let word = name::role_word(roles).unwrap_or_default();
    let company = if name::field_of(word) == Some("business") { name::company(roles) } else { String::new() };
    format!("{name}{PART}{word}{PART}{company}")
}

/// The name in a key.
pub fn name_of(key: &str) -> &str {
    key.split(PART).next().unwrap_or(key)
}

/// Everybody in an index who goes by several keys, or shares a name with somebody else.
///
/// Who stands under one key alone needs no entry: the key tells the name.
#[derive(Clone, Debug, Default)]
pub struct People {
    persons: Vec<Person>,
    by_key: HashMap<String, usize>,
}

/// What a name in a question means.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meant {
    /// Keys of all who are meant.
    pub keys: Vec<String>,
    /// Their names, as shown.
    pub shown: Vec<String>,
    /// The name was narrowed by a label, so that rows of other keys are not meant.
    pub narrowed: bool,
}

impl People {
    /// Links the keys of an index; the number with each is how many rows or articles bear it.
    pub fn link(seen: &[(String, usize)]) -> Vec<Person> {
        link::link(seen)
    }

    /// From linked persons, with the user's own aliases laid over them.
    pub fn new(persons: Vec<Person>, aliases: &[Alias]) -> People {
        People { persons, by_key: HashMap::new() }.with(aliases)
    }

    /// The same with the user's own aliases laid over them.
    pub fn with(&self, aliases: &[Alias]) -> People {
        let mut people = People { persons: self.persons.clone(), by_key: HashMap::new() };
        alias::apply(aliases, &mut people.persons);
        for (at, person) in people.persons.iter().enumerate() {
            for (key, _) in &person.keys {
                people.by_key.insert(key.clone(), at);
            }
        }
        people
    }

    /// The person whose rows stand under a key, with the reason why; none when nobody else's do.
    pub fn of(&self, key: &str) -> Option<(&Person, Joined)> {
        let plain = || self.by_key.get(name_of(key));
        let person = &self.persons[*self.by_key.get(key).or_else(plain)?];
        let because = person.keys.iter().find(|(known, _)| known == key || known == name_of(key))?.1;
        Some((person, because))
    }

    /// The name under which rows of a key are gathered.
    pub fn shown(&self, key: &str) -> String {
        self.of(key).map_or_else(|| name_of(key).to_string(), |(person, _)| person.shown())
    }

    /// Whom a name in a question means: everybody one of whose names holds all its words.
    ///
    /// `John Smith (coach)` means only the one of that label.
    pub fn meant(&self, typed: &str) -> Meant {
        let (bare, label) = match typed.trim().strip_suffix(')').and_then(|rest| rest.split_once(" (")) {
            Some((bare, label)) => (bare, label.to_lowercase()),
            None => (typed.trim(), String::new()),
        };
        let wanted = Name::parse(bare);
        let mut meant = Meant::default();
        for person in &self.persons {
            let named = person.names().iter().any(|name| Name::parse(name).holds(&wanted));
            if !named || !label.is_empty() && person.label.to_lowercase() != label {
                continue;
            }
            meant.shown.push(person.shown());
            meant.keys.extend(person.keys.iter().map(|(key, _)| key.clone()));
        }
        meant.narrowed = !label.is_empty() && !meant.keys.is_empty();
        meant
    }
}

#[cfg(test)]
mod tests;
