//! JSON: one article, a list of them, or one on each line. Fields are found by their names.

use serde_json::{Map, Value};

use super::{DateSource, Format, Layout, Raw, Result, Source, tags};

pub(super) const FORMAT: Format = Format {
    name: "json",
    extensions: &["json"],
    sniff: |head| starts_like_json(head),
    read,
    by_line: false,
};

pub(super) const LINES: Format = Format {
    name: "jsonl",
    extensions: &["jsonl", "ndjson"],
    sniff: is_lines,
    read: read_line,
    by_line: true,
};

/// Names of fields, lower case without `_` and `-`; the first that is there wins.
#[rustfmt::skip]
mod fields {
    pub const TEXT: &[&str] = &["text", "body", "content", "articlebody", "bodytext", "fulltext", "maintext", "articletext", "plaintext",
        "contenttext", "textcontent", "cleanedtext", "article", "story", "bodyhtml", "bodyxhtml", "contenthtml", "html", "bodies", "paragraphs", "transcript"];
    pub const SHORT_TEXT: &[&str] = &["description", "abstract", "leadparagraph", "summary", "excerpt", "snippet", "standfirst", "descriptiontext", "descriptions"];
    pub const TITLE: &[&str] = &["title", "headline", "headlines", "webtitle", "headlinetext", "name"];
    pub const SOURCE: &[&str] = &["source", "sourcename", "outlet", "publisher", "publication", "newspaper", "sitename", "provider", "site", "domain", "sourcedomain"];
    pub const URL: &[&str] = &["url", "link", "weburl", "canonicalurl", "articleurl", "permalink", "sourceurl"];
    pub const BYLINE: &[&str] = &["byline", "bylines", "authors", "author", "creator", "creators", "writer", "by"];
    pub const DATE: &[&str] = &["datepublished", "published", "publishedat", "publisheddate", "publishdate", "publishedon", "pubdate", "publicationdate",
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

fn read(source: &Source<'_>) -> Result<Vec<Result<Raw>>> {
    let mut raws = Vec::new();
    for value in parse(source)? {
        match records(&value) {
            Some(list) => {
                raws.extend(list.iter().enumerate().map(|(at, item)| article(item, source, Some(at))))
            }
            None => raws.push(article(&value, source, None)),
        }
    }
    if raws.is_empty() {
        return Err(source.no_article("the list of articles is empty"));
    }
    match raws.len() {
        1 => raws.remove(0).map(|raw| vec![Ok(raw)]),
        _ => Ok(raws),
    }
}

fn read_line(source: &Source<'_>) -> Result<Vec<Result<Raw>>> {
    parse(source)?.iter().take(1).map(|value| article(value, source, None).map(Ok)).collect()
}

/// One value, or several one after another; slips that are common and harmless are repaired.
fn parse(source: &Source<'_>) -> Result<Vec<Value>> {
    let all =
        |text: &str| serde_json::Deserializer::from_str(text).into_iter().collect::<Result<Vec<Value>, _>>();
    all(source.text)
        .or_else(|error| repaired(source.text).map_or(Err(error), |text| all(&text)))
        .map_err(|error| source.malformed(format!("not valid JSON: {error}")))
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
    let mut raw = raw(record, DateSource::Field);
    match text(record) {
        Some(text) => (raw.text, raw.layout) = text,
        None => {
            let seen: Vec<&str> = record.keys().take(20).map(String::as_str).collect();
            return Err(source.no_article(format!(
                "{which}no field with the article's text; it has: {}; the text is looked for in: {}",
                if seen.is_empty() { "no fields".to_owned() } else { seen.join(", ") },
                [&fields::TEXT[..7], &fields::SHORT_TEXT[..1]].concat().join(", "),
            )));
        }
    }
    Ok(raw)
}

/// Everything but the text that a record tells of an article.
pub(super) fn raw(record: &Map<String, Value>, found_in: DateSource) -> Raw {
    let first = |names: &[&str]| scopes(record).find_map(|scope| all(scope, names).find_map(plain));
    let byline =
        scopes(record).find_map(|scope| all(scope, fields::BYLINE).map(list).find(|names| !names.is_empty()));
    let dates = scopes(record).flat_map(|scope| all(scope, fields::DATE)).filter_map(plain);
    Raw {
        id: first(fields::ID),
        url: first(fields::URL).or_else(|| first(fields::ID).filter(|id| id.starts_with("http"))),
        source: first(fields::SOURCE),
        title: first(fields::TITLE).map(|title| {
            if tags::looks_like_markup(&title) {
                tags::text(&title)
            } else {
                tags::decode(&title).into_owned()
            }
        }),
        byline: byline.unwrap_or_default(),
        published: dates.map(|date| (date, found_in)).collect(),
        language: first(fields::LANGUAGE),
        ..Raw::default()
    }
}

/// The record, then the objects in it whose fields belong to the article.
fn scopes(record: &Map<String, Value>) -> impl Iterator<Item = &Map<String, Value>> {
    let nested = record.iter().filter(|(key, _)| fields::NESTED.contains(&fold(key).as_str()));
    std::iter::once(record).chain(nested.filter_map(|(_, value)| value.as_object()))
}

fn text(record: &Map<String, Value>) -> Option<(String, Layout)> {
    let found = [fields::TEXT, fields::SHORT_TEXT]
        .iter()
        .find_map(|names| scopes(record).find_map(|scope| longest(scope, names)))?;
    Some(if tags::looks_like_markup(&found) {
        (tags::text(&found), Layout::Blocks)
    } else {
        (tags::decode(&found).into_owned(), Layout::Lines)
    })
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
    names
        .iter()
        .flat_map(|name| record.iter().filter(move |(key, _)| fold(key) == *name).map(|(_, value)| value))
}

fn get<'a>(record: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    record.iter().find(|(key, _)| fold(key) == name).map(|(_, value)| value)
}

fn fold(key: &str) -> String {
    key.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
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
    use crate::read::from_bytes;

    fn check(json: &str, wanted: &str) {
        let told = |article: crate::document::Article| {
            let date = article.published.map(|p| p.at).unwrap_or_default();
            [
                article.title,
                article.source,
                article.byline.join("+"),
                date,
                article.url.unwrap_or_default(),
                article.body,
            ]
            .join("|")
        };
        let found: Vec<String> = match from_bytes("a.json", json.as_bytes()) {
            Ok(articles) => articles.map(|article| article.map_or_else(|e| e.to_string(), told)).collect(),
            Err(error) => vec![error.to_string()],
        };
        assert_eq!(found.join(" ## "), wanted, "{json}");
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
            "a.json: no field with the article's text; it has: a, b; the text is looked for in: text, body, content, articlebody, bodytext, fulltext, maintext, description",
        );
        check("{\"a\": ", "a.json: not valid JSON: EOF while parsing a value at line 1 column 6");
        check("[]", "a.json: the list of articles is empty");
        let deep = format!("{}1{}", "[".repeat(5000), "]".repeat(5000));
        check(&deep, "a.json: not valid JSON: recursion limit exceeded at line 1 column 128");
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
