//! What both trainers share: numbering features, dropping the weak ones, counting hits.

use std::collections::HashMap;
use std::error::Error;

use onrecord::extract::linear::chain::{LANES, may_follow};

use super::Options;
use super::crf::{Example, Plan, Weights, log_likelihood, train_mean};

/// Numbers the keys that are met at least `least` times.
#[derive(Default)]
pub struct Index {
    number: HashMap<u32, u32>,
    /// The keys in the order of their numbers.
    pub keys: Vec<u32>,
}

impl Index {
    /// Keeps what `counts` has often enough.
    pub fn new(counts: &HashMap<u32, u32>, least: u32) -> Index {
        let mut keys: Vec<u32> = counts
            .iter()
            .filter(|(key, count)| **key != 0 && **count >= least)
            .map(|(key, _)| *key)
            .collect();
        keys.sort_unstable();
        let number = keys.iter().enumerate().map(|(n, &key)| (key, n as u32)).collect();
        Index { number, keys }
    }

    /// An example of the kept features.
    pub fn example(&self, keys: &[Vec<u32>], gold: &[u8], article: usize, set: usize) -> Example {
        let mut example = Example { article, set, gold: gold.to_vec(), ..Example::default() };
        for keys in keys {
            example.features.extend(keys.iter().filter_map(|key| self.number.get(key)));
            example.ends.push(example.features.len() as u32);
        }
        example
    }
}

/// Which label may follow which.
pub fn allowed() -> [[bool; LANES]; LANES] {
    std::array::from_fn(|from| std::array::from_fn(|to| may_follow(from, to)))
}

/// Keeps the features that say most, learns on with these alone, `mean` times over, and drops what is too small to
/// matter.
pub fn prune(
    examples: &[&Example],
    full: &Weights,
    plan: &Plan,
    mean: u64,
    options: &Options,
) -> Result<(Weights, Vec<u32>), Box<dyn Error>> {
    let most: usize = options.number("rows", 400_000)?;
    let strength = |row: &[f32; LANES]| row.iter().map(|weight| weight * weight).sum::<f32>();
    let mut order: Vec<u32> = (0..full.rows.len() as u32).collect();
    order.sort_by(|&a, &b| strength(&full.rows[b as usize]).total_cmp(&strength(&full.rows[a as usize])));
    order.truncate(most);
    order.sort_unstable();
    let mut number = vec![u32::MAX; full.rows.len()];
    for (n, &feature) in order.iter().enumerate() {
        number[feature as usize] = n as u32;
    }
    let thin: Vec<Example> = examples
        .iter()
        .map(|example| {
            let mut thin = Example {
                article: example.article,
                set: example.set,
                gold: example.gold.clone(),
                ..Example::default()
            };
            for token in 0..example.gold.len() {
                let kept = example.token(token).iter().map(|&feature| number[feature as usize]);
                thin.features.extend(kept.filter(|&feature| feature != u32::MAX));
                thin.ends.push(thin.features.len() as u32);
            }
            thin
        })
        .collect();
    let own = options.has("refit-own");
    let thin: Vec<&Example> =
        thin.iter().filter(|example| !own || Some(example.set) == plan.target).collect();
    let from = Weights {
        rows: order.iter().map(|&n| full.rows[n as usize]).collect(),
        transitions: full.transitions,
    };
    let more = Plan {
        epochs: options.number("refit", 3)?,
        rate: plan.rate / 2.0,
        seed: plan.seed + 1,
        ..plan.clone()
    };
    let mut weights =
        if more.epochs == 0 { from } else { train_mean(&thin, order.len(), &more, Some(&from), mean) };
    let least: f32 = options.number("floor", 0.02)?;
    for weight in weights.rows.iter_mut().flatten().filter(|weight| weight.abs() < least) {
        *weight = 0.0;
    }
    Ok((weights, order))
}

/// Models are too sure of themselves on what they have not seen: the factor that makes scores honest.
pub fn best_heat<'a>(
    examples: impl Iterator<Item = &'a Example> + Clone,
    edges: &[[f32; LANES]; LANES],
) -> f32 {
    let loss = |heat: f32| {
        let edges = edges.map(|row| row.map(|score| score * heat));
        let scaled = examples.clone().map(|example| {
            let scores: Vec<_> = example.given.iter().map(|row| row.map(|score| score * heat)).collect();
            -log_likelihood(&example.gold, &scores, &edges)
        });
        scaled.sum::<f64>()
    };
    let heats = (4..=20).map(|n| n as f32 / 20.0);
    let best =
        heats.map(|heat| (heat, loss(heat))).min_by(|a, b| a.1.total_cmp(&b.1)).map_or(1.0, |(heat, _)| heat);
    eprintln!("heat {best}");
    best
}

/// Hits, false alarms and misses of each class.
pub type Counts = [[usize; 3]; 4];

/// Compares what was found to the gold.
pub fn count(gold: &[(usize, usize, usize)], found: &[(usize, usize, usize)], counts: &mut Counts) {
    for one in found {
        counts[one.2][usize::from(!gold.contains(one))] += 1;
    }
    for one in gold.iter().filter(|one| !found.contains(one)) {
        counts[one.2][2] += 1;
    }
}

/// Precision, recall and F1 of hits, false alarms and misses.
pub fn f1(counts: [usize; 3]) -> (f64, f64, f64) {
    let [hits, alarms, misses] = counts.map(|count| count as f64);
    let (precision, recall) = (hits / (hits + alarms).max(1.0), hits / (hits + misses).max(1.0));
    (100.0 * precision, 100.0 * recall, 100.0 * 2.0 * hits / (2.0 * hits + alarms + misses).max(1.0))
}
