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
    let sample = sample(head, delimiter, &Decoder::of(head));
    let Some(first) = sample.first() else { return Err(input.place.no_article("the table is empty")) };
    let headed = is_header(first);
    let columns = match headed {
        true => first.iter().map(|name| name.trim().to_owned()).collect(),
        false => guessed(&sample, &input.place)?,
    };
    let mut rows = Rows::new(input.reader, delimiter);
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

/// The first rows, as text.
fn sample(head: &[u8], delimiter: u8, decoder: &Decoder) -> Vec<Vec<String>> {
    let mut rows = Rows::new(Box::new(io::Cursor::new(head.to_vec())), delimiter);
    let mut sample = Vec::new();
    while let Ok(Some(Row { fields: Some(fields), .. })) = rows.next() {
        sample.push(fields.iter().map(|field| decoder.text(field).into_owned()).collect());
        if sample.len() == SAMPLE {
            break;
        }
    }
    sample
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
            let Some(fields) = row.fields else {
                let most = MOST_RECORD >> 20;
                let reason = format!(
                    "the row that begins here is longer than {most} MB, the most that is read; is a quote mark not closed?"
                );
                return Some(Err(Error::Malformed { path: super::path_at(&self.place, line), reason }));
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

/// Rows of a table, each of bounded length.
struct Rows {
    reader: Box<dyn BufRead + Send>,
    core: csv_core::Reader,
    delimiter: u8,
}

struct Row {
    line: u64,
    /// None when the row was too long.
    fields: Option<Vec<Vec<u8>>>,
}

impl Rows {
    fn new(reader: Box<dyn BufRead + Send>, delimiter: u8) -> Rows {
        Rows { reader, core: Rows::core(delimiter), delimiter }
    }

    fn core(delimiter: u8) -> csv_core::Reader {
        csv_core::ReaderBuilder::new().delimiter(delimiter).build()
    }

    fn next(&mut self) -> io::Result<Option<Row>> {
        let line = self.core.line();
        let mut out = vec![0; 4096];
        let mut ends = vec![0; 64];
        let (mut filled, mut ended) = (0, 0);
        loop {
            let input = self.reader.fill_buf()?;
            let (result, read, wrote, fields) =
                self.core.read_record(input, &mut out[filled..], &mut ends[ended..]);
            self.reader.consume(read);
            filled += wrote;
            ended += fields;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if out.len() < MOST_RECORD => out.resize(out.len() * 2, 0),
                ReadRecordResult::OutputEndsFull if ends.len() < MOST_COLUMNS => {
                    ends.resize(ends.len() * 2, 0);
                }
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    self.skip_line(line)?;
                    return Ok(Some(Row { line, fields: None }));
                }
                ReadRecordResult::Record => {
                    return Ok(Some(Row { line, fields: Some(split(&out, &ends[..ended])) }));
                }
                ReadRecordResult::End => return Ok(None),
            }
        }
    }

    /// Begins anew on the next line.
    fn skip_line(&mut self, line: u64) -> io::Result<()> {
        let line = self.core.line().max(line) + 1;
        self.reader.by_ref().skip_until(b'\n')?;
        self.core = Rows::core(self.delimiter);
        self.core.set_line(line);
        Ok(())
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
    }
}
