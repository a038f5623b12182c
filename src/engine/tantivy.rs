//! Rows in a tantivy index on this machine's disk.
//!
//! The index holds its own list of files (one `file` row each), so one commit says at once what was
//! found and from which files: a killed run can leave nothing half told.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tantivy::collector::{Collector, Count, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::directory::{Directory, INDEX_WRITER_LOCK, MmapDirectory};
use tantivy::query::{BooleanQuery, Occur, Query as TantivyQuery, RegexQuery, TermQuery};
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{
    DocAddress, DocId, Index as Tantivy, IndexReader, IndexWriter, Score, SegmentOrdinal, SegmentReader,
    TantivyDocument, TantivyError, Term,
};

use super::analyse;
use super::plan::{number, plan};
use super::schema::{FORMAT, Fields, schema};
use super::{Engine, Group, GroupBy, Hit, Hits, Places, Row, Wanted};
use crate::document::{ArticleId, DateSource, Document, Grade, Span};
use crate::error::{Error, Result};
use crate::query::{Query, Sort};
use crate::rows::{Head, QuoteRow, Rows};

/// An index in a folder.
pub struct Index {
    path: PathBuf,
    index: Tantivy,
    fields: Fields,
    reader: IndexReader,
}

/// What the index knows of a file that it was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Nanoseconds since 1970.
    pub mtime: u64,
    /// Bytes.
    pub size: u64,
}

/// What is written beside each commit.
#[derive(Serialize, Deserialize)]
struct Payload {
    format: u32,
    onrecord: String,
}

impl Index {
    /// Opens the index in a folder.
    ///
    /// Errors: there is none, it has another format, or it is damaged.
    pub fn open(path: &Path) -> Result<Index> {
        if !path.join("meta.json").exists() {
            return Err(Error::NoIndex { path: path.to_path_buf() });
        }
        // A damaged segment makes tantivy panic when it is opened.
        let opened = std::panic::catch_unwind(|| Index::open_unguarded(path));
        opened.unwrap_or_else(|_| Err(damaged(path, "a file of it is broken")))
    }

    fn open_unguarded(path: &Path) -> Result<Index> {
        let index = Tantivy::open_in_dir(path).map_err(|error| failed(path, "opening", &error))?;
        let metas = index.load_metas().map_err(|error| failed(path, "opening", &error))?;
        let payload = metas.payload.as_deref().and_then(|text| serde_json::from_str::<Payload>(text).ok());
        let (wanted, fields) = schema();
        let found = payload.as_ref().map_or("unknown".to_string(), |payload| payload.format.to_string());
        if payload.is_none_or(|payload| payload.format != FORMAT) || index.schema() != wanted {
            return Err(Error::IndexFormat { path: path.to_path_buf(), found, wanted: FORMAT });
        }
        Index::with(path, index, fields)
    }

    /// Opens the index in a folder, or makes an empty one there.
    pub fn open_or_create(path: &Path) -> Result<Index> {
        match Index::open(path) {
            Err(Error::NoIndex { .. }) => Index::create(path),
            other => other,
        }
    }

    fn create(path: &Path) -> Result<Index> {
        std::fs::create_dir_all(path).map_err(|source| Error::Read { path: path.to_path_buf(), source })?;
        let (schema, fields) = schema();
        let index = Tantivy::create_in_dir(path, schema).map_err(|error| failed(path, "making", &error))?;
        let created = Index::with(path, index, fields)?;
        created.writer(1)?.commit()?;
        created.reload()?;
        Ok(created)
    }

    /// Removes an index of whatever format, so that it can be made anew; other files in the folder stay.
    pub fn remove(path: &Path) -> Result<()> {
        let trouble = |source| Error::Read { path: path.to_path_buf(), source };
        if !path.join("meta.json").exists() {
            return Ok(());
        }
        // With the writer's lock in hand no other process writes while the files go.
        let directory = MmapDirectory::open(path).map_err(|error| failed(path, "removing", &error.into()))?;
        let busy = |_| Error::IndexBusy { path: path.to_path_buf() };
        let _lock = directory.acquire_lock(&INDEX_WRITER_LOCK).map_err(busy)?;
        for entry in std::fs::read_dir(path).map_err(trouble)? {
            let entry = entry.map_err(trouble)?;
            if is_index_file(&entry.file_name().to_string_lossy()) {
                std::fs::remove_file(entry.path()).map_err(trouble)?;
            }
        }
        Ok(())
    }

    fn with(path: &Path, index: Tantivy, fields: Fields) -> Result<Index> {
        index.tokenizers().register(analyse::EXACT, analyse::exact());
        index.tokenizers().register(analyse::STEMMED, analyse::stemmed());
        let reader = index.reader().map_err(|error| failed(path, "reading", &error))?;
        Ok(Index { path: path.to_path_buf(), index, fields, reader })
    }

    /// Sees what was committed since the index was opened.
    pub fn reload(&self) -> Result<()> {
        self.reader.reload().map_err(|error| failed(&self.path, "reading", &error))
    }

    /// Starts writing with this many threads; only one writer can work at a time.
    pub fn writer(&self, threads: usize) -> Result<Writer> {
        let threads = threads.clamp(1, 8);
        let writer =
            self.index.writer_with_num_threads(threads, threads * 64_000_000).map_err(
                |error| match error {
                    TantivyError::LockFailure(..) => Error::IndexBusy { path: self.path.clone() },
                    other => failed(&self.path, "writing", &other),
                },
            )?;
        Ok(Writer { path: self.path.clone(), writer, fields: self.fields.clone() })
    }

    /// All files that the index was made from.
    pub fn files(&self) -> Result<HashMap<String, Stamp>> {
        let searcher = self.reader.searcher();
        let trouble = |error: TantivyError| failed(&self.path, "reading", &error);
        let mut files = HashMap::new();
        for segment in searcher.segment_readers() {
            let fast = segment.fast_fields();
            let (mtime, size) = (fast.u64("mtime").map_err(trouble)?, fast.u64("size").map_err(trouble)?);
            let Some(names) = fast.str("file").map_err(trouble)? else { continue };
            for doc in segment.doc_ids_alive() {
                if let (Some(mtime), Some(size), Some(name)) =
                    (mtime.first(doc), size.first(doc), text_of(&names, doc))
                {
                    files.insert(name, Stamp { mtime, size });
                }
            }
        }
        Ok(files)
    }

    /// How many articles, passages and quotes there are.
    pub fn totals(&self) -> Result<Totals> {
        let count = |row: &str| self.count_of(&self.row_query(row));
        Ok(Totals { articles: count("article")?, passages: count("passage")?, quotes: count("quote")? })
    }

    fn row_query(&self, row: &str) -> TermQuery {
        TermQuery::new(Term::from_field_text(self.fields.row, row), IndexRecordOption::Basic)
    }

    fn count_of(&self, query: &dyn TantivyQuery) -> Result<usize> {
        self.reader.searcher().search(query, &Count).map_err(|error| failed(&self.path, "searching", &error))
    }

    /// Every row that matches, with what orders it.
    fn ranked(&self, wanted: Wanted, query: &Query<Places>) -> Result<Vec<Ranked>> {
        let engine_query = plan(&self.fields, wanted, query);
        let searcher = self.reader.searcher();
        let mut ranked = searcher
            .search(&*engine_query, &Everything)
            .map_err(|error| failed(&self.path, "searching", &error))?;
        order(&mut ranked, query.sort);
        Ok(ranked)
    }

    fn hit(&self, ranked: &Ranked, wanted: Wanted) -> Result<Hit> {
        let document: TantivyDocument = self
            .reader
            .searcher()
            .doc(ranked.address)
            .map_err(|error| failed(&self.path, "reading", &error))?;
        let json = document.get_first(self.fields.json).and_then(|value| value.as_str()).unwrap_or_default();
        let row = match wanted {
            Wanted::Passages => serde_json::from_str(json).map(Row::Passage),
            Wanted::Quotes => serde_json::from_str(json).map(Row::Quote),
        };
        let row = row.map_err(|error| damaged(&self.path, &format!("a row cannot be read: {error}")))?;
        Ok(Hit { score: ranked.score, row })
    }
}

/// How much an index holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Articles.
    pub articles: usize,
    /// Passages.
    pub passages: usize,
    /// Quotes.
    pub quotes: usize,
}

impl Engine for Index {
    fn find(&self, wanted: Wanted, query: &Query<Places>) -> Result<Hits> {
        let ranked = self.ranked(wanted, query)?;
        let hits =
            ranked.iter().take(query.limit).map(|ranked| self.hit(ranked, wanted)).collect::<Result<_>>()?;
        Ok(Hits { total: ranked.len(), hits })
    }

    fn group(
        &self,
        wanted: Wanted,
        query: &Query<Places>,
        by: GroupBy,
        each: usize,
    ) -> Result<(usize, Vec<Group>)> {
        let ranked = self.ranked(wanted, query)?;
        let field = match by {
            GroupBy::Speaker => "by_speaker",
            GroupBy::Region => "by_region",
            GroupBy::Source => "by_source",
            GroupBy::Month => "by_month",
        };
        let searcher = self.reader.searcher();
        let columns = searcher
            .segment_readers()
            .iter()
            .map(|segment| segment.fast_fields().str(field))
            .collect::<tantivy::Result<Vec<_>>>()
            .map_err(|error| failed(&self.path, "reading", &error))?;
        let groups = gather(&ranked, &columns);
        let hit = |ranked: &&Ranked| self.hit(ranked, wanted);
        let mut shown = Vec::new();
        for (key, members) in groups.into_iter().take(query.limit) {
            let hits = members.iter().take(each).map(hit).collect::<Result<Vec<_>>>()?;
            let newest = members.iter().min_by_key(|member| std::cmp::Reverse(member.day.unwrap_or(0)));
            let newest = newest
                .filter(|newest| !members.iter().take(each).any(|shown| shown.address == newest.address));
            shown.push(Group { key, count: members.len(), hits, newest: newest.map(hit).transpose()? });
        }
        Ok((ranked.len(), shown))
    }

    fn articles(&self, id: &str) -> Result<Vec<Document>> {
        let exact = TermQuery::new(Term::from_field_text(self.fields.article, id), IndexRecordOption::Basic);
        let found = self.article_rows(Box::new(exact))?;
        if !found.is_empty() || id.len() < 4 || !id.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Ok(found);
        }
        let prefix = RegexQuery::from_pattern(&format!("{id}.*"), self.fields.article)
            .map_err(|error| failed(&self.path, "searching", &error))?;
        self.article_rows(Box::new(prefix))
    }

    fn count(&self, wanted: Wanted, query: &Query<Places>) -> Result<usize> {
        self.count_of(&*plan(&self.fields, wanted, query))
    }
}

impl Index {
    fn article_rows(&self, query: Box<dyn TantivyQuery>) -> Result<Vec<Document>> {
        let row: Box<dyn TantivyQuery> = Box::new(self.row_query("article"));
        let both = BooleanQuery::new(vec![(Occur::Must, query), (Occur::Must, row)]);
        let searcher = self.reader.searcher();
        let mut ranked =
            searcher.search(&both, &Everything).map_err(|error| failed(&self.path, "searching", &error))?;
        order(&mut ranked, Sort::Score);
        let document = |ranked: &Ranked| {
            let stored: TantivyDocument =
                searcher.doc(ranked.address).map_err(|error| failed(&self.path, "reading", &error))?;
            let json =
                stored.get_first(self.fields.json).and_then(|value| value.as_str()).unwrap_or_default();
            serde_json::from_str(json)
                .map_err(|error| damaged(&self.path, &format!("an article cannot be read: {error}")))
        };
        ranked.iter().take(100).map(document).collect()
    }
}

/// Rows gathered by the values of a column, the largest group first.
fn gather<'r>(ranked: &'r [Ranked], columns: &[Option<StrColumn>]) -> Vec<(String, Vec<&'r Ranked>)> {
    let mut index: HashMap<(u32, u64), usize> = HashMap::new();
    let mut by_key: HashMap<String, usize> = HashMap::new();
    let mut groups: Vec<(String, Vec<&Ranked>)> = Vec::new();
    for row in ranked {
        let segment = row.address.segment_ord;
        let column = columns.get(segment as usize).and_then(Option::as_ref);
        let mut ords: Vec<u64> =
            column.map(|column| column.term_ords(row.address.doc_id).collect()).unwrap_or_default();
        if ords.is_empty() {
            ords.push(u64::MAX);
        }
        for ord in ords {
            let group = *index.entry((segment, ord)).or_insert_with(|| {
                let mut key = String::new();
                if let Some(column) = column.filter(|_| ord != u64::MAX) {
                    let _ = column.ord_to_str(ord, &mut key);
                }
                *by_key.entry(key.clone()).or_insert_with(|| {
                    groups.push((key, Vec::new()));
                    groups.len() - 1
                })
            });
            groups[group].1.push(row);
        }
    }
    groups.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| a.0.cmp(&b.0)));
    groups
}

/// Writes rows; nothing is seen before [`Writer::commit`].
pub struct Writer {
    path: PathBuf,
    writer: IndexWriter,
    fields: Fields,
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
            let mut document = self.row("passage", file, (&row.id, row.span), head, &row.text);
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
            let words: Vec<&str> = row.content.iter().map(|piece| piece.text.as_str()).collect();
            let start = row.content.first().map(|piece| piece.span).unwrap_or_default();
            let mut document = self.row("quote", file, (&row.id, start), head, &words.join(" "));
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
            document.add_text(self.fields.by_speaker, &speaker.name);
        }
        if let Some(addressee) = &quote.addressee {
            document.add_text(self.fields.addressee, &addressee.name);
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
        text: &str,
    ) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        document.add_text(self.fields.row, kind);
        document.add_text(self.fields.file, file);
        document.add_text(self.fields.id, id);
        document.add_text(self.fields.article, &head.id.0);
        document.add_text(self.fields.body, text);
        document.add_text(self.fields.exact, text);
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

fn is_index_file(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    let segment = stem.len() == 32 && stem.chars().all(|c| c.is_ascii_hexdigit());
    segment || matches!(name, "meta.json" | ".managed.json" | ".tantivy-writer.lock" | ".tantivy-meta.lock")
}

fn failed(path: &Path, doing: &'static str, error: &TantivyError) -> Error {
    use std::io::ErrorKind::{InvalidData, UnexpectedEof};
    let broken = match error {
        TantivyError::DataCorruption(_)
        | TantivyError::OpenReadError(_)
        | TantivyError::IncompatibleIndex(_) => true,
        TantivyError::IoError(error) => matches!(error.kind(), InvalidData | UnexpectedEof),
        _ => false,
    };
    if broken {
        return damaged(path, &error.to_string());
    }
    Error::Index { path: path.to_path_buf(), doing, reason: error.to_string() }
}

fn damaged(path: &Path, reason: &str) -> Error {
    Error::IndexDamaged { path: path.to_path_buf(), reason: reason.to_string() }
}

/// A row that matched, with what orders it.
#[derive(Clone, Copy, Debug)]
struct Ranked {
    score: Score,
    day: Option<u64>,
    tie: u64,
    address: DocAddress,
}

fn order(ranked: &mut [Ranked], sort: Sort) {
    let newest = |row: &Ranked| std::cmp::Reverse(row.day.unwrap_or(0));
    match sort {
        Sort::Score => ranked.sort_unstable_by(|a, b| {
            b.score.total_cmp(&a.score).then_with(|| newest(a).cmp(&newest(b))).then(a.tie.cmp(&b.tie))
        }),
        Sort::Newest => ranked.sort_unstable_by(|a, b| {
            newest(a).cmp(&newest(b)).then_with(|| b.score.total_cmp(&a.score)).then(a.tie.cmp(&b.tie))
        }),
        Sort::Oldest => ranked.sort_unstable_by(|a, b| {
            let oldest = |row: &Ranked| row.day.unwrap_or(u64::MAX);
            oldest(a).cmp(&oldest(b)).then_with(|| b.score.total_cmp(&a.score)).then(a.tie.cmp(&b.tie))
        }),
    }
}

/// Collects every match.
struct Everything;

struct EverythingInSegment {
    segment: SegmentOrdinal,
    day: Option<Column<u64>>,
    tie: Option<Column<u64>>,
    found: Vec<Ranked>,
}

impl Collector for Everything {
    type Fruit = Vec<Ranked>;
    type Child = EverythingInSegment;

    fn for_segment(
        &self,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<EverythingInSegment> {
        let fast = reader.fast_fields();
        Ok(EverythingInSegment {
            segment,
            day: fast.u64("day").ok(),
            tie: fast.u64("tie").ok(),
            found: Vec::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, parts: Vec<Vec<Ranked>>) -> tantivy::Result<Vec<Ranked>> {
        Ok(parts.into_iter().flatten().collect())
    }
}

impl SegmentCollector for EverythingInSegment {
    type Fruit = Vec<Ranked>;

    fn collect(&mut self, doc: DocId, score: Score) {
        self.found.push(Ranked {
            score,
            day: self.day.as_ref().and_then(|column| column.first(doc)),
            tie: self.tie.as_ref().and_then(|column| column.first(doc)).unwrap_or(0),
            address: DocAddress::new(self.segment, doc),
        });
    }

    fn harvest(self) -> Vec<Ranked> {
        self.found
    }
}

/// The first value of a text column.
fn text_of(column: &StrColumn, doc: DocId) -> Option<String> {
    let ord = column.term_ords(doc).next()?;
    let mut text = String::new();
    column.ord_to_str(ord, &mut text).ok()?.then_some(text)
}
