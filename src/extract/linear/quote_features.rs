//! What the quote model looks at beyond the words themselves: quote marks, reporting words, clauses,
//! names, and the sentences and paragraphs around.

use std::num::NonZeroU32;
use std::ops::Range;

use super::hash::{key, pair};
use super::keys::Keys;
use super::name_features::{Scene, Zone};
use super::words::{BOUNDARY, Mark, Side, Word, Words};

/// Class from which a word counts as a strong reporting word.
const STRONG: u8 = 2;

/// From so many tokens behind the start of a quoted run on, up to as many before its end, tokens are not looked at:
/// their labels follow from those around.
const DEEP: usize = 5;

/// One token of a paragraph with what its neighbourhood says.
#[derive(Clone, Copy, Default)]
struct Spot {
    word: u32,
    /// Label of the name it is part of.
    name: u8,
    /// 0 outside quote marks, 1 between two, 2 after one that is never closed.
    quoted: u8,
    /// First and last token of the quoted run.
    run: (u32, u32),
    /// Number of its sentence in the paragraph.
    sentence: u32,
    left_cue: Option<Hit>,
    right_cue: Option<Hit>,
    left_mark: Option<Hit>,
    right_mark: Option<Hit>,
    left_name: Option<Hit>,
    right_name: Option<Hit>,
}

/// A token found to one side, and what lies between: small, because each token of a text has six of them.
#[derive(Clone, Copy)]
struct Hit(NonZeroU32);

/// Bits of a [`Hit`] that say which token.
const TOKEN_BITS: u32 = 26;

impl Hit {
    /// Nothing lies between yet. No paragraph has so many tokens that its last ones are taken for one.
    fn new(token: usize) -> Hit {
        Hit(NonZeroU32::MIN.saturating_add((token as u32).min((1 << TOKEN_BITS) - 2)))
    }

    fn token(self) -> usize {
        (self.0.get() & ((1 << TOKEN_BITS) - 1)) as usize - 1
    }

    /// One bit for each kind of separator on the way; for clause marks, whether a cue is.
    fn between(self) -> u64 {
        u64::from(self.0.get() >> TOKEN_BITS)
    }

    /// Notes a separator, one of six bits.
    fn pass(&mut self, bit: u32) {
        self.0 |= bit << TOKEN_BITS;
    }
}

#[derive(Clone, Copy, Default)]
struct Sentence {
    start: usize,
    end: usize,
    cue: bool,
    reports: bool,
    quoted: bool,
    name: bool,
}

impl Sentence {
    /// See [`Paragraph::loud`].
    fn is_loud(&self) -> bool {
        self.reports || self.quoted
    }
}

/// A paragraph, read for the quote model.
pub struct Paragraph {
    spots: Vec<Spot>,
    sentences: Vec<Sentence>,
    /// State that neighbouring paragraphs see: has quote marks, starts with one, has a strong cue.
    pub state: u8,
}

/// Distances in eight steps.
pub fn step(distance: usize) -> u64 {
    match distance {
        0..=4 => distance as u64,
        5..=7 => 5,
        8..=15 => 6,
        16..=31 => 7,
        _ => 8,
    }
}

impl Paragraph {
    /// Reads the tokens of a zone; `names` has a label for every token of the article.
    pub fn new(scene: &Scene, zone: Zone, names: &[u8], words: &Words) -> Paragraph {
        let spots: Vec<Spot> = (zone.start..zone.end)
            .map(|token| Spot {
                word: scene.id(token),
                name: names.get(token).copied().unwrap_or(0),
                ..Spot::default()
            })
            .collect();
        let mut paragraph = Paragraph { spots, sentences: Vec::new(), state: 0 };
        paragraph.mark_quotes(words);
        paragraph.mark_sentences(words);
        paragraph.look_both_ways(words);
        let (mut quoted, mut cue) = (false, false);
        for sentence in &paragraph.sentences {
            quoted |= sentence.quoted;
            cue |= sentence.cue;
        }
        let opens = paragraph.spots.first().is_some_and(|spot| spot.quoted > 0);
        paragraph.state = u8::from(quoted) | u8::from(opens) << 1 | u8::from(cue) << 2;
        paragraph
    }

    /// 0 outside quote marks, 1 between two, 2 after one that is never closed.
    pub fn quoted(&self, at: usize) -> u8 {
        self.spots.get(at).map_or(0, |spot| spot.quoted)
    }

    /// The word at `at`, in small letters, as a hash; beyond the ends the boundary's.
    pub fn lower(&self, at: Option<usize>, words: &Words) -> u64 {
        self.word_at(at, words).lower
    }

    /// Number of the sentence of a token, both counted in the paragraph.
    pub fn sentence(&self, at: usize) -> usize {
        self.spots.get(at).map_or(0, |spot| spot.sentence as usize)
    }

    /// Where the sentence of a token starts, in tokens of the paragraph.
    pub fn sentence_start(&self, at: usize) -> usize {
        self.sentences.get(self.sentence(at)).map_or(0, |sentence| sentence.start)
    }

    /// How many sentences it has.
    pub fn sentence_count(&self) -> usize {
        self.sentences.len()
    }

    /// Stretches between quote marks, marks included, in tokens of the paragraph.
    pub fn quoted_runs(&self) -> Vec<(usize, usize)> {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for spot in self.spots.iter().filter(|spot| spot.quoted > 0) {
            let run = (spot.run.0 as usize, spot.run.1 as usize + 1);
            if runs.last() != Some(&run) {
                runs.push(run);
            }
        }
        runs
    }

    /// True for a token far from both ends of a quoted run: whatever the run is, this is inside it.
    pub fn is_deep(&self, at: usize) -> bool {
        let spot = &self.spots[at];
        let (start, end) = (spot.run.0 as usize, spot.run.1 as usize);
        spot.quoted == 1 && at >= start + DEEP && at + DEEP <= end
    }

    /// Tokens that are not deep.
    pub fn shallow(&self, within: Range<usize>) -> impl Iterator<Item = usize> + '_ {
        within.filter(|&at| !self.is_deep(at))
    }

    /// True when nothing in it can be reported speech: no mark, no strong reporting word.
    pub fn is_silent(&self, words: &Words) -> bool {
        self.spots.iter().all(|spot| spot.quoted == 0 && words.all[spot.word as usize].cue < STRONG)
    }

    /// True when any sentence is in [`Paragraph::loud`].
    pub fn is_loud(&self) -> bool {
        self.sentences.iter().any(Sentence::is_loud)
    }

    /// Stretches of sentences in which there is a quote mark or a word that often reports.
    ///
    /// Little else is reported speech, and most of what the model would find there is none.
    pub fn loud(&self) -> Vec<(usize, usize)> {
        let mut all: Vec<(usize, usize)> = Vec::new();
        for sentence in self.sentences.iter().filter(|one| one.is_loud()) {
            match all.last_mut() {
                Some(last) if last.1 == sentence.start => last.1 = sentence.end,
                _ => all.push((sentence.start, sentence.end)),
            }
        }
        all
    }

    fn word<'w>(&self, at: usize, words: &'w Words) -> &'w Word {
        &words.all[self.spots[at].word as usize]
    }

    /// The word at `at`, or the boundary.
    fn word_at<'w>(&self, at: Option<usize>, words: &'w Words) -> &'w Word {
        let id = at.and_then(|at| self.spots.get(at)).map_or(BOUNDARY, |spot| spot.word);
        &words.all[id as usize]
    }

    /// Pairs quote marks; single ones only where there are no double ones.
    fn mark_quotes(&mut self, words: &Words) {
        let double =
            self.spots.iter().any(|spot| matches!(words.all[spot.word as usize].mark, Mark::Double(_)));
        let mut open: Option<usize> = None;
        for at in 0..self.spots.len() {
            let side = match self.word(at, words).mark {
                Mark::Double(side) => side,
                Mark::Single(side) if !double => side,
                _ => continue,
            };
            match (open, side) {
                (Some(start), Side::Close | Side::Either) => {
                    self.quote(start, at, 1);
                    open = None;
                }
                (_, Side::Open | Side::Either) => open = Some(at),
                (None, Side::Close) => {}
            }
        }
        if let (Some(start), true) = (open, double) {
            self.quote(start, self.spots.len() - 1, 2);
        }
    }

    fn quote(&mut self, start: usize, end: usize, state: u8) {
        for spot in &mut self.spots[start..=end] {
            spot.quoted = state;
            spot.run = (start as u32, end as u32);
        }
    }

    fn mark_sentences(&mut self, words: &Words) {
        let count = self.spots.len();
        let mut start = 0;
        for at in 0..count {
            if at + 1 == count || self.ends_sentence(at, words) {
                let number = self.sentences.len() as u32;
                let mut sentence = Sentence { start, end: at + 1, ..Sentence::default() };
                for spot in &mut self.spots[start..=at] {
                    spot.sentence = number;
                    let word = &words.all[spot.word as usize];
                    sentence.cue |= word.cue >= STRONG;
                    sentence.reports |= word.reports;
                    sentence.quoted |= spot.quoted > 0;
                    sentence.name |= (1..=8).contains(&spot.name);
                }
                self.sentences.push(sentence);
                start = at + 1;
            }
        }
    }

    fn ends_sentence(&self, at: usize, words: &Words) -> bool {
        let closes = |mark: Mark| {
            matches!(mark, Mark::Double(Side::Close | Side::Either) | Mark::Single(Side::Close) | Mark::Close)
        };
        let next = self.word(at + 1, words);
        match self.word(at, words).mark {
            Mark::End => !closes(next.mark) && next.mark != Mark::Comma && !next.small,
            mark if closes(mark) && at > 0 => {
                self.word(at - 1, words).mark == Mark::End
                    && (next.capital || matches!(next.mark, Mark::Double(Side::Open | Side::Either)))
            }
            _ => false,
        }
    }

    fn look_both_ways(&mut self, words: &Words) {
        // In all others nothing is labelled.
        for sentence in self.sentences.iter().filter(|sentence| sentence.is_loud()) {
            let (start, end) = (sentence.start, sentence.end);
            let mut look = Look::default();
            for at in start..end {
                let spot = &mut self.spots[at];
                (spot.left_cue, spot.left_mark, spot.left_name) = (look.cue, look.mark, look.name);
                look.pass(at, spot, &words.all[spot.word as usize]);
            }
            let mut look = Look::default();
            for at in (start..end).rev() {
                let spot = &mut self.spots[at];
                (spot.right_cue, spot.right_mark, spot.right_name) = (look.cue, look.mark, look.name);
                look.pass(at, spot, &words.all[spot.word as usize]);
            }
        }
    }
}

/// What was passed on the way through a sentence.
#[derive(Default)]
struct Look {
    cue: Option<Hit>,
    mark: Option<Hit>,
    name: Option<Hit>,
}

impl Look {
    fn pass(&mut self, at: usize, spot: &Spot, word: &Word) {
        let bit = match word.mark {
            Mark::Comma => 1,
            Mark::Double(_) => 2,
            Mark::That => 4,
            Mark::Pause => 8,
            Mark::Who => 16,
            Mark::And => 32,
            _ => 0,
        };
        for hit in [&mut self.cue, &mut self.name].into_iter().flatten() {
            hit.pass(bit);
        }
        let cue = word.cue >= STRONG;
        if cue {
            if let Some(mark) = &mut self.mark {
                mark.pass(1);
            }
            if spot.quoted == 0 {
                self.cue = Some(Hit::new(at));
            }
        }
        let separates = matches!(
            word.mark,
            Mark::Comma | Mark::Double(_) | Mark::That | Mark::Pause | Mark::Who | Mark::If
        );
        if separates {
            self.mark = Some(Hit::new(at));
        }
        if (1..=8).contains(&spot.name) {
            self.name = Some(Hit::new(at));
        }
    }
}

/// The places of [`Keys::stays`].
mod place {
    pub const RUN: usize = 0;
    pub const LEFT_CUE: usize = 1;
    pub const RIGHT_CUE: usize = 2;
    pub const LEFT_MARK: usize = 3;
    pub const RIGHT_MARK: usize = 4;
    pub const SENTENCE: usize = 5;
}

/// Sets the signs of groups apart from each other.
mod group {
    pub const RUN: u64 = 1 << 56;
    pub const CUES: u64 = 2 << 56;
    pub const POSITION: u64 = 3 << 56;
    pub const WORD: u64 = 4 << 56;
    pub const CUES_BESIDE: u64 = 5 << 56;
    pub const NAMES_BESIDE: u64 = 6 << 56;
    pub const NAMES: u64 = 7 << 56;
}

impl Paragraph {
    /// Keys of a token; `before` and `after` are the states of the neighbouring paragraphs.
    pub fn keys(&self, at: usize, before: u8, after: u8, words: &Words, keys: &mut impl Keys) {
        self.quote_keys(at, words, keys);
        self.cue_keys(at, words, keys);
        self.clause_keys(at, words, keys);
        self.sentence_keys(at, before, after, words, keys);
        self.word_keys(at, words, keys);
        self.name_keys(at, words, keys);
    }

    fn quote_keys(&self, at: usize, words: &Words, keys: &mut impl Keys) {
        let spot = &self.spots[at];
        if spot.quoted == 0 {
            return;
        }
        let (start, end) = (spot.run.0 as usize, spot.run.1 as usize);
        let (left, right, length) = (step(at - start), step(end - at), step(end - start));
        keys.group(group::RUN | left << 16 | right << 8 | length, |keys| {
            keys.put(key(8001, left));
            keys.put(key(8002, right));
            keys.put(key(8003, length * 16 + left.min(3)));
            keys.put(key(8004, length * 16 + right.min(3)));
        });
        keys.stays(place::RUN, start as u64, |keys| {
            let edges = u64::from(start == 0) * 2 + u64::from(end + 1 == self.spots.len());
            keys.put(key(8005, edges * 4 + u64::from(spot.quoted)));
            keys.put(key(8006, self.word_at(end.checked_sub(1), words).lower));
            keys.put(key(8007, self.word_at(start.checked_sub(1), words).lower));
            let (next, second) = (self.word_at(Some(end + 1), words), self.word_at(Some(end + 2), words));
            keys.put(key(8008, next.lower));
            keys.put(key(8009, pair(next.lower, second.lower)));
            let capital = u64::from(self.word_at(Some(start + 1), words).capital);
            keys.put(key(8010, capital * 16 + length.min(5)));
            keys.put(key(8011, u64::from(next.cue.max(second.cue)) * 8 + length.min(5)));
        });
    }

    /// What the nearest reporting words on both sides say, each alone and together.
    fn cue_keys(&self, at: usize, words: &Words, keys: &mut impl Keys) {
        let spot = &self.spots[at];
        let quoted = u64::from(spot.quoted);
        self.side_keys(spot.left_cue, (8020, place::LEFT_CUE), words, keys);
        self.side_keys(spot.right_cue, (8030, place::RIGHT_CUE), words, keys);
        let far = |cue: Option<Hit>| cue.map(|cue| (step(at.abs_diff(cue.token())), cue.between()));
        let (left, right) = (far(spot.left_cue), far(spot.right_cue));
        let sign = |cue: Option<(u64, u64)>| cue.map_or(0xffff, |(step, between)| step * 64 + between);
        keys.group(group::CUES | sign(left) << 32 | sign(right) << 16 | quoted, |keys| {
            if let Some((step, between)) = left {
                keys.put(key(8020, step * 64 + between));
            }
            if let Some((step, between)) = right {
                keys.put(key(8030, step * 64 + between));
            }
            let rough =
                |cue: Option<(u64, u64)>| cue.map_or(NOTHING, |(step, between)| step.min(4) * 64 + between);
            let both = rough(left) * 1000 + rough(right);
            keys.put(key(8040, both));
            keys.put(key(8041, both * 4 + quoted));
            let sides = u64::from(left.is_some()) * 2 + u64::from(right.is_some());
            keys.put(key(8042, sides * 4 + quoted));
        });
    }

    fn side_keys(&self, cue: Option<Hit>, (base, place): (u32, usize), words: &Words, keys: &mut impl Keys) {
        let Some((token, between)) = cue.map(|cue| (cue.token(), cue.between())) else { return };
        let word = self.word(token, words);
        keys.stays(place, (token as u64) << 8 | between, |keys| {
            keys.put(key(base + 1, pair(word.lower, between)));
            keys.put(key(base + 3, pair(self.word_at(Some(token + 1), words).lower, between)));
            keys.put(key(base + 4, pair(self.word_at(token.checked_sub(1), words).lower, between & 7)));
            keys.put(key(base + 5, pair(u64::from(word.clusters.first[1]), between)));
        });
    }

    fn clause_keys(&self, at: usize, words: &Words, keys: &mut impl Keys) {
        let spot = &self.spots[at];
        let lower = |at: Option<usize>| self.word_at(at, words).lower;
        if let Some(hit) = spot.left_mark {
            let (token, between) = (hit.token(), hit.between());
            let mark = lower(Some(token));
            keys.stays(place::LEFT_MARK, (token as u64) << 8 | between, |keys| {
                keys.put(key(8051, pair(lower(Some(token + 1)), mark)));
                keys.put(key(8052, pair(lower(token.checked_sub(1)), mark)));
                keys.put(key(8053, pair(mark, between)));
            });
        }
        if let Some(hit) = spot.right_mark {
            let (token, between) = (hit.token(), hit.between());
            let mark = lower(Some(token));
            keys.stays(place::RIGHT_MARK, (token as u64) << 8 | between, |keys| {
                keys.put(key(8055, pair(lower(Some(token + 1)), mark)));
                keys.put(key(8056, pair(pair(lower(Some(token + 1)), lower(Some(token + 2))), mark)));
                keys.put(key(8057, pair(mark, between)));
            });
        }
    }

    fn sentence_keys(&self, at: usize, before: u8, after: u8, words: &Words, keys: &mut impl Keys) {
        let spot = &self.spots[at];
        let quoted = u64::from(spot.quoted);
        let number = spot.sentence as usize;
        let sentence = self.sentences[number];
        let (left, right) = (step(at - sentence.start).min(6), step(sentence.end - 1 - at).min(6));
        let cue = u64::from(self.word(at, words).cue);
        keys.group(group::POSITION | left << 24 | right << 16 | cue << 8 | quoted, |keys| {
            keys.put(key(8060, left));
            keys.put(key(8061, right));
            keys.put(key(8062, left.min(3) * 16 + quoted * 4 + cue));
        });
        keys.stays(place::SENTENCE, (number as u64) << 8 | quoted, |keys| {
            let around = self.around(number);
            keys.put(key(8063, around));
            keys.put(key(8064, around * 4 + quoted));
            keys.put(key(8065, (number.min(3) as u64) * 4 + quoted));
            let (first, second) =
                (self.word(sentence.start, words), self.word_at(Some(sentence.start + 1), words));
            keys.put(key(8066, first.lower));
            keys.put(key(8067, pair(first.lower, second.lower)));
            keys.put(key(8068, pair(first.lower, quoted)));
            let around = u64::from(before) * 64 + u64::from(self.state) * 8 + u64::from(after);
            keys.put(key(8100, around >> 3));
            keys.put(key(8101, (around & 63) * 4 + quoted));
            keys.put(key(8102, around * 4 + quoted));
        });
    }

    /// What a sentence and its neighbours have in them.
    fn around(&self, number: usize) -> u64 {
        let flags = |sentence: Option<&Sentence>| {
            sentence
                .map_or(8, |one| u64::from(one.cue) | u64::from(one.quoted) << 1 | u64::from(one.name) << 2)
        };
        let at = |number: Option<usize>| flags(number.and_then(|number| self.sentences.get(number)));
        (at(number.checked_sub(1)) * 16 + at(Some(number))) * 16 + at(Some(number + 1))
    }

    fn word_keys(&self, at: usize, words: &Words, keys: &mut impl Keys) {
        let quoted = u64::from(self.spots[at].quoted);
        let own = self.word(at, words);
        let (left, right) = (self.name_at(at, -1), self.name_at(at, 1));
        let all = |keys: &mut _| {
            Keys::put(keys, key(8077, pair(own.lower, quoted)));
            Keys::put(keys, key(8083, pair(left, own.lower)));
            Keys::put(keys, key(8084, pair(right, own.lower)));
        };
        if own.function || !own.letter {
            keys.group(pair(own.lower, group::WORD | left << 16 | right << 8 | quoted), all);
        } else {
            all(keys);
        }
    }

    fn name_at(&self, at: usize, offset: isize) -> u64 {
        let spot = at.checked_add_signed(offset).and_then(|at| self.spots.get(at));
        spot.map_or(16, |spot| u64::from(spot.name))
    }

    /// Reporting words and names, as such, at the token and beside it.
    fn name_keys(&self, at: usize, words: &Words, keys: &mut impl Keys) {
        let spot = &self.spots[at];
        let quoted = u64::from(spot.quoted);
        let word = |offset: isize| self.word_at(at.checked_add_signed(offset), words);
        let [before, own, after, second] = [-1, 0, 1, 2].map(|offset| u64::from(word(offset).cue));
        let [left, name, right] = [-1, 0, 1].map(|offset| self.name_at(at, offset));
        let capital = u64::from(word(0).capital);
        // Each alone takes few values.
        let cues = before << 24 | own << 18 | after << 12 | second << 6 | capital << 2 | quoted;
        keys.group(group::CUES_BESIDE | cues, |keys| {
            keys.put(key(8000, quoted * 4 + own));
            keys.put(key(8072, before * 16 + own * 4 + quoted));
            keys.put(key(8073, after * 16 + own * 4 + quoted));
            keys.put(key(8074, after * 2 + capital));
            keys.put(key(8075, second * 2 + capital));
            keys.put(key(8076, before * 2 + capital));
        });
        keys.group(group::NAMES_BESIDE | left << 48 | name << 40 | right << 32 | own, |keys| {
            keys.put(key(8080, name));
            keys.put(key(8081, left * 32 + name));
            keys.put(key(8082, name * 32 + right));
            keys.put(key(8085, left * 4 + own));
            keys.put(key(8086, right * 4 + own));
        });
        let far = |hit: Option<Hit>| {
            hit.map_or(NOTHING, |hit| step(at.abs_diff(hit.token())).min(5) * 64 + hit.between())
        };
        let (left, right) = (far(spot.left_name), far(spot.right_name));
        keys.group(group::NAMES | left << 24 | right << 8 | own, |keys| {
            keys.put(key(8087, left));
            keys.put(key(8088, right));
            keys.put(key(8089, left * 8 + own));
            keys.put(key(8090, right * 8 + own));
        });
    }
}

const NOTHING: u64 = 999;
