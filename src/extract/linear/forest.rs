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
}

impl Forest {
    /// Trees of `depth` levels, from all splits and all leaves, tree after tree.
    pub fn new(depth: u32, splits: Vec<(u8, f32)>, leaves: Vec<f32>) -> Forest {
        Forest { header: String::new(), depth, splits, leaves }
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
        let leaves = 1_usize.checked_shl(u32::from(depth)).filter(|&leaves| leaves <= 1024)?;
        let splits = trees * (leaves - 1);
        if rest.len() != splits * 5 + trees * leaves * 4 {
            return None;
        }
        let (head, tail) = rest.split_at(splits * 5);
        let float = |bytes: &[u8]| bytes.first_chunk().map_or(0.0, |bytes| f32::from_le_bytes(*bytes));
        Some(Forest {
            header: String::new(),
            depth: u32::from(depth),
            splits: head.chunks_exact(5).map(|split| (split[0], float(&split[1..]))).collect(),
            leaves: tail.chunks_exact(4).map(float).collect(),
        })
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

    /// Probability, 0 to 1.
    pub fn probability(&self, numbers: &[f32]) -> f32 {
        let leaves = 1 << self.depth;
        let trees = self.splits.chunks_exact((leaves - 1_usize).max(1)).zip(self.leaves.chunks_exact(leaves));
        let sum: f32 = trees.map(|(splits, leaves)| leaves[leaf(splits, self.depth, numbers)]).sum();
        1.0 / (1.0 + (-sum).exp())
    }
}

/// Number of the leaf that is reached.
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
        assert!(again.probability(&[0.0, 1.0]) > 0.8);
        assert!(again.probability(&[9.0, 0.0]) < 0.2);
        assert_eq!(Forest::read(b"head\n\n\x01\x01").probability(&[1.0]), 0.5);
    }
}
