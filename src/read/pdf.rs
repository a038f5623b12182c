//! PDF with a text layer.
//!
//! What parses PDF is known to panic, to loop and to eat memory on odd files, so it runs in a process
//! of its own, with a deadline and a limit on memory: this program once more, by a hidden command.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use pdf_extract::{Dictionary, Document, Object, PlainTextOutput, output_doc_page};
use serde::{Deserialize, Serialize};

use super::input::{Input, Place, Record, Records};
use super::{DateSource, Format, Layout, Raw, Result, decode, header};

pub(super) const FORMAT: Format = Format {
    name: "pdf",
    extensions: &["pdf"],
    sniff: |head| head[..head.len().min(1024)].windows(5).any(|at| at == b"%PDF-"),
    read,
};

/// The hidden command that reads one PDF from standard input.
pub const CHILD: &str = "read-pdf";
/// How long one file may take.
const DEADLINE: Duration = Duration::from_secs(60);
/// The same in time of the processor, for a machine that is busy.
#[cfg(unix)]
const MOST_CPU: u64 = 30;
/// The most memory that reading one file may take.
#[cfg(unix)]
const MOST_MEMORY: u64 = 2 << 30;
/// The most text that is taken from one file, and its most pages.
const MOST_TEXT: usize = 32 << 20;
const MOST_PAGES: u32 = 5000;
/// Pages nest objects in objects.
const STACK: usize = 256 << 20;

/// What a PDF holds, as the child tells it.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Pdf {
    pages: Vec<String>,
    title: Option<String>,
    author: Option<String>,
    date: Option<String>,
    /// Why there is nothing to read.
    fault: Option<String>,
}

fn read(mut input: Input) -> Result<Records> {
    let bytes = input.bytes()?;
    let place = input.place;
    let pdf = in_child(bytes).map_err(|reason| place.malformed(reason))?;
    if let Some(fault) = pdf.fault {
        return Err(place.malformed(format!("not a PDF that can be read: {fault}")));
    }
    let raw = article(pdf, &place)?;
    Ok(Box::new(std::iter::once(Ok(Record { raw, place: Arc::clone(&place), line: None }))))
}

fn article(pdf: Pdf, place: &Place) -> Result<Raw> {
    let pages = pdf.pages.len();
    let text = joined(&without_running_heads(&pdf.pages));
    if text.chars().filter(|c| c.is_alphabetic()).count() < 20 {
        if pages == 0 {
            return Err(place.malformed(
                "a PDF in which no page is found: it may be locked or damaged; a viewer may save it anew"
                    .to_string(),
            ));
        }
        return Err(place.no_article(format!(
            "a PDF of {pages} pages without a text layer, as scanners make them; run OCR over it first"
        )));
    }
    let named = pdf.title.filter(|title| !is_file_name(title));
    Ok(Raw {
        title: named,
        byline: pdf.author.filter(|author| header::are_names(author)).into_iter().collect(),
        published: pdf.date.map(|date| (date, DateSource::Properties)).into_iter().collect(),
        text,
        layout: Layout::Lines,
        ..Raw::default()
    })
}

/// Programs put the file's name where the title goes.
fn is_file_name(title: &str) -> bool {
    let lower = title.trim().to_lowercase();
    let ends = [
        ".doc", ".docx", ".pdf", ".indd", ".qxd", ".qxp", ".rtf", ".txt", ".pages", ".odt", ".p65", ".ai",
        ".eps",
    ];
    lower.len() < 4
        || lower.starts_with("microsoft word")
        || lower.starts_with("untitled")
        || ends.iter().any(|end| lower.ends_with(end))
}

/// Pages without the lines that stand at the top or bottom of most of them, and without page numbers.
fn without_running_heads(pages: &[String]) -> Vec<Vec<&str>> {
    const EDGE: usize = 2;
    let lines: Vec<Vec<&str>> =
        pages.iter().map(|page| page.trim().lines().map(str::trim).collect()).collect();
    let edges = |page: &[&str]| -> Vec<usize> {
        let filled: Vec<usize> = (0..page.len()).filter(|&at| !page[at].is_empty()).collect();
        let last = filled.len().saturating_sub(EDGE).max(EDGE.min(filled.len()));
        filled.iter().take(EDGE).chain(&filled[last..]).copied().collect()
    };
    let mut seen: HashMap<String, usize> = HashMap::new();
    for page in &lines {
        let mut here: Vec<String> = edges(page).into_iter().map(|at| without_numbers(page[at])).collect();
        here.sort_unstable();
        here.dedup();
        here.into_iter().for_each(|line| *seen.entry(line).or_default() += 1);
    }
    let several = pages.len() >= 3;
    let running = |line: &str| {
        let line = without_numbers(line);
        let number =
            line.chars().all(|c| !c.is_alphabetic()) || matches!(line.as_str(), "page #" | "page # of #");
        number && pages.len() > 1 || several && 2 * seen.get(&line).copied().unwrap_or(0) > pages.len()
    };
    lines
        .into_iter()
        .map(|page| {
            let drop: Vec<usize> = edges(&page).into_iter().filter(|&at| running(page[at])).collect();
            page.into_iter().enumerate().filter(|(at, _)| !drop.contains(at)).map(|(_, line)| line).collect()
        })
        .collect()
}

/// Lower case, every number a `#`.
fn without_numbers(line: &str) -> String {
    let mut out = String::new();
    for c in line.trim().chars().flat_map(char::to_lowercase) {
        match c {
            c if c.is_numeric() => {
                if !out.ends_with('#') {
                    out.push('#');
                }
            }
            c => out.push(c),
        }
    }
    out
}

/// One text of all pages; words that were divided at the end of a line are whole again.
fn joined(pages: &[Vec<&str>]) -> String {
    let mut out = String::new();
    for page in pages {
        let goes_on = !out.trim_end().ends_with(['.', '!', '?', '”', '"', ':', '’']);
        if !out.is_empty() {
            out.truncate(out.trim_end().len());
            out.push_str(if goes_on { "\n" } else { "\n\n" });
        }
        for line in page {
            push_line(&mut out, line);
        }
    }
    out
}

fn push_line(out: &mut String, line: &str) {
    let before = out.trim_end_matches('\n');
    let divided = before.ends_with(['-', '\u{ad}', '‐'])
        && before.chars().rev().nth(1).is_some_and(char::is_lowercase)
        && line.starts_with(char::is_lowercase)
        && out.len() - before.len() <= 1;
    if divided {
        out.truncate(before.len());
        out.pop();
    }
    out.push_str(line);
    out.push('\n');
}

/// Runs the child over `bytes`; where this program is not the one that knows how, reads them here.
fn in_child(bytes: Vec<u8>) -> Result<Pdf, String> {
    let Some(program) = own_program() else { return within_deadline(move || parse(&bytes)) };
    let mut child = Command::new(program)
        .arg(CHILD)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("the reader of PDF could not be started: {error}"))?;
    let answer = talk(&mut child, bytes);
    // It may be over already.
    let _ = child.kill();
    let _ = child.wait();
    answer
}

/// This program, when it is the command line and not a test or somebody's library.
fn own_program() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let own = program.file_stem()? == env!("CARGO_PKG_NAME");
    own.then_some(program)
}

fn talk(child: &mut Child, bytes: Vec<u8>) -> Result<Pdf, String> {
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err("the reader of PDF could not be started".to_owned());
    };
    // A child that dies early closes the pipe: its answer says more than this write.
    thread::spawn(move || drop(stdin.write_all(&bytes)));
    let answer = within_deadline(move || {
        let mut answer = Vec::new();
        let read = stdout.take(4 * MOST_TEXT as u64).read_to_end(&mut answer);
        read.ok().and_then(|_| serde_json::from_slice(&answer).ok())
    })?;
    answer.ok_or_else(|| {
        "a PDF that its reader cannot cope with: it stopped, or took too much time or memory".to_owned()
    })
}

fn within_deadline<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    let (send, receive) = mpsc::channel();
    let worker = thread::Builder::new().stack_size(STACK).spawn(move || drop(send.send(work())));
    worker.map_err(|error| error.to_string())?;
    receive.recv_timeout(DEADLINE).map_err(|error| match error {
        RecvTimeoutError::Timeout => format!("took longer than {} s to read", DEADLINE.as_secs()),
        RecvTimeoutError::Disconnected => "a PDF that its reader cannot cope with: it stopped".to_owned(),
    })
}

/// What the child does: a PDF on standard input becomes JSON on `out`.
///
/// # Errors
/// When standard input cannot be read or `out` not be written.
pub fn child(out: &mut dyn Write) -> io::Result<()> {
    limit();
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    let worker = thread::Builder::new().stack_size(STACK).spawn(move || parse(&bytes))?;
    let pdf = worker
        .join()
        .unwrap_or_else(|_| Pdf { fault: Some("its reader stopped".to_owned()), ..Pdf::default() });
    serde_json::to_writer(out, &pdf).map_err(io::Error::from)
}

#[cfg(unix)]
fn limit() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let most = |most: u64| Rlimit { current: Some(most), maximum: Some(most) };
    // Where the system allows no limit the deadline still holds.
    let _ = setrlimit(Resource::As, most(MOST_MEMORY));
    let _ = setrlimit(Resource::Cpu, most(MOST_CPU));
}

#[cfg(not(unix))]
fn limit() {}

fn parse(bytes: &[u8]) -> Pdf {
    let fault = |fault: String| Pdf { fault: Some(fault), ..Pdf::default() };
    let loaded = catch_unwind(|| Document::load_mem(bytes));
    let mut document = match loaded {
        Ok(Ok(document)) => document,
        Ok(Err(error)) => return fault(error.to_string()),
        Err(_) => return fault("its reader stopped".to_owned()),
    };
    if document.is_encrypted() && document.decrypt("").is_err() {
        return fault("it is encrypted; save it without a password".to_owned());
    }
    let info = information(&document);
    let field = |key: &str| info.and_then(|info| text_of(info.get(key.as_bytes()).ok()?));
    let mut pdf = Pdf {
        title: field("Title"),
        author: field("Author"),
        date: field("CreationDate").and_then(|date| iso(&date)),
        ..Pdf::default()
    };
    let mut length = 0;
    for page in document.get_pages().into_keys().take(MOST_PAGES as usize) {
        // A page that cannot be read does not lose the others.
        let text = catch_unwind(AssertUnwindSafe(|| page_text(&document, page))).unwrap_or_default();
        length += text.len();
        pdf.pages.push(text);
        if length > MOST_TEXT {
            break;
        }
    }
    pdf
}

fn page_text(document: &Document, page: u32) -> String {
    let mut text = String::new();
    // What came before the fault is kept.
    let _ = output_doc_page(document, &mut PlainTextOutput::new(&mut text), page);
    text
}

fn information(document: &Document) -> Option<&Dictionary> {
    match document.trailer.get(b"Info").ok()? {
        Object::Reference(id) => document.get_dictionary(*id).ok(),
        Object::Dictionary(info) => Some(info),
        _ => None,
    }
}

fn text_of(object: &Object) -> Option<String> {
    let Object::String(bytes, _) = object else { return None };
    let text = decode::decode(bytes);
    let text = text.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    (!text.is_empty()).then(|| text.to_owned())
}

/// `D:20251014101500-04'00'` as RFC 3339.
fn iso(date: &str) -> Option<String> {
    let date = date.strip_prefix("D:").unwrap_or(date);
    let digits: String = date.chars().take_while(char::is_ascii_digit).collect();
    let zone = date[digits.len()..].replace('\'', ":");
    let zone = zone.trim_end_matches(':');
    let part = |from: usize, to: usize| digits.get(from..to);
    let day = format!("{}-{}-{}", part(0, 4)?, part(4, 6)?, part(6, 8)?);
    Some(match (part(8, 10), part(10, 12)) {
        (Some(hour), Some(minute)) => format!("{day}T{hour}:{minute}:{}{zone}", part(12, 14).unwrap_or("00")),
        _ => day,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        assert_eq!(iso("D:20251014101500-04'00'").as_deref(), Some("2025-10-14T10:15:00-04:00"));
        assert_eq!(iso("D:20251014").as_deref(), Some("2025-10-14"));
        assert_eq!(iso("soon"), None);
    }

    #[test]
    fn running_heads_and_divided_words() {
        let page = |number: u32, text: &str| format!("Example Times\n{text}\n{number}\n");
        let pages =
            [page(1, "The minis-\nter spoke on"), page(2, "Tuesday, he said."), page(3, "Nobody came.")];
        assert_eq!(
            joined(&without_running_heads(&pages)),
            "The minister spoke on\nTuesday, he said.\n\nNobody came.\n"
        );
    }

    #[test]
    fn what_is_no_title() {
        for title in ["Microsoft Word - a.doc", "a.indd", "Untitled-1", ""] {
            assert!(is_file_name(title), "{title}");
        }
        assert!(!is_file_name("Talks fail in Kyiv"));
    }
}
