//! Times extraction over a folder of news on one core: `cargo bench --bench extract -- [FOLDER [only]]`.
//!
//! Reading files and cutting articles out of them is not timed. Each row runs over all texts until it has
//! taken a second of processor time; what is shown is user processor time of this one thread, so that a
//! busy machine changes little. The first row is a fixed piece of work for scale: words cut at what is no
//! letter, made lower case and counted. With `spacy` and a model of it in `python3`, spaCy is timed as well.
//! `only` leaves out all rows but that of everything, for a profiler.

mod common;

use std::collections::HashMap;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use onrecord::document::Article;
use onrecord::extract::{self, linear, name, region, segment::Text};
use onrecord::gazetteer::Gazetteer;
use onrecord::lang;

/// As in the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
    extract::extract(articles[0].clone(), gazetteer);
    let everything = |articles: &[Article]| {
        articles.iter().for_each(|article| drop(black_box(extract::extract(article.clone(), gazetteer))));
    };
    if args.next().is_some_and(|arg| arg == "only") {
        row("everything", None, bytes, || everything(&articles));
        return;
    }
    // In German texts no quotes are looked for; all else is done in the same way.
    let mut silent = articles.clone();
    let german = lang::by_tag("de").unwrap_or(&lang::UNKNOWN);
    silent.iter_mut().for_each(|article| article.language = german);

    let scale = row("words, lower case, counted", None, bytes, || {
        articles.iter().for_each(|article| drop(black_box(words(&article.body))));
    });
    let time = |what: &str, work: &mut dyn FnMut()| row(what, Some(scale), bytes, work);
    let cut = time("sentences and tokens", &mut || {
        articles.iter().for_each(|article| drop(black_box(Text::new(&article.body))));
    });
    let names = time("… and names", &mut || {
        articles.iter().for_each(|article| drop(black_box(names(&article.body))));
    });
    let regions = time("… and regions", &mut || {
        articles.iter().for_each(|article| {
            black_box(region::places(&Text::new(&article.body), &[], &article.source, gazetteer));
        });
    });
    let unquoted = time("everything but quotes", &mut || everything(&silent));
    let all = time("everything", &mut || everything(&articles));
    println!("alone:");
    for (what, seconds) in
        [("names", names - cut), ("regions", regions - cut), ("quotes, rules and models", all - unquoted)]
    {
        show(what, seconds, bytes, scale);
    }
    peer(&articles, bytes, scale);
}

fn words(text: &str) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        *counts.entry(word.to_lowercase()).or_default() += 1;
    }
    counts
}

fn names(body: &str) -> Vec<name::Name> {
    let text = Text::new(body);
    name::names(&text, &linear::names(text.body, &text.sentences))
}

/// Runs a piece of work over all texts for at least a second; seconds of processor time for one round.
fn row(what: &str, scale: Option<f64>, bytes: usize, mut work: impl FnMut()) -> f64 {
    let start = clock();
    let mut rounds = 0_u32;
    while rounds == 0 || clock() - start < Duration::from_secs(1) {
        work();
        rounds += 1;
    }
    let seconds = (clock() - start).as_secs_f64() / f64::from(rounds);
    show(what, seconds, bytes, scale.unwrap_or(seconds));
    seconds
}

fn show(what: &str, seconds: f64, bytes: usize, scale: f64) {
    let speed = bytes as f64 / 1e6 / seconds.max(1e-9);
    println!("{what:28}{seconds:9.3} s {speed:9.2} MB/s {:9.2} times the first row", seconds / scale);
}

/// User processor time of this thread in steps of 10 ms; where the system does not tell, time on the wall.
fn clock() -> Duration {
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let ticks = || {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").ok()?;
        stat.rsplit(')').next()?.split_whitespace().nth(11)?.parse::<u64>().ok()
    };
    ticks().map_or_else(|| START.elapsed(), |ticks| Duration::from_millis(10 * ticks))
}

/// What spaCy does with the first articles: one thread, `user` time as Python counts it.
const PEER: &str = "
import json, sys, time
import spacy
nlp = spacy.load('en_core_web_sm')
texts = json.load(sys.stdin)
nlp(texts[0])
start = time.process_time()
for text in texts: nlp(text)
print(time.process_time() - start)
";

fn peer(articles: &[Article], bytes: usize, scale: f64) {
    let few: Vec<&str> = articles.iter().take(40).map(|article| article.body.as_str()).collect();
    let share: usize = few.iter().map(|text| text.len()).sum();
    match python(&serde_json::to_vec(&few).unwrap_or_default()) {
        Ok(seconds) => show("spaCy en_core_web_sm", seconds * bytes as f64 / share as f64, bytes, scale),
        Err(reason) => println!("spaCy skipped: {reason}"),
    }
}

fn python(input: &[u8]) -> Result<f64, String> {
    use std::io::Write;
    let piped = std::process::Stdio::piped;
    let mut child = Command::new("python3")
        .args(["-c", PEER])
        .envs([("OMP_NUM_THREADS", "1"), ("OPENBLAS_NUM_THREADS", "1"), ("MKL_NUM_THREADS", "1")])
        .stdin(piped())
        .stdout(piped())
        .stderr(piped())
        .spawn()
        .map_err(|error| format!("python3: {error}"))?;
    // A Python that ends early closes the pipe; what it says on its way out is the reason that is shown.
    child.stdin.take().map(|mut pipe| pipe.write_all(input).ok());
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().last().unwrap_or("it printed no time").to_string();
    String::from_utf8_lossy(&output.stdout).trim().parse().map_err(|_| last)
}
