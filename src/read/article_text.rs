//! The text of a page's article, by the better of two extractors.
//!
//! Trafilatura reads best on most pages, and now and then cuts an article short; Readability seldom
//! does. On 191 news and other pages with gold text (body F1 by shared four-word runs): trafilatura 0.6
//! .940, dom_smoothie 0.19 .932, this choice .943 (`examples/pages.rs`).

use std::thread;

use dom_smoothie::{Config, Readability, TextMode};

use super::tags;

/// Below this share of Readability's text, trafilatura's is held to be cut short. Found between .75
/// and .9 alike on the pages above.
const CUT_SHORT: f64 = 0.85;

/// A tree of the depth that is let in fits with room to spare.
const STACK: usize = 64 << 20;

/// The text of the article in a page, paragraphs on lines of their own; none when there is none.
///
/// The page must be one that a tree can be made of in reasonable time; both extractors run on large
/// stacks, and a panic in one costs that one's answer only.
pub(super) fn of(html: &str) -> Option<String> {
    let (long, short) = (apart(html, readability), apart(html, trafilatura));
    let (Some(long), Some(short)) = (&long, &short) else { return long.or(short) };
    // Its last resort, for short pages, runs all paragraphs together, the headline with them.
    let paragraphs = |text: &str| text.split("\n\n").filter(|part| !part.trim().is_empty()).count();
    if paragraphs(short) == 1 {
        return Some(long.clone());
    }
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count() as f64;
    let cut = letters(short) < CUT_SHORT * letters(long);
    Some(if cut { long.clone() } else { short.clone() })
}

fn apart(html: &str, extract: fn(&str) -> Option<String>) -> Option<String> {
    thread::scope(|scope| {
        let reader = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || extract(html));
        reader.ok()?.join().ok().flatten()
    })
    .filter(|text| text.chars().any(char::is_alphanumeric))
}

fn readability(html: &str) -> Option<String> {
    let config = Config { text_mode: TextMode::Formatted, disable_json_ld: true, ..Config::default() };
    let article = Readability::new(html, None, Some(config)).and_then(|mut page| page.parse()).ok()?;
    Some(article.text_content.to_string())
}

fn trafilatura(html: &str) -> Option<String> {
    let mut options = trafilatura::Options::default().with_fallback(true);
    options.exclude_comments = true;
    // Its plain text runs paragraphs together; its cleaned page keeps them.
    Some(tags::text(&trafilatura::extract(html, &options).ok()?.content_html))
}
