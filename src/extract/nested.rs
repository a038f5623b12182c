//! What somebody says that another said: quotes inside quotes.
//!
//! Only words that stand in marks of their own and have a reporting clause in the outer quote are taken:
//! other inner marks are titles and scare quotes. `I` and `me` are whoever speaks the outer quote.

use std::cmp::Reverse;

use crate::document::{Attribution, QuoteKind};
use crate::extract::coref::Cast;
use crate::extract::cue::{self, Clause};
use crate::extract::marks::{self, Run};
use crate::extract::segment::Text;
use crate::extract::speaker::{self, Attributed};
use crate::extract::{Quote, assembled, quote};
use crate::span::Span;

/// Adds the quotes inside quotes; afterwards all stand in the order of their start, outer before inner.
pub fn add(text: &Text<'_>, runs: &[Run], quotes: &mut Vec<Quote>, cast: &mut Cast<'_>) {
    let inner = marks::inner_runs(text, runs);
    if inner.is_empty() {
        return;
    }
    let clauses = clauses(text, runs, &inner);
    let mut found = quote::find(text, &inner, &clauses);
    found.retain(|one| {
        one.clause.is_some() && one.kind == QuoteKind::Direct && holder(quotes, &one.content).is_some()
    });
    let attributed = speaker::attribute(text, &found, &clauses, cast);
    for (found, who) in found.into_iter().zip(attributed) {
        let Some(outer) = holder(quotes, &found.content) else { continue };
        let who = seen_from(text, &quotes[outer], who);
        quotes.push(assembled(text, found, who, &clauses));
    }
    quotes.sort_by_key(|quote| (quote.hull().start, Reverse(quote.hull().end)));
    for number in 0..quotes.len() {
        let outer = quotes[..number].iter().rposition(|outer| holds(outer, &quotes[number].content));
        quotes[number].nested_in = outer.and_then(|outer| u32::try_from(outer).ok());
    }
}

/// Reporting clauses inside the outer runs, each in a sentence with an inner one.
fn clauses(text: &Text<'_>, runs: &[Run], inner: &[Run]) -> Vec<Clause> {
    let mut sentences: Vec<usize> = inner
        .iter()
        .flat_map(|run| text.sentence_at(run.outer.start).saturating_sub(1)..=text.sentence_at(run.outer.end))
        .collect();
    sentences.dedup();
    sentences.sort_unstable();
    sentences.dedup();
    let spoken = |clause: &Clause| {
        let cue = text.span(clause.cue.clone());
        let next = runs.partition_point(|run| run.inner.end <= cue.start);
        runs.get(next).is_some_and(|run| run.inner.contains(cue))
    };
    sentences.into_iter().flat_map(|sentence| cue::clauses(text, sentence, inner)).filter(spoken).collect()
}

/// The outermost quote whose words hold all of these.
fn holder(quotes: &[Quote], content: &[Span]) -> Option<usize> {
    quotes.iter().position(|outer| holds(outer, content))
}

fn holds(outer: &Quote, content: &[Span]) -> bool {
    let inside = |span: &Span| outer.content.iter().any(|piece| piece.contains(*span) && piece != span);
    outer.kind == QuoteKind::Direct && !content.is_empty() && content.iter().all(inside)
}

/// First-person words mean the outer speaker, and no other words do: nobody calls himself `he` or `people`.
fn seen_from(text: &Text<'_>, outer: &Quote, who: Attributed) -> Attributed {
    let means = |one: Option<Attribution>, first_person: &[&str]| {
        let one = one?;
        let word = one.mention.of(&text.low);
        let teller = outer.speaker.as_ref();
        if !first_person.contains(&word) {
            return Some(one).filter(|one| teller.is_none_or(|teller| teller.entity != one.entity));
        }
        let teller = teller?;
        let confidence = one.confidence * teller.confidence;
        Some(Attribution { entity: teller.entity, confidence, runner_up: None, ..one })
    };
    Attributed { speaker: means(who.speaker, &["i"]), addressee: means(who.addressee, &["me"]) }
}
