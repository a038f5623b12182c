//! Writing rows.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use sha2::{Digest, Sha256};
use tantivy::directory::Directory;
use tantivy::indexer::UserOperation;
use tantivy::{IndexWriter, TantivyDocument, TantivyError, Term};

use super::checked::Checked;
use super::laid::Laid;
use super::plan::number;
use super::schema::{FORMAT, Fields, PARAGRAPH_END, SENTENCE_END, file_id};
use super::trouble::{damaged, write_failed};
use super::words::{self, Words, ready_marks};
use super::{Payload, Stamp, Wanted, weight};
use crate::document::{ArticleId, DateSource, Document, Grade};
use crate::error::{Error, Result};
use crate::rows::{Head, QuoteRow, Rows};
use crate::sketch::{self, Hashes};

/// The folders that an index was made from, once more in plain text: from it a damaged index is rebuilt.
pub const FOLDERS: &str = "folders.txt";

/// Writes rows; nothing is seen before [`Writer::commit`].
pub struct Writer {
    pub(super) path: PathBuf,
    pub(super) directory: Checked,
    pub(super) writer: IndexWriter,
    pub(super) fields: Fields,
    pub(super) payload: Payload,
    pub(super) begun: Mutex<HashMap<String, Begun>>,
}

/// What is known of a file that is being read.
pub(super) struct Begun {
    /// The index may hold a row of it.
    known: bool,
    /// A commit has said that it is not read in full.
    told: bool,
}

impl Writer {
    /// Forgets all rows of a file.
    pub fn remove_file(&self, file: &str) {
        self.writer.delete_term(Term::from_field_text(self.fields.file, file));
    }

    /// Says that a file is being read: until [`Writer::end_file`] says otherwise, whoever finds rows of it
    /// knows that they may not be all, and may be of what it was before. `known` says that the index may hold
    /// something of it.
    ///
    /// Only a commit in between writes that down: most files are read between two commits, and stored rows of
    /// a segment in which one was deleted are merged one by one instead of in blocks.
    pub fn begin_file(&self, file: &str, known: bool) {
        self.begun().insert(file.to_string(), Begun { known, told: false });
    }

    /// Says that a file was read in full, and how it looked.
    pub fn end_file(&self, file: &str, stamp: Stamp) -> Result<()> {
        let begun = self.begun().remove(file);
        if begun.is_none_or(|begun| begun.known || begun.told) {
            self.forget_stamp(file);
        }
        self.file_row(file, stamp)
    }

    fn forget_stamp(&self, file: &str) {
        self.writer.delete_term(Term::from_field_text(self.fields.id, &file_id(file)));
    }

    fn begun(&self) -> MutexGuard<'_, HashMap<String, Begun>> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says of all files that are being read that they are.
    fn tell_begun(&self) -> Result<()> {
        for (file, begun) in self.begun().iter_mut().filter(|(_, begun)| !begun.told) {
            if begun.known {
                self.forget_stamp(file);
            }
            self.file_row(file, Stamp::PARTIAL)?;
            begun.told = true;
        }
        Ok(())
    }

    /// Names a folder that is indexed.
    pub fn add_folder(&mut self, folder: &str) {
        if !self.payload.folders.iter().any(|known| known == folder) {
            self.payload.folders.push(folder.to_string());
            self.payload.folders.sort_unstable();
        }
    }

    /// Says that the index holds passages only.
    pub fn set_passages_only(&mut self) {
        self.payload.passages_only = true;
    }

    /// Keeps the text of the user's own places with which rows are made from now on.
    pub fn set_places(&mut self, text: &str) {
        self.payload.places = text.to_string();
    }

    /// Adds all rows of an article.
    pub fn add(&self, file: &str, rows: &Rows) -> Result<()> {
        let documents = self.documents(file, rows);
        let adds: Vec<UserOperation> = documents.into_iter().map(UserOperation::Add).collect();
        self.writer.run(adds).map(drop).map_err(|error| self.failed(&error))
    }

    fn documents(&self, file: &str, rows: &Rows) -> Vec<TantivyDocument> {
        let article = &rows.document.article;
        let title = words::read(article.language.code, &article.title);
        let common = Common {
            file,
            tie: tie(&article.id, &article.source, &article.path),
            copy: copy_of(file, article.ordinal),
            title_stems: words::stems(&title),
            title,
        };
        let body = words::read(article.language.code, &article.body);
        let hashes = Hashes::of(&article.body);
        let mut documents = vec![self.article(&common, &rows.document, &body, hashes.all())];
        for (at, (row, regions)) in rows.passages.iter().enumerate() {
            let laid = Laid::passage(row);
            let (start, end) = (row.span.start as usize, row.span.end as usize);
            let place =
                Placed { start: row.span.start, words: &body, range: body.within(start, end), offset: start };
            let headline = (at == 0 && !begins_with(&row.text, &article.title)).then_some(&common.title);
            let mut document = self.row("passage", &common, &row.article, (&laid, headline), place);
            document
                .add_u64(self.fields.same, sketch::of_passage(hashes.within(row.span.start..row.span.end)));
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
            documents.push(document);
        }
        for (row, graded) in &rows.quotes {
            let laid = Laid::quote(row);
            let text = laid.joined();
            let words = words::read(article.language.code, &text);
            let start = row.content.first().map_or(0, |piece| piece.span.start);
            let place = Placed { start, words: &words, range: words.all(), offset: 0 };
            let mut document = self.row("quote", &common, &row.article, (&laid, None), place);
            let speaker = row.speaker.as_ref().map_or("", |who| &who.name);
            document.add_u64(self.fields.same, sketch::of_quote(&text, speaker));
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
            documents.push(document);
        }
        documents
    }

    fn article(&self, common: &Common, found: &Document, body: &Words, hashes: &[u64]) -> TantivyDocument {
        let article = &found.article;
        let mut document = TantivyDocument::default();
        document.add_text(self.fields.row, "article");
        document.add_text(self.fields.file, common.file);
        document.add_text(self.fields.article, &article.id.0);
        document.add_u64(self.fields.tie, common.tie);
        document.add_u64(self.fields.copy, common.copy);
        document.add_text(self.fields.sha, short(&article.sha256));
        for part in sketch::sketch(hashes) {
            document.add_u64(self.fields.sketch, part);
        }
        document.add_u64(self.fields.same, u64::from_str_radix(short(&article.sha256), 16).unwrap_or(0));
        let length = body.all().len() + weight::WHOLE_TITLE * common.title.all().len();
        document.add_u64(self.fields.length, length as u64);
        document.add_text(self.fields.title, &common.title_stems);
        document.add_text(self.fields.json, json(found));
        document
    }

    /// What is known of a quote besides its words: filters find by it.
    fn who_and_how(&self, document: &mut TantivyDocument, quote: &QuoteRow) {
        document.add_text(self.fields.quote, quote.kind.name());
        if let Some(cue) = &quote.cue {
            document.add_text(self.fields.cue, &cue.lemma);
            document.add_text(self.fields.by_cue, &cue.lemma);
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

    fn file_row(&self, file: &str, stamp: Stamp) -> Result<()> {
        let mut document = TantivyDocument::default();
        document.add_text(self.fields.row, "file");
        document.add_text(self.fields.id, file_id(file));
        document.add_text(self.fields.file, file);
        document.add_u64(self.fields.mtime, stamp.mtime);
        document.add_u64(self.fields.size, stamp.size);
        for part in stamp.hash {
            document.add_u64(self.fields.hash, part);
        }
        self.put(document)
    }

    fn row(
        &self,
        kind: &str,
        common: &Common,
        head: &Head,
        (laid, headline): (&Laid, Option<&Words>),
        place: Placed<'_>,
    ) -> TantivyDocument {
        let Placed { start, words, range, offset } = place;
        let fields = self.fields.words(if kind == "quote" { Wanted::Quotes } else { Wanted::Passages });
        let mut document = TantivyDocument::default();
        document.add_text(self.fields.row, kind);
        document.add_text(self.fields.file, common.file);
        document.add_text(self.fields.article, &head.id.0);
        let with = |own: &str, headline: Option<&str>| match headline {
            Some(headline) => [own, headline].join(&" ".repeat(APART)),
            None => own.to_string(),
        };
        let last = range.len().checked_sub(1).filter(|_| headline.is_some()).map(|last| last as u32);
        document.add_text(
            fields.exact,
            with(words.exact(range.clone()), headline.map(|title| title.exact(title.all()))),
        );
        let own = words.own(range.clone());
        if !own.is_empty() {
            document.add_text(fields.own, with(own, headline.map(|title| title.own(title.all()))));
        }
        let spans = words.spans(range).map(|(start, end)| (start - offset, end - offset));
        let (mut sentences, mut paragraphs) = laid.breaks(spans);
        sentences.extend(last);
        paragraphs.extend(last);
        document.add_text(fields.breaks, breaks((sentences, paragraphs)));
        for author in &head.byline {
            document.add_text(self.fields.author, author);
        }
        document.add_text(self.fields.source, &head.source);
        document.add_text(self.fields.by_source, &head.source);
        document.add_text(self.fields.language, head.language.code);
        document.add_u64(self.fields.tie, common.tie | u64::from(start).min((1 << START_BITS) - 1));
        document.add_u64(self.fields.copy, common.copy);
        // A file's own date says when it was saved, so it neither sorts nor filters.
        if let Some(published) = head.published.as_ref().filter(|date| date.found_in != DateSource::FileTime)
        {
            document.add_u64(self.fields.day, number(published.day));
            let month = published.at.get(..7).unwrap_or(&published.at);
            document.add_text(self.fields.by_month, month);
        }
        document
    }

    pub(super) fn put(&self, document: TantivyDocument) -> Result<()> {
        self.writer.add_document(document).map(drop).map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &TantivyError) -> Error {
        write_failed(&self.directory, &self.path, error)
    }

    /// Makes all that was added and removed seen, at once.
    pub fn commit(&mut self) -> Result<()> {
        self.payload.copies_told = false;
        self.tell_begun()?;
        self.commit_as_is()
    }

    /// Tells copies apart anew, and commits. `known` are the stories as the index has them; `now` those
    /// of the articles as they are after the last commit.
    pub fn tell_copies(&mut self, known: &HashMap<u64, u64>, now: &HashMap<u64, u64>) -> Result<()> {
        if known != now {
            self.writer.delete_term(Term::from_field_text(self.fields.row, "copy"));
            let mut sorted: Vec<(&u64, &u64)> = now.iter().collect();
            sorted.sort_unstable();
            for (copy, story) in sorted {
                let mut document = TantivyDocument::default();
                document.add_text(self.fields.row, "copy");
                document.add_u64(self.fields.copy, *copy);
                document.add_u64(self.fields.story, *story);
                self.put(document)?;
            }
        }
        self.payload.copies_told = true;
        self.commit_as_is()
    }

    fn commit_as_is(&mut self) -> Result<()> {
        self.payload.format = FORMAT;
        self.payload.onrecord = env!("CARGO_PKG_VERSION").to_string();
        self.write_folders()?;
        let payload = json(&self.payload);
        let committed = self.writer.prepare_commit().and_then(|mut commit| {
            commit.set_payload(&payload);
            commit.commit()
        });
        committed.map(drop).map_err(|error| self.failed(&error))
    }

    /// Before the commit: a folder too many is only read again.
    fn write_folders(&self) -> Result<()> {
        let text = folders_text(&self.payload.folders);
        if self.directory.atomic_read(Path::new(FOLDERS)).is_ok_and(|known| known == text.as_bytes()) {
            return Ok(());
        }
        let written = self.directory.atomic_write(Path::new(FOLDERS), text.as_bytes());
        written.map_err(|error| self.failed(&TantivyError::from(error)))
    }

    /// Waits for merges to end. Damage that was met in segments to be merged comes back; what was committed
    /// stands all the same.
    pub fn finish(self) -> Result<Option<Error>> {
        let Writer { path, directory, writer, .. } = self;
        writer.wait_merging_threads().map_err(|error| write_failed(&directory, &path, &error))?;
        Ok(directory.damage().map(|what| damaged(&path, &what)))
    }
}

/// What all rows of an article have in common.
struct Common<'a> {
    file: &'a str,
    tie: u64,
    copy: u64,
    title: Words,
    title_stems: String,
}

/// Words that a headline, which is found with the first passage, stands behind it: farther than any two that a
/// query may want near each other.
const APART: usize = 300;

/// True for a text that tells its headline itself, as where that was taken from it.
fn begins_with(text: &str, title: &str) -> bool {
    text.starts_with(title.trim_end_matches('…'))
}

/// Where a row begins in the body, and its words: a range of those of a text that the row's own begins
/// `offset` bytes behind.
struct Placed<'a> {
    start: u32,
    words: &'a Words,
    range: Range<usize>,
    offset: usize,
}

/// Where sentences and paragraphs end, as words of a field of their own, at the places of the last words.
fn breaks((sentences, paragraphs): (Vec<u32>, Vec<u32>)) -> String {
    let mut marks: Vec<(u32, &str)> = sentences.into_iter().map(|at| (at, SENTENCE_END)).collect();
    marks.extend(paragraphs.into_iter().map(|at| (at, PARAGRAPH_END)));
    marks.sort_by_key(|(at, _)| *at);
    ready_marks(marks.into_iter())
}

/// What [`FOLDERS`] holds.
pub fn folders_text(folders: &[String]) -> String {
    folders.iter().map(|folder| format!("{folder}\n")).collect()
}

/// A number for one article of one file.
pub fn copy_of(file: &str, ordinal: u32) -> u64 {
    let hash = Sha256::digest(format!("{file}\n{ordinal}"));
    hash.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The beginning of a SHA-256 in hex: 64 bits, to find candidates by.
pub fn short(sha256: &str) -> &str {
    sha256.get(..16).unwrap_or(sha256)
}

pub(super) fn json(value: &impl Serialize) -> String {
    // Rows hold only strings, numbers and lists: they always serialise.
    serde_json::to_string(value).unwrap_or_default()
}

/// The bits of a row's [`tie`] below those that tell its article.
pub(super) const START_BITS: u32 = 26;

/// A number that orders rows the same way in every index: by article, then, among articles of one id,
/// by outlet and file name; the lowest bits are left for where they stand in the body.
fn tie(article: &ArticleId, source: &str, path: &str) -> u64 {
    const COPY_BITS: u32 = 10;
    let bits = |text: &str, most: u32| {
        let hash = Sha256::digest(text.as_bytes());
        hash.iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte)) >> (64 - most)
    };
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let article = bits(&article.0, 64 - COPY_BITS - START_BITS);
    let copy = bits(&format!("{source}\n{name}"), COPY_BITS);
    (article << COPY_BITS | copy) << START_BITS
}
