//! Small numbers that are alike where texts are alike, and who is a near copy of whom by them.
//!
//! One-permutation MinHash over runs of three words (Li, Owen and Zhang 2012), empty places filled as
//! by Shrivastava 2017, one byte kept of each of the 126 places (Li and König 2010). Candidates are
//! found by locality-sensitive hashing in 42 bands of 3 places. Sketches are stored in an index: a
//! change of anything here is a change of its format.

use std::collections::HashMap;
use std::ops::Range;

/// Places of a sketch.
const PLACES: usize = 126;
/// Places of a band: two texts are compared when all places of one band are equal.
const BAND: usize = 3;
/// Words in a run.
const RUN: usize = 3;
/// Fewer runs than this tell nothing: such texts are copies only when they are equal.
const FEWEST_RUNS: usize = 8;
/// Equal places of near copies: an estimated Jaccard similarity of 0.8 (0.2/256 agree by chance).
const NEAR: usize = 101;
/// Equal places of two versions of one article: 0.3.
const VERSION: usize = 38;
/// Texts of one band that a text is compared with, the nearest in the fixed order.
const MOST_COMPARED: usize = 48;

/// The sketch of a text, as an index stores it.
pub type Sketch = [u64; 16];

/// The words of a text, hashed: what sketches are made of.
#[derive(Debug)]
pub struct Hashes {
    words: Vec<u64>,
    /// Where each begins in the text.
    starts: Vec<u32>,
}

impl Hashes {
    /// Hashes the words of a text, in lower case and without their apostrophes.
    pub fn of(text: &str) -> Hashes {
        let room = text.len() / 5;
        let mut all = Hashes { words: Vec::with_capacity(room), starts: Vec::with_capacity(room) };
        each_word(text, |start, word| {
            all.words.push(word);
            all.starts.push(start as u32);
        });
        all
    }

    /// All of them.
    pub fn all(&self) -> &[u64] {
        &self.words
    }

    /// Those that begin within some bytes of the text.
    pub fn within(&self, bytes: Range<u32>) -> &[u64] {
        let at = |byte: u32| self.starts.partition_point(|&start| start < byte);
        self.words.get(at(bytes.start)..at(bytes.end)).unwrap_or_default()
    }
}

/// The sketch of a text by its words; all zero when it is too short to tell.
pub fn sketch(words: &[u64]) -> Sketch {
    let mut lowest = [u32::MAX; PLACES];
    let mut runs = 0;
    each_run(words, RUN, |hash| {
        let place = (((hash >> 32) * PLACES as u64) >> 32) as usize;
        lowest[place] = lowest[place].min(hash as u32);
        runs += 1;
    });
    if runs < FEWEST_RUNS {
        return [0; 16];
    }
    let filled = fill(&lowest);
    let mut packed = [0; 16];
    for (place, low) in filled.iter().enumerate() {
        packed[place / 8] |= u64::from(mixed(u64::from(*low)) as u8) << (place % 8 * 8);
    }
    // A sketch that says something is never all zero.
    packed[15] |= 1 << 63;
    packed
}

/// A number for the words of a passage: of its eight bytes most are equal when most of the words are.
pub fn of_passage(words: &[u64]) -> u64 {
    let mut lowest = [u32::MAX; 8];
    each_run(words, 2, |hash| {
        let place = (hash >> 61) as usize;
        lowest[place] = lowest[place].min(hash as u32);
    });
    let bytes = lowest.map(|low| mixed(u64::from(low)) as u8);
    u64::from_le_bytes(bytes)
}

/// True when two passages, by [`of_passage`], read alike: about half of their pairs of words agree.
pub fn passages_alike(a: u64, b: u64) -> bool {
    a.to_le_bytes().iter().zip(b.to_le_bytes()).filter(|(a, b)| **a == *b).count() >= 5
}

/// A number for words and who says them; equal only when both are, but for case and punctuation.
pub fn of_quote(words: &str, speaker: &str) -> u64 {
    let mut all = 0u64;
    for part in [words, "\u{1}", speaker] {
        all = mixed(all ^ 0x9e37);
        each_word(part, |_, word| all = mixed(all.rotate_left(5) ^ word));
    }
    all
}

fn each_run(words: &[u64], length: usize, each: impl FnMut(u64)) {
    let run = |run: &[u64]| mixed(run.iter().fold(0u64, |all, word| all.rotate_left(21) ^ word));
    words.windows(length).map(run).for_each(each);
}

/// Hashes of the words and where they begin, in lower case and without their apostrophes.
fn each_word(text: &str, mut each: impl FnMut(usize, u64)) {
    let bytes = text.as_bytes();
    // What is known of a word that is not of ASCII letters alone.
    let mut word: Vec<u8> = Vec::new();
    let (mut at, mut start) = (0, 0);
    while at < bytes.len() {
        let run = bytes[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let end = at + run;
        let next = bytes.get(end).copied().unwrap_or(b' ');
        let goes_on = !next.is_ascii() || next == b'\'';
        if word.is_empty() && !goes_on {
            if run > 0 {
                each(at, hashed(&bytes[at..end]));
            }
            at = end + 1;
            continue;
        }
        if word.is_empty() {
            start = at;
        }
        word.extend(bytes[at..end].iter().map(u8::to_ascii_lowercase));
        let Some(c) = text[end..].chars().next() else { break };
        at = end + c.len_utf8();
        if !c.is_ascii() && c.is_alphanumeric() {
            let mut utf8 = [0; 4];
            c.to_lowercase().for_each(|low| word.extend(low.encode_utf8(&mut utf8).bytes()));
        } else if !word.is_empty() && !matches!(c, '\'' | '’') {
            each(start, hashed(&word));
            word.clear();
        }
    }
    if !word.is_empty() {
        each(start, hashed(&word));
    }
}

/// A hash of a word (FNV-1a, mixed); the same for capitals and small letters of ASCII.
fn hashed(word: &[u8]) -> u64 {
    let byte =
        |hash: u64, byte: &u8| (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3);
    mixed(word.iter().fold(0xcbf2_9ce4_8422_2325, byte))
}

/// The finaliser of SplitMix64.
fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// Empty places take the number of another one, chosen the same way in every text.
fn fill(lowest: &[u32; PLACES]) -> [u32; PLACES] {
    let mut filled = *lowest;
    for (place, number) in filled.iter_mut().enumerate() {
        let mut attempt = 0u64;
        while *number == u32::MAX && attempt < 10_000 {
            attempt += 1;
            let other = mixed((place as u64) << 32 | attempt) as usize % PLACES;
            *number = lowest[other];
        }
    }
    filled
}

/// What of an article decides whether it is a copy.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its number in the index.
    pub copy: u64,
    /// Its id.
    pub id: String,
    /// The beginning of its body's SHA-256.
    pub body: u64,
    /// Its sketch.
    pub sketch: Sketch,
}

/// The number of the story of each article that has copies, by the article's number.
///
/// The answer does not depend on the order of the entries: a story is named after the smallest id among
/// its articles.
pub fn stories(mut entries: Vec<Entry>) -> HashMap<u64, u64> {
    entries.sort_by(|a, b| (a.body, &a.id, a.copy).cmp(&(b.body, &b.id, b.copy)));
    let mut sets = Sets::new(entries.len());
    for (at, pair) in entries.windows(2).enumerate() {
        if pair[0].body == pair[1].body {
            sets.join(at, at + 1);
        }
    }
    near(&entries, &mut sets);
    versions(&entries, &mut sets);
    let mut members: HashMap<usize, Vec<usize>> = HashMap::new();
    for at in 0..entries.len() {
        members.entry(sets.root(at)).or_default().push(at);
    }
    let mut stories = HashMap::new();
    for list in members.into_values().filter(|list| list.len() > 1) {
        let first = list.iter().map(|&at| (&entries[at].id, entries[at].body)).min();
        let Some((id, body)) = first else { continue };
        let story = of_quote(id, &body.to_string());
        stories.extend(list.iter().map(|&at| (entries[at].copy, story)));
    }
    stories
}

/// Joins what agrees in a band and is close by all places.
fn near(entries: &[Entry], sets: &mut Sets) {
    // Of equal bodies one stands for all.
    let one: Vec<usize> = (0..entries.len())
        .filter(|&at| at == 0 || entries[at].body != entries[at - 1].body)
        .filter(|&at| entries[at].sketch != [0; 16])
        .collect();
    let mut keyed: Vec<(u32, usize)> = Vec::with_capacity(one.len());
    for band in 0..PLACES / BAND {
        keyed.clear();
        keyed.extend(one.iter().map(|&at| (band_key(&entries[at].sketch, band), at)));
        keyed.sort_unstable();
        for run in keyed.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
            join_close(run.iter().map(|(_, at)| *at), entries, NEAR, sets);
        }
    }
}

/// Joins articles of one id that have much in common: one page, read at different times.
fn versions(entries: &[Entry], sets: &mut Sets) {
    let mut by_id: Vec<usize> = (0..entries.len()).collect();
    by_id.sort_by(|&a, &b| (&entries[a].id, a).cmp(&(&entries[b].id, b)));
    for run in by_id.chunk_by(|&a, &b| entries[a].id == entries[b].id).filter(|run| run.len() > 1) {
        join_close(run.iter().copied(), entries, VERSION, sets);
    }
}

fn join_close(run: impl Iterator<Item = usize>, entries: &[Entry], least: usize, sets: &mut Sets) {
    let run: Vec<usize> = run.collect();
    for (number, &b) in run.iter().enumerate() {
        for &a in run[number.saturating_sub(MOST_COMPARED)..number].iter().rev() {
            if sets.root(a) != sets.root(b) && agree(&entries[a].sketch, &entries[b].sketch) >= least {
                sets.join(a, b);
            }
        }
    }
}

fn place(sketch: &Sketch, at: usize) -> u8 {
    (sketch[at / 8] >> (at % 8 * 8)) as u8
}

fn band_key(sketch: &Sketch, band: usize) -> u32 {
    (0..BAND).fold(0, |key, at| key << 8 | u32::from(place(sketch, band * BAND + at)))
}

/// How many places of two sketches are equal.
fn agree(a: &Sketch, b: &Sketch) -> usize {
    if *a == [0; 16] || *b == [0; 16] {
        return 0;
    }
    (0..PLACES).filter(|&at| place(a, at) == place(b, at)).count()
}

/// Disjoint sets with path halving; the smaller index is the root.
struct Sets(Vec<usize>);

impl Sets {
    fn new(size: usize) -> Sets {
        Sets((0..size).collect())
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text of that many words, drawn from 500.
    fn text(seed: u64, words: usize) -> Vec<String> {
        (0..words as u64).map(|at| format!("w{}", mixed(seed << 32 | at) % 500)).collect()
    }

    fn sketched(words: &[String]) -> Sketch {
        sketch(Hashes::of(&words.join(" ")).all())
    }

    /// Estimated similarity of a text and one with every `step`th word replaced.
    fn estimate(words: usize, step: usize, seed: u64) -> f64 {
        let one = text(seed, words);
        let mut other = one.clone();
        for at in (step..words).step_by(step) {
            other[at] = format!("x{at}");
        }
        agree(&sketched(&one), &sketched(&other)) as f64 / PLACES as f64
    }

    #[test]
    fn the_estimate_is_near_the_similarity() {
        // One word of 40 replaced breaks 3 of 40 runs: 37 of 43 are shared, 0.86.
        for (step, wanted) in [(40, 37.0 / 43.0), (10, 7.0 / 13.0)] {
            let mean = (0..40).map(|seed| estimate(400, step, seed)).sum::<f64>() / 40.0;
            assert!((mean - wanted).abs() < 0.03, "{step}: {mean} for {wanted}");
        }
        let apart = agree(&sketched(&text(1, 400)), &sketched(&text(2, 400)));
        assert!(apart < 20, "{apart}");
    }

    #[test]
    fn passages_and_quotes() {
        let of_passage = |text: &str| of_passage(Hashes::of(text).all());
        let passage =
            of_passage("The dam will hold through the winter, the governor told reporters in the town.");
        let edited =
            of_passage("The dam will hold through the winter, the governor told reporters in the city.");
        let other = of_passage("Rain fell on the harvest for a third week, and the farmers asked for help.");
        assert!(passages_alike(passage, edited) && !passages_alike(passage, other));
        assert_eq!(of_quote("We won’t go!", "Ann Lee"), of_quote("we won't go", "ann lee"));
        assert_ne!(of_quote("We will go", "Ann Lee"), of_quote("We will go", "Bo Lee"));
        assert_ne!(of_quote("a b", "c"), of_quote("a", "b c"));
    }

    #[test]
    fn words_are_hashed_alike_wherever_they_stand() {
        let words = |text: &str| Hashes::of(text).all().to_vec();
        assert_eq!(words("The DAM’s won't — Łódź, 3.5%"), words("the dams wont łódź 3 5"));
        assert_eq!(words("’tis 'quoted' rock’n’roll").len(), 3);
        assert_ne!(words("ab"), words("ba"));
        assert_eq!((words(""), words("— …")), (Vec::new(), Vec::new()));
        let text = "One “two” three’s four";
        let hashes = Hashes::of(text);
        for part in ["One", "“two” three’s", "three’s four", "four"] {
            let start = text.find(part).unwrap_or_default() as u32;
            assert_eq!(hashes.within(start..start + part.len() as u32), words(part), "{part}");
        }
    }

    fn entry(copy: u64, id: &str, words: &[String]) -> Entry {
        let text = words.join(" ");
        Entry { copy, id: id.into(), body: of_quote(&text, ""), sketch: sketched(words) }
    }

    #[test]
    fn stories_do_not_depend_on_order() {
        let mut entries = Vec::new();
        for seed in 0..30 {
            let words = text(seed, 300);
            let mut edited = words.clone();
            edited[150] = "changed".into();
            let mut rewritten = words.clone();
            (0..300).step_by(7).for_each(|at| rewritten[at] = format!("y{at}"));
            entries.push(entry(seed * 10, &format!("a{seed}"), &words));
            entries.push(entry(seed * 10 + 1, &format!("b{seed}"), &words));
            entries.push(entry(seed * 10 + 2, &format!("c{seed}"), &edited));
            // The same page later, much rewritten; and the same words under another id.
            entries.push(entry(seed * 10 + 3, &format!("a{seed}"), &rewritten));
            entries.push(entry(seed * 10 + 4, &format!("z{seed}"), &text(1000 + seed, 300)));
        }
        let found = stories(entries.clone());
        assert_eq!(found.len(), 30 * 4);
        for seed in 0..30 {
            let story = |number: u64| found.get(&(seed * 10 + number));
            assert!((1..4).all(|number| story(number) == story(0)) && story(4).is_none());
        }
        entries.reverse();
        assert_eq!(stories(entries.clone()), found);
        entries.rotate_left(37);
        assert_eq!(stories(entries), found);
    }

    #[test]
    fn short_texts_are_copies_only_when_equal() {
        let words = |text: &str| text.split(' ').map(str::to_string).collect::<Vec<_>>();
        let one = words("no comment today");
        let found = stories(vec![
            entry(1, "a", &one),
            entry(2, "b", &one),
            entry(3, "c", &words("no comment tomorrow")),
        ]);
        assert_eq!((found.len(), found.get(&1)), (2, found.get(&2)));
    }
}
