//! The linear chain: best path and posterior probabilities over at most sixteen labels.
//!
//! A chain starts after label 0 and ends before it: label 0 is "outside".

/// Lanes of a score vector; a model has at most as many labels.
pub const LANES: usize = 16;

/// One score for each label.
pub type Scores = [f32; LANES];

/// `transitions[from][to]`, minus infinity where the scheme forbids it.
pub type Transitions = [Scores; LANES];

/// The best sequence of labels.
pub fn best_path(emissions: &[Scores], transitions: &Transitions) -> Vec<u8> {
    let mut back: Vec<[u8; LANES]> = Vec::with_capacity(emissions.len());
    let mut scores = [f32::NEG_INFINITY; LANES];
    scores[0] = 0.0;
    for emission in emissions {
        let mut best = [f32::NEG_INFINITY; LANES];
        let mut from = [0_u8; LANES];
        for (label, (&score, row)) in scores.iter().zip(transitions).enumerate() {
            if score == f32::NEG_INFINITY {
                continue;
            }
            for lane in 0..LANES {
                let sum = score + row[lane];
                let better = sum > best[lane];
                best[lane] = if better { sum } else { best[lane] };
                from[lane] = if better { label as u8 } else { from[lane] };
            }
        }
        for lane in 0..LANES {
            scores[lane] = best[lane] + emission[lane];
        }
        back.push(from);
    }
    let mut label = 0;
    let mut best = f32::NEG_INFINITY;
    for (lane, &score) in scores.iter().enumerate() {
        let sum = score + transitions[lane][0];
        if sum > best {
            (best, label) = (sum, lane as u8);
        }
    }
    let mut path = vec![0; emissions.len()];
    for (step, from) in path.iter_mut().zip(&back).rev() {
        *step = label;
        label = from[label as usize & (LANES - 1)];
    }
    path
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
            let factor = emission.map(|score| (score - top).exp());
            let mut sums = [0.0; LANES];
            for (&mass, row) in before.iter().zip(edges) {
                for lane in 0..LANES {
                    sums[lane] += mass * row[lane];
                }
            }
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
        for token in (0..tokens).rev() {
            self.backward[token] = after;
            let ahead: Scores = std::array::from_fn(|lane| after[lane] * self.factor[token][lane]);
            let mut total = 0.0;
            for (sum, row) in after.iter_mut().zip(edges) {
                *sum = row.iter().zip(&ahead).map(|(edge, mass)| edge * mass).sum();
                total += *sum;
            }
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
