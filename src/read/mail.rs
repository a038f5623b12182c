//! Newsletters: mails one by one (EML) and mailboxes (MBOX). Attachments are named, not read.

use std::io::{self, BufRead};
use std::sync::Arc;

use mail_parser::{Address, Message, MessageParser, MimeHeaders, PartType};

use super::input::{Input, Line, Place, Record, Records, next_line};
use super::{DateSource, Format, Layout, Raw, Result, header, tags};

pub(super) const MBOX: Format = Format {
    name: "mbox",
    extensions: &["mbox", "mbx"],
    sniff: is_mailbox,
    read: |input| Ok(Box::new(Mailbox::new(input))),
};

pub(super) const EML: Format =
    Format { name: "eml", extensions: &["eml", "emlx", "mht", "mhtml"], sniff: is_mail, read: read_mail };

/// The largest mail that is read.
const MOST_MAIL: usize = 32 << 20;

fn is_mailbox(head: &[u8]) -> bool {
    let mut lines = head.split(|&byte| byte == b'\n');
    lines.next().is_some_and(|line| line.starts_with(b"From ") && line.len() < 200)
        && lines.next().is_some_and(|line| field(line).is_some() || line.starts_with(b">From "))
}

/// Header fields that only mails have, and at least one that says from whom.
fn is_mail(head: &[u8]) -> bool {
    let fields: Vec<String> = head
        .split(|&byte| byte == b'\n')
        .map_while(|line| {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            match field(line) {
                Some(name) => Some(name),
                None if line.first().is_some_and(u8::is_ascii_whitespace) => Some(String::new()),
                None => None,
            }
        })
        .collect();
    let has = |names: &[&str]| fields.iter().any(|field| names.contains(&field.as_str()));
    has(&["from", "sender", "return-path"])
        && has(&["mime-version", "message-id", "received", "delivered-to"])
}

/// The name of the header field that a line begins.
fn field(line: &[u8]) -> Option<String> {
    let end = line.iter().position(|&byte| byte == b':')?;
    let name = &line[..end];
    let fits = !name.is_empty()
        && name.len() < 60
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    fits.then(|| String::from_utf8_lossy(name).to_ascii_lowercase())
}

fn read_mail(mut input: Input) -> Result<Records> {
    let bytes = input.bytes()?;
    Ok(Box::new(mail(&bytes, &input.place).into_iter()))
}

/// The article of a mail, then what was left alone in it.
fn mail(bytes: &[u8], place: &Arc<Place>) -> Vec<Result<Record>> {
    let Some(message) = MessageParser::default().parse(bytes) else {
        return vec![Err(place.malformed("not a mail that can be read"))];
    };
    let mut found = Vec::new();
    match text(&message) {
        Some((text, layout)) => {
            let raw = Raw { text, layout, ..about(&message) };
            found.push(Ok(Record { raw, place: Arc::clone(place), line: None }));
        }
        None => found.push(Err(place.no_article("a mail without text"))),
    }
    for attachment in message.attachments().take(20) {
        let name = attachment.attachment_name().unwrap_or("without a name");
        found.push(Err(place.unsupported(format!("its attachment is not read: {name}; save it to read it"))));
    }
    found
}

/// The words of a mail: its HTML part where there is one, for it has the paragraphs.
fn text(message: &Message<'_>) -> Option<(String, Layout)> {
    let part = |ids: &[u32], html: bool| {
        ids.iter().filter_map(|id| message.parts.get(*id as usize)).find_map(|part| match &part.body {
            PartType::Html(words) if html => Some(words.to_string()),
            PartType::Text(words) if !html => Some(words.to_string()),
            _ => None,
        })
    };
    let html = part(&message.html_body, true).map(|html| (tags::page_text(&html), Layout::Blocks));
    let plain = || part(&message.text_body, false).map(|text| (without_signature(&text), Layout::Lines));
    let full = |found: &(String, Layout)| found.0.chars().any(char::is_alphanumeric);
    html.filter(full).or_else(|| plain().filter(full))
}

/// Without what follows the line `-- `.
fn without_signature(text: &str) -> String {
    let end = text.find("\n-- \n").or_else(|| text.find("\n-- \r\n"));
    text[..end.unwrap_or(text.len())].to_owned()
}

fn about(message: &Message<'_>) -> Raw {
    let (name, address) = sender(message.from());
    let (local, domain) = address.split_once('@').unwrap_or_default();
    let person = is_person(&name, local, domain);
    let outlet = if person || name.is_empty() { domain.to_owned() } else { name.clone() };
    Raw {
        id: message.message_id().map(str::to_owned),
        title: message.subject().map(str::to_owned),
        source: Some(outlet).filter(|outlet| !outlet.is_empty()),
        byline: if person { vec![name] } else { Vec::new() },
        published: message.date().map(|date| (date.to_rfc3339(), DateSource::Mail)).into_iter().collect(),
        ..Raw::default()
    }
}

fn sender(from: Option<&Address<'_>>) -> (String, String) {
    let first = from.and_then(|from| from.first());
    let part = |part: Option<&str>| part.unwrap_or_default().trim().to_owned();
    (part(first.and_then(|from| from.name())), part(first.and_then(|from| from.address())))
}

/// A name that its own address repeats before the `@` is a person's; one that the domain repeats is an outlet's.
fn is_person(name: &str, local: &str, domain: &str) -> bool {
    let (local, domain) = (local.to_lowercase(), domain.to_lowercase());
    let words: Vec<String> =
        name.split_whitespace().map(str::to_lowercase).filter(|word| word.len() > 2).collect();
    let role =
        ["news", "letter", "info", "reply", "hello", "press", "team", "mail", "editor", "alert", "desk"];
    header::are_names(name)
        && words.iter().any(|word| local.contains(word.as_str()))
        && !words.iter().any(|word| domain.contains(word.as_str()))
        && !role.iter().any(|role| local.contains(role))
}

/// Mails one after another, each after a line `From `.
struct Mailbox {
    place: Arc<Place>,
    reader: Option<Box<dyn BufRead + Send>>,
    number: u64,
    ready: std::vec::IntoIter<Result<Record>>,
}

impl Mailbox {
    fn new(input: Input) -> Mailbox {
        let Input { place, mut reader, .. } = input;
        // The first line says nothing of the mail.
        let begun = reader.skip_until(b'\n').is_ok();
        Mailbox { place, reader: begun.then_some(reader), number: 0, ready: Vec::new().into_iter() }
    }

    /// The bytes of the next mail; an inner `None` when it was too large.
    fn mail(&mut self) -> io::Result<Option<Option<Vec<u8>>>> {
        let Some(reader) = self.reader.as_mut() else { return Ok(None) };
        let (mut bytes, mut blank, mut whole) = (Vec::new(), false, true);
        loop {
            let line = match next_line(reader, MOST_MAIL)? {
                None => {
                    self.reader = None;
                    let some = !bytes.is_empty() || !whole;
                    return Ok(some.then_some(whole.then_some(bytes)));
                }
                Some(Line::TooLong) => {
                    whole = false;
                    continue;
                }
                Some(Line::Whole(line)) => line,
            };
            if blank && line.starts_with(b"From ") {
                return Ok(Some(whole.then_some(bytes)));
            }
            blank = line.trim_ascii().is_empty();
            // A line of the text that began with `From ` was marked.
            let marks = line.iter().take_while(|&&byte| byte == b'>').count();
            let marked = marks > 0 && line[marks..].starts_with(b"From ");
            if bytes.len() + line.len() > MOST_MAIL {
                (bytes, whole) = (Vec::new(), false);
            }
            if whole {
                bytes.extend_from_slice(&line[usize::from(marked)..]);
            }
        }
    }
}

impl Iterator for Mailbox {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Result<Record>> {
        loop {
            if let Some(found) = self.ready.next() {
                return Some(found);
            }
            let bytes = match self.mail() {
                Ok(bytes) => bytes?,
                Err(error) => {
                    self.reader = None;
                    return Some(Err(self.place.unreadable(error)));
                }
            };
            self.number += 1;
            let place = self.place.record(self.number);
            let Some(bytes) = bytes else {
                let most = MOST_MAIL >> 20;
                return Some(Err(
                    place.malformed(format!("the mail is larger than {most} MB, the most that is read"))
                ));
            };
            match super::guarded(&place, || mail(&bytes, &place)) {
                Ok(found) => self.ready = found.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::from_bytes;

    const MAIL: &str = "From: \"Jane Doe\" <jane.doe@times.example>\r\nSubject: =?utf-8?q?Talks_fail_=E2=80=93_again?=\r\nDate: Tue, 14 Oct 2025 08:05:00 +0200\r\nMessage-ID: <7@x>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\nContent-Type: text/plain\r\n\r\nplain\r\n--c\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>The talks=20failed.</p><p>Nobody spoke.</p>\r\n--c--\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\nxx\r\n--b--\r\n";

    fn told(name: &str, bytes: &[u8]) -> String {
        let told = |article: crate::document::Article| {
            let date = article.published.map(|p| format!("{} {:?}", p.at, p.found_in)).unwrap_or_default();
            [article.path, article.title, article.source, article.byline.join("+"), date, article.body]
                .join("|")
        };
        let articles = from_bytes(name, bytes).unwrap();
        articles.map(|article| article.map_or_else(|e| e.to_string(), told)).collect::<Vec<_>>().join(" ## ")
    }

    const WANTED: &str = "|Talks fail – again|times.example|Jane Doe|2025-10-14T08:05:00+02:00 Mail|The talks failed.\n\nNobody spoke.";

    #[test]
    fn mails() {
        let attachment = "a: its attachment is not read: a.pdf; save it to read it";
        assert_eq!(told("a", MAIL.as_bytes()), format!("a{WANTED} ## {attachment}"));
    }

    #[test]
    fn mailboxes() {
        let plain = "From: Example News <news@example.org>\nSubject: T\nDate: Wed, 15 Oct 2025 00:00:00 +0000\n\n>From here on it rained.\n-- \nThe staff\n";
        let all =
            format!("From x Tue Oct 14 10:22:00 2025\n{MAIL}\n\nFrom y Tue Oct 14 10:22:00 2025\n{plain}");
        assert_eq!(
            told("a.mbox", all.as_bytes()),
            format!(
                "a.mbox#1{WANTED} ## a.mbox#1: its attachment is not read: a.pdf; save it to read it ## a.mbox#2|T|Example News||2025-10-15 Mail|From here on it rained."
            )
        );
    }

    #[test]
    fn articles_are_no_mails() {
        assert!(!is_mail(b"Title: T\nDate: 2025-10-14\nSource: x\n\nText."));
        assert!(!is_mailbox(b"From the capital to the coast it rained.\nNobody: minded."[..40].as_ref()));
        assert!(is_person("Doug Sauder", "doug", "example.com"));
        assert!(!is_person("Example News", "news", "example.org"));
    }
}
