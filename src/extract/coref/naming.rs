//! Names of people, bodies and places linked into entities, with the roles that stand beside them.

use std::ops::Range;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::{Cast, Profile};
use crate::document::{EntityId, EntityKind, Form, Link, Mention, RegionId};
use crate::extract::name::{Name, NameClass, gender_of};
use crate::extract::region::Place;
use crate::extract::segment::{Class, Text};
use crate::lang::english as en;

/// Times that a last name stands alone for its first bearer before it is his even behind other bearers.
const SETTLED: usize = 2;

impl Cast<'_> {
    /// People named by more than one word: the longest forms first, so that they give the name.
    pub(super) fn full_names(&mut self, names: &[&Name]) {
        let mut order: Vec<&&Name> = names
            .iter()
            .filter(|n| n.class == NameClass::Person && self.words(&n.tokens).len() > 1)
            .collect();
        order.sort_by_key(|name| std::cmp::Reverse(name.tokens.len()));
        let mut by_last: HashMap<String, Vec<usize>> = HashMap::default();
        for name in order {
            let words = self.words(&name.tokens);
            let last = last_name(&words).cloned().unwrap_or_default();
            let namesakes = by_last.entry(last).or_default();
            let known = namesakes.iter().copied().find(|&id| same_person(&self.profiles[id].words, &words));
            if known.is_none() {
                namesakes.push(self.entities.len());
            }
            let (id, link) = match known {
                Some(id) => (EntityId(id as u32), Link::FullName),
                None => {
                    let shown = self.text.span(name.tokens.clone()).of(self.text.body).to_string();
                    let gender = words.first().and_then(|first| gender_of(first));
                    let profile = Profile { words, gender, plural: false };
                    (self.add(shown, EntityKind::Person, profile), Link::FullName)
                }
            };
            self.title_gender(id, name);
            self.mention(name.tokens.clone(), id, Form::Name, link);
        }
    }

    /// People named by one word: whoever bears it as a last name, else as a first name.
    pub(super) fn short_names(&mut self, names: &[&Name]) {
        let mut by_last: HashMap<String, Vec<usize>> = HashMap::default();
        let mut by_first: HashMap<String, Vec<usize>> = HashMap::default();
        for (id, profile) in self.profiles.iter().enumerate() {
            by_last.entry(last_name(&profile.words).cloned().unwrap_or_default()).or_default().push(id);
            by_first.entry(profile.words.first().cloned().unwrap_or_default()).or_default().push(id);
        }
        let mut alone: HashMap<(String, Option<char>), EntityId> = HashMap::default();
        let shared = surnames_of_both_genders(self.text, names);
        let mut plain: HashMap<String, Vec<u32>> = HashMap::default();
        for name in names.iter().filter(|n| n.class == NameClass::Person && n.tokens.len() == 1) {
            let start = self.text.tokens[name.tokens.start].span.start;
            plain.entry(self.text.low(name.tokens.start).to_string()).or_default().push(start);
        }
        for name in names.iter().filter(|n| n.class == NameClass::Person) {
            let words = self.words(&name.tokens);
            let [word] = words.as_slice() else { continue };
            let gender = title_gender(self.text, name);
            let fits = |id: &usize| {
                let known = self.profiles[*id].gender;
                // With a Mr and a Ms of one surname, a title alone does not say which of them is the
                // bearer whose gender nothing tells.
                gender.is_none() || known == gender || known.is_none() && !shared.contains(word)
            };
            let mut bearers: Vec<usize> =
                by_last.get(word).into_iter().flatten().copied().filter(fits).collect();
            if bearers.is_empty() {
                bearers.extend(by_first.get(word).into_iter().flatten());
            }
            let start = self.text.span(name.tokens.clone()).start;
            if bearers.len() > 1
                && let Some(first) = self.first_bearer(&bearers, plain.get(word).map_or(&[], Vec::as_slice))
            {
                bearers = vec![first];
            }
            let (id, link) = match self.nearest_bearer(&bearers, start) {
                Some(id) => (id, Link::PartOfName),
                None => {
                    let id = alone.get(&(word.clone(), gender)).copied().unwrap_or_else(|| {
                        let shown = self.text.span(name.tokens.clone()).of(self.text.body).to_string();
                        let profile = Profile { words: words.clone(), gender: None, plural: false };
                        self.add(shown, EntityKind::Person, profile)
                    });
                    alone.insert((word.clone(), gender), id);
                    (id, Link::FullName)
                }
            };
            self.title_gender(id, name);
            self.mention(name.tokens.clone(), id, Form::Name, link);
        }
    }

    /// The one of several bearers of a last name who is meant by it alone: it was so before any other of them
    /// was named (`Trump said … his niece Mary Trump … Trump said`).
    pub(super) fn first_bearer(&self, bearers: &[usize], alone: &[u32]) -> Option<usize> {
        let named = |id: usize| {
            let own = self.mentions.iter().filter(move |mention| mention.entity.0 as usize == id);
            own.map(|mention| mention.span.start).min()
        };
        let mut order: Vec<(u32, usize)> = bearers.iter().filter_map(|&id| Some((named(id)?, id))).collect();
        order.sort_unstable();
        let [(first, id), (second, _), ..] = order[..] else { return None };
        let settled = alone.iter().filter(|start| (first..second).contains(start)).count();
        (settled >= SETTLED).then_some(id)
    }

    /// Of several people of one name the one named last before this place, else the first after it.
    pub(super) fn nearest_bearer(&self, bearers: &[usize], start: u32) -> Option<EntityId> {
        if let [only] = bearers {
            return Some(EntityId(*only as u32));
        }
        if bearers.is_empty() {
            return None;
        }
        let of = |mention: &&Mention| bearers.contains(&(mention.entity.0 as usize));
        let before =
            self.mentions.iter().filter(of).filter(|m| m.span.start < start).max_by_key(|m| m.span.start);
        let after = || self.mentions.iter().filter(of).min_by_key(|m| m.span.start);
        before.or_else(after).map(|mention| mention.entity)
    }

    pub(super) fn title_gender(&mut self, id: EntityId, name: &Name) {
        if let Some(gender) = title_gender(self.text, name) {
            self.profiles[id.0 as usize].gender = Some(gender);
        }
    }

    pub(super) fn organisations(&mut self, names: &[&Name]) {
        // By the words of the name; and a short form by the initials of a long one, whichever came first.
        let mut by_words: HashMap<String, usize> = HashMap::default();
        let mut by_initials: HashMap<String, usize> = HashMap::default();
        for name in names.iter().filter(|n| n.class == NameClass::Organisation) {
            let words = self.words(&name.tokens);
            let shown = self.text.span(name.tokens.clone()).of(self.text.body);
            let initials = initials(shown, &words);
            let exact = by_words.get(&words.join(" "));
            let known = exact.or_else(|| by_initials.get(initials.as_ref()?)).copied();
            let next = known.unwrap_or(self.entities.len());
            by_words.insert(words.join(" "), next);
            if let Some(initials) = initials {
                by_initials.insert(initials, next);
            }
            let id = match known {
                Some(id) => {
                    if words.len() > self.profiles[id].words.len() {
                        self.entities[id].name = shown.to_string();
                        self.profiles[id].words = words;
                    }
                    EntityId(id as u32)
                }
                None => self.add(
                    shown.to_string(),
                    EntityKind::Organisation,
                    Profile { words, gender: None, plural: false },
                ),
            };
            self.mention(name.tokens.clone(), id, Form::Name, Link::FullName);
        }
    }

    pub(super) fn regions(&mut self, places: &[Place], region_name: &dyn Fn(RegionId) -> String) {
        let mut known: HashMap<(RegionId, Option<String>), EntityId> = HashMap::default();
        for place in places {
            // A seat that stands for its government (`the Kremlin`) speaks under its own name.
            let seat = (place.form == Form::Metonym).then(|| {
                let words = place.span.of(self.text.body);
                words.strip_prefix("the ").or(words.strip_prefix("The ")).unwrap_or(words).to_string()
            });
            let id = *known.entry((place.region, seat.clone())).or_insert_with(|| {
                let kind = EntityKind::Region {
                    id: place.region,
                    confidence: place.confidence,
                    runner_up: place.runner_up,
                    because: place.because,
                };
                let words = self.words(&place.tokens);
                self.add(
                    seat.unwrap_or_else(|| region_name(place.region)),
                    kind,
                    Profile { words, gender: None, plural: false },
                )
            });
            let number = self.mention(place.tokens.clone(), id, place.form, Link::Gazetteer);
            // A part of a token in `Istanbul-based`.
            self.mentions[number].span = place.span;
        }
    }

    /// Titles before names and phrases set beside them: `his envoy, NAME,` / `NAME, a doctor,`.
    pub(super) fn roles(&mut self, names: &[&Name]) {
        for name in names.iter().filter(|n| n.class == NameClass::Person) {
            let Some(&mention) = self.at_token.get(&name.tokens.start) else { continue };
            let id = self.mentions[mention].entity;
            let mut roles = Vec::new();
            if let Some(title) = &name.title {
                roles.push(title.clone());
            }
            let start = name.title.as_ref().map_or(name.tokens.start, |title| title.start);
            roles.extend(self.role_before(start));
            roles.extend(self.role_after(name.tokens.end));
            for role in roles {
                let words = self.text.span(role).of(self.text.body).to_string();
                let low = words.to_lowercase();
                if let Some(gender) = role_gender(&low) {
                    self.profiles[id.0 as usize].gender = Some(gender);
                }
                let plain = matches!(
                    low.trim_end_matches('.'),
                    "mr" | "mrs" | "ms" | "miss" | "dr" | "former" | "ex"
                );
                let entity = &mut self.entities[id.0 as usize];
                if !plain && !entity.roles.iter().any(|known| known.to_lowercase() == low) {
                    entity.roles.push(words.clone());
                    self.bears(id, &words);
                }
            }
        }
    }

    /// Notes the words of a role before its first preposition: of `aide to the minister` only `aide`.
    pub(super) fn bears(&mut self, id: EntityId, role: &str) {
        let words: Vec<String> =
            role.split(|c: char| !c.is_alphanumeric() && c != '-').map(str::to_string).collect();
        let own =
            words.iter().position(|word| en::is_preposition(&word.to_lowercase())).unwrap_or(words.len());
        for word in &words[..own] {
            self.bearers.entry(word.to_lowercase()).or_default().push((id, words.clone()));
        }
    }

    pub(super) fn role_before(&self, start: usize) -> Option<Range<usize>> {
        let comma = start.checked_sub(1)?;
        if !self.text.is_sign(comma, &[",", "—", "–"]) || comma == 0 {
            return None;
        }
        let sentence = self.text.tokens[start].sentence;
        let head = comma - 1;
        if !en::is_role_noun(self.text.low(head)) && !en::is_title(self.text.low(head)) {
            return None;
        }
        let mut from = head;
        while from > 0 && head - from < 8 && self.text.tokens[from - 1].sentence == sentence {
            let low = self.text.low(from - 1);
            let inside = self.text.is_word(from - 1)
                && !en::is_preposition(low)
                && !en::is_conjunction(low)
                && !en::is_auxiliary(low)
                || matches!(low, "’s" | "'s");
            if !inside {
                break;
            }
            from -= 1;
            if en::is_determiner(low) {
                break;
            }
        }
        // `with Yuri Rao — the mayor’s adviser — Hale said`: the role of who stands before it.
        let other = from.checked_sub(2).filter(|_| self.text.is_sign(from - 1, &[self.text.word(comma)]));
        let other = other.and_then(|before| self.named_at(before));
        let taken =
            other.is_some_and(|other| self.entities[other.entity.0 as usize].kind == EntityKind::Person);
        (!taken).then_some(from..comma)
    }

    pub(super) fn role_after(&self, end: usize) -> Option<Range<usize>> {
        if !self.text.is_sign(end, &[",", "—", "–", "("]) {
            return None;
        }
        let ceiling = (end + 16).min(self.text.tokens.len());
        let stop = (end + 1..ceiling).find(|&at| {
            self.text.tokens[at].class != Class::Word && !matches!(self.text.low(at), "’s" | "'s")
        })?;
        let phrase = end + 1..stop;
        let low = self.text.low(phrase.start);
        let opens = en::is_determiner(low)
            || self.text.is_capital(phrase.start)
            || en::is_role_noun(low)
            || en::is_title(low)
            || matches!(low, "former" | "senior" | "deputy");
        let before_verb = phrase
            .clone()
            .find(|&at| {
                let low = self.text.low(at);
                en::is_preposition(low) || en::is_auxiliary(low) && !matches!(low, "’s" | "'s")
            })
            .unwrap_or(stop);
        let holds_role = (phrase.start..before_verb)
            .any(|at| en::is_role_noun(self.text.low(at)) || en::is_title(self.text.low(at)));
        (opens && holds_role && !phrase.is_empty()).then_some(phrase)
    }
}

/// What a role tells of its bearer: `his sister`, `a spokeswoman`. The last such word counts.
fn role_gender(low: &str) -> Option<char> {
    let words = low.split(|c: char| !c.is_alphabetic()).rev();
    words.into_iter().find_map(|word| match word {
        "sister" | "mother" | "wife" | "daughter" | "aunt" | "widow" | "grandmother" | "actress"
        | "queen" | "princess" => Some('f'),
        "brother" | "father" | "husband" | "son" | "uncle" | "widower" | "grandfather" | "king"
        | "prince" => Some('m'),
        _ if word.ends_with("woman") => Some('f'),
        _ if word.ends_with("man") && word.len() > 6 && word != "german" => Some('m'),
        _ => None,
    })
}

/// Surnames that stand both after a man's title and after a woman's.
fn surnames_of_both_genders(text: &Text<'_>, names: &[&Name]) -> HashSet<String> {
    let mut seen: HashMap<String, char> = HashMap::default();
    let mut both = HashSet::default();
    for name in names.iter().filter(|name| name.class == NameClass::Person && !name.tokens.is_empty()) {
        let Some(gender) = title_gender(text, name) else { continue };
        let surname = text.low(name.tokens.end - 1).to_string();
        if *seen.entry(surname.clone()).or_insert(gender) != gender {
            both.insert(surname);
        }
    }
    both
}

fn title_gender(text: &Text<'_>, name: &Name) -> Option<char> {
    let title = name.title.as_ref()?;
    title.clone().find_map(|at| match text.low(at).trim_end_matches('.') {
        "mr" | "sir" | "lord" | "king" | "prince" | "father" | "congressman" | "spokesman" | "chairman"
        | "councilman" | "brother" => Some('m'),
        "mrs" | "ms" | "miss" | "dame" | "lady" | "queen" | "princess" | "sister" | "congresswoman"
        | "spokeswoman" | "chairwoman" | "councilwoman" | "baroness" => Some('f'),
        _ => None,
    })
}

/// True when two full names can be one person's: the same last name, and first names that agree.
fn same_person(known: &[String], words: &[String]) -> bool {
    let (Some(a), Some(b)) = (known.last(), words.last()) else { return false };
    let (Some(first), Some(other)) = (known.first(), words.first()) else { return false };
    (a == b || last_name(known) == last_name(words)) && known.len() > 1 && compatible(first, other)
}

/// The last name, without `Jr` and the like.
pub(super) fn last_name(words: &[String]) -> Option<&String> {
    words.iter().rev().find(|word| !matches!(word.as_str(), "jr" | "sr" | "ii" | "iii"))
}

fn compatible(a: &str, b: &str) -> bool {
    let short = a.len().min(b.len());
    a == b || (short >= 3 || short == 1) && (a.starts_with(b) || b.starts_with(a))
}

/// What a short form and a long one have in common: `WHO` and `World Health Organization` give `who`.
fn initials(shown: &str, words: &[String]) -> Option<String> {
    let letters: String = shown.chars().filter(|c| c.is_alphabetic()).collect();
    if words.len() < 2 {
        let short = letters.len() > 1 && letters.chars().all(char::is_uppercase);
        return short.then(|| letters.to_lowercase());
    }
    let big = |word: &&String| !matches!(word.as_str(), "of" | "the" | "for" | "and");
    Some(words.iter().filter(big).filter_map(|word| word.chars().next()).collect())
}
