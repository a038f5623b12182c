//! Rows of articles that hold a pattern so many times: `ATLEAST5 ceasefire`.
//!
//! A row is a passage or a quote, but people count over an article. So the passages of all articles are
//! counted first; then rows that hold the pattern are found as ever, and those of other articles left out.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tantivy::columnar::Column;
use tantivy::query::{EnableScoring, Explanation, Query, Scorer, TermQuery, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Score, Searcher, SegmentReader, TERMINATED, TantivyError, Term};

use super::near::PatternQuery;

/// Rows with a pattern, of articles that hold it so many times.
#[derive(Clone, Debug)]
pub struct AtLeastQuery {
    /// What is counted.
    pub pattern: PatternQuery,
    /// How often it must be there.
    pub times: u32,
    /// What passages of articles have in common.
    pub passage: Term,
}

/// The column that tells one article of one file from all others.
const ARTICLE: &str = "copy";

impl AtLeastQuery {
    /// Articles whose passages hold the pattern often enough.
    fn articles(&self, searcher: &Searcher) -> tantivy::Result<HashSet<u64>> {
        let passages = TermQuery::new(self.passage.clone(), IndexRecordOption::Basic);
        let passages = passages.weight(EnableScoring::disabled_from_searcher(searcher))?;
        let weight = self.pattern.pattern_weight(EnableScoring::disabled_from_searcher(searcher))?;
        let mut counts: HashMap<u64, u32> = HashMap::new();
        for segment in searcher.segment_readers() {
            let articles_of = segment.fast_fields().u64(ARTICLE)?;
            let mut passages = passages.scorer(segment, 1.0)?;
            let mut found = weight.pattern_scorer(segment, 1.0)?;
            let mut doc = found.doc();
            while doc != TERMINATED {
                if passages.doc() < doc {
                    passages.seek(doc);
                }
                let counts_here = passages.doc() == doc && !segment.is_deleted(doc);
                if let Some(article) = articles_of.first(doc).filter(|_| counts_here) {
                    *counts.entry(article).or_default() += found.times();
                }
                doc = found.advance();
            }
        }
        Ok(counts.into_iter().filter(|(_, count)| *count >= self.times).map(|(article, _)| article).collect())
    }
}

impl Query for AtLeastQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let searcher = scoring
            .searcher()
            .ok_or_else(|| TantivyError::InvalidArgument("counting needs a searcher".into()))?;
        let articles = Arc::new(self.articles(searcher)?);
        Ok(Box::new(AtLeastWeight { inner: self.pattern.weight(scoring)?, articles }))
    }
}

struct AtLeastWeight {
    inner: Box<dyn Weight>,
    articles: Arc<HashSet<u64>>,
}

impl Weight for AtLeastWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let articles_of = reader.fast_fields().u64(ARTICLE)?;
        let inner = self.inner.scorer(reader, boost)?;
        let mut scorer = AtLeastScorer { inner, articles_of, articles: self.articles.clone() };
        scorer.settle();
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.inner.explain(reader, doc)
    }
}

struct AtLeastScorer {
    inner: Box<dyn Scorer>,
    articles_of: Column<u64>,
    articles: Arc<HashSet<u64>>,
}

impl AtLeastScorer {
    fn settle(&mut self) -> DocId {
        loop {
            let doc = self.inner.doc();
            if doc == TERMINATED || self.articles_of.first(doc).is_some_and(|id| self.articles.contains(&id))
            {
                return doc;
            }
            self.inner.advance();
        }
    }
}

impl DocSet for AtLeastScorer {
    fn advance(&mut self) -> DocId {
        self.inner.advance();
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.inner.doc() < target {
            self.inner.seek(target);
        }
        self.settle()
    }

    fn doc(&self) -> DocId {
        self.inner.doc()
    }

    fn size_hint(&self) -> u32 {
        self.inner.size_hint()
    }
}

impl Scorer for AtLeastScorer {
    fn score(&mut self) -> Score {
        self.inner.score()
    }
}
