//! One person under several names, several people under one, and the user's word on both.

use tempfile::TempDir;

use crate::support::{folder, run_in};

/// Four outlets write of one envoy under three names, and of two people called John Hale.
fn newsroom() -> TempDir {
    let news = folder(&[
        (
            "news/a.txt",
            "Talks resume\n\n“The line will hold until spring,” Steve Marchetti, the special envoy, said on Monday in Oslo.\n",
        ),
        (
            "news/b.txt",
            "Envoy leaves\n\n“We have a week to sign the annex,” Steven Marchetti told reporters at the airport on Tuesday.\n",
        ),
        ("news/c.txt", "No deal yet\n\n“Nobody has left the room,” Mr Marchetti said on Wednesday.\n"),
        (
            "news/d.txt",
            "Late winner\n\n“The second half was ours from the start,” said John Hale, the head coach of Northfield.\n",
        ),
        (
            "news/e.txt",
            "Vote delayed\n\n“The bill is dead in this chamber,” said Senator John Hale on Friday.\n",
        ),
    ]);
    let ran = run_in(news.path(), &["index", "news"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    news
}

/// `who`, one line a group: `name  count  also …`.
fn groups(news: &TempDir) -> Vec<String> {
    let shown = run_in(news.path(), &["who"]).out;
    shown.lines().filter(|line| !line.starts_with(' ') && !line.is_empty()).map(str::to_string).collect()
}

fn count(news: &TempDir, by: &str) -> usize {
    run_in(news.path(), &["said", "--by", by, "--format", "json"]).hits().len()
}

#[test]
fn one_person_under_all_names() {
    let news = newsroom();
    let groups = groups(&news);
    assert!(groups[0].starts_with("Steve Marchetti  3  also "), "{groups:?}");
    for by in ["Steve Marchetti", "Steven Marchetti", "Marchetti", "Mr Marchetti"] {
        assert_eq!(count(&news, by), 3, "{by}");
    }
    assert_eq!(count(&news, "Anna Marchetti"), 0);
    let hits = run_in(news.path(), &["said", "--by", "Marchetti", "--format", "json"]).hits();
    let because: Vec<&str> = hits.iter().filter_map(|hit| hit["person"]["because"].as_str()).collect();
    assert_eq!(because.len(), 2, "{hits:?}");
    assert!(because.contains(&"first_name") && because.contains(&"surname"), "{because:?}");
}

#[test]
fn two_people_of_one_name() {
    let news = newsroom();
    let groups = groups(&news);
    for name in ["John Hale (coach)  1", "John Hale (senator)  1"] {
        assert!(groups.iter().any(|group| group == name), "{groups:?}");
    }
    assert_eq!(count(&news, "John Hale (coach)"), 1);
    let both = run_in(news.path(), &["said", "--by", "John Hale"]);
    assert!(
        both.err.contains("name of several people: John Hale (coach); John Hale (senator)"),
        "{}",
        both.err
    );
}

#[test]
fn aliases_survive_a_rebuilt_index() {
    let news = newsroom();
    let apart = run_in(news.path(), &["alias", "--apart", "Steve Marchetti", "Marchetti"]);
    assert_eq!(apart.code, 0, "{}", apart.err);
    assert_eq!(run_in(news.path(), &["alias", "John Hale (coach)", "John Hale (senator)"]).code, 0);
    let told = |groups: Vec<String>| {
        assert!(groups.iter().any(|group| group.starts_with("Steve Marchetti  2")), "{groups:?}");
        assert!(groups.iter().any(|group| group.starts_with("Marchetti  1")), "{groups:?}");
        assert!(groups.iter().any(|group| group.starts_with("John Hale (coach)  2")), "{groups:?}");
    };
    told(groups(&news));
    std::fs::remove_dir_all(news.path().join("index")).unwrap();
    assert_eq!(run_in(news.path(), &["index", "news"]).code, 0);
    told(groups(&news));
    assert_eq!(run_in(news.path(), &["alias", "--remove", "Marchetti"]).code, 0);
    assert!(groups(&news)[0].starts_with("Steve Marchetti  3"));
}

#[test]
fn a_broken_alias_file_is_named_with_its_line() {
    let news = newsroom();
    std::fs::create_dir_all(news.path().join("onrecord.user")).unwrap();
    std::fs::write(news.path().join("onrecord.user/people.tsv"), "# mine\nlike\tA\tB\n").unwrap();
    let ran = run_in(news.path(), &["who"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("people.tsv: line 2"), "{}", ran.err);
}
