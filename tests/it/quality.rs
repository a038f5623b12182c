//! Quality is a golden file: a change in extraction shows as a diff that is to be argued.

use onrecord::eval::{Scores, line};
use onrecord::extract::extract;
use onrecord::gazetteer::Gazetteer;
use onrecord::gold::{self, Line};

use crate::support::root;

#[test]
fn scores_on_the_corpus_are_as_written() {
    let gold: Vec<Line> = include_str!("../gold/corpus.jsonl")
        .lines()
        .map(|text| serde_json::from_str(text).unwrap())
        .collect();
    let mut scores = Scores::default();
    for wanted in &gold {
        let document = extract(gold::article(&wanted.id, &wanted.text), Gazetteer::embedded());
        scores.add(wanted, &line(wanted, &document, Gazetteer::embedded()));
    }
    let path = root().join("tests/gold/scores.txt");
    let found = format!("{scores}\n{}", scores.phenomena_table());
    if std::env::var_os("ONRECORD_BLESS").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, written, "scores moved; if that is right, run the tests again with ONRECORD_BLESS=1");
}

#[test]
fn gold_against_itself_is_perfect() {
    let gold: Vec<Line> = include_str!("../gold/corpus.jsonl")
        .lines()
        .map(|text| serde_json::from_str(text).unwrap())
        .collect();
    let mut scores = Scores::default();
    for line in &gold {
        scores.add(line, line);
    }
    let all = scores.quotes.unwrap()[0];
    assert_eq!((all.gold, all.found), (all.matched, all.right));
    let places = scores.places.unwrap();
    assert_eq!(places.gold, places.matched);
}
