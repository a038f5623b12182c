//! Indexing, measured against plain tantivy in the same run.
//!
//! ```sh
//! cargo bench --bench index -- FOLDER [ARTICLES]
//! ```
//!
//! The articles of FOLDER are repeated, one word in twelve replaced each time, until there are ARTICLES of
//! them (20,000 where nothing is said), and written as JSON Lines, 100 to a file. Then each of these runs
//! in a process of its own over the same files:
//!
//! - `plain`: JSON parsed, the text put into one field of a tantivy index with positions and stored, by
//!   onrecord's own stemming analyser, as many threads as cores; forty lines below.
//! - `--no-extract`: onrecord without extraction: hashing, reading, normalising, sentences, sketches, rows
//!   of passages, stored twice, copies told apart.
//! - `again`: the same once more with nothing new.
//! - `extract`: all of onrecord, over a tenth of the files.
//! - `files`: as `--no-extract`, of as many files as there are articles, and `again` with nothing new.
//!
//! CPU is user and system time of the process, from /proc: on a shared machine the wall clock tells
//! nothing. Memory is the most that was resident at once. Linux only.

use std::fs;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use onrecord::engine::analyse;
use onrecord::read;
use tantivy::schema::{IndexRecordOption, STORED, SchemaBuilder, TextFieldIndexing, TextOptions};
use tantivy::{Index, TantivyDocument};

/// As in onrecord itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const PER_FILE: usize = 100;

fn main() -> Outcome<()> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--plain", texts, index] => plain(Path::new(texts), Path::new(index)),
        [folder] => compare(Path::new(folder), 20_000),
        [folder, articles] => compare(Path::new(folder), articles.parse()?),
        _ => {
            println!("usage: cargo bench --bench index -- FOLDER [ARTICLES]");
            Ok(())
        }
    }
}

fn compare(folder: &Path, articles: usize) -> Outcome<()> {
    let place = Path::new("/dev/shm");
    let here = if place.is_dir() { tempfile::tempdir_in(place)? } else { tempfile::tempdir()? };
    let (all, tenth) = (here.path().join("all"), here.path().join("tenth"));
    let bytes = scale(folder, &all, articles)?;
    fs::create_dir(&tenth)?;
    let mut small = 0;
    for number in (0..articles.div_ceil(PER_FILE)).step_by(10) {
        let name = file_name(number);
        small += fs::copy(all.join(&name), tenth.join(&name))?;
    }
    println!("{articles} articles, {:.1} MB of text", bytes as f64 / 1e6);
    let own = PathBuf::from(env!("CARGO_BIN_EXE_onrecord"));
    let this = std::env::current_exe()?;
    let (texts, tenth) = (all.to_string_lossy(), tenth.to_string_lossy());
    let index = |name: &str| here.path().join(name).to_string_lossy().into_owned();
    fs::create_dir(here.path().join("plain"))?;
    let peer = measure("plain", bytes, &this, &["--plain", &texts, &index("plain")])?;
    let one = index("one");
    let bare = measure("--no-extract", bytes, &own, &["--index", &one, "index", "--no-extract", &texts])?;
    let [cpu, clock] = [peer.cpu / bare.cpu, peer.clock / bare.clock].map(|share| 100.0 * share);
    println!("  speed of plain tantivy by CPU: {cpu:.0} %, by the clock: {clock:.0} %");
    measure("again", bytes, &own, &["--index", &one, "index", "--no-extract", &texts])?;
    measure("extract", small, &own, &["--index", &index("two"), "index", &tenth])?;
    for name in ["one", "two", "plain"] {
        fs::remove_dir_all(here.path().join(name))?;
    }
    apart(&all)?;
    let three = index("three");
    measure("files", bytes, &own, &["--index", &three, "index", "--no-extract", &texts])?;
    measure("again", bytes, &own, &["--index", &three, "index", "--no-extract", &texts])?;
    Ok(())
}

/// What a process took, in seconds.
struct Taken {
    cpu: f64,
    clock: f64,
}

/// Runs a process to its end.
fn measure(name: &str, bytes: u64, program: &Path, args: &[&str]) -> Outcome<Taken> {
    let before = children_cpu()?;
    let begun = Instant::now();
    let mut child = Command::new(program).args(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let mut peak = 0;
    let status = loop {
        peak = peak.max(resident(child.id()).unwrap_or(0));
        match child.try_wait()? {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(10)),
        }
    };
    let (cpu, clock) = (children_cpu()? - before, begun.elapsed().as_secs_f64());
    println!(
        "{name:<14} CPU {cpu:>7.2} s  {:>6.2} MB/s of CPU  wall {clock:>7.2} s  peak {peak:>5} MB{}",
        bytes as f64 / 1e6 / cpu,
        if status.success() { String::new() } else { format!("  {status}") }
    );
    Ok(Taken { cpu, clock })
}

/// CPU seconds of all children that ended, at 100 ticks a second.
fn children_cpu() -> Outcome<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    Ok((ticks(13) + ticks(14)) / 100.0)
}

/// Most megabytes that a process had resident so far.
fn resident(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}

fn file_name(number: usize) -> String {
    format!("{number:05}.jsonl")
}

/// Writes that many articles, made from those of a folder; the bytes of their texts come back.
fn scale(folder: &Path, out: &Path, articles: usize) -> Outcome<u64> {
    let bodies = bodies(folder);
    if bodies.is_empty() {
        return Err(format!("no articles in {}", folder.display()).into());
    }
    fs::create_dir(out)?;
    let mut bytes = 0;
    for file in 0..articles.div_ceil(PER_FILE) {
        let mut writer = BufWriter::new(fs::File::create(out.join(file_name(file)))?);
        for number in file * PER_FILE..articles.min((file + 1) * PER_FILE) {
            let text = changed(&bodies[number % bodies.len()], number / bodies.len());
            bytes += text.len() as u64;
            let line = serde_json::json!({"id": format!("n{number}"), "title": format!("Article {number}"), "text": text});
            writeln!(writer, "{line}")?;
        }
    }
    Ok(bytes)
}

/// Gives each line of each file a file of its own, a folder for those of one.
fn apart(folder: &Path) -> Outcome<()> {
    let files: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    for file in files {
        let own = file.with_extension("");
        fs::create_dir(&own)?;
        for (number, line) in BufReader::new(fs::File::open(&file)?).lines().enumerate() {
            fs::write(own.join(format!("{number:03}.json")), line?)?;
        }
        fs::remove_file(&file)?;
    }
    Ok(())
}

fn bodies(folder: &Path) -> Vec<String> {
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok);
    let articles = files.filter(|entry| entry.file_type().is_file()).filter_map(|entry| {
        let path = entry.path();
        read::open(path, &path.to_string_lossy(), "bench").ok()
    });
    articles.flatten().filter_map(Result::ok).map(|article| article.body).take(10_000).collect()
}

/// The text with one word in twelve replaced; as it is in the first round.
fn changed(text: &str, round: usize) -> String {
    if round == 0 {
        return text.to_string();
    }
    let word = |(at, word): (usize, &str)| match (at * 7 + round) % 12 {
        0 => format!("term{}", (at * 31 + round * 17) % 50_000),
        _ => word.to_string(),
    };
    let paragraph = |text: &str| text.split(' ').enumerate().map(word).collect::<Vec<_>>().join(" ");
    text.split("\n\n").map(paragraph).collect::<Vec<_>>().join("\n\n")
}

/// What anybody would write who has tantivy and a folder of JSON Lines.
fn plain(texts: &Path, folder: &Path) -> Outcome<()> {
    let mut builder = SchemaBuilder::new();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(analyse::STEMMED)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let field =
        builder.add_text_field("text", TextOptions::default().set_indexing_options(indexing) | STORED);
    let index = Index::create_in_dir(folder, builder.build())?;
    index.tokenizers().register(analyse::STEMMED, analyse::stemmed());
    let threads = std::thread::available_parallelism()?.get();
    let mut writer = index.writer_with_num_threads(threads, threads * 64_000_000)?;
    let mut files: Vec<PathBuf> =
        fs::read_dir(texts)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    files.sort();
    for file in files {
        for line in BufReader::new(fs::File::open(file)?).lines() {
            let mut record: serde_json::Value = serde_json::from_str(&line?)?;
            let serde_json::Value::String(text) = record["text"].take() else { continue };
            let mut document = TantivyDocument::default();
            document.add_text(field, text);
            writer.add_document(document)?;
        }
    }
    writer.commit()?;
    writer.wait_merging_threads()?;
    Ok(())
}
