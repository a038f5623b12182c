//! Words with what is known of them, made for being asked mostly about words that are not there.

use rustc_hash::FxHashMap;

/// Lengths told apart; what is longer counts as the longest.
const LENGTHS: usize = 24;

/// A table by word.
pub(super) struct Listed<V> {
    /// For each length, which first letters there are, one bit each: most words are told by it not to be there.
    starts: [u32; LENGTHS],
    rows: FxHashMap<&'static str, V>,
}

impl<V> Listed<V> {
    /// The row of a word.
    #[inline]
    pub fn get(&self, word: &str) -> Option<&V> {
        let first = *word.as_bytes().first()?;
        let starts = self.starts[word.len().min(LENGTHS - 1)];
        if starts >> (first & 31) & 1 == 0 {
            return None;
        }
        self.rows.get(word)
    }

    /// True for a word that is there.
    #[inline]
    pub fn contains(&self, word: &str) -> bool {
        self.get(word).is_some()
    }
}

impl<V> FromIterator<(&'static str, V)> for Listed<V> {
    fn from_iter<I: IntoIterator<Item = (&'static str, V)>>(rows: I) -> Listed<V> {
        let rows: FxHashMap<&'static str, V> = rows.into_iter().collect();
        let mut starts = [0; LENGTHS];
        for word in rows.keys() {
            if let Some(first) = word.as_bytes().first() {
                starts[word.len().min(LENGTHS - 1)] |= 1 << (first & 31);
            }
        }
        Listed { starts, rows }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_is_found() {
        let long = "a word that is much longer than all others";
        let listed: Listed<u8> = [("said", 1), ("told", 2), (long, 3)].into_iter().collect();
        let found =
            ["said", "told", long, "sold", "sai", "", "a word that is much longer than the others", "ß"]
                .map(|word| listed.get(word).copied());
        assert_eq!(found, [Some(1), Some(2), Some(3), None, None, None, None, None]);
    }
}
