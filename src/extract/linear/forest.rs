//! Boosted decision trees: all of one depth, read from memory, added up.

/// Trees whose sum is the logarithm of the odds.
#[derive(Default)]
pub struct Forest {
    /// What the header says.
    pub header: String,
    depth: u32,
    /// For each tree, level by level: which number is looked at, and up to where one goes left.
    splits: Vec<(u8, f32)>,
    leaves: Vec<f32>,
    trees: Vec<Tree>,
    /// Where each number is cut, in order: how many limits it passes is its step.
    limits: Vec<Vec<f32>>,
}

/// Most levels of a tree.
pub const DEPTH: u32 = 6;

/// Leaves of a tree of so many levels.
const LEAVES: usize = 1 << DEPTH;

/// A tree made ready; one of fewer levels goes on to the left.
#[derive(Clone)]
struct Tree {
    /// The children of the split at `n` are at `2 n` and `2 n + 1`, the first is at 1: the number that is looked
    /// at, and the step of it from which one goes right.
    splits: [[u8; 2]; LEAVES],
    leaves: [f32; LEAVES],
}

/// A step that no number reaches.
const NEVER: u8 = u8::MAX;

/// Rows that go down a tree side by side: the processor waits for none of them alone.
const ABREAST: usize = 8;

/// As many where few are left.
const HALF: usize = ABREAST / 2;

/// Trees that all rows go down.
const FIRST: usize = 30;

/// Rows that go down the other trees as well.
const FEW: usize = 2;

/// Most numbers in a row.
const WIDTH: usize = 64;

/// Numbers of a row as steps.
type Steps = [u8; WIDTH];

impl Forest {
    /// Trees of `depth` levels, at most 6, from all splits and all leaves, tree after tree.
    ///
    /// # Panics
    /// When there are more levels.
    pub fn new(depth: u32, splits: Vec<(u8, f32)>, leaves: Vec<f32>) -> Forest {
        assert!(depth <= DEPTH, "trees of {depth} levels: at most {DEPTH} are read");
        let mut limits = vec![Vec::new(); WIDTH];
        splits.iter().for_each(|&(number, limit)| limits[usize::from(number) % WIDTH].push(limit));
        for limits in &mut limits {
            limits.sort_by(f32::total_cmp);
            limits.dedup();
        }
        let step = |&(number, limit): &(u8, f32)| {
            let below = limits[usize::from(number) % WIDTH].partition_point(|&other| other < limit);
            // A limit that no step can say is never passed: infinity, by the trainer's choice.
            [number, u8::try_from(below + 1).unwrap_or(NEVER)]
        };
        let steps: Vec<[u8; 2]> = splits.iter().map(step).collect();
        let count = 1 << depth;
        let trees = steps.chunks_exact((count - 1_usize).max(1)).zip(leaves.chunks_exact(count));
        let trees = trees.map(|(splits, leaves)| Tree::new(depth, splits, leaves)).collect();
        Forest { header: String::new(), depth, splits, leaves, trees, limits }
    }

    /// Reads a data file; a damaged one has no trees.
    pub fn read(data: &[u8]) -> Forest {
        let start = data.windows(2).position(|pair| pair == b"\n\n").map_or(0, |at| at + 2);
        let header = String::from_utf8_lossy(&data[..start]).into_owned();
        Forest::body(&data[start..]).map_or_else(Forest::default, |forest| Forest { header, ..forest })
    }

    fn body(data: &[u8]) -> Option<Forest> {
        let (&[depth, low, high], rest) = data.split_first_chunk()?;
        let trees = usize::from(u16::from_le_bytes([low, high]));
        let leaves = 1_usize.checked_shl(u32::from(depth)).filter(|&leaves| leaves <= LEAVES)?;
        let splits = trees * (leaves - 1);
        if rest.len() != splits * 5 + trees * leaves * 4 {
            return None;
        }
        let (head, tail) = rest.split_at(splits * 5);
        let float = |bytes: &[u8]| bytes.first_chunk().map_or(0.0, |bytes| f32::from_le_bytes(*bytes));
        Some(Forest::new(
            u32::from(depth),
            head.chunks_exact(5).map(|split| (split[0], float(&split[1..]))).collect(),
            tail.chunks_exact(4).map(float).collect(),
        ))
    }

    /// The data file of these trees.
    pub fn write(&self, header: &str) -> Vec<u8> {
        let mut out = format!("{}\n\n", header.trim_end()).into_bytes();
        let trees = self.leaves.len() >> self.depth;
        out.push(self.depth as u8);
        out.extend((trees as u16).to_le_bytes());
        for (feature, limit) in &self.splits {
            out.push(*feature);
            out.extend(limit.to_le_bytes());
        }
        self.leaves.iter().for_each(|leaf| out.extend(leaf.to_le_bytes()));
        out
    }

    /// The likeliest rows of each group by their numbers, with their probabilities from 0 to 1; in no order. Each
    /// group has so many of the rows, one group after the other.
    ///
    /// The first trees say most: rows that these put behind `FEW` others of their group are not looked at further.
    ///
    /// # Panics
    /// When the groups have more rows than there are.
    pub fn likeliest<const N: usize>(&self, rows: &[[f32; N]], groups: &[usize]) -> Vec<Vec<(usize, f32)>> {
        let steps: Vec<Steps> = rows.iter().map(|row| self.steps_of(row)).collect();
        let first = self.all_odds(&steps, 0..FIRST);
        let mut best: Vec<Vec<usize>> = Vec::with_capacity(groups.len());
        let mut start = 0;
        for &size in groups {
            let mut group: Vec<usize> = (start..start + size).collect();
            group.sort_by(|&a, &b| first[b].total_cmp(&first[a]));
            group.truncate(FEW);
            best.push(group);
            start += size;
        }
        let kept: Vec<Steps> = best.iter().flatten().map(|&row| steps[row]).collect();
        let mut more = self.all_odds(&kept, FIRST..usize::MAX).into_iter();
        let mut probability = |row: usize| {
            let odds = first[row] + more.next().unwrap_or(0.0);
            (row, 1.0 / (1.0 + (-odds).exp()))
        };
        best.into_iter().map(|group| group.into_iter().map(&mut probability).collect()).collect()
    }

    /// What some of the trees add up to for each row.
    fn all_odds(&self, rows: &[Steps], trees: std::ops::Range<usize>) -> Vec<f32> {
        let mut odds = Vec::with_capacity(rows.len() + ABREAST);
        for rows in rows.chunks(ABREAST) {
            match rows.len() {
                0..=HALF => odds.extend(self.odds::<HALF>(rows, trees.clone())),
                _ => odds.extend(self.odds::<ABREAST>(rows, trees.clone())),
            }
        }
        odds
    }

    fn steps_of(&self, row: &[f32]) -> Steps {
        let mut steps = [0; WIDTH];
        for ((step, &number), limits) in steps.iter_mut().zip(row).zip(&self.limits) {
            *step = limits.partition_point(|&limit| limit < number).min(254) as u8;
        }
        steps
    }

    /// What some of the trees add up to for each row; rows that are missing count as zeros.
    fn odds<const ROWS: usize>(&self, rows: &[Steps], trees: std::ops::Range<usize>) -> [f32; ROWS] {
        let none = [0; WIDTH];
        let rows: [&Steps; ROWS] = std::array::from_fn(|n| rows.get(n).unwrap_or(&none));
        let mut odds = [0.0; ROWS];
        for tree in self.trees.iter().skip(trees.start).take(trees.len()) {
            let mut nodes = [1; ROWS];
            for _ in 0..DEPTH {
                for (node, row) in nodes.iter_mut().zip(rows) {
                    let [number, least] = tree.splits[*node & (LEAVES - 1)];
                    *node = 2 * *node + usize::from(row[usize::from(number) % WIDTH] >= least);
                }
            }
            for (odds, node) in odds.iter_mut().zip(nodes) {
                *odds += tree.leaves[node & (LEAVES - 1)];
            }
        }
        odds
    }
}

impl Tree {
    fn new(depth: u32, splits: &[[u8; 2]], leaves: &[f32]) -> Tree {
        let mut tree = Tree { splits: [[0, NEVER]; LEAVES], leaves: [0.0; LEAVES] };
        tree.splits.iter_mut().skip(1).zip(splits).for_each(|(place, split)| *place = *split);
        let apart = 1 << (DEPTH - depth);
        tree.leaves.iter_mut().step_by(apart).zip(leaves).for_each(|(place, leaf)| *place = *leaf);
        tree
    }
}

/// Number of the leaf that a row reaches; while trees grow, their limits are not yet known.
pub fn leaf(splits: &[(u8, f32)], depth: u32, numbers: &[f32]) -> usize {
    let mut node = 0;
    for _ in 0..depth {
        let (feature, limit) = splits[node];
        let right = numbers.get(usize::from(feature)).is_some_and(|&number| number > limit);
        node = 2 * node + 1 + usize::from(right);
    }
    node + 1 - (1 << depth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let forest = Forest::new(1, vec![(1, 0.5)], vec![-2.0, 2.0]);
        let again = Forest::read(&forest.write("head"));
        assert_eq!(again.header, "head\n\n");
        let found = &again.likeliest(&[[0.0, 1.0], [9.0, 0.0]], &[2])[0];
        assert!(found[0].0 == 0 && found[0].1 > 0.8 && found[1].1 < 0.2);
        let edge = again.likeliest(&[[0.0, 0.5]], &[1]);
        assert!(edge[0][0].1 < 0.2, "what equals a limit goes left");
        assert_eq!(again.likeliest(&[[0.0, 1.0]; 9], &[9])[0].len(), FEW);
        let rows: Vec<[f32; 2]> = (0..23).map(|n| [0.0, f32::from(u8::from(matches!(n, 6 | 22)))]).collect();
        let groups = again.likeliest(&rows, &[7, 0, 1, 15]);
        let first: Vec<Option<usize>> =
            groups.iter().map(|group| group.first().map(|&(row, _)| row)).collect();
        assert_eq!(first, [Some(6), None, Some(7), Some(22)]);
        assert!(groups[3][0].1 > 0.8 && groups[3][1].1 < 0.2);
        let deep = Forest::new(2, vec![(0, 0.5), (1, 0.5), (1, 2.5)], vec![-2.0, -1.0, 1.0, 2.0]);
        let odds = |row: [f32; 2]| deep.odds::<1>(&[deep.steps_of(&row)], 0..9)[0];
        let reached = [[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 3.0]].map(odds);
        assert_eq!(reached, [-2.0, -1.0, 1.0, 2.0]);
        assert_eq!(Forest::read(b"head\n\n\x01\x01").likeliest(&[[1.0]], &[1]), [[(0, 0.5)]]);
        assert!(again.likeliest::<2>(&[], &[]).is_empty());
    }
}
