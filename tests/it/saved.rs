//! Saved queries, and what they find that is new.

use std::fs;

use crate::support::{folder, run_in};

const GRAIN: &str =
    "Grain\n\nWheat exports from Odesa rose again in May, the port authority said on Friday.\n";

#[test]
fn saved_queries_are_kept_named_and_forgotten() {
    let news = folder(&[("news/a.txt", GRAIN)]);
    let run = |args: &[&str]| run_in(news.path(), args);
    assert_eq!(run(&["index", "news"]).code, 0);
    assert_eq!(run(&["save"]).code, 1);
    assert_eq!(run(&["save", "grain", "(wheat OR corn) w/5 export*"]).code, 0);
    let ran = run(&["save", "sea", "query:grain", "AND", "Odesa"]);
    assert!(ran.err.contains("read as: ((wheat OR corn) NEAR/5 export*) Odesa"), "{}", ran.err);
    assert_eq!(run(&["save"]).out, "grain\t(wheat OR corn) w/5 export*\nsea\tquery:grain AND Odesa\n");
    assert_eq!(run(&["search", "query:sea"]).code, 0);
    assert_eq!(run(&["search", "query:sea -query:grain"]).code, 1);
    let ran = run(&["save", "grain", "query:sea"]);
    assert!(ran.err.contains("holds itself") && ran.err.contains("replaced"), "{}", ran.err);
    assert_eq!(run(&["save", "a b", "x"]).code, 2);
    assert_eq!(run(&["save", "sea", "--delete"]).code, 0);
    assert_eq!(run(&["save", "sea"]).code, 2);
    let file = news.path().join("onrecord.user/queries.tsv");
    fs::write(&file, "grain wheat\n").unwrap();
    let ran = run(&["search", "query:grain"]);
    assert!(ran.code == 2 && ran.err.contains("queries.tsv: line 1:"), "{} {}", ran.code, ran.err);
    assert_eq!(run(&["search", "wheat"]).code, 0, "a fault there stops no other search");
}

#[test]
fn new_shows_everything_once() {
    let news = folder(&[("news/a.txt", GRAIN)]);
    let run = |args: &[&str]| run_in(news.path(), args);
    run(&["index", "news"]);
    run(&["save", "grain", "wheat OR corn"]);
    let first = run(&["new", "grain", "--peek"]);
    assert!(first.code == 0 && first.out.contains("Wheat exports"), "{}{}", first.out, first.err);
    assert_eq!(run(&["new", "grain"]).out, first.out);
    assert_eq!(run(&["new", "grain"]).code, 1);
    let more = "Corn\n\nCorn prices fell in Kansas after the harvest, the governor told farmers on Monday.\n";
    fs::write(news.path().join("news/b.txt"), more).unwrap();
    run(&["index", "news"]);
    let next = run(&["new", "grain"]);
    assert!(next.out.contains("Corn prices") && !next.out.contains("Wheat exports"), "{}", next.out);
    assert_eq!(run(&["index", "--rebuild", "news"]).code, 0);
    assert_eq!(run(&["new", "grain"]).code, 1, "an index made anew brings nothing back");
    // Quotes are told apart from passages, and a query needs no name.
    assert_eq!(run(&["new", "--said", "wheat"]).code, 0);
    assert_eq!(run(&["new", "--said", "wheat"]).code, 1);
    assert_eq!(run(&["new", "-n", "1", "farmers OR port"]).code, 0);
    assert_eq!(run(&["new", "-n", "1", "farmers OR port"]).code, 0);
    assert_eq!(run(&["new", "-n", "1", "farmers OR port"]).code, 1);
}
