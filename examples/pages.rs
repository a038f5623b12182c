//! Measures reading of web pages: what onrecord and two extractors by themselves make of a folder of pages.
//!
//! `cargo run --release --example pages -- PAGES OUT` reads every `.html` and `.html.gz` of `PAGES` and writes
//! `OUT/pages.SYSTEM.jsonl` with `id`, `text`, `title`, `author` and `date` of each, for a scorer to compare with
//! its gold text.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;

use onrecord::read;
use serde_json::{Value, json};

/// A name, and what turns the bytes of a page into what it found.
type System = (&'static str, fn(&str, &[u8]) -> Value);

const SYSTEMS: &[System] =
    &[("onrecord", onrecord), ("trafilatura", trafilatura), ("dom_smoothie", dom_smoothie)];

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, pages, out] = arguments.as_slice() else {
        eprintln!("usage: pages PAGES OUT");
        std::process::exit(2);
    };
    fs::create_dir_all(out)?;
    let mut files: Vec<_> = fs::read_dir(pages)?.collect::<Result<_, _>>()?;
    files.sort_by_key(fs::DirEntry::file_name);
    for (system, extract) in SYSTEMS {
        let mut lines = fs::File::create(Path::new(out).join(format!("pages.{system}.jsonl")))?;
        for file in &files {
            let name = file.file_name().to_string_lossy().into_owned();
            let mut bytes = fs::read(file.path())?;
            if name.ends_with(".gz") {
                let packed = std::mem::take(&mut bytes);
                flate2::read::MultiGzDecoder::new(packed.as_slice()).read_to_end(&mut bytes)?;
            }
            let mut found = extract(&name, &bytes);
            found["id"] = json!(name.split('.').next());
            writeln!(lines, "{found}")?;
        }
    }
    Ok(())
}

fn onrecord(_: &str, bytes: &[u8]) -> Value {
    let article = read::from_bytes("page", bytes).ok().and_then(|mut all| all.next()).and_then(Result::ok);
    article.map_or_else(nothing, |article| {
        let date = article.published.map(|date| date.at);
        json!({"text": article.body, "title": article.title, "author": article.byline.join(", "), "date": date})
    })
}

fn nothing() -> Value {
    json!({"text": "", "title": "", "author": "", "date": ""})
}

/// With a stack that deep pages fit on.
fn apart(work: impl FnOnce() -> Option<Value> + Send + 'static) -> Value {
    let worker = std::thread::Builder::new().stack_size(256 << 20).spawn(work);
    worker.ok().and_then(|worker| worker.join().ok()).flatten().unwrap_or_else(nothing)
}

fn trafilatura(_: &str, bytes: &[u8]) -> Value {
    let html = String::from_utf8_lossy(bytes).into_owned();
    apart(move || {
        let options = trafilatura::Options::default().with_fallback(true).with_exclude_comments(true);
        let found = trafilatura::extract(&html, &options).ok()?;
        // Its plain text runs paragraphs together; its cleaned page keeps them.
        let record = json!({"text": found.content_html}).to_string();
        let text = onrecord("", record.as_bytes())["text"].take();
        let date = found.metadata.date.map(|date| date.to_string());
        Some(
            json!({"text": text, "title": found.metadata.title, "author": found.metadata.author, "date": date}),
        )
    })
}

fn dom_smoothie(_: &str, bytes: &[u8]) -> Value {
    let html = String::from_utf8_lossy(bytes).into_owned();
    apart(move || {
        let config = dom_smoothie::Config {
            text_mode: dom_smoothie::TextMode::Formatted,
            ..dom_smoothie::Config::default()
        };
        let found = dom_smoothie::Readability::new(html, None, Some(config)).ok()?.parse().ok()?;
        Some(
            json!({"text": found.text_content.to_string(), "title": found.title, "author": found.byline, "date": found.published_time}),
        )
    })
}
