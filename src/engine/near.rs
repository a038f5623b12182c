//! Rows in which words stand where a [pattern](super::pattern) wants them, as queries of the engine.

use std::sync::Arc;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{
    Bm25Weight, BooleanQuery, BoostQuery, DisjunctionMaxQuery, EmptyQuery, EnableScoring, Explanation, Occur,
    Query, Scorer, TermQuery, TermSetQuery, Weight,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, Searcher, SegmentReader, TERMINATED, TantivyError, Term};

use super::pattern::{Compiled, Ground, Leaf, Pattern, edits_between, places};
use super::schema::{PARAGRAPH_END, SENTENCE_END, WordFields};
use super::spread::spread;
use crate::query::Within;

/// Most words that a pattern by itself stands for.
pub const MOST_WORDS: usize = 10_000;
/// Most words that a pattern stands for where their places matter.
pub const MOST_PLACED: usize = 1_000;

/// Rows that hold any word of a leaf; what is nearer to the word as typed weighs more.
#[derive(Clone, Debug)]
pub struct SpreadQuery {
    /// Where to look.
    pub field: Field,
    /// What for.
    pub leaf: Leaf,
}

impl Query for SpreadQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let found = spread(searcher(&scoring)?, self.field, &self.leaf)?;
        let term = |word: &String| Term::from_field_text(self.field, word);
        let words = found.words.iter().take(MOST_WORDS).map(|(word, _)| word);
        let Leaf::Fuzzy(typed, most) = &self.leaf else {
            return TermSetQuery::new(words.map(term)).weight(scoring);
        };
        // By edits: 0 counts in full, each more takes a third.
        let mut classes: Vec<Vec<Term>> = vec![Vec::new(); usize::from(*most) + 1];
        for word in words {
            let edits = edits_between(word, typed, *most).unwrap_or(*most);
            classes[usize::from(edits)].push(term(word));
        }
        let class = |(edits, terms): (usize, Vec<Term>)| {
            let weight = 1.0 - edits as f32 / 3.0;
            Box::new(BoostQuery::new(Box::new(TermSetQuery::new(terms)), weight)) as Box<dyn Query>
        };
        let classes = classes.into_iter().enumerate().filter(|(_, terms)| !terms.is_empty());
        DisjunctionMaxQuery::new(classes.map(class).collect()).weight(scoring)
    }
}

fn searcher<'a>(scoring: &EnableScoring<'a>) -> tantivy::Result<&'a Searcher> {
    let found = match scoring {
        EnableScoring::Enabled { searcher, .. } => Some(*searcher),
        EnableScoring::Disabled { searcher_opt, .. } => *searcher_opt,
    };
    found.ok_or_else(|| TantivyError::InvalidArgument("a pattern needs a searcher".into()))
}

/// Rows in which a pattern has a place.
#[derive(Clone, Debug)]
pub struct PatternQuery {
    /// Where to look.
    pub fields: WordFields,
    /// What for.
    pub compiled: Arc<Compiled>,
}

impl PatternQuery {
    /// The same with the type told: for whoever counts places.
    pub fn pattern_weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<PatternWeight> {
        let terms = self.terms(searcher(&scoring)?)?;
        let rows = rows(&self.compiled.pattern, &terms)
            .weight(EnableScoring::Disabled { schema: scoring.schema(), searcher_opt: scoring.searcher() })?;
        let mut similarity = None;
        if let EnableScoring::Enabled { statistics_provider, .. } = scoring {
            // The most frequent word stands for all of its leaf.
            let first: Vec<Term> = terms.iter().filter_map(|terms| terms.first().cloned()).collect();
            if !first.is_empty() {
                similarity = Some(Bm25Weight::for_terms(statistics_provider, &first)?);
            }
        }
        Ok(PatternWeight { fields: self.fields, compiled: self.compiled.clone(), terms, rows, similarity })
    }

    fn terms(&self, searcher: &Searcher) -> tantivy::Result<Vec<Vec<Term>>> {
        let terms = |leaf: &Leaf| {
            let field = self.fields.exact;
            let words = spread(searcher, field, leaf)?.words;
            Ok(words.iter().take(MOST_PLACED).map(|(word, _)| Term::from_field_text(field, word)).collect())
        };
        self.compiled.leaves.iter().map(terms).collect()
    }
}

impl Query for PatternQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.pattern_weight(scoring)?))
    }
}

/// Rows that hold the words at all, wherever they stand.
fn rows(pattern: &Pattern, terms: &[Vec<Term>]) -> Box<dyn Query> {
    let joined = |occur: Occur, parts: Vec<Box<dyn Query>>| -> Box<dyn Query> {
        Box::new(BooleanQuery::new(parts.into_iter().map(|part| (occur, part)).collect()))
    };
    match pattern {
        Pattern::Leaf(leaf) => match terms.get(*leaf).map(Vec::as_slice).unwrap_or_default() {
            [] => Box::new(EmptyQuery),
            [term] => Box::new(TermQuery::new(term.clone(), IndexRecordOption::Basic)),
            several => Box::new(TermSetQuery::new(several.to_vec())),
        },
        Pattern::Sequence(parts) => joined(Occur::Must, parts.iter().map(|part| rows(part, terms)).collect()),
        Pattern::Any(parts) => joined(Occur::Should, parts.iter().map(|part| rows(part, terms)).collect()),
        Pattern::Chain(first, links) => {
            let wanted = links.iter().filter(|(how, _)| !how.negated).map(|(_, part)| part);
            joined(Occur::Must, [&**first].into_iter().chain(wanted).map(|part| rows(part, terms)).collect())
        }
    }
}

/// See [`PatternQuery`].
pub struct PatternWeight {
    fields: WordFields,
    compiled: Arc<Compiled>,
    /// The words of each leaf.
    terms: Vec<Vec<Term>>,
    rows: Box<dyn Weight>,
    similarity: Option<Bm25Weight>,
}

impl PatternWeight {
    /// See [`PatternQuery`].
    pub fn pattern_scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<PatternScorer> {
        let postings = |term: &Term| {
            let index = reader.inverted_index(term.field())?;
            Ok(index.read_postings(term, IndexRecordOption::WithFreqsAndPositions)?)
        };
        let mut leaves = Vec::new();
        for terms in &self.terms {
            let found: tantivy::Result<Vec<_>> = terms.iter().map(postings).collect();
            leaves.push(found?.into_iter().flatten().collect());
        }
        let end = |unit: Within, text: &str| match uses(&self.compiled.pattern, unit) {
            true => postings(&Term::from_field_text(self.fields.breaks, text)),
            false => Ok(None),
        };
        let norms = reader.fieldnorms_readers().get_field(self.fields.exact)?;
        let mut scorer = PatternScorer {
            rows: self.rows.scorer(reader, 1.0)?,
            compiled: self.compiled.clone(),
            leaves,
            sentences: end(Within::Sentence, SENTENCE_END)?,
            paragraphs: end(Within::Paragraph, PARAGRAPH_END)?,
            ground: Ground { leaves: vec![Vec::new(); self.terms.len()], ..Ground::default() },
            found: 0,
            similarity: self.similarity.as_ref().map(|weight| weight.boost_by(boost)),
            norms: norms.unwrap_or_else(|| FieldNormReader::constant(reader.max_doc(), 1)),
        };
        scorer.settle();
        Ok(scorer)
    }
}

/// True when a pattern asks where sentences, or paragraphs, end.
pub(super) fn uses(pattern: &Pattern, unit: Within) -> bool {
    match pattern {
        Pattern::Leaf(_) => false,
        Pattern::Sequence(parts) | Pattern::Any(parts) => parts.iter().any(|part| uses(part, unit)),
        Pattern::Chain(first, links) => {
            uses(first, unit) || links.iter().any(|(how, part)| how.within == unit || uses(part, unit))
        }
    }
}

impl Weight for PatternWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        Ok(Box::new(self.pattern_scorer(reader, boost)?))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.pattern_scorer(reader, 1.0)?;
        if scorer.doc() > doc || scorer.seek(doc) != doc {
            return Err(TantivyError::InvalidArgument(format!("row {doc} does not match")));
        }
        Ok(Explanation::new("words where a pattern wants them", scorer.score()))
    }
}

/// Rows in which a pattern has a place, with their number of places.
pub struct PatternScorer {
    /// Rows that hold the words at all.
    rows: Box<dyn Scorer>,
    compiled: Arc<Compiled>,
    leaves: Vec<Vec<SegmentPostings>>,
    sentences: Option<SegmentPostings>,
    paragraphs: Option<SegmentPostings>,
    ground: Ground,
    /// Places in the present row.
    found: u32,
    similarity: Option<Bm25Weight>,
    norms: FieldNormReader,
}

impl PatternScorer {
    /// Goes on until the words stand as wanted.
    fn settle(&mut self) -> DocId {
        loop {
            let doc = self.rows.doc();
            if doc == TERMINATED || self.holds(doc) {
                return doc;
            }
            self.rows.advance();
        }
    }

    /// How many places the present row has.
    pub fn times(&self) -> u32 {
        self.found
    }

    fn holds(&mut self, doc: DocId) -> bool {
        for (postings, positions) in self.leaves.iter_mut().zip(&mut self.ground.leaves) {
            positions.clear();
            for postings in postings.iter_mut() {
                if postings.doc() < doc {
                    postings.seek(doc);
                }
                if postings.doc() == doc {
                    postings.append_positions_with_offset(0, positions);
                }
            }
            positions.sort_unstable();
        }
        ends(&mut self.sentences, doc, &mut self.ground.sentences);
        ends(&mut self.paragraphs, doc, &mut self.ground.paragraphs);
        self.found = places(&self.compiled.pattern, &self.ground).len() as u32;
        self.found > 0
    }
}

fn ends(postings: &mut Option<SegmentPostings>, doc: DocId, positions: &mut Vec<u32>) {
    positions.clear();
    let Some(postings) = postings else { return };
    if postings.doc() < doc {
        postings.seek(doc);
    }
    if postings.doc() == doc {
        postings.positions(positions);
    }
}

impl DocSet for PatternScorer {
    fn advance(&mut self) -> DocId {
        self.rows.advance();
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.rows.doc() >= target {
            return self.rows.doc();
        }
        self.rows.seek(target);
        self.settle()
    }

    fn doc(&self) -> DocId {
        self.rows.doc()
    }

    fn size_hint(&self) -> u32 {
        self.rows.size_hint()
    }

    fn cost(&self) -> u64 {
        // Reading positions costs more than reading rows.
        self.rows.cost() * 4
    }
}

impl Scorer for PatternScorer {
    fn score(&mut self) -> Score {
        let norm = self.norms.fieldnorm_id(self.rows.doc());
        self.similarity.as_ref().map_or(0.0, |weight| weight.score(norm, self.found))
    }
}
