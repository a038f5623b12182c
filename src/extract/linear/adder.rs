//! Sums of the weights of an article's tokens.
//!
//! Keys are gathered over many tokens and looked up together ([`Weights`](super::table)): most lie where
//! memory is slow, and what is asked for at once comes at once. What can be summed up once and used again is
//! kept: the letters of a word, and groups of features with a sign.

use std::hint::black_box;

use super::cache::{Cache, Group, Kept, Known, REMEMBERED, State, VIEWS};
use super::chain::{LANES, Running, Sums, add};
use super::hash::mix;
use super::keys::{Keys, PLACES};
use super::model::Model;
use super::name_features::{NEIGHBOURS, Scene};
use super::table::Asked;
use super::words::{Words, surface};

/// Keys looked up together: as many as leave their lines in the nearer caches.
const TOGETHER: usize = 512;

/// Adds up the weights of tokens. A cache must always come with the same model.
pub(super) struct Adder<'a> {
    model: &'a Model,
    cache: &'a mut Cache,
    stays: [(u64, u32); PLACES],
    /// Number of the sums of the token that is looked at.
    own: u32,
    done: Vec<Sums>,
}

impl<'a> Adder<'a> {
    /// Starts with the first of so many tokens.
    pub fn new(model: &'a Model, cache: &'a mut Cache, tokens: usize) -> Adder<'a> {
        // No sign is zero, see `Adder::group`.
        cache.memo.resize(REMEMBERED, Group::default());
        cache.batch.sums.clear();
        cache.batch.sums.push([0; LANES]);
        Adder { model, cache, stays: [NO_STAY; PLACES], own: 0, done: Vec::with_capacity(tokens) }
    }

    /// Starts a stretch of text in which [`Keys::stays`] means something else than before.
    pub fn start(&mut self) {
        self.stays = [NO_STAY; PLACES];
    }

    /// Asks for the lines of memory that hold what is kept of words, see [`Table`](super::table).
    pub fn touch(&self, ids: &[u32]) {
        let kept = ids.iter().filter_map(|&id| self.cache.surfaces.get(id as usize));
        black_box(
            kept.fold(0, |all, views| views.iter().step_by(2).fold(all, |all, Kept(sums)| all ^ sums[0])),
        );
    }

    /// All that the letters of a token and its neighbours add.
    #[inline]
    pub fn surfaces(&mut self, scene: &Scene, token: usize, sentence: (usize, usize), words: &Words) {
        // Nothing else is added to the token's own sums in the meantime.
        let mut sums = Running::from(&self.cache.batch.sums[self.own as usize]);
        for (id, (_, view)) in scene.neighbours(token, sentence).into_iter().zip(NEIGHBOURS) {
            self.surface(words, id, view, &mut sums);
        }
        self.cache.batch.sums[self.own as usize] = sums.sums();
    }

    /// Goes on to the next token.
    pub fn next(&mut self) {
        self.cache.batch.tokens.push(self.own);
        if self.cache.batch.keys.len() >= TOGETHER {
            self.settle();
        }
        self.own = self.place();
    }

    /// The sums of all tokens, in order.
    pub fn finish(mut self) -> Vec<Sums> {
        self.settle();
        self.done
    }

    /// Adds all that the letters of a word add when it is looked at from `view`, now or when it is known.
    #[inline]
    fn surface(&mut self, words: &Words, id: u32, view: usize, sums: &mut Running) {
        if self.cache.known.get(id as usize) == Some(&Known::Yes) {
            sums.add(&self.cache.surfaces[id as usize][view].0);
        } else {
            let first = self.look(words, id);
            self.cache.batch.uses.push((self.own, first + view as u32));
        }
    }

    /// Asks for the sums of a word's letters from all views, once in a batch.
    #[cold]
    fn look(&mut self, words: &Words, id: u32) -> u32 {
        if self.cache.known.get(id as usize) == Some(&Known::Soon) {
            let waiting = self.cache.batch.words.iter().rev().find(|(word, _)| *word == id as usize);
            if let Some(&(_, first)) = waiting {
                return first;
            }
        }
        let all = words.all.len().max(id as usize + 1);
        self.cache.known.resize(all, Known::No);
        self.cache.surfaces.resize(all, [Kept::default(); VIEWS]);
        let first = self.cache.batch.sums.len() as u32;
        for view in 0..VIEWS {
            self.apart(|adder| surface(words, id, view, &mut |key| adder.put(key)));
        }
        self.cache.known[id as usize] = Known::Soon;
        self.cache.batch.words.push((id as usize, first));
        first
    }

    /// A new place for sums in the batch.
    fn place(&mut self) -> u32 {
        self.cache.batch.sums.push([0; LANES]);
        self.cache.batch.sums.len() as u32 - 1
    }

    /// A new place for the sums of features that stand together.
    fn apart(&mut self, features: impl FnOnce(&mut Self)) -> u32 {
        let place = self.place();
        let own = std::mem::replace(&mut self.own, place);
        features(self);
        self.own = own;
        place
    }

    /// Looks all keys up and gives the sums to those that wait for them.
    fn settle(&mut self) {
        let Cache { surfaces, known, memo, batch } = &mut *self.cache;
        self.model.add(&batch.keys, &mut batch.sums, &mut batch.scratch);
        for (place, own) in batch.groups.drain(..) {
            // Another group may have taken the place since.
            let group = &mut memo[place];
            if group.state == State::Waiting(own) {
                (group.state, group.sums) = (State::Known, batch.sums[own as usize]);
            }
        }
        for (id, first) in batch.words.drain(..) {
            let sums = &batch.sums[first as usize..][..VIEWS];
            surfaces[id].iter_mut().zip(sums).for_each(|(kept, sums)| *kept = Kept(*sums));
            known[id] = Known::Yes;
        }
        for (to, from) in batch.uses.drain(..) {
            let from = batch.sums[from as usize];
            add(&mut batch.sums[to as usize], &from);
        }
        self.done.extend(batch.tokens.drain(..).map(|token| batch.sums[token as usize]));
        batch.keys.clear();
        // What stays is carried over to the next batch.
        let stays = self.stays.map(|(_, place)| batch.sums.get(place as usize).copied().unwrap_or_default());
        batch.sums.clear();
        for ((_, place), sums) in self.stays.iter_mut().zip(stays) {
            *place = batch.sums.len() as u32;
            batch.sums.push(sums);
        }
    }
}

/// Nothing stays yet: no place has this sign.
const NO_STAY: (u64, u32) = (u64::MAX, 0);

impl Keys for Adder<'_> {
    #[inline]
    fn put(&mut self, key: u32) {
        self.cache.batch.keys.push(Asked { key, place: self.own });
    }

    #[inline]
    fn group(&mut self, sign: u64, features: impl FnOnce(&mut Self)) {
        let sign = mix(sign) | 1 << 63;
        let place = sign as usize & (REMEMBERED - 1);
        let group = &self.cache.memo[place];
        if group.sign != sign {
            let own = self.apart(features);
            let group = &mut self.cache.memo[place];
            (group.sign, group.state) = (sign, State::Waiting(own));
            self.cache.batch.groups.push((place, own));
            self.cache.batch.uses.push((self.own, own));
        } else if let State::Waiting(from) = group.state {
            self.cache.batch.uses.push((self.own, from));
        } else {
            add(&mut self.cache.batch.sums[self.own as usize], &group.sums);
        }
    }

    #[inline]
    fn stays(&mut self, place: usize, sign: u64, features: impl FnOnce(&mut Self)) {
        if self.stays[place].0 != sign {
            self.stays[place] = (sign, self.apart(features));
        }
        let from = self.stays[place].1;
        self.cache.batch.uses.push((self.own, from));
    }
}
