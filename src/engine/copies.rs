//! Rows that copies of one article have in common, shown as one.

use std::collections::HashMap;

use tantivy::columnar::Column;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocSet, SegmentReader, TERMINATED, Term};

use super::Wanted;
use super::collect::Ranked;
use super::schema::Fields;
use crate::sketch::{self, Entry};

/// Rows without those that only repeat one before them.
pub(super) struct Folded {
    pub ranked: Vec<Ranked>,
    /// Where each row is repeated.
    pub copies: HashMap<DocAddress, Vec<DocAddress>>,
}

impl Folded {
    /// Nothing is left out.
    pub fn nothing(ranked: Vec<Ranked>) -> Folded {
        Folded { ranked, copies: HashMap::new() }
    }
}

/// The columns of a segment that tell copies.
struct Columns {
    copy: Option<Column<u64>>,
    same: Option<Column<u64>>,
}

/// A row that stands for those that repeat it.
struct Leader {
    address: DocAddress,
    same: u64,
    articles: Vec<u64>,
}

/// Leaves out rows that repeat, in a copy of an article, one that ranks higher.
pub(super) fn fold(
    ranked: Vec<Ranked>,
    wanted: Wanted,
    stories: &HashMap<u64, u64>,
    segments: &[SegmentReader],
) -> Folded {
    if stories.is_empty() {
        return Folded::nothing(ranked);
    }
    let columns: Vec<Columns> = segments
        .iter()
        .map(|segment| segment.fast_fields())
        .map(|fast| Columns { copy: fast.u64("copy").ok(), same: fast.u64("same").ok() })
        .collect();
    let value = |column: &Option<Column<u64>>, doc| column.as_ref().and_then(|column| column.first(doc));
    let alike = |a: u64, b: u64| match wanted {
        Wanted::Passages => sketch::passages_alike(a, b),
        Wanted::Quotes => a == b,
    };
    let mut leaders: HashMap<u64, Vec<Leader>> = HashMap::new();
    let mut folded = Folded::nothing(Vec::with_capacity(ranked.len()));
    for row in ranked {
        let DocAddress { segment_ord, doc_id } = row.address;
        let told = columns.get(segment_ord as usize).and_then(|columns| {
            let article = value(&columns.copy, doc_id)?;
            Some((article, *stories.get(&article)?, value(&columns.same, doc_id)?))
        });
        let Some((article, story, same)) = told else {
            folded.ranked.push(row);
            continue;
        };
        let list = leaders.entry(story).or_default();
        // What one article says twice stays twice.
        let leader =
            list.iter_mut().find(|leader| alike(leader.same, same) && !leader.articles.contains(&article));
        match leader {
            Some(leader) => {
                leader.articles.push(article);
                folded.copies.entry(leader.address).or_default().push(row.address);
            }
            None => {
                list.push(Leader { address: row.address, same, articles: vec![article] });
                folded.ranked.push(row);
            }
        }
    }
    folded
}

/// The story of each article that has copies, as the index tells it.
pub(super) fn stories(segments: &[SegmentReader], fields: &Fields) -> tantivy::Result<HashMap<u64, u64>> {
    let mut stories = HashMap::new();
    for segment in segments {
        let fast = segment.fast_fields();
        let (copy, story) = (fast.u64("copy")?, fast.u64("story")?);
        each_row(segment, fields, "copy", |doc| {
            stories.extend(copy.first(doc).zip(story.first(doc)));
        })?;
    }
    Ok(stories)
}

/// What decides which articles are copies, of every article.
pub(super) fn entries(segments: &[SegmentReader], fields: &Fields) -> tantivy::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for segment in segments {
        let fast = segment.fast_fields();
        let (copy, same, sketch) = (fast.u64("copy")?, fast.u64("same")?, fast.u64("sketch")?);
        let Some(ids) = fast.str("article")? else { continue };
        let mut named: Vec<(u64, Entry)> = Vec::new();
        each_row(segment, fields, "article", |doc| {
            let mut parts = [0; 16];
            for (part, value) in parts.iter_mut().zip(sketch.values_for_doc(doc)) {
                *part = value;
            }
            let (Some(copy), Some(body)) = (copy.first(doc), same.first(doc)) else { return };
            let entry = Entry { copy, id: String::new(), body, sketch: parts };
            named.extend(ids.term_ords(doc).next().map(|ord| (ord, entry)));
        })?;
        named.sort_unstable_by_key(|(ord, _)| *ord);
        let mut stream = ids.dictionary().stream()?;
        let mut at = None;
        for (ord, mut entry) in named {
            while at.is_none_or(|at| at < ord) && stream.advance() {
                at = Some(at.map_or(0, |at| at + 1));
            }
            entry.id = String::from_utf8_lossy(stream.key()).into_owned();
            entries.push(entry);
        }
    }
    Ok(entries)
}

/// Every row of a kind that is not deleted.
fn each_row(
    segment: &SegmentReader,
    fields: &Fields,
    kind: &str,
    mut each: impl FnMut(u32),
) -> tantivy::Result<()> {
    let term = Term::from_field_text(fields.row, kind);
    let inverted = segment.inverted_index(fields.row)?;
    let Some(postings) = inverted.read_postings(&term, IndexRecordOption::Basic)? else { return Ok(()) };
    alive(segment, postings).for_each(&mut each);
    Ok(())
}

/// The rows of a list that are not deleted.
pub(super) fn alive(segment: &SegmentReader, mut postings: impl DocSet) -> impl Iterator<Item = u32> {
    let all = std::iter::from_fn(move || {
        let doc = postings.doc();
        if doc != TERMINATED {
            postings.advance();
        }
        (doc != TERMINATED).then_some(doc)
    });
    all.filter(|doc| !segment.is_deleted(*doc))
}
