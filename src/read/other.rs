//! Kinds of files that are known and not read: each is named, with what to do about it.

use super::input::{Input, Records};
use super::{Format, Result};

pub(super) const FORMAT: Format =
    Format { name: "not read", extensions: &[], sniff: |head| what(head).is_some(), read };

const MAGIC: &[(&[u8], &str)] = &[
    (b"BZh", "compressed with bzip2; unpack it first"),
    (b"\xfd7zXZ\0", "compressed with xz; unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it first"),
    (b"Rar!\x1a\x07", "a RAR archive; unpack it first"),
    (b"\xd0\xcf\x11\xe0", "an old Office document; save it as DOCX or text first"),
    (b"{\\rtf", "an RTF document; save it as DOCX or text first"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"II*\0", "an image"),
    (b"MM\0*", "an image"),
    (b"ID3", "a sound recording"),
    (b"OggS", "a sound recording"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3\0", "a database"),
    (b"PAR1", "a Parquet table; export it as CSV or JSON Lines first"),
];

fn what(head: &[u8]) -> Option<&'static str> {
    MAGIC.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, what)| *what)
}

fn read(input: Input) -> Result<Records> {
    let what = what(&input.head).unwrap_or("nothing that is known");
    Err(input.place.unsupported(format!("cannot be read: it is {what}")))
}
