//! What the trained tagger adds to what the rules found: speech that no rule knows, and a ranking of
//! speakers for all of it.
//!
//! The rules are exact about quote marks and reporting clauses; the tagger sees the rest: cues that no
//! list holds, nouns that report, clauses without a plain frame.

use std::collections::HashSet;
use std::ops::Range;

use crate::document::QuoteKind;
use crate::extract::cue::{self, Clause, Opener};
use crate::extract::linear::{self, Tagged, What};
use crate::extract::marks::Run;
use crate::extract::quote::{ASIDES, Found, LONGEST_REPORTED, is_adjunct};
use crate::extract::segment::{Class, Text};
use crate::lang::Stance;
use crate::lang::english as en;
use crate::span::Span;

/// Least probability of speech that only the tagger sees. It was taught by a corpus that also counts
/// announced plans and the like; the less a find looks like a reported clause, the surer it has to be.
mod least {
    /// Its cue is a reporting verb, and it has a verb of its own or quote marks.
    pub const VERB_AND_CLAUSE: f32 = 0.6;
    /// Only its cue is a reporting verb.
    pub const VERB: f32 = 0.75;
    /// It has a verb of its own or quote marks; its cue is a noun or no listed verb.
    pub const CLAUSE: f32 = 0.7;
    /// Neither.
    pub const NEITHER: f32 = 0.9;
    /// The least of these.
    pub const ANY: f32 = VERB_AND_CLAUSE;
    /// For a longer statement around a few quoted words that the rules saw.
    pub const WIDER: f32 = 0.5;
}

/// `asked by a reporter for the paper whether`, in tokens.
const LONGEST_QUESTION: usize = 10;

/// Fewest words of such speech.
const FEWEST_WORDS: usize = 3;

/// Words that the tagger takes for speech.
struct Content {
    tokens: Range<usize>,
    score: f32,
    speakers: Vec<(Span, f32)>,
}

/// Adds the tagger's finds to those of the rules, and its ranking of speakers to both.
pub fn add(
    text: &Text<'_>,
    reader: &mut linear::Reader,
    names: &[linear::Name],
    runs: &[Run],
    clauses: &mut Vec<Clause>,
    found: &mut Vec<Found>,
) {
    if cfg!(feature = "clean") {
        return;
    }
    let pieces = pieces(text, found);
    // Nobody asks who said what is neither found by the rules nor sure enough to be added to them.
    let wanted = |part: &Tagged| {
        let tokens = text.tokens_in(part.span);
        part.score >= least::ANY || !overlapping(&pieces, &tokens).is_empty()
    };
    let (tagged, ranked) = reader.spoken(names, wanted);
    let cues: Vec<&Tagged> = tagged.iter().filter(|part| part.what == What::Cue).collect();
    let reporting: HashSet<usize> =
        found.iter().filter_map(|quote| Some(clauses[quote.clause?].cue.start)).collect();
    let mut extra = Vec::new();
    for content in contents(text, &tagged, ranked, runs) {
        let rivals = overlapping(&pieces, &content.tokens);
        let closest = rivals
            .iter()
            .max_by(|a, b| agreement(&a.0, &content.tokens).total_cmp(&agreement(&b.0, &content.tokens)));
        match closest {
            Some((tokens, number)) => {
                let quote = &mut found[*number];
                if quote.ranked.is_empty() {
                    quote.ranked = content.speakers.clone();
                }
                let clause = quote.clause.map(|number| &clauses[number]);
                let cue = clause.map(|clause| clause.cue.start);
                // Behind a source that opens its sentence nothing before its comma was said.
                let floor =
                    clause.filter(|clause| clause.opener == Opener::According && cue < Some(tokens.start));
                let hears = clause.and_then(|clause| clause.addressee.as_ref());
                let heard = hears.is_some_and(|hears| content.tokens.contains(&hears.start));
                let within = !heard && floor.is_none_or(|clause| content.tokens.start >= clause.content);
                if within && widens(text, quote, cue, tokens, &content, &rivals) {
                    quote.content = vec![text.span(content.tokens.clone())];
                    if quote.kind == QuoteKind::Direct {
                        quote.kind = QuoteKind::Mixed;
                    }
                }
            }
            None => extra.extend(unseen(text, content, &cues, runs, &reporting, clauses)),
        }
    }
    found.extend(extra);
    put_in_order(clauses, found);
    found.sort_by_key(|found| found.content.first().map(|span| span.start));
}

/// Clauses stand in the order of their cues; what was added at the end finds its place.
fn put_in_order(clauses: &mut [Clause], found: &mut [Found]) {
    let mut order: Vec<usize> = (0..clauses.len()).collect();
    order.sort_by_key(|&number| clauses[number].cue.start);
    let mut place = vec![0; order.len()];
    for (new, &old) in order.iter().enumerate() {
        place[old] = new;
    }
    for quote in found {
        quote.clause = quote.clause.map(|old| place[old]);
    }
    clauses.sort_by_key(|clause| clause.cue.start);
}

fn contents(text: &Text<'_>, tagged: &[Tagged], ranked: linear::Ranked, runs: &[Run]) -> Vec<Content> {
    ranked
        .into_iter()
        .filter_map(|(number, speakers)| {
            let part = tagged.get(number)?;
            let tokens = trimmed(text, within_sentence(text, text.tokens_in(part.span), runs));
            let speakers =
                speakers.into_iter().take(3).map(|speaker| (speaker.span, speaker.score)).collect();
            (!tokens.is_empty()).then_some(Content { tokens, score: part.score, speakers })
        })
        .collect()
}

/// What is reported without quote marks ends with its sentence.
fn within_sentence(text: &Text<'_>, tokens: Range<usize>, runs: &[Run]) -> Range<usize> {
    let span = text.span(tokens.clone());
    let next = runs.partition_point(|run| run.outer.end <= span.start);
    let quoted = runs.get(next).is_some_and(|run| run.outer.overlaps(span));
    match text.tokens.get(tokens.start) {
        Some(first) if !quoted => {
            let sentence = &text.sentence_tokens[first.sentence as usize];
            tokens.start..tokens.end.min(sentence.end)
        }
        _ => tokens,
    }
}

/// Without signs and quote marks at the ends.
fn trimmed(text: &Text<'_>, tokens: Range<usize>) -> Range<usize> {
    let Range { mut start, mut end } = tokens;
    let sign = |at: usize| matches!(text.tokens[at].class, Class::Mark | Class::Punct);
    while start < end && (sign(start) || text.low(start) == "that" && !cue::is_demonstrative(text, start)) {
        start += 1;
    }
    while start < end && sign(end - 1) {
        end -= 1;
    }
    start..end
}

/// The pieces of all quotes by their tokens, in order.
fn pieces(text: &Text<'_>, found: &[Found]) -> Vec<(Range<usize>, usize)> {
    let mut all: Vec<(Range<usize>, usize)> = found
        .iter()
        .enumerate()
        .flat_map(|(number, quote)| quote.content.iter().map(move |span| (*span, number)))
        .map(|(span, number)| (text.tokens_in(span), number))
        .collect();
    all.sort_by_key(|(tokens, _)| tokens.start);
    all
}

fn overlapping(pieces: &[(Range<usize>, usize)], tokens: &Range<usize>) -> Vec<(Range<usize>, usize)> {
    // Pieces may lie in each other, so a few before the first that starts inside can reach in.
    let first = pieces.partition_point(|(piece, _)| piece.start < tokens.start).saturating_sub(4);
    let near = pieces[first..].iter().take_while(|(piece, _)| piece.start < tokens.end);
    near.filter(|(piece, _)| piece.end > tokens.start).cloned().collect()
}

/// F1 of two runs of tokens.
fn agreement(a: &Range<usize>, b: &Range<usize>) -> f32 {
    let shared = a.end.min(b.end).saturating_sub(a.start.max(b.start));
    2.0 * shared as f32 / (a.len() + b.len()).max(1) as f32
}

/// True when the rules saw only a few quoted words of a longer statement; not when that holds the words that
/// report them: `Smith told him that …, according to Jones`.
fn widens(
    text: &Text<'_>,
    quote: &Found,
    cue: Option<usize>,
    tokens: &Range<usize>,
    content: &Content,
    rivals: &[(Range<usize>, usize)],
) -> bool {
    let partial = quote.content.len() == 1
        && rivals.len() == 1
        && content.tokens.start <= tokens.start
        && tokens.end <= content.tokens.end
        && agreement(tokens, &content.tokens) < 0.7;
    let lower = text.word(tokens.start).starts_with(char::is_lowercase);
    let believed = content.tokens.len() <= LONGEST_REPORTED;
    let outer = cue.is_some_and(|cue| content.tokens.contains(&cue));
    // The rules end it where the reporter speaks: at a dash, before `, citing`.
    let cut = matches!(text.word(tokens.end), "—" | "–")
        || text.is_sign(tokens.end, &[","]) && ASIDES.contains(&text.low(tokens.end + 1));
    partial && lower && believed && !outer && !cut && content.score >= least::WIDER
}

/// Speech that no rule found, if the tagger is sure enough.
fn unseen(
    text: &Text<'_>,
    content: Content,
    cues: &[&Tagged],
    runs: &[Run],
    reporting: &HashSet<usize>,
    clauses: &mut Vec<Clause>,
) -> Option<Found> {
    let words = content.tokens.clone().filter(|&at| text.is_word(at)).count();
    let cue = nearest_cue(text, &content, cues);
    let verb = cue.clone().is_some_and(|cue| cue.clone().any(|at| en::cue(text.low(at)).is_some()));
    let span = text.span(content.tokens.clone());
    let quoted = runs.iter().any(|run| span.overlaps(run.inner));
    let clausal = quoted || reads_as_clause(text, &content.tokens);
    // A cue that reports a clause already does not report a mere phrase beside it.
    if !clausal && cue.as_ref().is_some_and(|cue| reporting.contains(&cue.start)) {
        return None;
    }
    // `In the end, the firm agreed to lend`, `said as he entered`: when and where, not what.
    if !quoted && beside_cue(text, &content.tokens, cue.as_ref()) {
        return None;
    }
    // `Asked whether he would run, Rao replied`, `Rao, asked if he would run, said`: nobody says who asked.
    let question = content.tokens.start.saturating_sub(LONGEST_QUESTION)..content.tokens.start;
    let asked =
        question.rev().take_while(|&at| !text.is_sign(at, &[","])).any(|at| cue::asks_speaker(text, at));
    if asked {
        return None;
    }
    let least = match (verb, clausal) {
        (true, true) => least::VERB_AND_CLAUSE,
        (true, false) => least::VERB,
        (false, true) => least::CLAUSE,
        (false, false) => least::NEITHER,
    };
    if words < FEWEST_WORDS
        || !quoted && content.tokens.len() > LONGEST_REPORTED
        || content.score < least
        || content.speakers.first().is_none_or(|best| best.1 < 0.4)
    {
        return None;
    }
    let whole = runs.iter().any(|run| run.inner.contains(span));
    let kind = match (whole, quoted) {
        (true, _) => QuoteKind::Direct,
        (false, true) => QuoteKind::Mixed,
        (false, false) => QuoteKind::Indirect,
    };
    let clause = cue.map(|cue| clause_of(text, cue, clauses));
    // All words of a run are the run, its full stop included.
    let all =
        |run: &&Run| run.inner.contains(span) && trimmed(text, text.tokens_in(run.inner)) == content.tokens;
    let span = runs.iter().find(all).map_or(span, |run| run.inner);
    Some(Found { content: vec![span], kind, clause, ranked: content.speakers })
}

/// True for words before or right behind a cue that only tell when, where or how it was said.
fn beside_cue(text: &Text<'_>, content: &Range<usize>, cue: Option<&Range<usize>>) -> bool {
    let Some(cue) = cue else { return false };
    let first = text.low(content.start);
    let behind = content.start == cue.end && matches!(first, "as" | "while" | "after" | "before" | "during");
    let sentence = |at: usize| text.tokens[at].sentence;
    let before = content.end <= cue.start
        && sentence(content.start) == sentence(cue.start)
        && is_adjunct(text, content.clone());
    behind || before
}

/// True for words that hold a verb of their own, or follow *that*.
fn reads_as_clause(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    let after_that = tokens.start > 0 && text.low(tokens.start - 1) == "that";
    let finite = |at: usize| {
        let low = text.low(at);
        let subject = en::is_speaking_pronoun(low) && !matches!(low, "it" | "you");
        en::is_auxiliary(low) || subject || low.ends_with("ed")
    };
    after_that || tokens.clone().any(finite)
}

/// The cue of the same paragraph that stands closest to the content.
fn nearest_cue(text: &Text<'_>, content: &Content, cues: &[&Tagged]) -> Option<Range<usize>> {
    let paragraph = text.tokens[content.tokens.start].paragraph;
    let span = text.span(content.tokens.clone());
    let distance = |cue: &Tagged| {
        if cue.span.end <= span.start {
            span.start - cue.span.end
        } else {
            cue.span.start.saturating_sub(span.end)
        }
    };
    let next = cues.partition_point(|cue| cue.span.start < span.start);
    let near = &cues[next.saturating_sub(3)..cues.len().min(next + 3)];
    near.iter()
        .filter(|cue| !span.overlaps(cue.span))
        .map(|cue| (distance(cue), text.tokens_in(cue.span)))
        .filter(|(_, tokens)| !tokens.is_empty() && text.tokens[tokens.start].paragraph == paragraph)
        .min_by_key(|(distance, _)| *distance)
        // A colon alone says nothing.
        .map(|(_, tokens)| without_time(text, trimmed(text, tokens)))
        .filter(|tokens| !tokens.is_empty())
}

/// A cue without the time before its verb: `on Monday accused`.
fn without_time(text: &Text<'_>, cue: Range<usize>) -> Range<usize> {
    let time = |at: usize| {
        let low = text.low(at);
        matches!(low, "on" | "late" | "early" | "last")
            || en::is_time_word(low) && low != "may"
            || text.tokens[at].class == Class::Number
    };
    let start = cue.clone().find(|&at| !time(at)).unwrap_or(cue.start);
    if start < cue.end && en::cue(text.low(start)).is_some() { start..cue.end } else { cue }
}

/// The clause that holds a cue already, or a new one that holds only the cue.
fn clause_of(text: &Text<'_>, cue: Range<usize>, clauses: &mut Vec<Clause>) -> usize {
    let listed = cue.clone().find_map(|at| en::cue(text.low(at)));
    clauses.push(Clause {
        lemma: listed.map_or_else(|| text.low_range(cue.clone()).to_string(), |verb| verb.lemma.to_string()),
        stance: listed.map_or(Stance::Say, |verb| verb.stance),
        verb: None,
        subject: None,
        inverted: false,
        elliptic: false,
        addressee: listed.and_then(|verb| cue::hearer_after(text, verb, cue.end)),
        opener: Opener::Nothing,
        content: cue.end,
        start: cue.start,
        cue,
    });
    clauses.len() - 1
}
