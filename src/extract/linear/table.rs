//! Feature weights by key, laid out for a memory that is slow.
//!
//! Nine of ten look-ups that find something find one of a tenth of all features. These lie together, where
//! the caches of a processor can hold them; of the others a filter tells most that are not there.

use std::hint::black_box;

use wide::{CmpEq, i32x8};

use super::chain::LANES;

/// Summed weights of a token, in steps of [`Model::step`](super::model::Model::step).
pub type Sums = [i16; LANES];

/// One weight for each label.
pub type Row = [i8; LANES];

/// All weights of a model.
#[derive(Default)]
pub(super) struct Weights {
    hot: Table,
    cold: Table,
    filter: Filter,
}

/// A key, and the number of the sums to which its weights are added.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub key: u32,
    pub place: u32,
}

/// What is written down during a look-up: kept so that no memory is asked for each time.
#[derive(Default)]
pub(super) struct Scratch {
    rest: Vec<Asked>,
    found: Vec<Hit>,
}

/// The number of a row, and of the sums to which it is added.
#[derive(Clone, Copy, Default)]
struct Hit {
    row: u32,
    place: u32,
}

impl Weights {
    /// Takes the features asked for most, then all others, each in the order of their keys.
    pub fn new(hot: Table, cold: Table) -> Weights {
        let mut filter = Filter::with_room(cold.rows.len());
        cold.keys().for_each(|key| filter.put(key));
        Weights { hot, cold, filter }
    }

    /// Adds the weights of all that is asked for and known to the sums in their places.
    ///
    /// # Panics
    /// When a place is not among the sums.
    pub fn add(&self, asked: &[Asked], sums: &mut [Sums], scratch: &mut Scratch) {
        let Scratch { rest, found } = scratch;
        rest.clear();
        self.hot.find(asked, found, |asked| rest.push(asked));
        self.hot.add(found, sums);
        self.filter.touch(rest);
        rest.retain(|asked| self.filter.may_have(asked.key));
        self.cold.find(rest, found, |_| {});
        self.cold.add(found, sums);
    }

    /// Every key with its row: first those asked for most, then the others.
    pub fn rows(&self) -> impl Iterator<Item = (u32, Row)> + '_ {
        let rows =
            |table: &'_ Table| table.keys().zip(table.rows.iter().map(|row| row.0)).collect::<Vec<_>>();
        rows(&self.hot).into_iter().chain(rows(&self.cold))
    }
}

/// Two bits for each key, both in one word of 64: what lacks one of them is not there.
#[derive(Default)]
struct Filter(Vec<u64>);

impl Filter {
    /// Eight bits for a key or more: of twenty keys that are not there, it lets one through.
    fn with_room(keys: usize) -> Filter {
        Filter(vec![0; (keys / 8).next_power_of_two()])
    }

    fn put(&mut self, key: u32) {
        let (word, bits) = self.place(key);
        self.0[word] |= bits;
    }

    /// See [`Table::touch`].
    fn touch(&self, asked: &[Asked]) {
        let words = asked.iter().filter_map(|asked| self.0.get(self.place(asked.key).0));
        black_box(words.fold(0, |all, &word| all ^ word));
    }

    #[inline]
    fn may_have(&self, key: u32) -> bool {
        let (word, bits) = self.place(key);
        self.0.get(word).is_some_and(|word| word & bits == bits)
    }

    #[inline]
    fn place(&self, key: u32) -> (usize, u64) {
        ((key >> 12) as usize & (self.0.len().wrapping_sub(1)), 1 << (key & 63) | 1 << (key >> 6 & 63))
    }
}

/// Keys in a bucket. With the number of its first row they fill a line of the cache.
const KEYS: usize = 15;

/// Keys in a bucket on average: few enough that hardly one runs over.
const MEAN: usize = 9;

/// Some keys in a row, in order; 0 stands for an empty place. The last number is that of the first key's row.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
struct Bucket([i32; KEYS + 1]);

/// A row that lies on one line of the cache.
#[derive(Clone, Copy, Default)]
#[repr(align(16))]
struct Aligned(Row);

/// Rows of weights in the order of their keys.
#[derive(Default)]
pub(super) struct Table {
    /// All keys are spread over the buckets by their size; where one is full, its last go to the next.
    buckets: Vec<Bucket>,
    rows: Vec<Aligned>,
    /// Buckets without the overhang.
    spread: u64,
    /// The bucket that was filled last, and how many keys are in it.
    last: (usize, usize),
}

impl Table {
    /// An empty table with room for so many features.
    pub fn with_room(features: usize) -> Table {
        let spread = features / MEAN + 1;
        let mut table = Table { spread: spread as u64, ..Table::default() };
        table.buckets.reserve_exact(spread + 1);
        table.rows.reserve_exact(features);
        table
    }

    /// Adds a feature; its key is larger than all before.
    pub fn put(&mut self, key: u32, row: Row) {
        let (mut bucket, mut count) = self.last;
        let home = self.home(key);
        if home > bucket {
            (bucket, count) = (home, 0);
        } else if count == KEYS {
            (bucket, count) = (bucket + 1, 0);
        }
        if self.buckets.len() <= bucket {
            self.buckets.resize(bucket + 1, Bucket::default());
        }
        let Bucket(places) = &mut self.buckets[bucket];
        if count == 0 {
            places[KEYS] = self.rows.len() as i32;
        }
        places[count] = key.cast_signed();
        self.rows.push(Aligned(row));
        self.last = (bucket, count + 1);
    }

    fn keys(&self) -> impl Iterator<Item = u32> {
        let keys = self.buckets.iter().flat_map(|Bucket(places)| &places[..KEYS]);
        keys.filter(|&&key| key != 0).map(|key| key.cast_unsigned())
    }

    #[inline]
    fn home(&self, key: u32) -> usize {
        ((u64::from(key) * self.spread) >> 32) as usize
    }

    /// Asks for the lines of memory in which keys would be. Nothing hangs on what comes, so that the processor
    /// does not wait for one before it asks for the next.
    fn touch(&self, asked: &[Asked]) {
        let firsts = asked.iter().filter_map(|asked| self.buckets.get(self.home(asked.key)));
        black_box(firsts.fold(0, |all, Bucket(places)| all ^ places[KEYS]));
    }

    /// Finds the rows of what is asked for; what it does not have goes to `others`.
    fn find(&self, asked: &[Asked], found: &mut Vec<Hit>, mut others: impl FnMut(Asked)) {
        found.clear();
        self.touch(asked);
        for &one in asked {
            let (mut row, mut hit) = self.look(one.key, self.home(one.key));
            if hit == OVER {
                (row, hit) = self.look_on(one.key);
            }
            if hit == 1 {
                found.push(Hit { row, place: one.place });
            } else {
                others(one);
            }
        }
    }

    /// Adds rows to the sums in their places.
    fn add(&self, found: &[Hit], sums: &mut [Sums]) {
        let firsts = found.iter().filter_map(|hit| self.rows.get(hit.row as usize));
        black_box(firsts.fold(0, |all, Aligned(row)| all ^ row[0]));
        for hit in found {
            let Some(Aligned(row)) = self.rows.get(hit.row as usize) else { continue };
            for (sum, &weight) in sums[hit.place as usize].iter_mut().zip(row) {
                *sum = sum.wrapping_add(i16::from(weight));
            }
        }
    }

    /// Looks for a key in a bucket: the number of its row, and 1 if it is there, [`OVER`] if the next bucket
    /// may have it.
    #[inline]
    fn look(&self, key: u32, at: usize) -> (u32, usize) {
        let Some(Bucket(places)) = self.buckets.get(at) else { return (0, 0) };
        let [low, high] = places.as_chunks::<8>().0 else { return (0, 0) };
        let wanted = i32x8::splat(key.cast_signed());
        let bits = |half: &[i32; 8]| i32x8::new(*half).cmp_eq(wanted).move_mask() as u32;
        let equal = (bits(low) | bits(high) << 8) & ((1 << KEYS) - 1);
        let last = places[KEYS - 1].cast_unsigned();
        let row = places[KEYS].cast_unsigned().wrapping_add(equal.trailing_zeros());
        let hit = usize::from((equal != 0) & (key != 0));
        let over = (equal == 0) & (last != 0) & (last < key);
        (row, hit + OVER * usize::from(over))
    }

    /// As [`Table::look`], from the bucket after the key's own.
    #[cold]
    fn look_on(&self, key: u32) -> (u32, usize) {
        (self.home(key) + 1..).map(|at| self.look(key, at)).find(|&(_, hit)| hit != OVER).unwrap_or_default()
    }
}

/// The bucket is full, and the key is larger than all in it.
const OVER: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_is_found() {
        // Crowded at the start, so that buckets run over, and thin behind.
        let keys: Vec<u32> = (1..200_u32).chain((1..200).map(|n| n * 21_000_003)).collect();
        let (mut hot, mut cold) = (Table::with_room(keys.len()), Table::with_room(keys.len()));
        for (n, &key) in keys.iter().enumerate() {
            let table = if n % 3 == 0 { &mut hot } else { &mut cold };
            table.put(key, [n as i8; LANES]);
        }
        let weights = Weights::new(hot, cold);
        let mut scratch = Scratch::default();
        for (n, &key) in keys.iter().enumerate() {
            let mut sums = [[1; LANES]; 2];
            let asked = [key, key + 1_000_000, 0].map(|key| Asked { key, place: 1 });
            weights.add(&asked, &mut sums, &mut scratch);
            assert_eq!(sums, [[1; LANES], [1 + i16::from(n as i8); LANES]], "key {key}");
        }
        let mut sums = [[0; LANES]];
        let asked = [1, 0, u32::MAX, 200, 20_999_999].map(|key| Asked { key, place: 0 });
        Weights::default().add(&asked, &mut sums, &mut scratch);
        weights.add(&asked[1..], &mut sums, &mut scratch);
        assert_eq!(sums, [[0; LANES]]);
        let mut all: Vec<u32> = weights.rows().map(|(key, _)| key).collect();
        all.sort_unstable();
        assert_eq!(all, keys);
    }
}
