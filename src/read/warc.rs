//! Web archives: WARC (also Common Crawl's WET) and ARC. Pages that were fetched well are articles.

use std::io::{self, BufRead, Read};
use std::sync::Arc;

use brotli_decompressor::Decompressor as Brotli;
use flate2::read::{DeflateDecoder, GzDecoder, ZlibDecoder};

use super::input::{Input, Line, MOST_RECORD, Place, Record, next_line};
use super::{DateSource, Format, Layout, Raw, Result, decode, html};

pub(super) const WARC: Format = Format {
    name: "warc",
    extensions: &["warc", "wet"],
    sniff: |head| head.starts_with(b"WARC/"),
    read: |input| Ok(Box::new(Captures::new(input, warc_head))),
};

pub(super) const ARC: Format = Format {
    name: "arc",
    extensions: &["arc"],
    sniff: |head| head.starts_with(b"filedesc://"),
    read: |input| Ok(Box::new(Captures::new(input, arc_head))),
};

/// The longest line of a record's head.
const MOST_LINE: usize = 64 << 10;
const MOST_HEADERS: usize = 1000;

/// What the head of a record says.
#[derive(Default)]
struct Head {
    kind: Kind,
    url: Option<String>,
    /// When it was fetched.
    date: Option<String>,
    content_type: String,
    length: u64,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Kind {
    /// A page with the HTTP head that came before it.
    Response,
    /// A page alone.
    Resource,
    /// The text of a page.
    Conversion,
    /// Requests, metadata, what points to other records.
    #[default]
    Other,
}

/// Reads the head of the next record: `None` at the end, an inner `Err` for a line that is none.
type ReadHead = fn(&mut dyn BufRead) -> io::Result<Option<Result<Head, ()>>>;

struct Captures {
    place: Arc<Place>,
    reader: Option<Box<dyn BufRead + Send>>,
    read_head: ReadHead,
    number: u64,
    /// True while lines are passed over that belong to no record.
    lost: bool,
    found: bool,
}

impl Captures {
    fn new(input: Input, read_head: ReadHead) -> Captures {
        let Input { place, reader, .. } = input;
        Captures { place, reader: Some(reader), read_head, number: 0, lost: false, found: false }
    }

    /// The next record's article; an inner `None` when it has none.
    fn capture(&mut self) -> io::Result<Option<Option<Result<Record>>>> {
        let Some(reader) = self.reader.as_mut() else { return Ok(None) };
        let Some(head) = (self.read_head)(reader)? else { return Ok(None) };
        let Ok(head) = head else {
            let first = !std::mem::replace(&mut self.lost, true);
            let error = || {
                self.place.malformed(format!(
                    "what follows record {} is no record; looking for the next",
                    self.number
                ))
            };
            return Ok(Some(first.then(|| Err(error()))));
        };
        self.lost = false;
        self.number += 1;
        let mut body = Vec::new();
        let wanted = head.length.min(MOST_RECORD as u64);
        reader.by_ref().take(wanted).read_to_end(&mut body)?;
        let rest = head.length - wanted;
        let passed = io::copy(&mut reader.by_ref().take(rest), &mut io::sink())?;
        let place = self.place.record(self.number);
        if body.len() as u64 + passed < head.length {
            self.reader = None;
            let reason =
                format!("cut off: {} of {} bytes are there", body.len() as u64 + passed, head.length);
            return Ok(Some(Some(Err(place.malformed(reason)))));
        }
        let Some(raw) = page(&head, &body) else { return Ok(Some(None)) };
        self.found = true;
        let record = raw.ok_or_else(|| place.no_article(super::NO_TEXT));
        Ok(Some(Some(record.map(|raw| Record { raw, place, line: None }))))
    }
}

impl Iterator for Captures {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Result<Record>> {
        while self.reader.is_some() {
            match self.capture() {
                Ok(Some(Some(record))) => return Some(record),
                Ok(Some(None)) => {}
                Ok(None) => {
                    self.reader = None;
                    if !self.found {
                        let reason =
                            format!("no web page that was fetched well among its {} records", self.number);
                        return Some(Err(self.place.no_article(reason)));
                    }
                }
                Err(error) => {
                    self.reader = None;
                    return Some(Err(self.place.unreadable(error)));
                }
            }
        }
        None
    }
}

/// The article of a record: `None` when it is no page, an inner `None` when the page has no text.
fn page(head: &Head, body: &[u8]) -> Option<Option<Raw>> {
    let mut raw = match head.kind {
        Kind::Other => return None,
        Kind::Conversion => {
            let text = decode::decode(body);
            Some(Raw { text, layout: Layout::Lines, ..Raw::default() })
        }
        Kind::Resource if is_page(&head.content_type) => html::of(&decode::decode(body)),
        Kind::Resource => return None,
        Kind::Response => {
            let response = Response::of(body);
            if !(200..300).contains(&response.status) || !is_page(&response.content_type) {
                return None;
            }
            html::of(&decode::decode_as(&response.body, charset(&response.content_type)))
        }
    };
    if let Some(raw) = &mut raw {
        raw.url = raw.url.take().or_else(|| head.url.clone());
        raw.published.extend(head.date.clone().map(|date| (date, DateSource::Crawl)));
    }
    Some(raw)
}

fn is_page(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    matches!(kind.as_str(), "text/html" | "application/xhtml+xml")
}

fn charset(content_type: &str) -> Option<&str> {
    let lower = content_type.to_ascii_lowercase();
    let at = lower.find("charset=")? + "charset=".len();
    content_type.get(at..)?.split(';').next().map(|label| label.trim().trim_matches('"'))
}

/// An answer over HTTP, its body as it was before it was sent.
struct Response {
    status: u16,
    content_type: String,
    body: Vec<u8>,
}

impl Response {
    fn of(bytes: &[u8]) -> Response {
        let head_end =
            |mark: &[u8]| bytes.windows(mark.len()).position(|at| at == mark).map(|at| (at, at + mark.len()));
        let ends = [head_end(b"\r\n\r\n"), head_end(b"\n\n")];
        let (end, start) = ends.into_iter().flatten().min().unwrap_or((bytes.len(), bytes.len()));
        let head = String::from_utf8_lossy(&bytes[..end]);
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0);
        let mut headers = lines.filter_map(|line| line.split_once(':'));
        let headers: Vec<(String, String)> = headers
            .by_ref()
            .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let header = |name: &str| headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value);
        let mut body = bytes[start..].to_vec();
        if header("transfer-encoding").to_ascii_lowercase().contains("chunked") {
            // Some archives keep the header and store the body whole.
            body = without_chunks(&body).unwrap_or(body);
        }
        body = decoded(body, &header("content-encoding").to_ascii_lowercase());
        Response { status, content_type: header("content-type").to_owned(), body }
    }
}

/// The bytes of a chunked body; none when it is not chunked.
fn without_chunks(body: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    loop {
        let Some(end) = rest.iter().take(1000).position(|&byte| byte == b'\n') else {
            // A body that was cut off keeps what it has.
            return (!out.is_empty()).then_some(out);
        };
        let line = std::str::from_utf8(&rest[..end]).ok()?;
        let digits = line.split(';').next().unwrap_or_default().trim();
        if digits.is_empty() && !out.is_empty() {
            rest = &rest[end + 1..];
            continue;
        }
        let Ok(size) = usize::from_str_radix(digits, 16) else { return (!out.is_empty()).then_some(out) };
        if size == 0 {
            return Some(out);
        }
        rest = &rest[end + 1..];
        out.extend_from_slice(&rest[..size.min(rest.len())]);
        rest = rest.get(size..).unwrap_or_default();
        rest = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).unwrap_or(rest);
    }
}

/// Content encodings undone; a body that does not have the one it claims stays as it is.
fn decoded(body: Vec<u8>, encoding: &str) -> Vec<u8> {
    let read = |reader: &mut dyn Read| {
        let mut out = Vec::new();
        // What was cut off keeps what came out before.
        let _ = reader.take(MOST_RECORD as u64).read_to_end(&mut out);
        (!out.is_empty()).then_some(out)
    };
    let out = match encoding {
        _ if body.starts_with(b"\x1f\x8b") => read(&mut GzDecoder::new(body.as_slice())),
        "deflate" => read(&mut ZlibDecoder::new(body.as_slice()))
            .or_else(|| read(&mut DeflateDecoder::new(body.as_slice()))),
        "br" => read(&mut Brotli::new(body.as_slice(), 4096)),
        _ => None,
    };
    out.unwrap_or(body)
}

/// The next line without its end; blank ones are passed over where `skip` says so.
fn line(reader: &mut dyn BufRead) -> io::Result<Option<String>> {
    Ok(match next_line(reader, MOST_LINE)? {
        None => None,
        Some(Line::TooLong) => Some(String::new()),
        Some(Line::Whole(bytes)) => Some(String::from_utf8_lossy(&bytes).trim_end().to_owned()),
    })
}

fn first_line(reader: &mut dyn BufRead) -> io::Result<Option<String>> {
    loop {
        match line(reader)? {
            Some(line) if line.is_empty() => {}
            other => return Ok(other),
        }
    }
}

fn warc_head(reader: &mut dyn BufRead) -> io::Result<Option<Result<Head, ()>>> {
    let Some(first) = first_line(reader)? else { return Ok(None) };
    if !first.starts_with("WARC/") {
        return Ok(Some(Err(())));
    }
    let mut head = Head::default();
    for _ in 0..MOST_HEADERS {
        let Some(line) = line(reader)?.filter(|line| !line.is_empty()) else { break };
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "warc-type" => {
                head.kind = match value.to_ascii_lowercase().as_str() {
                    "response" => Kind::Response,
                    "resource" => Kind::Resource,
                    "conversion" => Kind::Conversion,
                    _ => Kind::Other,
                }
            }
            // Old wget put the address into angle brackets.
            "warc-target-uri" => head.url = Some(value.trim_matches(['<', '>']).to_owned()),
            "warc-date" => head.date = Some(value.to_owned()),
            "content-type" => head.content_type = value.to_owned(),
            "content-length" => head.length = value.parse().unwrap_or(0),
            _ => {}
        }
    }
    if head.kind == Kind::Response && !head.content_type.to_ascii_lowercase().contains("http") {
        head.kind = Kind::Resource;
    }
    Ok(Some(Ok(head)))
}

/// `URL IP DATE TYPE LENGTH`; an address may hold blanks.
fn arc_head(reader: &mut dyn BufRead) -> io::Result<Option<Result<Head, ()>>> {
    let Some(first) = first_line(reader)? else { return Ok(None) };
    let parts: Vec<&str> = first.rsplitn(5, ' ').collect();
    let [length, content_type, date, _, url] = parts[..] else { return Ok(Some(Err(()))) };
    let Ok(length) = length.parse() else { return Ok(Some(Err(()))) };
    let dated = date.len() >= 8 && date.bytes().all(|byte| byte.is_ascii_digit());
    if !dated || !url.contains("://") {
        return Ok(Some(Err(())));
    }
    let kind = if url.starts_with("http") { Kind::Response } else { Kind::Other };
    let (url, content_type) = (Some(url.to_owned()), content_type.to_owned());
    Ok(Some(Ok(Head { kind, url, date: Some(date[..8].to_owned()), content_type, length })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::from_bytes;

    fn told(name: &str, bytes: &[u8]) -> String {
        let told = |article: crate::document::Article| {
            let date = article.published.map(|p| format!("{} {:?}", p.at, p.found_in)).unwrap_or_default();
            [article.path, article.title, date, article.url.unwrap_or_default(), article.body].join("|")
        };
        let articles = match from_bytes(name, bytes) {
            Ok(articles) => articles,
            Err(error) => return error.to_string(),
        };
        articles.map(|article| article.map_or_else(|e| e.to_string(), told)).collect::<Vec<_>>().join(" ## ")
    }

    fn record(kind: &str, content_type: &str, body: &str) -> String {
        format!(
            "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: <https://x.org/a>\r\nWARC-Date: 2025-10-14T10:00:00Z\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n{body}\r\n\r\n",
            body.len()
        )
    }

    const PAGE: &str = "<html><head><title>Talks fail in Kyiv</title></head><body><p>The talks failed on Tuesday.</p></body></html>";
    const WANTED: &str =
        "|Talks fail in Kyiv|2025-10-14T10:00:00Z Crawl|https://x.org/a|The talks failed on Tuesday.";

    #[test]
    fn pages_that_were_fetched_well() {
        let http = |status: &str, head: &str, body: &str| {
            record(
                "response",
                "application/http; msgtype=response",
                &format!("HTTP/1.1 {status}\r\n{head}\r\n\r\n{body}"),
            )
        };
        let chunked =
            format!("{:x}\r\n{}\r\n{:x}\r\n{}\r\n0\r\n\r\n", 40, &PAGE[..40], PAGE.len() - 40, &PAGE[40..]);
        let all = [
            record("warcinfo", "application/warc-fields", "software: x"),
            http("200 OK", "Content-Type: text/html", PAGE),
            http("404 Not Found", "Content-Type: text/html", PAGE),
            http("200 OK", "Content-Type: image/png", PAGE),
            http("200 OK", "Content-Type: text/html\r\nTransfer-Encoding: chunked", &chunked),
            http("200 OK", "Content-Type: text/html\r\nTransfer-Encoding: chunked", PAGE),
            record("conversion", "text/plain", "Talks fail\nThe talks failed on Tuesday."),
        ]
        .concat();
        assert_eq!(
            told("c.warc", all.as_bytes()),
            format!(
                "c.warc#2{WANTED} ## c.warc#5{WANTED} ## c.warc#6{WANTED} ## c.warc#7|Talks fail|2025-10-14T10:00:00Z Crawl|https://x.org/a|Talks fail\n\nThe talks failed on Tuesday."
            )
        );
        let cut = &all.as_bytes()[..all.len() - 20];
        assert!(
            told("c.warc", cut).ends_with("c.warc#7: cut off: 24 of 40 bytes are there")
                || told("c.warc", cut).contains("cut off")
        );
    }

    #[test]
    fn arc() {
        let http = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{PAGE}");
        let all = format!(
            "filedesc://x.arc 127.0.0.1 20251014000000 text/plain 7\n1 0 X\ny\n\nhttps://x.org/a b 127.0.0.1 20251014100000 text/html {}\n{http}\n",
            http.len()
        );
        assert_eq!(
            told("c.arc", all.as_bytes()),
            "c.arc#2|Talks fail in Kyiv|2025-10-14 Crawl||The talks failed on Tuesday."
        );
    }

    #[test]
    fn encodings_of_http() {
        assert_eq!(without_chunks(b"3\r\nabc\r\n0\r\n\r\n").as_deref(), Some(&b"abc"[..]));
        assert_eq!(without_chunks(b"not chunked at all\nno"), None);
        assert_eq!(charset("text/html; charset=\"UTF-8\""), Some("UTF-8"));
        let hello = b"\x0b\x02\x80hello\x03".to_vec();
        assert_eq!(decoded(hello.clone(), "br"), b"hello");
        assert_eq!(decoded(hello.clone(), ""), hello);
    }
}
