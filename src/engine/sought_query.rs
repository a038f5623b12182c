//! Rows that hold any word of a stem, or a term, as a query of the engine: scored as one term is, by the
//! lengths of a field that need not be the one looked into.

use std::sync::Arc;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::SegmentId;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{Bm25Weight, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, Searcher, SegmentReader, TERMINATED, TantivyError};

use super::article::tokens;
use super::sought::{Key, Rows, Sought};

/// Rows that hold what is looked up.
#[derive(Clone, Debug)]
pub(super) struct SoughtQuery {
    pub key: Key,
    /// The field whose lengths count.
    pub lengths: Field,
}

impl Query for SoughtQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let searcher = scoring.searcher();
        let searcher =
            searcher.ok_or_else(|| TantivyError::InvalidArgument("a stem needs a searcher".into()))?;
        let sought = Sought::of(searcher, &self.key)?;
        let similarity = match scoring {
            EnableScoring::Enabled { .. } => similarity(searcher, self.lengths, sought.rows)?,
            EnableScoring::Disabled { .. } => None,
        };
        let segments = searcher.segment_readers().iter().map(SegmentReader::segment_id).collect();
        Ok(Box::new(SoughtWeight { query: self.clone(), sought: Arc::new(sought), segments, similarity }))
    }
}

/// BM25 for a word that so many rows hold.
fn similarity(searcher: &Searcher, field: Field, rows: f32) -> tantivy::Result<Option<Bm25Weight>> {
    let all = searcher.num_docs();
    if all == 0 {
        return Ok(None);
    }
    let average = tokens(searcher, field)? as Score / all as Score;
    Ok(Some(Bm25Weight::for_one_term((rows as u64).min(all), all, average)))
}

struct SoughtWeight {
    query: SoughtQuery,
    sought: Arc<Sought>,
    /// The segments in the order of `sought`.
    segments: Vec<SegmentId>,
    /// None where rows are not scored.
    similarity: Option<Bm25Weight>,
}

impl SoughtWeight {
    fn rows(&self, reader: &SegmentReader) -> tantivy::Result<Option<Cursor>> {
        let Some(segment) = self.segments.iter().position(|id| *id == reader.segment_id()) else {
            return Ok(None);
        };
        Ok(match self.sought.segment(segment) {
            Rows::Term(None) => None,
            Rows::Term(Some(info)) => {
                let index = reader.inverted_index(self.query.key.field())?;
                let postings = index.read_postings_from_terminfo(info, IndexRecordOption::WithFreqs)?;
                Some(Cursor::Term(Box::new(postings)))
            }
            Rows::Words(..) => Some(Cursor::Words { sought: self.sought.clone(), segment, at: 0 }),
        })
    }
}

impl Weight for SoughtWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let Some(rows) = self.rows(reader)? else { return Ok(Box::new(EmptyScorer)) };
        let norms = reader.fieldnorms_readers().get_field(self.query.lengths)?;
        Ok(Box::new(SoughtScorer {
            rows,
            similarity: self.similarity.as_ref().map(|similarity| similarity.boost_by(boost)),
            norms: norms.unwrap_or_else(|| FieldNormReader::constant(reader.max_doc(), 1)),
            boost,
        }))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() > doc || scorer.seek(doc) != doc {
            return Err(TantivyError::InvalidArgument(format!("row {doc} does not match")));
        }
        Ok(Explanation::new("any word of a stem", scorer.score()))
    }
}

/// Goes over rows.
enum Cursor {
    /// Over those of a term.
    Term(Box<SegmentPostings>),
    /// Over a segment's list of those of several words.
    Words { sought: Arc<Sought>, segment: usize, at: usize },
}

struct SoughtScorer {
    rows: Cursor,
    similarity: Option<Bm25Weight>,
    norms: FieldNormReader,
    boost: Score,
}

impl Cursor {
    /// What is listed, and how often each holds it; nothing for a term.
    fn listed(&self) -> (&[u32], &[u32]) {
        match self {
            Cursor::Words { sought, segment, .. } => match sought.segment(*segment) {
                Rows::Words(rows, counts) => (rows, counts),
                Rows::Term(_) => (&[], &[]),
            },
            Cursor::Term(_) => (&[], &[]),
        }
    }

    fn count(&self) -> u32 {
        match self {
            Cursor::Term(postings) => postings.term_freq(),
            Cursor::Words { at, .. } => self.listed().1.get(*at).copied().unwrap_or(0),
        }
    }
}

impl DocSet for SoughtScorer {
    fn advance(&mut self) -> DocId {
        match &mut self.rows {
            Cursor::Term(postings) => postings.advance(),
            Cursor::Words { at, .. } => {
                *at += 1;
                self.doc()
            }
        }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        let ahead = match &self.rows {
            Cursor::Term(_) => 0,
            Cursor::Words { at, .. } => {
                let rest = self.rows.listed().0.get(*at..).unwrap_or_default();
                rest.partition_point(|row| *row < target)
            }
        };
        match &mut self.rows {
            Cursor::Term(postings) if postings.doc() < target => postings.seek(target),
            Cursor::Term(postings) => postings.doc(),
            Cursor::Words { at, .. } => {
                *at += ahead;
                self.doc()
            }
        }
    }

    fn doc(&self) -> DocId {
        match &self.rows {
            Cursor::Term(postings) => postings.doc(),
            Cursor::Words { at, .. } => self.rows.listed().0.get(*at).copied().unwrap_or(TERMINATED),
        }
    }

    fn size_hint(&self) -> u32 {
        match &self.rows {
            Cursor::Term(postings) => postings.size_hint(),
            Cursor::Words { .. } => self.rows.listed().0.len() as u32,
        }
    }
}

impl Scorer for SoughtScorer {
    fn score(&mut self) -> Score {
        match &self.similarity {
            Some(similarity) => similarity.score(self.norms.fieldnorm_id(self.doc()), self.rows.count()),
            None => self.boost,
        }
    }
}
