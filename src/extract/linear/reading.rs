//! An article read by the shipped models, its words looked up once for all of them.

use std::cell::RefCell;

use super::cut::Cut;
use super::names::{self, Name};
use super::quotes::{self, Tagged};
use super::speakers::{self, Ranked};
use super::words::Words;
use crate::span::Span;

/// Distinct words kept between articles.
pub const MOST_WORDS: usize = 60_000;

thread_local! {
    static WORDS: RefCell<Words> = RefCell::default();
}

/// Reads a text for the shipped models, with the words that this thread has met before.
///
/// Sentences and paragraphs are given in order; without paragraphs nobody speaks.
pub fn read<T>(
    text: &str,
    sentences: &[Span],
    paragraphs: &[Span],
    work: impl FnOnce(&mut Reader) -> T,
) -> T {
    let work = |words: &mut Words| {
        words.limit(MOST_WORDS);
        let cut = Cut::new(quotes::model(), words, text, sentences, paragraphs);
        work(&mut Reader { text, words, cut })
    };
    WORDS.with(|words| match words.try_borrow_mut() {
        Ok(mut words) => work(&mut words),
        Err(_) => work(&mut Words::default()),
    })
}

/// A text that is read by the shipped models.
pub struct Reader<'a> {
    text: &'a str,
    words: &'a mut Words,
    cut: Cut,
}

impl Reader<'_> {
    /// The names in it.
    pub fn names(&mut self) -> Vec<Name> {
        names::names_in(&names::MODEL, self.words, &self.cut)
    }

    /// Sources, cues and contents, and who says those contents that are `wanted`; `names` are those that
    /// [`Reader::names`] finds.
    pub fn spoken(&mut self, names: &[Name], wanted: impl Fn(&Tagged) -> bool) -> (Vec<Tagged>, Ranked) {
        names::mark(&mut self.cut, names);
        let view = self.cut.view(self.words);
        let tagged = quotes::tag(quotes::model(), self.words, self.text, &self.cut, &view);
        let ranked = speakers::ranked(&self.cut, &view, &tagged, self.words, wanted);
        (tagged, ranked)
    }
}

/// Names in a text whose sentences are given, in order.
pub fn names(text: &str, sentences: &[Span]) -> Vec<Name> {
    read(text, sentences, &[], |reader| reader.names())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = names(text, &[Span::new(0, text.len())])
            .iter()
            .map(|name| format!("{} {:?}", name.span.of(text), name.class))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn four_classes_in_a_line_of_news() {
        check(
            "Ukrainian President Volodymyr Zelenskyy met the European Commission’s Ursula von der Leyen in Kyiv.",
            &[
                "Ukrainian Demonym",
                "Volodymyr Zelenskyy Person",
                "European Commission Organisation",
                "Ursula von der Leyen Person",
                "Kyiv Location",
            ],
        );
    }

    #[test]
    fn nothing_in_nothing() {
        check("", &[]);
        check("nobody went anywhere.", &[]);
    }

    /// Tags one paragraph and gives back `content <- speaker` lines.
    fn said(text: &str) -> Vec<String> {
        let all = [Span::new(0, text.len())];
        let (tagged, ranked) = read(text, &all, &all, |reader| {
            let names = reader.names();
            reader.spoken(&names, |_| true)
        });
        ranked
            .iter()
            .map(|(content, speakers)| {
                let speaker = speakers.first().map_or("", |speaker| speaker.span.of(text));
                format!("{} <- {speaker}", tagged[*content].span.of(text))
            })
            .collect()
    }

    #[test]
    fn speaker_after_and_before_the_words() {
        assert_eq!(
            said("“We will rebuild the port,” said Asha Rao."),
            ["“We will rebuild the port,” <- Asha Rao"]
        );
        assert_eq!(
            said("Asha Rao told reporters on Monday: “We will rebuild the port.”"),
            ["“We will rebuild the port.” <- Asha Rao"]
        );
    }

    #[test]
    fn odd_input_is_no_trouble() {
        for text in ["", "“", "”", "““””", "said", "“said “he said”", "\n\n", "’s said ‘", "日本“語”"]
        {
            let odd = [Span::new(0, text.len()), Span::new(1, 2), Span::new(0, 99)];
            for (sentences, paragraphs) in [(&odd[..], &odd[..]), (&odd, &[]), (&[], &odd), (&odd[..1], &odd)]
            {
                read(text, sentences, paragraphs, |reader| {
                    let names = reader.names();
                    reader.spoken(&names, |_| true);
                    reader.spoken(&[], |_| true);
                });
            }
        }
    }
}
