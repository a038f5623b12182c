//! Copies of one story, and versions of one page.

use std::fs;

use crate::support::{folder, run_in};

const WIRE: &str = "The dam above Velyka Lepetykha will hold through the winter, the governor of the region said on Monday \
after engineers had spent nine days on the wall. \n\n“We measured every joint twice, and not one of them moved,” chief engineer \
Oksana Marchenko told reporters at the site.\n\nFarmers downstream had asked for the gates to be opened before the first frost. \
The ministry in Kyiv refused, saying that the town needs the water until April.\n\nAbout 4,000 people live below the dam. \
Half of them left in October, when the alarm was raised for the first time in a generation.";

fn article(outlet: &str, title: &str, text: &str) -> String {
    serde_json::json!({"source": outlet, "title": title, "text": text, "date": "2025-11-03"}).to_string()
}

fn outlets() -> Vec<(&'static str, String)> {
    let edited = WIRE.replace("Half of them left in October", "Some of them left in October");
    vec![
        ("a.json", article("Kestrel", "Dam will hold", WIRE)),
        ("b.json", article("Meridian Times", "Governor: dam will hold", WIRE)),
        ("c.json", article("Northern Wire", "Dam holds", &edited)),
        (
            "d.json",
            article(
                "Delta Standard",
                "Harvest",
                "The harvest in Bavaria is late, farmer Karl Ode said on Friday.",
            ),
        ),
    ]
}

#[test]
fn copies_are_shown_once_with_their_outlets() {
    let files = outlets();
    let news = folder(&files.iter().map(|(name, text)| (*name, text.as_str())).collect::<Vec<_>>());
    run_in(news.path(), &["index", "."]);
    let total = |args: &[&str]| {
        run_in(news.path(), &[args, &["--format", "json"]].concat()).json()["total"].as_u64().unwrap()
    };
    for ask in [&["said", "joint"][..], &["search", "joint"], &["search", "October"]] {
        assert_eq!((total(ask), total(&[ask, &["--copies"]].concat())), (1, 3), "{ask:?}");
    }
    let shown = run_in(news.path(), &["said", "joint"]).out;
    assert!(shown.contains("also in: "), "{shown}");
    for outlet in ["Kestrel", "Meridian Times", "Northern Wire"] {
        assert_eq!(shown.matches(outlet).count(), 1, "{shown}");
    }
    // Each voice is counted once.
    let who = run_in(news.path(), &["who", "--by", "Marchenko", "--format", "json"]).json();
    assert_eq!(who["groups"][0]["count"], 1, "{who}");
    // One outlet asked for: its copy is found, whoever had it first.
    assert_eq!(total(&["said", "joint", "--source", "Northern Wire"]), 1);
    // Gone copies are no copies.
    for name in ["a.json", "b.json"] {
        fs::remove_file(news.path().join(name)).unwrap();
    }
    run_in(news.path(), &["index", "."]);
    assert!(!run_in(news.path(), &["said", "joint"]).out.contains("also in"));
}

#[test]
fn what_is_a_copy_does_not_depend_on_the_order_of_reading() {
    let mut answers = Vec::new();
    for turn in 0..4 {
        let mut files = outlets();
        files.rotate_left(turn);
        let news = folder(&[("news/none.txt", "Nothing much happened at all in the village on Tuesday.\n")]);
        for (name, text) in files {
            fs::write(news.path().join("news").join(name), text).unwrap();
            run_in(news.path(), &["index", "news"]);
        }
        let ran = |args: &[&str]| run_in(news.path(), args).out;
        answers.push([
            ran(&["search", "--sort", "newest", "-n", "100"]),
            ran(&["said", "--sort", "newest", "-n", "100"]),
            ran(&["said", "--copies", "--sort", "newest", "-n", "100"]),
        ]);
    }
    assert!(answers[0][1].contains("also in"), "{}", answers[0][1]);
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:#?}");
}

#[test]
fn versions_of_a_page_are_kept_and_compared() {
    let page = |title: &str, text: &str, date: &str| {
        serde_json::json!({"url": "https://example.org/news/dam", "source": "Kestrel", "title": title, "text": text, "date": date}).to_string()
    };
    let later = WIRE.replace("not one of them moved", "hardly one of them moved");
    let news = folder(&[
        ("1.json", &page("Dam will hold", WIRE, "2025-11-03")),
        ("2.json", &page("Dam may hold", &later, "2025-11-04")),
    ]);
    run_in(news.path(), &["index", "."]);
    let hit = &run_in(news.path(), &["search", "joint", "--format", "json"]).hits()[0];
    let id = hit["article"]["id"].as_str().unwrap().to_string();
    let ran = run_in(news.path(), &["diff", &id]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let at = |what: &str| ran.out.find(what).unwrap_or_else(|| panic!("{what} is not in {}", ran.out));
    assert!(
        at("Quotes") < at("[-not-]{+hardly+}") && at("[-not-]{+hardly+}") < at("Headline"),
        "{}",
        ran.out
    );
    assert!(at("Dam [-will-]{+may+} hold") < at("Text"), "{}", ran.out);
    // Both versions of the changed quote are answers of their own.
    let said = run_in(news.path(), &["said", "joint", "--format", "json"]).json();
    assert_eq!(said["total"], 2, "{said}");
    let none = run_in(news.path(), &["diff", "nosucharticle"]);
    assert_eq!(none.code, 2);
}

/// What a run says of earlier texts; nothing where it kept none.
fn kept(folder: &std::path::Path) -> Option<String> {
    let ran = run_in(folder, &["index", "."]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let line = ran.out.lines().next().unwrap_or_default().to_string();
    line.split("; ").find(|part| part.contains("earlier text")).map(str::to_string)
}

#[test]
fn a_page_that_is_changed_in_place_keeps_its_earlier_texts() {
    let page = |title: &str, text: &str| {
        serde_json::json!({"url": "https://example.org/dam", "title": title, "text": text, "date": "2025-11-03"})
            .to_string()
    };
    let edited = WIRE.replace("not one of them moved", "hardly one of them moved");
    let news = folder(&[("page.json", &page("Dam will hold", WIRE))]);
    let write = |name: &str, text: &str| fs::write(news.path().join(name), text).unwrap();
    let run = |args: &[&str]| run_in(news.path(), args);
    assert_eq!(kept(news.path()), None);
    write("page.json", &page("Dam will hold", &edited));
    assert_eq!(kept(news.path()).as_deref(), Some("1 earlier texts kept (onrecord diff shows them)"));
    // Only what the page says now is found.
    let said = run(&["said", "moved", "--copies", "--format", "json"]).json();
    assert_eq!((said["total"].as_u64(), run(&["search", "hardly"]).code), (Some(1), 0), "{said}");
    let id = said["hits"][0]["article"]["id"].as_str().unwrap().to_string();
    let diff = run(&["diff", &id]);
    assert!(diff.out.contains("[-not-]{+hardly+}") && diff.out.contains(" as written 20"), "{}", diff.out);
    let verified = run(&["verify"]);
    assert_eq!(
        (verified.code, verified.out.contains("1 earlier texts of pages")),
        (0, true),
        "{}",
        verified.out
    );
    // A headline alone is a version, too; what is said again is no longer an earlier text.
    write("page.json", &page("Dam may hold", &edited));
    assert!(kept(news.path()).is_some() && run(&["diff", &id]).out.contains("[-will-]{+may+}"));
    write("page.json", &page("Dam will hold", WIRE));
    kept(news.path());
    assert_eq!(run(&["diff", &id, "--format", "json"]).out.matches("\"changes\"").count(), 2);
    // They go where their file goes, outlast a text that cannot be read, and end with it.
    fs::create_dir(news.path().join("old")).unwrap();
    fs::rename(news.path().join("page.json"), news.path().join("old/page.json")).unwrap();
    kept(news.path());
    assert_eq!(run(&["diff", &id]).code, 0);
    write("old/page.json", "{\"url\": \"https://example.org/d");
    run(&["index", "."]);
    write("old/page.json", &page("Dam fails", &edited));
    run(&["index", "."]);
    assert_eq!(run(&["diff", &id, "--format", "json"]).out.matches("\"changes\"").count(), 3);
    fs::remove_file(news.path().join("old/page.json")).unwrap();
    run(&["index", "."]);
    assert_eq!(run(&["diff", &id]).code, 2);
    assert!(!run(&["verify"]).out.contains("earlier texts"));
}

#[test]
fn a_feed_that_moves_on_keeps_only_what_was_changed() {
    let items = |from: usize, edited: Option<usize>| {
        let line = |number: usize| {
            let word = if edited == Some(number) { "denied" } else { "said" };
            let text =
                format!("Item {number} opens in the town.\n\n“We waited {number} years,” Ann Lee {word}.");
            serde_json::json!({"id": format!("item-{number}"), "title": format!("Item {number}"), "text": text}).to_string()
        };
        (0..100).map(|at| line(from + at)).collect::<Vec<_>>().join("\n")
    };
    let news = folder(&[("feed.jsonl", &items(100, None))]);
    assert_eq!(kept(news.path()), None);
    // All others moved by 70 places, behind 70 new ones; the last 70 are gone.
    fs::write(news.path().join("feed.jsonl"), items(30, Some(110))).unwrap();
    assert!(kept(news.path()).is_some_and(|line| line.starts_with("1 earlier")));
    let diff = run_in(news.path(), &["diff", "item-110"]);
    assert!(diff.out.contains("[-said.-]{+denied.+}"), "{}", diff.out);
    assert_eq!(run_in(news.path(), &["diff", "item-150"]).code, 2);
    run_in(news.path(), &["--index", "fresh", "index", "."]);
    let totals = |index: &str| {
        let ran = run_in(news.path(), &["--index", index, "search", "opens", "--format", "json"]);
        ran.json()["total"].clone()
    };
    assert_eq!(totals("index"), totals("fresh"));
}
