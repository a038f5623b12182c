//! How the keys of features are taken: as they are for training, summed up for labelling.
//!
//! Most of what is looked at changes little from token to token, or takes few values. Features that hang
//! on nothing else are put as a group with a sign that says all they hang on: whoever sums weights does so
//! once for each sign. The sums are the same either way.

/// Takes the keys of one token's features.
pub trait Keys {
    /// One feature.
    fn put(&mut self, key: u32);

    /// Features that `sign` alone decides, in any text.
    fn group(&mut self, sign: u64, features: impl FnOnce(&mut Self));

    /// Features that `sign` alone decides within a paragraph, and that mostly stay from one token to the
    /// next. Each use has its own `place`, below [`PLACES`].
    fn stays(&mut self, place: usize, sign: u64, features: impl FnOnce(&mut Self));
}

/// Number of places for [`Keys::stays`].
pub const PLACES: usize = 8;

/// All keys, for training.
impl Keys for Vec<u32> {
    fn put(&mut self, key: u32) {
        self.push(key);
    }

    fn group(&mut self, _: u64, features: impl FnOnce(&mut Self)) {
        features(self);
    }

    fn stays(&mut self, _: usize, _: u64, features: impl FnOnce(&mut Self)) {
        features(self);
    }
}
