//! Whom a role means: `the envoy`, `Trump’s envoy`, `a senior official`.

use std::ops::Range;

use super::{Cast, Profile, Resolved};
use crate::document::{EntityId, EntityKind, Form, Link, Mention};
use crate::lang::english as en;
use crate::span::Span;

impl Cast<'_> {
    /// `the envoy`, `Trump’s envoy`, `a senior official`: a person known by that role, or somebody unnamed.
    pub(super) fn resolve_role(&mut self, phrase: Range<usize>, head: usize) -> Option<Resolved> {
        let span = self.text.span(phrase.clone());
        let head_word = self.text.low(head).to_string();
        let first = self.text.low(phrase.start).to_string();
        let possessor = phrase
            .clone()
            .find(|&at| matches!(self.text.low(at), "’s" | "'s"))
            .and_then(|at| self.named_at(at - 1))
            .map(|m| m.entity);
        let definite = matches!(first.as_str(), "the" | "his" | "her" | "their" | "its" | "this" | "that")
            || possessor.is_some();
        let plural = head_word.ends_with('s') && !head_word.ends_with("ss");
        let person = definite && !plural && en::is_role_noun(&head_word) && !en::is_body_noun(&head_word);
        if person && let Some((entity, confidence)) = self.bearer_of(&phrase, head, possessor) {
            let number = self.mention(phrase, entity, Form::Role, Link::Apposition);
            return Some(Resolved {
                entity,
                mention: self.mentions[number].span,
                form: Form::Role,
                confidence,
                runner_up: None,
            });
        }
        let name = self.role_name(&phrase);
        let key = name.to_lowercase();
        // `the mayor and her aides` are not the governor and his aides who were met before.
        let joint = (phrase.start..head).any(|at| self.text.low(at) == "and");
        let met = (definite && !joint).then(|| self.latest.get(&head_word)).flatten();
        // `the Lee campaign` is not the Rao campaign that was met before, nor `the mayor’s aides` the governor’s.
        let proper = |words: &str| -> Vec<String> {
            let owns = |word: &str| word.ends_with("’s") || word.ends_with("'s");
            let named = |word: &&str| {
                (word.starts_with(char::is_uppercase) || owns(word)) && word.to_lowercase() != head_word
            };
            let own = words.split(' ').skip(1).filter(named);
            own.map(|word| word.trim_end_matches("’s").trim_end_matches("'s").to_string()).collect()
        };
        let own = proper(&name);
        let met = met.filter(|met| {
            let known = proper(&self.entities[met.0 as usize].name);
            own.is_empty() || known.is_empty() || own.iter().any(|word| known.contains(word))
        });
        let known = self.unnamed.get(&key).or(met).copied();
        let entity = known.unwrap_or_else(|| {
            let profile = Profile { words: vec![head_word.clone()], gender: None, plural };
            self.add(name, EntityKind::Unnamed, profile)
        });
        self.unnamed.insert(key, entity);
        self.latest.insert(head_word, entity);
        self.mention(phrase, entity, Form::Role, Link::OwnWords);
        Some(Resolved { entity, mention: span, form: Form::Role, confidence: 0.85, runner_up: None })
    }

    /// The words of a role up to an aside: `The colonel` of `The colonel, when woken,`.
    pub(super) fn role_name(&self, phrase: &Range<usize>) -> String {
        let aside = phrase.clone().skip(1).find(|&at| self.text.is_sign(at, &[",", "—", "–", "("]));
        self.text.span(phrase.start..aside.unwrap_or(phrase.end)).of(self.text.body).to_string()
    }

    /// The person whom a definite role means: one whom the article gives it, wherever it does; else one of
    /// the same calling who was just named (`the envoy, Asha Rao … The Indian diplomat`).
    pub(super) fn bearer_of(
        &self,
        phrase: &Range<usize>,
        head: usize,
        possessor: Option<EntityId>,
    ) -> Option<(EntityId, f32)> {
        let start = self.text.tokens[phrase.start].span.start;
        let own: Vec<&str> = (phrase.start + 1..head)
            .filter(|&at| self.text.is_capital(at))
            .map(|at| self.text.word(at))
            .collect();
        // `the president of Turkey` is none of whom no more is told than that he is president.
        let of = phrase.clone().find(|&at| at == head + 1 && self.text.low(at) == "of");
        let whose: Vec<&str> = of
            .into_iter()
            .flat_map(|of| of..phrase.end)
            .filter(|&at| self.text.is_capital(at))
            .map(|at| self.text.word(at))
            .collect();
        let exact = self.bearer_of_role(self.text.low(head), &own, possessor, start).filter(|bearer| {
            let roles = &self.entities[bearer.0 as usize].roles;
            whose.is_empty() || roles.iter().any(|role| whose.iter().any(|word| role.contains(word)))
        });
        let plain = possessor.is_none() && self.text.low(phrase.start) == "the" && head + 1 == phrase.end;
        let epithet = || {
            let met = self.latest.contains_key(self.text.low(head));
            (plain && !met).then(|| self.of_calling(self.text.low(head), &own, start)).flatten()
        };
        exact.map(|entity| (entity, 0.8)).or_else(|| epithet().map(|entity| (entity, 0.6)))
    }

    pub(super) fn bearer_of_role(
        &self,
        head: &str,
        own: &[&str],
        possessor: Option<EntityId>,
        start: u32,
    ) -> Option<EntityId> {
        let owner = possessor.and_then(|id| self.profiles[id.0 as usize].words.last().cloned());
        let mut bearers: Vec<usize> = Vec::new();
        for (id, words) in self.bearers.get(head).into_iter().flatten() {
            let owned =
                owner.as_ref().is_none_or(|owner| words.iter().any(|word| word.to_lowercase() == *owner));
            let fits = owned && possessor != Some(*id) && (possessor.is_some() || same_land(words, own));
            if fits && !bearers.contains(&(id.0 as usize)) {
                bearers.push(id.0 as usize);
            }
        }
        self.nearest_bearer(&bearers, start)
    }

    /// The one person of a calling who was named in the two paragraphs before.
    pub(super) fn of_calling(&self, head: &str, own: &[&str], start: u32) -> Option<EntityId> {
        let mut people: Vec<EntityId> = Vec::new();
        for (word, bearers) in &self.bearers {
            for (id, words) in bearers.iter().filter(|_| en::same_calling(word, head)) {
                if same_land(words, own) && !people.contains(id) {
                    people.push(*id);
                }
            }
        }
        let [only] = people[..] else { return None };
        let paragraph = self.text.paragraph_at(start);
        let near = |mention: &Mention| {
            mention.entity == only
                && mention.span.start < start
                && paragraph - self.text.paragraph_at(mention.span.start) <= 2
        };
        self.mentions.iter().any(near).then_some(only)
    }

    /// The lead names somebody by a role, the next words name the speaker: `A judge said … “…,” Asha Rao
    /// told the court`. Takes the two for one when nothing speaks against it; true when it did.
    pub fn identify(&mut self, unnamed: EntityId, person: EntityId, mention: Span) -> bool {
        let role = self.entities[unnamed.0 as usize].clone();
        let Some(head) = self.profiles[unnamed.0 as usize].words.first().cloned() else { return false };
        let fits = role.kind == EntityKind::Unnamed
            && !self.profiles[unnamed.0 as usize].plural
            && en::is_role_noun(&head)
            && !en::is_body_noun(&head)
            && self.entities[person.0 as usize].kind == EntityKind::Person;
        let roles = &self.entities[person.0 as usize].roles;
        let same = |role: &String| {
            role.to_lowercase()
                .split(|c: char| !c.is_alphanumeric() && c != '-')
                .any(|word| en::same_calling(word, &head))
        };
        let named_before =
            self.mentions.iter().any(|known| known.entity == person && known.span.start < mention.start);
        if !fits || named_before || !(roles.is_empty() || roles.iter().any(same)) {
            return false;
        }
        for known in self.mentions.iter_mut().filter(|known| known.entity == unnamed) {
            known.entity = person;
        }
        let keyed = self.unnamed.values_mut().chain(self.latest.values_mut());
        keyed.filter(|entity| **entity == unnamed).for_each(|entity| *entity = person);
        let words = role.name.trim_start_matches("The ").trim_start_matches("the ");
        let words = words.trim_start_matches("A ").trim_start_matches("An ").to_string();
        self.bears(person, &words);
        self.entities[person.0 as usize].roles.push(words);
        true
    }
}

/// False when a role and a phrase both name a land or body, and not the same: `the Turkish envoy` is not
/// the `European envoy`.
fn same_land(role: &[String], own: &[&str]) -> bool {
    let proper = |word: &&String| {
        let low = word.to_lowercase();
        word.starts_with(char::is_uppercase)
            && !en::is_role_noun(&low)
            && !en::is_determiner(&low)
            && !BROAD.contains(&low.as_str())
    };
    let mut lands = role.iter().filter(proper).peekable();
    own.is_empty() || lands.peek().is_none() || lands.any(|word| own.contains(&word.as_str()))
}

/// Whom people of any land may serve.
const BROAD: &[&str] = &["european", "eu", "un", "united", "nations", "western", "international", "special"];
