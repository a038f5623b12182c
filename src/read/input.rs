//! What a format reads: bytes of unknown length, where they lie, and the limits that hold for them.

use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use encoding_rs_io::DecodeReaderBytesBuilder;
use jiff::civil::Date;

use super::mapping::Mapping;
use super::{Raw, Result, decode};
use crate::error::Error;

/// By how many bytes a file's format and encoding are judged.
pub(super) const HEAD: usize = 64 << 10;
/// The longest line, row or other record that is read.
pub(super) const MOST_RECORD: usize = 16 << 20;
/// The most of a page or plain text that is read; far more than one article holds.
const MOST_WHOLE: u64 = 32 << 20;
/// The largest file of a kind that must lie in memory as a whole: PDF, mail, archives inside archives.
const MOST_BYTES: u64 = 256 << 20;
/// How many packings may lie in each other: `a.warc.gz` in a zip is two.
const MOST_DEEP: u8 = 3;

/// All articles of a file or a part of it, one after another; each may fail on its own.
pub(super) type Records = Box<dyn Iterator<Item = Result<Record>> + Send>;

/// What one reading of a file shares among all its parts.
pub(super) struct Job {
    pub map: Mapping,
    pub today: Date,
    /// When the file was last written.
    pub modified: Option<Date>,
    /// Size of the file; 0 where nothing tells.
    pub size: u64,
    /// Bytes that came out of packings so far.
    pub unpacked: AtomicU64,
    /// Which rules of the mapping found something, as bits.
    pub mapped: AtomicU32,
}

impl Job {
    /// The most that may come out of a file's packings, in bytes.
    const MOST_UNPACKED: u64 = 64 << 30;

    /// True when more has come out of the file than honest packing gives.
    pub fn is_bomb(&self) -> bool {
        let unpacked = self.unpacked.load(Ordering::Relaxed);
        unpacked > Self::MOST_UNPACKED
            || (self.size > 0 && unpacked > 1 << 30 && unpacked / self.size > Unpacked::<&[u8]>::MOST_RATIO)
    }
}

/// Where bytes lie: a file, or something inside one.
pub(super) struct Place {
    /// As the user would write it: `news.zip/2025/a.html`, `crawl.warc.gz#17`.
    pub shown: String,
    /// The same from the indexed root on; ids are made from it.
    pub key: String,
    /// The name whose extension counts: `a.html` of `a.html.gz`.
    pub name: String,
    depth: u8,
    pub job: Arc<Job>,
}

impl Place {
    pub fn of_file(shown: &str, key: &str, name: &Path, job: Job) -> Arc<Place> {
        let name = name.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Arc::new(Place { shown: shown.to_owned(), key: key.to_owned(), name, depth: 0, job: Arc::new(job) })
    }

    /// An entry of an archive. The name is made one that stays below the archive, whatever it says.
    pub fn entry(&self, name: &str) -> Arc<Place> {
        let name = inside(name);
        Arc::new(Place {
            shown: format!("{}/{name}", self.shown),
            key: format!("{}/{name}", self.key),
            name: name.rsplit('/').next().unwrap_or_default().to_owned(),
            depth: self.depth + 1,
            job: Arc::clone(&self.job),
        })
    }

    /// What is packed here, under a name without the packing's extension.
    pub fn unpacked(&self, name: String) -> Arc<Place> {
        let (shown, key) = (self.shown.clone(), self.key.clone());
        Arc::new(Place { shown, key, name, depth: self.depth + 1, job: Arc::clone(&self.job) })
    }

    /// The record of this number, from 1.
    pub fn record(&self, number: u64) -> Arc<Place> {
        Arc::new(Place {
            shown: format!("{}#{number}", self.shown),
            key: format!("{}#{number}", self.key),
            name: self.name.clone(),
            depth: self.depth,
            job: Arc::clone(&self.job),
        })
    }

    /// An error when too many packings lie in each other.
    pub fn check_depth(&self) -> Result<()> {
        if self.depth <= MOST_DEEP {
            return Ok(());
        }
        Err(self.unsupported(format!("packed more than {MOST_DEEP} deep; unpack the outer archive first")))
    }

    pub fn path(&self) -> PathBuf {
        PathBuf::from(&self.shown)
    }

    pub fn no_article(&self, reason: impl Into<String>) -> Error {
        Error::NoArticle { path: self.path(), reason: reason.into() }
    }

    pub fn malformed(&self, reason: impl Into<String>) -> Error {
        Error::Malformed { path: self.path(), reason: reason.into() }
    }

    pub fn unsupported(&self, reason: impl Into<String>) -> Error {
        Error::Unsupported { path: self.path(), reason: reason.into() }
    }

    pub fn unreadable(&self, source: io::Error) -> Error {
        // What a decoder says of broken input is about the input, not about the disk.
        match source.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
                self.malformed(format!("damaged or cut off: {source}"))
            }
            io::ErrorKind::Other => self.malformed(source.to_string()),
            _ => Error::Read { path: self.path(), source },
        }
    }
}

/// The parts of a name that go down: no root, no drive, no `..`, no control characters.
fn inside(name: &str) -> String {
    let parts = name
        .split(['/', '\\'])
        .filter(|part| !matches!(*part, "" | "." | "..") && (part.len() != 2 || !part.ends_with(':')));
    let safe: Vec<String> =
        parts.map(|part| part.chars().filter(|c| !c.is_control()).take(200).collect()).collect();
    if safe.is_empty() { "unnamed".to_owned() } else { safe.join("/") }
}

/// One article as read, and where.
pub(super) struct Record {
    pub raw: Raw,
    pub place: Arc<Place>,
    /// The line where it begins, in formats that have one for each.
    pub line: Option<u64>,
}

/// Decoded text that a format reads, whole or a record of it.
pub(super) struct Source<'a> {
    pub text: &'a str,
    pub place: &'a Place,
    pub line: Option<u64>,
}

impl Source<'_> {
    pub fn path(&self) -> PathBuf {
        path_at(self.place, self.line)
    }

    pub fn no_article(&self, reason: impl Into<String>) -> Error {
        Error::NoArticle { path: self.path(), reason: reason.into() }
    }

    pub fn malformed(&self, reason: impl Into<String>) -> Error {
        Error::Malformed { path: self.path(), reason: reason.into() }
    }
}

/// The path with `:LINE` where there is one.
pub(super) fn path_at(place: &Place, line: Option<u64>) -> PathBuf {
    match line {
        Some(line) => PathBuf::from(format!("{}:{line}", place.shown)),
        None => place.path(),
    }
}

/// Bytes to be read, of which the first are known.
pub(super) struct Input {
    pub place: Arc<Place>,
    /// The first bytes; `reader` gives them once more.
    pub head: Vec<u8>,
    pub reader: Box<dyn BufRead + Send>,
    /// The file whose bytes these are; none inside a packing.
    pub file: Option<PathBuf>,
}

impl Input {
    pub fn new(place: Arc<Place>, reader: impl Read + Send + 'static) -> Result<Input> {
        let mut reader = BufReader::with_capacity(HEAD, reader);
        let mut head = Vec::new();
        let read = reader.by_ref().take(HEAD as u64).read_to_end(&mut head);
        if let Err(error) = read
            && head.is_empty()
        {
            return Err(place.unreadable(error));
        }
        let reader = Box::new(Cursor::new(head.clone()).chain(reader));
        Ok(Input { place, head, reader, file: None })
    }

    /// The same bytes as UTF-8 where they are UTF-16, for formats that know nothing else.
    pub fn into_utf_8(self) -> Result<Input> {
        let Some(encoding) = decode::utf_16(&self.head) else { return Ok(self) };
        let reader =
            DecodeReaderBytesBuilder::new().encoding(Some(encoding)).bom_sniffing(true).build(self.reader);
        Input::new(self.place, reader)
    }

    /// All bytes, of a kind of file that must lie in memory.
    pub fn bytes(&mut self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let read = self.reader.by_ref().take(MOST_BYTES + 1).read_to_end(&mut bytes);
        read.map_err(|error| self.place.unreadable(error))?;
        if bytes.len() as u64 > MOST_BYTES {
            let most = MOST_BYTES >> 20;
            return Err(self.place.malformed(format!("larger than {most} MB, the most that is read whole")));
        }
        Ok(bytes)
    }

    /// Reads a format that has to be seen whole.
    pub fn whole(mut self, read: fn(&Source<'_>) -> Result<Vec<Result<Raw>>>) -> Result<Records> {
        let mut bytes = Vec::new();
        let got = self.reader.by_ref().take(MOST_WHOLE + 1).read_to_end(&mut bytes);
        got.map_err(|error| self.place.unreadable(error))?;
        let cut = bytes.len() as u64 > MOST_WHOLE;
        bytes.truncate(MOST_WHOLE as usize);
        let text = decode::decode(&bytes);
        drop(bytes);
        let place = self.place;
        let raws = read(&Source { text: &text, place: &place, line: None })?;
        let most = MOST_WHOLE >> 20;
        let note =
            cut.then(|| Err(place.no_article(format!("what follows the first {most} MB of the file"))));
        let record =
            move |raw: Result<Raw>| raw.map(|raw| Record { raw, place: Arc::clone(&place), line: None });
        Ok(Box::new(raws.into_iter().map(record).chain(note)))
    }

    /// Reads a format of which every line is a record.
    pub fn lines(self, read: fn(&Source<'_>) -> Result<Raw>) -> Records {
        let decoder = decode::Decoder::of(&self.head);
        Box::new(Lines { place: self.place, reader: Some(self.reader), decoder, line: 0, read })
    }
}

struct Lines {
    place: Arc<Place>,
    reader: Option<Box<dyn BufRead + Send>>,
    decoder: decode::Decoder,
    line: u64,
    read: fn(&Source<'_>) -> Result<Raw>,
}

impl Iterator for Lines {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Result<Record>> {
        loop {
            let line = match next_line(self.reader.as_mut()?, MOST_RECORD) {
                Ok(line) => line?,
                Err(error) => {
                    self.reader = None;
                    return Some(Err(self.place.unreadable(error)));
                }
            };
            self.line += 1;
            let at = Some(self.line);
            let Line::Whole(bytes) = line else {
                let reason =
                    format!("the line is longer than {} MB, the most that is read", MOST_RECORD >> 20);
                return Some(Err(Error::Malformed { path: path_at(&self.place, at), reason }));
            };
            let text = self.decoder.text(&bytes);
            let text = text.trim_start_matches('\u{feff}').trim();
            if text.is_empty() {
                continue;
            }
            let raw = (self.read)(&Source { text, place: &self.place, line: at });
            return Some(raw.map(|raw| Record { raw, place: Arc::clone(&self.place), line: at }));
        }
    }
}

/// A line as read, with its line feed.
pub(super) enum Line {
    Whole(Vec<u8>),
    /// It was longer than allowed and has been passed over.
    TooLong,
}

pub(super) fn next_line(reader: &mut dyn BufRead, most: usize) -> io::Result<Option<Line>> {
    let mut bytes = Vec::new();
    if reader.take(most as u64).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    if bytes.len() == most && !bytes.ends_with(b"\n") {
        reader.skip_until(b'\n')?;
        return Ok(Some(Line::TooLong));
    }
    Ok(Some(Line::Whole(bytes)))
}

/// What comes out of a packing, watched for bombs.
pub(super) struct Unpacked<R> {
    decoder: R,
    job: Arc<Job>,
    packed: Arc<AtomicU64>,
    out: u64,
}

impl<R: Read> Unpacked<R> {
    /// Text packs 3 to 20 times; the same page over and over some 100 times.
    const MOST_RATIO: u64 = 250;
    /// Small packings may be as dense as they like.
    const FREE: u64 = 32 << 20;

    /// `packed` counts what went in.
    pub fn new(decoder: R, packed: Arc<AtomicU64>, job: &Arc<Job>) -> Unpacked<R> {
        Unpacked { decoder, job: Arc::clone(job), packed, out: 0 }
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.decoder.read(buffer)?;
        self.out += length as u64;
        self.job.unpacked.fetch_add(length as u64, Ordering::Relaxed);
        let packed = self.packed.load(Ordering::Relaxed).max(1);
        if (self.out > Self::FREE && self.out / packed > Self::MOST_RATIO) || self.job.is_bomb() {
            return Err(io::Error::other(format!(
                "it unpacks to more than {} times its size, as a bomb does; the rest is not read",
                Self::MOST_RATIO
            )));
        }
        Ok(length)
    }
}

/// Counts what is read through it.
pub(super) struct Counted<R> {
    reader: R,
    count: Arc<AtomicU64>,
}

impl<R> Counted<R> {
    pub fn new(reader: R) -> (Counted<R>, Arc<AtomicU64>) {
        let count = Arc::new(AtomicU64::new(0));
        (Counted { reader, count: Arc::clone(&count) }, count)
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer)?;
        self.count.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}

/// The name under which a packing holds its content: `a.txt` of `a.txt.gz`.
pub(super) fn without_extension(name: &str, extensions: &[&str]) -> String {
    let lower = name.to_ascii_lowercase();
    let cut = extensions.iter().find_map(|extension| lower.strip_suffix(extension));
    cut.map_or_else(|| name.to_owned(), |cut| name[..cut.len()].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_entries_stay_inside() {
        for (name, wanted) in [
            ("a/b.html", "a/b.html"),
            ("../../etc/passwd", "etc/passwd"),
            ("/etc/passwd", "etc/passwd"),
            ("C:\\news\\..\\a.txt", "news/a.txt"),
            ("a\u{1b}[2J.txt", "a[2J.txt"),
            ("..", "unnamed"),
            ("", "unnamed"),
        ] {
            assert_eq!(inside(name), wanted);
        }
    }
}
