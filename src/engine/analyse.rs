//! Words as an index sees them: cut, lower-cased, accents and apostrophes folded, and stemmed or not.

use std::cell::RefCell;
use std::collections::HashMap;

use rustc_hash::FxBuildHasher;
use tantivy::tokenizer::{Language, Stemmer, TextAnalyzer, Token, TokenStream, Tokenizer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Name of the analyser that keeps words as they are.
pub const EXACT: &str = "onrecord_exact";
/// Name of the analyser that stems English words.
pub const STEMMED: &str = "onrecord_stemmed";

/// Longest word that is kept, in bytes; longer ones are noise, and a term has a limit.
const LONGEST: usize = 64;

/// The analyser without stemming.
pub fn exact() -> TextAnalyzer {
    TextAnalyzer::builder(Words).build()
}

/// The analyser with English stemming.
pub fn stemmed() -> TextAnalyzer {
    TextAnalyzer::builder(Words).filter(Stemmer::new(Language::English)).build()
}

/// Languages other than English that have a stemmer (Snowball), by ISO 639-1 code. Words of all others
/// are read as the English analyser reads them.
const STEMMERS: &[(&str, Language)] = &[
    ("ar", Language::Arabic),
    ("da", Language::Danish),
    ("de", Language::German),
    ("el", Language::Greek),
    ("es", Language::Spanish),
    ("fi", Language::Finnish),
    ("fr", Language::French),
    ("hu", Language::Hungarian),
    ("it", Language::Italian),
    ("nl", Language::Dutch),
    ("no", Language::Norwegian),
    ("pt", Language::Portuguese),
    ("ro", Language::Romanian),
    ("ru", Language::Russian),
    ("sv", Language::Swedish),
    ("tr", Language::Turkish),
];

/// The terms of a text in a language that has a stemmer of its own; none for English and all others.
///
/// Words are stemmed as they are written and folded afterwards: the rules for endings need the accents. Each
/// term names its language (`de:plan`): what German makes of `plane` is nothing that an English text says.
pub fn foreign(code: &str, text: &str) -> Option<Vec<Term>> {
    let (_, language) = STEMMERS.iter().find(|(known, _)| *known == code)?;
    let mut analyzer = TextAnalyzer::builder(Written).filter(Stemmer::new(*language)).build();
    let mut terms = terms(&mut analyzer, text);
    terms.iter_mut().for_each(|term| term.text = fold_word(&term.text));
    terms.retain(|term| !term.text.is_empty());
    terms.iter_mut().for_each(|term| term.text.insert_str(0, &format!("{code}:")));
    Some(terms)
}

/// The stems of a word in all of these languages.
pub fn foreign_stems(codes: &[&str], word: &str) -> Vec<String> {
    let one = |code: &&str| match foreign(code, word)?.as_slice() {
        [only] => Some(only.text.clone()),
        _ => None,
    };
    codes.iter().filter_map(one).collect()
}

/// A word as indexed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Byte range in the text.
    pub start: usize,
    /// End of the range.
    pub end: usize,
    /// The folded word.
    pub text: String,
}

/// All terms of a text.
pub fn terms(analyzer: &mut TextAnalyzer, text: &str) -> Vec<Term> {
    let mut stream = analyzer.token_stream(text);
    let mut found = Vec::new();
    while let Some(token) = stream.next() {
        found.push(Term { start: token.offset_from, end: token.offset_to, text: token.text.clone() });
    }
    found
}

/// Words whose forms a thread keeps; then it forgets them.
const MOST_KEPT: usize = 1 << 15;

/// The forms of words as written, and what works them out.
struct Kept {
    forms: HashMap<Box<str>, (Box<str>, Box<str>), FxBuildHasher>,
    stemmer: TextAnalyzer,
}

thread_local! {
    static KEPT: RefCell<Kept> = RefCell::new(Kept { forms: HashMap::default(), stemmer: stemmed() });
}

/// Looks at the folded form of one word and at its English stem; both are kept for the next text that holds
/// it. `look` must not ask for another word.
pub fn forms<T>(word: &str, look: impl FnOnce(&str, &str) -> T) -> T {
    // What is longer than any word that is indexed is not kept; it has no forms.
    if word.len() > 4 * LONGEST {
        return look("", "");
    }
    KEPT.with_borrow_mut(|kept| {
        if !kept.forms.contains_key(word) {
            let exact = fold_word(word);
            let stem = terms(&mut kept.stemmer, &exact).into_iter().next();
            let stem = stem.map_or_else(String::new, |stem| stem.text);
            if kept.forms.len() >= MOST_KEPT {
                kept.forms.clear();
            }
            kept.forms.insert(word.into(), (exact.into(), stem.into()));
        }
        let (exact, stem) = &kept.forms[word];
        look(exact, stem)
    })
}

/// The folded form and the English stem of each word of a text that is indexed.
pub fn both(text: &str) -> Vec<(String, String)> {
    let words = words(text).map(|(start, end)| &text[start..end]).filter(|word| is_indexed(word));
    words.map(|word| forms(word, |exact, stem| (exact.to_string(), stem.to_string()))).collect()
}

/// Folds one word: lower case, no accents, no apostrophes, no possessive, no full stops of acronyms.
pub fn fold_word(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    fold_onto(&mut folded, word);
    folded
}

/// Adds a word folded; how many bytes were added comes back.
fn fold_onto(out: &mut String, word: &str) -> usize {
    let start = out.len();
    let bare = ["'s", "’s", "'S", "’S"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
    if bare.is_ascii() {
        out.extend(bare.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()));
        return out.len() - start;
    }
    let letters = bare.nfd().filter(|c| !is_combining_mark(*c) && c.is_alphanumeric());
    out.extend(letters.flat_map(char::to_lowercase).map(|c| match c {
        'ł' => 'l',
        'ø' => 'o',
        'đ' => 'd',
        'ı' => 'i',
        other => other,
    }));
    out.len() - start
}

/// Adds the words of a text that are indexed, folded and a blank between them, to `out`. `found` is told where
/// each stands in the text, and where it ends in `out`.
pub(super) fn fold_words(text: &str, out: &mut String, mut found: impl FnMut(usize, usize, usize)) {
    let mut at = 0;
    while let Some((start, end, plain)) = next(text, at) {
        at = end;
        let before = out.len();
        if before > 0 {
            out.push(' ');
        }
        let from = out.len();
        let word = &text[start..end];
        let length = match word.len() {
            // What is longer than any word that is indexed is none, whatever it folds to.
            length if length > 4 * LONGEST => 0,
            length if plain => {
                out.push_str(word);
                out[from..].make_ascii_lowercase();
                length
            }
            _ => fold_onto(out, word),
        };
        if (1..=LONGEST).contains(&length) {
            found(start, end, out.len());
        } else {
            out.truncate(before);
        }
    }
}

/// Cuts words as [`Words`] does, and leaves them as written, but in lower case.
#[derive(Clone, Default)]
struct Written;

impl Tokenizer for Written {
    type TokenStream<'a> = WordStream<'a>;
    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        WordStream { as_written: true, ..Words.token_stream_of(text) }
    }
}

impl Words {
    fn token_stream_of<'a>(&self, text: &'a str) -> WordStream<'a> {
        WordStream { text, at: 0, token: Token::default(), started: false, as_written: false }
    }
}

/// Cuts words; hyphens divide, inner apostrophes and the full stops of acronyms do not.
#[derive(Clone, Default)]
pub struct Words;

/// The words of one text.
pub struct WordStream<'a> {
    text: &'a str,
    at: usize,
    token: Token,
    started: bool,
    as_written: bool,
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream<'a>;
    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        self.token_stream_of(text)
    }
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        while let Some((start, end)) = next_word(self.text, self.at) {
            self.at = end;
            let word = &self.text[start..end];
            self.token.text = if self.as_written { word.to_lowercase() } else { fold_word(word) };
            if self.token.text.is_empty() || self.token.text.len() > LONGEST {
                continue;
            }
            self.token.offset_from = start;
            self.token.offset_to = end;
            self.token.position = if self.started { self.token.position + 1 } else { 0 };
            self.token.position_length = 1;
            self.started = true;
            return true;
        }
        false
    }
    fn token(&self) -> &Token {
        &self.token
    }
    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// True for a word, as [`next_word`] cuts it, that is indexed: not too long, and with something left of it
/// when it is folded.
pub fn is_indexed(word: &str) -> bool {
    word.len() <= LONGEST && word.is_ascii()
        || forms(word, |exact, _| !exact.is_empty() && exact.len() <= LONGEST)
}

/// Where the words of a text stand, as byte ranges; those too long to be indexed among them.
pub fn words(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let word = next_word(text, at)?;
        at = word.1;
        Some(word)
    })
}

/// What a byte is to words.
#[derive(Clone, Copy)]
enum Sign {
    /// A letter or digit.
    Word,
    /// An apostrophe or full stop, which may stand inside a word.
    Joins,
    /// Part of a character that is not ASCII.
    Wide,
    Other,
}

const SIGNS: [Sign; 256] = {
    let mut signs = [Sign::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        signs[byte] = match byte as u8 {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => Sign::Word,
            b'\'' | b'.' => Sign::Joins,
            128.. => Sign::Wide,
            _ => Sign::Other,
        };
        byte += 1;
    }
    signs
};

/// The next word at or after `at`, as a byte range.
pub fn next_word(text: &str, at: usize) -> Option<(usize, usize)> {
    next(text, at).map(|(start, end, _)| (start, end))
}

/// The next word at or after `at`, as a byte range, and whether it is of ASCII letters and digits alone.
fn next(text: &str, at: usize) -> Option<(usize, usize, bool)> {
    let bytes = text.as_bytes();
    let mut start = at;
    // Most signs are ASCII: they are looked at as bytes.
    loop {
        match SIGNS[usize::from(*bytes.get(start)?)] {
            Sign::Word => break,
            Sign::Other | Sign::Joins => start += 1,
            Sign::Wide => match text[start..].chars().next()? {
                c if is_ideograph(c) => return Some((start, start + c.len_utf8(), false)),
                c if c.is_alphanumeric() => break,
                c => start += c.len_utf8(),
            },
        }
    }
    let mut end = start;
    let mut plain = true;
    while let Some(&byte) = bytes.get(end) {
        match SIGNS[usize::from(byte)] {
            Sign::Word => {
                end += 1;
                continue;
            }
            // Most words end at a blank or a comma.
            Sign::Other => break,
            Sign::Joins | Sign::Wide => {}
        }
        let Some(c) = text[end..].chars().next() else { break };
        let next = || text[end + c.len_utf8()..].chars().next();
        let inside = match c {
            '\'' | '’' => next().is_some_and(char::is_alphabetic),
            '.' => acronym(&text[start..end], next()),
            c => c.is_alphanumeric() && !is_ideograph(c) || is_combining_mark(c),
        };
        if !inside {
            break;
        }
        plain = false;
        end += c.len_utf8();
    }
    Some((start, end, plain))
}

/// Han, Hiragana and Katakana: written without blanks, so each sign is a word, and words are phrases.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2fa1f}')
}

/// True for the full stop in `U.S` or `3.5`, and for the last one of `U.S.`, which folds away.
fn acronym(before: &str, next: Option<char>) -> bool {
    let last = before.rsplit('.').next().unwrap_or_default();
    let single = last.chars().count() == 1 && last.chars().all(char::is_alphabetic);
    let decimal = last.chars().all(|c| c.is_ascii_digit()) && next.is_some_and(|c| c.is_ascii_digit());
    decimal || single && (next.is_some_and(char::is_alphabetic) || before.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_fold_as_a_reader_would() {
        let mut exact = exact();
        let words = |text: &str, analyzer: &mut TextAnalyzer| -> Vec<String> {
            terms(analyzer, text).into_iter().map(|term| term.text).collect()
        };
        assert_eq!(
            words("Trump’s U.S. plan: don’t, O'Brien!", &mut exact),
            ["trump", "us", "plan", "dont", "obrien"]
        );
        assert_eq!(
            words("Zürich 28-point 3.5 Wałęsa", &mut exact),
            ["zurich", "28", "point", "35", "walesa"]
        );
        assert_eq!(words("", &mut exact), Vec::<String>::new());
        assert_eq!(words("promises promised", &mut stemmed()), ["promis", "promis"]);
        assert_eq!(words("在北京 2025年", &mut exact), ["在", "北", "京", "2025", "年"]);
    }

    #[test]
    fn forms_of_one_word_meet_in_other_languages() {
        let pairs = [
            ("de", "Häuser", "Hauses"),
            ("fr", "élections", "élection"),
            ("es", "negociaciones", "negociación"),
            ("ru", "выборы", "выборов"),
            ("ru", "Путиным", "Путина"),
            ("sv", "flickorna", "flicka"),
        ];
        for (code, one, other) in pairs {
            let stem = |word: &str| foreign(code, word).unwrap()[0].text.clone();
            assert_eq!(stem(one), stem(other), "{code}");
        }
        assert!(foreign("en", "houses").is_none() && foreign("uk", "вибори").is_none());
        assert_eq!(foreign_stems(&["de", "fr", "en"], "Präsidenten"), ["de:prasident", "fr:prasidenten"]);
    }
}
