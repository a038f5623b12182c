//! The order of what matched: best first, spread over articles, or by date; the same on every page.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::{DocAddress, DocId, Score, Searcher, SegmentOrdinal, SegmentReader};

use super::article::{Articles, Question};
use super::collect::{Ranked, order};
use super::plan::{plain_text, plan, weight};
use super::schema::Fields;
use super::writer::START_BITS;
use super::{Places, Show, Wanted};
use crate::query::{Expr, Filter, Query, Sort};

type Result<T> = tantivy::Result<T>;

/// The columns that order rows, of every segment.
struct Columns {
    day: Vec<Option<Column<u64>>>,
    tie: Vec<Option<Column<u64>>>,
}

impl Columns {
    fn of(searcher: &Searcher) -> Columns {
        let all = |name: &str| {
            searcher.segment_readers().iter().map(|segment| segment.fast_fields().u64(name).ok()).collect()
        };
        Columns { day: all("day"), tie: all("tie") }
    }

    fn day(&self, at: DocAddress) -> Option<u64> {
        self.day[at.segment_ord as usize].as_ref()?.first(at.doc_id)
    }

    fn tie(&self, at: DocAddress) -> u64 {
        self.tie[at.segment_ord as usize].as_ref().and_then(|column| column.first(at.doc_id)).unwrap_or(0)
    }

    /// The article of a row, as a number that its rows share.
    fn article(&self, at: DocAddress) -> u64 {
        self.tie(at) >> START_BITS
    }

    fn ranked(&self, row: Match) -> Ranked {
        Ranked {
            score: row.score,
            day: self.day(row.address),
            tie: self.tie(row.address),
            address: row.address,
        }
    }
}

/// A row that matched.
#[derive(Clone, Copy, Debug)]
pub(super) struct Match {
    pub score: Score,
    pub address: DocAddress,
}

/// How many rows match, and the first `most` of them in the order asked for.
pub(super) fn first(
    searcher: &Searcher,
    fields: &Fields,
    wanted: Wanted,
    query: &Query<Places>,
    show: &Show,
    most: usize,
) -> Result<(usize, Vec<Ranked>)> {
    let mut found = searcher.search(&*plan(fields, wanted, query), &Matches)?;
    let total = found.len();
    let columns = Columns::of(searcher);
    if query.sort != Sort::Score {
        let mut ranked: Vec<Ranked> = found.into_iter().map(|row| columns.ranked(row)).collect();
        order(&mut ranked, query.sort);
        ranked.truncate(most);
        return Ok((total, ranked));
    }
    if wanted == Wanted::Passages {
        lift(&mut found, &evidence(searcher, fields, query, &columns)?, &columns);
    }
    if let Some(fresh) = show.fresh {
        found.iter_mut().for_each(|row| row.score *= fresh.weight(columns.day(row.address)));
    }
    let spread = wanted == Wanted::Passages && !one_article(query.expr.as_ref());
    Ok((total, best(found, &columns, spread, most)))
}

/// How well each article as a whole answers the words of a query.
fn evidence(
    searcher: &Searcher,
    fields: &Fields,
    query: &Query<Places>,
    columns: &Columns,
) -> Result<HashMap<u64, Score, ById>> {
    let question = Question::new(&query.expr.as_ref().map(plain_text).unwrap_or_default());
    if question.is_empty() {
        return Ok(HashMap::default());
    }
    let found = Articles::new(searcher, fields)?.scores(question.stems())?;
    Ok(found.into_iter().map(|article| (columns.article(article.address), article.score)).collect())
}

fn lift(found: &mut [Match], evidence: &HashMap<u64, Score, ById>, columns: &Columns) {
    if evidence.is_empty() {
        return;
    }
    for row in found {
        let whole = evidence.get(&columns.article(row.address)).copied().unwrap_or(0.0);
        row.score += weight::ARTICLE * whole;
    }
}

/// The first `most` rows by score; where they are spread, each further row of one article weighs less.
///
/// A row only ever loses by being spread. So the first rows by score, reordered, are right down to the
/// score of the worst of them, and more are looked at until enough are right: a page shows the same rows
/// whatever was asked for before it.
fn best(mut found: Vec<Match>, columns: &Columns, spread: bool, most: usize) -> Vec<Ranked> {
    let mut looked_at = (most.saturating_mul(4)).max(100);
    loop {
        let whole = looked_at >= found.len();
        let floor = if whole { Score::NEG_INFINITY } else { at_least(&mut found, looked_at) };
        let first = found.iter().filter(|row| row.score >= floor);
        let mut ranked: Vec<Ranked> = first.map(|row| columns.ranked(*row)).collect();
        order(&mut ranked, Sort::Score);
        if spread {
            spread_out(&mut ranked);
            order(&mut ranked, Sort::Score);
        }
        let right = ranked.partition_point(|row| row.score >= floor);
        if whole || right >= most {
            ranked.truncate(most);
            return ranked;
        }
        looked_at *= 4;
    }
}

/// The score of the row at this place; the rows are left in no order.
fn at_least(found: &mut [Match], place: usize) -> Score {
    found.select_nth_unstable_by(place, |a, b| b.score.total_cmp(&a.score)).1.score
}

/// Each further row of one article weighs less than the one before it.
fn spread_out(ranked: &mut [Ranked]) {
    let mut seen: HashMap<u64, i32> = HashMap::new();
    for row in ranked {
        let before = seen.entry(row.tie >> START_BITS).or_default();
        row.score *= weight::SPREAD.powi(*before);
        *before += 1;
    }
}

/// True when the query names the article whose rows it wants.
fn one_article(expr: Option<&Expr<Places>>) -> bool {
    match expr {
        Some(Expr::Filter(Filter::Article(_))) => true,
        Some(Expr::And(list)) => list.iter().any(|part| one_article(Some(part))),
        _ => false,
    }
}

/// Collects every match and its score; what orders equals is looked up for the best of them alone.
struct Matches;

struct MatchesInSegment {
    segment: SegmentOrdinal,
    found: Vec<Match>,
}

impl Collector for Matches {
    type Fruit = Vec<Match>;
    type Child = MatchesInSegment;

    fn for_segment(&self, segment: SegmentOrdinal, _: &SegmentReader) -> Result<MatchesInSegment> {
        Ok(MatchesInSegment { segment, found: Vec::new() })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, mut parts: Vec<Vec<Match>>) -> Result<Vec<Match>> {
        let first = if parts.is_empty() { Vec::new() } else { parts.swap_remove(0) };
        Ok(parts.into_iter().fold(first, |mut all, part| {
            all.extend(part);
            all
        }))
    }
}

impl SegmentCollector for MatchesInSegment {
    type Fruit = Vec<Match>;

    fn collect(&mut self, doc: DocId, score: Score) {
        self.found.push(Match { score, address: DocAddress::new(self.segment, doc) });
    }

    fn harvest(self) -> Vec<Match> {
        self.found
    }
}

/// A hasher for keys that are evenly spread already: parts of SHA-256.
type ById = BuildHasherDefault<Identity>;

#[derive(Default)]
struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        // The table takes its group from the high bits, too.
        self.0 ^ self.0 << 32
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0 << 8 | u64::from(*byte));
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranked(score: Score, tie: u64) -> Ranked {
        Ranked { score, day: None, tie, address: DocAddress::new(0, tie as u32) }
    }

    #[test]
    fn further_rows_of_one_article_make_room() {
        let mut rows = vec![
            ranked(10.0, 1 << START_BITS),
            ranked(9.9, 1 << START_BITS | 5),
            ranked(9.5, 2 << START_BITS),
        ];
        spread_out(&mut rows);
        order(&mut rows, Sort::Score);
        let ties: Vec<u64> = rows.iter().map(|row| row.tie).collect();
        assert_eq!(ties, [1 << START_BITS, 2 << START_BITS, 1 << START_BITS | 5]);
    }

    #[test]
    fn a_page_is_a_part_of_the_whole_order() {
        let columns = Columns { day: vec![None], tie: vec![None] };
        // Without columns all rows are of one article: the harshest spreading.
        let found: Vec<Match> = (0..1000)
            .map(|doc| Match { score: (doc * 37 % 500) as f32, address: DocAddress::new(0, doc) })
            .collect();
        let scores =
            |most| best(found.clone(), &columns, true, most).iter().map(|row| row.score).collect::<Vec<_>>();
        let whole = scores(1000);
        assert_eq!(whole.len(), 1000);
        for most in [1, 10, 150, 999] {
            assert_eq!(scores(most), whole[..most]);
        }
    }
}
