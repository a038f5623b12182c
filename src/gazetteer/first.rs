//! Which words begin a name: most do not, and what was found out once is kept.

use std::sync::atomic::{AtomicU64, Ordering};

/// Words that are kept: a power of two.
const KEPT: usize = 1 << 12;

/// Most letters of a word that is kept: it fits one number whole, so that no two are ever taken for each other.
const LETTERS: usize = 10;

/// What was found out of words, each kept until another takes its place.
pub(super) struct First(Box<[AtomicU64]>);

impl First {
    /// Nothing is known yet.
    pub fn new() -> First {
        First((0..KEPT).map(|_| AtomicU64::new(0)).collect())
    }

    /// Whether the word that a text starts with begins a name, as `ask` finds out; without asking, true for what
    /// is no plain word of a few letters between blanks.
    pub fn begins(&self, text: &str, ask: impl FnOnce(&str) -> bool) -> bool {
        let Some((word, packed)) = plain(text) else { return true };
        let place = packed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - KEPT.trailing_zeros());
        let Some(kept) = self.0.get(place as usize) else { return true };
        // Whoever reads it while another thread writes sees the one word or the other.
        let known = kept.load(Ordering::Relaxed);
        if known >> 1 == packed {
            return known & 1 == 1;
        }
        let begins = ask(word);
        kept.store(packed << 1 | u64::from(begins), Ordering::Relaxed);
        begins
    }
}

/// A word of plain letters and digits that a blank or a comma ends, and the same as a number, six bits a letter.
fn plain(text: &str) -> Option<(&str, u64)> {
    let mut packed = 0;
    for (at, &byte) in text.as_bytes().iter().take(LETTERS + 1).enumerate() {
        let letter = match byte {
            b'a'..=b'z' => byte - b'a' + 1,
            b'A'..=b'Z' => byte - b'A' + 27,
            b'0'..=b'9' => byte - b'0' + 53,
            b' ' | b',' => return Some((&text[..at], packed)),
            _ => return None,
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
        let begins = |text: &str| {
            first.begins(text, |word| {
                asked.set(asked.get() + 1);
                word.starts_with('P')
            })
        };
        assert!(begins("Paris is") && begins("Paris,") && asked.get() == 1);
        assert!(!begins("said Rao") && !begins("said he") && asked.get() == 2);
        for text in ["Paris", "Paris.", "Washington’s", "Constantinople was", "Zürich is", ""] {
            assert!(begins(text), "{text} is left to the one who asks");
        }
        assert_eq!(asked.get(), 2);
        assert_eq!(plain("zzzzzzzzzz ").map(|(word, _)| word), Some("zzzzzzzzzz"));
        assert!(plain("a ").map(|one| one.1) != plain("aa ").map(|one| one.1));
    }
}
