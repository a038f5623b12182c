//! What one model keeps from text to text: sums that are asked for again and again, and room to work in.

use super::table::{Asked, Scratch, Sums};

/// Places from which a word is looked at: itself, or as a neighbour of the token that is scored.
pub const VIEWS: usize = 6;

/// Sums that are kept: aligned so that none lies on two lines of the cache.
#[repr(align(32))]
#[derive(Clone, Copy, Default)]
pub(super) struct Kept(pub Sums);

/// Sums of one model's weights that are asked for again and again.
#[derive(Default)]
pub(super) struct Cache {
    /// For each word the sums of its letters from each view.
    pub surfaces: Vec<[Kept; VIEWS]>,
    /// Whether they are there.
    pub known: Vec<State>,
    pub memo: Memo,
    pub batch: Batch,
}

/// Number of sums that are remembered between texts: a power of two.
pub(super) const REMEMBERED: usize = 1 << 12;

/// Sums of groups by their signs, kept as long as no other group takes their place.
#[derive(Default)]
pub(super) struct Memo {
    /// The sign that each place holds; zero until it is used.
    pub signs: Vec<u64>,
    pub states: Vec<State>,
    /// The sums of that sign.
    pub sums: Vec<Kept>,
}

/// Whether sums are known.
#[derive(Clone, Copy, Default, PartialEq)]
pub(super) enum State {
    #[default]
    Unknown,
    Known,
    /// They are added up in this place of the batch, of several the first.
    Waiting(u32),
}

/// What is gathered until enough keys are there.
#[derive(Default)]
pub(super) struct Batch {
    /// Keys and the number of the sums that they count for.
    pub keys: Vec<Asked>,
    pub sums: Vec<Sums>,
    /// Which sums are a token's own.
    pub tokens: Vec<u32>,
    /// Sums to which others are added.
    pub uses: Vec<(u32, u32)>,
    /// Places of the memo that wait, and words.
    pub groups: Vec<(usize, u32)>,
    pub words: Vec<(usize, u32)>,
    pub scratch: Scratch,
}
