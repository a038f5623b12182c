//! Trained weights: one data file a model, read from memory.
//!
//! A file is a header in plain text (what it was trained on, licences, date, command, score) that ends
//! with an empty line, then the packed numbers: word clusters, transitions, and for each kept feature
//! its key, a mask of the labels it speaks about, and one signed byte for each of them. Those asked for most
//! come first.

use std::sync::Arc;

use super::chain::{Edges, LANES, Scores, Steps, Sums, Transitions};
use super::hash;
use super::table::{Asked, Row, Scratch, Weights};

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

/// What goes from label to label, in the forms that are asked for.
pub struct Chain {
    /// For the best path.
    pub steps: Steps,
    /// For probabilities.
    pub edges: Edges,
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
    /// The same, made ready.
    pub chains: Vec<Chain>,
    /// Its place among the models that share their words: below [`MODELS`](super::words::MODELS).
    pub slot: usize,
    clusters: Arc<hash::Hashed<Clusters>>,
    classes: hash::Hashed<u8>,
    weights: Weights,
    /// How often each key was asked for, if that is counted.
    #[cfg(feature = "dev")]
    asked: Option<std::sync::Mutex<hash::Hashed<u32>>>,
}

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
        let chain =
            |table: &Transitions| Chain { steps: Steps::new(table, self.step), edges: Edges::new(table) };
        self.chains = self.transitions.iter().map(chain).collect();
        self.weights = Weights::new(reader.front()?, reader.behind()?);
        Some(())
    }

    /// Adds the weights of features to the sums in their places; a feature that is not kept adds nothing.
    pub(super) fn add(&self, asked: &[Asked], sums: &mut [Sums], scratch: &mut Scratch) {
        #[cfg(feature = "dev")]
        self.note(asked);
        self.weights.add(asked, sums, scratch);
    }

    /// All features and their rows: those in front, then the others.
    pub fn rows(&self) -> impl Iterator<Item = (u32, Row)> + '_ {
        self.weights.rows()
    }

    /// Sums as scores.
    pub fn scores<'a>(&self, sums: &'a [Sums]) -> impl Iterator<Item = Scores> + use<'a> {
        let step = self.step;
        sums.iter().map(move |sums| sums.map(|sum| f32::from(sum) * step))
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

/// For `dev hot`.
#[cfg(feature = "dev")]
impl Model {
    /// Counts from now on which features are asked for.
    pub fn counting(mut self) -> Model {
        self.asked = Some(std::sync::Mutex::default());
        self
    }

    fn note(&self, keys: &[Asked]) {
        let Some(mut asked) = self.asked.as_ref().and_then(|asked| asked.lock().ok()) else { return };
        keys.iter().for_each(|one| *asked.entry(u64::from(one.key)).or_default() += 1);
    }

    /// Features by how often they were asked for, most first.
    pub fn most_asked(&self) -> Vec<u32> {
        let Some(asked) = self.asked.as_ref().and_then(|asked| asked.lock().ok()) else { return Vec::new() };
        let mut all: Vec<(u32, u32)> =
            self.rows().filter_map(|(key, _)| Some((*asked.get(&u64::from(key))?, key))).collect();
        all.sort_unstable_by(|a, b| b.cmp(a));
        all.into_iter().map(|(_, key)| key).collect()
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

    fn row(&mut self) -> Option<Row> {
        let mask = self.short()?;
        let mut row = [0; LANES];
        for (lane, weight) in row.iter_mut().enumerate() {
            if mask >> lane & 1 == 1 {
                *weight = self.byte()? as i8;
            }
        }
        Some(row)
    }

    /// How many features follow.
    fn features(&mut self) -> Option<usize> {
        let features = self.varint()? as usize;
        (features <= self.data.len()).then_some(features)
    }

    /// The features asked for most, each with its whole key.
    fn front(&mut self) -> Option<Vec<(u32, Row)>> {
        (0..self.features()?).map(|_| Some((self.varint()?, self.row()?))).collect()
    }

    /// All others, in the order of their keys.
    fn behind(&mut self) -> Option<Vec<(u32, Row)>> {
        let features = self.features()?;
        let mut key = 0_u32;
        let mut rows = Vec::with_capacity(features);
        for _ in 0..features {
            key = key.checked_add(self.varint()?)?;
            rows.push((key, self.row()?));
        }
        Some(rows)
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
            let mut sums = [[0; LANES]];
            model.add(&[Asked { key: 7, place: 0 }], &mut sums, &mut Scratch::default());
            assert_eq!(sums, [[0; LANES]]);
        }
    }
}
