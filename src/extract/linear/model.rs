//! Trained weights: one data file a model, read from memory.
//!
//! A file is a header in plain text (what it was trained on, licences, date, command, score) that ends
//! with an empty line, then the packed numbers: word clusters, transitions, and for each kept feature
//! its key, a mask of the labels it speaks about, and one signed byte for each of them.

use std::sync::Arc;

use super::chain::{LANES, Scores, Transitions};
use super::hash;

/// Summed weights of a token, in steps of [`Model::step`].
pub type Sums = [i16; LANES];

/// Sums that are kept: aligned so that none lies on two lines of the cache.
#[repr(align(32))]
#[derive(Clone, Copy, Default)]
pub(super) struct Kept(pub Sums);

/// No cluster is known.
pub const UNKNOWN: u16 = u16::MAX;

/// Groups of similar words that a word belongs to, from fine to coarse, by two sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clusters {
    /// The finest group of the first source: a few words each.
    pub fine: u16,
    /// Four coarser groupings of the first source.
    pub first: [u16; 4],
    /// Three groupings of the second source.
    pub second: [u16; 3],
}

impl Default for Clusters {
    fn default() -> Clusters {
        Clusters { fine: UNKNOWN, first: [UNKNOWN; 4], second: [UNKNOWN; 3] }
    }
}

/// Weights of one model, ready for look-up.
#[derive(Default)]
pub struct Model {
    /// What the header says.
    pub header: String,
    /// Size of one step of [`Sums`].
    pub step: f32,
    /// Transition scores of each pass.
    pub transitions: Vec<Transitions>,
    /// Its place among the models that share their words: below [`MODELS`](super::words::MODELS).
    pub slot: usize,
    clusters: Arc<hash::Hashed<Clusters>>,
    classes: hash::Hashed<u8>,
    /// One bit for a range of keys: most features that are asked for are not kept, and end here.
    filter: Vec<u64>,
    /// Features in the order of their keys, each at or shortly after the place where its key falls when
    /// all keys are spread over the table: a look-up touches one line of memory.
    slots: Vec<Slot>,
    /// Length of the table without its overhang.
    spread: u64,
}

/// A feature; key 0 stands for an empty place.
#[derive(Clone, Copy, Default)]
struct Slot {
    key: u32,
    row: [i8; LANES],
}

/// Bits of a key that choose its bit in [`Model::filter`].
const FILTER_BITS: u32 = 20;

impl Model {
    /// Reads a data file; what is cut short or damaged reads as a model that knows nothing.
    pub fn read(data: &[u8]) -> Model {
        let mut reader = Reader { data, at: 0 };
        let mut model = Model { header: reader.header(), ..Model::default() };
        if model.fill(&mut reader).is_none() {
            return Model::default();
        }
        model
    }

    /// Takes the word clusters of another model for its own, and so can share its words.
    pub fn sharing(mut self, other: &Model) -> Model {
        self.clusters = Arc::clone(&other.clusters);
        self.slot = other.slot + 1;
        self
    }

    /// Gives words a class, by the lower half of the word's hash.
    pub fn classed(mut self, classes: impl Iterator<Item = (String, u8)>) -> Model {
        self.classes = classes.map(|(word, class)| (hash::word(&word) & 0xffff_ffff, class)).collect();
        self
    }

    fn fill(&mut self, reader: &mut Reader) -> Option<()> {
        self.clusters = Arc::new(reader.clusters()?);
        self.classes = reader.classes()?;
        self.step = reader.float()?;
        for _ in 0..reader.varint()? {
            let mut table = [[0.0; LANES]; LANES];
            for score in table.iter_mut().flatten() {
                *score = reader.float()?;
            }
            self.transitions.push(table);
        }
        let features = reader.varint()? as usize;
        if features > reader.data.len() {
            return None;
        }
        self.filter = vec![0; 1 << (FILTER_BITS - 6)];
        self.spread = features as u64 * 4 / 3 + 1;
        self.slots.reserve_exact(self.spread as usize + 64);
        let mut key = 0_u32;
        for _ in 0..features {
            key = key.checked_add(reader.varint()?)?;
            let row = reader.row()?;
            self.put(Slot { key, row });
        }
        // A search ends at an empty place.
        self.slots.push(Slot::default());
        Some(())
    }

    /// Adds a feature; its key is larger than all before.
    fn put(&mut self, slot: Slot) {
        let bit = slot.key >> (32 - FILTER_BITS);
        self.filter[(bit >> 6) as usize] |= 1 << (bit & 63);
        let home = self.home(slot.key);
        if self.slots.len() < home {
            self.slots.resize(home, Slot::default());
        }
        self.slots.push(slot);
    }

    fn home(&self, key: u32) -> usize {
        ((u64::from(key) * self.spread) >> 32) as usize
    }

    /// Adds the weights of a feature to `sums`.
    #[inline]
    pub fn add(&self, key: u32, sums: &mut Sums) {
        let bit = key >> (32 - FILTER_BITS);
        if self.filter.get((bit >> 6) as usize).is_some_and(|bits| bits >> (bit & 63) & 1 == 1) {
            self.add_kept(key, self.home(key), sums);
        }
    }

    /// Adds the weights of several features: those that are not kept are put aside first, so that the
    /// look-ups of the others do not wait for each other.
    pub fn add_all(&self, keys: &[u32], sums: &mut Sums) {
        let mut kept = [0_u32; 64];
        for keys in keys.chunks(kept.len()) {
            let mut count = 0;
            for &key in keys {
                let bit = key >> (32 - FILTER_BITS);
                kept[count] = key;
                count +=
                    self.filter.get((bit >> 6) as usize).map_or(0, |bits| (bits >> (bit & 63) & 1) as usize);
            }
            // All first places are asked for before any is looked at: memory is slow, but not one at a time.
            let mut homes = [(0_usize, 0_u32); 64];
            for (home, &key) in homes.iter_mut().zip(&kept[..count]) {
                let at = self.home(key);
                *home = (at, self.slots.get(at).map_or(0, |slot| slot.key));
            }
            for (&key, &(home, first)) in kept[..count].iter().zip(&homes) {
                if first == key {
                    self.add_row(home, sums);
                } else if first != 0 && first < key {
                    self.add_kept(key, home + 1, sums);
                }
            }
        }
    }

    fn add_kept(&self, key: u32, from: usize, sums: &mut Sums) {
        let slots = self.slots.get(from..).unwrap_or_default();
        let Some(next) = slots.iter().position(|slot| slot.key >= key || slot.key == 0) else { return };
        if slots[next].key == key {
            self.add_row(from + next, sums);
        }
    }

    fn add_row(&self, at: usize, sums: &mut Sums) {
        let Some(slot) = self.slots.get(at) else { return };
        for (sum, &weight) in sums.iter_mut().zip(&slot.row) {
            *sum = sum.wrapping_add(i16::from(weight));
        }
    }

    /// Sums as scores.
    pub fn scores(&self, sums: &Sums) -> Scores {
        sums.map(|sum| f32::from(sum) * self.step)
    }

    /// The clusters of a word as written, else in lower case, else with a capital.
    pub fn clusters(&self, word: &str) -> Clusters {
        let find = |word: &str| self.clusters.get(&(hash::word(word) & 0xffff_ffff)).copied();
        find(word)
            .or_else(|| find(&word.to_lowercase()))
            .or_else(|| find(&capitalised(word)))
            .unwrap_or_default()
    }

    /// The class of a word in small letters; 0 for most.
    pub fn class(&self, lower: &str) -> u8 {
        self.classes.get(&(hash::word(lower) & 0xffff_ffff)).copied().unwrap_or(0)
    }

    /// All classed words by the lower half of their hash, in order.
    pub fn all_classes(&self) -> Vec<(u32, u8)> {
        let mut all: Vec<(u32, u8)> = self.classes.iter().map(|(&key, &class)| (key as u32, class)).collect();
        all.sort_unstable();
        all
    }

    /// A model that has the clusters of `words` and no weights, for training.
    pub fn of_clusters(words: impl Iterator<Item = (String, Clusters)>) -> Model {
        let clusters = words.map(|(word, clusters)| (hash::word(&word) & 0xffff_ffff, clusters)).collect();
        Model { clusters: Arc::new(clusters), ..Model::default() }
    }

    /// All known clusters by the lower half of the word's hash, in order.
    pub fn all_clusters(&self) -> Vec<(u32, Clusters)> {
        let mut all: Vec<(u32, Clusters)> =
            self.clusters.iter().map(|(&key, &value)| (key as u32, value)).collect();
        all.sort_unstable_by_key(|&(key, _)| key);
        all
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters.flat_map(char::to_lowercase))
        .collect()
}

struct Reader<'a> {
    data: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn header(&mut self) -> String {
        let end = self.data.windows(2).position(|pair| pair == b"\n\n").map_or(0, |at| at + 2);
        self.at = end;
        String::from_utf8_lossy(&self.data[..end]).into_owned()
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.data.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn short(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn float(&mut self) -> Option<f32> {
        let bytes = [self.byte()?, self.byte()?, self.byte()?, self.byte()?];
        Some(f32::from_le_bytes(bytes))
    }

    fn varint(&mut self) -> Option<u32> {
        let mut value = 0_u32;
        for shift in (0..32).step_by(7) {
            let byte = self.byte()?;
            value |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn row(&mut self) -> Option<[i8; LANES]> {
        let mask = self.short()?;
        let mut row = [0; LANES];
        for (lane, weight) in row.iter_mut().enumerate() {
            if mask >> lane & 1 == 1 {
                *weight = self.byte()? as i8;
            }
        }
        Some(row)
    }

    fn classes(&mut self) -> Option<hash::Hashed<u8>> {
        let mut classes = hash::Hashed::default();
        let mut key = 0_u32;
        for _ in 0..self.varint()? {
            key = key.wrapping_add(self.varint()?);
            classes.insert(u64::from(key), self.byte()?);
        }
        Some(classes)
    }

    /// Groupings of each fine cluster, then for each word its fine cluster and its second-source ones.
    fn clusters(&mut self) -> Option<hash::Hashed<Clusters>> {
        let mut coarse: Vec<[u16; 4]> = Vec::new();
        for _ in 0..self.varint()? {
            coarse.push([self.short()?, self.short()?, self.short()?, self.short()?]);
        }
        let count = self.varint()?;
        let mut words =
            hash::Hashed::with_capacity_and_hasher(count.min(1 << 20) as usize, Default::default());
        let mut key = 0_u32;
        for _ in 0..count {
            key = key.wrapping_add(self.varint()?);
            let fine = self.short()?;
            let second = [self.short()?, self.short()?, self.short()?];
            let first = coarse.get(usize::from(fine)).copied().unwrap_or([UNKNOWN; 4]);
            words.insert(u64::from(key), Clusters { fine, first, second });
        }
        Some(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_data_knows_nothing() {
        for data in
            [&b""[..], b"\n\n", b"head\n\n\x01\x02", b"no end", b"h\n\n\0\0\0\0\0\0\x00\xff\xff\xff\xff\x0f"]
        {
            let model = Model::read(data);
            let mut sums = [0; LANES];
            model.add(7, &mut sums);
            assert_eq!(sums, [0; LANES]);
        }
    }
}
