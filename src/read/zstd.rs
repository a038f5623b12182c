//! zstd around any other format. The decoder is in Rust throughout; windows over 100 MB are refused.

use std::io::{self, BufRead, BufReader, Read};

use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use super::input::{Counted, HEAD, Input, Records, Unpacked, without_extension};
use super::{Format, Result};

pub(super) const FORMAT: Format = Format {
    name: "zstd",
    extensions: &["zst", "zstd"],
    sniff: |head| head.starts_with(b"\x28\xb5\x2f\xfd"),
    read,
};

fn read(input: Input) -> Result<Records> {
    let place = input.place.unpacked(without_extension(&input.place.name, &[".zst", ".zstd"]));
    let (counted, packed) = Counted::new(input.reader);
    let frames = Frames::Between(BufReader::with_capacity(HEAD, counted));
    let unpacked = Unpacked::new(frames, packed, &place.job);
    super::records(Input::new(place, unpacked)?)
}

/// Frame after frame, as `zstd` itself reads a file.
enum Frames<R: Read> {
    Between(R),
    Within(Box<StreamingDecoder<R, FrameDecoder>>),
    Over,
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(self, Frames::Over) {
                Frames::Over => return Ok(0),
                Frames::Between(mut reader) => {
                    if reader.fill_buf()?.is_empty() {
                        return Ok(0);
                    }
                    let frame = StreamingDecoder::new(reader).map_err(broken)?;
                    *self = Frames::Within(Box::new(frame));
                }
                Frames::Within(mut frame) => {
                    let length = frame.read(buffer)?;
                    if length > 0 || buffer.is_empty() {
                        *self = Frames::Within(frame);
                        return Ok(length);
                    }
                    *self = Frames::Between(frame.into_inner());
                }
            }
        }
    }
}

fn broken(error: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error.to_string())
}
