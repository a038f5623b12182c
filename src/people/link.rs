//! Linking the keys of an index: forms of one name are joined, people of one name are parted.

use std::collections::BTreeMap;

use super::name::{Fit, Name, field_of, fit};
use super::{Joined, PART, Person, name_of};

/// Share of a surname's rows that one person must have for the bare surname to mean them.
const MOSTLY: f64 = 0.8;

/// Fields of work that people hardly change to or from; others say nothing about two people.
const APART: &[&str] = &["sport", "arts", "faith"];

/// One way to write a full name, and the keys that do.
#[derive(Clone, Debug)]
struct Form {
    name: Name,
    shown: String,
    count: usize,
    keys: Vec<Key>,
}

#[derive(Clone, Debug)]
struct Key {
    text: String,
    count: usize,
    because: Joined,
}

/// See [`super::People::link`].
pub(super) fn link(seen: &[(String, usize)]) -> Vec<Person> {
    let mut people: Vec<Person> = blocks(seen).into_values().flat_map(link_block).collect();
    people.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.label.cmp(&b.label)));
    people
}

/// Forms by the sound of their surname.
fn blocks(seen: &[(String, usize)]) -> BTreeMap<String, Vec<Form>> {
    let mut forms: BTreeMap<Name, Form> = BTreeMap::new();
    for (text, count) in seen.iter().filter(|(text, _)| text.contains(PART)) {
        let shown = name_of(text);
        let name = Name::parse(shown);
        let key = Key { text: text.clone(), count: *count, because: Joined::Same };
        let form = forms.entry(name.clone()).or_insert_with(|| Form {
            name,
            shown: shown.to_string(),
            count: 0,
            keys: Vec::new(),
        });
        if better(shown, *count, form) {
            form.shown = shown.to_string();
        }
        form.count += count;
        form.keys.push(key);
    }
    let mut blocks: BTreeMap<String, Vec<Form>> = BTreeMap::new();
    for form in forms.into_values().filter(|form| !form.name.surname.is_empty()) {
        blocks.entry(form.name.block()).or_default().push(form);
    }
    blocks
}

/// A spelling is better to show when it is not shouted, then when it is more usual.
fn better(shown: &str, count: usize, form: &Form) -> bool {
    let shouted = |text: &str| !text.chars().any(char::is_lowercase);
    let most = form.keys.iter().map(|key| key.count).max().unwrap_or(0);
    (!shouted(shown), count) > (!shouted(&form.shown), most)
}

/// Everybody of one surname.
fn link_block(forms: Vec<Form>) -> Vec<Person> {
    let (full, bare): (Vec<Form>, Vec<Form>) = forms.into_iter().partition(|form| form.name.is_full());
    let mut clusters = join(full);
    for form in bare {
        match owner(&form, &clusters) {
            Some(at) => {
                let keys = form.keys.into_iter().map(|key| Key { because: Joined::Surname, ..key });
                clusters[at].keys.extend(keys);
            }
            None => {
                clusters.push(Cluster { names: vec![form.name], shown: form.shown, full: 0, keys: form.keys })
            }
        }
    }
    clusters.into_iter().flat_map(part).collect()
}

/// Forms that were taken for one person's.
struct Cluster {
    names: Vec<Name>,
    shown: String,
    /// Rows that give the full name.
    full: usize,
    keys: Vec<Key>,
}

/// Joins full names, the fullest first; one that fits several people is left alone unless one of them
/// outweighs the others.
fn join(mut forms: Vec<Form>) -> Vec<Cluster> {
    let initials = |form: &Form| form.name.given.iter().filter(|name| name.chars().count() == 1).count();
    forms.sort_by(|a, b| {
        let depth = |form: &Form| (form.name.given[0].chars().count() > 1, form.name.given.len());
        depth(b)
            .cmp(&depth(a))
            .then(initials(a).cmp(&initials(b)))
            .then(b.count.cmp(&a.count))
            .then(a.name.cmp(&b.name))
    });
    let mut clusters: Vec<Cluster> = Vec::new();
    let mut most: Vec<usize> = Vec::new();
    for form in forms {
        let fits: Vec<(usize, Fit)> = clusters
            .iter()
            .enumerate()
            .filter_map(|(at, cluster)| Some((at, fit_all(&form.name, cluster)?)))
            .filter(|(at, fit)| *fit == Fit::Same || !estranged(&form.keys, &clusters[*at].keys))
            .collect();
        match one_of(&fits, &clusters) {
            Some((at, fit)) => {
                let because = reason(fit);
                let cluster = &mut clusters[at];
                if form.count > most[at] {
                    most[at] = form.count;
                    cluster.shown = form.shown.clone();
                }
                cluster.full += form.count;
                cluster.keys.extend(form.keys.into_iter().map(|key| Key { because, ..key }));
                cluster.names.push(form.name);
            }
            None => {
                most.push(form.count);
                clusters.push(Cluster {
                    names: vec![form.name],
                    shown: form.shown,
                    full: form.count,
                    keys: form.keys,
                });
            }
        }
    }
    clusters
}

/// How a name fits everybody's names in a cluster: the loosest of the fits, none when one speaks against it.
fn fit_all(name: &Name, cluster: &Cluster) -> Option<Fit> {
    let fits = cluster.names.iter().map(|other| fit(name, other));
    // A short form may fit the one full form and stand beside another short form (Steve, S., Steven).
    let core = fit(name, &cluster.names[0])?;
    let against = |other: &Name| {
        let long = |name: &Name| name.given[0].chars().count() > 1;
        long(name)
            && long(other)
            && fit(name, other).is_none()
            && fit(&cluster.names[0], other) < Some(Fit::FirstName)
    };
    if cluster.names.iter().any(against) {
        return None;
    }
    fits.flatten().min().map(|best| best.max(Fit::Same)).or(Some(core))
}

/// The only cluster that fits, or the one that outweighs all others together.
fn one_of(fits: &[(usize, Fit)], clusters: &[Cluster]) -> Option<(usize, Fit)> {
    let all: usize = fits.iter().map(|(at, _)| clusters[*at].full).sum();
    let (at, fit) = *fits.iter().max_by_key(|(at, _)| clusters[*at].full)?;
    (clusters[at].full as f64 >= MOSTLY * all as f64).then_some((at, fit))
}

/// Who a bare surname means, if nearly all who give that surname in full mean one person.
fn owner(form: &Form, clusters: &[Cluster]) -> Option<usize> {
    let of_name = |cluster: &&(usize, &Cluster)| {
        cluster.1.full > 0 && cluster.1.names.iter().any(|name| name.surname == form.name.surname)
    };
    let numbered: Vec<(usize, &Cluster)> = clusters.iter().enumerate().collect();
    let bearers: Vec<&(usize, &Cluster)> = numbered.iter().filter(of_name).collect();
    let all: usize = bearers.iter().map(|(_, cluster)| cluster.full).sum();
    let (at, best) = bearers.into_iter().max_by_key(|(_, cluster)| cluster.full)?;
    let known = best.full > 1 && !form.name.is_first_name()
        || fields(&form.keys).any(|field| fields(&best.keys).any(|other| other == field));
    let mostly = best.full as f64 >= MOSTLY * all as f64;
    (mostly && known && !estranged(&form.keys, &best.keys)).then_some(*at)
}

/// The fields of work that keys name.
fn fields(keys: &[Key]) -> impl Iterator<Item = &'static str> + '_ {
    keys.iter().filter_map(|key| field_of(role_of(&key.text)))
}

/// True when two sets of keys both name fields of work, and none that they share: enough against
/// joining names that are not written alike.
fn estranged(one: &[Key], other: &[Key]) -> bool {
    let mut mine = fields(one).peekable();
    let mut theirs = fields(other).peekable();
    mine.peek().is_some()
        && theirs.peek().is_some()
        && !fields(one).any(|field| fields(other).any(|known| known == field))
}

fn reason(fit: Fit) -> Joined {
    match fit {
        Fit::Same => Joined::Same,
        Fit::Middle => Joined::Middle,
        Fit::FirstName => Joined::FirstName,
        Fit::Spelling => Joined::Spelling,
    }
}

/// One person, or several of one name when their fields of work or companies speak against one.
fn part(cluster: Cluster) -> Vec<Person> {
    let mut parts: Vec<Vec<Key>> = Vec::new();
    let (silent, telling): (Vec<Key>, Vec<Key>) =
        cluster.keys.into_iter().partition(|key| role_of(&key.text).is_empty());
    for key in telling {
        let (mut same, other): (Vec<Vec<Key>>, Vec<Vec<Key>>) =
            parts.into_iter().partition(|part| part.iter().any(|known| agree(&known.text, &key.text)));
        same.push(vec![key]);
        parts = other;
        parts.push(same.concat());
    }
    if parts.len() < 2 {
        let keys: Vec<Key> = parts.into_iter().flatten().chain(silent).collect();
        return person(&cluster.shown, String::new(), keys)
            .filter(|person| person.keys.len() > 1)
            .into_iter()
            .collect();
    }
    // Rows that name no role could be either's, and stay by themselves.
    let mut people: Vec<Person> =
        parts.into_iter().filter_map(|keys| person(&cluster.shown, label(&keys), keys)).collect();
    people.extend(person(&cluster.shown, String::new(), silent));
    people
}

fn person(shown: &str, label: String, mut keys: Vec<Key>) -> Option<Person> {
    keys.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.text.cmp(&b.text)));
    let keys: Vec<(String, Joined)> = keys.into_iter().map(|key| (key.text, key.because)).collect();
    (!keys.is_empty()).then(|| Person { name: shown.to_string(), label, keys })
}

fn role_of(key: &str) -> &str {
    key.split(PART).nth(1).unwrap_or_default()
}

fn company_of(key: &str) -> &str {
    key.split(PART).nth(2).unwrap_or_default()
}

/// True unless the roles of two keys speak against one person.
fn agree(a: &str, b: &str) -> bool {
    let (Some(one), Some(other)) = (field_of(role_of(a)), field_of(role_of(b))) else { return true };
    if one != other {
        return !APART.contains(&one) && !APART.contains(&other);
    }
    if one != "business" {
        return true;
    }
    let (mine, theirs) = (company_of(a), company_of(b));
    mine.is_empty()
        || theirs.is_empty()
        || mine.split([';', ' ']).any(|word| theirs.split([';', ' ']).any(|w| w == word))
}

/// What tells people of one name apart: the company, or the most usual role word.
fn label(keys: &[Key]) -> String {
    let usual = |of: fn(&str) -> &str| {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for key in keys.iter().filter(|key| !of(&key.text).is_empty()) {
            *counts.entry(of(&key.text)).or_default() += key.count;
        }
        counts.into_iter().max_by_key(|(_, count)| *count).map(|(text, _)| text.to_string())
    };
    let company = usual(company_of).map(|list| list.split(';').next().unwrap_or_default().to_string());
    company.or_else(|| usual(role_of)).unwrap_or_default()
}
