//! Who is who in one article: names, titles, roles and pronouns linked to entities.

mod naming;
mod pronoun;
mod role;

use std::ops::Range;

use rustc_hash::FxHashMap as HashMap;

use crate::document::{Entity, EntityId, EntityKind, Form, Link, Mention, RegionId};
use crate::extract::name::Name;
use crate::extract::region::Place;
use crate::extract::segment::Text;
use crate::lang::english as en;
use crate::span::Span;
use naming::last_name;

/// The people, bodies and places of an article while it is being read.
pub struct Cast<'t> {
    text: &'t Text<'t>,
    /// Who and what is named.
    pub entities: Vec<Entity>,
    /// Where, in order of discovery.
    pub mentions: Vec<Mention>,
    profiles: Vec<Profile>,
    /// Mention of the name that holds a token.
    at_token: HashMap<usize, usize>,
    /// Somebody unnamed, by the words that name them in lower case.
    unnamed: HashMap<String, EntityId>,
    /// The unnamed of that head word who was met last.
    latest: HashMap<String, EntityId>,
    /// People by a word of their roles.
    bearers: HashMap<String, Vec<(EntityId, Vec<String>)>>,
    /// Whose statement, speech or letter the whole text is, by its first lines: `I` outside quote marks.
    author: Option<EntityId>,
}

/// Who owns what a possessive tells of: `he` of *his*.
fn owner(low: &str) -> &str {
    match low {
        "his" => "he",
        "their" => "they",
        "its" => "it",
        "my" => "i",
        "our" => "we",
        other => other,
    }
}

/// What helps to tell an entity from others.
#[derive(Clone, Default)]
struct Profile {
    words: Vec<String>,
    gender: Option<char>,
    plural: bool,
}

/// Somebody that a phrase names, and how sure that is.
#[derive(Clone, Copy, Debug)]
pub struct Resolved {
    /// Whom.
    pub entity: EntityId,
    /// The words that name them.
    pub mention: Span,
    /// What kind of words they are.
    pub form: Form,
    /// 0 to 1.
    pub confidence: f32,
    /// The next best.
    pub runner_up: Option<EntityId>,
}

impl<'t> Cast<'t> {
    /// Links all names of an article.
    pub fn new(
        text: &'t Text<'t>,
        names: &[Name],
        places: &[Place],
        region_name: &dyn Fn(RegionId) -> String,
    ) -> Cast<'t> {
        let mut cast = Cast {
            text,
            entities: Vec::new(),
            mentions: Vec::new(),
            profiles: Vec::new(),
            at_token: HashMap::default(),
            unnamed: HashMap::default(),
            latest: HashMap::default(),
            bearers: HashMap::default(),
            author: None,
        };
        // Places come in order and none overlaps another.
        let own = |name: &&Name| {
            let next = places.partition_point(|place| place.tokens.end <= name.tokens.start);
            places.get(next).is_none_or(|place| place.tokens.start >= name.tokens.end)
        };
        let names: Vec<&Name> = names.iter().filter(own).collect();
        cast.full_names(&names);
        cast.short_names(&names);
        cast.organisations(&names);
        cast.regions(places, region_name);
        cast.roles(&names);
        cast.author = cast.issuer();
        cast
    }

    fn add(&mut self, name: String, kind: EntityKind, profile: Profile) -> EntityId {
        let id = EntityId(self.entities.len() as u32);
        self.entities.push(Entity { name, kind, roles: Vec::new() });
        self.profiles.push(profile);
        id
    }

    fn mention(&mut self, tokens: Range<usize>, entity: EntityId, form: Form, because: Link) -> usize {
        let span = self.text.span(tokens.clone());
        let number = self.mentions.len();
        self.mentions.push(Mention { span, entity, form, because });
        for token in tokens {
            self.at_token.entry(token).or_insert(number);
        }
        number
    }

    fn words(&self, tokens: &Range<usize>) -> Vec<String> {
        tokens
            .clone()
            .filter(|&at| self.text.is_word(at))
            .map(|at| self.text.low(at).trim_end_matches('.').to_string())
            .collect()
    }

    /// The name that holds a token.
    pub fn named_at(&self, token: usize) -> Option<&Mention> {
        self.at_token.get(&token).map(|&number| &self.mentions[number])
    }

    /// Whom a noun phrase names. `speaker` is who spoke last, if anybody did.
    pub fn resolve(&mut self, phrase: Range<usize>, speaker: Option<EntityId>) -> Option<Resolved> {
        let low = owner(self.text.low(phrase.start)).to_string();
        let pronoun = en::is_speaking_pronoun(&low) || en::is_object_pronoun(&low);
        if phrase.len() == 1 && pronoun && self.text.word(phrase.start) != "WHO" {
            let known = self.resolve_pronoun(phrase.start, &low, speaker, None);
            return known.or_else(|| Some(self.unresolved(phrase.start)));
        }
        let phrase = self.nominal(phrase)?;
        if let Some(joint) = self.resolve_joint(&phrase) {
            return Some(joint);
        }
        let head = self.head(&phrase);
        if let Some(mention) = self.named_at(head).cloned() {
            let demonym = mention.form == Form::Demonym;
            if !demonym {
                let confidence = if matches!(mention.because, Link::PartOfName) { 0.97 } else { 0.99 };
                return Some(Resolved {
                    entity: mention.entity,
                    mention: mention.span,
                    form: mention.form,
                    confidence,
                    runner_up: None,
                });
            }
        }
        if let Some(titled) = self.titled(&phrase) {
            return Some(titled);
        }
        if let Some(apposed) = self.apposed(&phrase, head) {
            return Some(Resolved { mention: self.text.span(phrase), ..apposed });
        }
        self.resolve_role(phrase, head)
    }

    /// A phrase without what stands before its first noun phrase (`Lastly, an excerpt`) and what was cut off behind
    /// its last (`attorneys for the`); none where no noun is left.
    fn nominal(&self, phrase: Range<usize>) -> Option<Range<usize>> {
        let Range { mut start, mut end } = phrase;
        let comma = (start..end).find(|&at| self.text.is_sign(at, &[","]));
        if let Some(comma) = comma.filter(|&comma| comma > start && comma + 1 < end) {
            let low = self.text.low(comma - 1);
            if en::is_adverb(low) || en::is_time_word(low) || low.ends_with("ly") || low == "ago" {
                start = comma + 1;
            }
        }
        let cut_off = |low: &str| {
            en::is_determiner(low) && !en::stands_alone(low)
                || en::is_preposition(low)
                || en::is_auxiliary(low) && !matches!(low, "’s" | "'s")
                || en::is_adverb(low) && !en::stands_alone(low)
                || matches!(low, "new" | "what" | "how" | "why" | "whether" | "when" | "where" | "there")
        };
        // `Lee and Park both`
        if end > start + 1 && matches!(self.text.low(end - 1), "both" | "each") {
            end -= 1;
        }
        while end > start && cut_off(self.text.low(end - 1)) && !self.at_token.contains_key(&(end - 1)) {
            end -= 1;
        }
        (end > start).then_some(start..end)
    }

    /// Whom a phrase names, when it cannot be `not`: who answers is not who asked.
    pub fn resolve_other(
        &mut self,
        phrase: Range<usize>,
        speaker: Option<EntityId>,
        not: Option<EntityId>,
    ) -> Option<Resolved> {
        let low = self.text.low(phrase.start).to_string();
        let pronoun = not.is_some() && phrase.len() == 1 && en::is_speaking_pronoun(&low);
        let other = pronoun
            .then(|| self.resolve_pronoun(phrase.start, &low, speaker.filter(|one| Some(*one) != not), not))
            .flatten();
        other.or_else(|| self.resolve(phrase, speaker))
    }

    /// Whom somebody speaks to: never themselves. Pronouns that refer to nobody in sight name no one.
    pub fn resolve_hearer(&mut self, phrase: Range<usize>, speaker: Option<EntityId>) -> Option<Resolved> {
        let low = self.text.low(phrase.start).to_string();
        let resolved = if phrase.len() == 1 && en::is_object_pronoun(&low) {
            self.resolve_pronoun(phrase.start, &low, None, speaker)
        } else {
            self.resolve(phrase, None)
        };
        resolved.filter(|resolved| Some(resolved.entity) != speaker)
    }

    /// Whom the label of a transcript names: `RAO` is the Asha Rao whom the article names elsewhere.
    pub fn resolve_label(&mut self, label: Range<usize>) -> Option<Resolved> {
        let last = label.clone().rev().find(|&at| self.text.is_word(at))?;
        if let Some(entity) = self.of_initials(self.text.word(last)).filter(|_| label.len() == 1) {
            self.mention(label.clone(), entity, Form::Name, Link::PartOfName);
            let mention = self.text.span(label);
            return Some(Resolved { entity, mention, form: Form::Name, confidence: 0.9, runner_up: None });
        }
        if self.named_at(last).is_none() {
            let word = self.text.low(last);
            let bears = |id: &usize| last_name(&self.profiles[*id].words).is_some_and(|name| name == word);
            let people = |id: &usize| self.entities[*id].kind == EntityKind::Person;
            let bearers: Vec<usize> = (0..self.entities.len()).filter(people).filter(bears).collect();
            if let Some(entity) = self.nearest_bearer(&bearers, self.text.tokens[last].span.start) {
                self.mention(label.clone(), entity, Form::Name, Link::PartOfName);
                let mention = self.text.span(label);
                return Some(Resolved {
                    entity,
                    mention,
                    form: Form::Name,
                    confidence: 0.95,
                    runner_up: None,
                });
            }
        }
        self.resolve(label, None)
    }

    /// The one person whose names begin with these letters, for labels such as `AR`.
    fn of_initials(&self, label: &str) -> Option<EntityId> {
        if !(2..=4).contains(&label.len()) || !label.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return None;
        }
        let fits = |id: &usize| {
            let letters = self.profiles[*id].words.iter().filter_map(|word| word.chars().next());
            self.entities[*id].kind == EntityKind::Person
                && letters.flat_map(char::to_uppercase).eq(label.chars())
        };
        let mut bearers = (0..self.entities.len()).filter(fits);
        let first = bearers.next()?;
        bearers.next().is_none().then_some(EntityId(first as u32))
    }

    /// The word that a phrase is about: the last before its first preposition or possessive's end.
    fn head(&self, phrase: &Range<usize>) -> usize {
        let mut head = phrase.start;
        for at in phrase.clone() {
            let low = self.text.low(at);
            if at > phrase.start
                && (en::is_preposition(low)
                    || matches!(low, "who" | "which" | "familiar" | "close" | "speaking"))
                // `of` in a name; a role that was met before holds names of others.
                && self.named_at(at).is_none_or(|mention| mention.form == Form::Role)
            {
                break;
            }
            if self.text.is_sign(at, &[","]) {
                break;
            }
            if self.text.is_word(at) && !matches!(low, "’s" | "'s") {
                head = at;
            }
        }
        head
    }

    /// `Lee and Park`, `Lee, Park and Roe`: one entity for all, so that any name finds it.
    fn resolve_joint(&mut self, phrase: &Range<usize>) -> Option<Resolved> {
        let and =
            phrase.clone().find(|&at| self.text.low(at) == "and" && !self.at_token.contains_key(&at))?;
        // `the Court of England and Wales` is one.
        if (phrase.start..and)
            .any(|at| en::is_preposition(self.text.low(at)) && !self.at_token.contains_key(&at))
        {
            return None;
        }
        if self.text.low(and + 1) == "others" {
            return self.with_others(phrase.start..and, phrase);
        }
        let last = self.named_at(phrase.end - 1)?.entity;
        let before = and.checked_sub(1).filter(|&at| at >= phrase.start)?;
        let left = self.named_at(before).map(|mention| mention.entity);
        if left == Some(last) || left.is_none() && !self.text.is_capital(before) {
            return None;
        }
        let mut names: Vec<String> = Vec::new();
        let mut at = phrase.start;
        while at < and {
            let stop = (at..and).find(|&at| self.text.is_sign(at, &[","])).unwrap_or(and);
            let known = (at..stop).rev().find_map(|at| self.named_at(at)).map(|mention| mention.entity);
            let words = self.text.span(at..stop).of(self.text.body);
            names.push(known.map_or(words, |id| &self.entities[id.0 as usize].name).to_string());
            at = stop + 1;
        }
        let name = format!("{} and {}", names.join(", "), self.entities[last.0 as usize].name);
        let known = self.entities.iter().position(|entity| entity.name == name);
        let entity = known.map(|id| EntityId(id as u32)).unwrap_or_else(|| {
            self.add(name, EntityKind::Unnamed, Profile { words: Vec::new(), gender: None, plural: true })
        });
        let mention = self.text.span(phrase.clone());
        Some(Resolved { entity, mention, form: Form::Name, confidence: 0.9, runner_up: None })
    }

    /// `Rao and others in the party`
    fn with_others(&mut self, first: Range<usize>, phrase: &Range<usize>) -> Option<Resolved> {
        let named = self.named_at(first.end - 1)?.entity;
        let name = format!("{} and others", self.entities[named.0 as usize].name);
        let known = self.entities.iter().position(|entity| entity.name == name);
        let entity = known.map(|id| EntityId(id as u32)).unwrap_or_else(|| {
            self.add(name, EntityKind::Unnamed, Profile { words: Vec::new(), gender: None, plural: true })
        });
        let mention = self.text.span(phrase.clone());
        Some(Resolved { entity, mention, form: Form::Name, confidence: 0.9, runner_up: None })
    }

    /// `President of India Asha Rao`, `the special envoy for Iran Asha Rao`: a title whose last word is a name of its
    /// own, right before that of who bears it.
    fn titled(&self, phrase: &Range<usize>) -> Option<Resolved> {
        let mention = self.named_at(phrase.end - 1)?;
        let first = self.text.token_at(mention.span.start);
        let person = self.entities[mention.entity.0 as usize].kind == EntityKind::Person;
        let before =
            first.checked_sub(1).filter(|&before| before > phrase.start && self.text.is_capital(before))?;
        let of = (phrase.start..before).find(|&at| en::is_preposition(self.text.low(at)))?;
        let role = (phrase.start..of)
            .any(|at| en::is_role_noun(self.text.low(at)) || en::is_title(self.text.low(at)));
        (person && role && mention.form == Form::Name).then_some(Resolved {
            entity: mention.entity,
            mention: mention.span,
            form: Form::Name,
            confidence: 0.9,
            runner_up: None,
        })
    }

    /// `A spokeswoman for the ministry, Asha Rao, …`: the name set beside the role is the one meant.
    fn apposed(&self, phrase: &Range<usize>, head: usize) -> Option<Resolved> {
        let comma = (head..phrase.end).find(|&at| self.text.is_sign(at, &[","]))?;
        let mention = self.named_at(comma + 1).filter(|_| comma + 1 < phrase.end)?;
        let end = self.text.token_at(mention.span.end - 1) + 1;
        let closed = end >= phrase.end || self.text.is_sign(end, &[",", "—", "–"]);
        let kind = self.entities[mention.entity.0 as usize].kind;
        let somebody = matches!(kind, EntityKind::Person | EntityKind::Organisation);
        (closed && somebody && mention.form == Form::Name).then_some(Resolved {
            entity: mention.entity,
            mention: mention.span,
            form: Form::Name,
            confidence: 0.95,
            runner_up: None,
        })
    }

    /// True for a name that seems to lead a clause: no preposition before it, a verb or an aside after it.
    pub fn is_subject(&self, first: usize, end: usize) -> bool {
        if self.after_preposition(first) || matches!(self.text.low(end), "’s" | "'s" | "and" | "or" | ".") {
            return false;
        }
        let low = self.text.low(end);
        en::is_auxiliary(low)
            || en::cue(low).is_some()
            || en::is_adverb(low)
            || self.text.is_sign(end, &["—", "–", ",", "("])
            || self.text.is_word(end)
                && !self.text.is_capital(end)
                && (low.ends_with("ed") || low.ends_with('s') || low.ends_with("ew") || low.ends_with("ld"))
            || self.opens_sentence(first)
    }

    fn opens_sentence(&self, first: usize) -> bool {
        self.text
            .sentence_tokens
            .get(self.text.tokens[first].sentence as usize)
            .is_some_and(|range| range.start == first)
    }

    fn after_preposition(&self, first: usize) -> bool {
        let mut at = first;
        for _ in 0..6 {
            let Some(before) = at.checked_sub(1) else { return false };
            let low = self.text.low(before);
            if en::is_preposition(low) {
                return self.text.tokens[before].sentence == self.text.tokens[first].sentence;
            }
            let title = en::is_title(low)
                || en::is_role_noun(low)
                || self.text.is_capital(before)
                || matches!(low, "the" | "a" | "an" | ".");
            if !title {
                return false;
            }
            at = before;
        }
        false
    }

    /// The name that leads the sentence before token `limit`: the subject of its main clause.
    pub fn main_subject(&self, sentence: usize, limit: usize) -> Option<Resolved> {
        let range = self.text.sentence_tokens.get(sentence)?.clone();
        let mut fallback = None;
        let mut at = range.start;
        while at < range.end.min(limit) {
            let Some(mention) = self.named_at(at) else {
                at += 1;
                continue;
            };
            let end = self.text.token_at(mention.span.end - 1) + 1;
            let somebody =
                !matches!(self.entities[mention.entity.0 as usize].kind, EntityKind::Region { .. })
                    || mention.form == Form::Metonym;
            if somebody && mention.form != Form::Demonym {
                let resolved = Resolved {
                    entity: mention.entity,
                    mention: mention.span,
                    form: mention.form,
                    confidence: 0.8,
                    runner_up: None,
                };
                if self.is_subject(at, end) {
                    return Some(resolved);
                }
                if !self.after_preposition(at) && !matches!(self.text.low(end), "’s" | "'s") {
                    fallback.get_or_insert(resolved);
                }
            }
            at = end.max(at + 1);
        }
        fallback
    }

    /// Marks a place that speaks (`Moscow said`) as standing for its government.
    pub fn acts(&mut self, mention: Span) {
        let Some(&number) = self.at_token.get(&self.text.token_at(mention.start)) else { return };
        let known = &mut self.mentions[number];
        let place = matches!(self.entities[known.entity.0 as usize].kind, EntityKind::Region { .. });
        if known.span == mention && known.form == Form::Name && place {
            known.form = Form::Metonym;
        }
    }
}
