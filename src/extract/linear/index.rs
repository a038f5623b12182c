//! Numbers of words by their hashes, made for being asked for many at once.

use std::hint::black_box;

/// Bits of a slot that hold the number; all others are those of the hash.
const NUMBER: u32 = 24;

/// Slots at the start: a power of two.
const SLOTS: usize = 1 << 12;

/// Numbers from 1, each given to one hash.
#[derive(Default)]
pub(super) struct Index {
    /// The upper bits of a hash and its number; zero where there is none. A hash stands in the slot that its
    /// lower bits name, or in the next one that was free.
    slots: Vec<u64>,
    /// All hashes by their numbers, from 1.
    hashes: Vec<u64>,
}

impl Index {
    /// The number of a hash.
    #[inline]
    pub fn get(&self, hash: u64) -> Option<u32> {
        let mut at = self.home(hash);
        loop {
            let slot = *self.slots.get(at)?;
            if slot >> NUMBER == hash >> NUMBER && slot != 0 {
                return Some((slot & ((1 << NUMBER) - 1)) as u32);
            }
            if slot == 0 {
                return None;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    /// Gives the next number to a hash that has none.
    pub fn put(&mut self, hash: u64) {
        self.hashes.push(hash);
        if self.hashes.len() * 2 > self.slots.len() {
            self.slots = vec![0; (self.slots.len() * 2).max(SLOTS)];
            (1..=self.hashes.len()).for_each(|number| self.enter(number));
        } else {
            self.enter(self.hashes.len());
        }
    }

    /// Forgets all hashes; the next one gets number 1.
    pub fn clear(&mut self) {
        self.slots.fill(0);
        self.hashes.clear();
    }

    fn enter(&mut self, number: usize) {
        let hash = self.hashes[number - 1];
        let mut at = self.home(hash);
        while self.slots[at] != 0 {
            at = (at + 1) & (self.slots.len() - 1);
        }
        // More words than there are numbers for are looked at anew each time.
        if number < 1 << NUMBER {
            self.slots[at] = hash >> NUMBER << NUMBER | number as u64;
        }
    }

    fn home(&self, hash: u64) -> usize {
        hash as usize & self.slots.len().wrapping_sub(1)
    }

    /// Asks for the lines of memory that hold these, all at once, see [`Table`](super::table).
    pub fn touch(&self, hashes: &[u64]) {
        let slots = hashes.iter().filter_map(|&hash| self.slots.get(self.home(hash)));
        black_box(slots.fold(0, |all, slot| all ^ slot));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_is_found() {
        let mut index = Index::default();
        assert_eq!(index.get(7), None);
        // Many share their lower bits, so that they stand side by side.
        let hashes: Vec<u64> = (1..=9_000_u64).map(|n| (n << 30) + n % 3).collect();
        hashes.iter().for_each(|&hash| index.put(hash));
        for (n, &hash) in hashes.iter().enumerate() {
            assert_eq!(index.get(hash), Some(n as u32 + 1));
        }
        assert_eq!((index.get(0), index.get(9_001 << 30)), (None, None));
        index.touch(&hashes);
        index.clear();
        index.put(5);
        assert_eq!((index.get(hashes[0]), index.get(5)), (None, Some(1)));
    }
}
