//! What of a long row is shown: the sentences in which most matched.

use crate::engine::Row;
use crate::span::Span;

/// A row up to this long is shown whole, in bytes; of a longer one about as much.
const LONGEST: usize = 700;
/// Of a sentence that is itself too long, so much is shown before what matched.
const BEFORE: u32 = 200;

/// The parts of a passage to show, as ranges of the article's body; each begins with a sentence, unless
/// the sentence itself is too long. A quote, and a passage of common length, is shown whole.
pub(super) fn snippet(row: &Row, highlights: &[Span]) -> Vec<Span> {
    let Row::Passage(row) = row else { return Vec::new() };
    if row.span.len() <= LONGEST {
        return vec![row.span];
    }
    let within = |sentence: &Span| {
        let part = Span { start: sentence.start.max(row.span.start), end: sentence.end.min(row.span.end) };
        (part.start < part.end).then_some(part)
    };
    let mut sentences: Vec<Span> = row.sentences.iter().filter_map(within).collect();
    if sentences.is_empty() {
        sentences.push(row.span);
    }
    let marks = |sentence: &Span| highlights.iter().filter(|mark| sentence.contains(**mark)).count();
    let mut best: Vec<usize> = (0..sentences.len()).collect();
    best.sort_by_key(|&at| (std::cmp::Reverse(marks(&sentences[at])), at));
    let mut shown: Vec<Span> = Vec::new();
    let mut room = LONGEST;
    for at in best {
        let sentence = sentences[at];
        if !shown.is_empty() && (sentence.len() > room || marks(&sentence) == 0 && !highlights.is_empty()) {
            continue;
        }
        let part =
            window(sentence, highlights, |at| row.text.is_char_boundary((at - row.span.start) as usize));
        room = room.saturating_sub(part.len());
        shown.push(part);
    }
    shown.sort_unstable();
    joined(shown, &sentences)
}

/// A sentence, or as much of it as there is room for around the first match.
fn window(sentence: Span, highlights: &[Span], is_boundary: impl Fn(u32) -> bool) -> Span {
    if sentence.len() <= LONGEST {
        return sentence;
    }
    let first =
        highlights.iter().find(|mark| sentence.contains(**mark)).map_or(sentence.start, |mark| mark.start);
    let far = first - sentence.start > BEFORE;
    let mut start = if far { first - BEFORE } else { sentence.start };
    let mut end = sentence.end.min(start + LONGEST as u32);
    while !is_boundary(start) {
        start -= 1;
    }
    while !is_boundary(end) {
        end -= 1;
    }
    Span { start, end }
}

/// Sentences side by side are one part.
fn joined(shown: Vec<Span>, sentences: &[Span]) -> Vec<Span> {
    let mut parts: Vec<Span> = Vec::new();
    for part in shown {
        match parts.last_mut() {
            Some(last)
                if sentences.iter().all(|other| other.start < last.end || other.start >= part.start) =>
            {
                *last = last.cover(part);
            }
            _ => parts.push(part),
        }
    }
    parts
}
