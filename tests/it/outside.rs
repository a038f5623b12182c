//! What needs data that are not part of the repository; skipped, with a word, where they are missing.

use std::collections::HashSet;

use onrecord::document::{Document, Grade};
use onrecord::extract::extract;
use onrecord::gazetteer::Gazetteer;
use onrecord::gold;
use serde_json::Value;

use crate::support::{folder, run_in, shared};

/// Offsets of the words between two code points.
fn words(text: &[char], start: usize, end: usize) -> HashSet<usize> {
    let word = |at: usize| text.get(at).is_some_and(|c| c.is_alphanumeric());
    (start..end).filter(|&at| word(at) && (at == 0 || !word(at - 1))).collect()
}

fn seed() -> Option<(String, Value)> {
    let folder = shared("seed")?;
    let gold: Value = serde_json::from_str(&std::fs::read_to_string(folder.join("gold.json")).ok()?).ok()?;
    let name = format!("{}.txt", gold["id"].as_str()?);
    Some((std::fs::read_to_string(folder.join(name)).ok()?, gold))
}

#[test]
fn the_first_article_comes_out_right() {
    let Some((text, gold)) = seed() else { return };
    let document: Document = extract(gold::article("seed", &text), Gazetteer::embedded());
    let points = gold::Points::of(&text);
    let chars: Vec<char> = text.chars().collect();
    let found: Vec<(HashSet<usize>, &onrecord::document::Quote)> = document
        .quotes
        .iter()
        .map(|quote| {
            let pieces = quote
                .content
                .iter()
                .flat_map(|span| words(&chars, points.at(span.start), points.at(span.end)));
            (pieces.collect(), quote)
        })
        .collect();
    let mut right = 0;
    for wanted in gold["quotes"].as_array().unwrap() {
        let set: HashSet<usize> = wanted["spans"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|span| {
                words(&chars, span[0].as_u64().unwrap() as usize, span[1].as_u64().unwrap() as usize)
            })
            .collect();
        let close = found
            .iter()
            .find(|(other, _)| 10 * set.intersection(other).count() >= 9 * set.union(other).count());
        let Some((_, quote)) = close else { panic!("not found: {}", wanted["text"]) };
        let speaker = quote.speaker.as_ref().map(|speaker| document.entity(speaker.entity).name.clone());
        assert_eq!(speaker.as_deref(), wanted["speaker"].as_str(), "{}", wanted["text"]);
        right += 1;
        for region in wanted["regions"].as_array().unwrap() {
            let id = Gazetteer::embedded().lookup(region.as_str().unwrap());
            let reached = quote.about.iter().any(|about| {
                about.grade <= Grade::Sentence
                    && id.iter().any(|c| Gazetteer::embedded().contains(c.region, about.region))
            });
            assert!(reached, "{} is not about {region}", wanted["text"]);
        }
    }
    assert_eq!(right, 14);
}

#[test]
fn furniture_of_the_first_article_is_not_body() {
    let Some(folder) = shared("seed") else { return };
    let here = crate::support::folder(&[]);
    let ran = run_in(here.path(), &["index", &folder.to_string_lossy()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let article = run_in(here.path(), &["search", "--format", "json", "-n", "1"]).hits()[0]["article"]["id"]
        .as_str()
        .unwrap()
        .to_string();
    let body = run_in(here.path(), &["show", &article, "--format", "json"]).json()["article"]["body"]
        .as_str()
        .unwrap()
        .to_string();
    assert!(body.ends_with("look very bad.”"), "{}", &body[body.len() - 80..]);
    let about =
        run_in(here.path(), &["said", "--about", "Donetsk", "--about-min", "in_quote", "--format", "json"])
            .hits();
    assert!(
        about
            .iter()
            .any(|hit| hit["content"].as_array().unwrap().len() == 2
                && hit["addressee"]["name"] == "Yuri Ushakov"),
        "{about:?}"
    );
}

#[test]
fn hostile_pages_and_odd_encodings_do_not_panic() {
    for part in ["formats/hostile-html", "formats/encodings"] {
        let Some(path) = shared(part) else { return };
        let here = folder(&[]);
        let ran = run_in(here.path(), &["index", &path.to_string_lossy()]);
        assert!(ran.code >= 0 && !ran.err.contains("panicked"), "{part}: {}", ran.err);
    }
}
