//! The linear chain: best path and posterior probabilities over at most sixteen labels.
//!
//! A chain starts after label 0 and ends before it: label 0 is "outside".

use wide::{CmpEq, f32x8, i16x8};

/// Lanes of a score vector; a model has at most as many labels.
pub const LANES: usize = 16;

/// One score for each label.
pub type Scores = [f32; LANES];

/// `transitions[from][to]`, minus infinity where the scheme forbids it.
pub type Transitions = [Scores; LANES];

/// Scores in steps of [`Model::step`](super::model::Model::step).
pub type Sums = [i16; LANES];

/// Half of a row: as many as the processor takes at once.
const HALF: usize = LANES / 2;

/// A table of transitions, its rows in halves.
type Halves<T> = [[[T; HALF]; 2]; LANES];

fn in_halves<T: Copy>(table: &[[T; LANES]; LANES]) -> Halves<T> {
    table.map(|row| std::array::from_fn(|half| std::array::from_fn(|lane| row[half * HALF + lane])))
}

fn turned<T: Copy>(table: &[[T; LANES]; LANES]) -> [[T; LANES]; LANES] {
    std::array::from_fn(|lane| table.map(|row| row[lane]))
}

/// Whether a label may follow another. The first is outside; of each kind there are four, for the first of
/// several words, those inside, the last, and a single word; of the last kind none is for words inside.
pub const fn may_follow(from: usize, to: usize) -> bool {
    const BEGIN: usize = 0;
    const INSIDE: usize = 1;
    const LAST: usize = 2;
    const UNIT: usize = 3;
    const fn parts(label: usize) -> (usize, usize) {
        match label {
            0 => (usize::MAX, UNIT),
            13 => (3, BEGIN),
            14 => (3, LAST),
            15 => (3, UNIT),
            _ => ((label - 1) / 4, (label - 1) % 4),
        }
    }
    let ((kind, part), (next_kind, next)) = (parts(from), parts(to));
    match part {
        BEGIN | INSIDE => kind == next_kind && (next == INSIDE || next == LAST),
        _ => next == BEGIN || next == UNIT,
    }
}

/// For each label, in which halves any may follow it: the others are left out where steps are added up.
const AFTER: [[bool; 2]; LANES] = halves_beside(false);

/// As [`AFTER`], for those before it.
const BEFORE: [[bool; 2]; LANES] = halves_beside(true);

const fn halves_beside(before: bool) -> [[bool; 2]; LANES] {
    let mut all = [[false; 2]; LANES];
    let mut one = 0;
    while one < LANES {
        let mut other = 0;
        while other < LANES {
            all[one][other / HALF] |= if before { may_follow(other, one) } else { may_follow(one, other) };
            other += 1;
        }
        one += 1;
    }
    all
}

/// Calls a function for each label. It is written out: the compiler does not do so for bodies of this size, and
/// only then is left out what [`AFTER`] and [`BEFORE`] rule out.
macro_rules! for_all_labels {
    ($call:ident $arguments:tt) => { for_all_labels!($call $arguments 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15) };
    ($call:ident $arguments:tt $($label:literal)+) => { $($call::<$label> $arguments;)+ };
}

/// [`Transitions`] in such steps, the smallest number where the scheme forbids it.
pub struct Steps {
    /// `[from][to]`.
    to: Halves<i16>,
    /// `[to][from]`.
    from: [Sums; LANES],
}

impl Steps {
    /// Takes transition scores, and the size of one step.
    pub fn new(transitions: &Transitions, step: f32) -> Steps {
        // What is too large or infinite ends at the largest or smallest number.
        let to = transitions.map(|row| row.map(|score| (score / step).round() as i16));
        Steps { to: in_halves(&to), from: turned(&to) }
    }
}

/// Finds the best sequences of labels; what is written down on the way is kept for the next.
#[derive(Default)]
pub struct Paths {
    /// The scores before each token.
    passed: Vec<Sums>,
}

impl Paths {
    /// The best labels for so many emissions; where they are more than the labels, for the first of them.
    pub fn best(&mut self, emissions: &[Sums], steps: &Steps, labels: &mut [u8]) {
        // Only the scores are kept on the way; where they came from is asked on the way back alone.
        self.passed.clear();
        self.passed.reserve(emissions.len());
        let mut scores = [i16::MIN; LANES];
        scores[0] = 0;
        for emission in &emissions[..emissions.len().min(labels.len())] {
            self.passed.push(scores);
            let mut best = [i16x8::splat(i16::MIN); 2];
            for_all_labels!(go_on(&scores, &steps.to, &mut best));
            let [low, high] = whole_halves(emission);
            let sums = [best[0].saturating_add(low), best[1].saturating_add(high)];
            // The best is zero, so that no sum runs out of numbers.
            let top = i16x8::splat(sums[0].max(sums[1]).reduce_max());
            scores = joined(sums.map(|half| half.saturating_sub(top)));
        }
        let mut last = best_step(&scores, steps, 0);
        for (label, scores) in labels.iter_mut().zip(&self.passed).rev() {
            *label = last as u8;
            last = best_step(scores, steps, last);
        }
    }
}

/// The best paths that go on from one label.
#[inline(always)]
fn go_on<const LABEL: usize>(scores: &Sums, steps: &Halves<i16>, best: &mut [i16x8; 2]) {
    let score = i16x8::splat(scores[LABEL]);
    if const { AFTER[LABEL][0] } {
        best[0] = best[0].max(i16x8::new(steps[LABEL][0]).saturating_add(score));
    }
    if const { AFTER[LABEL][1] } {
        best[1] = best[1].max(i16x8::new(steps[LABEL][1]).saturating_add(score));
    }
}

/// The first label from which a path comes best to label `to`.
fn best_step(scores: &Sums, steps: &Steps, to: usize) -> usize {
    let ([a, b], [c, d]) = (whole_halves(scores), whole_halves(&steps.from[to & (LANES - 1)]));
    let sums = [a.saturating_add(c), b.saturating_add(d)];
    let top = i16x8::splat(sums[0].max(sums[1]).reduce_max());
    let [low, high] = sums.map(|half| half.cmp_eq(top).move_mask());
    (low | high << 8).trailing_zeros() as usize & (LANES - 1)
}

/// Adds one row of sums to another.
#[inline]
pub fn add(sums: &mut Sums, more: &Sums) {
    let ([a, b], [c, d]) = (whole_halves(sums), whole_halves(more));
    *sums = joined([a + c, b + d]);
}

/// Sums that are being added up, where the processor adds.
#[derive(Clone, Copy)]
pub(super) struct Running([i16x8; 2]);

impl Running {
    /// Goes on from these.
    #[inline]
    pub fn from(sums: &Sums) -> Running {
        Running(whole_halves(sums))
    }

    /// Adds one row.
    #[inline]
    pub fn add(&mut self, more: &Sums) {
        let [low, high] = whole_halves(more);
        self.0 = [self.0[0] + low, self.0[1] + high];
    }

    /// What it came to.
    #[inline]
    pub fn sums(self) -> Sums {
        joined(self.0)
    }
}

/// The reverse of [`whole_halves`].
#[inline]
fn joined(halves: [i16x8; 2]) -> Sums {
    let [low, high] = halves.map(i16x8::to_array);
    std::array::from_fn(|lane| if lane < 8 { low[lane] } else { high[lane - 8] })
}

/// As [`halves`], of whole numbers.
#[inline]
fn whole_halves(row: &Sums) -> [i16x8; 2] {
    let [low, high] = row.as_chunks::<8>().0 else { return [i16x8::ZERO; 2] };
    [i16x8::new(*low), i16x8::new(*high)]
}

/// A row as the processor adds it up: without this, the compiler takes one label after the other.
fn halves(row: &Scores) -> [f32x8; 2] {
    let [low, high] = row.as_chunks::<8>().0 else { return [f32x8::ZERO; 2] };
    [f32x8::new(*low), f32x8::new(*high)]
}

/// The mass that each label gets when all labels pass theirs on, or `BACK`.
#[inline]
fn step<const BACK: bool>(masses: &Scores, edges: &Halves<f32>) -> [f32x8; 2] {
    let mut sums = [f32x8::ZERO; 2];
    if BACK {
        for_all_labels!(pass_back(masses, edges, &mut sums));
    } else {
        for_all_labels!(pass_on(masses, edges, &mut sums));
    }
    sums
}

/// What one label passes on.
#[inline(always)]
fn pass_on<const LABEL: usize>(masses: &Scores, edges: &Halves<f32>, sums: &mut [f32x8; 2]) {
    let mass = f32x8::splat(masses[LABEL]);
    if const { AFTER[LABEL][0] } {
        sums[0] += f32x8::new(edges[LABEL][0]) * mass;
    }
    if const { AFTER[LABEL][1] } {
        sums[1] += f32x8::new(edges[LABEL][1]) * mass;
    }
}

/// What one label passes back.
#[inline(always)]
fn pass_back<const LABEL: usize>(masses: &Scores, edges: &Halves<f32>, sums: &mut [f32x8; 2]) {
    let mass = f32x8::splat(masses[LABEL]);
    if const { BEFORE[LABEL][0] } {
        sums[0] += f32x8::new(edges[LABEL][0]) * mass;
    }
    if const { BEFORE[LABEL][1] } {
        sums[1] += f32x8::new(edges[LABEL][1]) * mass;
    }
}

/// Masses times factors, scaled so that they add up to one; and what they added up to.
fn scaled(masses: [f32x8; 2], factors: [f32x8; 2]) -> ([f32x8; 2], f32) {
    let [low, high] = [masses[0] * factors[0], masses[1] * factors[1]];
    let total = (low + high).reduce_add().max(f32::MIN_POSITIVE);
    let scale = f32x8::splat(total.recip());
    ([low * scale, high * scale], total)
}

/// The reverse of [`halves`].
fn whole(halves: [f32x8; 2]) -> Scores {
    let [low, high] = halves.map(f32x8::to_array);
    std::array::from_fn(|lane| if lane < 8 { low[lane] } else { high[lane - 8] })
}

/// Transition weights as factors, for sums over paths.
pub struct Edges {
    /// `[from][to]`.
    table: Transitions,
    to: Halves<f32>,
    /// `[to][from]`.
    from: Halves<f32>,
}

impl Edges {
    /// Takes transition scores.
    pub fn new(transitions: &Transitions) -> Edges {
        let table = transitions.map(|row| row.map(f32::exp));
        Edges { table, to: in_halves(&table), from: in_halves(&turned(&table)) }
    }

    /// The factor of a step.
    pub fn factor(&self, from: usize, to: usize) -> f32 {
        self.table[from][to]
    }

    /// The factors of the last step, from each label.
    fn last(&self) -> Scores {
        self.table.map(|row| row[0])
    }
}

/// What forward and backward sums leave: enough for the probability of any label or edge.
#[derive(Default)]
pub struct Lattice {
    /// Scaled sums over the paths up to a token, one row a token.
    pub forward: Vec<Scores>,
    /// Scaled sums over the paths after a token.
    pub backward: Vec<Scores>,
    /// Emission factors.
    pub factor: Vec<Scores>,
    /// For each token, by how much its scores and sums were scaled.
    tops: Vec<(f32, f32)>,
}

impl Lattice {
    /// Runs both ways over the emissions.
    pub fn fill(&mut self, emissions: impl Iterator<Item = Scores>, edges: &Edges) {
        self.forward.clear();
        self.factor.clear();
        self.tops.clear();
        let (tokens, _) = emissions.size_hint();
        self.forward.reserve(tokens);
        self.factor.reserve(tokens);
        self.tops.reserve(tokens);
        let mut before = [0.0; LANES];
        before[0] = 1.0;
        for emission in emissions {
            let [low, high] = halves(&emission);
            let top = low.fast_max(high).to_array().into_iter().fold(f32::MIN, f32::max);
            let factor = [low, high].map(|half| (half - f32x8::splat(top)).exp());
            let (sums, total) = scaled(step::<false>(&before, &edges.to), factor);
            before = whole(sums);
            self.tops.push((top, total));
            self.forward.push(before);
            self.factor.push(whole(factor));
        }
        self.run_backward(edges);
    }

    fn run_backward(&mut self, edges: &Edges) {
        let tokens = self.forward.len();
        self.backward.clear();
        self.backward.resize(tokens, [0.0; LANES]);
        let mut after = edges.last();
        for token in (0..tokens).rev() {
            self.backward[token] = after;
            let ahead: Scores = std::array::from_fn(|lane| after[lane] * self.factor[token][lane]);
            after = whole(scaled(step::<true>(&ahead, &edges.from), [f32x8::ONE; 2]).0);
        }
    }

    /// Logarithm of the sum over all paths; `edges` are those of [`Lattice::fill`].
    pub fn log_sum(&self, edges: &Edges) -> f64 {
        let last: f32 = match self.forward.last() {
            Some(forward) => forward.iter().zip(&edges.last()).map(|(mass, edge)| mass * edge).sum(),
            None => 1.0,
        };
        let scaled = self.tops.iter().map(|&(top, total)| f64::from(top) + f64::from(total).ln());
        scaled.sum::<f64>() + f64::from(last.max(f32::MIN_POSITIVE)).ln()
    }

    /// Probability of each label at a token.
    pub fn marginals(&self, token: usize) -> Scores {
        let mut mass: Scores =
            std::array::from_fn(|lane| self.forward[token][lane] * self.backward[token][lane]);
        let total: f32 = mass.iter().sum::<f32>().max(f32::MIN_POSITIVE);
        for lane in &mut mass {
            *lane /= total;
        }
        mass
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_of_labels() {
        use crate::extract::linear::{Part, parts};
        for from in 0..LANES {
            for to in 0..LANES {
                let (before, after) = (parts(from as u8), parts(to as u8));
                let open = before.filter(|(_, part)| matches!(part, Part::Begin | Part::Inside));
                let goes_on = after.filter(|(_, part)| matches!(part, Part::Inside | Part::Last));
                let allowed = open.map(|open| open.0) == goes_on.map(|goes_on| goes_on.0);
                assert_eq!(may_follow(from, to), allowed, "{from} {to}");
            }
        }
        assert!(AFTER.iter().flatten().any(|&beside| !beside) && BEFORE != AFTER);
    }

    #[test]
    fn forbidden_steps_are_never_taken() {
        let mut transitions = [[f32::NEG_INFINITY; LANES]; LANES];
        for (from, to) in [(0, 0), (0, 1), (1, 2), (2, 0)] {
            transitions[from][to] = 0.0;
        }
        let mut emissions = vec![[0.0; LANES]; 3];
        emissions[0][1] = 2.0;
        emissions[2][1] = 2.5;
        let steps = Steps::new(&transitions, 0.001);
        let sums: Vec<Sums> = emissions.iter().map(|row| row.map(|score| (score / 0.001) as i16)).collect();
        let mut paths = Paths::default();
        let mut path = [9; 3];
        paths.best(&sums, &steps, &mut path);
        assert_eq!(path, [1, 2, 0]);
        // However loud what is forbidden.
        let loud = [[i16::MIN, 0, i16::MAX, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]; 40];
        let mut path = [9; 40];
        paths.best(&loud, &steps, &mut path);
        assert!(
            path.windows(2).all(|pair| transitions[usize::from(pair[0])][usize::from(pair[1])] == 0.0),
            "{path:?}"
        );
        let mut lattice = Lattice::default();
        lattice.fill(emissions.into_iter(), &Edges::new(&transitions));
        assert!(lattice.marginals(0)[1] > 0.5);
        paths.best(&[], &steps, &mut []);
    }
}
