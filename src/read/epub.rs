//! EPUB: each chapter with a heading is an article, as in the newspapers that e-readers are sent.
//! A chapter without one goes on from the chapter before; contents and covers are left out.

use std::collections::HashMap;

use super::archive::Archive;
use super::input::{Record, Records};
use super::xml::{self, Piece};
use super::{DateSource, Layout, Raw, Result, decode, html, tags};

/// Where the book says where its contents are listed.
pub(super) const CONTAINER: &str = "META-INF/container.xml";

/// The largest chapter that is read, and the most chapters.
const MOST: u64 = 16 << 20;
const MOST_CHAPTERS: usize = 20_000;
/// Fewer letters than these without a heading are a cover, a title page or an ornament.
const FEWEST: usize = 200;

pub(super) fn read(archive: &Archive) -> Result<Records> {
    let book = Book::open(archive)?;
    let mut records: Vec<Result<Record>> = Vec::new();
    for path in book.chapters.iter().take(MOST_CHAPTERS) {
        match chapter(archive, path) {
            Some(Ok((title, text))) => book.add(archive, path, title, text, &mut records),
            Some(Err(error)) => records.push(Err(error)),
            None => {}
        }
    }
    if records.is_empty() {
        return Err(archive.place.no_article("a book without text"));
    }
    Ok(Box::new(records.into_iter()))
}

/// What the package document tells.
#[derive(Default)]
struct Book {
    title: Option<String>,
    publisher: Option<String>,
    creators: Vec<String>,
    date: Option<String>,
    language: Option<String>,
    /// Paths of the chapters, in the order of reading.
    chapters: Vec<String>,
}

impl Book {
    fn open(archive: &Archive) -> Result<Book> {
        let text = |name: &str| -> Result<String> {
            let bytes = archive.entry(name, MOST).transpose()?;
            Ok(bytes.map(|bytes| decode::decode(&bytes)).unwrap_or_default())
        };
        let container = text(CONTAINER)?;
        let package = xml::pieces(&container).find_map(|piece| match piece {
            Piece::Open(tag) | Piece::Empty(tag) if tag.name == "rootfile" => tag.attribute("full-path"),
            _ => None,
        });
        let Some(package) = package else {
            return Err(archive.place.malformed("a book that does not say where its contents are"));
        };
        let folder = package.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut book = Book::default();
        book.take(&text(&package)?, folder);
        Ok(book)
    }

    fn take(&mut self, package: &str, folder: &str) {
        let mut files: HashMap<String, String> = HashMap::new();
        let mut words = String::new();
        for piece in xml::pieces(package) {
            match piece {
                Piece::Open(tag) | Piece::Empty(tag) if tag.name == "item" => {
                    let page = tag.attribute("media-type").is_some_and(|kind| kind.contains("html"));
                    let contents = tag.attribute("properties").is_some_and(|what| what.contains("nav"));
                    if let (Some(id), Some(href), true) =
                        (tag.attribute("id"), tag.attribute("href"), page && !contents)
                    {
                        files.insert(id, below(folder, &href));
                    }
                }
                Piece::Open(tag) | Piece::Empty(tag) if tag.name == "itemref" => {
                    let main = tag.attribute("linear").is_none_or(|linear| linear != "no");
                    let file = tag.attribute("idref").filter(|_| main).and_then(|id| files.get(&id));
                    self.chapters.extend(file.cloned());
                }
                Piece::Open(_) => words.clear(),
                Piece::Text(text) => words.push_str(&text),
                Piece::Close(name) => self.words(&name, words.trim()),
                Piece::Empty(_) => {}
            }
        }
    }

    fn words(&mut self, name: &str, words: &str) {
        let fill = |field: &mut Option<String>| {
            field.get_or_insert_with(|| words.to_owned());
        };
        match name {
            _ if words.is_empty() => {}
            "title" => fill(&mut self.title),
            "publisher" => fill(&mut self.publisher),
            "creator" => self.creators.push(words.to_owned()),
            "date" => fill(&mut self.date),
            "language" => fill(&mut self.language),
            _ => {}
        }
    }

    /// A chapter becomes an article, or more of the last one.
    fn add(
        &self,
        archive: &Archive,
        path: &str,
        title: Option<String>,
        text: String,
        records: &mut Vec<Result<Record>>,
    ) {
        if title.is_none()
            && let Some(Ok(last)) = records.last_mut()
        {
            last.raw.text.push_str("\n\n");
            last.raw.text.push_str(&text);
            return;
        }
        if title.is_none() && text.chars().filter(|c| c.is_alphabetic()).count() < FEWEST {
            return;
        }
        // Makers of books for readers put their own name where the publisher's goes.
        let publisher = self.publisher.clone().filter(|name| !name.to_lowercase().contains("calibre"));
        let raw = Raw {
            title: title.or_else(|| self.title.clone()),
            source: publisher.or_else(|| self.title.clone()),
            byline: self
                .creators
                .iter()
                .filter(|name| !name.to_lowercase().contains("calibre"))
                .cloned()
                .collect(),
            published: self.date.clone().map(|date| (date, DateSource::Field)).into_iter().collect(),
            language: self.language.clone(),
            text,
            layout: Layout::Blocks,
            ..Raw::default()
        };
        records.push(Ok(Record { raw, place: archive.place.entry(path), line: None }));
    }
}

/// The heading and text of a chapter; none where it has no words.
fn chapter(archive: &Archive, path: &str) -> Option<Result<(Option<String>, String)>> {
    let page = match archive.entry(path, MOST)? {
        Ok(bytes) => decode::decode(&bytes),
        Err(error) => return Some(Err(error)),
    };
    let text = tags::text(&page);
    if !text.chars().any(char::is_alphabetic) || links(&page) {
        return None;
    }
    Some(Ok((html::heading(&page), text)))
}

/// True when a page is hardly more than links: a list of contents.
fn links(page: &str) -> bool {
    let (mut inside, mut linked, mut all) = (false, 0, 0);
    for token in tags::tokens(page) {
        match token {
            tags::Token::Open(tag) if tag.is("a") => inside = true,
            tags::Token::Close(name) if name.eq_ignore_ascii_case("a") => inside = false,
            tags::Token::Text(text) => {
                let letters = text.chars().filter(|c| c.is_alphabetic()).count();
                all += letters;
                linked += if inside { letters } else { 0 };
            }
            _ => {}
        }
    }
    linked * 10 > all * 7
}

/// A path in the archive, from an address relative to a folder of it.
fn below(folder: &str, href: &str) -> String {
    let href = percent_decoded(href.split('#').next().unwrap_or_default());
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in href.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let code = (byte == b'%').then(|| std::str::from_utf8(after.get(..2)?).ok()).flatten();
        match code.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(code) => {
                bytes.push(code);
                rest = &after[2..];
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        assert_eq!(below("OEBPS/text", "../a%20b.xhtml#c"), "OEBPS/a b.xhtml");
        assert_eq!(below("", "../../etc/passwd"), "etc/passwd");
    }

    #[test]
    fn lists_of_contents() {
        assert!(links("<ul><li><a href=a>One thing</a><li><a href=b>Another</a></ul>"));
        assert!(!links("<p>He said <a href=a>so</a> on Tuesday.</p>"));
    }
}
