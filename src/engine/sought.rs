//! A term, looked up once in every segment, and its rows gone through block by block.

use tantivy::postings::TermInfo;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, TERMINATED, Term};

/// A term of an index.
pub(super) struct Sought {
    field: Field,
    infos: Vec<Option<TermInfo>>,
    /// How many rows hold it, deleted ones among them.
    pub rows: f32,
}

impl Sought {
    /// Looks a term up.
    pub fn of(searcher: &Searcher, term: &Term) -> tantivy::Result<Sought> {
        let mut infos = Vec::with_capacity(searcher.segment_readers().len());
        for segment in searcher.segment_readers() {
            infos.push(segment.inverted_index(term.field())?.get_term_info(term)?);
        }
        let rows = infos.iter().flatten().map(|info| info.doc_freq as f32).sum();
        Ok(Sought { field: term.field(), infos, rows })
    }

    /// Its rows in a segment, with how often each holds it; deleted ones among them.
    pub fn each(
        &self,
        searcher: &Searcher,
        segment: usize,
        mut block: impl FnMut(&[u32], &[u32]),
    ) -> tantivy::Result<()> {
        let Some(Some(info)) = self.infos.get(segment) else { return Ok(()) };
        let index = searcher.segment_readers()[segment].inverted_index(self.field)?;
        let record = IndexRecordOption::WithFreqs;
        let mut postings = index.read_block_postings_from_terminfo(info, record)?;
        while let [first, ..] = postings.docs()
            && *first != TERMINATED
        {
            block(postings.docs(), postings.freqs());
            postings.advance();
        }
        Ok(())
    }
}
