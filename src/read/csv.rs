//! CSV and TSV: one article a row, columns found by the names in the first row, or by what they hold.

use std::io::{self, BufRead, Read};
use std::sync::Arc;

use csv_core::ReadRecordResult;
use serde_json::{Map, Value};

use super::decode::Decoder;
use super::input::{Input, MOST_RECORD, Place, Record, Records, Source};
use super::{DateSource, Format, Result, date, json};
use crate::error::Error;

pub(super) const COMMA: Format =
    Format { name: "csv", extensions: &["csv"], sniff: |_| false, read: |input| read(input, b",;\t|") };
pub(super) const TAB: Format = Format {
    name: "tsv",
    extensions: &["tsv", "tab"],
    sniff: |_| false,
    read: |input| read(input, b"\t,;|"),
};

/// The most columns that a row may have.
const MOST_COLUMNS: usize = 4096;
/// Rows by which columns without names are told apart.
const SAMPLE: usize = 20;

/// `delimiters` are tried in this order; the first wins where several fit.
fn read(input: Input, delimiters: &[u8]) -> Result<Records> {
    let head = input.head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&input.head);
    let delimiter = delimiter(head, delimiters);
    let dialect = Dialect { delimiter, backslash: has_backslashes(head) };
    let sample = match sample(head, dialect, &Decoder::of(head)) {
        Ok(sample) => sample,
        Err(fault) => return Err(input.place.malformed(fault.reason())),
    };
    let Some(first) = sample.first() else { return Err(input.place.no_article("the table is empty")) };
    let headed = is_header(first);
    let columns = match headed {
        true => first.iter().map(|name| name.trim().to_owned()).collect(),
        false => guessed(&sample, &input.place)?,
    };
    let mut rows = Rows::new(input.reader, dialect, columns.len());
    if headed {
        rows.next().map_err(|error| input.place.unreadable(error))?;
    }
    let decoder = Decoder::of(head);
    let records = Table { place: input.place, rows: Some(rows), columns, decoder };
    Ok(Box::new(records))
}

/// The delimiter that the first row has most, outside quotes.
fn delimiter(head: &[u8], delimiters: &[u8]) -> u8 {
    let mut quoted = false;
    let row: Vec<u8> = head
        .iter()
        .copied()
        .take_while(|&byte| {
            quoted ^= byte == b'"';
            quoted || byte != b'\n'
        })
        .collect();
    let mut quoted = false;
    let outside: Vec<u8> = row
        .into_iter()
        .filter(|&byte| {
            quoted ^= byte == b'"';
            !quoted
        })
        .collect();
    let count = |delimiter: &u8| outside.iter().filter(|byte| *byte == delimiter).count();
    let most = delimiters.iter().map(count).max().unwrap_or(0);
    delimiters.iter().copied().find(|delimiter| count(delimiter) == most).unwrap_or(b',')
}

/// True where a quote mark within a text is marked by a backslash, as databases export it, and not by a
/// second one.
fn has_backslashes(head: &[u8]) -> bool {
    let pairs = |wanted: &[u8]| head.windows(2).filter(|pair| *pair == wanted).count();
    let marked = pairs(b"\\\"");
    marked >= 2 && marked > pairs(b"\"\"")
}

/// The first rows, as text; what is wrong with the first of all is told.
fn sample(head: &[u8], dialect: Dialect, decoder: &Decoder) -> Result<Vec<Vec<String>>, Fault> {
    let mut rows = Rows::new(Box::new(io::Cursor::new(head.to_vec())), dialect, usize::MAX);
    let mut sample = Vec::new();
    while let Ok(Some(row)) = rows.next() {
        match row.fields {
            Ok(fields) => sample.push(fields.iter().map(|field| decoder.text(field).into_owned()).collect()),
            Err(fault) if sample.is_empty() => return Err(fault),
            Err(_) => break,
        }
        if sample.len() == SAMPLE {
            break;
        }
    }
    Ok(sample)
}

/// True when the first row names columns: short words, one of them known, none repeated.
fn is_header(row: &[String]) -> bool {
    row.iter().any(|name| json::is_known(name)) && row.iter().all(|name| name.chars().count() <= 60)
}

/// Names for the columns of a table that names none, by what they hold; others are called by number.
fn guessed(sample: &[Vec<String>], place: &Place) -> Result<Vec<String>> {
    let width = sample.iter().map(Vec::len).max().unwrap_or(0);
    let cells = |column: usize| sample.iter().filter_map(move |row| row.get(column)).map(|cell| cell.trim());
    let mean =
        |column: usize| cells(column).map(|cell| cell.chars().count()).sum::<usize>() / sample.len().max(1);
    let mostly = |column: usize, fits: &dyn Fn(&str) -> bool| {
        2 * cells(column).filter(|cell| fits(cell)).count() > sample.len()
    };
    let mut names: Vec<String> = (1..=width).map(|number| number.to_string()).collect();
    if !place.job.map.is_empty() {
        return Ok(names);
    }
    let body = (0..width).max_by_key(|&column| mean(column)).filter(|&column| mean(column) >= 80);
    let Some(body) = body else {
        let first: Vec<String> =
            sample.iter().flatten().take(8).map(|cell| cell.chars().take(30).collect()).collect();
        return Err(place.no_article(format!(
            "the first row names no column that is known, and no column holds text; it begins: {}; name the columns by number: --map title=1,body=2",
            first.join(" | ")
        )));
    };
    names[body] = "text".to_owned();
    let today = place.job.today;
    let dated = |cell: &str| cell.len() <= 40 && date::parse(cell, DateSource::Field, today).is_some();
    let others: Vec<usize> = (0..width).filter(|&column| column != body).collect();
    let mut name = |what: &str, fits: &dyn Fn(usize) -> bool| {
        if let Some(&column) = others.iter().find(|&&column| names[column] != "date" && fits(column)) {
            names[column] = what.to_owned();
        }
    };
    name("date", &|column| mostly(column, &dated) && !mostly(column, &|cell| cell.len() < 5));
    name("url", &|column| mostly(column, &|cell| cell.starts_with("http")));
    name("title", &|column| {
        (15..=200).contains(&mean(column)) && !mostly(column, &|cell| cell.starts_with("http"))
    });
    Ok(names)
}

struct Table {
    place: Arc<Place>,
    rows: Option<Rows>,
    columns: Vec<String>,
    decoder: Decoder,
}

impl Iterator for Table {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Result<Record>> {
        loop {
            let row = match self.rows.as_mut()?.next() {
                Ok(row) => row?,
                Err(error) => {
                    self.rows = None;
                    return Some(Err(self.place.unreadable(error)));
                }
            };
            let line = Some(row.line);
            let fields = match row.fields {
                Ok(fields) => fields,
                Err(fault) => {
                    let reason = fault.reason();
                    return Some(Err(Error::Malformed { path: super::path_at(&self.place, line), reason }));
                }
            };
            if fields.iter().all(|field| field.trim_ascii().is_empty()) {
                continue;
            }
            let mut record = Map::new();
            for (at, field) in fields.iter().enumerate() {
                let name =
                    self.columns.get(at).filter(|name| !name.is_empty() && !record.contains_key(*name));
                let name = name.cloned().unwrap_or_else(|| (at + 1).to_string());
                record.insert(name, Value::String(self.decoder.text(field).into_owned()));
            }
            let source = Source { text: "", place: &self.place, line };
            let place = || Arc::clone(&self.place);
            return Some(json::of_record(&record, &source, "").map(|raw| Record {
                raw,
                place: place(),
                line,
            }));
        }
    }
}

/// How a table is written.
#[derive(Clone, Copy)]
struct Dialect {
    delimiter: u8,
    /// A backslash takes a quote mark behind it into the text.
    backslash: bool,
}

/// Rows of a table, each of bounded length.
struct Rows {
    reader: Box<dyn BufRead + Send>,
    /// Bytes that were read already and are read again first, from `at` on.
    again: Vec<u8>,
    at: usize,
    /// How many more bytes may be read again: each time costs as much as the first.
    patience: usize,
    core: csv_core::Reader,
    dialect: Dialect,
    /// How many fields a row should have.
    width: usize,
}

struct Row {
    line: u64,
    fields: Result<Vec<Vec<u8>>, Fault>,
}

/// Why a row is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Long,
    Wide,
    /// A quote mark opens a field and nothing closes it, or what closes it belongs to another row.
    Open,
}

impl Fault {
    fn reason(self) -> String {
        match self {
            Fault::Long => format!(
                "the row that begins here is longer than {} MB, the most that is read; is a quote mark not closed?",
                MOST_RECORD >> 20
            ),
            Fault::Wide => format!("the row has more than {MOST_COLUMNS} fields, the most that are read"),
            Fault::Open => {
                "a quote mark opens a field of this row and is not closed; the row is left out, the next line is read as a new one"
                    .to_string()
            }
        }
    }
}

/// Bytes of a table that are read again at most.
const MOST_AGAIN: usize = 256 << 20;

impl Rows {
    fn new(reader: Box<dyn BufRead + Send>, dialect: Dialect, width: usize) -> Rows {
        let core = Rows::core(dialect);
        Rows { reader, again: Vec::new(), at: 0, patience: MOST_AGAIN, core, dialect, width }
    }

    fn core(dialect: Dialect) -> csv_core::Reader {
        let escape = dialect.backslash.then_some(b'\\');
        csv_core::ReaderBuilder::new().delimiter(dialect.delimiter).escape(escape).build()
    }

    fn next(&mut self) -> io::Result<Option<Row>> {
        let line = self.core.line();
        let mut out = vec![0; 4096];
        let mut ends = vec![0; 64];
        let mut raw = Vec::new();
        let (mut filled, mut ended) = (0, 0);
        loop {
            let again = self.at < self.again.len();
            let input = if again { &self.again[self.at..] } else { self.reader.fill_buf()? };
            let (result, read, wrote, fields) =
                self.core.read_record(input, &mut out[filled..], &mut ends[ended..]);
            raw.extend_from_slice(&input[..read]);
            match again {
                true => self.at += read,
                false => self.reader.consume(read),
            }
            filled += wrote;
            ended += fields;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if out.len() < MOST_RECORD => out.resize(out.len() * 2, 0),
                ReadRecordResult::OutputEndsFull if ends.len() < MOST_COLUMNS => {
                    ends.resize(ends.len() * 2, 0);
                }
                ReadRecordResult::OutputFull => {
                    self.restart(line, raw)?;
                    return Ok(Some(Row { line, fields: Err(Fault::Long) }));
                }
                ReadRecordResult::OutputEndsFull => {
                    self.restart(line, raw)?;
                    return Ok(Some(Row { line, fields: Err(Fault::Wide) }));
                }
                ReadRecordResult::Record if is_torn(&raw, self.dialect, ended != self.width) => {
                    self.restart(line, raw)?;
                    return Ok(Some(Row { line, fields: Err(Fault::Open) }));
                }
                ReadRecordResult::Record => {
                    return Ok(Some(Row { line, fields: Ok(split(&out, &ends[..ended])) }));
                }
                ReadRecordResult::End => return Ok(None),
            }
        }
    }

    /// Begins anew on the line after the one on which this row began; where that was done too often, after
    /// its last.
    fn restart(&mut self, line: u64, raw: Vec<u8>) -> io::Result<()> {
        let first = raw.iter().position(|&byte| byte == b'\n').map(|end| end + 1);
        let line = match first.filter(|_| raw.len() <= self.patience) {
            Some(end) => {
                self.patience -= raw.len();
                let rest = self.again.split_off(self.at.min(self.again.len()));
                self.again = raw;
                self.again.drain(..end);
                self.again.extend(rest);
                self.at = 0;
                line + 1
            }
            None => {
                self.skip_line()?;
                self.core.line().max(line) + 1
            }
        };
        self.core = Rows::core(self.dialect);
        self.core.set_line(line);
        Ok(())
    }

    fn skip_line(&mut self) -> io::Result<()> {
        if let Some(end) = self.again[self.at..].iter().position(|&byte| byte == b'\n') {
            self.at += end + 1;
            return Ok(());
        }
        self.at = self.again.len();
        self.reader.by_ref().skip_until(b'\n').map(drop)
    }
}

/// True for a row over several lines whose quote marks do not pair: the last field is never closed, or one
/// is closed in the midst of words and, by that, took a row or more for its text. Tables that leave quote
/// marks within a text unmarked close fields in the midst of words, too, but rarely at the beginning of a
/// line, and seldom come out with as many fields as there are columns (`uneven`: this one did not).
fn is_torn(raw: &[u8], dialect: Dialect, uneven: bool) -> bool {
    let trimmed = raw.trim_ascii_end();
    if !trimmed.contains(&b'\n') {
        return false;
    }
    let ends = |byte: u8| byte == dialect.delimiter || matches!(byte, b'\n' | b'\r');
    let mut at = 0;
    let mut torn = false;
    while at < trimmed.len() {
        if trimmed[at] == b'"' {
            let Some(close) = closing(trimmed, at + 1, dialect) else { return true };
            let after = trimmed.get(close + 1).copied();
            let midst = after.is_some_and(|byte| !ends(byte));
            torn |= midst && (uneven || trimmed[close - 1] == b'\n') && trimmed[at..close].contains(&b'\n');
            at = close + 1;
        }
        at += trimmed[at..].iter().position(|&byte| ends(byte)).unwrap_or(trimmed.len() - at) + 1;
    }
    torn
}

/// The quote mark that closes a field; two in a row stand for one within it.
fn closing(raw: &[u8], mut at: usize, dialect: Dialect) -> Option<usize> {
    loop {
        let marked = |byte: u8| byte == b'"' || dialect.backslash && byte == b'\\';
        at += raw.get(at..)?.iter().position(|&byte| marked(byte))?;
        if raw[at] == b'"' && raw.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

fn split(out: &[u8], ends: &[usize]) -> Vec<Vec<u8>> {
    let mut start = 0;
    let field = |&end: &usize| out[std::mem::replace(&mut start, end)..end].to_vec();
    ends.iter().map(field).collect()
}

#[cfg(test)]
mod tests {
    use crate::read::{Options, from_bytes, from_reader_with, told};

    fn check(table: &str, wanted: &str) {
        assert_eq!(told(from_bytes("a.csv", table.as_bytes())), wanted, "{table}");
    }

    #[test]
    fn columns_by_name() {
        check(
            ",id,title,publication,author,date,year,month,url,content\n0,17283,Talks fail,Example Times,Jane Doe,2016-12-31,2016.0,12.0,,\"The talks failed, the minister said.\n\nNobody was surprised.\"\n",
            "Talks fail|Example Times|Jane Doe|2016-12-31||The talks failed, the minister said.\n\nNobody was surprised.",
        );
        check("Title;Text\r\nT;One.\r\nU;\"Two; three.\"\r\n", "T|||||One. ## U|||||Two; three.");
        check("\u{feff}headline\ttext\nT\tOne, two.\n", "T|||||One, two.");
    }

    #[test]
    fn columns_by_what_they_hold() {
        let long = "The talks failed on Tuesday after a long night, and the minister said that they would not be taken up again.";
        check(
            &format!(
                "7,2025-10-14,Talks fail in the capital,\"{long}\"\n8,2025-10-15,Rain at last in the south,\"{long}\"\n"
            ),
            &format!(
                "Talks fail in the capital|||2025-10-14||{long} ## Rain at last in the south|||2025-10-15||{long}"
            ),
        );
        check(
            "1,2\n3,4\n",
            "a.csv: the first row names no column that is known, and no column holds text; it begins: 1 | 2 | 3 | 4; name the columns by number: --map title=1,body=2",
        );
    }

    #[test]
    fn columns_by_the_users_word() {
        let with = |map: &str, table: &'static str| {
            let options = Options { map: map.parse().unwrap() };
            told(from_reader_with("a.csv", table.as_bytes(), &options))
        };
        assert_eq!(with("title=1,body=2", "T,One.\n"), "T|||||One.");
        assert_eq!(with("body=Inhalt", "title,Inhalt\nT,One.\n"), "T|||||One.");
        assert_eq!(
            with("body=nope", "title,Inhalt\nT,One.\n"),
            "a.csv:2: --map body=nope finds no text; the record has: title, Inhalt"
        );
        assert_eq!(
            with("body=Inhalt,title=nope", "title,Inhalt\nT,One.\n"),
            "T|||||One. ## a.csv: --map title=nope found nothing in any record"
        );
    }

    #[test]
    fn odd_rows() {
        check(
            "title,text\nT\nU,Two.,more\n,,\n",
            "a.csv:2: no field with the article's text; it has: title; the text is looked for in: text, body, content, articlebody, bodytext, fulltext, maintext, description; or name it: --map body=FIELD ## U|||||Two.",
        );
        check("title,text\nT,\"never closed\n", "T|||||never closed");
        let open = "a quote mark opens a field of this row and is not closed; the row is left out, the next line is read as a new one";
        check(
            "title,text\nA,One.\n\"B,Two.\nC,Three.\n",
            &format!("A|||||One. ## a.csv:3: {open} ## C|||||Three."),
        );
        check(
            "title,text\n\"A\",\"One.\n\"B\",\"Two.\"\n\"C\",\"Three.\"\n",
            &format!("a.csv:2: {open} ## B|||||Two. ## C|||||Three."),
        );
        check(
            "title,text\nA,\"One.\n\n\"\"Two,\"\" she said.\"\nB,Three.\n",
            "A|||||One.\n\n\"Two,\" she said. ## B|||||Three.",
        );
        check(
            "title,text\nA,\"One.\n\\\"Two,\\\" she said, \\\"Three.\\\"\"\nB,Four.\n",
            "A|||||One.\n\n\"Two,\" she said, \"Three.\" ## B|||||Four.",
        );
        let wide = format!("title,text\nA{}\nB,Two.\n", ",".repeat(5000));
        check(&wide, "a.csv:2: the row has more than 4096 fields, the most that are read ## B|||||Two.");
    }
}
