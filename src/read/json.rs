//! JSON: one article, a list of them, or one on each line. Fields are found by their names.
//!
//! Lists are read item by item, so that their length does not matter.

use std::io::{self, BufRead};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::{Map, Value};

use super::decode::Decoder;
use super::input::{Input, MOST_RECORD, Place, Record, Records, Source};
use super::mapping::Target;
use super::{DateSource, Format, Layout, Raw, Result, tags};

pub(super) const FORMAT: Format =
    Format { name: "json", extensions: &["json"], sniff: |head| starts_like_json(head), read };

pub(super) const LINES: Format = Format {
    name: "jsonl",
    extensions: &["jsonl", "ndjson"],
    sniff: is_lines,
    read: |input| Ok(input.lines(read_line)),
};

/// Names of fields, lower case without `_` and `-`; the first that is there wins.
#[rustfmt::skip]
mod fields {
    pub const TEXT: &[&str] = &["text", "body", "content", "articlebody", "bodytext", "fulltext", "maintext", "articletext", "plaintext",
        "contenttext", "textcontent", "cleanedtext", "articlecontent", "newstext", "storytext", "bodycontent", "newscontent", "article", "story", "bodyhtml", "bodyxhtml", "contenthtml", "html", "bodies", "paragraphs", "transcript"];
    pub const SHORT_TEXT: &[&str] = &["description", "abstract", "leadparagraph", "summary", "excerpt", "snippet", "standfirst", "shortdescription", "trailtext", "descriptiontext", "descriptions"];
    pub const TITLE: &[&str] = &["title", "headline", "headlines", "webtitle", "headlinetext", "articletitle", "newstitle", "name"];
    pub const SOURCE: &[&str] = &["source", "sourcename", "outlet", "publisher", "publication", "newspaper", "sitename", "provider", "site", "domain", "sourcedomain", "medianame", "journal"];
    pub const URL: &[&str] = &["url", "link", "weburl", "canonicalurl", "articleurl", "articlelink", "permalink", "sourceurl"];
    pub const BYLINE: &[&str] = &["byline", "bylines", "authors", "author", "creator", "creators", "writer", "by"];
    pub const DATE: &[&str] = &["datepublished", "published", "publishedat", "publisheddate", "publishdate", "datepublish", "datetimepub", "publishedutc", "publishedon", "pubdate", "publicationdate",
        "webpublicationdate", "firstpublished", "date", "datetime", "versioncreated", "contentcreated", "created", "createdat", "datecreated", "timestamp"];
    pub const LANGUAGE: &[&str] = &["language", "lang", "inlanguage", "locale"];
    pub const ID: &[&str] = &["id", "articleid", "uuid", "guid", "identifier", "uri"];
    /// Objects whose fields belong to the article.
    pub const NESTED: &[&str] = &["fields", "source", "attributes", "data", "article", "metadata", "meta", "frontmatter", "story", "document", "content"];
    /// Where a list of articles lies; `.` goes one level down.
    pub const LISTS: &[&str] = &["articles", "results", "docs", "items", "response.results", "response.docs", "hits.hits", "data", "news",
        "stories", "documents", "entries", "posts", "associations"];
}

fn starts_like_json(head: &[u8]) -> bool {
    let head = head.trim_ascii_start();
    let next = |open: u8| head.strip_prefix(&[open]).map(|rest| rest.trim_ascii_start().first().copied());
    matches!(next(b'{'), Some(Some(b'"' | b'}'))) || matches!(next(b'['), Some(Some(b'{' | b']')))
}

/// Two lines at least, of which the first is a whole object.
fn is_lines(head: &[u8]) -> bool {
    let mut lines = head.split(|&b| b == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let (Some(first), Some(second)) = (lines.next(), lines.next()) else { return false };
    first.starts_with(b"{") && first.ends_with(b"}") && second.starts_with(b"{") && starts_like_json(first)
}

fn read(input: Input) -> Result<Records> {
    let decoder = Decoder::of(&input.head);
    let values = Values { reader: input.reader, listed: false, most: MOST_VALUE };
    Ok(Box::new(Articles { place: input.place, values: Some(values), decoder, ready: Vec::new(), count: 0 }))
}

/// The largest JSON value that is read, other than a list of values at the top.
const MOST_VALUE: usize = 64 << 20;

/// The articles of a file of values.
struct Articles {
    place: Arc<Place>,
    values: Option<Values>,
    decoder: Decoder,
    /// Articles of the value read last, the next one at the end.
    ready: Vec<Result<Raw>>,
    /// How many records were seen.
    count: usize,
}

impl Iterator for Articles {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Result<Record>> {
        loop {
            if let Some(raw) = self.ready.pop() {
                let place = Arc::clone(&self.place);
                return Some(raw.map(|raw| Record { raw, place, line: None }));
            }
            let values = self.values.as_mut()?;
            let value = values.next();
            let listed = values.listed;
            match value {
                Ok(Some(value)) => self.take(value, listed),
                Ok(None) => {
                    self.values = None;
                    if self.count == 0 {
                        return Some(Err(self.place.no_article("the list of articles is empty")));
                    }
                }
                Err(error) => {
                    self.values = None;
                    return Some(Err(self.place.unreadable(error)));
                }
            }
        }
    }
}

impl Articles {
    fn take(&mut self, value: Bytes, listed: bool) {
        let at = listed.then_some(self.count);
        self.count += 1;
        let Bytes::Whole(bytes) = value else {
            let most = MOST_VALUE >> 20;
            let lines = MOST_RECORD >> 20;
            let reason = format!(
                "{}a value is larger than {most} MB, the most that is read; of JSON Lines each may have {lines} MB",
                numbered(at)
            );
            return self.ready.push(Err(self.place.malformed(reason)));
        };
        let text = self.decoder.text(&bytes);
        let source = Source { text: &text, place: &self.place, line: None };
        match parse(&source, at) {
            Ok(values) => {
                let mut raws: Vec<Result<Raw>> =
                    values.iter().flat_map(|value| articles(value, &source, at)).collect();
                if raws.is_empty() {
                    raws.push(Err(source.no_article("the list of articles is empty")));
                }
                raws.reverse();
                self.ready = raws;
            }
            Err(error) => {
                self.ready.push(Err(error));
                // Words that are no JSON at all are told once.
                if !listed && !bytes.starts_with(b"{") {
                    self.values = None;
                }
            }
        }
    }
}

/// The articles of one value: itself, or a list of them that lies in it.
fn articles(value: &Value, source: &Source<'_>, at: Option<usize>) -> Vec<Result<Raw>> {
    match records(value) {
        Some(list) if at.is_none() => {
            list.iter().enumerate().map(|(at, item)| article(item, source, Some(at))).collect()
        }
        _ => vec![article(value, source, at)],
    }
}

fn read_line(source: &Source<'_>) -> Result<Raw> {
    let value = parse(source, None)?.into_iter().next().unwrap_or_default();
    article(&value, source, None)
}

/// Cuts a stream into values without looking at what they mean; a list at the top into its items.
struct Values {
    reader: Box<dyn BufRead + Send>,
    /// True within a list at the top.
    listed: bool,
    most: usize,
}

enum Bytes {
    Whole(Vec<u8>),
    TooLong,
}

impl Values {
    fn next(&mut self) -> io::Result<Option<Bytes>> {
        loop {
            let Some(&byte) = self.reader.fill_buf()?.first() else { return Ok(None) };
            match byte {
                b'[' if !self.listed => self.listed = true,
                b']' if self.listed => self.listed = false,
                b',' if self.listed => {}
                byte if byte.is_ascii_whitespace() => {}
                // The mark of UTF-8 at the start of a file.
                0xef | 0xbb | 0xbf => {}
                _ => return self.value().map(Some),
            }
            self.reader.consume(1);
        }
    }

    fn value(&mut self) -> io::Result<Bytes> {
        let mut bytes = Vec::new();
        let mut scan = Scan::default();
        let mut length = 0usize;
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                break;
            }
            let end = buffer.iter().position(|&byte| scan.ends_before(byte));
            let taken = end.unwrap_or(buffer.len());
            length = length.saturating_add(taken);
            if length <= self.most {
                bytes.extend_from_slice(&buffer[..taken]);
            } else {
                bytes = Vec::new();
            }
            self.reader.consume(taken);
            if end.is_some() {
                break;
            }
        }
        Ok(if length <= self.most { Bytes::Whole(bytes) } else { Bytes::TooLong })
    }
}

/// Where a value ends: how deep in brackets, and whether within a string.
#[derive(Default)]
struct Scan {
    depth: u64,
    quoted: bool,
    escaped: bool,
    begun: bool,
    over: bool,
}

impl Scan {
    fn ends_before(&mut self, byte: u8) -> bool {
        if self.over {
            return true;
        }
        let first = !std::mem::replace(&mut self.begun, true);
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' if self.quoted => self.escaped = true,
            b'"' => {
                self.quoted = !self.quoted;
                self.over = !self.quoted && self.depth == 0;
            }
            _ if self.quoted => {}
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                // One too many is a value, a wrong one, so that reading goes on behind it.
                if self.depth == 0 && !first {
                    return true;
                }
                self.depth = self.depth.saturating_sub(1);
                self.over = self.depth == 0;
            }
            // A number or a word ends where a list goes on.
            b',' if self.depth == 0 && !first => return true,
            byte if self.depth == 0 && byte.is_ascii_whitespace() => return true,
            _ => {}
        }
        false
    }
}

/// One value, or several one after another; slips that are common and harmless are repaired.
fn parse(source: &Source<'_>, at: Option<usize>) -> Result<Vec<Value>> {
    let all =
        |text: &str| serde_json::Deserializer::from_str(text).into_iter().collect::<Result<Vec<Value>, _>>();
    all(source.text).or_else(|error| repaired(source.text).map_or(Err(error), |text| all(&text))).map_err(
        |error| {
            // The parser's own words would call it invalid.
            let deep = error.to_string().contains("recursion limit");
            let told = if deep {
                "nested more than 127 deep, the most that is read".into()
            } else {
                format!("not valid JSON: {error}")
            };
            source.malformed(numbered(at) + &told)
        },
    )
}

/// Which record of a list it is, in front of what is told of it.
fn numbered(at: Option<usize>) -> String {
    at.map_or_else(String::new, |at| format!("record {}: ", at + 1))
}

/// Raw control characters in strings become blanks, halves of surrogate pairs U+FFFD.
fn repaired(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let (mut quoted, mut changed) = (false, false);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let mut length = c.len_utf8();
        let mut instead = None;
        match c {
            '"' => quoted = !quoted,
            '\\' if quoted => match (surrogate(rest), rest.get(6..).and_then(surrogate)) {
                (Some(..0xdc00), Some(0xdc00..)) => length = 12,
                (Some(_), _) => (length, instead) = (6, Some("\\ufffd")),
                _ => length += rest[1..].chars().next().map_or(0, char::len_utf8),
            },
            c if quoted && c < ' ' => instead = Some(" "),
            _ => {}
        }
        changed |= instead.is_some();
        out.push_str(instead.unwrap_or(&rest[..length]));
        rest = &rest[length..];
    }
    changed.then_some(out)
}

/// Half of a surrogate pair, when the text starts with the escape of one.
fn surrogate(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u32::from_str_radix(digits, 16).ok().filter(|code| (0xd800..0xe000).contains(code))
}

/// The list of articles in a value; none when the value is an article itself.
fn records(value: &Value) -> Option<&Vec<Value>> {
    match value {
        Value::Array(list) => Some(list),
        Value::Object(record) => {
            let own = longest(record, fields::TEXT).is_some();
            let found = fields::LISTS.iter().filter_map(|path| {
                path.split('.').try_fold(value, |value, key| get(value.as_object()?, key))?.as_array()
            });
            found.into_iter().find(|list| {
                let articles = || list.iter().filter_map(Value::as_object);
                articles().next().is_some()
                    && (!own
                        || articles()
                            .any(|item| scopes(item).any(|scope| longest(scope, fields::TEXT).is_some())))
            })
        }
        _ => None,
    }
}

fn article(value: &Value, source: &Source<'_>, at: Option<usize>) -> Result<Raw> {
    let which = at.map(|at| format!("record {}: ", at + 1)).unwrap_or_default();
    let Value::Object(record) = value else {
        return Err(source.malformed(format!(
            "{which}an article must be an object with fields, such as {{\"title\": …, \"text\": …}}"
        )));
    };
    of_record(record, source, &which)
}

/// The article that a record of named fields is: one of JSON, or a row of a table.
pub(super) fn of_record(record: &Map<String, Value>, source: &Source<'_>, which: &str) -> Result<Raw> {
    let mut raw = raw(record, DateSource::Field);
    let mapped = map(record, &mut raw, source.place);
    if let Some(kind) = other_kind(record) {
        return Err(source.no_article(format!("{which}a ninjs {kind} without the text of an article")));
    }
    let text = match source.place.job.map.names(Target::Body) {
        true => mapped,
        false => text(record),
    };
    match text {
        Some(text) => (raw.text, raw.layout) = text,
        None => return Err(source.no_article(format!("{which}{}", without_text(record, source.place)))),
    }
    Ok(raw)
}

/// Fills what the user's mapping finds; gives the text that it names.
fn map(record: &Map<String, Value>, raw: &mut Raw, place: &Place) -> Option<(String, Layout)> {
    let map = &place.job.map;
    if map.is_empty() {
        return None;
    }
    let mut found = 0;
    let mut value = |target| {
        let (value, rules) = map.find(target, record);
        found |= rules;
        value
    };
    let fields = [
        (Target::Title, &mut raw.title),
        (Target::Source, &mut raw.source),
        (Target::Url, &mut raw.url),
        (Target::Id, &mut raw.id),
        (Target::Language, &mut raw.language),
    ];
    for (target, field) in fields {
        if let Some(text) = value(target).and_then(plain) {
            *field = Some(text);
        }
    }
    if let Some(names) = value(Target::Byline).map(list).filter(|names| !names.is_empty()) {
        raw.byline = names;
    }
    if let Some(date) = value(Target::Date).and_then(plain) {
        raw.published = vec![(date, DateSource::Field)];
    }
    let text = value(Target::Body).and_then(prose).filter(|text| !text.trim().is_empty()).map(laid_out);
    place.job.mapped.fetch_or(found, Ordering::Relaxed);
    text
}

fn without_text(record: &Map<String, Value>, place: &Place) -> String {
    let mut seen: Vec<String> = record.keys().take(20).map(|key| key.chars().take(40).collect()).collect();
    if seen.is_empty() {
        seen.push("no fields".to_owned());
    }
    let seen = seen.join(", ");
    let map = &place.job.map;
    if map.names(Target::Body) {
        return format!("--map {} finds no text; the record has: {seen}", map.written(Target::Body));
    }
    let sought = [&fields::TEXT[..7], &fields::SHORT_TEXT[..1]].concat().join(", ");
    format!(
        "no field with the article's text; it has: {seen}; the text is looked for in: {sought}; or name it: --map body=FIELD"
    )
}

/// What a ninjs item is that is no text: its description is a caption.
fn other_kind(record: &Map<String, Value>) -> Option<&str> {
    const KINDS: &[&str] =
        &["picture", "image", "photo", "graphic", "audio", "video", "event", "package", "component"];
    let kind = record.get("type")?.as_str().filter(|kind| KINDS.contains(kind))?;
    let ninjs = get(record, "uri").is_some()
        && (get(record, "versioncreated").is_some() || get(record, "standard").is_some());
    let text = scopes(record).any(|scope| longest(scope, fields::TEXT).is_some());
    (ninjs && !text).then_some(kind)
}

/// Everything but the text that a record tells of an article.
pub(super) fn raw(record: &Map<String, Value>, found_in: DateSource) -> Raw {
    let first = |names: &[&str]| scopes(record).find_map(|scope| all(scope, names).find_map(plain));
    let byline =
        scopes(record).find_map(|scope| all(scope, fields::BYLINE).map(list).find(|names| !names.is_empty()));
    let dates = scopes(record).flat_map(|scope| all(scope, fields::DATE)).filter_map(plain);
    let clean = |text: String| match tags::looks_like_markup(&text) {
        true => tags::text(&text),
        false => tags::decode(&text).into_owned(),
    };
    let title = first(fields::TITLE).map(clean);
    let summary = scopes(record).find_map(|scope| longest(scope, fields::SHORT_TEXT)).map(clean);
    Raw {
        id: first(fields::ID),
        url: first(fields::URL).or_else(|| first(fields::ID).filter(|id| id.starts_with("http"))),
        source: first(fields::SOURCE),
        summary: summary.or_else(|| title.clone()),
        title,
        byline: byline.unwrap_or_default(),
        published: dates.map(|date| (date, found_in)).collect(),
        language: first(fields::LANGUAGE),
        ..Raw::default()
    }
}

/// The record, then the objects in it whose fields belong to the article.
fn scopes(record: &Map<String, Value>) -> impl Iterator<Item = &Map<String, Value>> {
    let nested = record.iter().filter(|(key, _)| fields::NESTED.iter().any(|name| is(key, name)));
    std::iter::once(record).chain(nested.filter_map(|(_, value)| value.as_object()))
}

fn text(record: &Map<String, Value>) -> Option<(String, Layout)> {
    let found = [fields::TEXT, fields::SHORT_TEXT]
        .iter()
        .find_map(|names| scopes(record).find_map(|scope| longest(scope, names)))?;
    Some(laid_out(found))
}

fn laid_out(text: String) -> (String, Layout) {
    if tags::looks_like_markup(&text) {
        (tags::text(&text), Layout::Blocks)
    } else {
        (tags::decode(&text).into_owned(), Layout::Lines)
    }
}

/// True when a column or field of this name is one that articles have.
pub(super) fn is_known(name: &str) -> bool {
    let name: String = folded(name).collect();
    [
        fields::TEXT,
        fields::SHORT_TEXT,
        fields::TITLE,
        fields::SOURCE,
        fields::URL,
        fields::BYLINE,
        fields::DATE,
    ]
    .iter()
    .any(|names| names.contains(&name.as_str()))
}

/// The first text of more than a line; else the longest.
fn longest(record: &Map<String, Value>, names: &[&str]) -> Option<String> {
    let mut found = all(record, names).filter_map(prose).filter(|text| !text.trim().is_empty());
    let mut best = found.next()?;
    for text in found {
        if best.len() >= 80 {
            break;
        }
        if text.len() > best.len() {
            best = text;
        }
    }
    Some(best)
}

fn all<'a>(record: &'a Map<String, Value>, names: &[&str]) -> impl Iterator<Item = &'a Value> {
    names.iter().flat_map(|name| record.iter().filter(move |(key, _)| is(key, name)).map(|(_, value)| value))
}

fn get<'a>(record: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    record.iter().find(|(key, _)| is(key, name)).map(|(_, value)| value)
}

/// True when a key is this name, which is in lower case and without blanks or strokes.
fn is(key: &str, name: &str) -> bool {
    if !key.is_ascii() {
        return folded(key).eq(name.chars());
    }
    let bytes = key.bytes().filter(|byte| !matches!(byte, b'_' | b'-' | b' '));
    bytes.map(|byte| byte.to_ascii_lowercase()).eq(name.bytes())
}

fn folded(key: &str) -> impl Iterator<Item = char> {
    key.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase)
}

/// Keys under which an object holds its own words.
const INNER: &[&str] = &[
    "main",
    "name",
    "rendered",
    "value",
    "text",
    "original",
    "plain",
    "html",
    "@value",
    "#text",
    "$date",
    "$oid",
    "$numberLong",
    "iso",
    "url",
];

/// The words of a value that should be one short string.
fn plain(value: &Value) -> Option<String> {
    let found = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number
            .as_f64()
            .filter(|n| !number.is_i64() && !number.is_u64() && n.is_finite() && n.abs() < 1e15)
            .map_or_else(|| number.to_string(), |n| (n as i64).to_string()),
        Value::Array(list) => return list.iter().find_map(plain),
        Value::Object(inner) => return INNER.iter().find_map(|key| plain(inner.get(*key)?)),
        Value::Bool(_) | Value::Null => return None,
    };
    (!found.is_empty()).then_some(found)
}

/// The words of a value that should be the text of an article: paragraphs may be a list.
fn prose(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(inner) => INNER.iter().find_map(|key| inner.get(*key)?.as_str()).map(str::to_owned),
        Value::Array(list) => {
            // The same text in several forms, each with its kind: markup for machines comes last.
            let kind = |form: &Value| {
                ["contentType", "role"]
                    .iter()
                    .find_map(|key| form.get(key)?.as_str())
                    .map(str::to_ascii_lowercase)
            };
            if list.iter().any(|form| kind(form).is_some()) {
                let fit = |form: &Value| {
                    kind(form).is_some_and(|kind| {
                        ["html", "plain", "text", "main"].iter().any(|fit| kind.contains(fit))
                            && !kind.contains("xml")
                    })
                };
                return list
                    .iter()
                    .filter_map(|form| Some((fit(form), prose(form)?)))
                    .max_by_key(|(fit, text)| (*fit, text.len()))
                    .map(|(_, text)| text);
            }
            let parts: Vec<String> =
                list.iter().filter_map(prose).filter(|part| !part.trim().is_empty()).collect();
            Some(parts.join("\n\n"))
        }
        _ => None,
    }
}

/// Names of people, from a string, a list or objects with a name.
fn list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().filter_map(plain).collect(),
        value => plain(value).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use crate::read::{from_bytes, told};

    fn check(json: &str, wanted: &str) {
        assert_eq!(told(from_bytes("a.json", json.as_bytes())), wanted, "{json}");
    }

    #[test]
    fn fields_by_many_names() {
        check(
            r#"{"Headline": "T", "Body_Text": "One.", "publisher": {"name": "P"}, "author": [{"name": "A B"}, "C D"], "publishedAt": "2025-10-14T10:00:00Z", "web_url": "https://x.org/a"}"#,
            "T|P|A B+C D|2025-10-14T10:00:00Z|https://x.org/a|One.",
        );
        check(
            r#"{"webTitle": "T", "webUrl": "https://www.x.org/a", "fields": {"bodyText": "One.", "byline": "By A B and C D"}, "webPublicationDate": "2025-10-14"}"#,
            "T|x.org|A B+C D|2025-10-14|https://www.x.org/a|One.",
        );
        check(
            r#"{"status": "ok", "articles": [{"source": {"id": null, "name": "S"}, "title": "T", "content": "One.… [+123 chars]", "description": "d"}]}"#,
            "T|S||||One.…",
        );
        check(
            r#"{"response": {"results": [{"title": "T", "text": "One."}, {"title": "U", "text": "Two."}]}}"#,
            "T|||||One. ## U|||||Two.",
        );
        check(
            r#"{"_id": {"$oid": "ff"}, "_source": {"title": "T", "content": {"rendered": "<p>One &amp; two.</p><p>Three.</p>"}}}"#,
            "T|||||One & two.\n\nThree.",
        );
        check(
            r#"{"title": "T", "text": ["One.", "Two."], "timestamp": 1760430000}"#,
            "T|||2025-10-14T08:20:00Z||One.\n\nTwo.",
        );
        check(
            r#"{"headlines": [{"role": "main", "value": "T"}], "bodies": [{"role": "html", "value": "<p>One &quot;two&quot;.</p>"}], "text": ""}"#,
            "T|||||One \"two\".",
        );
        check("{\"title\": \"T\", \"text\": \"One\ntwo \\ud83d.\"}", "T|||||One two \u{fffd}.");
    }

    #[test]
    fn errors_tell_what_was_looked_for() {
        check(
            r#"{"a": 1, "b": 2}"#,
            "a.json: no field with the article's text; it has: a, b; the text is looked for in: text, body, content, articlebody, bodytext, fulltext, maintext, description; or name it: --map body=FIELD",
        );
        check("{\"a\": ", "a.json: not valid JSON: EOF while parsing a value at line 1 column 6");
        check("[]", "a.json: the list of articles is empty");
        let deep = format!("{}1{}", "[".repeat(5000), "]".repeat(5000));
        check(&deep, "a.json: record 1: nested more than 127 deep, the most that is read");
    }

    #[test]
    fn ids() {
        let id = |json: &str| from_bytes("a.json", json.as_bytes()).unwrap().next().unwrap().unwrap().id.0;
        assert_eq!(id(r#"{"id": 17, "text": "One."}"#), "17");
        assert_eq!(id(r#"{"_id": {"$oid": "ff"}, "text": "One."}"#), "ff");
        assert_eq!(
            id(r#"{"url": "https://x.org/a?utm_source=b#c", "text": "One."}"#),
            id(r#"{"url": "https://x.org/a", "text": "Two."}"#)
        );
        assert_eq!(id(r#"{"text": "One."}"#).len(), 12);
    }
}
