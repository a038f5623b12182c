//! Rows of articles that hold words anywhere: what somebody said in a story about something.

use std::collections::HashSet;

use tantivy::collector::DocSetCollector;
use tantivy::query::{BooleanQuery, EnableScoring, Occur, Query, TermQuery, TermSetQuery, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, TantivyError, Term};

/// Rows of the articles that hold all of these words, in whichever of their rows.
#[derive(Clone, Debug)]
pub struct WithinQuery {
    /// Each word as a term of the text and one of the headline.
    pub words: Vec<[Term; 2]>,
    /// The number that all rows of an article share.
    pub copy: Field,
}

impl WithinQuery {
    fn rows(&self, searcher: &Searcher) -> tantivy::Result<TermSetQuery> {
        let mut all: Option<HashSet<u64>> = None;
        for word in &self.words {
            let with = self.articles(word, searcher)?;
            all = Some(match all {
                None => with,
                Some(all) => all.intersection(&with).copied().collect(),
            });
        }
        let numbers = all.unwrap_or_default().into_iter();
        Ok(TermSetQuery::new(numbers.map(|number| Term::from_field_u64(self.copy, number))))
    }

    /// The numbers of the articles that hold a word.
    fn articles(&self, word: &[Term], searcher: &Searcher) -> tantivy::Result<HashSet<u64>> {
        let term = |term: &Term| {
            let term: Box<dyn Query> = Box::new(TermQuery::new(term.clone(), IndexRecordOption::Basic));
            (Occur::Should, term)
        };
        let rows = searcher.search(&BooleanQuery::new(word.iter().map(term).collect()), &DocSetCollector)?;
        let column = searcher.schema().get_field_name(self.copy);
        let columns = searcher.segment_readers().iter().map(|segment| segment.fast_fields().u64(column));
        let columns = columns.collect::<tantivy::Result<Vec<_>>>()?;
        Ok(rows.iter().filter_map(|at| columns[at.segment_ord as usize].first(at.doc_id)).collect())
    }
}

impl Query for WithinQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let searcher = scoring
            .searcher()
            .ok_or_else(|| TantivyError::InvalidArgument("looking into articles needs a searcher".into()))?;
        self.rows(searcher)?.weight(scoring)
    }
}
