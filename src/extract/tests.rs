//! Who said what to whom, a few lines of news at a time. All sentences are our own.

use crate::document::{Article, ArticleId, Attribution, Document};
use crate::extract::extract;
use crate::gazetteer::Gazetteer;
use crate::lang::ENGLISH;

/// `speaker → addressee | kind | words` for each quote; `?` when the text does not tell.
fn said(body: &str) -> Vec<String> {
    let document = extract(article(body), Gazetteer::embedded());
    document
        .quotes
        .iter()
        .map(|quote| {
            let speaker = quote.speaker.as_ref().map_or("?", |who| name(&document, who));
            let to =
                quote.addressee.as_ref().map_or(String::new(), |who| format!(" → {}", name(&document, who)));
            format!("{speaker}{to} | {} | {}", quote.kind.name(), quote.words(body))
        })
        .collect()
}

fn article(body: &str) -> Article {
    Article {
        id: ArticleId("a".to_string()),
        path: String::new(),
        ordinal: 0,
        url: None,
        source: String::new(),
        title: String::new(),
        byline: Vec::new(),
        published: None,
        language: &ENGLISH,
        body: body.to_string(),
        sha256: String::new(),
    }
}

fn name<'d>(document: &'d Document, who: &Attribution) -> &'d str {
    &document.entity(who.entity).name
}

fn check(body: &str, wanted: &[&str]) {
    assert_eq!(said(body), wanted, "{body}");
}

#[test]
fn transcripts_with_and_without_marks() {
    let body = "The mayor, Asha Rao, went on the radio.\n\nHOST: Is the pier open?\n\nRAO: It is not. They said ‘no’ twice.\n\nHOST: Will it be?";
    check(
        body,
        &[
            "HOST | direct | Is the pier open?",
            "Asha Rao | direct | It is not. They said ‘no’ twice.",
            "HOST | direct | Will it be?",
        ],
    );
    let marked = "Asha Rao spoke to Kim Lee.\n\n\"LEE: Is the pier open?\n\n\"(CROSSTALK.)\n\n\"RAO: It is not.\n\n\"It will be.\n\n\"LEE: When?\"";
    check(
        marked,
        &[
            "Kim Lee | direct | Is the pier open?",
            "Asha Rao | direct | It is not. … It will be.",
            "Kim Lee | direct | When?",
        ],
    );
}

#[test]
fn questions_and_answers_without_names_name_nobody() {
    check(
        "Q: Is the pier open?\n\nA: It is not.\n\nQ: When will it be?\n\nA: Soon.",
        &[
            "? | direct | Is the pier open?",
            "? | direct | It is not.",
            "? | direct | When will it be?",
            "? | direct | Soon.",
        ],
    );
}

#[test]
fn names_signed_under_a_quote() {
    let voices = "Readers wrote to us about the pier.\n\n“It was the best of our town.” ― Asha Rao\n\n“A shame” — Kim Lee, a teacher\n\n“They could have asked us first.”\n\n— Omar Diallo";
    check(
        voices,
        &[
            "Asha Rao | direct | It was the best of our town.",
            "Kim Lee | direct | A shame",
            "Omar Diallo | direct | They could have asked us first.",
        ],
    );
}
