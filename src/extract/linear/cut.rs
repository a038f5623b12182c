//! An article cut into the tokens of the trained models.

use super::model::Model;
use super::name_features::{Scene, Zone};
use super::quote_features::Paragraph;
use super::token::{Token, tokenize};
use super::words::Words;
use crate::span::Span;

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
        let ids = words.ids(text, &tokens, model);
        words.touch(&ids);
        let names = vec![0; tokens.len()];
        Cut { tokens, sentences: bounds, paragraphs, ids, names }
    }

    /// The words as a scene, the paragraphs as its zones, and each of them read. The scene has looked at those in
    /// which there may be reported speech.
    pub fn view(&self, words: &Words) -> View {
        let mut scene = Scene::unseen(&self.ids, self.paragraphs.clone());
        let zones: Vec<Zone> = self.paragraphs.iter().map(|&(start, end)| Zone { start, end }).collect();
        let read = |(n, &zone)| {
            let paragraph = Paragraph::new(&scene, zone, &self.names, words);
            if paragraph.is_loud() {
                scene.look(n, words);
            }
            paragraph
        };
        let read = zones.iter().enumerate().map(read).collect();
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
