//! Rows in a tantivy index on this machine's disk.
//!
//! The index holds its own list of files (one `file` row each), so one commit says at once what was
//! found and from which files: a killed run can leave nothing half told.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::Serialize;
use tantivy::collector::Count;
use tantivy::directory::{Directory, INDEX_WRITER_LOCK, MmapDirectory};
use tantivy::query::{BooleanQuery, Occur, Query as TantivyQuery, RegexQuery, TermQuery};
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{Index as Tantivy, IndexReader, TantivyDocument, TantivyError, Term};

use super::collect::{Everything, Ranked, gather, order, text_of};
use super::plan::plan;
use super::schema::{FORMAT, Fields, schema};
use super::trouble::{damaged, failed};
pub use super::writer::Writer;
use super::{Engine, Group, GroupBy, Hit, Hits, Payload, Places, Row, Stamp, Wanted};
use super::{analyse, people};
use crate::document::Document;
use crate::error::{Error, Result};
use crate::people::Person;
use crate::query::{Query, Sort};

/// An index in a folder.
pub struct Index {
    path: PathBuf,
    index: Tantivy,
    fields: Fields,
    reader: IndexReader,
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
        name: &dyn Fn(&str) -> String,
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
        let groups = gather(&ranked, &columns, name);
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

    fn people(&self) -> Result<Vec<Person>> {
        people::linked(&self.path, &self.reader.searcher())
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

fn is_index_file(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    let segment = stem.len() == 32 && stem.chars().all(|c| c.is_ascii_hexdigit());
    segment
        || name.starts_with(people::FILE)
        || matches!(name, "meta.json" | ".managed.json" | ".tantivy-writer.lock" | ".tantivy-meta.lock")
}
