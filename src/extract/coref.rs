//! Who is who in one article: names, titles, roles and pronouns linked to entities.

use std::ops::Range;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use crate::document::{Entity, EntityId, EntityKind, Form, Link, Mention, RegionId};
use crate::extract::name::{Name, NameClass, gender_of};
use crate::extract::region::Place;
use crate::extract::segment::{Class, Text};
use crate::lang::english as en;
use crate::span::Span;

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

/// Paragraphs in which a text may say whose it is.
const HEAD_PARAGRAPHS: usize = 5;
/// What people issue.
const ISSUED: &[&str] = &["statement", "remarks", "testimony", "speech", "comments", "letter"];
/// How headlines say that they do.
const ISSUES: &[&str] =
    &["issues", "issued", "releases", "released", "delivers", "delivered", "gives", "gave"];

/// Words that count people, and stand for them.
const COUNTED: &[&str] = &[
    "some", "many", "most", "others", "all", "both", "few", "several", "one", "two", "three", "more", "none",
    "each",
];

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

/// Times that a last name stands alone for its first bearer before it is his even behind other bearers.
const SETTLED: usize = 2;

/// Farthest that a pronoun looks back, in tokens.
const FARTHEST: usize = 400;

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

    /// Who issued what the text is: `Rao today made the following statement`, `Statement by Senator Rao`.
    fn issuer(&self) -> Option<EntityId> {
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

    /// People named by more than one word: the longest forms first, so that they give the name.
    fn full_names(&mut self, names: &[&Name]) {
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
    fn short_names(&mut self, names: &[&Name]) {
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
    fn first_bearer(&self, bearers: &[usize], alone: &[u32]) -> Option<usize> {
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
    fn nearest_bearer(&self, bearers: &[usize], start: u32) -> Option<EntityId> {
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

    fn title_gender(&mut self, id: EntityId, name: &Name) {
        if let Some(gender) = title_gender(self.text, name) {
            self.profiles[id.0 as usize].gender = Some(gender);
        }
    }

    fn organisations(&mut self, names: &[&Name]) {
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

    fn regions(&mut self, places: &[Place], region_name: &dyn Fn(RegionId) -> String) {
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
    fn roles(&mut self, names: &[&Name]) {
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
    fn bears(&mut self, id: EntityId, role: &str) {
        let words: Vec<String> =
            role.split(|c: char| !c.is_alphanumeric() && c != '-').map(str::to_string).collect();
        let own =
            words.iter().position(|word| en::is_preposition(&word.to_lowercase())).unwrap_or(words.len());
        for word in &words[..own] {
            self.bearers.entry(word.to_lowercase()).or_default().push((id, words.clone()));
        }
    }

    fn role_before(&self, start: usize) -> Option<Range<usize>> {
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

    fn role_after(&self, end: usize) -> Option<Range<usize>> {
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
            en::is_determiner(low) && !COUNTED.contains(&low)
                || en::is_preposition(low)
                || en::is_auxiliary(low) && !matches!(low, "’s" | "'s")
                || en::is_adverb(low) && !COUNTED.contains(&low)
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

    /// `the envoy`, `Trump’s envoy`, `a senior official`: a person known by that role, or somebody unnamed.
    fn resolve_role(&mut self, phrase: Range<usize>, head: usize) -> Option<Resolved> {
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
        let met = definite.then(|| self.latest.get(&head_word)).flatten();
        // `the Lee campaign` is not the Rao campaign that was met before.
        let proper = |words: &str| -> Vec<String> {
            let named =
                |word: &&str| word.starts_with(char::is_uppercase) && word.to_lowercase() != head_word;
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
    fn role_name(&self, phrase: &Range<usize>) -> String {
        let aside = phrase.clone().skip(1).find(|&at| self.text.is_sign(at, &[",", "—", "–", "("]));
        self.text.span(phrase.start..aside.unwrap_or(phrase.end)).of(self.text.body).to_string()
    }

    /// The person whom a definite role means: one whom the article gives it, wherever it does; else one of
    /// the same calling who was just named (`the envoy, Asha Rao … The Indian diplomat`).
    fn bearer_of(
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

    fn bearer_of_role(
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
    fn of_calling(&self, head: &str, own: &[&str], start: u32) -> Option<EntityId> {
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

    /// `not` cannot be meant: `Rao told her` is about somebody else.
    fn resolve_pronoun(
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
    fn issued(&mut self, token: usize) -> Option<Resolved> {
        let entity = self.author?;
        self.mention(token..token + 1, entity, Form::Pronoun, Link::Antecedent);
        let mention = self.text.tokens[token].span;
        Some(Resolved { entity, mention, form: Form::Pronoun, confidence: 0.8, runner_up: None })
    }

    /// A pronoun that refers to nobody in sight: the speaker stays unknown, and the text's own word is kept.
    fn unresolved(&mut self, token: usize) -> Resolved {
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
    fn pronoun_score(
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
fn last_name(words: &[String]) -> Option<&String> {
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
