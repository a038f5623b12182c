//! Words and marks of a sentence, with their byte offsets.
//!
//! The cut is that of the training data: a possessive (`'s`), a negation (`n't`), a hyphen and every
//! mark stand alone; abbreviations and initials keep their dot, numbers their inner points.

use crate::span::{Span, plain_letters};

/// One word or mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its bytes in the text.
    pub span: Span,
}

/// Abbreviations that keep their dot inside a sentence, sorted, in lower case.
const ABBREVIATIONS: &[&str] = &[
    "adm", "apr", "ariz", "assn", "aug", "ave", "brig", "bros", "calif", "capt", "cmdr", "co", "col", "colo",
    "comdr", "conn", "corp", "cpl", "dec", "del", "dept", "det", "dr", "feb", "fla", "fr", "ft", "ga", "gen",
    "gov", "hon", "ill", "inc", "ind", "insp", "jan", "jr", "kan", "ky", "la", "llc", "lt", "ltd", "maj",
    "mass", "md", "messrs", "mich", "minn", "miss", "mo", "mont", "mr", "mrs", "ms", "msgr", "mt", "neb",
    "nev", "no", "nov", "oct", "okla", "ont", "ore", "pa", "pres", "prof", "pte", "rep", "reps", "rev",
    "sen", "sens", "sep", "sept", "sgt", "sr", "st", "tenn", "tex", "va", "vs", "vt", "wash", "wis", "wyo",
];

/// True when `word`, without its dot, is an abbreviation that is written with one.
pub fn is_abbreviation(word: &str) -> bool {
    word.len() <= 8 && ABBREVIATIONS.binary_search(&word.to_ascii_lowercase().as_str()).is_ok()
}

/// Appends the tokens of `sentence` to `out`.
pub fn tokenize(text: &str, sentence: Span, out: &mut Vec<Token>) {
    let words = sentence.of(text);
    let base = sentence.start as usize;
    let mut at = 0;
    while let Some(first) = char_at(words, at) {
        if let Some(end) = plain_end(words.as_bytes(), at) {
            out.push(Token { span: Span::new(base + at, base + end) });
            at = end;
            continue;
        }
        let end = if first.is_whitespace() || is_invisible(first) {
            at += first.len_utf8();
            continue;
        } else if is_word(first) || (matches!(first, '@' | '#') && follows_word(words, at + 1)) {
            let end = word_end(words, at);
            if let Some(cut) = clitic(words, at, end) {
                out.push(Token { span: Span::new(base + at, base + cut) });
                at = cut;
            }
            end
        } else if is_apostrophe(first) {
            contraction(words, at, first).unwrap_or(at + first.len_utf8())
        } else {
            mark_end(words, at, first)
        };
        out.push(Token { span: Span::new(base + at, base + end) });
        at = end;
    }
}

/// End of a word of plain letters and digits that a blank or a common mark ends, as nearly all do.
fn plain_end(words: &[u8], at: usize) -> Option<usize> {
    let letters = plain_letters(&words[at..]);
    let end = at + letters;
    let ends = match words.get(end) {
        None | Some(b' ' | b'\n' | b')' | b'"' | b'?' | b'!' | b';') => true,
        Some(b',' | b':') => !words[..end].last().is_some_and(u8::is_ascii_digit),
        _ => false,
    };
    (ends && letters > 0).then_some(end)
}

fn char_at(words: &str, at: usize) -> Option<char> {
    match words.as_bytes().get(at) {
        Some(&byte) if byte < 128 => Some(byte as char),
        _ => words.get(at..)?.chars().next(),
    }
}

fn is_word(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric()
    } else {
        c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&c)
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// True for the marks that stand inside `O'Neill` and before a clitic.
pub fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ' | '‘' | '`' | '´')
}

fn follows_word(words: &str, at: usize) -> bool {
    char_at(words, at).is_some_and(is_word)
}

/// End of the word that starts at `at`, with a dot that belongs to it.
fn word_end(words: &str, at: usize) -> usize {
    let mut end = at;
    let mut last = ' ';
    while let Some(c) = char_at(words, end) {
        let next = end + c.len_utf8();
        let joins = is_word(c)
            || c == '_'
            || c == '\u{ad}'
            || end == at
            || match char_at(words, next) {
                Some(n) if is_word(n) => match c {
                    '.' | '&' => true,
                    ',' | ':' | '-' => last.is_ascii_digit() && n.is_ascii_digit(),
                    c => is_apostrophe(c) && last.is_alphabetic() && n.is_alphabetic(),
                },
                _ => false,
            };
        if !joins {
            break;
        }
        last = c;
        end = next;
    }
    if words.as_bytes().get(end) == Some(&b'.') && keeps_dot(&words[at..end], end + 1 == words.len()) {
        end += 1;
    }
    end
}

fn keeps_dot(word: &str, ends_sentence: bool) -> bool {
    let letters = word.bytes().filter(|b| b.is_ascii_alphabetic()).count();
    if word.contains('.') {
        return word.split('.').all(|part| part.len() == 1 && part.as_bytes()[0].is_ascii_alphabetic());
    }
    !ends_sentence && ((word.len() == 1 && letters == 1 && word != "I") || is_abbreviation(word))
}

/// Where a word such as `Kyiv's`, `don't` or `they're` is cut in two.
fn clitic(words: &str, at: usize, end: usize) -> Option<usize> {
    let word = &words[at..end];
    let (mark, apostrophe) = word.char_indices().rev().find(|(_, c)| is_apostrophe(*c))?;
    let tail = &word[mark + apostrophe.len_utf8()..];
    if tail.eq_ignore_ascii_case("t") && word[..mark].ends_with(['n', 'N']) && mark > 1 {
        return Some(at + mark - 1);
    }
    is_clitic(tail).then_some(at + mark)
}

fn is_clitic(tail: &str) -> bool {
    ["s", "re", "ve", "ll", "d", "m"].iter().any(|clitic| tail.eq_ignore_ascii_case(clitic))
}

/// `'s` after something that is no letter, such as a closing mark.
fn contraction(words: &str, at: usize, first: char) -> Option<usize> {
    let start = at + first.len_utf8();
    if words.get(at..at + 2) == Some("''") || words.get(at..at + 2) == Some("``") {
        return Some(at + 2);
    }
    let end = words.get(start..)?.find(|c: char| !is_word(c)).map_or(words.len(), |n| start + n);
    is_clitic(&words[start..end]).then_some(end)
}

fn mark_end(words: &str, at: usize, first: char) -> usize {
    let mut end = at + first.len_utf8();
    if matches!(first, '.' | '-' | '_' | '=' | '*') {
        while char_at(words, end) == Some(first) {
            end += first.len_utf8();
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let mut tokens = Vec::new();
        tokenize(text, Span::new(0, text.len()), &mut tokens);
        let found: Vec<&str> = tokens.iter().map(|token| token.span.of(text)).collect();
        assert_eq!(found.join(" "), expected);
    }

    #[test]
    fn abbreviations_are_sorted() {
        assert!(ABBREVIATIONS.is_sorted());
    }

    #[test]
    fn clitics_stand_alone() {
        check("Kyiv’s men don't, O'Neill's they’re", "Kyiv ’s men do n't , O'Neill 's they ’re");
        check("the “Times”’s rock 'n' roll", "the “ Times ” ’s rock ' n ' roll");
    }

    #[test]
    fn dots_stay_with_abbreviations() {
        check("Mr. J. Smith of the U.S. said no.", "Mr. J. Smith of the U.S. said no .");
        check("in the U.S.", "in the U.S.");
        check("at 3.5 a.m. on example.com...", "at 3.5 a.m. on example.com ...");
    }

    #[test]
    fn hyphens_split_words_but_not_numbers() {
        check("US-led 2022-23 AT&T — “yes”", "US - led 2022-23 AT&T — “ yes ”");
    }

    #[test]
    fn odd_input_is_cut_somewhere() {
        for text in ["", "'", "’", "é’", "\u{301}", "a\u{200b}b", "@", "#a’t", "..’..", "日本’s"]
        {
            let mut tokens = Vec::new();
            tokenize(text, Span::new(0, text.len()), &mut tokens);
            assert!(tokens.iter().all(|token| !token.span.of(text).is_empty()));
        }
    }
}
