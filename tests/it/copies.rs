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
