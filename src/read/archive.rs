//! An opened zip archive: its list of entries, and what each holds.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;

use flate2::CrcReader;
use flate2::read::DeflateDecoder;
use zip::{CompressionMethod, ZipArchive};

use super::Result;
use super::input::{Counted, HEAD, Input, Place, Unpacked};

/// The most entries that an archive may have.
const MOST_ENTRIES: usize = 1_000_000;

/// An archive whose entries can be opened one beside the other.
pub(super) struct Archive {
    pub place: Arc<Place>,
    bytes: Store,
    /// In the order of the directory, without folders.
    pub entries: Vec<Entry>,
}

/// What holds an archive's bytes.
#[derive(Clone)]
enum Store {
    File(PathBuf),
    Memory(Arc<[u8]>),
}

/// One entry, as the archive's list tells of it.
#[derive(Clone)]
pub(super) struct Entry {
    /// May hold `..` or begin with `/`; nothing is written by it.
    pub name: String,
    start: u64,
    packed: u64,
    size: u64,
    crc: u32,
    how: How,
}

#[derive(Clone, Copy, PartialEq)]
enum How {
    Stored,
    Deflated,
    Encrypted,
    Other,
}

impl Archive {
    pub fn open(mut input: Input) -> Result<Archive> {
        let place = Arc::clone(&input.place);
        let bytes = match input.file.take() {
            Some(file) => Store::File(file),
            None => Store::Memory(input.bytes()?.into()),
        };
        let entries = match &bytes {
            Store::File(file) => {
                let file = File::open(file).map_err(|error| place.unreadable(error))?;
                directory(BufReader::new(file), &place)
            }
            Store::Memory(bytes) => directory(Cursor::new(Arc::clone(bytes)), &place),
        }?;
        Ok(Archive { place, bytes, entries })
    }

    /// The names of the entries.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.name.as_str())
    }

    /// What an entry holds, up to `most` bytes.
    pub fn entry(&self, name: &str, most: u64) -> Option<Result<Vec<u8>>> {
        let entry = self.entries.iter().find(|entry| entry.name == name)?;
        let place = self.place.entry(name);
        let read = || {
            let mut bytes = Vec::new();
            let reader = self.unpack(entry, &place)?;
            reader.take(most).read_to_end(&mut bytes).map_err(|error| place.unreadable(error))?;
            Ok(bytes)
        };
        Some(read())
    }

    /// A reader of what an entry holds, which fails where the checksum does.
    pub fn unpack(&self, entry: &Entry, place: &Place) -> Result<Box<dyn Read + Send>> {
        let failed = |error| place.unreadable(error);
        let packed: Box<dyn Read + Send> = match &self.bytes {
            Store::File(file) => {
                let mut file = File::open(file).map_err(failed)?;
                file.seek(SeekFrom::Start(entry.start)).map_err(failed)?;
                Box::new(BufReader::with_capacity(HEAD, file).take(entry.packed))
            }
            Store::Memory(bytes) => {
                let mut bytes = Cursor::new(Arc::clone(bytes));
                bytes.set_position(entry.start);
                Box::new(bytes.take(entry.packed))
            }
        };
        let (counted, count) = Counted::new(packed);
        let whole = |reader: Box<dyn Read + Send>| -> Box<dyn Read + Send> {
            let unpacked = Unpacked::new(reader, count, &place.job);
            Box::new(Checked { reader: CrcReader::new(unpacked), crc: entry.crc, size: entry.size })
        };
        match entry.how {
            How::Stored => Ok(whole(Box::new(counted))),
            How::Deflated => Ok(whole(Box::new(DeflateDecoder::new(counted)))),
            How::Encrypted => Err(place.unsupported("encrypted; unpack the archive with its password first")),
            How::Other => {
                Err(place.unsupported("packed by a method that is not read; unpack the archive first"))
            }
        }
    }
}

/// The archive's own list of what it holds.
fn directory<R: Read + Seek>(reader: R, place: &Place) -> Result<Vec<Entry>> {
    let broken = |error: zip::result::ZipError| place.malformed(format!("not a whole zip archive: {error}"));
    let mut archive = ZipArchive::new(reader).map_err(broken)?;
    let mut entries = Vec::new();
    for at in 0..archive.len().min(MOST_ENTRIES) {
        // One entry whose header is broken does not lose the others.
        let Ok(file) = archive.by_index_raw(at) else { continue };
        if file.is_dir() || file.is_symlink() {
            continue;
        }
        let how = match file.compression() {
            _ if file.encrypted() => How::Encrypted,
            CompressionMethod::Stored => How::Stored,
            CompressionMethod::Deflated => How::Deflated,
            _ => How::Other,
        };
        let Some(start) = file.data_start() else { continue };
        let (packed, size, crc) = (file.compressed_size(), file.size(), file.crc32());
        entries.push(Entry { name: file.name().to_owned(), start, packed, size, crc, how });
    }
    Ok(entries)
}

/// Says so when what came out is not what was packed.
struct Checked<R> {
    reader: CrcReader<R>,
    crc: u32,
    size: u64,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer)?;
        let crc = self.reader.crc();
        if length == 0 && !buffer.is_empty() && (crc.sum() != self.crc || crc.amount() != self.size as u32) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "its checksum is wrong"));
        }
        Ok(length)
    }
}
