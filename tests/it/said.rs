//! Who said what, to whom, about which region.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{Corpus, folder, run_in};

fn words(hit: &Value) -> String {
    let pieces = hit["content"].as_array().expect("content");
    pieces.iter().map(|piece| piece["text"].as_str().unwrap_or_default()).collect::<Vec<_>>().join(" … ")
}

/// Indexes one article and asks for its quotes.
fn quotes_of(text: &str, args: &[&str]) -> Vec<Value> {
    let news = folder(&[("news/a.txt", text)]);
    run_in(news.path(), &["index", "news"]);
    run_in(news.path(), &[&["said", "--format", "json", "-n", "50"], args].concat()).hits()
}

#[test]
fn every_span_slices_the_stored_body_to_the_words_shown() {
    let corpus = Corpus::indexed();
    let hits = corpus.run(&["said", "--format", "json", "-n", "1000"]).hits();
    assert!(hits.len() > 200, "{}", hits.len());
    let mut bodies: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for hit in &hits {
        let id = hit["article"]["id"].as_str().unwrap().to_string();
        let bodies = bodies.entry(id.clone()).or_insert_with(|| {
            let shown = corpus.run(&["show", &id, "--format", "json"]).json();
            vec![shown["article"]["body"].as_str().unwrap().to_string()]
        });
        let slice = |piece: &Value| {
            let span = piece["span"].as_array().unwrap();
            bodies[0]
                .get(span[0].as_u64().unwrap() as usize..span[1].as_u64().unwrap() as usize)
                .map(str::to_string)
        };
        let mut pieces: Vec<&Value> = hit["content"].as_array().unwrap().iter().collect();
        pieces.extend([
            &hit["context"],
            &hit["cue"],
            &hit["speaker"]["mention"],
            &hit["addressee"]["mention"],
        ]);
        pieces.extend(hit["about"].as_array().unwrap().iter().map(|about| &about["evidence"]));
        for piece in pieces.into_iter().filter(|piece| !piece.is_null()) {
            assert_eq!(slice(piece).as_deref(), piece["text"].as_str(), "{hit}");
        }
    }
}

#[test]
fn filters_mix() {
    let corpus = Corpus::indexed();
    let count = |args: &[&str]| {
        corpus.run(&[&["said", "--format", "json", "-n", "1000"], args].concat()).hits().len()
    };
    let all = count(&["--about", "Donetsk"]);
    let by = count(&["--about", "Donetsk", "--by", "Lindqvist"]);
    let direct = count(&["--about", "Donetsk", "--by", "Lindqvist", "--kind", "direct"]);
    assert!(all > by && by > direct && direct > 0, "{all} {by} {direct}");
    assert!(count(&["--about", "Ukraine"]) >= all, "what is about Donetsk is about Ukraine");
    assert!(count(&["--about", "Donetsk", "--about-min", "in_quote"]) < all);
    assert_eq!(count(&["--about", "Donetsk", "--until", "2001"]), 0);
    assert_eq!(count(&["--by", "Nobody Atall"]), 0);
    let both = count(&["--by", "Lindqvist", "--by", "Holubenko"]);
    assert!(both > count(&["--by", "Lindqvist"]), "filters of one kind are alternatives");
}

#[test]
fn a_plain_question_is_read_as_its_filters() {
    let corpus = Corpus::indexed();
    let asked = corpus.run(&["said", "who said what about Donetsk?", "--format", "json"]).json();
    let flagged = corpus.run(&["said", "--about", "Donetsk", "--format", "json"]).json();
    assert_eq!(asked["read_as"], "about:\"Donetsk\"");
    assert_eq!(asked["total"], flagged["total"]);
}

#[test]
fn georgia_is_two_places() {
    let corpus = Corpus::indexed();
    let paths = |region: &str| {
        let hits = corpus
            .run(&["said", "--about", region, "--about-min", "in_quote", "--format", "json", "-n", "100"])
            .hits();
        hits.iter()
            .map(|hit| hit["article"]["path"].as_str().unwrap().rsplit('/').next().unwrap().to_string())
            .collect::<Vec<_>>()
    };
    let country = paths("Georgia (country)");
    assert!(country.iter().any(|path| path.contains("railway")), "{country:?}");
    assert!(!country.iter().any(|path| path.contains("landfill")), "{country:?}");
}

#[test]
fn unknown_speakers_stay_unknown() {
    let hits = quotes_of(
        "A note was left on the door.\n\n“Nobody here will ever talk about the fire,” it read.\n",
        &[],
    );
    for hit in &hits {
        assert!(hit["speaker"].is_null() || hit["speaker"]["name"] != "door", "{hit}");
    }
    let floating = quotes_of(
        "Fire at mill\n\nThe mill burned all night long in the valley.\n\n“We have lost everything that we ever built here.”\n",
        &[],
    );
    assert!(floating.iter().all(|hit| hit["speaker"].is_null()), "{floating:?}");
}

#[test]
fn an_interrupted_quote_keeps_its_pieces_and_addressee() {
    let hits = quotes_of(
        "“We will wait,” Anna Reed told Boris Lang in Tbilisi on Monday. “But not for ever.”\n",
        &["--to", "Lang"],
    );
    assert_eq!(hits.len(), 1);
    assert_eq!(words(&hits[0]), "We will wait, … But not for ever.");
    assert_eq!(hits[0]["speaker"]["name"], "Anna Reed");
    assert_eq!(hits[0]["kind"], "direct");
    assert!(
        hits[0]["about"]
            .as_array()
            .unwrap()
            .iter()
            .any(|about| about["name"] == "Tbilisi" && about["grade"] == "sentence")
    );
}

#[test]
fn speakers_are_counted() {
    let corpus = Corpus::indexed();
    let ran = corpus.run(&["who", "--about", "Donetsk", "--format", "json"]).json();
    let groups = ran["groups"].as_array().unwrap();
    let counts: Vec<u64> = groups.iter().map(|group| group["count"].as_u64().unwrap()).collect();
    assert!(counts.is_sorted_by(|a, b| a >= b) && counts.len() > 3, "{counts:?}");
    assert!(groups.iter().any(|group| group["key"].as_str().unwrap().contains("Lindqvist")));
}
