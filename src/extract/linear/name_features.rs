//! What the name model looks at.

use super::hash::{Hashed, key, pair};
use super::keys::Keys;
use super::model::UNKNOWN;
use super::words::{BOUNDARY, List, Mark, Word, Words};

/// Where a word stands beside the token that is scored, and the view that tells it.
pub const NEIGHBOURS: [(isize, usize); 9] =
    [(0, 0), (-1, 1), (1, 2), (-2, 3), (2, 4), (-4, 5), (-3, 5), (3, 5), (4, 5)];

/// How far the furthest of them stands.
const FURTHEST: usize = 4;

/// Counts over the whole article of one word in any case.
#[derive(Clone, Default)]
struct Seen {
    inside: u16,
    initial: u16,
    small: u16,
    after_title: u16,
    before_speech: u16,
    after_place: u16,
    before_possessive: u16,
    after_the: u16,
    last_of_run: u16,
    first_of_run: u16,
    in_body: u16,
    alone: u16,
    acronym: u16,
}

/// Most words without a capital between two capitals of one name.
const GAP: usize = 3;

/// Letters of a word that may join, as `en` and `v.` do.
const SHORT: u8 = 3;

fn more(count: &mut u16) {
    *count = count.saturating_add(1);
}

/// A stretch of tokens worth scoring: around capitals; everything else is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone {
    /// First token.
    pub start: usize,
    /// One past the last.
    pub end: usize,
}

#[derive(Clone, Copy, Default)]
struct Place {
    word: u32,
    opens: bool,
    /// The capitalised run that holds it; empty for others.
    run: (u32, u32),
}

/// The words of an article with all that is known about them before any is labelled.
pub struct Scene {
    places: Vec<Place>,
    sentences: Vec<(usize, usize)>,
    /// For each sentence that was looked at; nothing is in capitals in the others.
    habits: Vec<Habit>,
    seen: Vec<Seen>,
    /// Where in `seen` each word is, by the hash of its lower-case form.
    slot: Hashed<u32>,
}

/// Case habits of a sentence.
#[derive(Clone, Copy, Default)]
struct Habit {
    shouted: bool,
    titled: bool,
}

impl Scene {
    /// Takes the entries of the words, cut into sentences `(start, end)` of token numbers.
    pub fn new(ids: &[u32], sentences: Vec<(usize, usize)>, words: &Words) -> Scene {
        let mut scene = Scene::unseen(ids, sentences);
        (0..scene.sentences.len()).for_each(|sentence| scene.look(sentence, words));
        scene.count(words);
        scene
    }

    /// As [`Scene::new`], with nothing looked at.
    pub fn unseen(ids: &[u32], sentences: Vec<(usize, usize)>) -> Scene {
        let places = ids.iter().map(|&word| Place { word, ..Place::default() }).collect();
        let habits = vec![Habit::default(); sentences.len()];
        Scene { places, sentences, habits, seen: vec![Seen::default()], slot: Hashed::default() }
    }

    /// Looks at a sentence: enough for [`Scene::near_keys`] and [`Scene::pair_keys`] in it, which know nothing of
    /// the rest of the article.
    pub fn look(&mut self, sentence: usize, words: &Words) {
        let (start, end) = self.sentences[sentence];
        self.mark_openings(start, end, words);
        self.mark_runs(start, end, words);
        self.habits[sentence] = self.habit((start, end), words);
    }

    /// The entry of a token.
    pub fn word<'w>(&self, token: usize, words: &'w Words) -> &'w Word {
        &words.all[self.places[token].word as usize]
    }

    fn mark_openings(&mut self, start: usize, end: usize, words: &Words) {
        let mut first = true;
        for token in start..end {
            let word = self.word(token, words);
            let after_mark = token > start && self.word(token - 1, words).opens;
            self.places[token].opens = first || after_mark;
            if word.letter || word.digit {
                first = false;
            }
        }
    }

    /// Capitalised words in a row; one joining word between two of them belongs to the run.
    fn mark_runs(&mut self, start: usize, end: usize, words: &Words) {
        let mut token = start;
        while token < end {
            let after = self.run_end(token, end, words);
            let run = (token as u32, after as u32);
            self.places[token..after].iter_mut().for_each(|place| place.run = run);
            token = after.max(token + 1);
        }
    }

    /// Where the run ends that starts with a token; the token itself where none does.
    fn run_end(&self, token: usize, end: usize, words: &Words) -> usize {
        let capital = |token: usize| token < end && self.word(token, words).capital;
        let mut after = token;
        loop {
            if capital(after) {
                after += 1;
            } else if after > token && after < end && self.word(after, words).joins && capital(after + 1) {
                after += 2;
            } else {
                return after;
            }
        }
    }

    fn seen_mut(&mut self, word: u32, words: &Words) -> &mut Seen {
        let lower = words.all[word as usize].lower;
        let slot = *self.slot.entry(lower).or_insert(self.seen.len() as u32) as usize;
        if slot == self.seen.len() {
            self.seen.push(Seen::default());
        }
        &mut self.seen[slot]
    }

    fn slot_of(&self, word: &Word) -> usize {
        self.slot.get(&word.lower).map_or(0, |&slot| slot as usize)
    }

    fn seen(&self, word: &Word) -> &Seen {
        &self.seen[self.slot_of(word)]
    }

    /// Counts how the article uses its capitalised words, then in how many places they stand small.
    fn count(&mut self, words: &Words) {
        for n in 0..self.sentences.len() {
            let (start, end) = self.sentences[n];
            let habit = self.habits[n];
            if habit.shouted || habit.titled {
                // Capitals of a headline tell nothing.
                continue;
            }
            for token in start..end {
                if self.word(token, words).capital {
                    self.count_capital(token, start, end, words);
                }
            }
            let mut token = start;
            while token < end {
                let (from, to) = self.places[token].run;
                if to == 0 {
                    token += 1;
                    continue;
                }
                self.count_run(from as usize, to as usize, words);
                token = to as usize;
            }
        }
        for token in 0..self.places.len() {
            let id = self.places[token].word;
            let word = &words.all[id as usize];
            let slot = if word.small { self.slot_of(word) } else { 0 };
            if slot != 0 {
                more(&mut self.seen[slot].small);
            }
        }
    }

    fn count_capital(&mut self, token: usize, start: usize, end: usize, words: &Words) {
        let before = if token > start { self.word(token - 1, words) } else { &words.all[BOUNDARY as usize] };
        let after = if token + 1 < end { self.word(token + 1, words) } else { &words.all[BOUNDARY as usize] };
        let opens = self.places[token].opens;
        let seen = self.seen_mut(self.places[token].word, words);
        let count = |counter: &mut u16, when: bool| *counter = counter.saturating_add(u16::from(when));
        count(&mut seen.initial, opens);
        count(&mut seen.inside, !opens);
        count(&mut seen.after_title, before.list == List::Title);
        count(&mut seen.after_place, !before.capital && before.list == List::Place);
        count(&mut seen.after_the, !before.capital && before.list == List::The);
        count(&mut seen.before_speech, after.list == List::Speech);
        count(&mut seen.before_possessive, after.list == List::Possessive);
    }

    fn count_run(&mut self, from: usize, to: usize, words: &Words) {
        if to - from == 1 {
            more(&mut self.seen_mut(self.places[from].word, words).alone);
            return;
        }
        more(&mut self.seen_mut(self.places[to - 1].word, words).last_of_run);
        more(&mut self.seen_mut(self.places[from].word, words).first_of_run);
        let body = (from..to).any(|token| self.word(token, words).list == List::Body);
        let mut initials = String::new();
        for token in from..to {
            initials.extend(self.word(token, words).initial);
            if body {
                more(&mut self.seen_mut(self.places[token].word, words).in_body);
            }
        }
        if initials.chars().count() > 1 {
            // The acronym counts only where the article writes it.
            if let Some(id) = words.find(&initials) {
                more(&mut self.seen_mut(id, words).acronym);
            }
        }
    }

    /// The entry's number of a token.
    pub fn id(&self, token: usize) -> u32 {
        self.places[token].word
    }

    /// Number of the word's counts; the same for all its cases, 0 for words that are never capitalised.
    pub fn slot(&self, token: usize, words: &Words) -> usize {
        self.slot_of(self.word(token, words))
    }

    /// How many slots there are.
    pub fn slots(&self) -> usize {
        self.seen.len()
    }

    /// Stretches of capitals with what may belong to the same name, in order.
    pub fn zones(&self, words: &Words) -> Vec<Zone> {
        let around = |token: usize, sentence: (usize, usize)| self.around(token, sentence, words);
        self.stretches(words, around, |end, start| self.joined(end, start, words))
    }

    /// Stretches around capitals, in order: what is learned from, so that what stands beside a name is learned
    /// as well.
    pub fn wide_zones(&self, words: &Words) -> Vec<Zone> {
        // One word before a capital, two after, and gaps of up to four.
        let around = |token: usize, (start, end): (usize, usize)| {
            (token.saturating_sub(1).max(start), (token + 3).min(end))
        };
        self.stretches(words, around, |end, start| start <= end + 1)
    }

    /// What is `around` capitals, two as one where what lies between is `joined`.
    fn stretches(
        &self,
        words: &Words,
        around: impl Fn(usize, (usize, usize)) -> (usize, usize),
        joined: impl Fn(usize, usize) -> bool,
    ) -> Vec<Zone> {
        let mut zones: Vec<Zone> = Vec::new();
        for &sentence in &self.sentences {
            let mut open: Option<Zone> = None;
            for token in sentence.0..sentence.1 {
                let word = self.word(token, words);
                // `The`, `He` and `In` that open a sentence are names only with a capital beside them; all
                // in capitals, they may be short for something.
                if !word.any_capital || word.function && !word.all_capitals {
                    continue;
                }
                let (start, end) = around(token, sentence);
                open = match open {
                    Some(zone) if joined(zone.end, start) => Some(Zone { start: zone.start, end }),
                    other => {
                        zones.extend(other);
                        Some(Zone { start, end })
                    }
                };
            }
            zones.extend(open);
        }
        zones
    }

    /// A capital with what beside it may belong to its name.
    fn around(&self, token: usize, (start, end): (usize, usize), words: &Words) -> (usize, usize) {
        let at =
            |token: usize| if token < end { self.word(token, words) } else { &words.all[BOUNDARY as usize] };
        let both = |word: &Word| word.digit || word.any_capital;
        // `39th Regiment`, `The Hague`, `southern Chile`, `sub-Saharan`
        let before = match token.checked_sub(1).filter(|&before| before >= start).map(at) {
            Some(word) if both(word) || word.list == List::Way => 1,
            Some(word) if word.mark == Mark::Pause => (token - start).min(2),
            _ => 0,
        };
        // `Apollo 11`, `Seo In-guk`, `William H.`, `Stanton hospital`
        let next = at(token + 1);
        let after = match next.mark {
            Mark::Pause if at(token + 2).letter => 2,
            Mark::End if at(token).length == 1 => 1,
            _ => usize::from(both(next) || next.small && !next.function && next.list != List::Speech),
        };
        (token - before, (token + 1 + after).min(end))
    }

    /// True when all that stands between two stretches may be part of one name.
    fn joined(&self, end: usize, start: usize, words: &Words) -> bool {
        let may_join = |token: usize| {
            let word = self.word(token, words);
            word.joins || !word.letter || word.length <= SHORT
        };
        start <= end + GAP && (end..start).all(may_join)
    }

    fn number_of(&self, token: usize) -> usize {
        self.sentences.partition_point(|&(_, end)| end <= token)
    }

    /// The sentence that holds a token.
    pub fn sentence_of(&self, token: usize) -> (usize, usize) {
        self.sentences.get(self.number_of(token)).copied().unwrap_or((token, token + 1))
    }

    /// The word at `offset` from a token, or the boundary.
    pub fn neighbour(&self, token: usize, offset: isize, (start, end): (usize, usize)) -> u32 {
        match token.checked_add_signed(offset) {
            Some(at) if at >= start && at < end => self.places[at].word,
            _ => BOUNDARY,
        }
    }

    /// The words at [`NEIGHBOURS`] from a token.
    #[inline]
    pub fn neighbours(&self, token: usize, (start, end): (usize, usize)) -> [u32; NEIGHBOURS.len()] {
        let inside = token >= start + FURTHEST && token + FURTHEST < end;
        let around = self.places.get(token.wrapping_sub(FURTHEST)..).filter(|_| inside);
        match around.and_then(|around| around.first_chunk::<{ 2 * FURTHEST + 1 }>()) {
            Some(around) => NEIGHBOURS.map(|(offset, _)| around[FURTHEST.wrapping_add_signed(offset)].word),
            None => NEIGHBOURS.map(|(offset, _)| self.neighbour(token, offset, (start, end))),
        }
    }

    /// What the keys of a zone's tokens have in common.
    pub fn frame(&self, zone: Zone) -> Frame {
        let at = self.number_of(zone.start);
        let habit = self.habits.get(at).copied().unwrap_or_default();
        Frame { sentence: self.sentence_of(zone.start), habit }
    }

    /// Keys that depend on where a token of the frame's zone stands.
    pub fn keys(&self, token: usize, frame: &Frame, words: &Words, keys: &mut impl Keys) {
        self.near_keys(token, frame, words, keys);
        self.cluster_keys(token, frame, words, keys);
        if self.places[token].run.1 != 0 {
            self.around_run_keys(token, frame.sentence, words, keys);
        }
        let word = self.word(token, words);
        if word.any_capital {
            self.article_keys(token, word, keys);
        }
    }

    fn habit(&self, (start, end): (usize, usize), words: &Words) -> Habit {
        let (mut letters, mut shouted, mut capitals) = (0, 0, 0);
        for token in start..end {
            let word = self.word(token, words);
            letters += usize::from(word.letter);
            shouted += usize::from(word.all_capitals);
            capitals += usize::from(word.capital);
        }
        let all = letters > 2 && shouted * 10 >= letters * 7;
        Habit { shouted: all, titled: !all && letters > 4 && capitals * 10 >= letters * 7 }
    }

    /// As [`Scene::keys`], without pairs and groups of similar words, what stands around capitals, and what the
    /// rest of the article tells: enough where all of it is read for another reason.
    pub fn near_keys(&self, token: usize, frame: &Frame, words: &Words, keys: &mut impl Keys) {
        let Frame { sentence, habit } = *frame;
        let at = |offset: isize| &words.all[self.neighbour(token, offset, sentence) as usize];
        let (word, before, after) = (at(0), at(-1), at(1));
        let flags = u64::from(word.capital)
            | u64::from(word.all_capitals) << 1
            | u64::from(self.places[token].opens) << 2
            | u64::from(word.digit) << 3
            | u64::from(habit.shouted) << 4
            | u64::from(habit.titled) << 5
            | u64::from(word.length == 1) << 6;
        let (left, right) = (pair(before.brief, word.brief), pair(word.brief, after.brief));
        let briefs = pair(left, after.brief);
        keys.group(pair(briefs, flags), |keys| {
            keys.put(key(6005, left));
            keys.put(key(6006, right));
            keys.put(key(6007, briefs));
            keys.put(key(6008, flags));
        });
        keys.put(key(6009, pair(flags, before.lower)));
        if self.places[token].run.1 != 0 {
            self.run_keys(token, words, keys);
        }
    }

    /// Pairs of words around a token.
    pub fn pair_keys(&self, token: usize, frame: &Frame, words: &Words, keys: &mut impl Keys) {
        let at = |offset: isize| words.all[self.neighbour(token, offset, frame.sentence) as usize].lower;
        let (word, before, after) = (at(0), at(-1), at(1));
        keys.put(key(6000, pair(before, word)));
        keys.put(key(6001, pair(word, after)));
        keys.put(key(6003, pair(at(-2), before)));
        keys.put(key(6004, pair(after, at(2))));
    }

    /// Where in its capitalised run the token stands.
    fn run_keys(&self, token: usize, words: &Words, keys: &mut impl Keys) {
        let (from, to) = self.places[token].run;
        let (from, to) = (from as usize, to as usize);
        let last = self.word(to - 1, words);
        let first = self.word(from, words);
        let position = run_position(token, from, to);
        let group = |word: &Word| u64::from(word.clusters.first[1]);
        let (last_group, first_group) = (group(last), group(first));
        let sign = pair(pair(last.lower, first.lower), last_group << 40 | first_group << 16 | position);
        keys.group(sign, |keys| {
            let mut put = |template: u32, value: u64| keys.put(key(template, pair(value, position)));
            put(6100, 0);
            put(6101, last.lower);
            put(6102, first.lower);
            put(6107, last.ending);
            put(6108, last_group);
            put(6109, first_group);
        });
    }

    /// What stands around the capitalised run of a token.
    fn around_run_keys(&self, token: usize, sentence: (usize, usize), words: &Words, keys: &mut impl Keys) {
        let (from, to) = self.places[token].run;
        let (from, to) = (from as usize, to as usize);
        let at = |token: usize, offset: isize| &words.all[self.neighbour(token, offset, sentence) as usize];
        let (before, after) = (at(from, -1), at(to - 1, 1));
        let position = run_position(token, from, to);
        let group = |word: &Word| u64::from(word.clusters.first[1]);
        let mut put = |template: u32, value: u64| keys.put(key(template, pair(value, position)));
        put(6103, before.lower);
        put(6104, after.lower);
        put(6105, pair(at(from, -2).lower, before.lower));
        put(6106, pair(after.lower, at(to - 1, 2).lower));
        put(6110, group(before));
        put(6111, group(after));
    }

    /// What the words beside a token are like.
    fn cluster_keys(&self, token: usize, frame: &Frame, words: &Words, keys: &mut impl Keys) {
        let at = |offset: isize| &words.all[self.neighbour(token, offset, frame.sentence) as usize];
        let (word, before, after) = (at(0), at(-1), at(1));
        let first = |word: &Word| u64::from(word.clusters.first[1]);
        let second = |word: &Word| u64::from(word.clusters.second[1]);
        let coarse = |word: &Word| u64::from(word.clusters.first[2]);
        keys.put(key(6000, pair(before.lower, word.lower)));
        keys.put(key(6001, pair(word.lower, after.lower)));
        keys.put(key(6002, pair(before.lower, after.lower)));
        keys.put(key(6010, pair(first(before), first(word))));
        keys.put(key(6011, pair(first(word), first(after))));
        keys.put(key(6012, pair(pair(coarse(before), coarse(word)), coarse(after))));
        keys.put(key(6013, pair(first(before), word.brief)));
        keys.put(key(6014, pair(first(after), word.brief)));
        keys.put(key(6015, pair(second(before), second(word))));
        keys.put(key(6016, pair(second(word), second(after))));
    }

    /// How the rest of the article uses the word.
    fn article_keys(&self, token: usize, word: &Word, keys: &mut impl Keys) {
        let seen = self.seen(word);
        let opens = self.places[token].opens;
        let unknown = word.clusters.fine == UNKNOWN && word.clusters.second[0] == UNKNOWN;
        let group = word.clusters.first[2];
        let flags = u64::from(opens) | u64::from(unknown) << 1 | u64::from(word.all_capitals) << 2;
        keys.group(seen.sign() << 20 | u64::from(group) << 3 | flags | ARTICLE, |keys| {
            let case = few(seen.inside) * 3 + few(seen.small);
            keys.put(key(6200, case));
            keys.put(key(6201, case * 2 + u64::from(opens)));
            for (template, count) in [
                seen.after_title,
                seen.before_speech,
                seen.after_place,
                seen.before_possessive,
                seen.after_the,
            ]
            .into_iter()
            .enumerate()
            {
                if count > 0 {
                    keys.put(key(6202 + template as u32, few(count)));
                }
            }
            let signs = seen.signs();
            keys.put(key(6207, signs));
            keys.put(key(6208, pair(signs, u64::from(group))));
            keys.put(key(6209, few(seen.last_of_run) * 9 + few(seen.first_of_run) * 3 + few(seen.alone)));
            if seen.in_body > 0 {
                keys.put(key(6210, few(seen.in_body)));
            }
            if word.all_capitals {
                keys.put(key(6211, few(seen.acronym)));
            }
            if unknown {
                keys.put(key(6212, signs));
            }
        });
    }
}

/// Where between the ends of its run a token stands, from both ends up to three.
fn run_position(token: usize, from: usize, to: usize) -> u64 {
    ((token - from).min(3) * 8 + (to - 1 - token).min(3)) as u64
}

/// Sets the signs of [`Scene::keys`] about the article apart from all others.
const ARTICLE: u64 = 1 << 62;

fn few(count: u16) -> u64 {
    u64::from(count.min(2))
}

impl Seen {
    /// All counts that are looked at, as none, one or more.
    fn sign(&self) -> u64 {
        let counts = [
            self.inside,
            self.small,
            self.after_title,
            self.before_speech,
            self.after_place,
            self.before_possessive,
            self.after_the,
            self.last_of_run,
            self.first_of_run,
            self.in_body,
            self.alone,
            self.acronym,
        ];
        counts.iter().fold(0, |sign, &count| sign << 2 | few(count))
    }

    fn signs(&self) -> u64 {
        let signs = [
            self.after_title,
            self.before_speech,
            self.after_place,
            self.last_of_run,
            self.first_of_run,
            self.in_body,
            self.alone,
            self.after_the,
        ];
        signs.iter().fold(0, |bits, &count| bits * 2 + u64::from(count > 0))
    }
}

/// What is worked out once for the tokens of a zone.
pub struct Frame {
    /// The sentence that holds the zone.
    pub sentence: (usize, usize),
    habit: Habit,
}
