//! The linear chain: best path and posterior probabilities over at most sixteen labels.
//!
//! A chain starts after label 0 and ends before it: label 0 is "outside".

use wide::f32x8;

/// Lanes of a score vector; a model has at most as many labels.
pub const LANES: usize = 16;

/// One score for each label.
pub type Scores = [f32; LANES];

/// `transitions[from][to]`, minus infinity where the scheme forbids it.
pub type Transitions = [Scores; LANES];

/// The best sequence of labels.
pub fn best_path(emissions: &[Scores], transitions: &Transitions) -> Vec<u8> {
    // Only the scores are kept on the way; where they came from is asked on the way back alone.
    let mut passed: Vec<Scores> = Vec::with_capacity(emissions.len());
    let mut scores = [f32::NEG_INFINITY; LANES];
    scores[0] = 0.0;
    for emission in emissions {
        passed.push(scores);
        let mut best = [f32x8::splat(f32::NEG_INFINITY); 2];
        for (&score, row) in scores.iter().zip(transitions) {
            if score == f32::NEG_INFINITY {
                continue;
            }
            for (best, row) in best.iter_mut().zip(halves(row)) {
                *best = best.fast_max(row + f32x8::splat(score));
            }
        }
        for ((scores, best), emission) in
            scores.as_chunks_mut::<8>().0.iter_mut().zip(best).zip(halves(emission))
        {
            *scores = (best + emission).to_array();
        }
    }
    let mut label = best_step(&scores, transitions, 0);
    let mut path = vec![0; emissions.len()];
    for (step, scores) in path.iter_mut().zip(&passed).rev() {
        *step = label as u8;
        label = best_step(scores, transitions, label);
    }
    path
}

/// A row as the processor adds it up: without this, the compiler takes one label after the other.
fn halves(row: &Scores) -> [f32x8; 2] {
    let [low, high] = row.as_chunks::<8>().0 else { return [f32x8::ZERO; 2] };
    [f32x8::new(*low), f32x8::new(*high)]
}

/// The first label from which a path comes best to label `to`.
fn best_step(scores: &Scores, transitions: &Transitions, to: usize) -> usize {
    let (mut best, mut from) = (f32::NEG_INFINITY, 0);
    for (label, (score, row)) in scores.iter().zip(transitions).enumerate() {
        let sum = score + row[to];
        if sum > best {
            (best, from) = (sum, label);
        }
    }
    from
}

/// The mass that each label gets when all labels pass theirs on.
fn step(masses: &Scores, edges: &Transitions) -> Scores {
    let mut sums = [f32x8::ZERO; 2];
    for (&mass, row) in masses.iter().zip(edges).filter(|(mass, _)| **mass != 0.0) {
        for (sum, row) in sums.iter_mut().zip(halves(row)) {
            *sum += row * f32x8::splat(mass);
        }
    }
    whole(sums)
}

/// The reverse of [`halves`].
fn whole(halves: [f32x8; 2]) -> Scores {
    let [low, high] = halves.map(f32x8::to_array);
    std::array::from_fn(|lane| if lane < 8 { low[lane] } else { high[lane - 8] })
}

/// Transition weights as factors.
pub fn factors(transitions: &Transitions) -> Transitions {
    transitions.map(|row| row.map(f32::exp))
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
    /// Logarithm of the sum over all paths.
    pub log_sum: f64,
}

impl Lattice {
    /// Runs both ways over the emissions; `edges` are the [`factors`] of the transitions.
    pub fn fill(&mut self, emissions: &[Scores], edges: &Transitions) {
        self.forward.clear();
        self.factor.clear();
        self.log_sum = 0.0;
        let mut before = [0.0; LANES];
        before[0] = 1.0;
        for emission in emissions {
            let top = emission.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let factor = whole(halves(emission).map(|half| (half - f32x8::splat(top)).exp()));
            let mut sums = step(&before, edges);
            for lane in 0..LANES {
                sums[lane] *= factor[lane];
            }
            let total: f32 = sums.iter().sum::<f32>().max(f32::MIN_POSITIVE);
            before = sums.map(|sum| sum / total);
            self.log_sum += f64::from(top) + f64::from(total).ln();
            self.forward.push(before);
            self.factor.push(factor);
        }
        self.run_backward(edges);
    }

    fn run_backward(&mut self, edges: &Transitions) {
        let tokens = self.forward.len();
        self.backward.clear();
        self.backward.resize(tokens, [0.0; LANES]);
        let mut after: Scores = std::array::from_fn(|lane| edges[lane][0]);
        let turned: Transitions = std::array::from_fn(|to| std::array::from_fn(|from| edges[from][to]));
        for token in (0..tokens).rev() {
            self.backward[token] = after;
            let ahead: Scores = std::array::from_fn(|lane| after[lane] * self.factor[token][lane]);
            let mut total = 0.0;
            after = step(&ahead, &turned);
            after.iter().for_each(|sum| total += sum);
            let total = total.max(f32::MIN_POSITIVE);
            after = after.map(|sum| sum / total);
        }
        let last: f32 = match self.forward.last() {
            Some(forward) => forward.iter().zip(edges).map(|(mass, row)| mass * row[0]).sum(),
            None => 1.0,
        };
        self.log_sum += f64::from(last.max(f32::MIN_POSITIVE)).ln();
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
    fn forbidden_steps_are_never_taken() {
        let mut transitions = [[f32::NEG_INFINITY; LANES]; LANES];
        for (from, to) in [(0, 0), (0, 1), (1, 2), (2, 0)] {
            transitions[from][to] = 0.0;
        }
        let mut emissions = vec![[0.0; LANES]; 3];
        emissions[0][1] = 2.0;
        emissions[2][1] = 2.5;
        assert_eq!(best_path(&emissions, &transitions), [1, 2, 0]);
        let mut lattice = Lattice::default();
        lattice.fill(&emissions, &factors(&transitions));
        assert!(lattice.marginals(0)[1] > 0.5);
        assert!(best_path(&[], &transitions).is_empty());
    }
}
