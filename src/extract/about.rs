//! Which regions a quote is about, and how strong the evidence is.

use crate::document::{About, Entity, EntityKind, Focus, Form, Grade, Mention, RegionId};
use crate::extract::region::dateline_end;
use crate::extract::segment::Text;
use crate::gazetteer::{Gazetteer, RegionKind};
use crate::span::Span;

/// Most regions taken from the surroundings of a quote.
const MOST_CONTEXT: usize = 4;

/// The regions of a text, ready to be asked for by quotes.
pub struct Regions<'t> {
    text: &'t Text<'t>,
    gazetteer: &'t Gazetteer,
    /// Mentions of regions, in order.
    seen: Vec<(Span, RegionId, Form)>,
    dateline: Option<u32>,
    focus: Vec<Focus>,
}

impl<'t> Regions<'t> {
    /// Gathers the mentions of regions.
    pub fn new(
        text: &'t Text<'t>,
        mentions: &[Mention],
        entities: &[Entity],
        gazetteer: &'t Gazetteer,
    ) -> Regions<'t> {
        let mut seen: Vec<(Span, RegionId, Form)> = mentions
            .iter()
            .filter_map(|mention| match entities[mention.entity.0 as usize].kind {
                EntityKind::Region { id, .. } => Some((mention.span, id, mention.form)),
                _ => None,
            })
            .collect();
        seen.sort_by_key(|(span, ..)| *span);
        let dateline = dateline_end(text);
        let focus = focus(&seen, text, dateline);
        Regions { text, gazetteer, seen, dateline, focus }
    }

    /// The regions that the article is mostly about, the most first.
    pub fn focus(&self) -> &[Focus] {
        &self.focus
    }

    /// The regions that a quote is about, strongest evidence first.
    pub fn of(&self, content: &[Span], cue: Option<Span>) -> Vec<About> {
        let mut about: Vec<About> = Vec::new();
        let inside = |span: Span| content.iter().any(|piece| piece.contains(span));
        let hull = content.iter().copied().reduce(Span::cover).unwrap_or_default();
        self.take(&mut about, Grade::InQuote, hull, inside);
        let sentences: Vec<usize> = content
            .iter()
            .flat_map(|piece| {
                [self.text.sentence_at(piece.start), self.text.sentence_at(piece.end.saturating_sub(1))]
            })
            .chain(cue.map(|cue| self.text.sentence_at(cue.start)))
            .collect();
        let in_dateline = |span: Span| self.dateline.is_some_and(|end| span.end <= end);
        let around = sentences.iter().filter_map(|&number| self.text.sentences.get(number).copied());
        let around = around.reduce(Span::cover).unwrap_or_default();
        self.take(&mut about, Grade::Sentence, around, |span| {
            !in_dateline(span) && sentences.contains(&self.text.sentence_at(span.start))
        });
        self.antecedents(&mut about, content);
        if !about.iter().any(|found| found.grade == Grade::InQuote) {
            self.context(&mut about, content);
        }
        let dateline = Span { start: 0, end: self.dateline.unwrap_or(0) };
        self.take(&mut about, Grade::Dateline, dateline, in_dateline);
        about.sort_by_key(|found| (found.grade, found.evidence.start));
        about
    }

    /// Regions named within a range and fit for a grade.
    fn take(&self, about: &mut Vec<About>, grade: Grade, range: Span, fits: impl Fn(Span) -> bool) {
        let first = self.seen.partition_point(|(span, ..)| span.start < range.start);
        let within = self.seen[first..].iter().take_while(|(span, ..)| span.start < range.end);
        for &(span, region, _) in within.filter(|(span, ..)| fits(*span)) {
            push(about, region, grade, span);
        }
    }

    /// `the peninsula`, `there`: the last region before it that such a phrase can mean.
    fn antecedents(&self, about: &mut Vec<About>, content: &[Span]) {
        for piece in content {
            for token in self.text.tokens_in(*piece) {
                let low = self.text.low(token);
                let defined = token > 0
                    && matches!(self.text.low(token - 1), "the" | "this" | "that" | "our" | "their");
                let kinds = match low {
                    "there"
                        if !crate::lang::english::is_auxiliary(self.text.low(token + 1))
                            && self.text.low(token + 1) != "’s" =>
                    {
                        ANYWHERE
                    }
                    _ if !defined => continue,
                    _ => match NOUNS.iter().find(|(noun, _)| *noun == low) {
                        Some((_, kinds)) => kinds,
                        None => continue,
                    },
                };
                let place = self.text.tokens[token].span;
                let paragraph = self.text.tokens[token].paragraph as usize;
                let fits = |region: RegionId| {
                    kinds.is_empty()
                        || self.gazetteer.region(region).is_some_and(|region| kinds.contains(&region.kind))
                };
                let before = self.before(place.start).find(|(span, region, form)| {
                    *form == Form::Name
                        && paragraph - self.text.paragraph_at(span.start).min(paragraph) <= 2
                        && fits(*region)
                });
                if let Some(&(_, region, _)) = before {
                    push(about, region, Grade::Antecedent, place);
                }
            }
        }
    }

    /// Regions named before a byte, the nearest first, no more than a few paragraphs' worth.
    fn before(&self, byte: u32) -> impl Iterator<Item = &(Span, RegionId, Form)> {
        let end = self.seen.partition_point(|(span, ..)| span.start < byte);
        self.seen[..end].iter().rev().filter(move |(span, ..)| span.end <= byte).take(50)
    }

    /// The sentence and paragraph before, then what the article is mostly about.
    fn context(&self, about: &mut Vec<About>, content: &[Span]) {
        let Some(start) = content.first().map(|piece| piece.start) else { return };
        let paragraph = self.text.paragraph_at(start);
        let near = self
            .before(start)
            .take_while(|(span, ..)| paragraph - self.text.paragraph_at(span.start).min(paragraph) <= 1);
        let mut taken = 0;
        for &(span, region, _) in near {
            if taken == MOST_CONTEXT {
                break;
            }
            taken += usize::from(push(about, region, Grade::Context, span));
        }
        for focus in &self.focus {
            push(about, focus.region, Grade::Context, focus.first);
        }
    }
}

const ANYWHERE: &[RegionKind] = &[];

/// Nouns that refer back to a region, and the kinds that they can mean; an empty list is any.
const NOUNS: &[(&str, &[RegionKind])] = &[
    ("country", &[RegionKind::Country]),
    ("nation", &[RegionKind::Country]),
    ("republic", &[RegionKind::Country, RegionKind::Informal]),
    ("kingdom", &[RegionKind::Country]),
    ("city", &[RegionKind::City]),
    ("town", &[RegionKind::City]),
    ("village", &[RegionKind::City]),
    ("capital", &[RegionKind::City]),
    ("port", &[RegionKind::City]),
    ("region", &[RegionKind::Adm1, RegionKind::Informal, RegionKind::Macro, RegionKind::Territory]),
    ("province", &[RegionKind::Adm1]),
    ("state", &[RegionKind::Adm1]),
    ("oblast", &[RegionKind::Adm1]),
    ("county", &[RegionKind::Adm2]),
    ("territory", &[RegionKind::Territory, RegionKind::Informal, RegionKind::Adm1]),
    ("peninsula", &[RegionKind::Informal, RegionKind::Adm1, RegionKind::Territory]),
    ("enclave", &[RegionKind::Informal, RegionKind::Territory, RegionKind::Adm1]),
    ("strip", &[RegionKind::Informal, RegionKind::Territory, RegionKind::Adm1]),
    ("island", &[RegionKind::Country, RegionKind::Territory, RegionKind::Informal, RegionKind::Adm1]),
    ("valley", &[RegionKind::Informal, RegionKind::Adm1]),
    ("strait", &[RegionKind::Water]),
    ("sea", &[RegionKind::Water]),
];

/// Adds a region unless it is there already with evidence as strong; true when it is new.
fn push(about: &mut Vec<About>, region: RegionId, grade: Grade, evidence: Span) -> bool {
    if about.iter().any(|found| found.region == region) {
        return false;
    }
    about.push(About { region, grade, evidence });
    true
}

/// Least weight of a region that an article is mostly about.
const LEAST_FOCUS: f32 = 2.5;

/// Least share of such a region in the weight of all: an article that names many is about none of them.
const LEAST_SHARE: f32 = 0.15;

/// The regions that an article is mostly about, at most three: those of enough weight and share, and of more
/// than a third of the weight of the first. The lead counts double, people of a place half, the dateline not at all.
fn focus(seen: &[(Span, RegionId, Form)], text: &Text<'_>, dateline: Option<u32>) -> Vec<Focus> {
    let mut counts: Vec<(f32, Focus)> = Vec::new();
    for &(span, region, form) in seen {
        if dateline.is_some_and(|end| span.end <= end) {
            continue;
        }
        let lead = if text.paragraph_at(span.start) < 2 { 2.0 } else { 1.0 };
        let weight = if form == Form::Demonym { 0.5 * lead } else { lead };
        match counts.iter_mut().find(|(_, known)| known.region == region) {
            Some((sum, known)) => {
                *sum += weight;
                known.mentions += 1;
            }
            None => counts.push((weight, Focus { region, mentions: 1, first: span })),
        }
    }
    counts.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.region.cmp(&b.1.region)));
    let most = counts.first().map_or(0.0, |(weight, _)| *weight);
    let all: f32 = counts.iter().map(|(weight, _)| weight).sum();
    let enough = |weight: f32| weight >= LEAST_FOCUS && weight * 3.0 > most && weight >= LEAST_SHARE * all;
    counts.into_iter().filter(|(weight, _)| enough(*weight)).take(3).map(|(_, focus)| focus).collect()
}
