//! Texts read once for all the fields that hold their words.
//!
//! Cutting and folding words takes longer than indexing them. So each body is read once, and the fields
//! take what comes of it ready: [`Ready`] only parts it.

use std::ops::Range;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

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
    /// Their stems by the rules of the text's own language; empty where those are the English.
    own: String,
}

/// Where a word begins and ends in the text, and where it ends in what is ready.
struct Place {
    start: u32,
    end: u32,
    exact: u32,
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

    /// Their stems by the rules of the text's own language; empty where those are the English.
    pub fn own(&self, range: Range<usize>) -> &str {
        if self.own.is_empty() { "" } else { self.cut(&self.own, range, |place| place.own) }
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

/// The words of a text in a language.
pub fn read(language: &str, text: &str) -> Words {
    let foreign = analyse::foreign(language, text);
    let mut foreign = foreign.iter().flatten().peekable();
    let with_own = foreign.peek().is_some();
    let mut exact = String::with_capacity(text.len());
    let mut own = String::new();
    let mut places = Vec::with_capacity(text.len() / 5);
    analyse::fold_words(text, &mut exact, |start, end, ready| {
        if with_own {
            // At the same place as the word itself.
            if !places.is_empty() {
                own.push(' ');
            }
            while foreign.next_if(|stem| stem.start < start).is_some() {}
            if let Some(stem) = foreign.next_if(|stem| stem.start == start) {
                own.push_str(&stem.text);
            }
        }
        let (start, end) = (start as u32, end as u32);
        places.push(Place { start, end, exact: ready as u32, own: own.len() as u32 });
    });
    Words { places, exact, own }
}

/// The stems of words by the English rules, each with that by the rules of its own language.
pub fn stems(words: &Words) -> String {
    let mut stems = String::new();
    for place in words.all() {
        if place > 0 {
            stems.push(' ');
        }
        analyse::forms(words.exact(place..place + 1), |_, stem| stems.push_str(stem));
        let own = words.own(place..place + 1);
        if !own.is_empty() {
            stems.push('\t');
            stems.push_str(own);
        }
    }
    stems
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
        let words = read("en", TEXT);
        assert_eq!(told(words.exact(words.all())), placed(analyse::terms(&mut analyse::exact(), TEXT)));
        assert_eq!(words.own(words.all()), "");
        assert_eq!(told(&stems(&words)), placed(analyse::terms(&mut analyse::stemmed(), TEXT)));
    }

    #[test]
    fn a_part_is_read_as_if_it_stood_alone() {
        let words = read("en", TEXT);
        let mut start = 0;
        for paragraph in TEXT.split("\n\n") {
            let within = words.within(start, start + paragraph.len());
            assert_eq!(
                told(words.exact(within.clone())),
                placed(analyse::terms(&mut analyse::exact(), paragraph))
            );
            start += paragraph.len() + 2;
        }
        assert_eq!((words.exact(0..0), words.exact(3..3)), ("", ""));
    }

    #[test]
    fn words_of_another_language_have_stems_of_their_own() {
        let words = read("de", "Die Häuser in Berlin");
        assert_eq!(told(words.own(words.all())), ["0:de:die", "1:de:haus", "2:de:in", "3:de:berlin"]);
        assert_eq!(told(words.own(1..2)), ["0:de:haus"]);
        assert_eq!(words.exact(words.all()), "die hauser in berlin");
        assert_eq!(told(&stems(&read("de", "Häuser"))), ["0:hauser", "0:de:haus"]);
    }

    #[test]
    fn marks_keep_their_places() {
        let ready = ready_marks([(2, "s"), (5, "s"), (5, "p"), (6, "s")].into_iter());
        assert_eq!(told(&ready), ["2:s", "5:s", "5:p", "6:s"]);
        assert!(told("").is_empty());
    }
}
