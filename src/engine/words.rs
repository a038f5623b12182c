//! Texts read once for all the fields that hold their words.
//!
//! Cutting, folding and stemming words takes longer than indexing them. So each body is read once, each
//! form of a word is worked out once, and the fields take what comes of it ready: [`Ready`] only parts it.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHasher;
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer};

use super::analyse;

/// Name of the analyser that takes words as [`Words`] gives them.
pub const READY: &str = "onrecord_ready";

/// Parts words that were read already: a blank goes to the next place, a tab stays at the same one.
#[derive(Clone, Default)]
pub struct Ready;

/// The words of one text that is ready.
pub struct ReadyStream<'a> {
    rest: Option<&'a str>,
    place: usize,
    token: Token,
}

impl Tokenizer for Ready {
    type TokenStream<'a> = ReadyStream<'a>;
    fn token_stream<'a>(&'a mut self, text: &'a str) -> ReadyStream<'a> {
        ReadyStream { rest: Some(text), place: 0, token: Token::default() }
    }
}

impl TokenStream for ReadyStream<'_> {
    fn advance(&mut self) -> bool {
        while let Some(rest) = self.rest {
            let end = rest.bytes().position(|byte| matches!(byte, b' ' | b'\t'));
            let word = &rest[..end.unwrap_or(rest.len())];
            self.token.position = self.place;
            self.rest = end.map(|end| &rest[end + 1..]);
            self.place += usize::from(end.is_some_and(|end| rest.as_bytes()[end] == b' '));
            if !word.is_empty() {
                self.token.text.clear();
                self.token.text.push_str(word);
                self.token.position_length = 1;
                return true;
            }
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

/// The words of a text, ready for every field, and where they stand in it.
#[derive(Default)]
pub struct Words {
    places: Vec<Place>,
    exact: String,
    stems: String,
    /// As `stems`, each with the stem by the rules of its own language; empty where those are the English.
    own: String,
}

/// Where a word begins and ends in the text, and where it ends in what is ready.
struct Place {
    start: u32,
    end: u32,
    exact: u32,
    stems: u32,
    own: u32,
}

impl Words {
    /// The words that stand within some bytes of the text.
    pub fn within(&self, start: usize, end: usize) -> Range<usize> {
        let first = self.places.partition_point(|place| (place.start as usize) < start);
        let last = self.places.partition_point(|place| place.end as usize <= end);
        first..last.max(first)
    }

    /// All of them.
    pub fn all(&self) -> Range<usize> {
        0..self.places.len()
    }

    /// Where words stand in the text.
    pub fn spans(&self, range: Range<usize>) -> impl Iterator<Item = (usize, usize)> + Clone {
        self.places[range].iter().map(|place| (place.start as usize, place.end as usize))
    }

    /// Words as they are, folded.
    pub fn exact(&self, range: Range<usize>) -> &str {
        self.cut(&self.exact, range, |place| place.exact)
    }

    /// Their stems by the English rules.
    pub fn stems(&self, range: Range<usize>) -> &str {
        self.cut(&self.stems, range, |place| place.stems)
    }

    /// Their stems by the English rules, and beside them those of the text's own language.
    pub fn own_stems(&self, range: Range<usize>) -> &str {
        if self.own.is_empty() { self.stems(range) } else { self.cut(&self.own, range, |place| place.own) }
    }

    fn cut<'s>(&self, ready: &'s str, range: Range<usize>, end: impl Fn(&Place) -> u32) -> &'s str {
        let ends = |at: usize| at.checked_sub(1).map(|last| end(&self.places[last]) as usize);
        match (ends(range.start), ends(range.end)) {
            (_, Some(last)) if range.is_empty() => &ready[last..last],
            // A blank stands between the word before and the first.
            (before, Some(last)) => &ready[before.map_or(0, |before| before + 1)..last],
            (_, None) => "",
        }
    }
}

/// Marks at the places of words, ready for a field of their own. `marks` come in order.
pub fn ready_marks<'m>(marks: impl Iterator<Item = (u32, &'m str)>) -> String {
    let mut ready = String::new();
    let mut at = None;
    for (place, mark) in marks {
        match at {
            Some(last) if last == place => ready.push('\t'),
            last => ready.extend(std::iter::repeat_n(' ', (place - last.unwrap_or(0)) as usize)),
        }
        ready.push_str(mark);
        at = Some(place);
    }
    ready
}

/// Reads texts, and keeps what it knows of their words for the next ones.
pub struct Reader {
    /// Words as written, by a hash of theirs.
    known: HashMap<u64, Forms, BuildHasherDefault<Hashed>>,
    /// Those met last, each at the place that its hash gives: most words of a text are among a few thousand,
    /// and these stay near at hand.
    met: Vec<(u64, Forms)>,
    /// Each word as written, its exact form and its stem, one behind the other: looking a word up touches
    /// two places of memory, and waiting for memory is what takes the time.
    text: String,
    exact: TextAnalyzer,
    stemmed: TextAnalyzer,
}

/// Where the forms of a word begin in [`Reader::text`], and how long each is; the last two are empty where
/// it gives no word.
#[derive(Clone, Copy, Default)]
struct Forms {
    at: u32,
    written: u16,
    exact: u8,
    stem: u8,
}

impl Forms {
    fn is_of(self, written: &str, text: &str) -> bool {
        let at = self.at as usize;
        usize::from(self.written) == written.len()
            && text.as_bytes()[at..at + written.len()] == *written.as_bytes()
    }

    fn of(self, text: &str) -> (&str, &str) {
        let exact = self.at as usize + usize::from(self.written);
        let stem = exact + usize::from(self.exact);
        (&text[exact..stem], &text[stem..stem + usize::from(self.stem)])
    }
}

/// Words whose forms are kept; then they are forgotten, so that nothing grows without end. Some years of
/// news have several hundred thousand.
const MOST_KNOWN: usize = 1 << 17;
/// The same by the bytes that they take.
const MOST_TEXT: usize = 1 << 22;
/// Words that are near at hand; a power of two.
const MET: usize = 1 << 12;

impl Default for Reader {
    fn default() -> Reader {
        Reader {
            known: HashMap::default(),
            met: vec![(0, Forms::default()); MET],
            text: String::new(),
            exact: analyse::exact(),
            stemmed: analyse::stemmed(),
        }
    }
}

/// Takes a hash for what it is.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0 << 8 | u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

impl Reader {
    /// The words of a text in a language.
    pub fn read(&mut self, language: &str, text: &str) -> Words {
        let foreign = analyse::foreign(language, text);
        let mut foreign = foreign.iter().flatten().peekable();
        let with_own = foreign.peek().is_some();
        let mut words = Words {
            places: Vec::with_capacity(text.len() / 6),
            exact: String::with_capacity(text.len()),
            stems: String::with_capacity(text.len()),
            own: String::new(),
        };
        let mut at = 0;
        while let Some((start, end)) = analyse::next_word(text, at) {
            at = end;
            let (exact, stem) = self.forms(&text[start..end]);
            if exact.is_empty() {
                continue;
            }
            if !words.places.is_empty() {
                words.exact.push(' ');
                words.stems.push(' ');
            }
            words.exact.push_str(exact);
            words.stems.push_str(stem);
            if with_own {
                // Each word stands as the English analyser reads it, which is what most parts of a query
                // look for, and at the same place as its own language has it.
                if !words.places.is_empty() {
                    words.own.push(' ');
                }
                words.own.push_str(stem);
                while foreign.next_if(|own| own.start < start).is_some() {}
                if let Some(own) = foreign.next_if(|own| own.start == start) {
                    words.own.push('\t');
                    words.own.push_str(&own.text);
                }
            }
            let ready = |text: &str| text.len() as u32;
            words.places.push(Place {
                start: start as u32,
                end: end as u32,
                exact: ready(&words.exact),
                stems: ready(&words.stems),
                own: ready(&words.own),
            });
        }
        words
    }

    /// The exact form and the stem of a word; nothing where it is none.
    fn forms(&mut self, written: &str) -> (&str, &str) {
        let hash = BuildHasherDefault::<FxHasher>::default().hash_one(written.as_bytes());
        let place = (hash >> 32) as usize % MET;
        let (met, forms) = self.met[place];
        if met == hash && forms.is_of(written, &self.text) {
            return forms.of(&self.text);
        }
        match self.known.get(&hash).copied().filter(|forms| forms.is_of(written, &self.text)) {
            Some(forms) => {
                self.met[place] = (hash, forms);
                forms.of(&self.text)
            }
            None => self.learn(hash, written),
        }
    }

    #[cold]
    fn learn(&mut self, hash: u64, written: &str) -> (&str, &str) {
        if self.known.len() >= MOST_KNOWN || self.text.len() >= MOST_TEXT {
            self.known.clear();
            self.text.clear();
            self.met.fill((0, Forms::default()));
        }
        let first = |analyzer: &mut TextAnalyzer| {
            analyse::terms(analyzer, written).into_iter().next().map_or_else(String::new, |term| term.text)
        };
        let (exact, stem) = (first(&mut self.exact), first(&mut self.stemmed));
        // No analyser lets words through that are longer; what is written longer than that gives none.
        let lengths = (u16::try_from(written.len()), u8::try_from(exact.len()), u8::try_from(stem.len()));
        let (Ok(written_length), Ok(exact_length), Ok(stem_length)) = lengths else { return ("", "") };
        let forms = Forms {
            at: self.text.len() as u32,
            written: written_length,
            exact: exact_length,
            stem: stem_length,
        };
        for part in [written, &exact, &stem] {
            self.text.push_str(part);
        }
        self.known.insert(hash, forms);
        forms.of(&self.text)
    }
}

/// Readers for threads that take turns.
#[derive(Default)]
pub struct Readers(Mutex<Vec<Reader>>);

impl Readers {
    /// Works with a reader that nobody else has.
    pub fn with<T>(&self, work: impl FnOnce(&mut Reader) -> T) -> T {
        let taken = self.lock().pop();
        let mut reader = taken.unwrap_or_default();
        let done = work(&mut reader);
        self.lock().push(reader);
        done
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Reader>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::analyse::Term;

    /// What a field makes of a ready text: `place:word`.
    fn told(ready: &str) -> Vec<String> {
        let mut stream = Ready;
        let mut stream = stream.token_stream(ready);
        let mut told = Vec::new();
        while stream.advance() {
            told.push(format!("{}:{}", stream.token().position, stream.token().text));
        }
        told
    }

    fn placed(terms: Vec<Term>) -> Vec<String> {
        terms.iter().enumerate().map(|(place, term)| format!("{place}:{}", term.text)).collect()
    }

    const TEXT: &str = "The U.S. envoy’s plans failed — again.\n\nO'Brien (28-point) didn’t promise 3.5% of Łódź,\n\n在北京 he'd said ’… in the U.S.\n\nIt's the D.A.'s.";

    #[test]
    fn what_is_ready_is_what_the_analysers_read() {
        let mut reader = Reader::default();
        for _ in 0..2 {
            let words = reader.read("en", TEXT);
            assert_eq!(told(words.exact(words.all())), placed(analyse::terms(&mut analyse::exact(), TEXT)));
            assert_eq!(told(words.stems(words.all())), placed(analyse::terms(&mut analyse::stemmed(), TEXT)));
            assert_eq!(words.own_stems(words.all()), words.stems(words.all()));
        }
    }

    #[test]
    fn a_part_is_read_as_if_it_stood_alone() {
        let words = Reader::default().read("en", TEXT);
        let mut start = 0;
        for paragraph in TEXT.split("\n\n") {
            let within = words.within(start, start + paragraph.len());
            assert_eq!(
                told(words.exact(within.clone())),
                placed(analyse::terms(&mut analyse::exact(), paragraph))
            );
            assert_eq!(told(words.stems(within)), placed(analyse::terms(&mut analyse::stemmed(), paragraph)));
            start += paragraph.len() + 2;
        }
        assert_eq!((words.exact(0..0), words.exact(3..3)), ("", ""));
    }

    #[test]
    fn words_of_another_language_stand_twice_where_their_stems_differ() {
        let words = Reader::default().read("de", "Die Häuser in Berlin");
        assert_eq!(
            told(words.own_stems(words.all())),
            ["0:die", "0:de:die", "1:hauser", "1:de:haus", "2:in", "2:de:in", "3:berlin", "3:de:berlin"]
        );
        assert_eq!(told(words.own_stems(1..2)), ["0:hauser", "0:de:haus"]);
        assert_eq!(words.stems(words.all()), "die hauser in berlin");
    }

    #[test]
    fn marks_keep_their_places() {
        let ready = ready_marks([(2, "s"), (5, "s"), (5, "p"), (6, "s")].into_iter());
        assert_eq!(told(&ready), ["2:s", "5:s", "5:p", "6:s"]);
        assert!(told("").is_empty());
    }
}
