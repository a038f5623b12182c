//! An article cut into the tokens of the trained models, its words looked up once for all of them.

use std::cell::RefCell;

use super::model::Model;
use super::name_features::{Scene, Zone};
use super::names::{self, Name, NameClass};
use super::quote_features::Paragraph;
use super::quotes::{self, Tagged};
use super::speakers::{self, Ranked};
use super::token::{Token, tokenize};
use super::words::Words;
use crate::span::Span;

/// Distinct words kept between articles.
const MOST_WORDS: usize = 60_000;

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
        self.cut.name(names);
        let view = self.cut.view(self.words);
        let tagged = quotes::tag(quotes::model(), self.words, self.text, &self.cut, &view);
        let ranked = speakers::ranked(&self.cut, &view, &tagged, self.words, wanted);
        (tagged, ranked)
    }
}

/// An article as tokens.
pub struct Cut {
    /// Its tokens.
    pub tokens: Vec<Token>,
    /// Token numbers where sentences start and end.
    pub sentences: Vec<(usize, usize)>,
    /// Token numbers where paragraphs start and end.
    pub paragraphs: Vec<(usize, usize)>,
    /// Entries of the words.
    pub ids: Vec<u32>,
    /// A label for each token, by the name that it is part of.
    pub names: Vec<u8>,
}

impl Cut {
    /// Cuts a text at the ends of its sentences and looks its words up; no token has a name yet.
    pub fn new(model: &Model, words: &mut Words, text: &str, sentences: &[Span], paragraphs: &[Span]) -> Cut {
        let mut tokens = Vec::with_capacity(text.len() / 5);
        let mut bounds = Vec::with_capacity(sentences.len());
        for &sentence in sentences {
            let start = tokens.len();
            tokenize(text, sentence, &mut tokens);
            if tokens.len() > start {
                bounds.push((start, tokens.len()));
            }
        }
        let before = |byte: u32| tokens.partition_point(|token: &Token| token.span.start < byte);
        let paragraphs = paragraphs.iter().map(|paragraph| (before(paragraph.start), before(paragraph.end)));
        let paragraphs = paragraphs.filter(|(start, end)| start < end).collect();
        let ids = tokens.iter().map(|token| words.id(token.span.of(text), model)).collect();
        let names = vec![0; tokens.len()];
        Cut { tokens, sentences: bounds, paragraphs, ids, names }
    }

    /// Labels the tokens of names.
    pub fn name(&mut self, names: &[Name]) {
        for name in names {
            let start = self.tokens.partition_point(|token| token.span.end <= name.span.start);
            let end = self.tokens.partition_point(|token| token.span.start < name.span.end);
            let class = NameClass::ALL.iter().position(|&class| class == name.class).unwrap_or(0) as u8;
            if end == start + 1 {
                self.names[start] = (4 * class + 4).min(15);
            } else if end > start {
                self.names[start..end].fill((4 * class + 2).min(14));
                self.names[start] = 4 * class + 1;
                self.names[end - 1] = (4 * class + 3).min(14);
            }
        }
    }

    /// The words as a scene, the paragraphs as its zones, and each of them read.
    pub fn view(&self, words: &Words) -> View {
        let scene = Scene::near(&self.ids, self.paragraphs.clone(), words);
        let zones: Vec<Zone> = self.paragraphs.iter().map(|&(start, end)| Zone { start, end }).collect();
        let read = zones.iter().map(|&zone| Paragraph::new(&scene, zone, &self.names, words)).collect();
        View { scene, zones, read }
    }
}

/// What is seen in an article before any word is labelled.
pub struct View {
    /// The words where they stand.
    pub scene: Scene,
    /// The paragraphs, as zones of the scene.
    pub zones: Vec<Zone>,
    /// Each of them, read.
    pub read: Vec<Paragraph>,
}
