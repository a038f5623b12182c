//! DOCX: the paragraphs of a Word document, with its headline, author and date.

use std::sync::Arc;

use super::archive::Archive;
use super::input::{Record, Records};
use super::xml::{self, Piece};
use super::{DateSource, Layout, Raw, Result, header};

/// Where the text lies.
pub(super) const BODY: &str = "word/document.xml";

/// The most of a document's XML that is read.
const MOST: u64 = 64 << 20;

pub(super) fn read(archive: &Archive) -> Result<Records> {
    let place = &archive.place;
    let part = |name: &str| {
        archive
            .entry(name, MOST)
            .transpose()
            .map(|bytes| bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    };
    let body = part(BODY)?.unwrap_or_default();
    let (text, title) = text(&body);
    let mut raw = Raw {
        text,
        layout: Layout::Blocks,
        ..properties(&part("docProps/core.xml").ok().flatten().unwrap_or_default())
    };
    raw.title = title.or(raw.title);
    if raw.text.trim().is_empty() {
        return Err(place.no_article("a Word document without text"));
    }
    let record = Record { raw, place: Arc::clone(place), line: None };
    Ok(Box::new(std::iter::once(Ok(record))))
}

/// Paragraphs, and the first one that is set as a title.
fn text(body: &str) -> (String, Option<String>) {
    let mut paragraphs: Vec<String> = Vec::new();
    let (mut title, mut titled) = (None, false);
    let mut open = String::new();
    let (mut run, mut hidden) = (false, 0usize);
    for piece in xml::pieces(body) {
        match piece {
            // The same again for programs that do not know the first form.
            Piece::Open(tag) if tag.name == "Fallback" => hidden += 1,
            Piece::Close(name) if name == "Fallback" => hidden = hidden.saturating_sub(1),
            _ if hidden > 0 => {}
            Piece::Open(tag) | Piece::Empty(tag) => match tag.name.as_str() {
                "t" => run = true,
                "tab" => open.push(' '),
                "br" | "cr" => open.push('\n'),
                "noBreakHyphen" => open.push('-'),
                "pStyle" => {
                    let style = tag.attribute("val").unwrap_or_default().to_lowercase();
                    titled = matches!(style.as_str(), "title" | "heading1" | "titel" | "titre" | "headline");
                }
                _ => {}
            },
            Piece::Text(words) if run => open.push_str(&words),
            Piece::Text(_) => {}
            Piece::Close(name) => match name.as_str() {
                "t" => run = false,
                "p" => {
                    let paragraph = open.trim().to_owned();
                    open.clear();
                    if titled && title.is_none() && !paragraph.is_empty() && paragraphs.is_empty() {
                        title = Some(paragraph);
                    } else if !paragraph.is_empty() {
                        paragraphs.push(paragraph);
                    }
                    titled = false;
                }
                _ => {}
            },
        }
    }
    paragraphs.extend(Some(open).filter(|open| !open.trim().is_empty()));
    (paragraphs.join("\n\n"), title)
}

/// What the document says of itself. Programs fill the author with what the system calls its user.
fn properties(core: &str) -> Raw {
    let mut raw = Raw::default();
    let mut words = String::new();
    for piece in xml::pieces(core) {
        match piece {
            Piece::Open(_) => words.clear(),
            Piece::Text(text) => words.push_str(&text),
            Piece::Close(name) if !words.trim().is_empty() => {
                let words = words.trim().to_owned();
                match name.as_str() {
                    "title" => raw.title = Some(words),
                    "creator" if header::are_names(&words) => raw.byline.push(words),
                    "created" => raw.published.insert(0, (words, DateSource::Properties)),
                    "modified" => raw.published.push((words, DateSource::Properties)),
                    "language" => raw.language = Some(words),
                    _ => {}
                }
            }
            _ => {}
        }
    }
    raw
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_and_title() {
        let body = r#"<w:document xmlns:w="w"><w:body><w:p><w:pPr><w:pStyle w:val="Title"/></w:pPr><w:r><w:t>Talks fail</w:t></w:r></w:p>
        <w:p><w:r><w:t xml:space="preserve">The talks </w:t></w:r><w:r><w:t>failed &amp; ended.</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>
        <w:p/><w:p><w:r><w:t>Nobody</w:t><w:br/><w:t>spoke.</w:t></w:r></w:p></w:body></w:document>"#;
        assert_eq!(
            text(body),
            ("The talks failed & ended.\n\nNobody\nspoke.".to_owned(), Some("Talks fail".to_owned()))
        );
    }

    #[test]
    fn what_the_document_says_of_itself() {
        let raw = properties(
            r#"<cp:coreProperties><dc:title>T</dc:title><dc:creator>python-docx</dc:creator><dcterms:created>2025-10-14T10:00:00Z</dcterms:created></cp:coreProperties>"#,
        );
        assert_eq!((raw.title.as_deref(), raw.byline.len()), (Some("T"), 0));
        assert_eq!(raw.published, [("2025-10-14T10:00:00Z".to_owned(), DateSource::Properties)]);
    }
}
