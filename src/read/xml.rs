//! XML, read leniently: tags need not match, and no entity is expanded or fetched.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::input::{Input, Records, Source};
use super::{Format, Raw, Result, decode, tags};

/// XML of a kind that no other row knows.
pub(super) const FORMAT: Format =
    Format { name: "xml", extensions: &["xml"], sniff: |head| root(head).is_some(), read };

fn read(input: Input) -> Result<Records> {
    input.whole(unknown)
}

fn unknown(source: &Source<'_>) -> Result<Vec<Result<Raw>>> {
    let root = root(source.text.as_bytes()).unwrap_or_default();
    let root = if root.is_empty() { String::new() } else { format!(", its root is <{root}>") };
    Err(source.no_article(format!(
        "XML of a kind that is not read{root}; what is read: RSS, Atom, NewsML-G2, NITF, XHTML"
    )))
}

/// A piece of a document. Names are local: without prefix.
#[derive(Debug)]
pub(super) enum Piece<'a> {
    Open(Tag<'a>),
    /// `true` when the tag closes itself, and `Close` does not follow.
    Empty(Tag<'a>),
    Close(String),
    Text(Cow<'a, str>),
}

/// An opening tag.
#[derive(Debug)]
pub(super) struct Tag<'a> {
    pub name: String,
    /// As written, with its prefix.
    pub full: String,
    start: BytesStart<'a>,
}

impl Tag<'_> {
    /// The value of an attribute of this local name.
    pub fn attribute(&self, name: &str) -> Option<String> {
        let mut all = self.start.attributes();
        let found =
            all.with_checks(false).flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
        Some(tags::decode(&found.value).into_owned())
    }
}

/// The pieces of a document, as far as it can be read.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut faults = 0;
    std::iter::from_fn(move || {
        loop {
            match reader.read_event() {
                Ok(Event::Eof) => return None,
                Ok(event) => {
                    if let Some(piece) = piece(event) {
                        return Some(piece);
                    }
                }
                // What is broken is passed over; the reader goes on behind it.
                Err(_) => {
                    faults += 1;
                    if faults > 1000 {
                        return None;
                    }
                }
            }
        }
    })
}

fn piece(event: Event<'_>) -> Option<Piece<'_>> {
    match event {
        Event::Start(start) => Some(Piece::Open(tag(start))),
        Event::Empty(start) => Some(Piece::Empty(tag(start))),
        Event::End(end) => Some(Piece::Close(end.local_name().as_ref().to_owned())),
        Event::Text(text) => Some(Piece::Text(Cow::Owned((*text).to_owned()))),
        Event::CData(text) => Some(Piece::Text(Cow::Owned((*text).to_owned()))),
        Event::GeneralRef(name) => {
            let written = format!("&{};", &*name);
            Some(Piece::Text(Cow::Owned(tags::decode(&written).into_owned())))
        }
        _ => None,
    }
}

fn tag(start: BytesStart<'_>) -> Tag<'_> {
    let name = start.local_name().as_ref().to_owned();
    let full = start.name().as_ref().to_owned();
    Tag { name, full, start }
}

/// The local name of a document's root, judged by its first bytes.
pub(super) fn root(head: &[u8]) -> Option<String> {
    let head = &head[..head.len().min(16 << 10)];
    let text = match head.starts_with(b"<?xml") || head.is_ascii() {
        true => String::from_utf8_lossy(head),
        false => Cow::Owned(decode::decode(head)),
    };
    let mut rest = text.trim_start();
    loop {
        let skipped = match () {
            () if rest.starts_with("<!--") => rest.split_once("-->"),
            () if rest.starts_with("<?") => rest.split_once("?>"),
            () if rest.starts_with("<!DOCTYPE") => Some(("", after_doctype(rest)?)),
            () => None,
        };
        match skipped {
            Some((_, after)) => rest = after.trim_start(),
            None => break,
        }
    }
    let name = rest.strip_prefix('<')?;
    let end = name.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))?;
    let name = name[..end].rsplit(':').next()?;
    let known = text.trim_start().starts_with("<?xml");
    let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    (plain && (known || ROOTS.contains(&name))).then(|| name.to_owned())
}

/// Roots that say enough without a declaration.
const ROOTS: &[&str] =
    &["rss", "feed", "RDF", "nitf", "newsItem", "newsMessage", "NewsML", "contentSet", "inlineXML"];

/// Behind a document type and its inner subset, which may declare entities: nobody asks what they are.
fn after_doctype(text: &str) -> Option<&str> {
    let subset = text.find('[').filter(|&open| text.find('>').is_none_or(|end| open < end));
    let from = match subset {
        Some(open) => open + text[open..].find(']')?,
        None => 0,
    };
    text[from..].split_once('>').map(|(_, after)| after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots() {
        let check =
            |text: &str, wanted: Option<&str>| assert_eq!(root(text.as_bytes()).as_deref(), wanted, "{text}");
        check("<?xml version='1.0'?><!-- a --><!DOCTYPE nitf SYSTEM 'x'><nitf>", Some("nitf"));
        check("<!DOCTYPE r [<!ENTITY a 'b>'>]><rss version='2.0'>", Some("rss"));
        check("<rdf:RDF xmlns:rdf='x'>", Some("RDF"));
        check("<p>Text</p>", None);
        check("Text", None);
        check("<", None);
    }

    #[test]
    fn entities_are_left_as_written() {
        let text = "<?xml version='1.0'?><!DOCTYPE r [<!ENTITY a 'aaaa'><!ENTITY b SYSTEM 'file:///etc/passwd'>]><r>&a;&b;&amp;&eacute;</r>";
        let all: String = pieces(text)
            .filter_map(|piece| if let Piece::Text(text) = piece { Some(text) } else { None })
            .collect();
        assert_eq!(all, "&a;&b;&é");
    }

    #[test]
    fn what_is_broken_is_passed_over() {
        for text in [
            "<a><b></a>",
            "<a b=>c",
            "<a",
            "</a>",
            "<!DOCTYPE",
            "<![CDATA[",
            "<a &>",
            "&",
            "<?",
            "<a b='",
            "<>x",
        ] {
            pieces(text).for_each(drop);
        }
    }
}
