//! NewsML-G2, NewsML 1 and NITF: what agencies send. Only items that hold text are articles.

use super::input::Source;
use super::xml::{self, Piece, Tag};
use super::{DateSource, Format, Layout, Raw, Result, tags};

pub(super) const NEWSML: Format = Format {
    name: "newsml",
    extensions: &["newsml", "g2"],
    sniff: |head| {
        xml::root(head).is_some_and(|root| ITEMS.contains(&root.as_str()) || HOLDERS.contains(&root.as_str()))
    },
    read: |input| input.whole(read),
};

pub(super) const NITF: Format = Format {
    name: "nitf",
    extensions: &["nitf"],
    sniff: |head| xml::root(head).is_some_and(|root| root == "nitf"),
    read: |input| input.whole(read),
};

/// Elements that are items of their own.
const ITEMS: &[&str] =
    &["newsItem", "NewsItem", "packageItem", "conceptItem", "knowledgeItem", "planningItem", "catalogItem"];
/// Roots that hold items, or a part of one.
const HOLDERS: &[&str] = &["newsMessage", "NewsML", "contentSet", "inlineXML"];
/// Elements whose words are not the article's.
const NOT_TEXT: &[&str] = &[
    "media",
    "body.end",
    "byline",
    "hedline",
    "distributor",
    "script",
    "style",
    "head",
    "rights",
    "series",
    "note",
];
/// Elements of the text that stand on lines of their own.
const BLOCKS: &[&str] = &[
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "hl2",
    "li",
    "tr",
    "bq",
    "block",
    "blockquote",
    "ul",
    "ol",
    "table",
    "pre",
];

fn read(source: &Source<'_>) -> Result<Vec<Result<Raw>>> {
    let mut reader = Reader::default();
    for piece in xml::pieces(source.text) {
        reader.take(piece);
    }
    reader.end_item();
    let several = reader.items.len() > 1;
    let told = |(at, item): (usize, Item)| {
        let which = if several { format!("item {}: ", at + 1) } else { String::new() };
        let what = item.what();
        item.finished().ok_or_else(|| source.no_article(format!("{which}{what} without text")))
    };
    Ok(reader.items.into_iter().enumerate().map(told).collect())
}

#[derive(Default)]
struct Item {
    kind: String,
    class: Option<String>,
    raw: Raw,
    /// Names as less and less is known of what they mean: the outlet is the first that is there.
    sources: [Option<String>; 4],
    creator: Option<String>,
    dateline: String,
    html: String,
}

#[derive(Default)]
struct Reader {
    items: Vec<Item>,
    open: Option<Item>,
    path: Vec<String>,
    /// Where the text begins in `path`, and where in it something else begins.
    text_from: Option<usize>,
    hidden_from: Option<usize>,
    words: String,
}

const MOST_DEEP: usize = 200;

impl Reader {
    fn take(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Open(tag) => self.open(&tag, false),
            Piece::Empty(tag) => self.open(&tag, true),
            Piece::Close(name) => self.close(&name),
            Piece::Text(text) => {
                if self.text_from.is_some() && self.hidden_from.is_none() {
                    if let Some(item) = &mut self.open {
                        item.html.push_str(&escaped(&text));
                    }
                } else {
                    self.words.push_str(&text);
                }
            }
        }
    }

    fn open(&mut self, tag: &Tag<'_>, empty: bool) {
        let name = tag.name.as_str();
        if ITEMS.contains(&name) && !empty {
            self.end_item();
            self.open = Some(Item { kind: name.to_owned(), ..Item::default() });
        } else if self.open.is_none() && (name == "nitf" || HOLDERS[2..].contains(&name)) {
            self.open = Some(Item { kind: name.to_owned(), ..Item::default() });
        }
        let depth = self.path.len();
        if let Some(item) = &mut self.open {
            item.attributes(tag);
            let begins = matches!(name, "body.content" | "inlineData" | "DataContent")
                || (name == "body" && !self.path.iter().any(|open| open == "nitf"))
                || (name == "body" && self.path.iter().any(|open| open == "html"));
            if self.text_from.is_some() {
                if self.hidden_from.is_none() && NOT_TEXT.contains(&name) && !empty {
                    self.hidden_from = Some(depth);
                } else if self.hidden_from.is_none() && BLOCKS.contains(&name) {
                    item.html.push_str("<p>");
                } else if name == "br" {
                    item.html.push_str("<br>");
                }
            } else if begins && !empty {
                self.text_from = Some(depth);
            }
        }
        if !empty && depth < MOST_DEEP {
            self.path.push(name.to_owned());
            self.words.clear();
        }
    }

    fn close(&mut self, name: &str) {
        let Some(at) = self.path.iter().rposition(|open| open == name) else { return };
        self.path.truncate(at);
        if self.hidden_from.is_some_and(|from| at <= from) {
            self.hidden_from = None;
        } else if self.text_from.is_some_and(|from| at <= from) {
            self.text_from = None;
        } else if self.text_from.is_some()
            && self.hidden_from.is_none()
            && BLOCKS.contains(&name)
            && let Some(item) = &mut self.open
        {
            item.html.push_str("</p>");
        }
        let words = self.words.split_whitespace().collect::<Vec<_>>().join(" ");
        self.words.clear();
        let parent = self.path.last().map(String::as_str).unwrap_or_default();
        if let Some(item) = self.open.as_mut().filter(|_| !words.is_empty()) {
            item.words(name, parent, words);
        }
        if self.open.as_ref().is_some_and(|item| item.kind == name) {
            self.end_item();
        }
    }

    fn end_item(&mut self) {
        self.items.extend(self.open.take());
        (self.text_from, self.hidden_from) = (None, None);
    }
}

impl Item {
    fn attributes(&mut self, tag: &Tag<'_>) {
        let raw = &mut self.raw;
        let mut date = |name: &str| {
            raw.published.extend(tag.attribute(name).map(|date| (date, DateSource::Field)));
        };
        match tag.name.as_str() {
            "date.issue" | "date.release" | "story.date" => date("norm"),
            "pubdata" => {
                date("date.publication");
                self.sources[0] = self.sources[0].take().or_else(|| tag.attribute("name"));
            }
            "doc.copyright" => self.sources[3] = self.sources[3].take().or_else(|| tag.attribute("holder")),
            "doc-id" => raw.id = raw.id.take().or_else(|| tag.attribute("id-string")),
            "language" => raw.language = raw.language.take().or_else(|| tag.attribute("tag")),
            "itemClass" => self.class = tag.attribute("qcode").or_else(|| tag.attribute("uri")),
            "provider" => {
                let named = tag.attribute("literal").or_else(|| tag.attribute("qcode"));
                let named = named.map(|name| name.rsplit(':').next().unwrap_or_default().to_owned());
                self.sources[2] = self.sources[2].take().or(named);
            }
            name if ITEMS.contains(&name) || name == "nitf" => {
                raw.id = raw.id.take().or_else(|| tag.attribute("guid"));
                raw.language = raw.language.take().or_else(|| tag.attribute("lang"));
            }
            _ => {}
        }
    }

    fn words(&mut self, name: &str, parent: &str, words: String) {
        let raw = &mut self.raw;
        let fill = |field: &mut Option<String>, words: String| {
            field.get_or_insert(words);
        };
        match (name, parent) {
            ("headline" | "hl1" | "HeadLine", _) => fill(&mut raw.title, words),
            ("by" | "ByLine", _) => raw.byline = vec![words],
            ("person" | "byline", "body.head" | "byline") => raw.byline.push(words),
            ("name", "creator") => fill(&mut self.creator, words),
            ("name", "infoSource") => fill(&mut self.sources[0], words),
            ("creditline" | "CreditLine", _) => fill(&mut self.sources[1], words),
            ("name", "provider") => self.sources[2] = Some(words),
            ("name", "copyrightHolder") => fill(&mut self.sources[3], words),
            ("firstCreated" | "contentCreated" | "FirstCreated", _) => {
                raw.published.insert(0, (words, DateSource::Field));
            }
            ("versionCreated" | "ThisRevisionCreated" | "DateAndTime", _) => {
                raw.published.push((words, DateSource::Field));
            }
            ("location" | "dateline", "dateline" | "body.head" | "contentMeta")
                if self.dateline.is_empty() =>
            {
                self.dateline = words;
            }
            _ => {}
        }
    }

    /// What an item without text is.
    fn what(&self) -> String {
        let class = self.class.as_deref().map(|class| class.rsplit([':', '/']).next().unwrap_or_default());
        match class {
            Some(class) => format!("a {} of class {class}", self.kind),
            None => format!("a {}", self.kind),
        }
    }

    fn finished(mut self) -> Option<Raw> {
        let text = tags::text(&self.html);
        if !text.chars().any(char::is_alphabetic) {
            return None;
        }
        let bare = !self.dateline.is_empty() && !text.starts_with(&self.dateline);
        // Agencies print the place in front of the first words.
        self.raw.text = if bare { format!("{} — {text}", self.dateline) } else { text };
        self.raw.layout = Layout::Blocks;
        if self.raw.byline.is_empty() {
            self.raw.byline.extend(self.creator);
        }
        self.raw.source = self.sources.into_iter().flatten().next();
        Some(self.raw)
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use crate::read::from_bytes;

    fn check(xml: &str, wanted: &str) {
        let told = |article: crate::document::Article| {
            let date = article.published.map(|p| p.at).unwrap_or_default();
            [article.title, article.source, article.byline.join("+"), date, article.id.0, article.body]
                .join("|")
        };
        let found: Vec<String> = match from_bytes("a.xml", xml.as_bytes()) {
            Ok(articles) => articles.map(|article| article.map_or_else(|e| e.to_string(), told)).collect(),
            Err(error) => vec![error.to_string()],
        };
        assert_eq!(found.join(" ## "), wanted, "{xml}");
    }

    #[test]
    fn g2_with_nitf() {
        check(
            r#"<?xml version="1.0"?><newsItem guid="urn:7" xml:lang="en-GB"><itemMeta><itemClass qcode="ninat:text"/><versionCreated>2025-10-14T10:00:00Z</versionCreated></itemMeta>
            <contentMeta><creator><name>Jane Doe</name></creator><infoSource><name>Example Agency</name></infoSource><headline>Talks fail</headline></contentMeta>
            <contentSet><inlineXML><nitf><body><body.head><hedline><hl1>Talks fail</hl1></hedline><byline>By Jane Doe, <byttl>Staff</byttl></byline><dateline><location>KYIV</location></dateline></body.head>
            <body.content><p>The talks failed.</p><media><media-caption>A photo</media-caption></media><p>Nobody &lt;spoke&gt; &amp; left.</p></body.content></body></nitf></inlineXML></contentSet></newsItem>"#,
            "Talks fail|Example Agency|Jane Doe|2025-10-14T10:00:00Z|urn:7|KYIV — The talks failed.\n\nNobody <spoke> & left.",
        );
    }

    #[test]
    fn nitf_alone_and_html_inside() {
        check(
            r#"<nitf><head><docdata><doc-id id-string="9"/><date.issue norm="20251014T100000Z"/></docdata><pubdata name="Example Times"/></head><body><body.head><hedline><hl1>T</hl1></hedline></body.head><body.content><block><p>One.</p></block></body.content></body></nitf>"#,
            "T|Example Times||2025-10-14T10:00:00Z|9|One.",
        );
        check(
            r#"<newsItem guid="1"><contentMeta><headline>T</headline></contentMeta><contentSet><inlineXML><html><head><title>x</title></head><body><h1>T</h1><p>One.</p></body></html></inlineXML></contentSet></newsItem>"#,
            "T||||1|T\n\nOne.",
        );
    }

    #[test]
    fn items_without_text_say_what_they_are() {
        check(
            r#"<newsMessage><itemSet><packageItem guid="1"><itemMeta><itemClass qcode="ninat:composite"/></itemMeta></packageItem><newsItem guid="2"><contentSet><inlineData>One.</inlineData></contentSet></newsItem></itemSet></newsMessage>"#,
            "a.xml: item 1: a packageItem of class composite without text ## One.||||2|One.",
        );
        check(
            "<?xml version='1.0'?><conceptItem><concept/></conceptItem>",
            "a.xml: a conceptItem without text",
        );
    }
}
