//! Quote marks of every style, paired into quoted runs.

use crate::extract::segment::{Class, Text};
use crate::extract::transcript;
use crate::span::Span;

/// Words between quote marks; only the outermost run of nested ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// With its marks.
    pub outer: Span,
    /// Without them.
    pub inner: Span,
    /// Index of its paragraph.
    pub paragraph: u32,
    /// False when its paragraph ends before a closing mark.
    pub closed: bool,
    /// True when it goes on with the open run of the paragraph before.
    pub continues: bool,
    /// True for a turn of a transcript: a label names its speaker, with or without marks.
    pub turn: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Double,
    Single,
}

/// The outermost quoted runs of a text, in order.
pub fn runs(text: &Text<'_>) -> Vec<Run> {
    let mut found: Vec<Run> = Vec::new();
    let turns = transcript::turns(text);
    for (number, range) in text.paragraph_tokens.iter().enumerate() {
        let goes_on = found.last().is_some_and(|run| !run.closed && run.paragraph as usize + 1 == number);
        let first = found.len();
        let mut open: Option<(usize, Style)> = None;
        for at in range.clone() {
            if text.tokens[at].class != Class::Mark {
                continue;
            }
            match open {
                None => open = opens(text, at, range.end).map(|style| (at, style)),
                Some((from, style)) if closes(text, at, style, range.end) => {
                    found.push(run(text, from, Some(at), number, range.end));
                    open = None;
                }
                // An opening mark where a closing one was due: the writer forgot one.
                Some((from, Style::Double))
                    if matches!(text.word(at), "“" | "``") && text.word(from) != "„" =>
                {
                    found.push(run(text, from, None, number, at));
                    open = Some((at, Style::Double));
                }
                Some(_) => {}
            }
        }
        if let Some((from, _)) = open {
            found.push(run(text, from, None, number, range.end));
        }
        if let Some(turn) = turns.get(&number) {
            found.truncate(first);
            found.push(spoken_turn(text, turn.start, number));
        } else if goes_on && let Some(run) = found.get_mut(first) {
            run.continues = run.outer.start == text.paragraphs[number].start;
        }
    }
    found
}

/// The closed runs inside others, in order: marks of the other style.
pub fn inner_runs(text: &Text<'_>, runs: &[Run]) -> Vec<Run> {
    let mut found = Vec::new();
    for outer in runs.iter().filter(|run| !run.turn) {
        let tokens = text.tokens_in(outer.inner);
        let style = opens(text, text.token_at(outer.outer.start), tokens.end);
        let mut open: Option<(usize, Style)> = None;
        for at in tokens.clone().filter(|&at| text.tokens[at].class == Class::Mark) {
            match open {
                None => {
                    let opened = opens(text, at, tokens.end).filter(|opened| Some(*opened) != style);
                    open = opened.map(|style| (at, style));
                }
                Some((from, style)) if closes(text, at, style, tokens.end) => {
                    found.push(run(text, from, Some(at), outer.paragraph as usize, tokens.end));
                    open = None;
                }
                Some(_) => {}
            }
        }
    }
    found
}

fn run(text: &Text<'_>, from: usize, to: Option<usize>, paragraph: usize, stop: usize) -> Run {
    let open = text.tokens[from].span;
    let end = match to {
        Some(close) => text.tokens[close].span,
        None => {
            let last = text.tokens[stop - 1].span;
            Span { start: last.end, end: last.end }
        }
    };
    let inner = Span::new(open.end as usize, end.start as usize).trim(text.body);
    Run {
        outer: open.cover(end),
        inner,
        paragraph: paragraph as u32,
        closed: to.is_some(),
        continues: false,
        turn: false,
    }
}

/// All that is said in one turn of a transcript. A mark before its label and none at its end tells that
/// the turn goes on in the next paragraph.
fn spoken_turn(text: &Text<'_>, from: usize, paragraph: usize) -> Run {
    let range = &text.paragraph_tokens[paragraph];
    let outer = text.span(from..range.end);
    let mark = |at: usize| text.tokens[at].class == Class::Mark;
    let first = (from..range.end).find(|&at| !mark(at)).unwrap_or(from);
    let last = (first..range.end).rev().find(|&at| !mark(at)).unwrap_or(first);
    Run {
        outer,
        inner: text.span(first..last + 1),
        paragraph: paragraph as u32,
        closed: !mark(range.start) || mark(range.end - 1),
        continues: false,
        turn: true,
    }
}

fn glued_right(text: &Text<'_>, at: usize) -> bool {
    text.tokens.get(at + 1).is_some_and(|next| next.span.start == text.tokens[at].span.end)
}

fn glued_left(text: &Text<'_>, at: usize) -> bool {
    at > 0 && text.tokens[at - 1].span.end == text.tokens[at].span.start
}

/// The style of the run that this mark opens, if it can open one.
fn opens(text: &Text<'_>, at: usize, end: usize) -> Option<Style> {
    match text.word(at) {
        "“" | "„" | "‟" | "«" | "``" => Some(Style::Double),
        "\"" | "''" if glued_right(text, at) || !glued_left(text, at) => Some(Style::Double),
        "‘" => Some(Style::Single),
        // A straight single mark is nearly always an apostrophe; it opens a run only when a closing
        // one can be seen.
        "'" | "`" => {
            let left_free = !glued_left(text, at) || text.is_sign(at - 1, &["(", "[", "—", "–", "-", ":"]);
            let word_follows = glued_right(text, at) && text.is_word(at + 1) && !elided(text.low(at + 1));
            let closable = (at + 1..end).any(|later| closes_single(text, later, end));
            (left_free && word_follows && closable).then_some(Style::Single)
        }
        _ => None,
    }
}

/// Words that are written with an apostrophe for their lost first letters.
fn elided(word: &str) -> bool {
    matches!(word, "em" | "til" | "tis" | "twas" | "cause" | "n" | "round" | "bout")
}

fn closes(text: &Text<'_>, at: usize, style: Style, end: usize) -> bool {
    match style {
        Style::Double => match text.word(at) {
            "”" | "»" => true,
            // German closes with the mark that English opens with.
            "“" => {
                glued_left(text, at)
                    && (!glued_right(text, at) || text.is_sign(at + 1, &[",", ".", ";", ":", "?", "!", ")"]))
            }
            "\"" | "''" => glued_left(text, at) || !glued_right(text, at),
            _ => false,
        },
        Style::Single => closes_single(text, at, end),
    }
}

/// True for a single mark that ends a run rather than shortening or owning a word.
fn closes_single(text: &Text<'_>, at: usize, end: usize) -> bool {
    if !matches!(text.word(at), "’" | "'") || text.tokens[at].class != Class::Mark || !glued_left(text, at)
    {
        return false;
    }
    if glued_right(text, at) && text.is_word(at + 1) {
        return false;
    }
    let after_sign = !text.is_word(at - 1);
    if after_sign || !text.low(at - 1).ends_with('s') {
        return true;
    }
    // `officials’ plan`: a plural's apostrophe, if a surer closing mark follows before the next opening one.
    let later = (at + 1..end).take_while(|&t| text.word(t) != "‘");
    let mut surer =
        later.filter(|&t| matches!(text.word(t), "’" | "'") && glued_left(text, t) && !text.is_word(t - 1));
    surer.next().is_none()
}

/// A stretch of text with the quote mark beside it that one inside it lacks: `a “mess` of `a “mess”`.
pub fn paired(body: &str, span: Span) -> Span {
    let count = |sign: char| span.of(body).matches(sign).count();
    let odd = count('"') % 2 == 1;
    let (opened, closed) = (count('“'), count('”'));
    let after = &body[span.end as usize..];
    let sign = after.find(|c| !matches!(c, '.' | ',' | '?' | '!')).filter(|at| *at <= 1);
    let mark = sign.and_then(|at| Some((at, after[at..].chars().next()?)));
    if let Some((at, mark)) = mark
        && (odd && mark == '"' || opened > closed && mark == '”')
    {
        return Span { start: span.start, end: span.end + (at + mark.len_utf8()) as u32 };
    }
    let before = body[..span.start as usize].chars().next_back();
    match before {
        Some(mark) if odd && mark == '"' || closed > opened && mark == '“' => {
            Span { start: span.start - mark.len_utf8() as u32, end: span.end }
        }
        _ => span,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, wanted: &[&str]) {
        let text = Text::new(body);
        let found: Vec<&str> = runs(&text).iter().map(|run| run.inner.of(body)).collect();
        assert_eq!(found, wanted, "{body}");
    }

    #[test]
    fn every_style() {
        check("“One,” he said. \"Two.\" ``Three,'' she said.", &["One,", "Two.", "Three,"]);
        check("«Un», „Zwei“ and ''four words in there''.", &["Un", "Zwei", "four words in there"]);
        check("“He said ‘no’ to me,” she said.", &["He said ‘no’ to me,"]);
    }

    #[test]
    fn british_single_marks_beside_apostrophes() {
        check("‘I don’t know the officials’ plan,’ she said.", &["I don’t know the officials’ plan,"]);
        check("'We can't stop,' said O'Neill in the '90s.", &["We can't stop,"]);
        check("The officials' plan didn't work in the '90s.", &[]);
        check("It was the ‘so-called’ deal.", &["so-called"]);
    }

    #[test]
    fn unclosed_runs_end_with_their_paragraph_and_go_on_in_the_next() {
        let body = "“First part.\n\n“Second part,” he said.";
        let text = Text::new(body);
        let found = runs(&text);
        assert_eq!(found.len(), 2);
        assert!(!found[0].closed && found[1].continues);
    }

    #[test]
    fn quote_marks_within_a_stretch_come_in_pairs() {
        let check = |body: &str, start: &str, end: &str, wanted: &str| {
            let start = body.find(start).unwrap();
            let span = Span::new(start, body.find(end).unwrap() + end.len());
            assert_eq!(paired(body, span).of(body), wanted);
        };
        check("He called it a “mess” and left.", "a “", "mess", "a “mess”");
        check("He called it a \"mess.\"", "a \"", "mess", "a \"mess.\"");
        check("The “basis” for it", "basis", "for", "“basis” for");
        check("a plain one, “then” this", "plain", "one", "plain one");
    }
}
