//! gzip around any other format; one member, or many as WARC files have.

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

use super::input::{Counted, HEAD, Input, Records, Unpacked, without_extension};
use super::{Format, Result};

pub(super) const FORMAT: Format = Format {
    name: "gzip",
    extensions: &["gz", "gzip"],
    sniff: |head| head.starts_with(b"\x1f\x8b\x08"),
    read,
};

fn read(input: Input) -> Result<Records> {
    let place = input.place.unpacked(without_extension(&input.place.name, &[".gz", ".gzip"]));
    let (counted, packed) = Counted::new(input.reader);
    let members = Members::new(io::BufReader::with_capacity(HEAD, counted));
    let unpacked = Unpacked::new(members, packed, &place.job);
    super::records(Input::new(place, unpacked)?)
}

/// The members of a gzip file, one after another. What follows the last and is none (zeros that fill a block of
/// a tape, say) is ignored, as `gunzip` does.
struct Members<R> {
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> Members<R> {
    fn new(reader: R) -> Members<R> {
        Members { member: Some(GzDecoder::new(reader)) }
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let count = member.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            let Some(ended) = self.member.take() else { break };
            let mut rest = ended.into_inner();
            if rest.fill_buf()?.starts_with(b"\x1f") {
                self.member = Some(GzDecoder::new(rest));
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use crate::read::{from_bytes, told};

    #[test]
    fn members_follow_each_other_and_what_follows_them_is_ignored() {
        let member = |text: &str| {
            let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            packed.write_all(text.as_bytes()).unwrap();
            packed.finish().unwrap()
        };
        let two = [member("Rain at last\n\nIt rained in "), member("Bamako.\n")].concat();
        let wanted = "Rain at last|||||Rain at last\n\nIt rained in Bamako.";
        for tail in [&b""[..], &[0; 512], b"garbage"] {
            assert_eq!(told(from_bytes("a.txt.gz", &[&two, tail].concat())), wanted);
        }
        let cut = told(from_bytes("a.txt.gz", &two[..two.len() - 12]));
        assert!(cut.contains("damaged or cut off"), "{cut}");
    }
}
