//! What one model keeps from text to text: sums that are asked for again and again, and room to work in.

use super::chain::Sums;
use super::table::{Asked, Scratch};

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
    /// Whether they are there: a byte each, so that those of all words stay near.
    pub known: Vec<Known>,
    /// Groups, each in the place that its sign names.
    pub memo: Vec<Group>,
    pub batch: Batch,
}

impl Cache {
    /// Forgets what is kept of words, as their numbers will mean others. Signs of groups mean the same for ever.
    pub fn forget_words(&mut self) {
        self.surfaces.clear();
        self.known.clear();
    }
}

/// Number of sums that are remembered between texts: a power of two.
pub(super) const REMEMBERED: usize = 1 << 12;

/// The sums of a group by its sign, kept as long as no other group takes their place; all on one line of memory.
#[repr(align(64))]
#[derive(Clone, Copy, Default)]
pub(super) struct Group {
    pub sums: Sums,
    /// Zero until the place is used.
    pub sign: u64,
    pub state: State,
}

/// Whether the sums of a group are known.
#[derive(Clone, Copy, Default, PartialEq)]
pub(super) enum State {
    #[default]
    Unknown,
    Known,
    /// They are added up in this place of the batch.
    Waiting(u32),
}

/// Whether the sums of a word are known.
#[derive(Clone, Copy, Default, PartialEq)]
pub(super) enum Known {
    #[default]
    No,
    /// They are added up in the batch.
    Soon,
    Yes,
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
    /// Places of the memo that wait, each with its sums.
    pub groups: Vec<(usize, u32)>,
    /// Words that wait, each with the first of its sums.
    pub words: Vec<(usize, u32)>,
    pub scratch: Scratch,
}
