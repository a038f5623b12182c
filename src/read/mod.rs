//! Files to articles.
//!
//! Each row of [`FORMATS`] turns a file into [`Raw`] articles: what the file says, as it says it.
//! [`normalise`](normalise()) makes an [`Article`] of each; it does no I/O. What a file really holds
//! decides its format, its name only where that does not tell.

mod archive;
mod article_text;
mod boilerplate;
mod csv;
mod date;
mod decode;
mod docx;
mod entries;
mod epub;
mod feed;
mod gzip;
mod header;
mod html;
mod input;
mod json;
mod mail;
mod mapping;
mod markdown;
mod newsml;
mod normalise;
mod other;
mod pdf;
mod tags;
mod tar;
mod text;
mod warc;
mod xml;
mod zip;
mod zstd;

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use jiff::civil::Date;

use crate::document::{Article, DateSource};
use crate::error::{Error, Result};
use crate::span::floor;
use input::{Input, Job, Place, Record, Records, path_at};

pub use mapping::Mapping;
pub use normalise::normalise;
pub use pdf::child as pdf_child;

/// One format of news files.
pub struct Format {
    /// Its name for users.
    pub name: &'static str,
    /// File name extensions, in lower case.
    pub extensions: &'static [&'static str],
    /// True when a file cannot be anything else, judged by its first bytes.
    sniff: fn(&[u8]) -> bool,
    /// The articles of a file.
    read: fn(Input) -> Result<Records>,
}

/// All formats, in the order in which a file is tried against them.
pub const FORMATS: &[Format] = &[
    gzip::FORMAT,
    zstd::FORMAT,
    zip::FORMAT,
    tar::FORMAT,
    pdf::FORMAT,
    warc::WARC,
    warc::ARC,
    other::FORMAT,
    mail::MBOX,
    mail::EML,
    feed::FORMAT,
    newsml::NEWSML,
    newsml::NITF,
    json::LINES,
    json::FORMAT,
    html::FORMAT,
    xml::FORMAT,
    markdown::FORMAT,
    csv::COMMA,
    csv::TAB,
    text::FORMAT,
];

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
    /// What the record says of the article beside its text: a summary, or else the headline. It is the text of
    /// an article that has no other.
    pub summary: Option<String>,
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

/// The longest text that one article may have, in bytes: a million words is no news article.
const MOST_TEXT: usize = 4 << 20;
/// The longest headline, outlet or name of an author.
const MOST_FIELD: usize = 2000;
/// The most entries of a byline, and of dates.
const MOST_ENTRIES: usize = 50;

/// Extensions of files that hold no articles; they are not even looked into.
#[rustfmt::skip]
const NO_ARTICLES: &[&str] = &[
    "jpg", "jpeg", "png", "gif", "webp", "avif", "heic", "bmp", "tif", "tiff", "svg", "ico", "psd", "raw", "mp3", "mp4", "m4a", "m4v",
    "wav", "ogg", "oga", "ogv", "opus", "flac", "aac", "avi", "mov", "mkv", "webm", "wmv", "mpg", "mpeg", "css", "js", "mjs", "map", "woff",
    "woff2", "ttf", "otf", "eot", "exe", "dll", "so", "dylib", "o", "a", "class", "jar", "pyc", "wasm", "iso", "img", "dmg", "db", "sqlite",
    "sqlite3", "mdb", "parquet", "arrow", "feather", "npy", "npz", "pkl", "bin", "dat", "idx", "lock", "log", "tmp", "swp", "part",
    "torrent", "bib", "cdx", "cdxj",
];

/// What a reader of files is told beside the files.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Names of fields of JSON and of columns of tables.
    pub map: Mapping,
}

/// True when a file of this name is looked into in a walk over a folder.
///
/// What it really holds decides then, and may be nothing that is read.
pub fn is_supported(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    extension.is_none_or(|extension| !NO_ARTICLES.contains(&extension.as_str()))
}

/// The articles of a file, one after another; each may fail on its own.
///
/// `opened_as` is the path as the user would write it. `root_key` is the path relative to the
/// indexed root with the root's own name first and `/` between; ids are made from it.
pub fn open(path: &Path, opened_as: &str, root_key: &str) -> Result<Articles> {
    open_with(path, opened_as, root_key, &Options::default())
}

/// As [`open`], with what the user says of the files.
pub fn open_with(path: &Path, opened_as: &str, root_key: &str, options: &Options) -> Result<Articles> {
    let failed = |source: io::Error| Error::Read { path: PathBuf::from(opened_as), source };
    let file = File::open(path).map_err(failed)?;
    let about = file.metadata().map_err(failed)?;
    if about.is_dir() {
        return Err(failed(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")));
    }
    let modified = about.modified().ok().and_then(|time| jiff::Timestamp::try_from(time).ok());
    let job = Job { modified: modified.map(date::day_of), size: about.len(), ..job(options) };
    let input = Input::new(Place::of_file(opened_as, root_key, path, job), file)?;
    articles(Input { file: Some(path.to_owned()), ..input })
}

/// The articles of bytes that have no file, such as standard input.
///
/// `name` stands for the path; an extension in it counts where the bytes do not tell their format.
pub fn from_reader(name: &str, reader: impl Read + Send + 'static) -> Result<Articles> {
    from_reader_with(name, reader, &Options::default())
}

/// As [`from_reader`], with what the user says of the bytes.
pub fn from_reader_with(
    name: &str,
    reader: impl Read + Send + 'static,
    options: &Options,
) -> Result<Articles> {
    articles(Input::new(Place::of_file(name, name, Path::new(name), job(options)), reader)?)
}

/// As [`from_reader`], of bytes in memory.
pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Articles> {
    from_reader(name, Cursor::new(bytes.to_vec()))
}

fn job(options: &Options) -> Job {
    Job {
        map: options.map.clone(),
        today: today(),
        modified: None,
        size: 0,
        unpacked: 0.into(),
        mapped: 0.into(),
    }
}

fn articles(input: Input) -> Result<Articles> {
    let place = Arc::clone(&input.place);
    let records = guarded(&place, || records(input)).unwrap_or_else(Err)?;
    Ok(Articles { place, records, notes: VecDeque::new(), ordinal: 0, last: (String::new(), 0) })
}

/// What crates do with odd input is not ours to know: a panic in one costs what it read, not the run.
fn guarded<T>(place: &Place, read: impl FnOnce() -> T) -> Result<T> {
    catch_unwind(AssertUnwindSafe(read))
        .map_err(|_| place.malformed("a reader stopped at what this file holds; the rest of it is not read"))
}

/// The articles of one file.
pub struct Articles {
    place: Arc<Place>,
    records: Records,
    /// What is to be told beside the articles.
    notes: VecDeque<Error>,
    ordinal: u32,
    /// The place of the article before, and how many came from there.
    last: (String, u32),
}

impl Iterator for Articles {
    type Item = Result<Article>;

    fn next(&mut self) -> Option<Result<Article>> {
        if let Some(note) = self.notes.pop_front() {
            return Some(Err(note));
        }
        let record = match guarded(&self.place, || self.records.next()) {
            Ok(None) => return self.end().map(Err),
            Ok(Some(record)) => record,
            Err(error) => {
                self.records = Box::new(std::iter::empty());
                Err(error)
            }
        };
        let ordinal = self.ordinal;
        self.ordinal = ordinal.saturating_add(1);
        Some(record.and_then(|record| self.article(record, ordinal)))
    }
}

impl Articles {
    fn article(&mut self, record: Record, ordinal: u32) -> Result<Article> {
        let Record { mut raw, place, line } = record;
        if bound(&mut raw) {
            let most = MOST_TEXT >> 20;
            let reason =
                format!("what follows the first {most} MB of the text, the most that one article holds");
            self.notes.push_back(Error::NoArticle { path: path_at(&place, line), reason });
        }
        if self.last.0 != place.key {
            self.last = (place.key.clone(), 0);
        }
        let nth = self.last.1;
        self.last.1 = nth.saturating_add(1);
        let job = &place.job;
        let origin = Origin {
            path: place.shown.clone(),
            key: place.key.clone(),
            today: job.today,
            modified: job.modified,
        };
        let article = Article { ordinal, ..normalise(raw, &origin, nth) };
        if article.body.is_empty() {
            return Err(Error::NoArticle { path: path_at(&place, line), reason: NO_TEXT.to_owned() });
        }
        Ok(article)
    }

    /// Says once which rules of the mapping found nothing in the whole file.
    fn end(&mut self) -> Option<Error> {
        let job = &self.place.job;
        let found = job.mapped.swap(u32::MAX, Ordering::Relaxed);
        let missed = if found == 0 { Vec::new() } else { job.map.missed(found) };
        (!missed.is_empty())
            .then(|| self.place.no_article(format!("--map {} found nothing in any record", missed.join(","))))
    }
}

const NO_TEXT: &str = "no article text found";

/// Cuts what no article has; true when the text was cut.
fn bound(raw: &mut Raw) -> bool {
    let short = |text: &mut String| cut(text, MOST_FIELD);
    [&mut raw.id, &mut raw.url, &mut raw.source, &mut raw.title, &mut raw.summary, &mut raw.language]
        .into_iter()
        .flatten()
        .for_each(|text| {
            short(text);
        });
    raw.byline.truncate(MOST_ENTRIES);
    raw.published.truncate(MOST_ENTRIES);
    raw.byline.iter_mut().chain(raw.published.iter_mut().map(|(date, _)| date)).for_each(|text| {
        short(text);
    });
    cut(&mut raw.text, MOST_TEXT)
}

fn cut(text: &mut String, most: usize) -> bool {
    if text.len() <= most {
        return false;
    }
    text.truncate(floor(text, most));
    true
}

/// The articles in some bytes, by the format that they turn out to have.
fn records(input: Input) -> Result<Records> {
    input.place.check_depth()?;
    let input = input.into_utf_8()?;
    if input.head.trim_ascii().is_empty() {
        return Err(input.place.no_article("the file is empty"));
    }
    let format = format_of(&input)?;
    (format.read)(input)
}

/// What the bytes show beyond doubt; else what the name says; else, without an extension, text.
fn format_of(input: &Input) -> Result<&'static Format> {
    let bytes = input.head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&input.head);
    let named = by_name(Path::new(&input.place.name));
    if let Some(format) = FORMATS.iter().find(|format| (format.sniff)(bytes)) {
        // Of a first line that is longer than what is looked at, the name must tell that it is one.
        let line = named.filter(|named| named.name == json::LINES.name && !bytes.contains(&b'\n'));
        return Ok(line.filter(|_| format.name == json::FORMAT.name).unwrap_or(format));
    }
    if decode::is_binary(bytes) {
        return Err(input.place.unsupported("cannot be read: it is binary data, not text"));
    }
    if let Some(format) = named {
        return Ok(format);
    }
    match Path::new(&input.place.name).extension() {
        Some(extension)
            if extension.eq_ignore_ascii_case("docx") || extension.eq_ignore_ascii_case("epub") =>
        {
            Err(input.place.unsupported(format!(
                "it is named .{}, but is no zip archive, as such files are; name it after what it holds",
                extension.to_string_lossy()
            )))
        }
        // Names such as `v1.2` or `article.` end in no extension that means anything.
        Some(extension)
            if extension.len() > 1 && extension.to_string_lossy().chars().all(char::is_alphanumeric) =>
        {
            let known: Vec<&str> = FORMATS.iter().flat_map(|format| format.extensions).copied().collect();
            Err(input.place.unsupported(format!(
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

fn today() -> Date {
    date::day_of(jiff::Timestamp::now())
}

/// Articles on one line, as tests compare them: title, outlet, authors, date, address and body.
#[cfg(test)]
fn told(articles: Result<Articles>) -> String {
    let one = |article: Article| {
        let date = article.published.map(|p| p.at).unwrap_or_default();
        let Article { title, source, byline, url, body, .. } = article;
        [title, source, byline.join("+"), date, url.unwrap_or_default(), body].join("|")
    };
    let each = |article: Result<Article>| article.map_or_else(|error| error.to_string(), one);
    match articles {
        Ok(articles) => articles.map(each).collect::<Vec<_>>().join(" ## "),
        Err(error) => error.to_string(),
    }
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
        let late = [&b"<style>p { color: red }</style>\n<html>"[..], page].concat();
        check("a.txt", &late, &["Talks fail: The talks failed, the minister said on Tuesday."]);
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
        check("e.txt", b"BZh91AY", &["e.txt: cannot be read: it is compressed with bzip2; unpack it first"]);
        check("e.txt", &[0, 1, 2, 3, 4, 200, 7], &["e.txt: cannot be read: it is binary data, not text"]);
        let unknown = from_bytes("e.xyz", b"words").err().map(|error| error.to_string()).unwrap_or_default();
        assert!(
            unknown.starts_with("e.xyz: files named .xyz are not read; what is read: .gz, "),
            "{unknown}"
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
