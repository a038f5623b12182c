//! Files to articles.
//!
//! Each row of [`FORMATS`] turns a file into [`Raw`] articles: what the file says, as it says it.
//! [`normalise`](normalise()) makes an [`Article`] of each; it does no I/O. What a file really holds
//! decides its format, its name only where that does not tell.

mod boilerplate;
mod date;
mod decode;
mod header;
mod html;
mod json;
mod markdown;
mod normalise;
mod tags;
mod text;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::document::{Article, DateSource};
use crate::error::{Error, Result};

pub use normalise::normalise;

/// One format of news files.
pub struct Format {
    /// Its name for users.
    pub name: &'static str,
    /// File name extensions, in lower case.
    pub extensions: &'static [&'static str],
    /// True when a file cannot be anything else, judged by its first bytes.
    pub sniff: fn(&[u8]) -> bool,
    /// The articles of a source; each may fail on its own.
    pub read: fn(&Source<'_>) -> Result<Vec<Result<Raw>>>,
    /// True when every line is a record of its own: then `read` gets one line at a time.
    pub by_line: bool,
}

/// All formats, in the order in which a file is tried against them.
pub const FORMATS: &[Format] = &[json::LINES, json::FORMAT, html::FORMAT, markdown::FORMAT, text::FORMAT];

/// What a format reads: a whole file, or one line of it.
pub struct Source<'a> {
    /// The file as the user would write it; with `:LINE` where a line is read.
    pub path: &'a str,
    /// What it holds, decoded.
    pub text: &'a str,
}

impl Source<'_> {
    fn no_article(&self, reason: impl Into<String>) -> Error {
        Error::NoArticle { path: PathBuf::from(self.path), reason: reason.into() }
    }

    fn malformed(&self, reason: impl Into<String>) -> Error {
        Error::Malformed { path: PathBuf::from(self.path), reason: reason.into() }
    }
}

/// What a file says of one article, before normalising; every part may be missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Raw {
    /// The id that the file gives.
    pub id: Option<String>,
    /// Address on the web.
    pub url: Option<String>,
    /// Name of the outlet.
    pub source: Option<String>,
    /// Headline.
    pub title: Option<String>,
    /// Authors, one or several in each entry.
    pub byline: Vec<String>,
    /// Dates of publication as written, the best first, and where each was found.
    pub published: Vec<(String, DateSource)>,
    /// Language tag.
    pub language: Option<String>,
    /// The text.
    pub text: String,
    /// What line feeds in the text mean.
    pub layout: Layout,
}

/// What line feeds mean in a text as read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// Lines may be paragraphs, or paragraphs may be wrapped over lines: the text itself must tell.
    #[default]
    Lines,
    /// Blank lines separate paragraphs; a single line feed separates lines within one.
    Blocks,
}

/// Where an article comes from, and what day it is: all that normalising needs beside the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// The file as the user would write it.
    pub path: String,
    /// The file's path relative to the indexed root, with the root's own name first and `/` between.
    pub key: String,
    /// Dates after tomorrow are refused.
    pub today: Date,
    /// When the file was last written.
    pub modified: Option<Date>,
}

/// The longest line of a JSON Lines file that is read.
const MOST_LINE: u64 = 64 << 20;
/// The largest file of another format that is read.
const MOST_FILE: u64 = 256 << 20;
/// By how many bytes a file's format is judged.
const HEAD: usize = 64 << 10;

/// True when a file of this name is looked at in a walk over a folder.
pub fn is_supported(path: &Path) -> bool {
    by_name(path).is_some()
}

/// The articles of a file, one after another; each may fail on its own.
///
/// `opened_as` is the path as the user would write it. `root_key` is the path relative to the
/// indexed root with the root's own name first and `/` between; ids are made from it.
pub fn open(path: &Path, opened_as: &str, root_key: &str) -> Result<Articles> {
    let failed = |source: io::Error| Error::Read { path: PathBuf::from(opened_as), source };
    let file = File::open(path).map_err(failed)?;
    let about = file.metadata().map_err(failed)?;
    if about.is_dir() {
        return Err(failed(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")));
    }
    let modified = about.modified().ok().and_then(|time| jiff::Timestamp::try_from(time).ok());
    let origin = Origin {
        path: opened_as.to_owned(),
        key: root_key.to_owned(),
        today: today(),
        modified: modified.map(date::day_of),
    };
    from_origin(origin, path, Box::new(BufReader::with_capacity(HEAD, file)))
}

/// The articles of bytes that have no file, such as standard input.
///
/// `name` stands for the path; an extension in it counts where the bytes do not tell their format.
pub fn from_reader(name: &str, reader: impl Read + Send + 'static) -> Result<Articles> {
    let origin = Origin { path: name.to_owned(), key: name.to_owned(), today: today(), modified: None };
    from_origin(origin, Path::new(name), Box::new(BufReader::with_capacity(HEAD, reader)))
}

/// As [`from_reader`], of bytes in memory.
pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Articles> {
    from_reader(name, Cursor::new(bytes.to_vec()))
}

/// The articles of one file.
pub struct Articles {
    origin: Origin,
    ordinal: u32,
    records: Records,
}

enum Records {
    Whole(std::vec::IntoIter<Result<Raw>>),
    Lines { format: &'static Format, reader: Box<dyn BufRead + Send>, line: u64 },
}

impl Iterator for Articles {
    type Item = Result<Article>;

    fn next(&mut self) -> Option<Result<Article>> {
        let (raw, place) = match &mut self.records {
            Records::Whole(raws) => (raws.next()?, self.origin.path.clone()),
            Records::Lines { format, reader, line } => loop {
                let text = match next_line(reader) {
                    Ok(Some(text)) => text,
                    Ok(None) => return None,
                    Err(error) => {
                        self.records = Records::Whole(Vec::new().into_iter());
                        return Some(Err(Error::Read {
                            path: PathBuf::from(&self.origin.path),
                            source: error,
                        }));
                    }
                };
                *line += 1;
                let place = format!("{}:{line}", self.origin.path);
                let Ok(text) = text else {
                    let reason =
                        format!("the line is longer than {} MB, the most that is read", MOST_LINE >> 20);
                    self.ordinal += 1;
                    return Some(Err(Error::Malformed { path: PathBuf::from(place), reason }));
                };
                let text = text.trim_start_matches('\u{feff}').trim();
                if text.is_empty() {
                    continue;
                }
                let raw = (format.read)(&Source { path: &place, text }).and_then(|raws| {
                    match raws.into_iter().next() {
                        Some(raw) => raw,
                        None => {
                            Err(Error::NoArticle { path: PathBuf::from(&place), reason: NO_TEXT.to_owned() })
                        }
                    }
                });
                break (raw, place);
            },
        };
        let ordinal = self.ordinal;
        self.ordinal = self.ordinal.saturating_add(1);
        Some(raw.and_then(|raw| {
            let article = normalise(raw, &self.origin, ordinal);
            if article.body.is_empty() {
                return Err(Error::NoArticle { path: PathBuf::from(place), reason: NO_TEXT.to_owned() });
            }
            Ok(article)
        }))
    }
}

const NO_TEXT: &str = "no article text found";

fn from_origin(origin: Origin, name: &Path, mut reader: Box<dyn BufRead + Send>) -> Result<Articles> {
    let path = PathBuf::from(&origin.path);
    let failed = |source| Error::Read { path: path.clone(), source };
    let mut head = Vec::new();
    reader.by_ref().take(HEAD as u64).read_to_end(&mut head).map_err(failed)?;
    if head.trim_ascii().is_empty() {
        return Err(Error::NoArticle { path, reason: "the file is empty".to_owned() });
    }
    let format = format_of(name, &head, &path)?;
    let mut all = Cursor::new(head.clone()).chain(reader);
    let records = if format.by_line && !decode::is_utf_16(&head) {
        Records::Lines { format, reader: Box::new(all), line: 0 }
    } else {
        let mut bytes = Vec::new();
        all.by_ref().take(MOST_FILE + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > MOST_FILE {
            let reason = format!(
                "the file is larger than {} MB, the most that is read whole; JSON Lines may be larger",
                MOST_FILE >> 20
            );
            return Err(Error::Malformed { path, reason });
        }
        let text = decode::decode(&bytes);
        drop(bytes);
        if format.by_line {
            Records::Lines { format, reader: Box::new(Cursor::new(text.into_bytes())), line: 0 }
        } else {
            Records::Whole((format.read)(&Source { path: &origin.path, text: &text })?.into_iter())
        }
    };
    Ok(Articles { origin, ordinal: 0, records })
}

/// What the bytes show beyond doubt; else what the name says; else, without an extension, text.
fn format_of(name: &Path, head: &[u8], path: &Path) -> Result<&'static Format> {
    let unsupported = |reason: String| Error::Unsupported { path: path.to_owned(), reason };
    if let Some(what) = decode::binary(head) {
        return Err(unsupported(format!("cannot be read: it is {what}")));
    }
    let decoded;
    let bytes = match decode::is_utf_16(head) {
        true => {
            decoded = decode::decode(head);
            decoded.as_bytes()
        }
        false => head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head),
    };
    let named = by_name(name);
    if let Some(format) = FORMATS.iter().find(|format| (format.sniff)(bytes)) {
        return Ok(format);
    }
    if let Some(format) = named {
        return Ok(format);
    }
    match name.extension() {
        // Names such as `v1.2` or `article.` end in no extension that means anything.
        Some(extension)
            if extension.len() > 1 && extension.to_string_lossy().chars().all(char::is_alphanumeric) =>
        {
            let known: Vec<&str> = FORMATS.iter().flat_map(|format| format.extensions).copied().collect();
            Err(unsupported(format!(
                "files named .{} are not read; what is read: .{}",
                extension.to_string_lossy(),
                known.join(", .")
            )))
        }
        _ => Ok(&text::FORMAT),
    }
}

fn by_name(path: &Path) -> Option<&'static Format> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    FORMATS.iter().find(|format| format.extensions.contains(&extension.as_str()))
}

/// The next line; an inner `Err` when it was too long and has been passed over.
fn next_line(reader: &mut dyn BufRead) -> io::Result<Option<Result<String, ()>>> {
    let mut bytes = Vec::new();
    if reader.take(MOST_LINE).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    if bytes.len() as u64 == MOST_LINE && !bytes.ends_with(b"\n") {
        reader.skip_until(b'\n')?;
        return Ok(Some(Err(())));
    }
    Ok(Some(Ok(match String::from_utf8(bytes) {
        Ok(line) => line,
        Err(error) => decode::decode(error.as_bytes()),
    })))
}

fn today() -> Date {
    date::day_of(jiff::Timestamp::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes out of bytes of a given name: `title: body` of each article, or its error.
    fn check(name: &str, bytes: &[u8], wanted: &[&str]) {
        let told = |article: Result<Article>| match article {
            Ok(article) => format!("{}: {}", article.title, article.body),
            Err(error) => error.to_string(),
        };
        let found: Vec<String> = match from_bytes(name, bytes) {
            Ok(articles) => articles.map(told).collect(),
            Err(error) => vec![error.to_string()],
        };
        assert_eq!(found, wanted, "{name}");
    }

    #[test]
    fn what_a_file_holds_decides() {
        let page = b"<!doctype html><title>Talks fail</title><body><p>The talks failed, the minister said on Tuesday.</p></body>";
        check("a.txt", page, &["Talks fail: The talks failed, the minister said on Tuesday."]);
        check("a.html", b"{\"title\": \"T\", \"text\": \"One.\"}", &["T: One."]);
        check(
            "a.json",
            b"{\"title\": \"T\", \"text\": \"One.\"}\n{\"title\": \"U\", \"text\": \"Two.\"}\n",
            &["T: One.", "U: Two."],
        );
        check("a.jsonl", b"[\n{\"title\": \"T\", \"text\": \"One.\"}\n]", &["T: One."]);
        check("<stdin>", b"---\ntitle: T\n---\nOne.", &["T: One."]);
        check(
            "<stdin>",
            b"[Update] The talks failed.",
            &["[Update] The talks failed.: [Update] The talks failed."],
        );
        check("noextension", b"One.", &["One.: One."]);
    }

    #[test]
    fn one_bad_line_does_not_stop_the_others() {
        let lines = b"{\"title\": \"T\", \"text\": \"One.\"}\n\n{broken\n{\"a\": 1}\n{\"title\": \"U\", \"text\": \"Two.\"}";
        let articles: Vec<_> = from_bytes("n.jsonl", lines).unwrap().collect();
        assert_eq!(articles.len(), 4);
        assert!(
            articles[1].as_ref().is_err_and(|e| e.to_string().starts_with("n.jsonl:3: ")),
            "{:?}",
            articles[1]
        );
        assert!(
            articles[2]
                .as_ref()
                .is_err_and(|e| e.to_string().contains("n.jsonl:4: ") && e.to_string().contains("has: a"))
        );
        assert_eq!(articles[3].as_ref().unwrap().ordinal, 3);
    }

    #[test]
    fn errors_name_the_file_and_the_reason() {
        check("e.txt", b" \n", &["e.txt: the file is empty"]);
        check("e.txt", b"\xe2\x80\x8b\n", &["e.txt: no article text found"]);
        check("e.html", b"<html><head><script>x</script></head></html>", &["e.html: no article text found"]);
        check(
            "e.txt",
            b"%PDF-1.7 ...",
            &["e.txt: cannot be read: it is a PDF document; save it as text or HTML first"],
        );
        check(
            "e.xyz",
            b"words",
            &[
                "e.xyz: files named .xyz are not read; what is read: .jsonl, .ndjson, .json, .html, .htm, .xhtml, .md, .markdown, .mdown, .txt, .text",
            ],
        );
        assert!(
            open(Path::new("/nonexistent/x.txt"), "x.txt", "x.txt")
                .is_err_and(|e| e.to_string() == "x.txt: cannot be read")
        );
    }

    #[test]
    fn nothing_panics() {
        let nasty: &[&[u8]] = &[
            b"{",
            b"[",
            b"\"",
            b"<p>",
            b"</",
            b"---\n",
            b"# ",
            b"\xff\xfe",
            b"\xe2\x80",
            b"\0",
            b"By ",
            b"2025-",
            b"Title: ",
            b"* ",
            b"\r",
            b"\n\n",
            b"&#",
            "\u{202e}é\u{301}".as_bytes(),
            b"{\"text\":",
            b"}",
            b"Ad\n",
            b"|",
            b"`",
            b"<!--",
            b"<script type=application/ld+json>",
            b"\\ud800",
            b"http://",
            b"@",
            b"word. ",
            "“".as_bytes(),
        ];
        let mut seed = 1u64;
        let mut random = |below: usize| {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (seed >> 33) as usize % below
        };
        for round in 0..3000 {
            let bytes: Vec<u8> = (0..random(40)).flat_map(|_| nasty[random(nasty.len())].to_vec()).collect();
            let name = ["a.txt", "a.md", "a.html", "a.json", "a.jsonl", "-"][round % 6];
            if let Ok(articles) = from_bytes(name, &bytes) {
                articles.for_each(drop);
            }
        }
    }
}
