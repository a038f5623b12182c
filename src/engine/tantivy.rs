//! Rows in a tantivy index on this machine's disk.
//!
//! The index holds its own list of files (one `file` row each), so one commit says at once what was
//! found and from which files: a killed run can leave nothing half told.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;
use tantivy::collector::{Count, DocSetCollector};
use tantivy::columnar::StrColumn;
use tantivy::directory::error::LockError;
use tantivy::directory::{Directory, DirectoryLock, INDEX_WRITER_LOCK, META_LOCK, MmapDirectory};
use tantivy::indexer::IndexWriterOptions;
use tantivy::query::{BooleanQuery, Occur, PhraseQuery, Query as TantivyQuery, RegexQuery, TermQuery};
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::tokenizer::{TextAnalyzer, TokenStream as _};
use tantivy::{
    DocAddress, Index as Tantivy, IndexReader, IndexSettings, ReloadPolicy, Searcher, SegmentReader,
    TantivyDocument, TantivyError, Term,
};

use super::article::{Articles, Question, Scored};
use super::checked::{self, Checked};
use super::collect::{Everything, Ranked, gather, order};
use super::copies;
use super::merge::WholeOnly;
use super::rank::{Asked, Found};
use super::schema::{FORMAT, Fields, schema};
use super::standing::Standing;
use super::trouble::{damaged, failed, write_failed};
pub use super::writer::Writer;
use super::{Copy, Engine, Facet, Group, GroupBy, Hit, Hits, Payload, Places, Row, Show, Stamp, Wanted};
use super::{analyse, facet, people, spread, words, writer};
use crate::document::{Article, Document};
use crate::error::{Error, Result};
use crate::lang::{LANGUAGES, Language};
use crate::people::People;
use crate::query::{Expr, Query, Sort};
use crate::rows::{PassageRow, QuoteRow};
use crate::sketch;

/// An index in a folder.
pub struct Index {
    pub(super) path: PathBuf,
    directory: Checked,
    index: Tantivy,
    pub(super) fields: Fields,
    pub(super) reader: IndexReader,
    /// Show every copy of a text.
    every_copy: bool,
    /// Where each row stands.
    standing: PerState<Standing>,
    /// Everybody who speaks in it.
    people: PerState<People>,
    /// Their keys, and how many rows bear each.
    speakers: PerState<Vec<(String, usize)>>,
}

/// What is told once for each state of an index that is read.
struct PerState<T>(Mutex<Option<(u64, Arc<T>)>>);

impl<T> Default for PerState<T> {
    fn default() -> PerState<T> {
        PerState(Mutex::new(None))
    }
}

impl<T> PerState<T> {
    fn of(&self, searcher: &Searcher, tell: impl FnOnce() -> Result<T>) -> Result<Arc<T>> {
        let state = searcher.generation().generation_id();
        // A panic while it is held leaves nothing half done: the whole is put there at once.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, told)) = known.as_ref().filter(|(of, _)| *of == state) {
            return Ok(told.clone());
        }
        let told = Arc::new(tell()?);
        *known = Some((state, told.clone()));
        Ok(told)
    }
}

impl Index {
    /// Opens the index in a folder; nothing is written, so the folder may be read-only.
    ///
    /// Lengths of all files and the sums of small ones are compared with what was written;
    /// [`health`](super::health) compares all.
    ///
    /// Errors: there is none, it has another format, or it is damaged.
    pub fn open(path: &Path) -> Result<Index> {
        match std::fs::File::open(path.join(checked::META)) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                return Err(Error::Read { path: path.join(checked::META), source: error });
            }
            Err(_) => return Err(Error::NoIndex { path: path.to_path_buf() }),
        }
        // A damaged segment can make tantivy panic when it is opened.
        let opened = std::panic::catch_unwind(|| Index::open_unguarded(path));
        opened.unwrap_or_else(|_| Err(damaged(path, "a file of it is broken")))
    }

    fn open_unguarded(path: &Path) -> Result<Index> {
        let trouble = |error: TantivyError| failed(path, "opening", &error);
        let directory = Checked::open(path).map_err(|error| trouble(error.into()))?;
        let index = Tantivy::open(directory.clone()).map_err(trouble)?;
        let metas = index.load_metas().map_err(trouble)?;
        let payload = metas.payload.as_deref().and_then(|text| serde_json::from_str::<Payload>(text).ok());
        let (wanted, fields) = schema();
        // A run that was killed before its first commit leaves an empty index.
        let unborn = metas.payload.is_none() && metas.segments.is_empty() && directory.has_sums();
        let fits = unborn || payload.as_ref().is_some_and(|payload| payload.format == FORMAT);
        if !fits || index.schema() != wanted {
            let found = payload.map_or("unknown".to_string(), |payload| payload.format.to_string());
            return Err(Error::IndexFormat { path: path.to_path_buf(), found, wanted: FORMAT });
        }
        if !directory.has_sums() {
            return Err(damaged(path, "meta.json: the sums that it was written with are gone"));
        }
        if let Some(wrong) = compare(&directory, &index, false).map_err(trouble)?.first() {
            return Err(damaged(path, wrong));
        }
        Index::with(path, directory, index, fields)
    }

    /// Opens the index in a folder, or makes an empty one there.
    pub fn open_or_create(path: &Path) -> Result<Index> {
        match Index::open(path) {
            Err(Error::NoIndex { .. }) => Index::create(path),
            other => other,
        }
    }

    fn create(path: &Path) -> Result<Index> {
        std::fs::create_dir_all(path)
            .map_err(|source| Error::WriteFile { path: path.to_path_buf(), source })?;
        let directory =
            Checked::open(path).map_err(|error| failed(path, "making", &TantivyError::from(error)))?;
        // Two processes that make the same index at once would write over each other's drafts.
        let made = || path.join(checked::META).exists();
        let lock = writing_lock(&directory, path, &|_| !made());
        if made() {
            drop(lock);
            return Index::open(path);
        }
        let _lock = lock?;
        let (schema, fields) = schema();
        let settings = IndexSettings::default();
        match Tantivy::create(directory.clone(), schema, settings) {
            Ok(index) => Index::with(path, directory, index, fields),
            Err(error) => Err(write_failed(&directory, path, &error)),
        }
    }

    /// True when there is an index in a folder, of whatever format and in whatever state.
    pub fn is_there(path: &Path) -> bool {
        path.join(checked::META).exists() || path.join(checked::MANAGED).exists()
    }

    /// Moves the files of an index, of whatever format and in whatever state, to another folder; other files
    /// stay.
    ///
    /// Errors: a process is writing to it, or a file cannot be moved.
    pub fn move_aside(path: &Path, to: &Path) -> Result<()> {
        std::fs::create_dir_all(to).map_err(|source| Error::WriteFile { path: to.to_path_buf(), source })?;
        let trouble = |source| Error::WriteFile { path: path.to_path_buf(), source };
        if !Index::is_there(path) {
            return Ok(());
        }
        // With the writer's lock in hand no other process writes while the files go.
        let directory = MmapDirectory::open(path).map_err(|error| failed(path, "removing", &error.into()))?;
        let _lock = writing_lock(&directory, path, &|_| false)?;
        let mut files = Vec::new();
        for entry in std::fs::read_dir(path).map_err(trouble)? {
            let entry = entry.map_err(trouble)?;
            if is_index_file(&entry.file_name().to_string_lossy()) {
                files.push(entry.file_name());
            }
        }
        // What makes it an index goes last: a kill in between leaves one that is seen to be damaged.
        files.sort_by_key(|file| file == checked::META);
        files.iter().try_for_each(|name| std::fs::rename(path.join(name), to.join(name))).map_err(trouble)
    }

    fn with(path: &Path, directory: Checked, index: Tantivy, fields: Fields) -> Result<Index> {
        register(&index);
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into();
        let reader = reader.map_err(|error| failed(path, "reading", &error))?;
        let mut opened = Index {
            path: path.to_path_buf(),
            directory,
            index,
            fields,
            reader,
            every_copy: false,
            standing: PerState::default(),
            people: PerState::default(),
            speakers: PerState::default(),
        };
        opened.fields.languages = opened.languages()?;
        Ok(opened)
    }

    /// Shows what copies of one article have in common once for each, instead of once for all.
    pub fn showing_copies(self, every_copy: bool) -> Index {
        Index { every_copy, ..self }
    }

    /// The story of each article that has copies, by the number of the article: as the last commit has it, and
    /// as the articles of that commit have it.
    pub fn stories(&self) -> Result<(HashMap<u64, u64>, HashMap<u64, u64>)> {
        let trouble = |error: TantivyError| failed(&self.path, "reading", &error);
        // A reader of its own, which ends here: while one holds segments that are being merged, all of their
        // pages count as this process's memory.
        let reader: IndexReader =
            self.index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(trouble)?;
        let searcher = reader.searcher();
        let segments = searcher.segment_readers();
        let known = copies::stories(segments, &self.fields).map_err(trouble)?;
        let entries = copies::entries(segments, &self.fields).map_err(trouble)?;
        Ok((known, sketch::stories(entries)))
    }

    /// Languages of its articles.
    fn languages(&self) -> Result<Vec<&'static str>> {
        let searcher = self.reader.searcher();
        let known = |code: &&'static Language| {
            let term = Term::from_field_text(self.fields.language, code.code);
            searcher.doc_freq(&term).map(|count| count > 0)
        };
        let mut codes = Vec::new();
        for language in LANGUAGES {
            if known(language).map_err(|error| failed(&self.path, "reading", &error))? {
                codes.push(language.code);
            }
        }
        Ok(codes)
    }

    /// Sees what was committed since the index was opened.
    pub fn reload(&self) -> Result<()> {
        self.reader.reload().map_err(|error| failed(&self.path, "reading", &error))
    }

    /// Starts writing with this many threads; only one writer can work at a time.
    ///
    /// Where another process writes, `busy` is told who, and says whether to try again.
    ///
    /// Errors: another process writes and `busy` gave up; the folder cannot be written to.
    pub fn writer(&self, threads: usize, busy: &dyn Fn(&str) -> bool) -> Result<Writer> {
        let threads = threads.clamp(1, 8);
        let writer = loop {
            // Opened anew: since this one was, another process may have written files and cleared others away.
            let index = Tantivy::open(self.directory.clone())
                .map_err(|error| failed(&self.path, "opening", &error))?;
            register(&index);
            let options = IndexWriterOptions::builder()
                .num_worker_threads(threads)
                .memory_budget_per_thread(WRITER_MEMORY.min(MOST_WRITER_MEMORY / threads))
                // Merges read whole segments: several at once would hold them all.
                .num_merge_threads(1)
                .build();
            match index.writer_with_options(options) {
                Ok(writer) => break writer,
                Err(TantivyError::LockFailure(LockError::LockBusy, _)) => {
                    let holder = holder(&self.path);
                    if !busy(&holder) {
                        return Err(Error::IndexBusy { path: self.path.clone(), holder });
                    }
                    std::thread::sleep(std::time::Duration::from_millis(100));
                }
                Err(TantivyError::LockFailure(LockError::IoError(error), _)) => {
                    let reason = error.to_string();
                    return Err(Error::Index { path: self.path.clone(), doing: "writing", reason });
                }
                Err(error) => return Err(write_failed(&self.directory, &self.path, &error)),
            }
        };
        // Who was killed while committing leaves files behind that the next commit would write by the same
        // name, and cannot. What hinders clearing up hinders writing, too, and is told there.
        let _ = writer.garbage_collect_files().wait();
        let _ = checked::clear_rebuild(&self.path).and_then(|()| checked::clear_drafts(&self.path));
        writer.set_merge_policy(Box::new(WholeOnly::new(self.directory.clone())));
        Ok(Writer {
            path: self.path.clone(),
            directory: self.directory.clone(),
            writer,
            fields: self.fields.clone(),
            payload: self.payload()?,
            begun: std::sync::Mutex::default(),
        })
    }

    /// What stands beside the last commit.
    fn payload(&self) -> Result<Payload> {
        let metas = self.index.load_metas().map_err(|error| failed(&self.path, "reading", &error))?;
        Ok(metas.payload.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    /// Folders that the index was made from, as keys of [`Index::files`].
    pub fn folders(&self) -> Result<Vec<String>> {
        Ok(self.payload()?.folders)
    }

    /// The text of the user's own places with which the rows were made.
    pub fn places(&self) -> Result<String> {
        Ok(self.payload()?.places)
    }

    /// The files in whose articles one of these names stands, as written in any case, in order.
    pub fn files_naming(&self, names: &[String]) -> Result<Vec<String>> {
        let searcher = self.reader.searcher();
        let trouble = |error: TantivyError| failed(&self.path, "searching", &error);
        let mut found = std::collections::BTreeSet::new();
        let columns: Vec<_> = searcher
            .segment_readers()
            .iter()
            .map(|segment| segment.fast_fields().str("file"))
            .collect::<tantivy::Result<_>>()
            .map_err(trouble)?;
        for name in names {
            let mut analyzer = analyse::exact();
            let mut stream = analyzer.token_stream(name);
            let mut terms = Vec::new();
            stream.process(&mut |token| {
                terms.push(Term::from_field_text(self.fields.passages.exact, &token.text))
            });
            let query: Box<dyn TantivyQuery> = match terms.len() {
                0 => continue,
                1 => Box::new(TermQuery::new(terms.remove(0), IndexRecordOption::Basic)),
                _ => Box::new(PhraseQuery::new(terms)),
            };
            for address in searcher.search(&query, &DocSetCollector).map_err(trouble)? {
                let column = columns.get(address.segment_ord as usize).and_then(Option::as_ref);
                let file = column
                    .and_then(|column| column.term_ords(address.doc_id).next().map(|ord| (column, ord)));
                let mut name = String::new();
                if let Some((column, ord)) = file
                    && column.ord_to_str(ord, &mut name).is_ok_and(|known| known)
                {
                    found.insert(name);
                }
            }
        }
        Ok(found.into_iter().collect())
    }

    /// True when the index holds passages only, without quotes.
    pub fn passages_only(&self) -> Result<bool> {
        Ok(self.payload()?.passages_only)
    }

    /// True when copies were told apart since the last row was written.
    pub fn copies_told(&self) -> Result<bool> {
        Ok(self.payload()?.copies_told)
    }

    /// All files that the index was made from.
    pub fn files(&self) -> Result<HashMap<String, Stamp>> {
        let searcher = self.reader.searcher();
        let mut files = HashMap::new();
        for segment in searcher.segment_readers() {
            stamps(segment, &mut files).map_err(|error| failed(&self.path, "reading", &error))?;
        }
        Ok(files)
    }

    /// What was found in a body of this SHA-256, in any article of the last commit that is alike in all
    /// that extraction sees.
    pub fn like(&self, article: &Article) -> Result<Option<Document>> {
        let term = Term::from_field_text(self.fields.sha, writer::short(&article.sha256));
        let found = self.article_rows(Box::new(TermQuery::new(term, IndexRecordOption::Basic)))?;
        Ok(found.into_iter().find(|document| {
            let known = &document.article;
            known.body == article.body
                && known.title == article.title
                && known.language == article.language
                && known.source == article.source
                && known.byline == article.byline
                && known.published == article.published
        }))
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

    fn standing(&self, searcher: &Searcher) -> Result<Arc<Standing>> {
        self.standing.of(searcher, || {
            copies::stories(searcher.segment_readers(), &self.fields)
                .and_then(|stories| Standing::of(searcher, &self.fields, &stories))
                .map_err(|error| failed(&self.path, "reading", &error))
        })
    }

    /// Asks with what it takes to do so.
    fn asking<T>(&self, wanted: Wanted, ask: impl FnOnce(&Asked) -> tantivy::Result<T>) -> Result<T> {
        let searcher = self.reader.searcher();
        let standing = self.standing(&searcher)?;
        let asked = Asked {
            searcher: &searcher,
            fields: &self.fields,
            standing: &standing,
            wanted,
            every_copy: self.every_copy,
        };
        ask(&asked).map_err(|error| failed(&self.path, "searching", &error))
    }

    /// The rows that are shown, each with those that repeat it.
    fn hits(&self, wanted: Wanted, found: &Found, shown: &[Ranked]) -> Result<Vec<Hit>> {
        let addresses: Vec<DocAddress> = shown.iter().map(|row| row.address).collect();
        let repeated = self.asking(wanted, |asked| Ok(asked.repeated(found, &addresses)))?;
        let none = Vec::new();
        let hit = |row: &Ranked| self.hit(row, wanted, repeated.get(&row.address).unwrap_or(&none));
        shown.iter().map(hit).collect()
    }

    fn hit(&self, ranked: &Ranked, wanted: Wanted, repeated: &[DocAddress]) -> Result<Hit> {
        let row = self.row(ranked.address, wanted)?;
        let copies = repeated.iter().take(MOST_COPIES).map(|address| self.copy(*address));
        Ok(Hit { score: ranked.score, row, copies: copies.collect::<Result<_>>()?, copied: repeated.len() })
    }

    fn copy(&self, address: DocAddress) -> Result<Copy> {
        let document: TantivyDocument =
            self.reader.searcher().doc(address).map_err(|error| failed(&self.path, "reading", &error))?;
        let json = document.get_first(self.fields.json).and_then(|value| value.as_str()).unwrap_or_default();
        Copy::of_row(json).map_err(|error| damaged(&self.path, &format!("a row cannot be read: {error}")))
    }

    fn row(&self, address: DocAddress, wanted: Wanted) -> Result<Row> {
        let document: TantivyDocument =
            self.reader.searcher().doc(address).map_err(|error| failed(&self.path, "reading", &error))?;
        let json = document.get_first(self.fields.json).and_then(|value| value.as_str()).unwrap_or_default();
        let row = match wanted {
            Wanted::Passages => serde_json::from_str(json).map(Row::Passage),
            Wanted::Quotes => serde_json::from_str(json).map(Row::Quote),
        };
        row.map_err(|error| damaged(&self.path, &format!("a row cannot be read: {error}")))
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
    fn find(&self, wanted: Wanted, query: &Query<Places>, show: &Show) -> Result<Hits> {
        let most = show.offset.saturating_add(query.limit);
        let found = self.asking(wanted, |asked| asked.first(query, show, most))?;
        let page: Vec<Ranked> = found.ranked.iter().skip(show.offset).take(query.limit).copied().collect();
        let hits = self.hits(wanted, &found, &page)?;
        Ok(Hits { total: found.total, hits, lacking: found.lacking })
    }

    fn group(
        &self,
        wanted: Wanted,
        query: &Query<Places>,
        show: &Show,
        (by, each): (GroupBy, usize),
        name: &dyn Fn(&str) -> String,
    ) -> Result<(usize, Vec<Group>)> {
        let found = self.asking(wanted, |asked| asked.first(query, show, usize::MAX))?;
        let columns = self.columns(facet::column(by))?;
        let groups = gather(&found.ranked, &columns, name);
        let mut shown = Vec::new();
        for (key, members) in groups.into_iter().skip(show.offset).take(query.limit) {
            let first: Vec<Ranked> = members.iter().take(each).map(|row| **row).collect();
            let hits = self.hits(wanted, &found, &first)?;
            let newest = members.iter().min_by_key(|member| std::cmp::Reverse(member.day.unwrap_or(0)));
            let newest = newest.filter(|newest| !first.iter().any(|shown| shown.address == newest.address));
            let newest = newest.map(|row| self.hits(wanted, &found, &[**row])).transpose()?;
            let newest = newest.and_then(|mut hits| hits.pop());
            shown.push(Group { key, count: members.len(), hits, newest });
        }
        Ok((found.total, shown))
    }

    fn facets(
        &self,
        wanted: Wanted,
        query: &Query<Places>,
        name: &dyn Fn(GroupBy, &str) -> String,
    ) -> Result<Vec<Facet>> {
        let rows = self.asking(wanted, |asked| asked.all(query))?;
        let one = |by: GroupBy| {
            let columns = self.columns(facet::counted(by))?;
            Ok(Facet { by, values: facet::count(&rows, &columns, &|key| name(by, key)) })
        };
        GroupBy::ALL.into_iter().map(one).collect()
    }

    fn people(&self) -> Result<Arc<People>> {
        let searcher = self.reader.searcher();
        self.people.of(&searcher, || Ok(People::new(people::linked(&self.path, &searcher)?, &[])))
    }

    fn best_articles(&self, question: &str, widen: bool, most: usize) -> Result<Vec<(String, f32)>> {
        let trouble = |error: TantivyError| failed(&self.path, "searching", &error);
        let searcher = self.reader.searcher();
        let standing = self.standing(&searcher)?;
        let articles = Articles::new(&searcher, &self.fields, &standing);
        let ranked = articles.rank(&Question::new(question), widen).map_err(trouble)?;
        self.by_id(&standing, ranked, most)
    }

    fn like_article(&self, id: &str, most: usize) -> Result<super::Likeness> {
        let trouble = |error: TantivyError| failed(&self.path, "searching", &error);
        let searcher = self.reader.searcher();
        let Some(address) = self.article_address(id)? else { return Ok((Vec::new(), Vec::new())) };
        let standing = self.standing(&searcher)?;
        let articles = Articles::new(&searcher, &self.fields, &standing);
        let (words, ranked) = articles.like(address).map_err(trouble)?;
        Ok((words, self.by_id(&standing, ranked, most)?))
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

    fn holds(&self, word: &str) -> Result<bool> {
        spread::holds(&self.reader.searcher(), self.fields.passages.exact, word)
            .map_err(|error| failed(&self.path, "searching", &error))
    }

    fn words(&self, wanted: Wanted, expr: &Expr<Places>) -> Result<Vec<(String, u64)>> {
        spread::words(&self.reader.searcher(), self.fields.words(wanted), expr)
            .map_err(|error| failed(&self.path, "searching", &error))
    }

    fn near_words(&self, word: &str) -> Result<Vec<(String, u64)>> {
        spread::near(&self.reader.searcher(), self.fields.passages.exact, word)
            .map_err(|error| failed(&self.path, "searching", &error))
    }

    fn speakers(&self) -> Result<Arc<Vec<(String, usize)>>> {
        let searcher = self.reader.searcher();
        self.speakers.of(&searcher, || people::keys(&self.path, &searcher))
    }

    fn count(&self, wanted: Wanted, query: &Query<Places>) -> Result<usize> {
        Ok(self.asking(wanted, |asked| asked.all(query))?.len())
    }
}

impl Index {
    /// The first article of this id.
    fn article_address(&self, id: &str) -> Result<Option<DocAddress>> {
        let id = TermQuery::new(Term::from_field_text(self.fields.article, id), IndexRecordOption::Basic);
        let row: Box<dyn TantivyQuery> = Box::new(self.row_query("article"));
        let both = BooleanQuery::new(vec![(Occur::Must, Box::new(id)), (Occur::Must, row)]);
        let found = self.reader.searcher().search(&both, &facet::Addresses);
        Ok(found.map_err(|error| failed(&self.path, "searching", &error))?.into_iter().min())
    }

    /// Ranked articles by their ids. Several may bear one id; the best of them stands for it.
    fn by_id(&self, standing: &Standing, ranked: Vec<Scored>, most: usize) -> Result<Vec<(String, f32)>> {
        let columns = self.columns("article")?;
        let mut seen = HashSet::new();
        let mut best = Vec::new();
        for article in ranked {
            let row = standing.row(article.article);
            let column = columns[row.segment_ord as usize].as_ref();
            let id = column.and_then(|column| facet::first(column, row.doc_id)).unwrap_or_default();
            if best.len() < most && seen.insert(id.clone()) {
                best.push((id, article.score));
            }
        }
        Ok(best)
    }

    /// A text column of every segment.
    fn columns(&self, field: &str) -> Result<Vec<Option<StrColumn>>> {
        let searcher = self.reader.searcher();
        let columns = searcher.segment_readers().iter().map(|segment| segment.fast_fields().str(field));
        columns.collect::<tantivy::Result<_>>().map_err(|error| failed(&self.path, "reading", &error))
    }

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

/// All that an index stores of one article.
pub struct Stored {
    /// The article and what was found in it.
    pub document: Document,
    /// Its passages.
    pub passages: Vec<PassageRow>,
    /// Its quotes.
    pub quotes: Vec<QuoteRow>,
}

impl Index {
    /// Everything that was stored of a file, article by article.
    pub fn each_article(&self, file: &str, each: &mut dyn FnMut(Stored) -> Result<()>) -> Result<()> {
        let of_file = TermQuery::new(Term::from_field_text(self.fields.file, file), IndexRecordOption::Basic);
        for address in self.addresses("article", Box::new(of_file))? {
            let document: Document = self.stored(address)?;
            let copy = writer::copy_of(file, document.article.ordinal);
            let rows = || {
                let term = Term::from_field_u64(self.fields.copy, copy);
                Box::new(TermQuery::new(term, IndexRecordOption::Basic))
            };
            let passages = self.addresses("passage", rows())?;
            let quotes = self.addresses("quote", rows())?;
            each(Stored {
                passages: passages.into_iter().map(|address| self.stored(address)).collect::<Result<_>>()?,
                quotes: quotes.into_iter().map(|address| self.stored(address)).collect::<Result<_>>()?,
                document,
            })?;
        }
        Ok(())
    }

    /// Rows of a kind that match, as they lie in the index.
    pub(super) fn addresses(&self, row: &str, query: Box<dyn TantivyQuery>) -> Result<Vec<DocAddress>> {
        let row: Box<dyn TantivyQuery> = Box::new(self.row_query(row));
        let both = BooleanQuery::new(vec![(Occur::Must, query), (Occur::Must, row)]);
        let found = self.reader.searcher().search(&both, &DocSetCollector);
        let mut found: Vec<DocAddress> =
            found.map_err(|error| failed(&self.path, "searching", &error))?.into_iter().collect();
        found.sort_unstable();
        Ok(found)
    }

    /// What is stored in a row.
    pub(super) fn stored<T: DeserializeOwned>(&self, address: DocAddress) -> Result<T> {
        let stored: TantivyDocument =
            self.reader.searcher().doc(address).map_err(|error| failed(&self.path, "reading", &error))?;
        let json = stored.get_first(self.fields.json).and_then(|value| value.as_str()).unwrap_or_default();
        serde_json::from_str(json)
            .map_err(|error| damaged(&self.path, &format!("a row cannot be read: {error}")))
    }
}

/// The lock of whoever writes to an index. Where another process holds it, `busy` is told who, and says whether to
/// try again.
pub(super) fn writing_lock(
    directory: &dyn Directory,
    path: &Path,
    busy: &dyn Fn(&str) -> bool,
) -> Result<DirectoryLock> {
    loop {
        match directory.acquire_lock(&INDEX_WRITER_LOCK) {
            Ok(lock) => return Ok(lock),
            Err(LockError::LockBusy) => {
                let holder = holder(path);
                if !busy(&holder) {
                    return Err(Error::IndexBusy { path: path.to_path_buf(), holder });
                }
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            Err(LockError::IoError(error)) => {
                let source = std::io::Error::new(error.kind(), error.to_string());
                return Err(Error::WriteFile { path: path.to_path_buf(), source });
            }
        }
    }
}

/// Makes the analysers known that the schema names.
fn register(index: &Tantivy) {
    index.tokenizers().register(analyse::EXACT, analyse::exact());
    index.tokenizers().register(words::READY, TextAnalyzer::from(words::Ready));
}

/// Copies of one answer that are listed; all are counted.
const MOST_COPIES: usize = 20;

/// Memory for rows that are not on disk yet, in bytes for each thread that writes.
const WRITER_MEMORY: usize = 128_000_000;
/// The same for all threads together, however many cores there are.
const MOST_WRITER_MEMORY: usize = 256_000_000;

/// True for files that an index is made of.
pub(super) fn is_index_file(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    let segment = stem.len() == 32 && stem.chars().all(|c| c.is_ascii_hexdigit());
    let lock = matches!(name, ".tantivy-writer.lock" | ".tantivy-meta.lock");
    let draft = name.starts_with(".tmp");
    segment
        || lock
        || draft
        || name.starts_with(people::FILE)
        || matches!(name, checked::META | checked::MANAGED | checked::HOLDER | writer::FOLDERS)
}

/// Who writes, as they said themselves.
pub(super) fn holder(path: &Path) -> String {
    let said = std::fs::read_to_string(path.join(checked::HOLDER)).unwrap_or_default();
    let said = said.trim();
    if said.is_empty() { "another onrecord".to_string() } else { format!("another onrecord ({said})") }
}

/// Compares the files of the last commit with what was written.
pub(super) fn compare(directory: &Checked, index: &Tantivy, whole: bool) -> tantivy::Result<Vec<String>> {
    // While it is held, no file is cleared away.
    let _lock = directory.acquire_lock(&META_LOCK)?;
    Ok(directory.compare(&index.load_metas()?.segments, whole))
}

/// The files that a segment has rows of. Their names are read in one sweep through the dictionary:
/// looking each one up takes ten times as long.
fn stamps(segment: &SegmentReader, files: &mut HashMap<String, Stamp>) -> tantivy::Result<()> {
    let fast = segment.fast_fields();
    let (mtime, size, hash) = (fast.u64("mtime")?, fast.u64("size")?, fast.u64("hash")?);
    let Some(names) = fast.str("file")? else { return Ok(()) };
    let mut rows: Vec<(u64, Stamp)> = Vec::new();
    for doc in segment.doc_ids_alive() {
        let (Some(mtime), Some(size)) = (mtime.first(doc), size.first(doc)) else { continue };
        let mut parts = hash.values_for_doc(doc);
        let hash = [parts.next().unwrap_or(0), parts.next().unwrap_or(0)];
        rows.extend(names.term_ords(doc).next().map(|ord| (ord, Stamp { mtime, size, hash })));
    }
    rows.sort_unstable_by_key(|(ord, _)| *ord);
    let mut stream = names.dictionary().stream()?;
    let mut at = None;
    for (ord, stamp) in rows {
        while at.is_none_or(|at| at < ord) && stream.advance() {
            at = Some(at.map_or(0, |at| at + 1));
        }
        files.insert(String::from_utf8_lossy(stream.key()).into_owned(), stamp);
    }
    Ok(())
}
