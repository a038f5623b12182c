//! The examples of the README print what it says they print.

use std::fs;
use std::path::Path;

use crate::support::{root, run_in};

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { fs::copy(&path, &target).map(drop).unwrap() }
    }
}

/// Splits a command as a shell would, as far as the README needs it.
fn split(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in command.chars() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None, ' ') => words.push(String::new()),
            (_, c) => words.last_mut().unwrap().push(c),
        }
    }
    words
}

#[test]
fn examples_are_real() {
    let folder = tempfile::TempDir::new().unwrap();
    copy(&root().join("corpus"), &folder.path().join("corpus"));
    assert_eq!(run_in(folder.path(), &["index", "corpus"]).code, 0);
    let path = root().join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let mut shown = String::new();
    let mut rest = readme.as_str();
    let mut examples = 0;
    while let Some((before, after)) = rest.split_once("```console\n$ onrecord ") {
        let (block, tail) = after.split_once("```").expect("a block ends");
        let command = block.lines().next().unwrap();
        let words = split(command);
        let ran = run_in(folder.path(), &words.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(ran.code, 0, "{command}: {}", ran.err);
        shown.push_str(&format!("{before}```console\n$ onrecord {command}\n{}\n```", ran.out.trim_end()));
        rest = tail;
        examples += 1;
    }
    shown.push_str(rest);
    assert_eq!(examples, 5);
    if std::env::var_os("ONRECORD_BLESS").is_some() {
        fs::write(&path, &shown).unwrap();
    }
    assert_eq!(
        shown,
        fs::read_to_string(&path).unwrap(),
        "the README shows other output; run with ONRECORD_BLESS=1 to renew it"
    );
}
