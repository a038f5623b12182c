//! The sample corpus: every format, every outlet, and the traps in it.

use std::collections::BTreeSet;

use crate::support::Corpus;

fn articles() -> Vec<serde_json::Value> {
    let hits = Corpus::indexed().run(&["search", "--format", "json", "-n", "2000"]).hits();
    let mut seen = BTreeSet::new();
    hits.into_iter()
        .map(|hit| hit["article"].clone())
        .filter(|article| seen.insert(article["id"].to_string()))
        .collect()
}

#[test]
fn every_article_has_a_title_a_language_and_where_told_a_date() {
    let articles = articles();
    assert!(articles.len() >= 30, "{}", articles.len());
    for article in &articles {
        assert!(!article["title"].as_str().unwrap().is_empty(), "{article}");
        assert_ne!(article["language"], "und", "{article}");
    }
    let dated = articles.iter().filter(|article| article["published"]["found_in"] != "file_time").count();
    assert!(dated >= articles.len() - 2, "{dated} of {}", articles.len());
    let languages: BTreeSet<&str> =
        articles.iter().map(|article| article["language"].as_str().unwrap()).collect();
    assert_eq!(languages.into_iter().collect::<Vec<_>>(), ["de", "en", "es"]);
    let outlets: BTreeSet<&str> = articles.iter().filter_map(|article| article["source"].as_str()).collect();
    assert!(outlets.len() >= 6, "{outlets:?}");
}

#[test]
fn ids_that_articles_bring_are_kept() {
    let ids: Vec<String> =
        articles().iter().map(|article| article["id"].as_str().unwrap().to_string()).collect();
    let lines = include_str!("../../corpus/northern-wire/2025-autumn.jsonl");
    for line in lines.lines() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(ids.iter().any(|id| Some(id.as_str()) == record["id"].as_str()), "{}", record["id"]);
    }
}

#[test]
fn furniture_of_pages_is_not_body() {
    let corpus = Corpus::indexed();
    for furniture in ["\"accept cookies\"", "\"share this\"", "\"0 comments\"", "advertisement"] {
        let ran = corpus.run(&["search", furniture]);
        assert_eq!(ran.code, 1, "{furniture}: {}", ran.out);
    }
}
