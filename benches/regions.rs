//! Times the region part alone on one core: `cargo bench --bench regions -- [FOLDER]`.
//!
//! The region part is the scan for names, the check against the tagger, the choice among places of a name,
//! and acting capitals; it is timed over texts whose names are tagged, and with the tagger and the cutting
//! into sentences that it rests on. The peer in the same run is a plain scan of the same dictionary at every
//! capital, without any context. Shown is processor time of this thread.

mod common;

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use onrecord::extract::{linear, name, region, segment::Text};
use onrecord::gazetteer::Gazetteer;

fn main() {
    let mut args = std::env::args().skip(1).filter(|arg| !arg.starts_with("--"));
    let folder = args.next().unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/corpus").to_string());
    let articles = common::articles(Path::new(&folder));
    let bytes: usize = articles.iter().map(|article| article.body.len()).sum();
    if bytes == 0 {
        eprintln!("{folder}: no English article found; name a folder of news");
        std::process::exit(2);
    }
    println!("{folder}: {} English articles, {:.2} MB of text", articles.len(), bytes as f64 / 1e6);
    let gazetteer = Gazetteer::embedded();
    let prepared: Vec<(Text<'_>, Vec<name::Name>, &str)> = articles
        .iter()
        .map(|article| {
            let text = Text::new(&article.body);
            let names = name::names(&text, &linear::names(text.body, &text.sentences));
            (text, names, article.source.as_str())
        })
        .collect();
    let plain = time(|| {
        for (text, ..) in &prepared {
            for token in text.tokens.iter().filter(|token| token.capital) {
                black_box(gazetteer.longest_match(text.body, token.span.start as usize));
            }
        }
    });
    let mut found = 0;
    let all = time(|| {
        found = 0;
        for (text, names, source) in &prepared {
            found += black_box(region::places(text, names, source, gazetteer)).known.len();
        }
    });
    show("plain dictionary scan", plain, plain, bytes);
    let tagging = time(|| {
        for article in &articles {
            let text = Text::new(&article.body);
            black_box(name::names(&text, &linear::names(text.body, &text.sentences)));
        }
    });
    show("region part", all, plain, bytes);
    show("… with the name tagger", all + tagging, plain, bytes);
    println!("{found} places, {:.1} in a KB of text", found as f64 * 1000.0 / bytes as f64);
}

/// Seconds of processor time of one round, over as many as take a second.
fn time(mut work: impl FnMut()) -> f64 {
    let start = clock();
    let mut rounds = 0_u32;
    while rounds == 0 || clock() - start < Duration::from_secs(1) {
        work();
        rounds += 1;
    }
    (clock() - start).as_secs_f64() / f64::from(rounds)
}

fn show(what: &str, seconds: f64, scale: f64, bytes: usize) {
    println!(
        "{what:<24} {:>8.2} MB/s   {:>5.2} times the plain scan",
        bytes as f64 / 1e6 / seconds,
        seconds / scale
    );
}

fn clock() -> Duration {
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let ticks = || {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").ok()?;
        stat.rsplit(')').next()?.split_whitespace().nth(11)?.parse::<u64>().ok()
    };
    ticks().map_or_else(|| START.elapsed(), |ticks| Duration::from_millis(10 * ticks))
}
