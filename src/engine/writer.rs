//! Writing rows.

use std::path::PathBuf;

use serde::Serialize;
use sha2::{Digest, Sha256};
use tantivy::tokenizer::{PreTokenizedString, Token};
use tantivy::{IndexWriter, TantivyDocument, TantivyError, Term};

use super::laid::Laid;
use super::plan::number;
use super::schema::{FORMAT, Fields, PARAGRAPH_END, SENTENCE_END};
use super::trouble::failed;
use super::{Payload, Stamp};
use crate::document::{ArticleId, DateSource, Grade, Span};
use crate::error::Result;
use crate::rows::{Head, QuoteRow, Rows};

/// Writes rows; nothing is seen before [`Writer::commit`].
pub struct Writer {
    pub(super) path: PathBuf,
    pub(super) writer: IndexWriter,
    pub(super) fields: Fields,
}

impl Writer {
    /// Forgets all rows of a file.
    pub fn remove_file(&self, file: &str) {
        self.writer.delete_term(Term::from_field_text(self.fields.file, file));
    }

    /// Adds all rows of an article.
    pub fn add(&self, file: &str, rows: &Rows) -> Result<()> {
        let article = &rows.document.article;
        let head = rows.passages.first().map(|(row, _)| &row.article);
        let mut document = TantivyDocument::default();
        document.add_text(self.fields.row, "article");
        document.add_text(self.fields.file, file);
        document.add_text(self.fields.article, &article.id.0);
        document.add_u64(self.fields.tie, tie(&article.id, 0));
        document.add_text(self.fields.json, json(&rows.document));
        self.put(document)?;
        let Some(head) = head else { return Ok(()) };
        for (row, regions) in &rows.passages {
            let mut document = self.row("passage", file, (&row.id, row.span), head, &Laid::passage(row));
            for region in regions {
                document.add_text(self.fields.region, region.0.to_string());
            }
            for region in &row.regions {
                document.add_text(self.fields.by_region, &region.name);
            }
            let spoken = |quote: &&QuoteRow| quote.content.iter().any(|piece| piece.span.overlaps(row.span));
            for quote in rows.quotes.iter().map(|(quote, _)| quote).filter(spoken) {
                self.who_and_how(&mut document, quote);
            }
            document.add_text(self.fields.json, json(row));
            self.put(document)?;
        }
        for (row, graded) in &rows.quotes {
            let start = row.content.first().map(|piece| piece.span).unwrap_or_default();
            let mut document = self.row("quote", file, (&row.id, start), head, &Laid::quote(row));
            self.who_and_how(&mut document, row);
            for (region, best) in graded {
                document.add_text(self.fields.region, region.0.to_string());
                for grade in Grade::ALL.into_iter().filter(|grade| grade >= best) {
                    document.add_text(self.fields.graded, format!("{}:{}", grade.name(), region.0));
                }
            }
            for about in &row.about {
                document.add_text(self.fields.by_region, &about.name);
            }
            document.add_text(self.fields.json, json(row));
            self.put(document)?;
        }
        Ok(())
    }

    /// What is known of a quote besides its words: filters find by it.
    fn who_and_how(&self, document: &mut TantivyDocument, quote: &QuoteRow) {
        document.add_text(self.fields.quote, quote.kind.name());
        if let Some(cue) = &quote.cue {
            document.add_text(self.fields.cue, &cue.lemma);
            document.add_text(self.fields.cue, cue.stance.name());
        }
        if let Some(speaker) = &quote.speaker {
            document.add_text(self.fields.speaker, &speaker.name);
            document.add_text(self.fields.by_speaker, speaker.key());
        }
        if let Some(addressee) = &quote.addressee {
            document.add_text(self.fields.addressee, &addressee.name);
            document.add_text(self.fields.by_addressee, addressee.key());
        }
    }

    /// Says that a file was read in full.
    pub fn add_file(&self, file: &str, stamp: Stamp) -> Result<()> {
        let mut document = TantivyDocument::default();
        document.add_text(self.fields.row, "file");
        document.add_text(self.fields.file, file);
        document.add_u64(self.fields.mtime, stamp.mtime);
        document.add_u64(self.fields.size, stamp.size);
        self.put(document)
    }

    fn row(
        &self,
        kind: &str,
        file: &str,
        (id, span): (&str, Span),
        head: &Head,
        laid: &Laid,
    ) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        let text = laid.joined();
        document.add_text(self.fields.row, kind);
        document.add_text(self.fields.file, file);
        document.add_text(self.fields.id, id);
        document.add_text(self.fields.article, &head.id.0);
        document.add_text(self.fields.body, &text);
        document.add_text(self.fields.exact, &text);
        document.add_pre_tokenized_text(self.fields.breaks, breaks(laid));
        for author in &head.byline {
            document.add_text(self.fields.author, author);
        }
        document.add_text(self.fields.title, &head.title);
        document.add_text(self.fields.source, &head.source);
        document.add_text(self.fields.by_source, &head.source);
        document.add_text(self.fields.language, head.language.code);
        document.add_u64(self.fields.tie, tie(&head.id, span.start));
        // A file's own date says when it was saved, so it neither sorts nor filters.
        if let Some(published) = head.published.as_ref().filter(|date| date.found_in != DateSource::FileTime)
        {
            document.add_u64(self.fields.day, number(published.day));
            let month = published.at.get(..7).unwrap_or(&published.at);
            document.add_text(self.fields.by_month, month);
        }
        document
    }

    fn put(&self, document: TantivyDocument) -> Result<()> {
        self.writer.add_document(document).map(drop).map_err(|error| failed(&self.path, "writing", &error))
    }

    /// Makes all that was added and removed seen, at once.
    pub fn commit(&mut self) -> Result<()> {
        let payload = Payload { format: FORMAT, onrecord: env!("CARGO_PKG_VERSION").to_string() };
        let trouble = |error: TantivyError| failed(&self.path, "writing", &error);
        let mut commit = self.writer.prepare_commit().map_err(trouble)?;
        commit.set_payload(&json(&payload));
        commit.commit().map(drop).map_err(trouble)
    }

    /// Waits for merges to end.
    pub fn finish(self) -> Result<()> {
        let path = self.path;
        self.writer.wait_merging_threads().map_err(|error| failed(&path, "writing", &error))
    }
}

/// Where sentences and paragraphs end, as words of a field of their own, at the positions of the last words.
fn breaks(laid: &Laid) -> PreTokenizedString {
    let (sentences, paragraphs) = laid.breaks(&laid.words());
    let token = |text: &str, position: u32| Token {
        position: position as usize,
        text: text.to_string(),
        ..Token::default()
    };
    let mut tokens: Vec<Token> = sentences.into_iter().map(|at| token(SENTENCE_END, at)).collect();
    tokens.extend(paragraphs.into_iter().map(|at| token(PARAGRAPH_END, at)));
    tokens.sort_by_key(|token| token.position);
    PreTokenizedString { text: String::new(), tokens }
}

fn json(value: &impl Serialize) -> String {
    // Rows hold only strings, numbers and lists: they always serialise.
    serde_json::to_string(value).unwrap_or_default()
}

/// A number that orders rows the same way in every index: by article, then by where they stand in it.
fn tie(article: &ArticleId, start: u32) -> u64 {
    let hash = Sha256::digest(article.0.as_bytes());
    let article = hash.iter().take(4).fold(0, |number, byte| number << 8 | u64::from(*byte));
    article << 32 | u64::from(start)
}
