//! Rows of articles that hold words anywhere: what somebody said in a story about something.

use tantivy::collector::DocSetCollector;
use tantivy::query::{BooleanQuery, EnableScoring, Occur, Query, TermQuery, TermSetQuery, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, TantivyError, Term};

/// Rows of the articles whose own rows hold all of these terms.
#[derive(Clone, Debug)]
pub struct WithinQuery {
    /// Words of whole articles.
    pub terms: Vec<Term>,
    /// The number that all rows of an article share.
    pub copy: Field,
}

impl WithinQuery {
    fn rows(&self, searcher: &Searcher) -> tantivy::Result<TermSetQuery> {
        let word = |term: &Term| {
            let word: Box<dyn Query> = Box::new(TermQuery::new(term.clone(), IndexRecordOption::Basic));
            (Occur::Must, word)
        };
        let all = BooleanQuery::new(self.terms.iter().map(word).collect());
        let column = searcher.schema().get_field_name(self.copy);
        let columns = searcher.segment_readers().iter().map(|segment| segment.fast_fields().u64(column));
        let columns = columns.collect::<tantivy::Result<Vec<_>>>()?;
        let articles = searcher.search(&all, &DocSetCollector)?;
        let number = |at: &tantivy::DocAddress| columns[at.segment_ord as usize].first(at.doc_id);
        let numbers = articles.iter().filter_map(number);
        Ok(TermSetQuery::new(numbers.map(|number| Term::from_field_u64(self.copy, number))))
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
