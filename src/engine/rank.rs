//! The order of what matched: best first, spread over articles, or by date; the same on every page.

use std::cmp::Ordering;
use std::collections::HashMap;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocId, DocSet, Score, Searcher, SegmentOrdinal, SegmentReader, Term};

use super::article::{Articles, Question};
use super::collect::{Columns, Match, Ranked, compare, order};
use super::plan::{self, plain_text, plan};
use super::schema::Fields;
use super::sought::{Key, Sought};
use super::standing::Standing;
use super::writer::START_BITS;
use super::{Places, Show, Wanted, bag, copies, weight};
use crate::document::Grade;
use crate::query::{Expr, Filter, Query, Sort};

type Result<T> = tantivy::Result<T>;

/// Where rows are looked for.
pub(super) struct Asked<'a> {
    pub searcher: &'a Searcher,
    pub fields: &'a Fields,
    pub standing: &'a Standing,
    pub wanted: Wanted,
    /// Show every copy of a text.
    pub every_copy: bool,
}

/// What was found.
pub(super) struct Found {
    /// How many rows match; what copies have in common counts once.
    pub total: usize,
    /// The first of them.
    pub ranked: Vec<Ranked>,
    /// Words that even the article lacks that holds most of them.
    pub lacking: Vec<String>,
    /// Rows among which are those that repeat what is shown.
    others: Vec<Match>,
}

impl Asked<'_> {
    /// How many rows match, and the first `most` of them in the order asked for.
    pub fn first(&self, query: &Query<Places>, show: &Show, most: usize) -> Result<Found> {
        let columns = &self.standing.columns;
        let (mut found, lacking) = self.matches(query)?;
        if let Some(fresh) = show.fresh.filter(|_| query.sort == Sort::Score) {
            found.iter_mut().for_each(|row| row.score *= fresh.weight(columns.day(row.address)));
        }
        if query.sort == Sort::Score {
            let spread = self.wanted == Wanted::Passages && !one_article(query.expr.as_ref());
            let total = if self.every_copy { found.len() } else { self.distinct(&found) };
            let fold = |rows: &mut Vec<Match>| {
                if !self.every_copy {
                    self.fold(rows, |a, b| b.score.total_cmp(&a.score));
                }
            };
            let ranked = best(&mut found, columns, fold, spread, most);
            return Ok(Found { total, ranked, lacking, others: found });
        }
        let before = |a: &Match, b: &Match| compare(query.sort, &columns.ranked(*a), &columns.ranked(*b));
        let others = if self.every_copy { Vec::new() } else { self.fold(&mut found, before) };
        let total = found.len();
        let mut ranked: Vec<Ranked> = found.into_iter().map(|row| columns.ranked(row)).collect();
        if most < ranked.len() {
            ranked.select_nth_unstable_by(most, |a, b| compare(query.sort, a, b));
            ranked.truncate(most);
        }
        order(&mut ranked, query.sort);
        Ok(Found { total, ranked, lacking, others })
    }

    /// All rows that match, in no order; of what copies have in common only one.
    pub fn all(&self, query: &Query<Places>) -> Result<Vec<DocAddress>> {
        // In no order: how strong the evidence is tells nothing here.
        let (mut found, _) = self.ungraded(query)?;
        if !self.every_copy {
            self.fold(&mut found, |_, _| Ordering::Equal);
        }
        Ok(found.into_iter().map(|row| row.address).collect())
    }

    fn fold(&self, found: &mut Vec<Match>, order: impl Fn(&Match, &Match) -> Ordering) -> Vec<Match> {
        copies::fold(found, self.standing.groups, |at| self.standing.twin(at), order)
    }

    fn distinct(&self, found: &[Match]) -> usize {
        copies::distinct(found, self.standing.groups, |at| self.standing.twin(at))
    }

    /// The rows that repeat each of these, best first.
    pub fn repeated(&self, found: &Found, shown: &[DocAddress]) -> HashMap<DocAddress, Vec<DocAddress>> {
        let group = |at: &DocAddress| Some(self.standing.twin(*at).group).filter(|group| *group > 0);
        let leaders: HashMap<u32, DocAddress> =
            shown.iter().filter_map(|at| Some((group(at)?, *at))).collect();
        let columns = &self.standing.columns;
        let mut copies: HashMap<DocAddress, Vec<Ranked>> = HashMap::new();
        if self.every_copy || leaders.is_empty() {
            return HashMap::new();
        }
        let mut sought = vec![false; self.standing.groups];
        leaders.keys().for_each(|group| sought[*group as usize] = true);
        for row in found.others.iter().filter(|row| row.twin) {
            let group = self.standing.twin(row.address).group;
            if !sought[group as usize] {
                continue;
            }
            if let Some(leader) = leaders.get(&group).filter(|leader| **leader != row.address) {
                copies.entry(*leader).or_default().push(columns.ranked(*row));
            }
        }
        copies.values_mut().for_each(|rows| order(rows, Sort::Score));
        let addresses = |rows: Vec<Ranked>| rows.into_iter().map(|row| row.address).collect();
        copies.into_iter().map(|(leader, rows)| (leader, addresses(rows))).collect()
    }

    fn matches(&self, query: &Query<Places>) -> Result<(Vec<Match>, Vec<String>)> {
        let (mut found, lacking) = self.ungraded(query)?;
        if let Some((places, least)) = plan::graded_late(self.wanted, query)
            && query.sort == Sort::Score
        {
            self.grade(&mut found, places, least)?;
        }
        Ok((found, lacking))
    }

    /// Adds how strong the evidence is that rows are about a region.
    fn grade(&self, found: &mut [Match], places: &Places, least: Grade) -> Result<()> {
        found.sort_unstable_by_key(|row| row.address);
        let mut strongest = vec![0.0f32; found.len()];
        for id in &places.ids {
            let mut reached = vec![0.0; found.len()];
            for grade in Grade::ALL.into_iter().filter(|grade| *grade < least) {
                self.reach(&plan::graded(self.fields, grade, *id), found, &mut reached)?;
            }
            strongest.iter_mut().zip(reached).for_each(|(most, reached)| *most = most.max(reached));
        }
        found.iter_mut().zip(strongest).for_each(|(row, more)| row.score += more);
        Ok(())
    }

    /// Counts a grade for the rows that reach it; rows in order.
    fn reach(&self, grade: &Term, found: &[Match], reached: &mut [f32]) -> Result<()> {
        let mut at = 0;
        for rows in found.chunk_by(|a, b| a.address.segment_ord == b.address.segment_ord) {
            let segment = self.searcher.segment_reader(rows[0].address.segment_ord);
            let index = segment.inverted_index(grade.field())?;
            let reached = &mut reached[at..at + rows.len()];
            at += rows.len();
            let Some(mut postings) = index.read_postings(grade, IndexRecordOption::Basic)? else { continue };
            for (row, reached) in rows.iter().zip(reached) {
                if postings.doc() < row.address.doc_id {
                    postings.seek(row.address.doc_id);
                }
                if postings.doc() == row.address.doc_id {
                    *reached += weight::GRADE;
                }
            }
        }
        Ok(())
    }

    fn ungraded(&self, query: &Query<Places>) -> Result<(Vec<Match>, Vec<String>)> {
        if let Some(bag) = plan::bag(self.fields, self.wanted, query) {
            return bag::matches(self.searcher, self.fields, self.wanted, &bag, self.standing);
        }
        let mut found = self.searcher.search(&*plan(self.fields, self.wanted, query), &Matches)?;
        self.lift(&mut found, query)?;
        Ok((found, Vec::new()))
    }

    /// Adds what headlines tell, and to passages how well each article as a whole answers the words of a query.
    fn lift(&self, found: &mut [Match], query: &Query<Places>) -> Result<()> {
        let question = Question::new(&query.expr.as_ref().map(plain_text).unwrap_or_default());
        if question.is_empty() {
            return Ok(());
        }
        let articles = Articles::new(self.searcher, self.fields, self.standing);
        let mut scores = vec![0.0; self.standing.articles()];
        for (stem, n) in question.stems() {
            let title = Sought::of(self.searcher, &Key::text(self.fields.title, stem))?;
            articles.headlined(&title, |article, part| scores[article as usize] += weight::TITLE * part)?;
            if self.wanted == Wanted::Passages {
                let held = articles.held(stem)?;
                let weight = weight::ARTICLE * n * articles.telling_of(&held);
                articles.each(&held, |article, part| scores[article as usize] += weight * part);
            }
        }
        for row in found {
            if let Some(article) = self.standing.article(self.wanted, row.address) {
                row.score += scores[article as usize];
            }
        }
        Ok(())
    }
}

/// The first `most` rows by score; where they are spread, each further row of one article weighs less.
///
/// A row only ever loses by being spread. So the first rows by score, reordered, are right down to the
/// score of the worst of them, and more are looked at until enough are right: a page shows the same rows
/// whatever was asked for before it. `fold` leaves out rows that repeat one that ranks higher: it, too, need
/// only see those that are looked at.
fn best(
    found: &mut [Match],
    columns: &Columns,
    fold: impl Fn(&mut Vec<Match>),
    spread: bool,
    most: usize,
) -> Vec<Ranked> {
    let mut looked_at = (most.saturating_mul(4)).max(100);
    loop {
        let whole = looked_at >= found.len();
        let floor = if whole { Score::NEG_INFINITY } else { at_least(found, looked_at) };
        let mut first: Vec<Match> = found.iter().filter(|row| row.score >= floor).copied().collect();
        fold(&mut first);
        let mut ranked: Vec<Ranked> = first.into_iter().map(|row| columns.ranked(row)).collect();
        // Where many are equal, only those that are shown need an order.
        if !spread && most < ranked.len() {
            ranked.select_nth_unstable_by(most, |a, b| compare(Sort::Score, a, b));
            ranked.truncate(most);
        }
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
        self.found.push(Match { score, address: DocAddress::new(self.segment, doc), twin: true });
    }

    fn harvest(self) -> Vec<Match> {
        self.found
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
            .map(|doc| Match { score: (doc * 37 % 500) as f32, address: DocAddress::new(0, doc), twin: true })
            .collect();
        let scores = |most| {
            best(&mut found.clone(), &columns, |_| (), true, most)
                .iter()
                .map(|row| row.score)
                .collect::<Vec<_>>()
        };
        let whole = scores(1000);
        assert_eq!(whole.len(), 1000);
        for most in [1, 10, 150, 999] {
            assert_eq!(scores(most), whole[..most]);
        }
    }
}
