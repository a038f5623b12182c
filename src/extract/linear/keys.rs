//! How the keys of features are taken: as they are for training, summed up for labelling.
//!
//! Most of what is looked at changes little from token to token, or takes few values. Features that hang
//! on nothing else are put as a group with a sign that says all they hang on: whoever sums weights does so
//! once for each sign. The sums are the same either way.

use super::chain::LANES;
use super::hash::mix;
use super::model::{Kept, Model, Sums};

/// Takes the keys of one token's features.
pub trait Keys {
    /// One feature.
    fn put(&mut self, key: u32);

    /// Features that `sign` alone decides, in any text.
    fn group(&mut self, sign: u64, features: impl FnOnce(&mut dyn FnMut(u32)));

    /// Features that `sign` alone decides within a paragraph, and that mostly stay from one token to the
    /// next. Each use has its own `place`, below [`PLACES`].
    fn stays(&mut self, place: usize, sign: u64, features: impl FnOnce(&mut dyn FnMut(u32)));
}

/// Number of places for [`Keys::stays`].
pub const PLACES: usize = 8;

/// All keys, for training.
impl Keys for Vec<u32> {
    fn put(&mut self, key: u32) {
        self.push(key);
    }

    fn group(&mut self, _: u64, features: impl FnOnce(&mut dyn FnMut(u32))) {
        features(&mut |key| self.push(key));
    }

    fn stays(&mut self, _: usize, _: u64, features: impl FnOnce(&mut dyn FnMut(u32))) {
        features(&mut |key| self.push(key));
    }
}

/// Number of sums that are remembered between texts: a power of two.
const REMEMBERED: usize = 1 << 12;

/// Sums of groups by their signs, kept as long as no other group takes their place.
#[derive(Default)]
pub struct Memo {
    /// The sign that each place holds; empty until it is used.
    signs: Vec<u64>,
    /// The sums of that sign.
    sums: Vec<Kept>,
}

/// Adds up the weights of tokens. A memo must always come with the same model.
pub struct Adder<'a> {
    model: &'a Model,
    memo: &'a mut Memo,
    stays: [(u64, Sums); PLACES],
    sums: Sums,
    /// Keys whose weights are not yet added.
    waiting: [u32; WAITING],
    count: usize,
}

const WAITING: usize = 64;

impl<'a> Adder<'a> {
    /// Starts a paragraph.
    pub fn new(model: &'a Model, memo: &'a mut Memo) -> Adder<'a> {
        // No sign is zero, see `Adder::group`.
        memo.signs.resize(REMEMBERED, 0);
        memo.sums.resize(REMEMBERED, Kept::default());
        let stays = [(u64::MAX, [0; LANES]); PLACES];
        Adder { model, memo, stays, sums: [0; LANES], waiting: [0; WAITING], count: 0 }
    }

    /// The sums since the last call: those of a token.
    pub fn take(&mut self) -> Sums {
        self.settle();
        std::mem::take(&mut self.sums)
    }

    fn settle(&mut self) {
        self.model.add_all(&self.waiting[..self.count], &mut self.sums);
        self.count = 0;
    }

    /// The sums of a group alone.
    fn apart(model: &Model, features: impl FnOnce(&mut dyn FnMut(u32))) -> Sums {
        let mut sums = [0; LANES];
        features(&mut |key| model.add(key, &mut sums));
        sums
    }
}

/// Adds one row of sums to another.
#[inline]
pub fn add(sums: &mut Sums, more: &Sums) {
    for (sum, more) in sums.iter_mut().zip(more) {
        *sum = sum.wrapping_add(*more);
    }
}

impl Keys for Adder<'_> {
    #[inline]
    fn put(&mut self, key: u32) {
        if self.count == WAITING {
            self.settle();
        }
        self.waiting[self.count] = key;
        self.count += 1;
    }

    #[inline]
    fn group(&mut self, sign: u64, features: impl FnOnce(&mut dyn FnMut(u32))) {
        let sign = mix(sign) | 1 << 63;
        let place = sign as usize & (REMEMBERED - 1);
        if self.memo.signs[place] != sign {
            self.memo.signs[place] = sign;
            self.memo.sums[place] = Kept(Adder::apart(self.model, features));
        }
        add(&mut self.sums, &self.memo.sums[place].0);
    }

    #[inline]
    fn stays(&mut self, place: usize, sign: u64, features: impl FnOnce(&mut dyn FnMut(u32))) {
        let entry = &mut self.stays[place];
        if entry.0 != sign {
            *entry = (sign, Adder::apart(self.model, features));
        }
        add(&mut self.sums, &entry.1);
    }
}
