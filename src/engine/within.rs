//! Rows of articles that hold words anywhere: what somebody said in a story about something.

use std::collections::HashSet;
use std::sync::Arc;

use tantivy::collector::DocSetCollector;
use tantivy::query::{EnableScoring, Query, TermSetQuery, Weight};
use tantivy::schema::Field;
use tantivy::{Searcher, TantivyError, Term};

/// Rows of the articles that fit all parts, each in whichever of their rows.
#[derive(Clone, Debug)]
pub struct WithinQuery {
    /// A word of the text or the headline, for example.
    pub parts: Vec<Arc<dyn Query>>,
    /// The number that all rows of an article share.
    pub copy: Field,
}

impl WithinQuery {
    fn rows(&self, searcher: &Searcher) -> tantivy::Result<TermSetQuery> {
        let mut all: Option<HashSet<u64>> = None;
        for part in &self.parts {
            let with = self.articles(&**part, searcher)?;
            all = Some(match all {
                None => with,
                Some(all) => all.intersection(&with).copied().collect(),
            });
        }
        let numbers = all.unwrap_or_default().into_iter();
        Ok(TermSetQuery::new(numbers.map(|number| Term::from_field_u64(self.copy, number))))
    }

    /// The numbers of the articles with a row that fits.
    fn articles(&self, part: &dyn Query, searcher: &Searcher) -> tantivy::Result<HashSet<u64>> {
        let rows = searcher.search(part, &DocSetCollector)?;
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
