//! Bytes to text: byte order mark, strict UTF-8, declared charset, detector, windows-1252.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The text that the bytes of a file mean.
pub(super) fn decode(bytes: &[u8]) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned();
    }
    if let Some(encoding) = utf_16_without_mark(bytes) {
        return encoding.decode_without_bom_handling(bytes).0.into_owned();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) if is_damaged_utf_8(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Err(_) => legacy(bytes),
    }
}

/// As [`decode`], where something outside the bytes, such as HTTP, names their charset.
///
/// What the bytes themselves declare or show goes first: servers are often wrong.
pub(super) fn decode_as(bytes: &[u8], charset: Option<&str>) -> String {
    let own = Encoding::for_bom(bytes).is_some()
        || std::str::from_utf8(bytes).is_ok()
        || declared(&bytes[..bytes.len().min(4096)]).is_some();
    let told = charset.filter(|_| !own).and_then(|label| Encoding::for_label(label.trim().as_bytes()));
    told.filter(|&encoding| encoding != UTF_8)
        .and_then(|encoding| clean(encoding, bytes))
        .unwrap_or_else(|| decode(bytes))
}

/// Decodes the records of one file, all by the encoding that its first bytes show.
pub(super) struct Decoder {
    legacy: Option<&'static Encoding>,
}

impl Decoder {
    pub fn of(head: &[u8]) -> Decoder {
        // The head may end within a character.
        let whole = std::str::from_utf8(head).map_or_else(|error| error.error_len().is_none(), |_| true);
        let legacy = (!whole && !is_damaged_utf_8(head)).then(|| legacy_of(head));
        Decoder { legacy: legacy.flatten() }
    }

    /// The text of one record.
    pub fn text<'b>(&self, bytes: &'b [u8]) -> Cow<'b, str> {
        match (std::str::from_utf8(bytes), self.legacy) {
            (Ok(text), _) => Cow::Borrowed(text),
            (Err(_), Some(encoding)) => encoding.decode_without_bom_handling(bytes).0,
            (Err(_), None) => Cow::Owned(decode(bytes)),
        }
    }
}

/// The kind of UTF-16 that bytes are.
pub(super) fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    match Encoding::for_bom(bytes) {
        Some((encoding, _)) => Some(encoding).filter(|&encoding| encoding != UTF_8),
        None => utf_16_without_mark(bytes),
    }
}

/// True when bytes are no text.
pub(super) fn is_binary(head: &[u8]) -> bool {
    let head = &head[..head.len().min(8192)];
    let controls =
        head.iter().filter(|&&b| b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b)).count();
    controls * 20 > head.len()
}

fn utf_16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(1024) & !1];
    if head.len() < 8 {
        return None;
    }
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|&&b| b == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), head.len() / 2);
    match () {
        () if odd * 10 > half * 7 && even * 20 < half => Some(UTF_16LE),
        () if even * 10 > half * 7 && odd * 20 < half => Some(UTF_16BE),
        () => None,
    }
}

/// UTF-8 with a few bytes broken or its end cut off, rather than another encoding.
fn is_damaged_utf_8(bytes: &[u8]) -> bool {
    let (mut whole, mut broken) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    whole >= 4 * broken
}

fn legacy(bytes: &[u8]) -> String {
    let declared = declared(&bytes[..bytes.len().min(4096)]).filter(|&encoding| encoding != UTF_8);
    declared
        .and_then(|encoding| clean(encoding, bytes))
        .or_else(|| clean(guessed(bytes), bytes))
        .unwrap_or_else(|| WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned())
}

/// The encoding that the first bytes of a file show; none when they show nothing for certain.
fn legacy_of(head: &[u8]) -> Option<&'static Encoding> {
    let fits = |encoding: &&'static Encoding| clean(encoding, head).is_some();
    let declared = declared(&head[..head.len().min(4096)]).filter(|&encoding| encoding != UTF_8);
    declared.filter(fits).or_else(|| Some(guessed(head)).filter(fits))
}

fn guessed(bytes: &[u8]) -> &'static Encoding {
    if only_signs(bytes) {
        return WINDOWS_1252;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// True when no letter is encoded, only quote marks, dashes and signs: `£4.5bn`, `it’s`.
///
/// English text has nothing by which a detector could tell its code page.
fn only_signs(bytes: &[u8]) -> bool {
    let letter = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at)).is_some_and(|b| b.is_ascii_alphabetic() || *b >= 0x80)
    };
    bytes.iter().enumerate().all(|(at, &b)| match b {
        0..0x80 | 0x80 | 0x85 | 0x91..=0x97 | 0x99 => true,
        0xa0..0xc0 => !letter(Some(at + 1)) && !letter(at.checked_sub(1)),
        _ => false,
    })
}

fn clean(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    let (text, broken) = encoding.decode_without_bom_handling(bytes);
    // A page seldom keeps to its charset to the last byte.
    let lost = if broken { text.chars().filter(|&c| c == '\u{fffd}').count() } else { 0 };
    (lost * 200 <= text.len()).then(|| text.into_owned())
}

/// `charset=` of a page, `encoding=` of XML.
fn declared(head: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    ["charset=", "encoding="].iter().find_map(|key| {
        let value = head.split(key).nth(1)?.trim_start_matches(['"', '\'', ' ']);
        let end =
            value.find(|c: char| !c.is_ascii_alphanumeric() && !"-_:".contains(c)).unwrap_or(value.len());
        Encoding::for_label(&value.as_bytes()[..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], wanted: &str) {
        assert_eq!(decode(bytes), wanted);
    }

    #[test]
    fn encodings() {
        check(b"\xef\xbb\xbfcaf\xc3\xa9", "café");
        check(b"\xff\xfec\0a\0f\0\xe9\0", "café");
        check(b"T\0h\0e\0 \0e\0n\0d\0", "The end");
        check(
            b"caf\xc3\xa9 \xe2\x80\x9cYes\xe2\x80\x9d and \xe2\x80\x94 cut \xe2\x80",
            "café “Yes” and — cut \u{fffd}",
        );
        check(
            b"Prime minister\x92s office said the \xa34.5bn plan \x93failed\x94.",
            "Prime minister’s office said the £4.5bn plan “failed”.",
        );
        check(
            b"<meta charset=\"windows-1251\"><p>\xcf\xf0\xe0\xe2\xe8\xf2\xe5\xeb\xfc\xf1\xf2\xe2\xee",
            "<meta charset=\"windows-1251\"><p>Правительство",
        );
        check(b"", "");
    }

    #[test]
    fn what_is_no_text() {
        assert!(is_binary(&[0, 1, 2, 3, 4, 5, 200, 7]));
        assert!(!is_binary("Жителі міста".as_bytes()));
        assert!(utf_16(b"T\0h\0e\0 \0e\0n\0d\0").is_some());
        assert!(!is_binary(b""));
    }

    #[test]
    fn what_http_says_counts_last() {
        let russian = b"\xcf\xf0\xe0\xe2\xe8\xf2\xe5\xeb\xfc";
        assert_eq!(decode_as(russian, Some("windows-1251")), "Правитель");
        assert_eq!(decode_as("Правитель".as_bytes(), Some("windows-1251")), "Правитель");
    }
}
