//! The words of a row as they are indexed and marked: one text, its words counted, and where each stands
//! in the article.

use std::borrow::Cow;

use super::Row;
use crate::rows::{PassageRow, QuoteRow};
use crate::span::Span;

/// The text of a row.
pub struct Laid<'a> {
    /// Pieces and where they begin in the article's body; between two stands one blank.
    pieces: Vec<(u32, &'a str)>,
    /// Sentences of the article that the row touches.
    sentences: &'a [Span],
}

impl<'a> Laid<'a> {
    /// The text of a row that was found.
    pub fn row(row: &'a Row) -> Self {
        match row {
            Row::Passage(row) => Laid::passage(row),
            Row::Quote(row) => Laid::quote(row),
        }
    }

    /// The text of a passage.
    pub fn passage(row: &'a PassageRow) -> Self {
        Laid { pieces: vec![(row.span.start, &row.text)], sentences: &row.sentences }
    }

    /// The words of a quote.
    pub fn quote(row: &'a QuoteRow) -> Self {
        let pieces = row.content.iter().map(|piece| (piece.span.start, piece.text.as_str())).collect();
        Laid { pieces, sentences: &row.sentences }
    }

    /// A text by itself.
    pub fn text(text: &'a str, sentences: &'a [Span]) -> Self {
        Laid { pieces: vec![(0, text)], sentences }
    }

    /// The whole text as indexed.
    pub fn joined(&self) -> Cow<'a, str> {
        match self.pieces.as_slice() {
            [(_, text)] => Cow::Borrowed(text),
            pieces => Cow::Owned(pieces.iter().map(|(_, text)| *text).collect::<Vec<_>>().join(" ")),
        }
    }

    /// The article's bytes for a range of the joined text; a range over several pieces is as many spans.
    pub fn in_body(&self, start: usize, end: usize) -> Vec<Span> {
        let mut spans = Vec::new();
        let mut at = 0;
        for (body, text) in &self.pieces {
            let (from, to) = (start.max(at), end.min(at + text.len()));
            if from < to {
                spans.push(Span::new(*body as usize + from - at, *body as usize + to - at));
            }
            at += text.len() + 1;
        }
        spans
    }

    /// Positions of the last words of sentences, and of paragraphs; words by where they stand in the joined
    /// text.
    pub fn breaks(&self, words: impl Iterator<Item = (usize, usize)>) -> (Vec<u32>, Vec<u32>) {
        let text = self.joined();
        let (mut sentences, mut paragraphs) = (Vec::new(), Vec::new());
        let mut before = None;
        for (at, (start, end)) in words.enumerate() {
            let sentence = self.sentence(start);
            if let Some((ended, last)) = before {
                let blank = start > ended + 1
                    && text.get(ended..start).is_some_and(|between| between.contains("\n\n"));
                if blank {
                    paragraphs.push(at as u32 - 1);
                }
                if blank || sentence != last {
                    sentences.push(at as u32 - 1);
                }
            }
            before = Some((end, sentence));
        }
        (sentences, paragraphs)
    }

    /// The number of the sentence that a byte of the joined text stands in.
    fn sentence(&self, at: usize) -> usize {
        let body = self.body_at(at).unwrap_or(u32::MAX);
        self.sentences.partition_point(|sentence| sentence.end <= body)
    }

    /// The article's byte for one of the joined text; none for the blank between pieces.
    fn body_at(&self, at: usize) -> Option<u32> {
        let mut from = 0;
        for (body, text) in &self.pieces {
            if at < from + text.len() {
                return Some(*body + at.checked_sub(from)? as u32);
            }
            from += text.len() + 1;
        }
        None
    }
}
