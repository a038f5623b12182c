//! Who said it, and to whom: candidates from the text, weighed by [`scorer`](super::scorer).

use std::collections::BTreeMap;
use std::ops::Range;

use crate::document::{Attribution, EntityId, EntityKind, Form, QuoteKind, Reason};
use crate::extract::coref::{Cast, Resolved};
use crate::extract::cue::{self, Clause, Opener};
use crate::extract::phrase;
use crate::extract::quote::Found;
use crate::extract::scorer::{Evidence, weigh};
use crate::extract::segment::{Class, Text};
use crate::extract::transcript::{self, Turn};
use crate::lang::english as en;
use crate::span::Span;

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
        let turn = turns.get(&text.paragraph_at(start)).filter(|_| found[number].clause.is_none());
        let candidates = match turn {
            Some(turn) => turn_speaker(text, turn, cast).into_iter().collect(),
            None => candidates(text, found, number, clauses, cast, &done),
        };
        let speaker = choose(candidates).inspect(|chosen| cast.acts(chosen.mention));
        if let Some(speaker) = &speaker {
            identify_lead(text, found, number, speaker, cast, &mut done);
        }
        let last = speaker.as_ref().map(|chosen| chosen.entity);
        let addressee = match turn {
            Some(_) => last.and_then(|speaker| other_label(text, &turns, speaker, cast)),
            None => addressee(text, found, number, clauses, cast, last, &done),
        };
        done.push(Attributed { speaker, addressee });
    }
    done
}

/// The first words of an article often name a speaker by a role, the next quote by name.
fn identify_lead(
    text: &Text<'_>,
    found: &[Found],
    number: usize,
    speaker: &Attribution,
    cast: &mut Cast<'_>,
    done: &mut [Attributed],
) {
    let Some(before) = done.last().and_then(|done| done.speaker.as_ref()) else { return };
    let paragraph = |span: Span| text.paragraph_at(span.start);
    let lead = paragraph(before.mention) <= 2
        && paragraph(speaker.mention) - paragraph(before.mention).min(paragraph(speaker.mention)) <= 1;
    let unnamed = before.entity;
    let direct = found[number].kind == QuoteKind::Direct;
    if lead && direct && unnamed != speaker.entity && cast.identify(unnamed, speaker.entity, before.mention) {
        let known = done.iter_mut().flat_map(|done| [&mut done.speaker, &mut done.addressee]).flatten();
        for attribution in known.filter(|attribution| attribution.entity == unnamed) {
            attribution.entity = speaker.entity;
        }
    }
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
    let clause = quote.clause.map(|clause| &clauses[clause]);
    let others = &found[number.saturating_sub(NEIGHBOURS)..found.len().min(number + NEIGHBOURS)];
    let mut all = learned(text, (quote, others), clause, cast, last);
    let Some(clause) = clause else {
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
            cast.resolve_other(subject, last, asker(text, quote, clause, found, number, done))
                .map(|resolved| Candidate { resolved, evidence: Evidence::of(reason, resolved) }),
        );
    } else if clause.elliptic {
        let same = goes_on_right_behind(text, found, number, clause, done);
        all.extend(same.or_else(|| shared_subject(text, clause, clauses, cast, last)));
    }
    all
}

/// How many quotes before and after one may hold a word that the model takes for its speaker.
const NEIGHBOURS: usize = 4;

/// The two that the trained model ranks first.
fn learned(
    text: &Text<'_>,
    (quote, others): (&Found, &[Found]),
    clause: Option<&Clause>,
    cast: &mut Cast<'_>,
    last: Option<EntityId>,
) -> Vec<Candidate> {
    let mut all = Vec::new();
    // `“… names I don’t know,” further remarking, “…”`: who is named in another’s words does not say these.
    let own = quote.content.first().copied().unwrap_or_default();
    let elsewhere = |span: &Span| {
        let direct = others.iter().filter(|other| other.kind == QuoteKind::Direct);
        direct.flat_map(|other| &other.content).any(|words| words.contains(*span) && !words.contains(own))
    };
    let hearer = clause.and_then(|clause| clause.addressee.clone()).map(|hearer| text.span(hearer));
    let hears = |span: &Span| hearer.is_some_and(|hearer| hearer.overlaps(*span));
    // `Rao was criticised`, `were advised to expect`: what stands before does not speak.
    let passive =
        clause.filter(|clause| cue::is_passive(text, clause.cue.clone())).map(|clause| clause.cue.start);
    let suffers = |span: &Span| passive.is_some_and(|cue| span.end <= text.tokens[cue].span.start);
    // `According to people in the room, the mayor …`: the source ends where what was said starts.
    let source = clause.filter(|clause| clause.opener == Opener::According);
    let ends = |phrase: Range<usize>| match source {
        Some(clause) if phrase.contains(&clause.content) && clause.cue.end <= phrase.start => {
            phrase.start..clause.content - usize::from(text.is_sign(clause.content - 1, &[","]))
        }
        // `the mother of one of them, speaking on condition of anonymity`
        _ => {
            match phrase.clone().find(|&at| text.is_sign(at, &[","]) && phrase::is_speaking(text.low(at + 1)))
            {
                Some(comma) if comma > phrase.start => phrase.start..comma,
                _ => phrase,
            }
        }
    };
    for (span, score) in
        quote.ranked.iter().filter(|(span, _)| !hears(span) && !suffers(span) && !elsewhere(span)).take(2)
    {
        let phrase = text.token_at(span.start)..text.token_at(span.end.saturating_sub(1)) + 1;
        let phrase = before_verb(text, ends(subject_within(text, closed(text, phrase), clause)));
        let phrase = phrase::without_adverbs(text, phrase);
        // `the voters, who said`: the pronoun speaks for what stands before it.
        let phrase = match text.low(phrase.start) {
            "who" | "which" if phrase.len() == 1 && text.word(phrase.start) != "WHO" => {
                phrase::before(text, phrase.end, phrase.start.saturating_sub(20))
            }
            _ => {
                let floor = text.sentence_tokens[text.tokens[phrase.start].sentence as usize].start;
                Some(phrase::who_speaks(text, &phrase, floor).unwrap_or(phrase))
            }
        };
        let resolved = phrase.and_then(|phrase| cast.resolve(phrase, last));
        all.extend(resolved.map(|resolved| {
            let evidence = Evidence { found: *score, ..Evidence::of(Reason::Learned, resolved) };
            Candidate { resolved, evidence }
        }));
    }
    all
}

/// The subject of the clause, where the model’s phrase holds it and more than a phrase: `a photograph or, the host`.
fn subject_within(text: &Text<'_>, phrase: Range<usize>, clause: Option<&Clause>) -> Range<usize> {
    let subject = clause.and_then(|clause| clause.subject.clone());
    let Some(subject) = subject.filter(|own| phrase.start <= own.start && own.end <= phrase.end) else {
        return phrase;
    };
    let parts = |at: usize| !subject.contains(&at) && (text.is_sign(at, &[","]) || reports(text, at));
    if phrase.clone().any(parts) { subject } else { phrase }
}

/// A phrase without what stands open at its end: `the report,`, `Rao, who`.
fn closed(text: &Text<'_>, phrase: Range<usize>) -> Range<usize> {
    let open =
        |&at: &usize| text.is_sign(at, &[","]) || matches!(text.low(at), "who" | "which" | "but" | "and");
    let last = (phrase.start + 1..phrase.end).rev().find(|at| !open(at));
    phrase.start..last.map_or(phrase.start + 1, |last| last + 1).min(phrase.end)
}

/// A phrase up to a verb that reports: `an earlier report found no fault but`.
fn before_verb(text: &Text<'_>, phrase: Range<usize>) -> Range<usize> {
    let verb = (phrase.start + 1..phrase.end).find(|&at| reports(text, at));
    closed(text, phrase.start..verb.unwrap_or(phrase.end))
}

/// True for a past form of a reporting verb that is no relative clause and describes no noun.
fn reports(text: &Text<'_>, at: usize) -> bool {
    let (low, before) = (text.low(at), text.low(at.saturating_sub(1)));
    let past = low.ends_with("ed") || matches!(low, "said" | "told" | "found" | "wrote");
    let bound = matches!(before, "who" | "which" | "that" | "be" | "have" | "has" | "had")
        || before.ends_with("ly")
        || en::is_determiner(before)
        || en::is_preposition(before);
    past && !bound && !text.is_capital(at) && en::cue(low).is_some_and(|verb| verb.clause())
}

/// Who spoke before, by the words that named them there.
fn as_before(speaker: &Attribution) -> Resolved {
    Resolved {
        entity: speaker.entity,
        mention: speaker.mention,
        form: Form::Name,
        confidence: speaker.confidence,
        runner_up: None,
    }
}

/// The speaker of the words before `“…,” further remarking, “…”`.
fn goes_on_right_behind(
    text: &Text<'_>,
    found: &[Found],
    number: usize,
    clause: &Clause,
    done: &[Attributed],
) -> Option<Candidate> {
    let before = number.checked_sub(1)?;
    let end = text.token_at(found[before].content.last()?.end);
    let speaker = done.get(before)?.speaker.as_ref()?;
    let behind = found[before].kind == QuoteKind::Direct && (end..end + 4).contains(&clause.start);
    let resolved = as_before(speaker);
    behind.then(|| Candidate { resolved, evidence: Evidence::of(Reason::LeadIn, resolved) })
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
            let resolved = as_before(speaker);
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
    // `Rao to Lee: “…”`
    let end = (paragraph.start + 1..colon).find(|&at| text.low(at) == "to").unwrap_or(colon);
    let resolved = cast.resolve(paragraph.start..end, None)?;
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

/// To whom: as the clause tells, else the other side of the conversation.
fn addressee(
    text: &Text<'_>,
    found: &[Found],
    number: usize,
    clauses: &[Clause],
    cast: &mut Cast<'_>,
    speaker: Option<EntityId>,
    done: &[Attributed],
) -> Option<Attribution> {
    let clause = found[number].clause.map(|clause| &clauses[clause]);
    if let Some(phrase) = clause.and_then(|clause| clause.addressee.clone()) {
        return named_hearer(clause?, phrase, cast, speaker);
    }
    match clause.and_then(|clause| question_before(text, clause)) {
        Some(asker) => named_hearer(clause?, asker?, cast, speaker),
        None => other_side(text, found, number, clause, speaker?, done),
    }
}

/// Who put the question that opens the sentence, if that is told: `Asked by Lee whether …, Rao replied`.
fn question_before(text: &Text<'_>, clause: &Clause) -> Option<Option<Range<usize>>> {
    let start = text.sentence_tokens[text.tokens[clause.cue.start].sentence as usize].start;
    let at = start + usize::from(text.low(start) == "when");
    let by = || phrase::after(text, at + 2, clause.start).filter(|_| text.low(at + 1) == "by");
    (at < clause.start && cue::asks_speaker(text, at)).then(by)
}

fn named_hearer(
    clause: &Clause,
    phrase: Range<usize>,
    cast: &mut Cast<'_>,
    speaker: Option<EntityId>,
) -> Option<Attribution> {
    let reason = if phrase.start == clause.cue.end { Reason::Object } else { Reason::To };
    let resolved = cast.resolve_hearer(phrase, speaker)?;
    let place = matches!(cast.entities[resolved.entity.0 as usize].kind, EntityKind::Region { .. })
        && resolved.form == Form::Name
        && reason == Reason::To;
    (!place).then(|| Attribution {
        entity: resolved.entity,
        mention: resolved.mention,
        confidence: weigh(&Evidence::of(reason, resolved)) * resolved.confidence,
        because: reason,
        runner_up: resolved.runner_up,
    })
}

/// Verbs that turn to whoever spoke before.
const ANSWERS: &[&str] = &["reply", "respond", "answer", "retort", "counter", "shoot back"];

/// Who put what this answers, when the verb says that it answers and the words before were put to somebody.
fn asker(
    text: &Text<'_>,
    quote: &Found,
    clause: &Clause,
    found: &[Found],
    number: usize,
    done: &[Attributed],
) -> Option<EntityId> {
    let before = number.checked_sub(1).filter(|_| ANSWERS.contains(&clause.lemma.as_str()))?;
    let near = text.paragraph_at(found[before].content.last()?.end) + 1
        >= text.paragraph_at(quote.content.first()?.start);
    let asker = done[before].speaker.as_ref().filter(|_| near && done[before].addressee.is_some())?;
    Some(asker.entity)
}

/// The one who spoke last, when this is an answer: its verb says so, or it was just put to its speaker.
fn other_side(
    text: &Text<'_>,
    found: &[Found],
    number: usize,
    clause: Option<&Clause>,
    speaker: EntityId,
    done: &[Attributed],
) -> Option<Attribution> {
    let before = number.checked_sub(1)?;
    let asker = done[before].speaker.as_ref().filter(|asker| asker.entity != speaker)?;
    let start = found[number].content.first()?.start;
    let end = found[before].content.last()?.end.saturating_sub(1);
    let paragraphs = text.paragraph_at(start).checked_sub(text.paragraph_at(end))?;
    let sentences = text.sentence_at(start).saturating_sub(text.sentence_at(end));
    let answers = clause.is_some_and(|clause| ANSWERS.contains(&clause.lemma.as_str()));
    let was_asked = done[before].addressee.as_ref().is_some_and(|asked| asked.entity == speaker);
    let near = answers && paragraphs <= 1 && sentences <= 2 || was_asked && paragraphs == 0 && sentences <= 1;
    near.then_some(Attribution {
        entity: asker.entity,
        mention: asker.mention,
        confidence: 0.8 * asker.confidence,
        because: Reason::Conversation,
        runner_up: None,
    })
}

/// In a transcript of two, each speaks to the other; nobody is named who has only a label.
fn other_label(
    text: &Text<'_>,
    turns: &BTreeMap<usize, Turn>,
    speaker: EntityId,
    cast: &mut Cast<'_>,
) -> Option<Attribution> {
    let mut others: Vec<Resolved> = Vec::new();
    for turn in turns.values() {
        let other = turn_speaker(text, turn, cast)?.resolved;
        if other.entity != speaker && others.iter().all(|known| known.entity != other.entity) {
            others.push(other);
        }
    }
    let [other] = others[..] else { return None };
    let person = cast.entities[other.entity.0 as usize].kind == EntityKind::Person;
    person.then_some(Attribution {
        entity: other.entity,
        mention: other.mention,
        confidence: 0.8 * other.confidence,
        because: Reason::Conversation,
        runner_up: None,
    })
}
