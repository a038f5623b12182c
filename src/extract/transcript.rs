//! Transcripts: paragraphs that open with the name of who speaks (`NAME: …`), and names signed under a
//! quote (`“…” — NAME`).

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use crate::extract::segment::{Class, Text};
use crate::lang::english as en;
use crate::span::Span;

/// Longest label, in tokens: `SEN. MARY ANN O’BRIEN (D-OHIO)` and a quote mark.
const LONGEST_LABEL: usize = 10;

/// One person's turn to speak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The words before the colon.
    pub label: Range<usize>,
    /// First token of what is said.
    pub start: usize,
    /// The label stands in double brackets: nothing but a transcript has such.
    pub bracketed: bool,
}

/// The turns of a text by the number of their paragraph; empty when it is no transcript.
///
/// One label alone may be anything (`Cost: …`, `Update: …`). A transcript is known by labels that come
/// back: one in capitals, or two in ordinary letters whose turns are sentences.
pub fn turns(text: &Text<'_>) -> BTreeMap<usize, Turn> {
    let all: BTreeMap<usize, Turn> =
        (0..text.paragraphs.len()).filter_map(|number| Some((number, turn(text, number)?))).collect();
    let mut counts: HashMap<(bool, &str), usize> = HashMap::new();
    for turn in all.values() {
        *counts.entry((shouted(text, &turn.label), last_word(text, &turn.label))).or_default() += 1;
    }
    let back = |shout: bool| counts.iter().filter(|(key, count)| key.0 == shout && **count > 1).count();
    let (shouted_script, plain_script) = (back(true) > 0, back(false) > 1);
    all.into_iter()
        .filter(|(_, turn)| {
            turn.bracketed || if shouted(text, &turn.label) { shouted_script } else { plain_script }
        })
        .collect()
}

/// The label that opens a paragraph, if it looks like one and something is said after it.
fn turn(text: &Text<'_>, paragraph: usize) -> Option<Turn> {
    let range = text.paragraph_tokens.get(paragraph)?.clone();
    let first = (range.start..range.end).find(|&at| text.tokens[at].class != Class::Mark)?;
    let ceiling = range.end.min(first + LONGEST_LABEL);
    let (label, start, bracketed) = match in_brackets(text, first, ceiling) {
        Some((label, start)) => (label, start, true),
        None => {
            let colon = (first..ceiling).find(|&at| text.is_sign(at, &[":"]))?;
            let aside = (first..colon).find(|&at| text.is_sign(at, &["(", "["]));
            (first..aside.unwrap_or(colon), colon + 1, false)
        }
    };
    let named = label.clone().all(|at| text.is_capital(at) || text.is_sign(at, &[".", "-"]));
    let words = label.clone().filter(|&at| text.is_word(at)).count();
    if !named || words == 0 || words > 5 || start >= range.end || is_heading(text, &label) {
        return None;
    }
    let said = start..range.end;
    let lower = said.clone().any(|at| text.is_word(at) && !text.is_capital(at));
    let ends = text.span(said).of(text.body).trim_end_matches(['"', '”', '’', '\'', ')', ']']);
    let sentence = ends.ends_with(['.', '?', '!', '…', '—', '–', '-', ',']);
    (bracketed || shouted(text, &label) || lower && sentence).then_some(Turn { label, start, bracketed })
}

/// `((Asha Rao)) It is.`, as Wikinews marks who answers: the label, and the first token behind it.
fn in_brackets(text: &Text<'_>, first: usize, ceiling: usize) -> Option<(Range<usize>, usize)> {
    let twice = |at: usize, sign: &str| text.is_sign(at, &[sign]) && text.is_sign(at + 1, &[sign]);
    let close = (first + 2..ceiling).find(|&at| twice(at, ")")).filter(|_| twice(first, "("))?;
    let colon = usize::from(text.is_sign(close + 2, &[":"]));
    Some((first + 2..close, close + 2 + colon))
}

fn shouted(text: &Text<'_>, label: &Range<usize>) -> bool {
    text.span(label.clone()).of(text.body).chars().all(|c| !c.is_lowercase())
}

fn last_word<'t>(text: &'t Text<'_>, label: &Range<usize>) -> &'t str {
    label.clone().rev().find(|&at| text.is_word(at)).map_or("", |at| text.low(at))
}

/// Labels of lists and notes rather than of speakers.
fn is_heading(text: &Text<'_>, label: &Range<usize>) -> bool {
    label.clone().any(|at| en::is_heading(text.low(at)))
}

/// Dashes that lead to the name of who is quoted.
const DASHES: &[&str] = &["—", "–", "―", "‒", "-"];

/// The name that signs what ends at `end`: after a dash, alone at the end of its paragraph or in the next.
pub fn signature(text: &Text<'_>, end: Span) -> Option<Range<usize>> {
    let at = text.tokens.partition_point(|token| token.span.start < end.end);
    let dash = text.is_sign(at, DASHES).then_some(at)?;
    let first = (dash..dash + 3).find(|&at| !text.is_sign(at, DASHES))?;
    let paragraph = text.tokens.get(first)?.paragraph as usize;
    let stop = text.paragraph_tokens[paragraph].end;
    // The dash may open the next paragraph, but not stand anywhere else.
    let home = text.tokens[at.checked_sub(1)?].paragraph as usize;
    let opens = text.paragraph_tokens[paragraph].start == dash;
    if text.tokens[dash].paragraph as usize != paragraph
        || paragraph != home && !(opens && paragraph == home + 1)
    {
        return None;
    }
    let inside = |at: usize| {
        text.is_capital(at)
            || matches!(text.low(at), "de" | "da" | "del" | "la" | "van" | "von" | "der" | "al" | "bin")
            || text.is_sign(at, &["."])
                && at + 1 < stop
                && text.tokens[at].span.end == text.tokens[at + 1].span.start
            || text.is_sign(at, &["."]) && at > first && text.low(at - 1).len() < 4 && at + 1 < stop
    };
    let name_end = (first..stop.min(first + 8)).find(|&at| !inside(at)).unwrap_or(stop.min(first + 8));
    let rest = stop - name_end;
    // `— Jane Roe, a teacher in Leeds`, `— Jane Roe (1950)`; no sentence goes on after it.
    let closed = rest == 0 || text.is_sign(name_end, &[",", "(", "."]);
    let verb = (name_end..stop).any(|at| en::cue(text.low(at)).is_some() || en::is_auxiliary(text.low(at)));
    (text.is_capital(first) && name_end > first && closed && rest <= 12 && !verb).then_some(first..name_end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(body: &str) -> Vec<String> {
        let text = Text::new(body);
        turns(&text).values().map(|turn| text.span(turn.label.clone()).of(body).to_string()).collect()
    }

    #[test]
    fn labels_that_come_back_make_a_transcript() {
        let radio =
            "HOST: Good morning.\n\nMAYOR ASHA RAO (I): It is.\n\nHOST: Is the pier open?\n\nRAO: No.";
        assert_eq!(labels(radio), ["HOST", "MAYOR ASHA RAO", "HOST", "RAO"]);
        let marked = "\"LEE: Why?\n\n\"RAO: Why not?\n\n\"LEE: I see.";
        assert_eq!(labels(marked), ["LEE", "RAO", "LEE"]);
        let plain = "Kim Lee: Is it open?\n\nAsha Rao: No, not yet.\n\nLee: Will it be?\n\nRao: We hope so.";
        assert_eq!(labels(plain).len(), 4);
        assert_eq!(labels("((Asha Rao)) No, not yet"), ["Asha Rao"]);
        let wiki = "((WN)) Is it open?\n\n((Asha Rao)) : No, not yet.\n\n((WN)) When?\n\n((AR)) Soon.";
        assert_eq!(labels(wiki), ["WN", "Asha Rao", "WN", "AR"]);
    }

    #[test]
    fn lists_and_notes_are_no_transcript() {
        for body in [
            "Update: The pier is closed.\n\nThe mayor said so.",
            "WHAT: A fair.\n\nWHERE: The pier.\n\nWHAT: A dance.",
            "Lee: 12 delegates\n\nRao: 9 delegates\n\nLee: 3 delegates\n\nRao: none",
            "Pros: It is cheap.\n\nCons: It leaks.\n\nPros: It is fast.\n\nCons: It is loud.",
        ] {
            assert_eq!(labels(body), Vec::<String>::new(), "{body}");
        }
    }

    fn signed(body: &str) -> &str {
        let text = Text::new(body);
        let mark = body.find('”').unwrap_or_default();
        signature(&text, Span::new(mark, mark + '”'.len_utf8())).map_or("", |name| text.span(name).of(body))
    }

    #[test]
    fn names_after_a_dash_sign_what_stands_before() {
        assert_eq!(signed("“We lost the pier.” ― Asha Rao"), "Asha Rao");
        assert_eq!(signed("“We lost the pier.”— Asha P. Rao."), "Asha P. Rao");
        assert_eq!(signed("“We lost the pier.”\n\n-- Asha Rao, a teacher in Hull"), "Asha Rao");
        assert_eq!(signed("“We lost the pier” — Rao said it twice — and the boats."), "");
        assert_eq!(signed("“We lost the pier” — and the boats."), "");
    }
}
