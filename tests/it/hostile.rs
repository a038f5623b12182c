//! Input that means harm: nothing panics, nothing is lost, nothing reaches the terminal.

use std::fs;

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
