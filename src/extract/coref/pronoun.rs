//! Whom a pronoun means.

use super::{Cast, Profile, Resolved};
use crate::document::{EntityId, EntityKind, Form, Link, Mention};
use crate::lang::english as en;

/// Paragraphs in which a text may say whose it is.
const HEAD_PARAGRAPHS: usize = 5;
/// What people issue.
const ISSUED: &[&str] = &["statement", "remarks", "testimony", "speech", "comments", "letter"];
/// How headlines say that they do.
const ISSUES: &[&str] =
    &["issues", "issued", "releases", "released", "delivers", "delivered", "gives", "gave"];
/// Farthest that a pronoun looks back, in tokens.
const FARTHEST: usize = 400;

impl Cast<'_> {
    /// Who issued what the text is: `Rao today made the following statement`, `Statement by Senator Rao`.
    pub(super) fn issuer(&self) -> Option<EntityId> {
        let first = self.text.paragraph_tokens.iter().take(HEAD_PARAGRAPHS).flat_map(Clone::clone);
        let issued = first.filter(|&at| ISSUED.contains(&self.text.low(at))).find_map(|at| {
            let sentence = self.text.tokens[at].sentence as usize;
            let made = (at.saturating_sub(4)..at)
                .any(|at| self.text.low(at) == "following" || ISSUES.contains(&self.text.low(at)));
            if made && let Some(subject) = self.main_subject(sentence, at) {
                return Some(subject.entity);
            }
            let by = matches!(self.text.low(at + 1), "by" | "of" | "from");
            let end = self.text.sentence_tokens[sentence].end.min(at + 12);
            (at + 2..end).filter(|_| by).find_map(|at| self.named_at(at)).map(|mention| mention.entity)
        });
        issued.filter(|issuer| self.entities[issuer.0 as usize].kind == EntityKind::Person)
    }

    /// `not` cannot be meant: `Rao told her` is about somebody else.
    pub(super) fn resolve_pronoun(
        &mut self,
        token: usize,
        low: &str,
        speaker: Option<EntityId>,
        not: Option<EntityId>,
    ) -> Option<Resolved> {
        let gender = match low {
            "i" | "we" => return self.issued(token),
            "he" | "him" => Some('m'),
            "she" | "her" => Some('f'),
            "they" | "them" | "it" => None,
            _ => return None,
        };
        let place = self.text.tokens[token];
        let mut scored: Vec<(f32, EntityId)> = Vec::new();
        let mut last = usize::MAX;
        for at in (token.saturating_sub(FARTHEST)..token).rev() {
            let Some(&number) = self.at_token.get(&at).filter(|number| **number != last) else { continue };
            last = number;
            let mention = &self.mentions[number];
            if Some(mention.entity) == not {
                continue;
            }
            let Some(score) = self.pronoun_score(mention, low, gender, token, speaker) else { continue };
            match scored.iter_mut().find(|(_, entity)| *entity == mention.entity) {
                Some(entry) => entry.0 = entry.0.max(score),
                None => scored.push((score, mention.entity)),
            }
        }
        scored.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (best, entity) = *scored.first()?;
        let margin = scored.get(1).map_or(2.0, |second| best - second.0);
        if let Some(gender) = gender {
            let profile = &mut self.profiles[entity.0 as usize];
            profile.gender.get_or_insert(gender);
        }
        self.mention(token..token + 1, entity, Form::Pronoun, Link::Antecedent);
        let confidence = 0.95 / (1.0 + (-1.2 * margin - 0.4).exp());
        let runner_up = scored.get(1).map(|(_, entity)| *entity);
        Some(Resolved { entity, mention: place.span, form: Form::Pronoun, confidence, runner_up })
    }

    /// `I` and `we` of a text that somebody issued.
    pub(super) fn issued(&mut self, token: usize) -> Option<Resolved> {
        let entity = self.author?;
        self.mention(token..token + 1, entity, Form::Pronoun, Link::Antecedent);
        let mention = self.text.tokens[token].span;
        Some(Resolved { entity, mention, form: Form::Pronoun, confidence: 0.8, runner_up: None })
    }

    /// A pronoun that refers to nobody in sight: the speaker stays unknown, and the text's own word is kept.
    pub(super) fn unresolved(&mut self, token: usize) -> Resolved {
        let name = format!("unknown (“{}”)", self.text.low(token));
        let entity = self.unnamed.get(&name).copied().unwrap_or_else(|| {
            let profile = Profile { words: Vec::new(), gender: None, plural: false };
            self.add(name.clone(), EntityKind::Unnamed, profile)
        });
        self.unnamed.insert(name, entity);
        let mention = self.text.tokens[token].span;
        Resolved { entity, mention, form: Form::Pronoun, confidence: 0.4, runner_up: None }
    }

    /// How well a mention fits as what a pronoun refers to; none when it cannot be.
    pub(super) fn pronoun_score(
        &self,
        mention: &Mention,
        low: &str,
        gender: Option<char>,
        token: usize,
        speaker: Option<EntityId>,
    ) -> Option<f32> {
        let place = self.text.tokens[token];
        if mention.span.start >= place.span.start {
            return None;
        }
        let entity = &self.entities[mention.entity.0 as usize];
        let profile = &self.profiles[mention.entity.0 as usize];
        let fits = match (low, entity.kind) {
            ("he" | "him" | "she" | "her", EntityKind::Person) => {
                profile.gender.is_none_or(|known| Some(known) == gender)
            }
            ("he" | "him" | "she" | "her", EntityKind::Unnamed) => {
                !profile.plural
                    && profile.words.iter().all(|word| en::is_role_noun(word) && !en::is_body_noun(word))
            }
            ("they" | "them", EntityKind::Unnamed) => profile.plural,
            ("they" | "them", EntityKind::Organisation) => true,
            ("it", EntityKind::Organisation) => true,
            ("it", EntityKind::Region { .. }) => mention.form == Form::Metonym,
            ("it", EntityKind::Unnamed) => profile.words.iter().any(|word| en::is_body_noun(word)),
            _ => false,
        };
        let first = self.text.token_at(mention.span.start);
        let sentences = place.sentence - self.text.tokens[first].sentence;
        let paragraphs = place.paragraph - self.text.tokens[first].paragraph;
        if !fits || paragraphs > 2 || sentences > 8 {
            return None;
        }
        let mut score = 2.0 - 0.6 * sentences as f32 - 0.5 * paragraphs as f32;
        if profile.gender.is_some() && profile.gender == gender {
            score += 0.5;
        }
        if self.is_subject(first, self.text.token_at(mention.span.end - 1) + 1) {
            score += 1.0;
        }
        if self.after_preposition(first) {
            score -= 0.6;
        }
        if speaker == Some(mention.entity) {
            score += 0.2;
        }
        if mention.form == Form::Pronoun {
            score += 0.3;
        }
        Some(score + 0.0005 * mention.span.start as f32 / place.span.start.max(1) as f32)
    }
}
