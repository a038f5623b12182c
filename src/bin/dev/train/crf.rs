//! Learns a linear chain by stochastic gradient ascent (AdaGrad), with feature dropout.
//!
//! Sets that label a little differently share one row of weights a feature and have one more each; the
//! weights that ship are the shared row plus that of the set we want to be like.

use onrecord::extract::linear::chain::{Edges, LANES, Lattice, Paths, Scores, Steps, Sums, Transitions};

/// A chain of tokens to learn from.
#[derive(Default)]
pub struct Example {
    /// Article that it is from.
    pub article: usize,
    /// Set that it is from.
    pub set: usize,
    /// Right labels.
    pub gold: Vec<u8>,
    /// Features of all tokens, one after the other.
    pub features: Vec<u32>,
    /// Where the features of each token end.
    pub ends: Vec<u32>,
    /// Scores that stand before any feature is looked at.
    pub given: Vec<Scores>,
}

impl Example {
    /// Features of one token.
    pub fn token(&self, token: usize) -> &[u32] {
        let start = if token == 0 { 0 } else { self.ends[token - 1] as usize };
        &self.features[start..self.ends[token] as usize]
    }
}

/// How to learn.
#[derive(Clone)]
pub struct Plan {
    /// Rounds over the data.
    pub epochs: usize,
    /// Step size.
    pub rate: f32,
    /// Share of features left out each time.
    pub dropout: f32,
    /// Pull towards zero.
    pub decay: f32,
    /// Sets that the weights are for: their rows are added to the shared one. None: shared only.
    pub target: Option<usize>,
    /// Number of sets.
    pub sets: usize,
    /// Which label may follow which.
    pub allowed: [[bool; LANES]; LANES],
    /// Starts the random numbers.
    pub seed: u64,
}

/// What was learned.
#[derive(Clone)]
pub struct Weights {
    /// One row a feature.
    pub rows: Vec<Scores>,
    /// Transition scores.
    pub transitions: Transitions,
}

impl Weights {
    /// Scores of every token of an example.
    pub fn scores(&self, example: &Example) -> Vec<Scores> {
        (0..example.gold.len())
            .map(|token| {
                let mut sums = example.given.get(token).copied().unwrap_or_default();
                for &feature in example.token(token) {
                    for (sum, weight) in sums.iter_mut().zip(&self.rows[feature as usize]) {
                        *sum += weight;
                    }
                }
                sums
            })
            .collect()
    }
}

/// Random numbers that are the same each time.
pub struct Random(u64);

impl Random {
    /// Starts at `seed`.
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Mixes up the order of `items`.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for n in (1..items.len()).rev() {
            items.swap(n, (self.next() >> 20) as usize % (n + 1));
        }
    }
}

struct Learner<'a> {
    plan: &'a Plan,
    banks: usize,
    rows: Vec<Scores>,
    squares: Vec<f32>,
    edges: Vec<Transitions>,
    edge_squares: Vec<Transitions>,
    random: Random,
}

/// As [`train`], the mean of so many that differ in nothing but chance.
pub fn train_mean(
    examples: &[&Example],
    features: usize,
    plan: &Plan,
    from: Option<&Weights>,
    count: u64,
) -> Weights {
    let one = |number: u64| {
        let plan = Plan { seed: plan.seed + 100 * number, ..plan.clone() };
        train(examples, features, &plan, from)
    };
    let mut mean = one(0);
    (1..count).for_each(|number| add(&mut mean, &one(number)));
    let part = 1.0 / count.max(1) as f32;
    mean.rows.iter_mut().flatten().for_each(|weight| *weight *= part);
    mean.transitions.iter_mut().flatten().for_each(|weight| *weight *= part);
    mean
}

/// Learns from `examples`; `from` are weights to start with.
pub fn train(examples: &[&Example], features: usize, plan: &Plan, from: Option<&Weights>) -> Weights {
    let banks = plan.sets + 1;
    let mut learner = Learner {
        plan,
        banks,
        rows: vec![[0.0; LANES]; features * banks],
        squares: vec![1e-3; features * banks],
        edges: vec![[[0.0; LANES]; LANES]; banks],
        edge_squares: vec![[[1e-2; LANES]; LANES]; banks],
        random: Random::new(plan.seed),
    };
    if let Some(from) = from {
        for (feature, row) in from.rows.iter().enumerate() {
            learner.rows[feature * banks] = *row;
        }
        learner.edges[0] =
            from.transitions.map(|row| row.map(|score| if score.is_finite() { score } else { 0.0 }));
        learner.squares.fill(1.0);
    }
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let averaged = (plan.epochs * 2 / 3).max(1);
    let mut sum: Option<Weights> = None;
    for epoch in 0..plan.epochs {
        let start = std::time::Instant::now();
        learner.random.shuffle(&mut order);
        let (mut likelihood, mut tokens) = (0.0, 0);
        for &n in &order {
            likelihood += learner.step(examples[n]);
            tokens += examples[n].gold.len();
        }
        if epoch + averaged >= plan.epochs {
            let now = learner.folded(features);
            match &mut sum {
                Some(sum) => add(sum, &now),
                None => sum = Some(now),
            }
        }
        eprintln!(
            "  round {epoch}: {:.5} a token, {:.1} s",
            likelihood / tokens.max(1) as f64,
            start.elapsed().as_secs_f32()
        );
    }
    let mut weights = sum.unwrap_or_else(|| learner.folded(features));
    let part = 1.0 / averaged as f32;
    weights.rows.iter_mut().flatten().for_each(|weight| *weight *= part);
    weights.transitions.iter_mut().flatten().for_each(|weight| *weight *= part);
    forbid(&mut weights.transitions, &plan.allowed);
    weights
}

fn add_row(sums: &mut Scores, row: &Scores) {
    for (sum, weight) in sums.iter_mut().zip(row) {
        *sum += weight;
    }
}

fn add(sum: &mut Weights, more: &Weights) {
    sum.rows.iter_mut().flatten().zip(more.rows.iter().flatten()).for_each(|(sum, more)| *sum += more);
    sum.transitions
        .iter_mut()
        .flatten()
        .zip(more.transitions.iter().flatten())
        .for_each(|(sum, more)| *sum += more);
}

fn forbid(transitions: &mut Transitions, allowed: &[[bool; LANES]; LANES]) {
    for (row, allowed) in transitions.iter_mut().zip(allowed) {
        for (score, &allowed) in row.iter_mut().zip(allowed) {
            if !allowed {
                *score = f32::NEG_INFINITY;
            }
        }
    }
}

impl Learner<'_> {
    /// The weights for the wanted set.
    fn folded(&self, features: usize) -> Weights {
        let target = self.plan.target.map(|set| set + 1);
        let rows = (0..features)
            .map(|feature| {
                let at = feature * self.banks;
                let own = target.map_or([0.0; LANES], |bank| self.rows[at + bank]);
                std::array::from_fn(|lane| self.rows[at][lane] + own[lane])
            })
            .collect();
        Weights { rows, transitions: self.transitions(target) }
    }

    fn transitions(&self, bank: Option<usize>) -> Transitions {
        let mut table = self.edges[0];
        if let Some(bank) = bank {
            table
                .iter_mut()
                .flatten()
                .zip(self.edges[bank].iter().flatten())
                .for_each(|(sum, more)| *sum += more);
        }
        table
    }

    /// Learns from one chain; its log likelihood before.
    fn step(&mut self, example: &Example) -> f64 {
        let bank = if self.plan.sets == 0 { 0 } else { example.set + 1 };
        let tokens = example.gold.len();
        if tokens == 0 {
            return 0.0;
        }
        let limit = (self.plan.dropout * 65536.0) as u64;
        let scale = 1.0 / (1.0 - self.plan.dropout);
        let mut kept: Vec<u32> = Vec::with_capacity(example.features.len());
        let mut ends = Vec::with_capacity(tokens);
        let mut scores = Vec::with_capacity(tokens);
        for token in 0..tokens {
            let mut sums = [0.0; LANES];
            for (n, &feature) in example.token(token).iter().enumerate() {
                if limit > 0 && n > 0 && (self.random.next() >> 24 & 0xffff) < limit {
                    continue;
                }
                kept.push(feature);
                let at = feature as usize * self.banks;
                add_row(&mut sums, &self.rows[at]);
                if bank > 0 {
                    add_row(&mut sums, &self.rows[at + bank]);
                }
            }
            let given = example.given.get(token).copied().unwrap_or_default();
            scores.push(std::array::from_fn(|lane| sums[lane] * scale + given[lane]));
            ends.push(kept.len());
        }
        let mut transitions = self.transitions((bank > 0).then_some(bank));
        forbid(&mut transitions, &self.plan.allowed);
        let edges = Edges::new(&transitions);
        let mut lattice = Lattice::default();
        lattice.fill(scores.iter().copied(), &edges);
        let mut start = 0;
        for (token, &end) in ends.iter().enumerate() {
            let mut gradient = lattice.marginals(token).map(|mass| -mass);
            gradient[example.gold[token] as usize] += 1.0;
            self.update(&kept[start..end], bank, &gradient);
            start = end;
        }
        self.update_edges(example, &lattice, &edges, bank);
        path_score(&example.gold, &scores, &transitions) - lattice.log_sum(&edges)
    }

    fn update(&mut self, features: &[u32], bank: usize, gradient: &Scores) {
        let square: f32 = gradient.iter().map(|part| part * part).sum();
        if square < 1e-6 {
            return;
        }
        for &feature in features {
            let at = feature as usize * self.banks;
            for row in [at, at + bank].into_iter().take(if bank > 0 { 2 } else { 1 }) {
                self.squares[row] += square;
                let rate = self.plan.rate / self.squares[row].sqrt();
                let keep = 1.0 - rate * self.plan.decay;
                for (weight, part) in self.rows[row].iter_mut().zip(gradient) {
                    *weight = *weight * keep + rate * part;
                }
            }
        }
    }

    fn update_edges(&mut self, example: &Example, lattice: &Lattice, edges: &Edges, bank: usize) {
        let mut gradient = [[0.0; LANES]; LANES];
        for token in 1..example.gold.len() {
            let (before, after) = (&lattice.forward[token - 1], &lattice.backward[token]);
            let mut total = 0.0;
            let mut mass = [[0.0; LANES]; LANES];
            for from in 0..LANES {
                for to in 0..LANES {
                    mass[from][to] =
                        before[from] * edges.factor(from, to) * lattice.factor[token][to] * after[to];
                    total += mass[from][to];
                }
            }
            let part = 1.0 / total.max(f32::MIN_POSITIVE);
            gradient
                .iter_mut()
                .flatten()
                .zip(mass.iter().flatten())
                .for_each(|(sum, mass)| *sum -= mass * part);
            gradient[example.gold[token - 1] as usize][example.gold[token] as usize] += 1.0;
        }
        for bank in [0, bank].into_iter().take(if bank > 0 { 2 } else { 1 }) {
            let table =
                self.edges[bank].iter_mut().flatten().zip(self.edge_squares[bank].iter_mut().flatten());
            for ((score, square), part) in table.zip(gradient.iter().flatten()) {
                *square += part * part;
                *score += self.plan.rate * part / square.sqrt();
            }
        }
    }
}

/// Logarithm of the probability of the right labels.
pub fn log_likelihood(gold: &[u8], scores: &[Scores], transitions: &Transitions) -> f64 {
    let mut lattice = Lattice::default();
    let edges = Edges::new(transitions);
    lattice.fill(scores.iter().copied(), &edges);
    path_score(gold, scores, transitions) - lattice.log_sum(&edges)
}

/// The best labels, found as the shipped models find them.
pub fn best_path(scores: &[Scores], transitions: &Transitions) -> Vec<u8> {
    let sums: Vec<Sums> = scores.iter().map(|row| row.map(|score| (score / STEP).round() as i16)).collect();
    let mut labels = vec![0; sums.len()];
    Paths::default().best(&sums, &Steps::new(transitions, STEP), &mut labels);
    labels
}

/// Fine enough for every weight, coarse enough for every sum.
const STEP: f32 = 0.005;

fn path_score(gold: &[u8], scores: &[Scores], transitions: &Transitions) -> f64 {
    let mut before = 0;
    let mut sum = 0.0;
    for (token, &label) in gold.iter().enumerate() {
        sum += f64::from(scores[token][label as usize] + transitions[before][label as usize]);
        before = label as usize;
    }
    sum + f64::from(transitions[before][0])
}
