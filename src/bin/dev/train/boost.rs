//! Grows boosted decision trees of one depth for a yes-or-no question.

use onrecord::extract::linear::forest::{Forest, leaf};

use super::crf::Random;

/// How to grow.
pub struct Plan {
    /// Number of trees.
    pub trees: usize,
    /// Levels of each.
    pub depth: u32,
    /// Share of each tree that is added.
    pub rate: f32,
    /// Share of rows that each tree sees.
    pub rows: f32,
    /// Share of numbers that each tree may look at.
    pub numbers: f32,
    /// Fewest rows, weighted by doubt, in a leaf.
    pub least: f32,
    /// Starts the random numbers.
    pub seed: u64,
}

/// Most steps that a number is cut into.
const BINS: usize = 64;

#[derive(Clone, Copy, Default)]
struct Sum {
    gradient: f32,
    weight: f32,
}

impl Sum {
    fn add(&mut self, other: Sum) {
        self.gradient += other.gradient;
        self.weight += other.weight;
    }

    fn gain(self) -> f32 {
        self.gradient * self.gradient / (self.weight + 1.0)
    }
}

/// Learns to tell rows marked true from the others.
pub fn grow<const N: usize>(rows: &[[f32; N]], truth: &[bool], plan: &Plan) -> Forest {
    let limits: Vec<Vec<f32>> = (0..N).map(|number| cuts(rows, number)).collect();
    let bins: Vec<[u8; N]> = rows
        .iter()
        .map(|row| std::array::from_fn(|n| limits[n].partition_point(|&limit| limit < row[n]) as u8))
        .collect();
    let mut random = Random::new(plan.seed);
    let mut margins = vec![0.0_f32; rows.len()];
    let (mut splits, mut leaves) = (Vec::new(), Vec::new());
    for _ in 0..plan.trees {
        let sums: Vec<Sum> =
            margins.iter().zip(truth).map(|(&margin, &truth)| slope(margin, truth)).collect();
        let mut draw = |share: f32| (random.next() >> 40) as f32 / (1_u64 << 24) as f32 <= share;
        let chosen: Vec<u32> = (0..rows.len() as u32).filter(|_| draw(plan.rows)).collect();
        let looked: Vec<usize> = (0..N).filter(|_| draw(plan.numbers)).collect();
        let tree = tree(&bins, &sums, &chosen, &looked, &limits, plan);
        let values = values(rows, &sums, &chosen, &tree, plan);
        for (margin, row) in margins.iter_mut().zip(rows) {
            *margin += values[leaf(&tree, plan.depth, row)];
        }
        splits.extend(tree);
        leaves.extend(values);
    }
    Forest::new(plan.depth, splits, leaves)
}

fn slope(margin: f32, truth: bool) -> Sum {
    let chance = 1.0 / (1.0 + (-margin).exp());
    Sum { gradient: f32::from(u8::from(truth)) - chance, weight: (chance * (1.0 - chance)).max(1e-6) }
}

fn cuts<const N: usize>(rows: &[[f32; N]], number: usize) -> Vec<f32> {
    let mut values: Vec<f32> =
        rows.iter().step_by((rows.len() / 20_000).max(1)).map(|row| row[number]).collect();
    values.sort_by(f32::total_cmp);
    let mut distinct = values.clone();
    distinct.dedup();
    if distinct.len() > BINS {
        distinct = (0..BINS).map(|n| values[n * (values.len() - 1) / (BINS - 1)]).collect();
        distinct.dedup();
    }
    distinct.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0).collect()
}

fn tree<const N: usize>(
    bins: &[[u8; N]],
    sums: &[Sum],
    chosen: &[u32],
    looked: &[usize],
    limits: &[Vec<f32>],
    plan: &Plan,
) -> Vec<(u8, f32)> {
    let mut splits = vec![(0_u8, f32::INFINITY); (1 << plan.depth) - 1];
    let mut node = vec![0_u32; chosen.len()];
    for level in 0..plan.depth {
        let (first, width) = ((1_usize << level) - 1, 1_usize << level);
        let mut table = vec![Sum::default(); width * N * BINS];
        for (&row, &node) in chosen.iter().zip(&node) {
            let (bins, sum) = (&bins[row as usize], sums[row as usize]);
            for &number in looked {
                table[((node as usize - first) * N + number) * BINS + bins[number] as usize].add(sum);
            }
        }
        let cuts: Vec<(usize, usize)> = (0..width)
            .map(|at| {
                let (number, bin) =
                    best_cut::<N>(&table[at * N * BINS..(at + 1) * N * BINS], looked, limits, plan.least);
                let limit =
                    limits.get(number).and_then(|limits| limits.get(bin)).copied().unwrap_or(f32::INFINITY);
                splits[first + at] = (number as u8, limit);
                (number, if limit.is_finite() { bin } else { usize::MAX })
            })
            .collect();
        for (&row, node) in chosen.iter().zip(&mut node) {
            let (number, bin) = cuts[*node as usize - first];
            let right = bins[row as usize][number] as usize > bin;
            *node = 2 * *node + 1 + u32::from(right);
        }
    }
    splits
}

/// The number and the step after which the two sides differ most.
fn best_cut<const N: usize>(
    table: &[Sum],
    looked: &[usize],
    limits: &[Vec<f32>],
    least: f32,
) -> (usize, usize) {
    let mut best = (1e-3, 0, usize::MAX);
    for &number in looked {
        let bins = &table[number * BINS..(number + 1) * BINS];
        let mut all = Sum::default();
        bins.iter().for_each(|&bin| all.add(bin));
        let mut left = Sum::default();
        for (bin, &sum) in bins.iter().enumerate().take(limits[number].len()) {
            left.add(sum);
            let right = Sum { gradient: all.gradient - left.gradient, weight: all.weight - left.weight };
            let gain = left.gain() + right.gain() - all.gain();
            if left.weight >= least && right.weight >= least && gain > best.0 {
                best = (gain, number, bin);
            }
        }
    }
    (best.1, best.2)
}

fn values<const N: usize>(
    rows: &[[f32; N]],
    sums: &[Sum],
    chosen: &[u32],
    tree: &[(u8, f32)],
    plan: &Plan,
) -> Vec<f32> {
    let mut leaves = vec![Sum::default(); 1 << plan.depth];
    for &row in chosen {
        leaves[leaf(tree, plan.depth, &rows[row as usize])].add(sums[row as usize]);
    }
    leaves.iter().map(|sum| plan.rate * sum.gradient / (sum.weight + 1.0)).collect()
}
