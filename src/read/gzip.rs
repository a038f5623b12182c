//! gzip around any other format; one member, or many as WARC files have.

use flate2::bufread::MultiGzDecoder;

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
    let decoder = MultiGzDecoder::new(std::io::BufReader::with_capacity(HEAD, counted));
    let unpacked = Unpacked::new(decoder, packed, &place.job);
    super::records(Input::new(place, unpacked)?)
}
