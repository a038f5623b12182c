//! Rows that copies of one article have in common, shown as one.

use std::cmp::{Ordering, Reverse};
use std::collections::{HashMap, HashSet};

use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocSet, SegmentReader, TERMINATED, Term};

use super::collect::Match;
use super::schema::Fields;
use crate::sketch::{self, Entry};

/// What tells the twins of a row of an article that has copies.
pub(super) struct Told {
    pub story: u64,
    pub quote: bool,
    pub article: u32,
    /// A number of its words.
    pub same: u64,
    pub address: DocAddress,
    /// Which of equals comes first: by date, then by article.
    pub order: (Reverse<u64>, u64),
}

/// Where a row stands among rows that copies of its article have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Twin {
    /// Their number; 0 for a row of an article without copies.
    pub group: u32,
    /// Its place among them, as far as nothing else orders them.
    pub place: u32,
}

/// Numbers groups of rows that copies of one article have in common, from 1; alone is alone in its group.
/// Returns how many numbers are in use, 0 among them.
///
/// The groups do not depend on what is asked, so that counts are the same in every order and on every page.
pub(super) fn number(mut rows: Vec<Told>, twins: &mut [Vec<Twin>]) -> usize {
    rows.sort_unstable_by_key(|row| (row.story, row.quote, row.order, row.address));
    let mut groups = 1;
    for kin in rows.chunk_by(|a, b| (a.story, a.quote) == (b.story, b.quote)) {
        let mut known = Known::default();
        for row in kin {
            // What one article says twice stays twice.
            let twin = known.of(row).unwrap_or_else(|| {
                groups += 1;
                known.begin(row, groups - 1)
            });
            twins[row.address.segment_ord as usize][row.address.doc_id as usize] = twin;
        }
    }
    groups as usize
}

/// The groups of one story, found by what their first rows say.
#[derive(Default)]
struct Known {
    /// What the first row of a group says, the group's number, and how many rows it has.
    groups: Vec<(u64, u32, u32)>,
    /// Which of them may be like a row, by what both say in part.
    by_part: HashMap<(usize, u64), Vec<usize>>,
    /// Which articles have a row in which of them.
    members: HashSet<(usize, u32)>,
}

/// Groups that a row is compared with for each part: a story of many copies that say one thing many times
/// over must not take time by the square of their number.
const MOST_COMPARED: usize = 64;

impl Known {
    /// The place of a row in the first group that is like it and has none of its article's rows.
    fn of(&mut self, row: &Told) -> Option<Twin> {
        let alike = |same: u64| match row.quote {
            false => sketch::passages_alike(same, row.same),
            true => same == row.same,
        };
        let likely = parts(row).filter_map(|part| self.by_part.get(&part));
        let fits = |at: &&usize| alike(self.groups[**at].0) && !self.members.contains(&(**at, row.article));
        let at = *likely.filter_map(|at| at.iter().find(fits)).min()?;
        self.members.insert((at, row.article));
        let (_, group, rows) = &mut self.groups[at];
        *rows += 1;
        Some(Twin { group: *group, place: *rows - 1 })
    }

    fn begin(&mut self, row: &Told, group: u32) -> Twin {
        let at = self.groups.len();
        self.groups.push((row.same, group, 1));
        self.members.insert((at, row.article));
        for part in parts(row) {
            let of_part = self.by_part.entry(part).or_default();
            if of_part.len() < MOST_COMPARED {
                of_part.push(at);
            }
        }
        Twin { group, place: 0 }
    }
}

/// What two rows that are alike have in common at least one of: equal quotes all of it; passages, of whose
/// eight bytes five agree, one of four pairs.
fn parts(row: &Told) -> impl Iterator<Item = (usize, u64)> {
    let (count, bits) = if row.quote { (1, 64) } else { (4, 16) };
    let same = row.same;
    (0..count).map(move |at| (at, same >> (at * bits) & (u64::MAX >> (64 - bits))))
}

/// Leaves out rows that repeat, in a copy of an article, one that ranks higher; returns them. `order`
/// tells which of two comes first as far as the question does.
pub(super) fn fold(
    found: &mut Vec<Match>,
    groups: usize,
    twin: impl Fn(DocAddress) -> Twin,
    order: impl Fn(&Match, &Match) -> Ordering,
) -> Vec<Match> {
    const NONE: u32 = u32::MAX;
    let mut repeated = Vec::new();
    if groups <= 1 {
        return repeated;
    }
    let mut first = vec![NONE; groups];
    let mut kept = 0;
    for at in 0..found.len() {
        let row = found[at];
        if !row.twin {
            found[kept] = row;
            kept += 1;
            continue;
        }
        let Twin { group, place } = twin(row.address);
        let group = group as usize;
        let known = if group == 0 { NONE } else { first[group] };
        if known == NONE {
            first[group] = kept as u32;
            found[kept] = row;
            kept += 1;
            continue;
        }
        let known = &mut found[known as usize];
        if order(&row, known).then_with(|| place.cmp(&twin(known.address).place)).is_lt() {
            repeated.push(std::mem::replace(known, row));
        } else {
            repeated.push(row);
        }
    }
    found.truncate(kept);
    repeated
}

/// How many rows are left where those that repeat another are left out.
pub(super) fn distinct(found: &[Match], groups: usize, twin: impl Fn(DocAddress) -> Twin) -> usize {
    if groups <= 1 {
        return found.len();
    }
    let mut met = vec![false; groups];
    let mut left = 0;
    for row in found {
        let group = if row.twin { twin(row.address).group as usize } else { 0 };
        // Without branches: whether a row is the first of its group cannot be foreseen.
        left += usize::from(group == 0 || !met[group]);
        met[group] = true;
    }
    left
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows as story, article and words → the group of each.
    fn groups(rows: &[(u64, u32, u64)]) -> Vec<u32> {
        let mut twins = vec![vec![Twin::default(); rows.len()]];
        let told = |(at, &(story, article, same)): (usize, &(u64, u32, u64))| Told {
            story,
            quote: true,
            article,
            same,
            address: DocAddress::new(0, at as u32),
            order: (Reverse(0), at as u64),
        };
        number(rows.iter().enumerate().map(told).collect(), &mut twins);
        twins.remove(0).into_iter().map(|twin| twin.group).collect()
    }

    #[test]
    fn rows_of_copies_are_twins_and_what_one_article_repeats_is_not() {
        assert_eq!(groups(&[(1, 1, 7), (1, 2, 7), (1, 2, 8)]), [1, 1, 2]);
        assert_eq!(groups(&[(1, 1, 7), (1, 1, 7), (1, 2, 7), (1, 2, 7)]), [1, 2, 1, 2]);
        assert_eq!(groups(&[(1, 1, 7), (2, 2, 7)]), [1, 2], "another story");
    }

    #[test]
    fn passages_are_twins_where_most_of_them_is_alike() {
        let told = |(article, same): (u32, u64)| Told {
            story: 1,
            quote: false,
            article,
            same,
            address: DocAddress::new(0, article),
            order: (Reverse(0), u64::from(article)),
        };
        let same = [0x0807_0605_0403_0201, 0x0807_0600_0003_0201, 0x0800_0600_0000_0201];
        let rows = (0..).zip(same).map(told).collect();
        let mut twins = vec![vec![Twin::default(); 3]];
        number(rows, &mut twins);
        let groups: Vec<u32> = twins[0].iter().map(|twin| twin.group).collect();
        assert_eq!(groups, [1, 1, 2], "six and four of eight bytes agree with the first");
    }
}
