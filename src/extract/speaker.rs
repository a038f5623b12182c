//! Who said it, and to whom: candidates from the text, weighed by [`scorer`](super::scorer).

use crate::document::{Attribution, EntityId, EntityKind, Form, Reason};
use crate::extract::coref::{Cast, Resolved};
use crate::extract::cue::{Clause, Opener};
use crate::extract::phrase;
use crate::extract::quote::Found;
use crate::extract::scorer::{Evidence, weigh};
use crate::extract::segment::{Class, Text};
use crate::extract::transcript::{self, Turn};

/// Speaker and addressee of one quote.
#[derive(Clone, Debug, Default)]
pub struct Attributed {
    /// Who said it.
    pub speaker: Option<Attribution>,
    /// To whom.
    pub addressee: Option<Attribution>,
}

/// Least confidence at which a speaker is named; below it the speaker is unknown.
const LEAST: f32 = 0.3;

/// Attributes all quotes of a text, in order.
pub fn attribute(
    text: &Text<'_>,
    found: &[Found],
    clauses: &[Clause],
    cast: &mut Cast<'_>,
) -> Vec<Attributed> {
    let mut done: Vec<Attributed> = Vec::with_capacity(found.len());
    let turns = transcript::turns(text);
    for number in 0..found.len() {
        let start = found[number].content.first().map_or(0, |span| span.start);
        let candidates = match turns.get(&text.paragraph_at(start)) {
            Some(turn) if found[number].clause.is_none() => {
                turn_speaker(text, turn, cast).into_iter().collect()
            }
            _ => candidates(text, found, number, clauses, cast, &done),
        };
        let speaker = choose(candidates).inspect(|chosen| cast.acts(chosen.mention));
        let last = speaker.as_ref().map(|chosen| chosen.entity);
        let addressee = addressee(&found[number], clauses, cast, last);
        done.push(Attributed { speaker, addressee });
    }
    done
}

struct Candidate {
    resolved: Resolved,
    evidence: Evidence,
}

fn choose(mut candidates: Vec<Candidate>) -> Option<Attribution> {
    candidates.sort_by(|a, b| weigh(&b.evidence).total_cmp(&weigh(&a.evidence)));
    let best = candidates.first()?;
    let found = weigh(&best.evidence);
    let confidence = found * best.resolved.confidence;
    let other = candidates.iter().map(|c| c.resolved.entity).find(|entity| *entity != best.resolved.entity);
    (found >= LEAST).then_some(Attribution {
        entity: best.resolved.entity,
        mention: best.resolved.mention,
        confidence,
        because: best.evidence.reason,
        runner_up: best.resolved.runner_up.or(other),
    })
}

/// Everybody in sight who may have said this quote.
fn candidates(
    text: &Text<'_>,
    found: &[Found],
    number: usize,
    clauses: &[Clause],
    cast: &mut Cast<'_>,
    done: &[Attributed],
) -> Vec<Candidate> {
    let quote = &found[number];
    let last = done.last().and_then(|done| done.speaker.as_ref()).map(|speaker| speaker.entity);
    let mut all = learned(text, quote, cast, last);
    let Some(clause) = quote.clause.map(|clause| &clauses[clause]) else {
        all.extend(around(text, found, number, clauses, cast, done));
        return all;
    };
    if let Some(subject) = clause.subject.clone() {
        let reason = match (clause.opener, clause.inverted) {
            (Opener::According, _) => Reason::AccordingTo,
            (_, true) => Reason::InvertedSubject,
            _ => Reason::Subject,
        };
        all.extend(
            cast.resolve(subject, last)
                .map(|resolved| Candidate { resolved, evidence: Evidence::of(reason, resolved) }),
        );
    } else if clause.elliptic {
        all.extend(shared_subject(text, clause, clauses, cast, last));
    }
    all
}

/// The two that the trained model ranks first.
fn learned(text: &Text<'_>, quote: &Found, cast: &mut Cast<'_>, last: Option<EntityId>) -> Vec<Candidate> {
    let mut all = Vec::new();
    for (span, score) in quote.ranked.iter().take(2) {
        let phrase = text.token_at(span.start)..text.token_at(span.end.saturating_sub(1)) + 1;
        let phrase = phrase::without_adverbs(text, phrase);
        // `the voters, who said`: the pronoun speaks for what stands before it.
        let phrase = match text.low(phrase.start) {
            "who" | "which" if phrase.len() == 1 => {
                phrase::before(text, phrase.end, phrase.start.saturating_sub(20))
            }
            _ => Some(phrase),
        };
        let resolved = phrase.and_then(|phrase| cast.resolve(phrase, last));
        all.extend(resolved.map(|resolved| {
            let evidence = Evidence { found: *score, ..Evidence::of(Reason::Learned, resolved) };
            Candidate { resolved, evidence }
        }));
    }
    all
}

/// The subject that `adding …` or `and said …` shares with what stands before it in its sentence.
fn shared_subject(
    text: &Text<'_>,
    clause: &Clause,
    clauses: &[Clause],
    cast: &mut Cast<'_>,
    last: Option<EntityId>,
) -> Option<Candidate> {
    let sentence = text.tokens[clause.cue.start].sentence;
    let earlier = &clauses[..clauses.partition_point(|other| other.cue.start < clause.cue.start)];
    let before = earlier.iter().rev().take(12).find(|other| {
        other.cue.start < clause.cue.start
            && text.tokens[other.cue.start].sentence == sentence
            && other.subject.is_some()
    });
    let range = text.sentence_tokens[sentence as usize].clone();
    let start = (range.start..clause.cue.start)
        .rev()
        .find(|&at| text.is_sign(at, &[";"]) || text.low(at) == "but")
        .map_or(range.start, |at| at + 1);
    let subject = before
        .and_then(|other| other.subject.clone())
        .or_else(|| phrase::main_subject(text, start..clause.cue.start));
    let main = cast.main_subject(sentence as usize, clause.cue.start);
    let resolved = subject.and_then(|subject| cast.resolve(subject, last)).or(main)?;
    Some(Candidate { resolved, evidence: Evidence::of(Reason::LeadIn, resolved) })
}

/// For a quote that nothing reports: the conversation around it.
fn around(
    text: &Text<'_>,
    found: &[Found],
    number: usize,
    clauses: &[Clause],
    cast: &mut Cast<'_>,
    done: &[Attributed],
) -> Vec<Candidate> {
    let mut all = Vec::new();
    let Some(start) = found[number].content.first().map(|span| span.start) else { return all };
    let paragraph = text.paragraph_at(start);
    let sentence = text.sentence_at(start);
    all.extend(named_before_colon(text, start, cast));
    all.extend(signed_name(text, &found[number], cast));
    if let Some(before) = number.checked_sub(1)
        && let Some(speaker) = &done[before].speaker
        && let Some(end) = found[before].content.last().map(|span| span.end)
    {
        let distance = paragraph - text.paragraph_at(end);
        if distance <= 1 {
            let resolved = Resolved {
                entity: speaker.entity,
                mention: speaker.mention,
                form: Form::Name,
                confidence: speaker.confidence,
                runner_up: None,
            };
            let mut evidence = Evidence::of(Reason::Continues, resolved);
            evidence.found = speaker.confidence.max(0.5);
            evidence.paragraphs = distance as u32;
            evidence.alone = alone_in_paragraph(text, start);
            all.push(Candidate { resolved, evidence });
        }
    }
    let first = text.tokens[text.paragraph_tokens[paragraph].start].sentence as usize;
    if sentence > first
        && let Some(resolved) = leader_of(text, sentence - 1, clauses, cast)
    {
        all.push(Candidate { resolved, evidence: Evidence::of(Reason::Nearest, resolved) });
    }
    all
}

/// Who the sentence before is about.
fn leader_of(text: &Text<'_>, sentence: usize, clauses: &[Clause], cast: &mut Cast<'_>) -> Option<Resolved> {
    let range = text.sentence_tokens[sentence].clone();
    let first = clauses.partition_point(|clause| clause.cue.start < range.start);
    let last = clauses.partition_point(|clause| clause.cue.start < range.end);
    let clause = clauses[first..last].iter().rev().find(|clause| clause.subject.is_some());
    match clause.and_then(|clause| clause.subject.clone()) {
        Some(subject) => cast.resolve(subject, None),
        None => cast.main_subject(sentence, range.end),
    }
}

/// `NAME: “…”` at the head of a paragraph, as in headlines and lists of voices.
fn named_before_colon(text: &Text<'_>, start: u32, cast: &mut Cast<'_>) -> Option<Candidate> {
    let paragraph = text.paragraph_tokens[text.paragraph_at(start)].clone();
    let colon =
        (paragraph.start..paragraph.end.min(paragraph.start + 7)).find(|&at| text.is_sign(at, &[":"]))?;
    if text.tokens[colon].span.start > start || colon == paragraph.start {
        return None;
    }
    let resolved = cast.resolve(paragraph.start..colon, None)?;
    Some(Candidate { resolved, evidence: Evidence::of(Reason::Colon, resolved) })
}

/// Who a transcript says is speaking; `Q:` and `A:` name nobody.
fn turn_speaker(text: &Text<'_>, turn: &Turn, cast: &mut Cast<'_>) -> Option<Candidate> {
    let initial = turn.label.len() == 1 && text.word(turn.label.start).chars().count() == 1;
    let resolved = (!initial).then(|| cast.resolve_label(turn.label.clone())).flatten()?;
    Some(Candidate { resolved, evidence: Evidence::of(Reason::Colon, resolved) })
}

/// `“…” — NAME`
fn signed_name(text: &Text<'_>, quote: &Found, cast: &mut Cast<'_>) -> Option<Candidate> {
    let end = text.token_at(quote.content.last()?.end);
    let closed = (end..end + 2).take_while(|&at| text.tokens.get(at).is_some_and(|t| t.class == Class::Mark));
    let name = transcript::signature(text, text.tokens.get(closed.last()?)?.span)?;
    let resolved = cast.resolve(name, None)?;
    Some(Candidate { resolved, evidence: Evidence::of(Reason::Signed, resolved) })
}

fn alone_in_paragraph(text: &Text<'_>, start: u32) -> bool {
    let paragraph = text.paragraphs[text.paragraph_at(start)];
    start - paragraph.start < 5
}

fn addressee(
    quote: &Found,
    clauses: &[Clause],
    cast: &mut Cast<'_>,
    speaker: Option<EntityId>,
) -> Option<Attribution> {
    let clause = &clauses[quote.clause?];
    let phrase = clause.addressee.clone()?;
    let reason = if phrase.start == clause.cue.end { Reason::Object } else { Reason::To };
    let resolved = cast.resolve(phrase, None)?;
    let place = matches!(cast.entities[resolved.entity.0 as usize].kind, EntityKind::Region { .. })
        && resolved.form == Form::Name
        && reason == Reason::To;
    if Some(resolved.entity) == speaker || place {
        return None;
    }
    Some(Attribution {
        entity: resolved.entity,
        mention: resolved.mention,
        confidence: weigh(&Evidence::of(reason, resolved)) * resolved.confidence,
        because: reason,
        runner_up: resolved.runner_up,
    })
}
