//! A body cut into paragraphs, sentences and tokens, every one a span.

use std::ops::Range;

use crate::lang::english as en;
use crate::span::{Span, plain_letters};

/// What a token is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Letters, with inner apostrophes, hyphens and full stops (`O’Brien`, `U.S.`).
    Word,
    /// Begins with a digit.
    Number,
    /// A quote mark or apostrophe that stands alone.
    Mark,
    /// Any other sign.
    Punct,
}

/// The smallest unit that rules look at.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// Where it stands.
    pub span: Span,
    /// What it is made of.
    pub class: Class,
    /// Index of its sentence.
    pub sentence: u32,
    /// Index of its paragraph.
    pub paragraph: u32,
    /// True when its first letter is a capital.
    pub capital: bool,
}

/// A body with its parts.
pub struct Text<'a> {
    /// The body itself.
    pub body: &'a str,
    /// The body with ASCII letters in lower case: same length, same offsets.
    pub low: String,
    /// All tokens, in order.
    pub tokens: Vec<Token>,
    /// Paragraphs without the line feeds between them.
    pub paragraphs: Vec<Span>,
    /// Sentences; none runs over a paragraph's end.
    pub sentences: Vec<Span>,
    /// The tokens of each sentence.
    pub sentence_tokens: Vec<Range<usize>>,
    /// The tokens of each paragraph.
    pub paragraph_tokens: Vec<Range<usize>>,
}

impl<'a> Text<'a> {
    /// Cuts a body into its parts.
    pub fn new(body: &'a str) -> Text<'a> {
        let mut text = Text {
            body,
            low: body.to_ascii_lowercase(),
            tokens: Vec::with_capacity(body.len() / 5),
            paragraphs: paragraphs(body),
            sentences: Vec::new(),
            sentence_tokens: Vec::new(),
            paragraph_tokens: Vec::new(),
        };
        for number in 0..text.paragraphs.len() {
            text.cut_paragraph(number);
        }
        text
    }

    /// The words of a token.
    pub fn word(&self, token: usize) -> &'a str {
        self.tokens.get(token).map_or("", |t| t.span.of(self.body))
    }

    /// The words of a token in lower case.
    pub fn low(&self, token: usize) -> &str {
        self.tokens.get(token).map_or("", |t| t.span.of(&self.low))
    }

    /// The lower-case words from one token to the end of another.
    pub fn low_range(&self, range: Range<usize>) -> &str {
        self.span(range).of(&self.low)
    }

    /// The span of a run of tokens; empty for an empty run.
    pub fn span(&self, range: Range<usize>) -> Span {
        match (self.tokens.get(range.start), range.end.checked_sub(1).and_then(|last| self.tokens.get(last)))
        {
            (Some(first), Some(last)) if range.start < range.end => first.span.cover(last.span),
            _ => Span::default(),
        }
    }

    /// The first token that ends after this byte.
    pub fn token_at(&self, byte: u32) -> usize {
        self.tokens.partition_point(|token| token.span.end <= byte)
    }

    /// The tokens that lie in a span.
    pub fn tokens_in(&self, span: Span) -> Range<usize> {
        let start = self.tokens.partition_point(|token| token.span.start < span.start);
        let end = self.tokens.partition_point(|token| token.span.end <= span.end);
        start..end.max(start)
    }

    /// The index of the sentence that holds this byte.
    pub fn sentence_at(&self, byte: u32) -> usize {
        self.sentences
            .partition_point(|sentence| sentence.end <= byte)
            .min(self.sentences.len().saturating_sub(1))
    }

    /// The index of the paragraph that holds this byte.
    pub fn paragraph_at(&self, byte: u32) -> usize {
        self.paragraphs
            .partition_point(|paragraph| paragraph.end <= byte)
            .min(self.paragraphs.len().saturating_sub(1))
    }

    /// True for a word token.
    pub fn is_word(&self, token: usize) -> bool {
        self.tokens.get(token).is_some_and(|t| t.class == Class::Word)
    }

    /// True for a word that begins with a capital.
    pub fn is_capital(&self, token: usize) -> bool {
        self.tokens.get(token).is_some_and(|t| t.capital)
    }

    /// True when the token is one of these signs.
    pub fn is_sign(&self, token: usize, signs: &[&str]) -> bool {
        self.tokens.get(token).is_some_and(|t| t.class != Class::Word) && signs.contains(&self.word(token))
    }

    /// The token after a dateline such as `KYIV, Oct. 14 (Agency) —`, when the paragraph begins with one; it may
    /// have lost its dash: `KYIV The president …`.
    pub fn after_dateline(&self, paragraph: usize) -> Option<usize> {
        let range = self.paragraph_tokens.get(paragraph)?.clone();
        self.after_dash(range.clone()).or_else(|| self.after_bare_dateline(range))
    }

    fn after_bare_dateline(&self, range: Range<usize>) -> Option<usize> {
        let shouted = |at: usize| {
            let word = self.word(at);
            self.is_word(at) && word.len() > 2 && !word.contains(char::is_lowercase)
        };
        let next = range.clone().find(|&at| !shouted(at))?;
        let starts = self.is_capital(next) && en::is_starter(self.low(next));
        let place = (1..=3).contains(&(next - range.start));
        (place && starts && next + 1 < range.end && !shouted(next + 1)).then_some(next)
    }

    fn after_dash(&self, range: Range<usize>) -> Option<usize> {
        let window = range.start..range.end.min(range.start + 18);
        let dash = window.clone().find(|&at| self.is_sign(at, &["—", "–", "--", "-"]))?;
        let capitals = self.is_word(range.start)
            && self.word(range.start).chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
        let plain = (range.start..dash).all(|at| {
            !self.is_word(at)
                || self.is_capital(at)
                || en::is_time_word(self.low(at))
                || en::is_preposition(self.low(at))
        });
        let dated = || self.is_dated(range.start, dash);
        (plain && dash > range.start && (capitals || dated())).then_some(dash + 1)
    }

    /// True for `Brackwater, 3 March 2026` and `Brackwater, March 3 (Agency)`: a place, a comma and a day.
    fn is_dated(&self, start: usize, end: usize) -> bool {
        let comma = (start..end).find(|&at| self.is_sign(at, &[","]));
        let Some(comma) = comma.filter(|&comma| comma > start && comma <= start + 4) else { return false };
        let place = (start..comma).all(|at| self.is_word(at) && self.is_capital(at));
        let day = |at: usize| self.tokens[at].class == Class::Number;
        let time = |at: usize| en::is_time_word(self.low(at));
        let after = comma + 1..end;
        place && after.clone().any(day) && after.clone().any(time) && after.len() <= 8
    }

    fn cut_paragraph(&mut self, number: usize) {
        let paragraph = self.paragraphs[number];
        let first = self.tokens.len();
        tokenise(self.body, paragraph, number as u32, &mut self.tokens);
        self.paragraph_tokens.push(first..self.tokens.len());
        let mut start = first;
        let unpointed = self.is_unpointed(first);
        for at in first..self.tokens.len() {
            let number = self.sentences.len() as u32;
            self.tokens[at].sentence = number;
            let ends = self.ends_sentence(at, start)
                || unpointed && self.starts_unpointed(at + 1, start)
                || self.must_end(at, start);
            if at + 1 == self.tokens.len() || ends {
                self.sentences.push(self.span(start..at + 1));
                self.sentence_tokens.push(start..at + 1);
                start = at + 1;
            }
        }
    }

    /// True for a paragraph that lost its full stops, as transcripts and scraped pages do.
    fn is_unpointed(&self, first: usize) -> bool {
        let all = first..self.tokens.len();
        if all.len() <= LONGEST_SENTENCE {
            return false;
        }
        let stops = all.clone().filter(|&at| matches!(self.word(at), "." | "?" | "!" | "…" | ";")).count();
        stops * LONGEST_SENTENCE < all.len()
    }

    /// Where full stops are missing, a capital tells where a sentence starts: on a word that often starts
    /// one, or, in a sentence that has grown too long, on any word but a name's second part.
    fn starts_unpointed(&self, next: usize, start: usize) -> bool {
        let Some(before) = next.checked_sub(1).filter(|_| self.is_capital(next)) else { return false };
        let low = self.low(before);
        let open = en::is_preposition(low) || en::is_conjunction(low) || en::is_determiner(low);
        let plain = self.is_word(before) && !self.is_capital(before) && !open;
        let long = next - start > LONGEST_SENTENCE;
        plain && next - start > 3 && en::is_starter(self.low(next))
            || long && plain
            || next - start > 2 * LONGEST_SENTENCE
    }

    /// True where a run without any stop has grown so long that it is cut all the same, best at a lesser
    /// stop: what is looked for within a sentence takes time and memory by the square of its length.
    fn must_end(&self, at: usize, start: usize) -> bool {
        match at + 1 - start {
            0..MOST_TOKENS => false,
            length if length < MOST_TOKENS + MOST_TOKENS / 4 => self.is_sign(at, &[";", ",", ":", "—", "–"]),
            _ => true,
        }
    }

    /// True when a new sentence starts after this token.
    fn ends_sentence(&self, at: usize, start: usize) -> bool {
        let next = at + 1;
        if !self.begins_sentence(next) {
            return false;
        }
        let glued = self.tokens.get(next).is_some_and(|next| self.tokens[at].span.end == next.span.start);
        if glued && !self.lost_its_blank(at, start) {
            return false;
        }
        // Closing marks and brackets belong to the sentence that they close.
        let mut last = at;
        while last > start && (self.tokens[last].class == Class::Mark || self.is_sign(last, &[")", "]"])) {
            last -= 1;
        }
        if self.opens_quote(at) {
            return false;
        }
        match self.word(last) {
            "?" | "!" | "…" => true,
            "." => !self.abbreviation_before(last, next, start),
            // An acronym with its own full stops (`U.S.`) ends a sentence when a new one plainly starts.
            word => word.ends_with('.') && last == at && self.plainly_starts(next),
        }
    }

    /// True for the full stop of `announced today.The minister`, which lost the blank behind it.
    fn lost_its_blank(&self, stop: usize, start: usize) -> bool {
        let Some(before) = stop.checked_sub(1).filter(|before| *before >= start) else { return false };
        let glued = self.tokens[before].span.end == self.tokens[stop].span.start;
        let plain = self.is_word(before) && !self.is_capital(before) && self.low(before).len() > 2;
        let address = |at: usize| at > start && self.is_sign(at - 1, &[".", "/", "@", ":"]);
        let next = self.word(stop + 1);
        let word = self.is_capital(stop + 1)
            && (next.len() == 1 || next.contains(char::is_lowercase))
            && !DOMAINS.contains(&self.low(stop + 1));
        self.is_sign(stop, &["."]) && glued && plain && word && !address(before)
    }

    fn begins_sentence(&self, at: usize) -> bool {
        let Some(token) = self.tokens.get(at) else { return false };
        match token.class {
            Class::Word => {
                let small = |byte: &u8| byte.is_ascii_lowercase();
                let plain = self.body.as_bytes().get(token.span.start as usize).is_some_and(small);
                !plain && (token.capital || !self.body[token.span.range()].starts_with(char::is_lowercase))
            }
            Class::Number => true,
            Class::Mark => {
                self.opens_quote(at)
                    && self
                        .tokens
                        .get(at + 1)
                        .is_some_and(|t| t.capital || t.class == Class::Number || t.class == Class::Punct)
            }
            Class::Punct => matches!(self.word(at), "(" | "[" | "•" | "-" | "—" | "–" | "*"),
        }
    }

    /// True for a mark that has no blank after it but one before it.
    fn opens_quote(&self, at: usize) -> bool {
        let token = self.tokens[at];
        token.class == Class::Mark
            && !matches!(self.word(at), "”" | "’" | "»")
            && self.tokens.get(at + 1).is_some_and(|next| next.span.start == token.span.end)
            && (at == 0 || self.tokens[at - 1].span.end < token.span.start)
    }

    /// True when the full stop at `stop` only shortens the word before it.
    fn abbreviation_before(&self, stop: usize, next: usize, start: usize) -> bool {
        if stop == start || self.tokens[stop - 1].span.end != self.tokens[stop].span.start {
            return false;
        }
        let word = self.low(stop - 1);
        if en::is_title_abbreviation(word) && self.is_capital(stop - 1) {
            // "No." and "St." do end sentences now and then, titles before a name never do.
            return !matches!(word, "no" | "fig" | "est" | "vs") || self.tokens[next].class == Class::Number;
        }
        // `Wayne A. I. Frederick`
        let after_initial = stop >= start + 3 && self.word(stop - 2) == "." && self.word(stop - 3).len() == 1;
        let initial = word.len() == 1 && self.is_capital(stop - 1) && (word != "i" || after_initial);
        (initial || en::is_abbreviation(word)) && !self.plainly_starts(next)
    }

    fn plainly_starts(&self, at: usize) -> bool {
        let at = if self.tokens[at].class == Class::Mark { at + 1 } else { at };
        // `A. I. Rao`
        let initial = self.low(at).len() == 1 && self.is_sign(at + 1, &["."]);
        self.is_capital(at) && en::is_starter(self.low(at)) && !initial
    }
}

/// Sentences of news are shorter, in tokens; longer ones are where full stops are missing.
const LONGEST_SENTENCE: usize = 100;

/// No sentence is longer, in tokens, by more than a quarter.
const MOST_TOKENS: usize = 400;

/// Paragraphs: lines, or blocks between empty lines when the text is wrapped at a fixed width.
fn paragraphs(body: &str) -> Vec<Span> {
    match hard_wrapped(body) {
        true => trimmed(body, body.split("\n\n"), 2),
        // A letter is looked for more quickly than a text of one.
        false => trimmed(body, body.split('\n'), 1),
    }
}

/// Where the parts of a body stand, without blanks at their ends; `between` bytes part them.
fn trimmed<'b>(body: &str, parts: impl Iterator<Item = &'b str>, between: usize) -> Vec<Span> {
    let mut start = 0;
    let mut spans = Vec::new();
    for part in parts {
        let span = Span::new(start, start + part.len()).trim(body);
        if !span.is_empty() {
            spans.push(span);
        }
        start += part.len() + between;
    }
    spans
}

/// True when most lines break in mid-sentence at about the same width.
fn hard_wrapped(body: &str) -> bool {
    let lines: Vec<&str> = body.lines().filter(|line| line.len() > 30).take(200).collect();
    let cut = |line: &&&str| {
        (45..=100).contains(&line.len())
            && !line.trim_end().ends_with(['.', '!', '?', '”', '"', ':', '’', ')'])
    };
    let most = lines.iter().filter(cut).count() * 10 > lines.len() * 6;
    lines.len() >= 6 && most && body.contains("\n\n")
}

fn tokenise(body: &str, paragraph: Span, number: u32, tokens: &mut Vec<Token>) {
    let end = paragraph.end as usize;
    let mut at = paragraph.start as usize;
    loop {
        while at < end && body.as_bytes()[at] == b' ' {
            at += 1;
        }
        let first = match body.as_bytes()[at..end].first() {
            Some(&byte) if byte.is_ascii() => char::from(byte),
            _ => match body[at..end].chars().next() {
                Some(first) => first,
                None => break,
            },
        };
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (stop, class) = if first.is_alphabetic() {
            word_end(body, at, end)
        } else if first.is_numeric() {
            (number_end(body, at, end), Class::Number)
        } else {
            sign_end(body, at, end, first)
        };
        let capital = class == Class::Word && first.is_uppercase();
        let span = Span::new(at, stop);
        tokens.push(Token { span, class, sentence: 0, paragraph: number, capital });
        at = stop;
    }
}

/// What stands behind the full stop of an address, not of a sentence.
const DOMAINS: [&str; 7] = ["com", "org", "net", "gov", "edu", "co", "uk"];

/// End of the word that starts at `at`, and its class; a possessive `'s` is left for the next token.
fn word_end(body: &str, at: usize, end: usize) -> (usize, Class) {
    // Most words are ASCII letters up to a blank or a comma.
    let letters = plain_letters(&body.as_bytes()[at..end]);
    match body.as_bytes()[at..end].get(letters) {
        None if letters > 0 => return (end, Class::Word),
        Some(next) if letters > 0 && next.is_ascii() && !matches!(next, b'-' | b'&' | b'\'' | b'.') => {
            return (at + letters, Class::Word);
        }
        _ => {}
    }
    let mut stop = at;
    let mut rest = body[at..end].char_indices().peekable();
    while let Some((offset, c)) = rest.next() {
        let joins = match c {
            _ if c.is_alphanumeric() || is_mark(c) => true,
            '-' | '‑' | '&' => rest.peek().is_some_and(|(_, next)| next.is_alphanumeric()),
            '\'' | '’' => {
                let tail = &body[at + offset + c.len_utf8()..end];
                tail.chars().next().is_some_and(char::is_alphabetic) && !is_possessive(tail)
            }
            '.' => {
                let tail = &body[at + offset + 1..end];
                is_acronym_stop(&body[at..at + offset], tail)
            }
            _ => false,
        };
        if !joins {
            break;
        }
        stop = at + offset + c.len_utf8();
    }
    (stop.max(at + body[at..].chars().next().map_or(1, char::len_utf8)), Class::Word)
}

/// Combining accents belong to the letter before them.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{200d}')
}

fn is_possessive(tail: &str) -> bool {
    let mut chars = tail.chars();
    matches!(chars.next(), Some('s' | 'S')) && !chars.next().is_some_and(char::is_alphanumeric)
}

/// True for the full stops inside and at the end of `U.S.`, `p.m.`.
fn is_acronym_stop(before: &str, tail: &str) -> bool {
    let single = |part: &str| part.chars().count() == 1;
    let last = before.rsplit('.').next().unwrap_or_default();
    let mut next = tail.chars();
    let follows =
        next.next().is_some_and(char::is_alphabetic) && !next.next().is_some_and(char::is_alphanumeric);
    single(last) && (follows || before.contains('.'))
}

fn number_end(body: &str, at: usize, end: usize) -> usize {
    let mut stop = at;
    let mut rest = body[at..end].char_indices().peekable();
    while let Some((offset, c)) = rest.next() {
        let joins = c.is_alphanumeric()
            || (matches!(c, '.' | ',' | ':' | '-' | '/')
                && rest.peek().is_some_and(|(_, next)| next.is_alphanumeric()));
        if !joins {
            break;
        }
        stop = at + offset + c.len_utf8();
    }
    stop
}

fn sign_end(body: &str, at: usize, end: usize, first: char) -> (usize, Class) {
    let rest = &body[at..end];
    for double in ["''", "``"] {
        if rest.starts_with(double) {
            return (at + 2, Class::Mark);
        }
    }
    if matches!(first, '\'' | '’') {
        let tail = &rest[first.len_utf8()..];
        let glued = body[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        if glued && is_possessive(tail) {
            return (at + first.len_utf8() + 1, Class::Word);
        }
    }
    if first == '.' {
        let dots = rest.len() - rest.trim_start_matches('.').len();
        return (at + dots, Class::Punct);
    }
    let class = if matches!(
        first,
        '"' | '\'' | '“' | '”' | '„' | '‟' | '‘' | '’' | '‚' | '«' | '»' | '`' | '‹' | '›'
    ) {
        Class::Mark
    } else {
        Class::Punct
    };
    (at + first.len_utf8(), class)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentences(body: &str) -> Vec<&str> {
        Text::new(body).sentences.iter().map(|span| span.of(body)).collect()
    }

    fn check(marked: &str) {
        let body = marked.replace('|', " ");
        let wanted: Vec<&str> = marked.split('|').collect();
        assert_eq!(sentences(&body), wanted);
    }

    #[test]
    fn sentences_end_where_a_reader_ends_them() {
        check("Mr. Smith met Gov. Jane Q. Doe in the U.S. on Monday.|She smiled.");
        check("It rose 2.5 percent.|“We won,” he said.|“Now rest.”|They did.");
        check("He moved to the U.S.|The end.");
        check("Wayne A. I. Lee wrote it.|She cited Roe v. Wade.|I agree.");
        check("“Why?” he asked.|Nobody knew.");
        check("The W.H.O. said so at 5 p.m. Friday.|It closed.");
        check("He asked: “Why now?”|She left.");
    }

    #[test]
    fn paragraphs_without_full_stops_are_cut_at_capitals() {
        let one = "The committee met in the town hall and heard from farmers about the price of water ";
        let body = one.repeat(12);
        let found = sentences(&body);
        assert_eq!(found.len(), 12, "{found:#?}");
        let wild = "water and wheat ".repeat(120);
        assert_eq!(sentences(&wild).len(), 1, "nothing tells where to cut");
        let longest = |text: &str| sentences(text).iter().map(|found| found.split(' ').count()).max();
        assert_eq!(longest(&"water and wheat ".repeat(2000)), Some(MOST_TOKENS + MOST_TOKENS / 4));
        assert!(longest(&"he said that, ".repeat(2000)) < Some(MOST_TOKENS));
    }

    #[test]
    fn tokens_keep_names_whole_and_set_possessives_apart() {
        let body = "Trump’s envoy O’Brien didn’t meet U.S. officials’ 28-point plan.";
        let text = Text::new(body);
        let words: Vec<&str> = (0..text.tokens.len()).map(|at| text.word(at)).collect();
        assert_eq!(
            words,
            [
                "Trump",
                "’s",
                "envoy",
                "O’Brien",
                "didn’t",
                "meet",
                "U.S.",
                "officials",
                "’",
                "28-point",
                "plan",
                "."
            ]
        );
    }

    #[test]
    fn paragraphs_are_lines_unless_wrapped() {
        assert_eq!(Text::new("One line.\nAnother.\n\nThird.").paragraphs.len(), 3);
        let wrapped =
            "The committee said on Monday that it would not meet before\n".repeat(8) + "\nthe spring.";
        assert_eq!(Text::new(&wrapped).paragraphs.len(), 2);
        // No empty line tells where a block ends, whatever stands behind the last one.
        let blocks = format!("{}\n", wrapped.replace("\n\n", "\n"));
        assert_eq!(Text::new(&blocks).paragraphs.len(), blocks.lines().count());
    }
}
