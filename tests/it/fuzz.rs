//! Property tests: whatever a file holds, reading and extracting end, and what they find is sound.
//!
//! What was found so far is kept as files in `tests/hostile/`; each is read anew on every run.

use onrecord::document::{Article, Document};
use onrecord::extract::extract;
use onrecord::gazetteer::Gazetteer;
use onrecord::read;
use onrecord::span::Span;
use proptest::prelude::*;

use crate::support::root;

/// The most text that one article may have, and then some for what is joined to it.
const MOST: usize = 5 << 20;

/// Reads bytes and what they hold, and looks at everything that came out.
fn sound(name: &str, bytes: &[u8]) {
    let Ok(articles) = read::from_bytes(name, bytes) else { return };
    for (at, article) in articles.enumerate() {
        assert!(at < 20_000, "{name}: there is no end of articles");
        if let Ok(article) = article {
            assert!(article.body.len() <= MOST && article.title.len() <= 4000, "{name}");
            if at < 5 && article.body.len() < 20_000 {
                spans_fit(&extract(article, Gazetteer::embedded()));
            }
        }
    }
}

fn spans_fit(document: &Document) {
    let body = &document.article.body;
    let fits = |span: Span| {
        let (start, end) = (span.start as usize, span.end as usize);
        assert!(start <= end && body.is_char_boundary(start) && body.is_char_boundary(end), "{span:?}");
    };
    document.paragraphs.iter().chain(&document.sentences).copied().for_each(fits);
    for mention in &document.mentions {
        fits(mention.span);
        assert!((mention.entity.0 as usize) < document.entities.len());
    }
    for quote in &document.quotes {
        quote.content.iter().copied().for_each(fits);
        quote.about.iter().for_each(|about| fits(about.evidence));
        quote.cue.iter().for_each(|cue| fits(cue.span));
        for who in quote.speaker.iter().chain(&quote.addressee) {
            fits(who.mention);
            assert!((who.entity.0 as usize) < document.entities.len());
        }
    }
}

/// Samples of every format but PDF, whose reader may abort a process: `hostile.rs` reads those by the program.
fn samples() -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for part in ["tests/formats", "tests/hostile"] {
        let mut files: Vec<_> = std::fs::read_dir(root().join(part)).unwrap().flatten().collect();
        files.sort_by_key(std::fs::DirEntry::file_name);
        for file in files {
            let name = file.file_name().to_string_lossy().into_owned();
            if !name.contains("pdf") {
                found.push((name, std::fs::read(file.path()).unwrap()));
            }
        }
    }
    found
}

fn is_pdf(bytes: &[u8]) -> bool {
    bytes.windows(4).any(|at| at == b"%PDF")
}

const NAMES: &[&str] = &[
    "a.txt", "a.md", "a.html", "a.json", "a.jsonl", "a.csv", "a.tsv", "a.xml", "a.rss", "a.nitf", "a.warc",
    "a.arc", "a.eml", "a.mbox", "a.zip", "a.gz", "a.zst", "a.epub", "a.docx", "a",
];

/// Pieces that formats are made of.
const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "\"",
    ",",
    ":",
    "\\u",
    "\n",
    "\r\n",
    "\t",
    ";",
    "<",
    ">",
    "</",
    "<!--",
    "<![CDATA[",
    "<?xml version=\"1.0\"?>",
    "<rss><channel><item><title>",
    "<nitf><body.content><p>",
    "<newsItem>",
    "&",
    "&#",
    "<p>",
    "<div>",
    "<script>",
    "WARC/1.0\r\nContent-Length: 99\r\n\r\n",
    "filedesc://",
    "From a\nFrom: b\n",
    "MIME-Version: 1.0\nFrom: a\n",
    "Content-Type: multipart/mixed; boundary=b\n\n--b\n",
    "title,text\n",
    "---\n",
    "PK\u{3}\u{4}",
    "“",
    "”",
    "é",
    "\u{301}",
    "\u{202e}",
    "\0",
    "said ",
    "Kyiv",
    "Jane Doe ",
    "2025-10-14",
    ". ",
    "年",
    "\u{feff}",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(name in proptest::sample::select(NAMES), bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        if !is_pdf(&bytes) {
            sound(name, &bytes);
        }
    }

    #[test]
    fn any_pieces(name in proptest::sample::select(NAMES), pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..60)) {
        sound(name, pieces.concat().as_bytes());
    }

    #[test]
    fn samples_with_mistakes(
        which in any::<proptest::sample::Index>(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..8),
        cut in proptest::option::of(any::<proptest::sample::Index>()),
        twice in any::<bool>(),
    ) {
        let all = samples();
        let (name, mut bytes) = which.get(&all).clone();
        for (at, byte) in changes {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
        }
        if twice {
            bytes.extend_from_within(..);
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len() + 1));
        }
        sound(&name, &bytes);
    }

    #[test]
    fn any_text_is_extracted_soundly(words in proptest::collection::vec(proptest::sample::select(PIECES), 0..120)) {
        let article: Article = onrecord::gold::article("x", &words.concat());
        spans_fit(&extract(article, Gazetteer::embedded()));
    }
}

#[test]
fn samples_cut_anywhere() {
    for (name, bytes) in samples() {
        for cut in (0..bytes.len()).step_by(1 + bytes.len() / 40) {
            sound(&name, &bytes[..cut]);
        }
        sound(&name, &bytes);
    }
}
