//! HTML cut into tags and text, in one linear pass and without a tree.
//!
//! Metadata, the measure of nesting and the fallback to plain text all read this; none of them can
//! be made slow or be brought to overflow the stack by what a page holds.

use std::borrow::Cow;
use std::collections::HashMap;

/// One piece of a page.
pub(super) enum Token<'a> {
    /// `<name …>`
    Open(Tag<'a>),
    /// `</name>`
    Close(&'a str),
    /// Characters between tags, entities not yet decoded.
    Text(&'a str),
    /// What a script, style or other element holds whose content is not HTML.
    Raw(&'a str),
}

/// An opening tag.
#[derive(Clone, Copy)]
pub(super) struct Tag<'a> {
    /// As written; compare with [`Tag::is`].
    pub name: &'a str,
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    /// True when it is called `name`.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The value of an attribute, entities decoded.
    pub fn attribute(&self, name: &str) -> Option<Cow<'a, str>> {
        self.attributes().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| decode(value))
    }

    /// Names and values as written.
    fn attributes(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let mut rest = self.attributes;
        std::iter::from_fn(move || {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/' || c == '=');
            if rest.is_empty() {
                return None;
            }
            let end =
                rest.find(|c: char| c.is_ascii_whitespace() || c == '=' || c == '/').unwrap_or(rest.len());
            let name = &rest[..end];
            rest = rest[end..].trim_start();
            let Some(after) = rest.strip_prefix('=') else { return Some((name, "")) };
            let after = after.trim_start();
            let (value, remains) = match after.chars().next().filter(|c| matches!(c, '"' | '\'')) {
                Some(quote) => {
                    let inner = &after[1..];
                    let end = inner.find(quote).unwrap_or(inner.len());
                    (&inner[..end], inner.get(end + 1..).unwrap_or_default())
                }
                None => after.split_at(after.find(|c: char| c.is_ascii_whitespace()).unwrap_or(after.len())),
            };
            rest = remains;
            Some((name, value))
        })
    }
}

/// Elements whose content is characters, not HTML.
const RAW: &[&str] = &["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"];

/// The pieces of `html`, in order.
pub(super) fn tokens(html: &str) -> Tokens<'_> {
    Tokens { html, at: 0, raw: None, no_more_tags: false, unclosed: [false; RAW.len()] }
}

/// See [`tokens`].
pub(super) struct Tokens<'a> {
    html: &'a str,
    at: usize,
    raw: Option<usize>,
    no_more_tags: bool,
    /// Raw elements that are known to be closed nowhere further on, so that nobody looks again.
    unclosed: [bool; RAW.len()],
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        if let Some(raw) = self.raw.take() {
            let rest = &self.html[self.at..];
            let end = self.at + close_of(rest, RAW[raw]).unwrap_or(0);
            let text = &self.html[self.at..end];
            self.at = end;
            if !text.is_empty() {
                return Some(Token::Raw(text));
            }
        }
        loop {
            let rest = &self.html[self.at..];
            if rest.is_empty() {
                return None;
            }
            if self.no_more_tags {
                self.at = self.html.len();
                return Some(Token::Text(rest));
            }
            match markup(rest) {
                Markup::Tag => {}
                Markup::Skip(length) => {
                    self.at += length;
                    continue;
                }
                Markup::No => {
                    let from = rest.chars().next().map_or(1, char::len_utf8);
                    let end = next_markup(rest, from);
                    self.at += end;
                    return Some(Token::Text(&rest[..end]));
                }
            }
            let Some(end) = tag_end(rest) else {
                self.no_more_tags = true;
                continue;
            };
            self.at += end + 1;
            let inner = &rest[1..end];
            if let Some(name) = inner.strip_prefix('/') {
                return Some(Token::Close(name_of(name)));
            }
            let name = name_of(inner);
            let tag = Tag { name, attributes: &inner[name.len()..] };
            if let Some(raw) = RAW.iter().position(|raw| tag.is(raw)).filter(|&raw| !self.unclosed[raw]) {
                if close_of(&self.html[self.at..], RAW[raw]).is_some() {
                    self.raw = Some(raw);
                } else {
                    self.unclosed[raw] = true;
                }
            }
            return Some(Token::Open(tag));
        }
    }
}

enum Markup {
    Tag,
    Skip(usize),
    No,
}

fn markup(rest: &str) -> Markup {
    let bytes = rest.as_bytes();
    match (bytes.first(), bytes.get(1)) {
        (Some(b'<'), Some(b'a'..=b'z' | b'A'..=b'Z')) => Markup::Tag,
        (Some(b'<'), Some(b'/')) if bytes.get(2).is_some_and(u8::is_ascii_alphabetic) => Markup::Tag,
        (Some(b'<'), Some(b'/')) => Markup::Skip(rest.find('>').map_or(rest.len(), |end| end + 1)),
        (Some(b'<'), Some(b'!')) if rest.starts_with("<!--") => {
            Markup::Skip(rest.get(4..).and_then(|rest| rest.find("-->")).map_or(rest.len(), |end| end + 7))
        }
        (Some(b'<'), Some(b'!' | b'?')) => Markup::Skip(rest.find('>').map_or(rest.len(), |end| end + 1)),
        _ => Markup::No,
    }
}

/// Where the next thing that is not text begins.
fn next_markup(rest: &str, from: usize) -> usize {
    let mut at = from;
    while let Some(found) = rest.get(at..).and_then(|rest| rest.find('<')) {
        at += found;
        let next = rest.as_bytes().get(at + 1);
        if next.is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'/' | b'!' | b'?')) {
            return at;
        }
        at += 1;
    }
    rest.len()
}

/// Where the `>` of the tag at the start of `rest` stands; quoted ones do not count.
fn tag_end(rest: &str) -> Option<usize> {
    let mut quote = None;
    let mut before = 0;
    for (at, &byte) in rest.as_bytes().iter().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            // A quote opens a value only behind `=`: stray ones are part of a name.
            (None, b'"' | b'\'') if before == b'=' => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
    }
    quote.and_then(|_| rest.find('>'))
}

fn name_of(inner: &str) -> &str {
    let end = inner.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>')).unwrap_or(inner.len());
    &inner[..end]
}

fn close_of(rest: &str, name: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = rest[at..].find("</") {
        at += found;
        let after = &rest.as_bytes()[at + 2..];
        if after.len() >= name.len()
            && after[..name.len()].eq_ignore_ascii_case(name.as_bytes())
            && !after.get(name.len()).is_some_and(u8::is_ascii_alphanumeric)
        {
            return Some(at);
        }
        at += 2;
    }
    None
}

/// Elements that have no end tag, or may leave it out.
const ENDLESS: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr", "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup", "html",
    "head", "body", "colgroup", "rp", "rt",
];

/// What makes a page dear to parse.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Load {
    /// How deep its elements nest at most: those whose end may be left out are counted by what
    /// holds them, and one that is never closed counts as open to the end.
    pub depth: usize,
    /// How many tags it opens.
    pub tags: usize,
    /// The most attributes that one tag has.
    pub attributes: usize,
    /// Bytes that are moved where each `&` of a text is put behind what a tree has of it.
    pub moved: usize,
}

/// Weighs a page in linear time.
pub(super) fn load(html: &str) -> Load {
    let mut open: HashMap<String, usize> = HashMap::new();
    let mut load = Load::default();
    let mut now = 0usize;
    for token in tokens(html) {
        match token {
            Token::Open(tag) => {
                load.tags += 1;
                // Fewer bytes cannot hold an attribute too many.
                if tag.attributes.len() > 2000 {
                    load.attributes = load.attributes.max(tag.attributes().count());
                }
                if !ENDLESS.iter().any(|name| tag.is(name)) {
                    *open.entry(tag.name.to_ascii_lowercase()).or_default() += 1;
                    now += 1;
                    load.depth = load.depth.max(now);
                }
            }
            Token::Close(name) => {
                if let Some(count) = open.get_mut(&name.to_ascii_lowercase()).filter(|count| **count > 0) {
                    *count -= 1;
                    now -= 1;
                }
            }
            Token::Text(text) => {
                let pieces = text.bytes().filter(|&byte| byte == b'&').count();
                load.moved = load.moved.saturating_add(pieces.saturating_mul(text.len()));
            }
            _ => {}
        }
    }
    load
}

/// Elements that stand on lines of their own.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "center",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "html",
    "main",
    "nav",
    "noscript",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "title",
    "ul",
];

/// Elements that never hold what an article says.
const HIDDEN: &[&str] =
    &["script", "style", "title", "template", "svg", "iframe", "textarea", "select", "noembed"];

/// Elements that stand around an article.
const FURNITURE: &[&str] = &["nav", "footer", "aside", "form", "button", "noscript", "dialog"];

/// The text of a fragment: a blank line between blocks, a line for each item of a list.
pub(super) fn text(html: &str) -> String {
    strip(html, &[])
}

/// The text of a page, without what stands around an article.
pub(super) fn page_text(html: &str) -> String {
    let text = strip(html, FURNITURE);
    if text.chars().filter(|c| c.is_alphanumeric()).take(200).count() < 200 { strip(html, &[]) } else { text }
}

fn strip(html: &str, furniture: &[&str]) -> String {
    let mut out = String::with_capacity(html.len() / 2);
    // The element that hides what is read, and how many of its name are open.
    let mut hidden: Option<(&str, usize)> = None;
    for token in tokens(html) {
        match token {
            Token::Open(tag) => match &mut hidden {
                Some((name, open)) if tag.is(name) => *open += 1,
                // What a script that is closed holds comes as one piece: a tag means that it never ends.
                Some((name, _))
                    if RAW.iter().any(|raw| name.eq_ignore_ascii_case(raw)) && is_block(tag.name) =>
                {
                    hidden = None;
                    break_for(&mut out, tag.name);
                }
                Some(_) => {}
                None if HIDDEN.iter().chain(furniture).any(|name| tag.is(name)) => {
                    break_to(&mut out, "\n\n");
                    hidden = Some((tag.name, 1));
                }
                None => break_for(&mut out, tag.name),
            },
            Token::Close(closed) => match &mut hidden {
                Some((name, open)) if closed.eq_ignore_ascii_case(name) => {
                    *open -= 1;
                    if *open == 0 {
                        hidden = None;
                    }
                }
                Some(_) => {}
                None => break_for(&mut out, closed),
            },
            Token::Text(text) if hidden.is_none() => {
                let text = decode(text);
                let mut words = text.split_ascii_whitespace().peekable();
                let leads = text.starts_with(|c: char| c.is_ascii_whitespace());
                if (leads || words.peek().is_none()) && !out.is_empty() && !out.ends_with(['\n', ' ']) {
                    out.push(' ');
                }
                while let Some(word) = words.next() {
                    out.push_str(word);
                    if words.peek().is_some() {
                        out.push(' ');
                    }
                }
                if text.ends_with(|c: char| c.is_ascii_whitespace())
                    && !out.is_empty()
                    && !out.ends_with(['\n', ' '])
                {
                    out.push(' ');
                }
            }
            Token::Text(_) | Token::Raw(_) => {}
        }
    }
    out.truncate(out.trim_end().len());
    out
}

fn break_for(out: &mut String, name: &str) {
    if name.eq_ignore_ascii_case("br") {
        let breaks = out.len() - out.trim_end_matches('\n').len();
        if !out.is_empty() && breaks < 2 {
            out.truncate(out.trim_end_matches(' ').len());
            out.push('\n');
        }
    } else if ["li", "tr"].iter().any(|line| name.eq_ignore_ascii_case(line)) {
        break_to(out, "\n");
    } else if ["td", "th"].iter().any(|cell| name.eq_ignore_ascii_case(cell)) {
        if !out.is_empty() && !out.ends_with(['\n', ' ']) {
            out.push(' ');
        }
    } else if is_block(name) {
        break_to(out, "\n\n");
    }
}

/// True for elements that stand on lines of their own.
pub(super) fn is_block(name: &str) -> bool {
    BLOCKS.iter().any(|block| name.eq_ignore_ascii_case(block))
}

fn break_to(out: &mut String, wanted: &str) {
    out.truncate(out.trim_end_matches(' ').len());
    let breaks = out.len() - out.trim_end_matches('\n').len();
    if !out.is_empty() && breaks < wanted.len() {
        out.push_str(&wanted[breaks..]);
    }
}

/// True when `text` is HTML inside some other format.
pub(super) fn looks_like_markup(text: &str) -> bool {
    const TELLING: &[&str] = &[
        "p",
        "br",
        "div",
        "a",
        "strong",
        "em",
        "b",
        "i",
        "ul",
        "li",
        "h2",
        "h3",
        "blockquote",
        "span",
        "sup",
        "sub",
        "u",
        "font",
        "h1",
        "h4",
        "img",
        "figure",
        "section",
        "article",
        "table",
        "tr",
        "td",
    ];
    if !text.contains('<') {
        return false;
    }
    let mut found = 0;
    for token in tokens(text) {
        let name = match &token {
            Token::Open(tag) => tag.name,
            Token::Close(name) => name,
            _ => continue,
        };
        if TELLING.iter().any(|telling| name.eq_ignore_ascii_case(telling)) {
            found += 1;
            if found >= 2 || matches!(name, "p" | "br" | "P" | "BR") {
                return true;
            }
        }
    }
    false
}

/// Character references made characters; unknown ones stay as written.
pub(super) fn decode(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find('&') else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(after) = rest.strip_prefix('&') {
        match reference(after) {
            Some((c, length)) => {
                out.push(c);
                rest = &after[length..];
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
        let next = rest.find('&').unwrap_or(rest.len());
        out.push_str(&rest[..next]);
        rest = &rest[next..];
    }
    Cow::Owned(out)
}

fn reference(after: &str) -> Option<(char, usize)> {
    if let Some(number) = after.strip_prefix('#') {
        let (digits, radix, skip) = match number.strip_prefix(['x', 'X']) {
            Some(hex) => (hex, 16, 2),
            None => (number, 10, 1),
        };
        let end = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
        let code = u32::from_str_radix(&digits[..end], radix).ok()?;
        let c = if (0x80..0xa0).contains(&code) { windows_1252(code as u8) } else { char::from_u32(code)? };
        let semicolon = usize::from(digits[end..].starts_with(';'));
        return Some((c, skip + end + semicolon));
    }
    let end = after.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(after.len());
    if end > 8 || !after[end..].starts_with(';') {
        return None;
    }
    ENTITIES.iter().find(|(name, _)| *name == &after[..end]).map(|&(_, c)| (c, end + 1))
}

/// The character that a byte of the C1 range stands for in windows-1252: that is what was meant
/// wherever such a control character turns up in text.
pub(super) fn windows_1252(byte: u8) -> char {
    const C1: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    byte.checked_sub(0x80).and_then(|at| C1.get(usize::from(at)).copied()).unwrap_or(char::from(byte))
}

/// The named character references that newsrooms use.
#[rustfmt::skip]
const ENTITIES: &[(&str, char)] = &[
    ("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\''), ("nbsp", '\u{a0}'),
    ("lsquo", '‘'), ("rsquo", '’'), ("sbquo", '‚'), ("ldquo", '“'), ("rdquo", '”'), ("bdquo", '„'),
    ("laquo", '«'), ("raquo", '»'), ("lsaquo", '‹'), ("rsaquo", '›'), ("ndash", '–'), ("mdash", '—'),
    ("hellip", '…'), ("bull", '•'), ("middot", '·'), ("prime", '′'), ("Prime", '″'), ("minus", '−'),
    ("ensp", '\u{2002}'), ("emsp", '\u{2003}'), ("thinsp", '\u{2009}'), ("shy", '\u{ad}'), ("zwnj", '\u{200c}'),
    ("zwj", '\u{200d}'), ("lrm", '\u{200e}'), ("rlm", '\u{200f}'), ("copy", '©'), ("reg", '®'), ("trade", '™'),
    ("deg", '°'), ("euro", '€'), ("pound", '£'), ("yen", '¥'), ("cent", '¢'), ("sect", '§'), ("para", '¶'),
    ("dagger", '†'), ("Dagger", '‡'), ("permil", '‰'), ("frac12", '½'), ("frac14", '¼'), ("frac34", '¾'),
    ("times", '×'), ("divide", '÷'), ("plusmn", '±'), ("sup1", '¹'), ("sup2", '²'), ("sup3", '³'), ("micro", 'µ'),
    ("ordf", 'ª'), ("ordm", 'º'), ("iexcl", '¡'), ("iquest", '¿'), ("acute", '´'), ("cedil", '¸'), ("uml", '¨'),
    ("macr", '¯'), ("not", '¬'), ("brvbar", '¦'), ("curren", '¤'), ("rarr", '→'), ("larr", '←'), ("uarr", '↑'),
    ("darr", '↓'), ("tilde", '˜'), ("circ", 'ˆ'), ("Agrave", 'À'), ("Aacute", 'Á'), ("Acirc", 'Â'), ("Atilde", 'Ã'),
    ("Auml", 'Ä'), ("Aring", 'Å'), ("AElig", 'Æ'), ("Ccedil", 'Ç'), ("Egrave", 'È'), ("Eacute", 'É'), ("Ecirc", 'Ê'),
    ("Euml", 'Ë'), ("Igrave", 'Ì'), ("Iacute", 'Í'), ("Icirc", 'Î'), ("Iuml", 'Ï'), ("ETH", 'Ð'), ("Ntilde", 'Ñ'),
    ("Ograve", 'Ò'), ("Oacute", 'Ó'), ("Ocirc", 'Ô'), ("Otilde", 'Õ'), ("Ouml", 'Ö'), ("Oslash", 'Ø'),
    ("Ugrave", 'Ù'), ("Uacute", 'Ú'), ("Ucirc", 'Û'), ("Uuml", 'Ü'), ("Yacute", 'Ý'), ("THORN", 'Þ'), ("szlig", 'ß'),
    ("agrave", 'à'), ("aacute", 'á'), ("acirc", 'â'), ("atilde", 'ã'), ("auml", 'ä'), ("aring", 'å'), ("aelig", 'æ'),
    ("ccedil", 'ç'), ("egrave", 'è'), ("eacute", 'é'), ("ecirc", 'ê'), ("euml", 'ë'), ("igrave", 'ì'),
    ("iacute", 'í'), ("icirc", 'î'), ("iuml", 'ï'), ("eth", 'ð'), ("ntilde", 'ñ'), ("ograve", 'ò'), ("oacute", 'ó'),
    ("ocirc", 'ô'), ("otilde", 'õ'), ("ouml", 'ö'), ("oslash", 'ø'), ("ugrave", 'ù'), ("uacute", 'ú'),
    ("ucirc", 'û'), ("uuml", 'ü'), ("yacute", 'ý'), ("thorn", 'þ'), ("yuml", 'ÿ'), ("OElig", 'Œ'), ("oelig", 'œ'),
    ("Scaron", 'Š'), ("scaron", 'š'), ("Yuml", 'Ÿ'),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, wanted: &str) {
        assert_eq!(text(html), wanted, "{html}");
    }

    #[test]
    fn text_of_fragments() {
        check(
            "<p>One <b>bold</b> word.</p><p>Two&nbsp;&amp; three</p>",
            "One bold word.\n\nTwo\u{a0}& three",
        );
        check("<ul><li>a<li>b</ul>after", "a\nb\n\nafter");
        check("x<br>y<br><br><br>z", "x\ny\n\nz");
        check("a < b and <3 c > d", "a < b and <3 c > d");
        check("<script>if (a<b) '</p>'</script>said", "said");
        check("<a title='x > y' href=/z>link</a>.", "link.");
        check(
            "&#8220;Yes,&#8221; &#147;no&#148; &bogus; &#xD800; &#99999999999;",
            "“Yes,” “no” &bogus; &#xD800; &#99999999999;",
        );
        check("<script>var a = 1;<p>never closed</p>", "never closed");
        check("one<!-- <p>hidden -->two<!-- open", "onetwo");
        check("<p>a<svg><svg><path></svg>b</svg>c", "a\n\nc");
        check("cut <a href=\"x", "cut <a href=\"x");
    }

    #[test]
    fn attributes_in_every_dress() {
        let mut all = tokens("<META  Content = 'a &amp; b' x=1 bare property=\"og:title\"/>");
        let Some(Token::Open(tag)) = all.next() else { panic!("no tag") };
        assert!(tag.is("meta"));
        assert_eq!(tag.attribute("content").as_deref(), Some("a & b"));
        assert_eq!(tag.attribute("property").as_deref(), Some("og:title"));
        assert_eq!(tag.attribute("X").as_deref(), Some("1"));
        assert_eq!(tag.attribute("bare").as_deref(), Some(""));
        assert_eq!(tag.attribute("none"), None);
    }

    #[test]
    fn depth_counts_what_nests() {
        assert_eq!(load("<p>a<p>b<br><img>").depth, 0);
        assert_eq!(load("<div><div></x></x></div></div>").depth, 2);
        assert_eq!(load(&format!("<p {}>", "a b=1 ".repeat(1000))).attributes, 2000);
        assert_eq!(load(&"<div></x>".repeat(700)).depth, 700);
        assert_eq!(load("<p>R&amp;D &lt;</p><p>no</p>").moved, 2 * "R&amp;D &lt;".len());
    }

    #[test]
    fn nothing_takes_long_or_panics() {
        let start = std::time::Instant::now();
        for piece in [
            "<a ", "<", "</", "<!--", "<script>", "<title>", "<a b='", "<a \"><", "&#", "&amp", "</é", "<!",
            "<?", "<p/>", "é<b>",
        ] {
            let page = piece.repeat(60_000);
            text(&page);
            load(&page);
            looks_like_markup(&page);
        }
        assert!(start.elapsed().as_secs() < 20, "took {:?}", start.elapsed());
    }
}
