//! Markdown, with front matter as site generators write it.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use serde_json::{Map, Value};

use super::input::Source;
use super::{DateSource, Format, Layout, Raw, Result, json, tags};
use crate::span::floor;

pub(super) const FORMAT: Format = Format {
    name: "markdown",
    extensions: &["md", "markdown", "mdown"],
    sniff: |head| {
        head.split_inclusive(|&b| b == b'\n').next().is_some_and(is_fence)
            && std::str::from_utf8(head).is_ok_and(|head| split(head).is_some())
    },
    read: |input| input.whole(read),
};

fn is_fence(line: &[u8]) -> bool {
    matches!(line.trim_ascii_end(), b"---" | b"+++")
}

fn read(source: &Source<'_>) -> Result<Vec<Result<Raw>>> {
    let (front, body) = match split(source.text) {
        Some((front, body)) => (front_matter(front), body),
        None => (Map::new(), source.text),
    };
    let (text, heading) = plain(&without_shortcodes(body));
    let mut raw = json::raw(&front, DateSource::FrontMatter);
    raw.title = raw.title.or(heading);
    Ok(vec![Ok(Raw { text, layout: Layout::Blocks, ..raw })])
}

/// Front matter and what follows it.
fn split(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start_matches('\u{feff}');
    let first = text.split_inclusive('\n').next()?;
    if !is_fence(first.as_bytes()) {
        return None;
    }
    let fence = first.trim_end();
    let mut at = first.len();
    for line in text[at..].split_inclusive('\n') {
        if line.trim_end() == fence || (fence == "---" && line.trim_end() == "...") {
            return Some((&text[first.len()..at], &text[at + line.len()..]))
                .filter(|(front, _)| front.contains([':', '=']));
        }
        at += line.len();
    }
    None
}

/// `key: value`, `key: [a, b]`, lists with `- `, block scalars; `=` in TOML. Deeper levels are left out.
fn front_matter(front: &str) -> Map<String, Value> {
    let mut fields = Map::new();
    let mut open: Option<String> = None;
    for line in front.lines() {
        let words = line.trim();
        if words.is_empty() || words.starts_with('#') {
            continue;
        }
        let indented = line.starts_with([' ', '\t']);
        if let Some(item) = words.strip_prefix("- ") {
            if let Some(Value::Array(items)) = open.as_ref().and_then(|key| fields.get_mut(key)) {
                // `- name: Jane Doe` is an author as well.
                let item = item.strip_prefix("name:").unwrap_or(item);
                items.push(Value::String(unquoted(item)));
            }
            continue;
        }
        if indented {
            if let Some(Value::String(text)) = open.as_ref().and_then(|key| fields.get_mut(key)) {
                text.push_str(if text.is_empty() { "" } else { " " });
                text.push_str(&unquoted(words));
            } else if let (Some(Value::Array(items)), Some(("name", name))) =
                (open.as_ref().and_then(|key| fields.get_mut(key)), words.split_once(':'))
            {
                items.push(Value::String(unquoted(name)));
            }
            continue;
        }
        let Some((key, value)) = words.split_once([':', '=']) else { continue };
        let (key, value) = (key.trim().to_owned(), value.trim());
        let value = match value {
            "" => Value::Array(Vec::new()),
            ">" | "|" | ">-" | "|-" => Value::String(String::new()),
            list if list.starts_with('[') && list.ends_with(']') => list[1..list.len() - 1]
                .split(',')
                .map(unquoted)
                .filter(|item| !item.is_empty())
                .map(Value::String)
                .collect(),
            value => Value::String(unquoted(value)),
        };
        open = Some(key.clone());
        fields.insert(key, value);
    }
    fields
}

fn unquoted(value: &str) -> String {
    let value = value.trim();
    let inner = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    match (inner('"'), inner('\'')) {
        (Some(text), _) => text.replace("\\\"", "\"").replace("\\\\", "\\"),
        (_, Some(text)) => text.replace("''", "'"),
        _ => value.split(" #").next().unwrap_or_default().trim().to_owned(),
    }
}

/// Without `{{< … >}}` and `{% … %}`, which site generators replace.
fn without_shortcodes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let close = ["{{", "{%"]
            .iter()
            .zip(["}}", "%}"])
            .find(|(open, _)| from.starts_with(**open))
            .map(|(_, close)| close);
        // One that is not closed within a few lines is none.
        let end = close.and_then(|close| from[..floor(from, 2000)].find(close).map(|end| end + 2));
        match end {
            None => out.push('{'),
            // A link needs some address to be one.
            Some(_) if before.ends_with("](") => out.push('#'),
            Some(_) => {}
        }
        rest = &from[end.unwrap_or(1)..];
    }
    out.push_str(rest);
    out
}

/// Paragraphs as plain text, and the first heading of the first level.
fn plain(markdown: &str) -> (String, Option<String>) {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_HEADING_ATTRIBUTES;
    let mut out = String::new();
    let mut heading: Option<String> = None;
    let mut heading_from = None;
    let (mut skipped, mut lists) = (0usize, 0usize);
    let mut block = String::new();
    for event in Parser::new_ext(markdown, options) {
        match event {
            Event::Start(
                Tag::CodeBlock(_) | Tag::Image { .. } | Tag::FootnoteDefinition(_) | Tag::MetadataBlock(_),
            ) => skipped += 1,
            Event::End(
                TagEnd::CodeBlock | TagEnd::Image | TagEnd::FootnoteDefinition | TagEnd::MetadataBlock(_),
            ) => {
                skipped = skipped.saturating_sub(1);
            }
            _ if skipped > 0 => {}
            Event::Text(text) | Event::Code(text) => out.push_str(&text),
            Event::SoftBreak => out.push(' '),
            Event::HardBreak => end_line(&mut out),
            // Pages that were HTML once keep their text in such blocks.
            Event::Html(html) => block.push_str(&html),
            Event::End(TagEnd::HtmlBlock) => {
                end_block(&mut out);
                out.push_str(&tags::text(&std::mem::take(&mut block)));
                end_block(&mut out);
            }
            Event::InlineHtml(tag) if tag.starts_with("<br") => end_line(&mut out),
            Event::Start(Tag::List(_)) => {
                if lists > 0 {
                    end_line(&mut out)
                } else {
                    end_block(&mut out)
                }
                lists += 1;
            }
            Event::End(TagEnd::List(_)) => {
                lists = lists.saturating_sub(1);
                if lists > 0 { end_line(&mut out) } else { end_block(&mut out) }
            }
            Event::Start(Tag::Item) | Event::End(TagEnd::Item | TagEnd::TableRow | TagEnd::TableHead) => {
                end_line(&mut out)
            }
            Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) if lists > 0 => end_line(&mut out),
            Event::End(TagEnd::TableCell) => out.push(' '),
            Event::Start(Tag::Heading { level, .. }) => {
                end_block(&mut out);
                heading_from = (level == HeadingLevel::H1 && heading.is_none()).then_some(out.len());
            }
            Event::End(TagEnd::Heading(_)) => {
                if let Some(from) = heading_from.take() {
                    heading = out
                        .get(from..)
                        .map(|title| title.trim().to_owned())
                        .filter(|title| !title.is_empty());
                }
                end_block(&mut out);
            }
            Event::Start(Tag::Paragraph | Tag::BlockQuote(_) | Tag::Table(_))
            | Event::End(TagEnd::Paragraph | TagEnd::BlockQuote(_) | TagEnd::Table)
            | Event::Rule => end_block(&mut out),
            _ => {}
        }
    }
    (out, heading)
}

fn end_line(out: &mut String) {
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
}

fn end_block(out: &mut String) {
    while !out.is_empty() && !out.ends_with("\n\n") {
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use crate::read::from_bytes;

    fn check(markdown: &str, head: &str, body: &str) {
        let article = from_bytes("a.md", markdown.as_bytes()).unwrap().next().unwrap().unwrap();
        let date = article.published.map(|p| p.at).unwrap_or_default();
        assert_eq!([article.title, article.byline.join("+"), date].join("|"), head);
        assert_eq!(article.body, body);
    }

    #[test]
    fn front_matter_fills_the_fields() {
        check(
            "---\ntitle: \"Talks: “over”\"\ndate: 2019-11-04 10:00:00 -0500\nauthors:\n  - Jane Doe\n  - John Roe\ntags: [a, b]\n---\n\nOne.",
            "Talks: “over”|Jane Doe+John Roe|2019-11-04T10:00:00-05:00",
            "One.",
        );
        check("+++\ntitle = 'T'\ndate = 2025-10-14\n+++\nOne.", "T||2025-10-14", "One.");
        check("---\ntitle: >\n  Long\n  title\nauthor:\n---\nOne.", "Long title||", "One.");
        check("---\n\nA rule, no front matter.", "A rule, no front matter.||", "A rule, no front matter.");
    }

    #[test]
    fn blocks_become_paragraphs() {
        check(
            "# Talks *fail*\n\nThe [minister](http://x.org) said\n“no” to `it`.\n\n- one\n- two\n  - three\n\n```\ncode\n```\n![alt](a.png)\n\n> He [said]({{< link \"x\" >}} \"t\").\n\n<div><p>From a page.</p></div>\n\n{{< img \"x\" >}}\n\n| a | b |\n|---|---|\n| c | d |",
            "Talks fail||",
            "Talks fail\n\nThe minister said “no” to it.\n\none\ntwo\nthree\n\nHe said.\n\nFrom a page.\n\na b\nc d",
        );
    }

    #[test]
    fn nothing_takes_long_or_panics() {
        for piece in [
            "> ", "[", "*a ", "`", "<b", "{{", "- ", "# ", "|", "![", "\\", "&", "---\n", "a\n\n", "_é_",
            "[^1]:",
        ] {
            if let Ok(articles) = from_bytes("a.md", piece.repeat(20_000).as_bytes()) {
                articles.for_each(drop);
            }
        }
    }
}
