//! RSS (all versions) and Atom, also where the XML is not well formed: each item is an article.

use super::input::Source;
use super::xml::{self, Piece, Tag};
use super::{DateSource, Format, Layout, Raw, Result, tags};

pub(super) const FORMAT: Format = Format {
    name: "feed",
    extensions: &["rss", "atom", "rdf"],
    sniff: |head| matches!(xml::root(head).as_deref(), Some("rss" | "feed" | "RDF" | "channel")),
    read: |input| input.whole(read),
};

/// What an element of an item or of the feed tells.
#[derive(Clone, Copy, PartialEq)]
enum Field {
    Title,
    Link,
    Id,
    Date,
    Updated,
    Author,
    Content,
    Summary,
    Language,
}

/// An item as far as it was read; the feed itself is one, too.
#[derive(Default)]
struct Item {
    raw: Raw,
    content: String,
    summary: String,
    updated: Option<String>,
    permanent: bool,
}

fn read(source: &Source<'_>) -> Result<Vec<Result<Raw>>> {
    let mut reader = Reader::default();
    for piece in xml::pieces(source.text) {
        reader.take(piece);
    }
    reader.end_item();
    let feed = reader.feed.raw;
    let items = reader.items.into_iter().enumerate().map(|(at, item)| {
        let mut raw = item.finished();
        raw.source = feed.title.clone();
        raw.language = raw.language.take().or_else(|| feed.language.clone());
        if raw.text.trim().is_empty() {
            let title = raw.title.as_deref().unwrap_or("no title");
            return Err(source.no_article(format!("item {}: no text, only: {title}", at + 1)));
        }
        Ok(raw)
    });
    let items: Vec<_> = items.collect();
    if items.is_empty() { Err(source.no_article("a feed without items")) } else { Ok(items) }
}

#[derive(Default)]
struct Reader {
    feed: Item,
    items: Vec<Item>,
    open: Option<Item>,
    /// Names of the elements that are open, from the item or the feed on.
    path: Vec<String>,
    /// The field that is being read, how deep it lies, and its words.
    field: Option<(Field, usize, String)>,
}

/// Elements open at once; what nests deeper is noise.
const MOST_DEEP: usize = 200;

impl Reader {
    fn take(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Open(tag) => self.open(&tag, false),
            Piece::Empty(tag) => self.open(&tag, true),
            Piece::Text(text) => {
                if let Some((_, _, words)) = &mut self.field {
                    words.push_str(&text);
                }
            }
            Piece::Close(name) => self.close(&name),
        }
    }

    fn open(&mut self, tag: &Tag<'_>, empty: bool) {
        if matches!(tag.name.as_str(), "item" | "entry") && !empty {
            self.end_item();
            self.open = Some(Item::default());
            self.path.clear();
            return;
        }
        if let Some((_, _, words)) = &mut self.field {
            // Markup that is not escaped, as in Atom's xhtml, is kept as markup.
            words.push_str(&format!("<{}>", tag.name));
        } else if let Some(field) = self.field_of(tag) {
            if field == Field::Link {
                self.link(tag);
            }
            if !empty {
                self.field = Some((field, self.path.len(), String::new()));
            }
        }
        if !empty && self.path.len() < MOST_DEEP {
            self.path.push(tag.name.clone());
        }
    }

    fn field_of(&mut self, tag: &Tag<'_>) -> Option<Field> {
        let foreign = tag.full.split_once(':').map(|(prefix, _)| prefix);
        if foreign.is_some_and(|prefix| ["media", "itunes", "sy", "geo", "thr", "wfw"].contains(&prefix)) {
            return None;
        }
        let inside: Vec<&str> = self.path.iter().map(String::as_str).collect();
        let own = matches!(
            (self.open.is_some(), inside.as_slice()),
            (true, []) | (false, ["rss" | "RDF", "channel"] | ["feed"] | ["channel"] | ["RDF"])
        );
        match tag.name.as_str() {
            _ if !own => None,
            "title" => Some(Field::Title),
            "link" => Some(Field::Link),
            "guid" | "id" => {
                let item = self.item();
                item.permanent = tag.attribute("isPermaLink").is_none_or(|permanent| permanent != "false");
                Some(Field::Id)
            }
            "pubDate" | "published" | "issued" | "date" | "created" => Some(Field::Date),
            "updated" | "modified" | "lastBuildDate" => Some(Field::Updated),
            "author" | "creator" => Some(Field::Author),
            "encoded" | "content" | "fullitem" | "body" => Some(Field::Content),
            "description" | "summary" => Some(Field::Summary),
            "language" => Some(Field::Language),
            _ => None,
        }
    }

    fn item(&mut self) -> &mut Item {
        self.open.as_mut().unwrap_or(&mut self.feed)
    }

    fn link(&mut self, tag: &Tag<'_>) {
        let page = tag.attribute("rel").is_none_or(|rel| rel == "alternate");
        if let Some(href) = tag.attribute("href").filter(|_| page) {
            self.item().raw.url.get_or_insert(href);
        }
    }

    fn close(&mut self, name: &str) {
        if matches!(name, "item" | "entry") {
            return self.end_item();
        }
        let Some(at) = self.path.iter().rposition(|open| open == name) else { return };
        self.path.truncate(at);
        match &mut self.field {
            Some((_, depth, _)) if at <= *depth => self.end_field(),
            Some((_, _, words)) => words.push_str(&format!("</{name}>")),
            None => {}
        }
    }

    fn end_field(&mut self) {
        let Some((field, _, words)) = self.field.take() else { return };
        let words = words.trim().to_owned();
        if !words.is_empty() {
            self.item().fill(field, words);
        }
    }

    fn end_item(&mut self) {
        self.end_field();
        self.items.extend(self.open.take());
        self.path.clear();
    }
}

impl Item {
    fn fill(&mut self, field: Field, words: String) {
        let raw = &mut self.raw;
        match field {
            Field::Title => {
                let title = tags::decode(&words);
                let plain =
                    if tags::looks_like_markup(&title) { tags::text(&title) } else { title.into_owned() };
                raw.title.get_or_insert(plain);
            }
            Field::Link => {
                raw.url.get_or_insert(words);
            }
            Field::Id => {
                raw.id.get_or_insert(words);
            }
            Field::Date => raw.published.push((words, DateSource::Field)),
            Field::Updated => {
                self.updated.get_or_insert(words);
            }
            Field::Author => raw.byline.push(author(&words)),
            Field::Content if words.len() > self.content.len() => self.content = words,
            Field::Summary if words.len() > self.summary.len() => self.summary = words,
            Field::Content | Field::Summary => {}
            Field::Language => {
                raw.language.get_or_insert(words);
            }
        }
    }

    fn finished(self) -> Raw {
        let mut raw = self.raw;
        // An id that is the address says nothing more; one that is no address is no address.
        if let Some(id) = raw.id.take() {
            if id.starts_with("http") && self.permanent {
                raw.url.get_or_insert(id);
            } else if !id.starts_with("http") {
                raw.id = Some(id);
            }
        }
        if raw.published.is_empty() {
            raw.published.extend(self.updated.map(|date| (date, DateSource::Field)));
        }
        let text = if self.content.is_empty() { self.summary } else { self.content };
        (raw.text, raw.layout) = match tags::looks_like_markup(&text) {
            true => (tags::text(&text), Layout::Blocks),
            false => (tags::decode(&text).into_owned(), Layout::Lines),
        };
        raw
    }
}

/// The name in `jane@x.org (Jane Doe)`, or in Atom's `<name>`.
fn author(words: &str) -> String {
    let atom = words.split_once("<name>").and_then(|(_, rest)| rest.split_once("</name>"));
    let words = tags::text(atom.map_or(words, |(name, _)| name));
    let named = words.split_once('(').filter(|(address, _)| address.contains('@'));
    let name = named.map_or(words.as_str(), |(_, name)| name.trim_end_matches(')'));
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use crate::read::{from_bytes, told};

    fn check(feed: &str, wanted: &str) {
        assert_eq!(told(from_bytes("a.xml", feed.as_bytes())), wanted, "{feed}");
    }

    #[test]
    fn rss() {
        check(
            r#"<rss version="2.0" xmlns:content="c" xmlns:dc="d"><channel><title>Example News</title><link>https://x.org</link><language>en</language>
            <item><title>Talks &amp; fail</title><link>https://x.org/a</link><guid isPermaLink="false">7</guid><dc:creator><![CDATA[Jane Doe]]></dc:creator>
            <pubDate>Tue, 14 Oct 2025 08:05:00 +0200</pubDate><description>Short.</description>
            <content:encoded><![CDATA[<p>The talks failed&nbsp;on Tuesday.</p><p>Nobody spoke.</p>]]></content:encoded></item>
            <item><title>U</title><description>&lt;p&gt;One.&lt;/p&gt;</description></item><item><title>V</title></item></channel></rss>"#,
            "Talks & fail|Example News|Jane Doe|2025-10-14T08:05:00+02:00|https://x.org/a|The talks failed on Tuesday.\n\nNobody spoke. ## U|Example News||||One. ## a.xml: item 3: no text, only: V",
        );
    }

    #[test]
    fn atom() {
        check(
            r#"<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Example News</title><updated>2025-10-15T00:00:00Z</updated>
            <entry><title type="html">Talks &lt;b&gt;fail&lt;/b&gt; at &lt;i&gt;last&lt;/i&gt;</title><link rel="enclosure" href="https://x.org/a.mp3"/><link href="https://x.org/a"/><id>urn:7</id>
            <author><name>Jane Doe</name><email>j@x.org</email></author><updated>2025-10-14T10:00:00Z</updated>
            <content type="xhtml"><div xmlns="h"><p>One <b>bold</b> word.</p><p>Two.</p></div></content></entry></feed>"#,
            "Talks fail at last|Example News|Jane Doe|2025-10-14T10:00:00Z|https://x.org/a|One bold word.\n\nTwo.",
        );
    }

    #[test]
    fn ill_formed() {
        check(
            "<rss><channel><title>N</title><item><title>A & B</title><description>One <br> two.</description></channel>",
            "A & B|N||||One\ntwo.",
        );
        check("<rss><channel></channel></rss>", "a.xml: a feed without items");
    }
}
