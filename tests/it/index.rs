//! Making and refreshing an index.

use std::fs;

use crate::support::{folder, run_in};

const FIRST: &str = "Mayor opens bridge\n\nBy Ann Lee\n\nThe bridge in Kharkiv will open on Monday, Mayor Olena Bondar said.\n";
const SECOND: &str = "Harvest is late\n\n“The rain ruined us,” farmer Karl Ode said in Bavaria.\n";

#[test]
fn a_second_run_reads_only_what_is_new_changed_or_gone() {
    let news = folder(&[
        ("a.txt", FIRST),
        ("b.txt", SECOND),
        ("sub/c.txt", "A third story, which says nothing about anybody.\n"),
    ]);
    let run = |args: &[&str]| run_in(news.path(), &[&["--index", "ix"], args].concat());
    let first = run(&["index", "."]);
    assert!(
        first.out.starts_with("3 new, 0 changed, 0 unchanged, 0 gone; read 3 articles"),
        "{}{}",
        first.out,
        first.err
    );
    // Nothing was there to be deleted: segments are merged in blocks.
    let files = fs::read_dir(news.path().join("ix")).unwrap().flatten();
    let deletions: Vec<_> =
        files.map(|file| file.file_name()).filter(|name| name.to_string_lossy().ends_with(".del")).collect();
    assert!(deletions.is_empty(), "{deletions:?}");
    let again = run(&["index", "."]);
    assert!(again.out.starts_with("0 new, 0 changed, 3 unchanged, 0 gone; read 0 articles"), "{}", again.out);
    fs::write(news.path().join("a.txt"), FIRST.replace("Monday", "Tuesday")).unwrap();
    fs::remove_file(news.path().join("b.txt")).unwrap();
    fs::rename(news.path().join("sub/c.txt"), news.path().join("d.txt")).unwrap();
    let third = run(&["index", "."]);
    assert!(
        third.out.starts_with("0 new, 1 changed, 1 moved, 0 unchanged, 1 gone; read 2 articles"),
        "{}",
        third.out
    );
    assert!(third.out.contains("holds 2 articles"), "{}", third.out);
    assert_eq!(run(&["search", "Tuesday"]).code, 0);
    assert_eq!(run(&["search", "Monday"]).code, 1);
    assert_eq!(run(&["search", "rain"]).code, 1);
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_the_rest_goes_on() {
    let news = folder(&[
        ("a.txt", FIRST),
        ("bad.json", "{\"title\": "),
        ("lines.jsonl", "{\"text\": \"One story, told by nobody at all.\"}\n{oops\n"),
    ]);
    let ran = run_in(news.path(), &["index", "."]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("bad.json") && ran.err.contains("not valid JSON"), "{}", ran.err);
    assert!(ran.err.contains("lines.jsonl:2"), "{}", ran.err);
    assert!(ran.out.contains("holds 2 articles"), "{}", ran.out);
    // What failed is tried again, what was read is not.
    let again = run_in(news.path(), &["index", "."]);
    assert_eq!(again.code, 2);
    assert!(again.out.starts_with("0 new, 0 changed, 2 read again, 1 unchanged"), "{}", again.out);
}

#[test]
fn files_without_an_article_are_left_alone() {
    let news = folder(&[("a.txt", FIRST), ("settings.json", "{\"depth\": 3}"), ("photo.png", "\u{89}PNG")]);
    let ran = run_in(news.path(), &["index", "."]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("2 left alone"), "{}", ran.out);
    assert!(
        ran.err.contains("settings.json: no field with the article's text; it has: depth"),
        "{}",
        ran.err
    );
}

#[test]
fn the_same_input_gives_the_same_ids() {
    let (one, two) = (folder(&[("news/a.txt", FIRST)]), folder(&[("news/a.txt", FIRST)]));
    let ids = |folder: &std::path::Path| {
        run_in(folder, &["index", "news"]);
        run_in(folder, &["said", "--format", "jsonl"])
            .out
            .lines()
            .map(|line| {
                line.split("\"id\":\"").nth(1).unwrap_or_default().split('"').next().unwrap().to_string()
            })
            .collect::<Vec<_>>()
    };
    let first = ids(one.path());
    assert!(!first.is_empty());
    assert_eq!(first, ids(two.path()));
}

#[test]
fn an_index_of_another_format_is_refused_with_the_next_step() {
    let news = folder(&[("news/a.txt", FIRST)]);
    run_in(news.path(), &["index", "news"]);
    let meta = news.path().join("index/meta.json");
    let text = fs::read_to_string(&meta).unwrap();
    assert!(text.contains("\\\"format\\\":6"), "{text}");
    // As the first format was written: another number, and no sums.
    let (old, _) = text.split_once("\n#sums ").unwrap();
    fs::write(&meta, old.replace("\\\"format\\\":6", "\\\"format\\\":1")).unwrap();
    for command in [&["search", "bridge"][..], &["index", "news"], &["said"], &["verify"]] {
        let ran = run_in(news.path(), command);
        assert_eq!(ran.code, 2, "{command:?}");
        assert!(ran.err.contains("format 1") && ran.err.contains("index --rebuild"), "{}", ran.err);
    }
    let doctor = run_in(news.path(), &["doctor"]);
    assert_eq!(doctor.code, 2);
    assert!(doctor.out.contains("format 1") && doctor.out.contains("index --rebuild"), "{}", doctor.out);
    assert_eq!(run_in(news.path(), &["index", "--rebuild", "news"]).code, 0);
    assert_eq!(run_in(news.path(), &["search", "bridge"]).code, 0);
}

#[test]
fn no_index_says_how_to_make_one() {
    let empty = folder(&[]);
    let ran = run_in(empty.path(), &["search", "bridge"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("onrecord index FOLDER"), "{}", ran.err);
}

#[test]
fn the_index_of_the_nearest_parent_is_found() {
    let news = folder(&[("news/a.txt", FIRST), ("deep/er/x", "")]);
    run_in(news.path(), &["index", "news"]);
    assert_eq!(run_in(&news.path().join("deep/er"), &["search", "bridge"]).code, 0);
}
