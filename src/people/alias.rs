//! The user's own word on who is who: lines of `people.tsv`, laid over what was linked.

use super::name::Name;
use super::{Joined, Person, name_of};

/// One line of the user's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alias {
    /// All these names mean one person; the first is the one to show.
    Same(Vec<String>),
    /// These two names mean two people.
    Apart(String, String),
}

/// Reads the columns of a line: `same NAME NAME…` or `apart NAME NAME`; says what is wrong with it.
pub fn parse(columns: &[String]) -> Result<Alias, String> {
    let names: Vec<String> = columns[1..].iter().filter(|name| !name.is_empty()).cloned().collect();
    match (columns[0].as_str(), names.as_slice()) {
        ("same", [_, _, ..]) => Ok(Alias::Same(names)),
        ("same", _) => Err("`same` needs two names or more, parted by tabs".to_string()),
        ("apart", [one, other]) => Ok(Alias::Apart(one.clone(), other.clone())),
        ("apart", _) => Err("`apart` needs two names, parted by tabs".to_string()),
        (other, _) => Err(format!("“{other}” is neither `same` nor `apart`; columns are parted by tabs")),
    }
}

/// Lays aliases over linked people: first what is apart is parted, then what is the same is joined.
pub(super) fn apply(aliases: &[Alias], people: &mut Vec<Person>) {
    for alias in aliases {
        if let Alias::Apart(one, other) = alias {
            part(one, other, people);
        }
    }
    for alias in aliases {
        if let Alias::Same(names) = alias {
            join(names, people);
        }
    }
}

/// Keys of the second name leave a person who also has keys of the first.
fn part(one: &str, other: &str, people: &mut Vec<Person>) {
    let (one, other) = (Name::parse(one), Name::parse(other));
    let mut parted = Vec::new();
    for person in people.iter_mut() {
        let of = |key: &str, name: &Name| Name::parse(name_of(key)) == *name;
        let both = [&one, &other].iter().all(|name| person.keys.iter().any(|(key, _)| of(key, name)));
        if !both {
            continue;
        }
        let (leave, stay) =
            std::mem::take(&mut person.keys).into_iter().partition(|(key, _)| of(key, &other));
        person.keys = stay;
        let leave: Vec<(String, Joined)> = leave;
        if Name::parse(&person.name) == other {
            person.name = person.keys.first().map(|(key, _)| name_of(key).to_string()).unwrap_or_default();
        }
        let name = leave.first().map(|(key, _)| name_of(key).to_string()).unwrap_or_default();
        let keys = leave.into_iter().map(|(key, _)| (key, Joined::User)).collect();
        parted.push(Person { name, label: String::new(), keys });
    }
    people.extend(parted);
}

/// Everybody who bears one of the names becomes one person under the first name.
fn join(names: &[String], people: &mut Vec<Person>) {
    let wanted: Vec<Name> = names.iter().map(|name| Name::parse(name)).collect();
    let bears = |person: &Person| {
        let shown = names.contains(&person.shown());
        shown
            || person.label.is_empty()
                && person.names().iter().any(|name| wanted.contains(&Name::parse(name)))
    };
    let (mine, rest): (Vec<Person>, Vec<Person>) = std::mem::take(people).into_iter().partition(bears);
    *people = rest;
    let mut keys: Vec<(String, Joined)> = mine.into_iter().flat_map(|person| person.keys).collect();
    // A name that stands under one key alone has no entry yet; its bare name finds every key of it.
    for name in names {
        if !keys.iter().any(|(key, _)| key == name) {
            keys.push((name.clone(), Joined::User));
        }
    }
    for (key, because) in &mut keys {
        if Name::parse(name_of(key)) != wanted[0] && *because == Joined::Same {
            *because = Joined::User;
        }
    }
    people.push(Person { name: names[0].clone(), label: String::new(), keys });
}
