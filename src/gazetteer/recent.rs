//! What was found out once and is asked again and again: which words begin a name and where in the table of
//! names they lead, and which places were looked up.

use std::sync::atomic::{AtomicU64, Ordering};

/// Words that are kept, and places: a power of two.
const KEPT: usize = 1 << 12;

/// Most letters of a word that is kept: it fits one number whole, so that no two are ever taken for each other.
const LETTERS: usize = 10;

/// What was found out of words, each kept until another takes its place.
pub(super) struct First(Box<[Kept]>);

/// What was found out as a number, and the word mixed with it. Whoever reads the one while another thread writes
/// the other finds that they do not belong together.
#[derive(Default)]
struct Kept {
    found: AtomicU64,
    mixed: AtomicU64,
}

/// What begins with a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Begun {
    /// Where the names that do stand in the table, if there are any.
    pub names: Option<Node>,
    /// Whether an abbreviation does.
    pub exact: bool,
}

/// A node of the table of names, and the sum on the way to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub address: usize,
    pub output: u64,
}

impl First {
    /// Nothing is known yet.
    pub fn new() -> First {
        First((0..KEPT).map(|_| Kept::default()).collect())
    }

    /// The word that a text starts with and what begins with it, as `ask` finds out; none for what is no plain
    /// word of a few letters.
    pub fn begun<'t>(&self, text: &'t str, ask: impl FnOnce(&str) -> Begun) -> Option<(&'t str, Begun)> {
        let (word, packed) = plain(text)?;
        let place = mix(packed) >> (64 - KEPT.trailing_zeros());
        let kept = self.0.get(place as usize)?;
        let found = kept.found.load(Ordering::Relaxed);
        if kept.mixed.load(Ordering::Relaxed) ^ mix(found) == packed {
            return Some((word, unpacked(found)));
        }
        let begun = ask(word);
        if let Some(found) = begun.packed() {
            kept.found.store(found, Ordering::Relaxed);
            kept.mixed.store(packed ^ mix(found), Ordering::Relaxed);
        }
        Some((word, begun))
    }
}

/// Where places that were looked up stand: the number of each, plus one, under its id, kept until another takes
/// the place.
pub(super) struct Met(Box<[AtomicU64]>);

impl Met {
    /// Nothing is known yet.
    pub fn new() -> Met {
        Met((0..KEPT).map(|_| AtomicU64::new(0)).collect())
    }

    /// The number of a place, as `ask` finds it.
    pub fn number(&self, id: u32, ask: impl FnOnce() -> Option<u32>) -> Option<u32> {
        let place = mix(u64::from(id)) >> (64 - KEPT.trailing_zeros());
        let kept = self.0.get(place as usize)?;
        let found = kept.load(Ordering::Relaxed);
        let number = found as u32;
        if number > 0 && found >> 32 == u64::from(id) {
            return Some(number - 1);
        }
        let number = ask()?;
        kept.store(u64::from(id) << 32 | u64::from(number + 1), Ordering::Relaxed);
        Some(number)
    }
}

/// The lower bit is that of the abbreviations; then the sum, then the address, or zeros for none.
const OUTPUT_BITS: u32 = 32;

impl Begun {
    /// As one number, if it is small enough.
    fn packed(self) -> Option<u64> {
        let names = match self.names {
            Some(Node { address, output }) => {
                let address =
                    u32::try_from(address).ok().filter(|&address| address > 0 && address >> 31 == 0)?;
                u64::from(address) << OUTPUT_BITS | u64::from(u32::try_from(output).ok()?)
            }
            None => 0,
        };
        Some(names << 1 | u64::from(self.exact))
    }
}

fn unpacked(found: u64) -> Begun {
    let names = found >> 1;
    let (address, output) = (names >> OUTPUT_BITS, names & ((1 << OUTPUT_BITS) - 1));
    let names = (address > 0).then_some(Node { address: address as usize, output });
    Begun { names, exact: found & 1 == 1 }
}

fn mix(number: u64) -> u64 {
    number.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// A word of plain letters and digits, and the same as a number, six bits a letter. What ends it is no part of
/// any word: neither an apostrophe nor a dot nor `&`.
fn plain(text: &str) -> Option<(&str, u64)> {
    let mut packed = 0;
    for (at, &byte) in text.as_bytes().iter().take(LETTERS + 1).enumerate() {
        let letter = match byte {
            b'a'..=b'z' => byte - b'a' + 1,
            b'A'..=b'Z' => byte - b'A' + 27,
            b'0'..=b'9' => byte - b'0' + 53,
            b'\'' | b'`' | b'.' | b'&' => return None,
            byte => return (at > 0 && byte.is_ascii()).then(|| (&text[..at], packed)),
        };
        packed = packed << 6 | u64::from(letter);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks_once_and_keeps_words_apart() {
        let first = First::new();
        let asked = std::cell::Cell::new(0);
        let begun = |text: &str| {
            let found = first.begun(text, |word| {
                asked.set(asked.get() + 1);
                let names = word.starts_with('P').then_some(Node { address: word.len(), output: 7 });
                Begun { names, exact: word == "US" }
            });
            found.map(|(word, begun)| (word.to_string(), begun.names.map(|node| node.address), begun.exact))
        };
        let paris = Some(("Paris".to_string(), Some(5), false));
        assert_eq!((begun("Paris is"), begun("Paris,"), asked.get()), (paris.clone(), paris, 1));
        let said = Some(("said".to_string(), None, false));
        assert_eq!((begun("said Rao"), begun("said-he"), asked.get()), (said.clone(), said, 2));
        assert_eq!(
            (begun("US is"), begun("US)")),
            (Some(("US".to_string(), None, true)), Some(("US".to_string(), None, true)))
        );
        assert_eq!(asked.get(), 3);
        for text in
            ["Paris", "Paris.", "Washington’s", "O'Neill", "AT&T is", "Constantinople was", "Zürich is", ""]
        {
            assert_eq!(begun(text), None, "{text} is left to the one who asks");
        }
        assert_eq!(asked.get(), 3);
        assert_eq!(plain("zzzzzzzzzz ").map(|(word, _)| word), Some("zzzzzzzzzz"));
        assert!(plain("a ").map(|one| one.1) != plain("aa ").map(|one| one.1));
    }

    #[test]
    fn a_place_is_looked_up_once() {
        let met = Met::new();
        assert_eq!(met.number(7, || None), None);
        assert_eq!(met.number(7, || Some(0)), Some(0));
        assert_eq!(met.number(7, || None), Some(0));
        for id in 0..9_000 {
            assert_eq!(met.number(id, || Some(2 * id)), Some(if id == 7 { 0 } else { 2 * id }));
        }
        assert_eq!(met.number(u32::MAX, || Some(4)), Some(4));
    }

    #[test]
    fn what_is_too_large_is_not_kept() {
        for (address, output) in [(1, 0), (5, u64::from(u32::MAX)), ((1 << 31) - 1, 1)] {
            for exact in [false, true] {
                let begun = Begun { names: Some(Node { address, output }), exact };
                assert_eq!(begun.packed().map(unpacked), Some(begun));
            }
        }
        for (address, output) in [(0, 0), (1 << 31, 0), (5, 1 << 32)] {
            assert_eq!(Begun { names: Some(Node { address, output }), exact: false }.packed(), None);
        }
    }
}
