//! Rankings measured against judgements, in the formats and by the definitions of TREC.
//!
//! Equal to `trec_eval -c`: a run is ordered by score, ties by id in descending order; means are over all
//! queries that have a relevant document; nDCG has linear gains.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

/// How relevant each document is, by query.
pub type Judgements = BTreeMap<String, HashMap<String, i64>>;

/// The documents found for each query, best first.
pub type Run = HashMap<String, Vec<String>>;

/// Reads judgements: lines `qid iteration docid relevance`.
///
/// Errors: the number of a line that has another form, from 1.
pub fn judgements(text: &str) -> Result<Judgements, usize> {
    let mut all = Judgements::new();
    for (at, line) in lines(text) {
        let parts: Vec<&str> = line.split_whitespace().collect();
        let [query, _, document, relevance] = parts.as_slice() else { return Err(at) };
        let relevance = relevance.parse().map_err(|_| at)?;
        all.entry(query.to_string()).or_default().insert(document.to_string(), relevance);
    }
    all.retain(|_, documents| documents.values().any(|&relevance| relevance > 0));
    Ok(all)
}

/// Reads a run: lines `qid Q0 docid rank score tag`. The rank is not looked at, the score is; of a document
/// that is there twice the last line counts.
///
/// Errors: the number of a line that has another form, from 1.
pub fn run(text: &str) -> Result<Run, usize> {
    let mut scores: HashMap<String, HashMap<String, f64>> = HashMap::new();
    for (at, line) in lines(text) {
        let parts: Vec<&str> = line.split_whitespace().collect();
        let [query, _, document, _, score, ..] = parts.as_slice() else { return Err(at) };
        let score: f64 = score.parse().map_err(|_| at)?;
        scores.entry(query.to_string()).or_default().insert(document.to_string(), score);
    }
    let ordered = |documents: HashMap<String, f64>| {
        let mut list: Vec<(String, f64)> = documents.into_iter().collect();
        list.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| b.0.cmp(&a.0)));
        list.into_iter().map(|(document, _)| document).collect()
    };
    Ok(scores.into_iter().map(|(query, documents)| (query, ordered(documents))).collect())
}

fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(at, line)| (at + 1, line)).filter(|(_, line)| !line.trim().is_empty())
}

/// Means over all judged queries, each from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Measures {
    /// Queries that have a relevant document.
    pub queries: usize,
    /// Normalised discounted cumulative gain of the first ten, with linear gains.
    pub ndcg10: f64,
    /// Mean average precision of the first thousand.
    pub map: f64,
    /// Share of the first ten that is relevant.
    pub p10: f64,
    /// Share of the relevant that is among the first thousand.
    pub recall1000: f64,
}

/// Measures a run.
pub fn measure(judgements: &Judgements, run: &Run) -> Measures {
    let mut sum = Measures::default();
    for (query, relevance) in judgements {
        let empty = Vec::new();
        let one = of_query(relevance, run.get(query).unwrap_or(&empty));
        sum.ndcg10 += one.ndcg10;
        sum.map += one.map;
        sum.p10 += one.p10;
        sum.recall1000 += one.recall1000;
    }
    let queries = judgements.len();
    let mean = |total: f64| total / queries.max(1) as f64;
    Measures {
        queries,
        ndcg10: mean(sum.ndcg10),
        map: mean(sum.map),
        p10: mean(sum.p10),
        recall1000: mean(sum.recall1000),
    }
}

fn of_query(relevance: &HashMap<String, i64>, ranked: &[String]) -> Measures {
    let gain = |document: &String| relevance.get(document).copied().unwrap_or(0).max(0);
    let mut best: Vec<i64> = relevance.values().map(|&value| value.max(0)).collect();
    best.sort_unstable_by(|a, b| b.cmp(a));
    let ideal = discounted(best.into_iter().take(10));
    let relevant = relevance.values().filter(|&&value| value > 0).count() as f64;
    let (mut hits, mut precision) = (0.0, 0.0);
    for (at, document) in ranked.iter().take(1000).enumerate() {
        if gain(document) > 0 {
            hits += 1.0;
            precision += hits / (at + 1) as f64;
        }
    }
    let first = ranked.iter().take(10);
    Measures {
        queries: 1,
        ndcg10: discounted(first.clone().map(gain)) / ideal,
        map: precision / relevant,
        p10: first.filter(|document| gain(document) > 0).count() as f64 / 10.0,
        recall1000: hits / relevant,
    }
}

fn discounted(gains: impl Iterator<Item = i64>) -> f64 {
    gains.enumerate().map(|(at, gain)| gain as f64 / (at as f64 + 2.0).log2()).sum()
}

/// Queries of a judgement list that a run holds nothing for; they count as zero.
pub fn unanswered<'j>(judgements: &'j Judgements, run: &Run) -> Vec<&'j str> {
    let answered: HashSet<&str> = run.keys().map(String::as_str).collect();
    judgements.keys().map(String::as_str).filter(|query| !answered.contains(query)).collect()
}

impl fmt::Display for Measures {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Measures { queries, ndcg10, map, p10, recall1000 } = self;
        write!(
            out,
            "queries {queries}  ndcg@10 {ndcg10:.4}  map {map:.4}  p@10 {p10:.4}  recall@1000 {recall1000:.4}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worked by hand: relevant are a (2), b (1), c (1); found are x, a, b.
    #[test]
    fn as_worked_by_hand() {
        let judged = judgements("1 0 a 2\n1 0 b 1\n1 0 c 1\n1 0 x 0\n2 0 y 0\n").unwrap();
        let found = run("1 Q0 b 1 0.5 t\n1 Q0 x 2 9 t\n1 Q0 a 3 1e0 t\n").unwrap();
        let got = measure(&judged, &found);
        let log = |n: f64| n.log2();
        let ideal = 2.0 + 1.0 / log(3.0) + 1.0 / 2.0;
        assert_eq!(got.queries, 1, "a query without a relevant document is not counted");
        assert!((got.ndcg10 - (2.0 / log(3.0) + 0.5) / ideal).abs() < 1e-12);
        assert!((got.map - (1.0 / 2.0 + 2.0 / 3.0) / 3.0).abs() < 1e-12);
        assert!((got.p10 - 0.2).abs() < 1e-12);
        assert!((got.recall1000 - 2.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn ties_fall_by_id_downwards_as_in_trec_eval() {
        assert_eq!(run("1 Q0 a 1 1 t\n1 Q0 b 2 1 t\n").unwrap()["1"], ["b", "a"]);
    }

    #[test]
    fn a_missing_query_counts_as_zero_and_is_named() {
        let judged = judgements("1 0 a 1\n2 0 a 1\n").unwrap();
        let found = run("1 Q0 a 1 1 t\n").unwrap();
        assert_eq!(measure(&judged, &found).ndcg10, 0.5);
        assert_eq!(unanswered(&judged, &found), ["2"]);
    }

    #[test]
    fn a_line_of_another_form_is_named() {
        assert_eq!(judgements("1 0 a 1\n1 0 a\n"), Err(2));
        assert_eq!(run("1 Q0 a 1 high t\n"), Err(1));
    }
}
