//! Earlier texts of pages that were changed in place.
//!
//! One row holds such a text, with no words to search by: it is not what the page says now. Its `file` is
//! the file that held it with a line feed and more behind it, which no file's own name has, so that it
//! stays when the file's rows are replaced.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};
use tantivy::collector::DocSetCollector;
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, TantivyDocument, TantivyError, Term};

use super::tantivy::Index;
use super::trouble::failed;
use super::writer::Writer;
pub use super::writer::copy_of;
use crate::document::{Article, Document};
use crate::error::Result;

/// What stands in `row` of an earlier text.
const ROW: &str = "earlier";

/// An article of a file as the last commit has it.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its number, see [`super::writer::copy_of`].
    pub copy: u64,
    /// True when it is named by an address or by its file, so that another text can be the same article.
    pub named: bool,
    address: DocAddress,
}

/// An earlier text.
#[derive(Clone, Debug)]
pub struct Earlier {
    /// Under which it is kept.
    pub key: String,
    /// When the file that held it was written, in nanoseconds since 1970; 0 when that is not known.
    pub written: u64,
    /// The article as it was, with all that was found in it.
    pub document: Document,
}

/// Under which a text of an article is kept when its file says something else.
pub fn key(file: &str, article: &Article) -> String {
    let hash = Sha256::digest(format!("{}\n{}", article.sha256, article.title));
    let hash: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{file}\n{}\n{hash}", article.id)
}

/// The same for another file.
pub fn moved(key: &str, from: &str, to: &str) -> String {
    format!("{to}{}", key.strip_prefix(from).unwrap_or_default())
}

impl Writer {
    /// Forgets all rows of one article.
    pub fn remove_article(&self, copy: u64) {
        self.writer.delete_term(Term::from_field_u64(self.fields.copy, copy));
    }

    /// Keeps an earlier text.
    pub fn keep_earlier(&self, earlier: &Earlier) -> Result<()> {
        let mut document = TantivyDocument::default();
        document.add_text(self.fields.row, ROW);
        document.add_text(self.fields.file, &earlier.key);
        document.add_text(self.fields.article, &earlier.document.article.id.0);
        document.add_u64(self.fields.mtime, earlier.written);
        document.add_text(self.fields.json, super::writer::json(&earlier.document));
        self.put(document)
    }

    /// Forgets an earlier text.
    pub fn remove_earlier(&self, key: &str) {
        self.remove_file(key);
    }
}

impl Index {
    /// The articles of a file.
    pub fn known_articles(&self, file: &str) -> Result<Vec<Known>> {
        let of_file = TermQuery::new(Term::from_field_text(self.fields.file, file), IndexRecordOption::Basic);
        let found = self.addresses("article", Box::new(of_file))?;
        self.known_at(&found).map_err(|error| self.trouble(&error))
    }

    fn known_at(&self, addresses: &[DocAddress]) -> tantivy::Result<Vec<Known>> {
        let searcher = self.reader.searcher();
        let mut known = Vec::new();
        for &address in addresses {
            let fast = searcher.segment_reader(address.segment_ord).fast_fields();
            let number = |field| Ok::<_, TantivyError>(fast.u64(field)?.first(address.doc_id));
            let (Some(copy), Some(body)) = (number("copy")?, number("same")?) else { continue };
            let mut id = String::new();
            if let Some(ids) = fast.str("article")?
                && let Some(ord) = ids.term_ords(address.doc_id).next()
            {
                ids.ord_to_str(ord, &mut id)?;
            }
            let named = !format!("{body:016x}").starts_with(&id);
            known.push(Known { copy, named, address });
        }
        Ok(known)
    }

    /// What is stored of a known article.
    pub fn known(&self, known: &Known) -> Result<Document> {
        self.stored(known.address)
    }

    /// The keys of the earlier texts of a file.
    pub fn earlier_keys(&self, file: &str) -> Result<Vec<String>> {
        self.keys_in(file).map_err(|error| self.trouble(&error))
    }

    fn keys_in(&self, file: &str) -> tantivy::Result<Vec<String>> {
        let mut keys = BTreeSet::new();
        for segment in self.reader.searcher().segment_readers() {
            let inverted = segment.inverted_index(self.fields.file)?;
            let (first, behind) = (format!("{file}\n"), format!("{file}\u{b}"));
            let mut stream = inverted.terms().range().ge(first).lt(behind).into_stream()?;
            while stream.advance() {
                let info = stream.value();
                let postings = inverted.read_postings_from_terminfo(info, IndexRecordOption::Basic)?;
                if super::copies::alive(segment, postings).next().is_some() {
                    keys.insert(String::from_utf8_lossy(stream.key()).into_owned());
                }
            }
        }
        Ok(keys.into_iter().collect())
    }

    /// The earlier text that is kept under a key.
    pub fn earlier_of_key(&self, key: &str) -> Result<Option<Earlier>> {
        let key = TermQuery::new(Term::from_field_text(self.fields.file, key), IndexRecordOption::Basic);
        Ok(self.earlier_where(Some(Box::new(key)))?.into_iter().next())
    }

    /// The earlier texts of an article, the oldest first.
    pub fn earlier(&self, id: &str) -> Result<Vec<Earlier>> {
        let id = TermQuery::new(Term::from_field_text(self.fields.article, id), IndexRecordOption::Basic);
        self.earlier_where(Some(Box::new(id)))
    }

    /// All earlier texts, one after another.
    pub fn each_earlier(&self, each: &mut dyn FnMut(Earlier)) -> Result<()> {
        for address in self.earlier_addresses(None)? {
            each(self.earlier_at(address)?);
        }
        Ok(())
    }

    fn earlier_where(&self, query: Option<Box<dyn Query>>) -> Result<Vec<Earlier>> {
        let addresses = self.earlier_addresses(query)?;
        let mut found: Vec<Earlier> =
            addresses.into_iter().map(|address| self.earlier_at(address)).collect::<Result<_>>()?;
        found.sort_by(|a, b| (a.written, &a.key).cmp(&(b.written, &b.key)));
        Ok(found)
    }

    fn earlier_addresses(&self, query: Option<Box<dyn Query>>) -> Result<Vec<DocAddress>> {
        let row = TermQuery::new(Term::from_field_text(self.fields.row, ROW), IndexRecordOption::Basic);
        let mut all: Vec<(Occur, Box<dyn Query>)> = vec![(Occur::Must, Box::new(row))];
        all.extend(query.map(|query| (Occur::Must, query)));
        let found = self.reader.searcher().search(&BooleanQuery::new(all), &DocSetCollector);
        let mut found: Vec<DocAddress> = found.map_err(|error| self.trouble(&error))?.into_iter().collect();
        found.sort_unstable();
        Ok(found)
    }

    fn earlier_at(&self, address: DocAddress) -> Result<Earlier> {
        let (key, written) = self.named(address).map_err(|error| self.trouble(&error))?;
        Ok(Earlier { key, written, document: self.stored(address)? })
    }

    fn named(&self, address: DocAddress) -> tantivy::Result<(String, u64)> {
        let searcher = self.reader.searcher();
        let fast = searcher.segment_reader(address.segment_ord).fast_fields();
        let written = fast.u64("mtime")?.first(address.doc_id).unwrap_or(0);
        let mut key = String::new();
        if let Some(files) = fast.str("file")?
            && let Some(ord) = files.term_ords(address.doc_id).next()
        {
            files.ord_to_str(ord, &mut key)?;
        }
        Ok((key, written))
    }

    fn trouble(&self, error: &TantivyError) -> crate::error::Error {
        failed(&self.path, "reading", error)
    }
}
