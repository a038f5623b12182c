//! What a file said before it was changed in place: kept, while the file still has a text of that article.
//!
//! All articles of a changed file are replaced one by one, each in one step with what is kept of it: a kill
//! in between leaves the old text or the new one, and what is on record stays on record.

use std::collections::{HashMap, HashSet};

use crate::document::Article;
use crate::engine::earlier::{self, Earlier, Known, copy_of};
use crate::engine::tantivy::{Index, Writer};
use crate::error::Result;

/// The articles that a file had, and has now.
pub struct Replaced<'i> {
    index: &'i Index,
    file: &'i str,
    /// When the file was written as the index has it.
    written: u64,
    /// Articles of the last commit that were not replaced yet, by their number.
    left: HashMap<u64, Known>,
    /// Earlier texts that are kept, and the article of each.
    kept: HashMap<String, String>,
    /// Those of them that were not kept before.
    new: HashSet<String>,
    /// What was met in the file as it is now.
    texts: HashSet<String>,
    articles: HashSet<String>,
    next: u32,
}

impl<'i> Replaced<'i> {
    /// None for a file of which nothing need be kept: a new one, or one whose articles have no address of
    /// their own, so that another text is another article.
    pub fn of(index: &'i Index, file: &'i str, written: u64) -> Result<Option<Replaced<'i>>> {
        let known = index.known_articles(file)?;
        let mut kept = HashMap::new();
        for key in index.earlier_keys(file)? {
            kept.extend(index.earlier_of_key(&key)?.map(|text| (key, text.document.article.id.0)));
        }
        let versions = !kept.is_empty() || known.iter().any(|article| article.named);
        Ok(versions.then(|| Replaced {
            index,
            file,
            written,
            left: known.into_iter().map(|known| (known.copy, known)).collect(),
            kept,
            new: HashSet::new(),
            texts: HashSet::new(),
            articles: HashSet::new(),
            next: 0,
        }))
    }

    /// Makes room for the next articles of the file.
    pub fn make_room(&mut self, articles: &[Article], writer: &Writer) -> Result<()> {
        for article in articles {
            let key = earlier::key(self.file, article);
            // What it said before it says again.
            if self.kept.remove(&key).is_some() {
                writer.remove_earlier(&key);
                self.new.remove(&key);
            }
            self.texts.insert(key);
            self.articles.insert(article.id.0.clone());
        }
        let end = articles.iter().map(|article| article.ordinal + 1).max().unwrap_or(self.next);
        let places = self.next..end.max(self.next);
        self.next = places.end;
        for known in
            places.filter_map(|ordinal| self.left.remove(&copy_of(self.file, ordinal))).collect::<Vec<_>>()
        {
            self.leave(&known, writer)?;
        }
        Ok(())
    }

    /// Removes what is left of the file as it was, and says how many texts were kept. `whole`: all of the
    /// file was read. If it has articles, those that are no longer among them have no earlier texts either.
    pub fn finish(mut self, whole: bool, writer: &Writer) -> Result<usize> {
        for (_, known) in std::mem::take(&mut self.left) {
            self.leave(&known, writer)?;
        }
        if whole && !self.articles.is_empty() {
            for (key, _) in self.kept.iter().filter(|(_, article)| !self.articles.contains(*article)) {
                writer.remove_earlier(key);
                self.new.remove(key);
            }
        }
        Ok(self.new.len())
    }

    fn leave(&mut self, known: &Known, writer: &Writer) -> Result<()> {
        if known.named {
            let document = self.index.known(known)?;
            let key = earlier::key(self.file, &document.article);
            if !self.texts.contains(&key) {
                self.kept.insert(key.clone(), document.article.id.0.clone());
                self.new.insert(key.clone());
                writer.keep_earlier(&Earlier { key, written: self.written, document })?;
            }
        }
        writer.remove_article(known.copy);
        Ok(())
    }
}

/// Takes the earlier texts of a file along when the file is moved.
pub fn take_along(index: &Index, from: &str, to: &str, writer: &Writer) -> Result<()> {
    for key in index.earlier_keys(from)? {
        if let Some(text) = index.earlier_of_key(&key)? {
            writer.remove_earlier(&key);
            writer.keep_earlier(&Earlier { key: earlier::moved(&key, from, to), ..text })?;
        }
    }
    Ok(())
}

/// Forgets the earlier texts of a file that is gone.
pub fn forget(index: &Index, file: &str, writer: &Writer) -> Result<()> {
    index.earlier_keys(file)?.iter().for_each(|key| writer.remove_earlier(key));
    Ok(())
}
