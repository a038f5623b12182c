//! Feature weights by key, laid out for a memory that is slow.
//!
//! Nine of ten look-ups that find something find one of a tenth of all features. Each of these lies with its
//! weights on one line of the cache; the same line tells of nearly all that are not there that they are not.

use std::hint::black_box;

use wide::{CmpEq, i32x8};

use super::chain::{LANES, Sums};

/// One weight for each label.
pub type Row = [i8; LANES];

/// All weights of a model.
#[derive(Default)]
pub(super) struct Weights {
    /// All keys are spread over the lines by their size.
    lines: Vec<Line>,
    cold: Table,
}

/// A key, and the number of the sums to which its weights are added.
#[derive(Clone, Copy, Default)]
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

/// Features on a line.
const FRONT: usize = 2;

/// Features asked for most that share a line, in fifths: so few that all find a place but about one in eight, of
/// each line those that are asked for least.
const FRONT_FIFTHS: usize = 6;

/// Features in all that share a line: few enough for its filter.
const SHARED: usize = 12;

/// A line of the cache: two features with their weights, and a filter of all others that would stand here.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
struct Line {
    /// 0 for an empty place.
    keys: [u32; FRONT],
    rows: [Row; FRONT],
    /// For each feature that found no place, one bit of each.
    filter: [u64; 3],
}

impl Line {
    /// Takes a feature if there is room.
    fn put(&mut self, key: u32, row: Row) -> bool {
        let place = self.keys.iter().position(|&kept| kept == 0);
        if let Some(place) = place {
            (self.keys[place], self.rows[place]) = (key, row);
        }
        place.is_some()
    }

    /// Notes a feature that lies elsewhere.
    fn note(&mut self, key: u32) {
        for (word, bit) in self.filter.iter_mut().zip(Line::bits(key)) {
            *word |= 1 << bit;
        }
    }

    /// Which bits of the filter stand for a key; the upper ones chose the line.
    #[inline]
    fn bits(key: u32) -> [u32; 3] {
        [key & 63, key >> 6 & 63, key >> 12 & 63]
    }

    /// Adds the weights of a key that is here, or nothing. No branch hangs on it: which keys are here, no
    /// processor can guess.
    #[inline]
    fn add(&self, key: u32, sums: &mut Sums) {
        const NOTHING: Row = [0; LANES];
        let [first, second] = self.keys;
        let row = &self.rows[usize::from(second == key)];
        let row = if (first == key) | (second == key) { row } else { &NOTHING };
        for (sum, &weight) in sums.iter_mut().zip(row) {
            *sum = sum.wrapping_add(i16::from(weight));
        }
    }

    /// 1 for a key that may lie elsewhere, 0 for one that is here or nowhere.
    #[inline]
    fn may_lie_elsewhere(&self, key: u32) -> usize {
        let bits = self.filter.iter().zip(Line::bits(key)).fold(1, |all, (word, bit)| all & word >> bit);
        bits as usize
    }
}

impl Weights {
    /// Takes the features asked for most, first those asked for more, and all others in the order of their
    /// keys.
    pub fn new(front: Vec<(u32, Row)>, behind: Vec<(u32, Row)>) -> Weights {
        let all = front.len() + behind.len();
        let count = (all / SHARED).max(front.len() * 5 / FRONT_FIFTHS) + 1;
        let mut weights = Weights { lines: vec![Line::default(); count], cold: Table::with_room(all) };
        let mut rest: Vec<(u32, Row)> = Vec::new();
        for (key, row) in front {
            let home = weights.home(key);
            if !weights.lines[home].put(key, row) {
                rest.push((key, row));
            }
        }
        rest.sort_unstable_by_key(|&(key, _)| key);
        let mut rest = rest.into_iter().peekable();
        for (key, row) in behind {
            while let Some((key, row)) = rest.next_if(|one| one.0 < key) {
                weights.put_behind(key, row);
            }
            weights.put_behind(key, row);
        }
        rest.for_each(|(key, row)| weights.put_behind(key, row));
        weights
    }

    fn put_behind(&mut self, key: u32, row: Row) {
        let home = self.home(key);
        self.lines[home].note(key);
        self.cold.put(key, row);
    }

    #[inline]
    fn home(&self, key: u32) -> usize {
        ((u64::from(key) * self.lines.len() as u64) >> 32) as usize
    }

    /// Adds the weights of all that is asked for and known to the sums in their places.
    ///
    /// # Panics
    /// When a place is not among the sums.
    // Inside its caller it has too few registers.
    #[inline(never)]
    pub fn add(&self, asked: &[Asked], sums: &mut [Sums], scratch: &mut Scratch) {
        let Scratch { rest, found } = scratch;
        self.touch(asked);
        rest.resize(rest.len().max(asked.len()), Asked::default());
        let (places, mut count) = (rest.as_mut_slice(), 0);
        for &one in asked {
            let Some(line) = self.lines.get(self.home(one.key)) else { continue };
            line.add(one.key, &mut sums[one.place as usize]);
            places[count] = one;
            count += line.may_lie_elsewhere(one.key);
        }
        self.cold.find(&rest[..count], found);
        self.cold.add(found, sums);
    }

    /// Asks for the lines in which keys would be. Nothing hangs on what comes, so that the processor does not
    /// wait for one before it asks for the next.
    fn touch(&self, asked: &[Asked]) {
        let lines = asked.iter().filter_map(|asked| self.lines.get(self.home(asked.key)));
        black_box(lines.fold(0, |all, line| all ^ line.keys[0]));
    }

    /// Every key with its row: first those asked for most, then the others.
    pub fn rows(&self) -> impl Iterator<Item = (u32, Row)> + '_ {
        let front = self.lines.iter().flat_map(|line| line.keys.into_iter().zip(line.rows));
        let behind = self.cold.keys().zip(self.cold.rows.iter().map(|row| row.0));
        front.filter(|(key, _)| *key != 0).chain(behind)
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
struct Table {
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
    fn with_room(features: usize) -> Table {
        let spread = features / MEAN + 1;
        let mut table = Table { spread: spread as u64, ..Table::default() };
        table.buckets.reserve_exact(spread + 1);
        table.rows.reserve_exact(features);
        table
    }

    /// Adds a feature; its key is larger than all before.
    fn put(&mut self, key: u32, row: Row) {
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

    /// As [`Weights::touch`].
    fn touch(&self, asked: &[Asked]) {
        let firsts = asked.iter().filter_map(|asked| self.buckets.get(self.home(asked.key)));
        black_box(firsts.fold(0, |all, Bucket(places)| all ^ places[KEYS]));
    }

    /// Finds the rows of what is asked for.
    fn find(&self, asked: &[Asked], found: &mut Vec<Hit>) {
        found.clear();
        self.touch(asked);
        for &one in asked {
            let (mut row, mut hit) = self.look(one.key, self.home(one.key));
            if hit == OVER {
                (row, hit) = self.look_on(one.key);
            }
            if hit == 1 {
                found.push(Hit { row, place: one.place });
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
        let rows = keys.iter().enumerate().map(|(n, &key)| (key, [n as i8; LANES]));
        let (mut front, behind): (Vec<_>, Vec<_>) = rows.partition(|(key, _)| key % 3 == 0);
        front.reverse();
        let weights = Weights::new(front, behind);
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
