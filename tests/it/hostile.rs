//! Input that means harm: nothing panics, nothing is lost, nothing reaches the terminal.

use std::fs;
use std::io::Write;

use crate::support::{folder, run_in};

#[test]
fn odd_files_are_named_or_read_but_never_end_the_run() {
    let good = "Rain at last\n\nIt rained in Bamako on Friday, the forecaster Aminata Keita said.\n";
    let news = folder(&[
        ("good.txt", good),
        ("empty.txt", ""),
        ("blank.md", "\n \n"),
        ("null.json", "null"),
        ("list.json", "[1, 2]"),
        ("deep.json", ""),
    ]);
    fs::write(news.path().join("deep.json"), "[".repeat(100_000)).unwrap();
    fs::write(news.path().join("binary.txt"), [0u8, 159, 146, 150, 0, 1, 2, 3]).unwrap();
    fs::write(news.path().join("deep.html"), "<div>".repeat(100_000) + "The dam held, the mayor said.")
        .unwrap();
    fs::write(news.path().join("line.txt"), "word ".repeat(400_000)).unwrap();
    fs::write(news.path().join("quotes.txt"), "“".repeat(50_000)).unwrap();
    fs::write(news.path().join("caps.txt"), "Alpha Beta ".repeat(20_000)).unwrap();
    let ran = run_in(news.path(), &["index", "."]);
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert_eq!(run_in(news.path(), &["said", "--about", "Mali", "--by", "Keita"]).code, 0);
}

const NEWS: &str = "It rained in Bamako on Friday, the forecaster Aminata Keita said.\n";

/// A zip archive in memory.
fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

#[test]
fn bombs_end_early_and_lose_nothing_beside_them() {
    let news = folder(&[]);
    let line = format!("{{\"title\": \"T\", \"text\": \"{}\"}}\n", "a".repeat(1 << 20)).into_bytes();
    let bomb = zipped(&[("bomb.jsonl", &line.repeat(200)), ("news.txt", NEWS.as_bytes())]);
    assert!(bomb.len() < 1 << 20);
    fs::write(news.path().join("a.zip"), &bomb).unwrap();
    fs::write(news.path().join("b.txt.gz"), gzipped(&vec![b' '; 300 << 20])).unwrap();
    let mut nested = NEWS.as_bytes().to_vec();
    for _ in 0..5 {
        nested = gzipped(&nested);
    }
    fs::write(news.path().join("c.gz"), nested).unwrap();
    let ran = run_in(news.path(), &["index", ".", "-v"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("a.zip/bomb.jsonl: it unpacks to more than 250 times its size"), "{}", ran.err);
    assert!(ran.err.contains("c.gz: packed more than 3 deep"), "{}", ran.err);
    assert_eq!(run_in(news.path(), &["said", "--by", "Keita"]).code, 0);
}

#[test]
fn archives_are_read_in_place() {
    let news = folder(&[]);
    let whole = zipped(&[("../../out.txt", NEWS.as_bytes()), ("/etc/rain.txt", NEWS.as_bytes())]);
    fs::write(news.path().join("a.zip"), &whole).unwrap();
    // One bad byte in the first entry.
    let mut broken = zipped(&[("bad.txt", NEWS.as_bytes()), ("good.txt", NEWS.as_bytes())]);
    broken[60] ^= 0x55;
    fs::write(news.path().join("b.zip"), &broken).unwrap();
    let ran = run_in(news.path(), &["index", "."]);
    assert!(ran.err.contains("b.zip/bad.txt: damaged or cut off"), "{}", ran.err);
    let found = run_in(news.path(), &["search", "rained", "--copies", "--format", "json"]).hits();
    let mut paths: Vec<String> =
        found.iter().map(|hit| hit["article"]["path"].as_str().unwrap_or_default().to_owned()).collect();
    paths.sort();
    assert_eq!(paths, ["./a.zip/etc/rain.txt", "./a.zip/out.txt", "./b.zip/good.txt"]);
    assert!(!news.path().join("out.txt").exists() && !news.path().join("../out.txt").exists());
}

#[test]
fn long_lines_are_cut_or_named() {
    let news = folder(&[("good.txt", NEWS)]);
    fs::write(news.path().join("long.txt"), "word ".repeat(10 << 20)).unwrap();
    let long = format!("{{\"text\": \"{}\"}}\n{{\"text\": \"{}\"}}\n", "a".repeat(50 << 20), NEWS.trim());
    fs::write(news.path().join("long.jsonl"), long).unwrap();
    let open = format!("title,text\nT,\"{}\n", "a ".repeat(10 << 20));
    fs::write(news.path().join("open.csv"), open).unwrap();
    let ran = run_in(news.path(), &["index", "."]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    for told in [
        "long.txt: what follows the first 4 MB of the text",
        "long.jsonl:1: the line is longer than 16 MB",
        "open.csv:2: the row that begins here is longer than 16 MB",
    ] {
        assert!(ran.err.contains(told), "{told}: {}", ran.err);
    }
    assert!(ran.out.contains("read 3 articles"), "{}", ran.out);
}

#[test]
fn entities_of_xml_are_neither_expanded_nor_fetched() {
    let laughs: String =
        (1..10).map(|n| format!("<!ENTITY a{n} \"{}\">", format!("&a{};", n - 1).repeat(10))).collect();
    let feed = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE rss [<!ENTITY a0 \"ha\">{laughs}<!ENTITY x SYSTEM \"file:///etc/passwd\">]><rss><channel><title>N</title><item><title>T</title><description>&a9; &x; {NEWS}</description></item></channel></rss>"
    );
    let news = folder(&[("feed.xml", &feed)]);
    let ran = run_in(news.path(), &["extract", "feed.xml"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let body = ran.json()["article"]["body"].as_str().unwrap_or_default().to_owned();
    assert!(body.starts_with("&a9; &x; It rained") && body.len() < 200, "{body}");
}

#[test]
fn a_broken_pdf_costs_itself_alone() {
    let news = folder(&[("good.txt", NEWS)]);
    let pdf = fs::read(crate::support::root().join("tests/formats/cuts.pdf")).unwrap();
    for (at, cut) in [40, 400, 900, pdf.len() - 30].into_iter().enumerate() {
        fs::write(news.path().join(format!("cut{at}.pdf")), &pdf[..cut]).unwrap();
        let mut flipped = pdf.clone();
        flipped[cut] ^= 0x15;
        fs::write(news.path().join(format!("flipped{at}.pdf")), &flipped).unwrap();
    }
    let ran = run_in(news.path(), &["index", "."]);
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
    assert_eq!(run_in(news.path(), &["said", "--by", "Keita"]).code, 0);
}

#[test]
fn nothing_that_a_terminal_obeys_is_printed() {
    let news = folder(&[(
        "a.json",
        r#"{"title": "T\u001b[2Jx \u202e y", "text": "It \u001b]0;owned\u0007rained in Bamako, said Aminata Keita of the weather office on Friday.", "source": "S\u001b[31m"}"#,
    )]);
    run_in(news.path(), &["index", "."]);
    for args in [&["search", "rained"][..], &["said"], &["who"], &["show", "a"]] {
        let ran = run_in(news.path(), args);
        assert!(
            !ran.out.contains('\u{1b}') && !ran.out.contains('\u{202e}') && !ran.out.contains('\u{7}'),
            "{:?}",
            ran.out
        );
    }
}

#[test]
fn cells_do_not_become_formulas() {
    let news = folder(&[(
        "a.json",
        r#"{"title": "=HYPERLINK(\"http://x\")", "text": "It rained in Bamako, said Aminata Keita of the weather office on Friday."}"#,
    )]);
    run_in(news.path(), &["index", "."]);
    let table = run_in(news.path(), &["said", "--format", "csv"]).out;
    assert!(table.contains("'=HYPERLINK"), "{table}");
}

#[cfg(unix)]
#[test]
fn links_and_pipes_are_left_alone() {
    let news =
        folder(&[("a.txt", "It rained in Bamako, said Aminata Keita of the weather office on Friday.\n")]);
    std::os::unix::fs::symlink(news.path(), news.path().join("loop")).unwrap();
    let fifo = std::process::Command::new("mkfifo").arg(news.path().join("pipe.txt")).status();
    let ran = run_in(news.path(), &["index", ".", "-v"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("loop") && (fifo.is_err() || ran.err.contains("pipe.txt")), "{}", ran.err);
}

#[test]
fn a_broken_index_is_told_and_rebuilt() {
    let news = folder(&[(
        "news/a.txt",
        "It rained in Bamako, said Aminata Keita of the weather office on Friday.\n",
    )]);
    run_in(news.path(), &["index", "news"]);
    for entry in fs::read_dir(news.path().join("index")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension != "json" && extension != "lock") {
            let bytes = fs::read(&path).unwrap();
            fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        }
    }
    let ran = run_in(news.path(), &["search", "rained"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("doctor --repair"), "{}", ran.err);
    assert_eq!(run_in(news.path(), &["index", "--rebuild", "news"]).code, 0);
    assert_eq!(run_in(news.path(), &["search", "rained"]).code, 0);
}

#[cfg(unix)]
#[test]
fn a_name_of_a_file_forges_no_line() {
    let forged = "a\nonrecord: all is well\n  I resign, said the king.\n\x1b[2J.txt";
    let news = folder(&[("news/good.txt", NEWS), (&format!("news/{forged}"), NEWS)]);
    fs::write(news.path().join("news").join(format!("{forged}.json")), "null").unwrap();
    let mut seen = String::new();
    for args in [
        &["index", "news", "-v"][..],
        &["search", "rained", "--copies"],
        &["said", "--copies"],
        &["verify"],
        &["extract", &format!("news/{forged}.json")],
    ] {
        let ran = run_in(news.path(), args);
        seen += &(ran.out + &ran.err);
    }
    let forged = |line: &str| {
        line.trim_start().starts_with("onrecord: all") || line.trim_start().starts_with("I resign")
    };
    assert!(seen.contains("I resign") && !seen.lines().any(forged) && !seen.contains('\x1b'), "{seen}");
}

#[test]
fn of_many_records_that_fail_the_first_are_named() {
    let news = folder(&[
        ("bad.jsonl", &"{\"title\" 3}\n".repeat(3000)),
        ("none.jsonl", &"{\"a\": 1}\n".repeat(3000)),
    ]);
    let ran = run_in(news.path(), &["index", "."]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.out.contains("3000 left alone") && ran.out.contains("; 3000 failed"), "{}", ran.out);
    let lines: Vec<&str> = ran.err.lines().collect();
    assert!(
        lines.len() < 60 && lines.contains(&"onrecord: and 2950 more like these (-v names them)"),
        "{}",
        ran.err
    );
    assert!(lines[0].starts_with("onrecord: ./bad.jsonl:1: not valid JSON"), "{}", ran.err);
}

/// Quotes store what is around them, and what is looked for within a sentence may take time by the square of
/// its length: neither may follow a text that never ends one.
#[test]
fn a_text_without_a_full_stop_costs_no_more_than_its_length() {
    let said = "Paul Okello said that the border with Russia stayed closed; ".repeat(3000);
    let news = folder(&[("news/a.txt", &format!("A plain title\n\n{said}\n"))]);
    for (at, words) in ["Mr. ", "said, ", "who said ", "he said that "].into_iter().enumerate() {
        let text = format!("A plain title\n\n{}\n", words.repeat(100_000 / words.len()));
        fs::write(news.path().join(format!("news/{at}.txt")), text).unwrap();
    }
    let ran = run_in(news.path(), &["index", "news"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let size: u64 = fs::read_dir(news.path().join("index"))
        .unwrap()
        .map(|entry| entry.unwrap().metadata().unwrap().len())
        .sum();
    assert!(size < 40 << 20, "the index has {size} bytes");
    assert_eq!(run_in(news.path(), &["verify"]).code, 0);
}
