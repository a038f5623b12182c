//! Articles in other languages: searched by their own rules, quotes not guessed.

use crate::support::{folder, run_in};

const GERMAN: &str = "Neue Häuser für Kiew\n\nDer Minister sagte am Dienstag, die Häuser in der ukrainischen Hauptstadt Kiew \
würden bis zum Winter wieder aufgebaut. „Wir haben keine Zeit zu verlieren“, sagte er vor Journalisten in Berlin.\n";
const RUSSIAN: &str = "Выборы в Харькове\n\nВ Харькове прошли выборы мэра города. Губернатор области сообщил, что выборы прошли \
спокойно, а участки закрылись вовремя и без нарушений.\n";
const ENGLISH: &str =
    "Housing first\n\nThe house on the hill was sold on Monday, Mayor Ann Lee said in London.\n";

#[test]
fn words_are_found_in_all_their_forms() {
    let news = folder(&[("de.txt", GERMAN), ("ru.txt", RUSSIAN), ("en.txt", ENGLISH)]);
    assert_eq!(run_in(news.path(), &["index", "."]).code, 0);
    let language = |word: &str| {
        let ran = run_in(news.path(), &["search", word, "--format", "json"]);
        ran.hits().first().map(|hit| hit["article"]["language"].as_str().unwrap().to_string())
    };
    // None of these forms stands in its article.
    for (word, code) in
        [("Hauses", "de"), ("hausern", "de"), ("выборов", "ru"), ("губернатором", "ru"), ("houses", "en")]
    {
        assert_eq!(language(word).as_deref(), Some(code), "{word}");
    }
    assert_eq!(language("выборы NEAR/3 мэра").as_deref(), Some("ru"));
    assert_eq!(run_in(news.path(), &["search", "--about", "Berlin", "--lang", "de"]).code, 0);
}

#[test]
fn quotes_of_a_language_that_is_not_read_are_said_to_be_missing() {
    // Hungarian stays without rules for longest.
    let text = "A miniszter kedden azt mondta, hogy a tárgyalások a fővárosban nem jártak sikerrel, és a felek \
        hazamentek. „Nem volt értelme tovább maradni” – mondta az újságíróknak Budapesten a miniszter.\n";
    let news = folder(&[("hu.txt", text)]);
    run_in(news.path(), &["index", "."]);
    let id = run_in(news.path(), &["search", "miniszter", "--format", "json"]).hits()[0]["article"]["id"]
        .as_str()
        .unwrap()
        .to_string();
    let shown = run_in(news.path(), &["show", &id]);
    assert!(shown.out.contains("quotes are not extracted from Hungarian"), "{}", shown.out);
    assert_eq!(run_in(news.path(), &["said"]).code, 1);
    let extracted = run_in(news.path(), &["extract", "hu.txt"]).json();
    assert_eq!(
        (&extracted["quotes_extracted"], extracted["quotes"].as_array().map(Vec::len)),
        (&false.into(), Some(0))
    );
}

/// A German stemmer makes one word of `plane` and `plan`.
#[test]
fn the_forms_of_one_language_are_not_those_of_another() {
    let plans =
        "The plan\n\nThe council has a plan for the harbour, Mayor Ann Lee said in London on Monday.\n";
    let planes = "The plane\n\nA plane landed on the harbour road, Mayor Ann Lee said in London on Monday.\n";
    let news = folder(&[("de.txt", GERMAN), ("plan.txt", plans), ("plane.txt", planes)]);
    assert_eq!(run_in(news.path(), &["index", "."]).code, 0);
    for (word, wanted) in [("plane", "The plane"), ("plans", "The plan")] {
        let hits = run_in(news.path(), &["search", word, "--format", "json"]).hits();
        let titles: Vec<&str> = hits.iter().map(|hit| hit["article"]["title"].as_str().unwrap()).collect();
        assert_eq!(titles, [wanted], "{word}");
    }
}
