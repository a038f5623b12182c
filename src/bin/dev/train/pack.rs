//! Writes weights as the data file that `linear::model` reads.

use std::collections::HashMap;

use onrecord::extract::linear::chain::{LANES, Scores, Transitions};
use onrecord::extract::linear::model::{Clusters, UNKNOWN};
use onrecord::extract::linear::table;

/// A feature's key and its row.
pub type Row = (u32, Scores);

/// What a model knows of words beside weights.
pub struct Lexicon {
    /// Clusters by the lower half of the word's hash, in order.
    pub clusters: Vec<(u32, Clusters)>,
    /// Classes in the same way.
    pub classes: Vec<(u32, u8)>,
}

/// Largest weight that one byte can say.
const LARGEST: f32 = 4.0;

/// The bytes of a data file.
pub fn encode(header: &str, lexicon: &Lexicon, transitions: &[Transitions], rows: &[Row]) -> Vec<u8> {
    let top = rows.iter().flat_map(|(_, row)| row).fold(0.0_f32, |top, weight| top.max(weight.abs()));
    let step = top.clamp(0.01, LARGEST) / 127.0;
    let packed = rows
        .iter()
        .map(|(key, row)| (*key, row.map(|weight| (weight / step).round().clamp(-127.0, 127.0) as i8)));
    write(header, lexicon, (step, transitions), packed, &[])
}

/// The bytes of a data file whose weights are in steps already; features in `hot` come first, in that order.
pub fn write(
    header: &str,
    lexicon: &Lexicon,
    (step, transitions): (f32, &[Transitions]),
    rows: impl Iterator<Item = (u32, table::Row)>,
    hot: &[u32],
) -> Vec<u8> {
    let mut out = format!("{}\n\n", header.trim_end()).into_bytes();
    put_clusters(&lexicon.clusters, &mut out);
    put_classes(&lexicon.classes, &mut out);
    out.extend(step.to_le_bytes());
    varint(transitions.len() as u32, &mut out);
    for score in transitions.iter().flatten().flatten() {
        out.extend(score.to_le_bytes());
    }
    let mut packed: Vec<(u32, table::Row)> = rows.collect();
    packed.retain(|(key, row)| *key != 0 && row.iter().any(|&weight| weight != 0));
    packed.sort_unstable();
    packed.dedup_by_key(|(key, _)| *key);
    let rank: HashMap<u32, usize> = hot.iter().enumerate().map(|(n, &key)| (key, n)).collect();
    let (mut front, behind): (Vec<_>, Vec<_>) =
        packed.into_iter().partition(|(key, _)| rank.contains_key(key));
    front.sort_by_key(|(key, _)| rank.get(key));
    put_rows(&front, |_| 0, &mut out);
    put_rows(&behind, |before| before, &mut out);
    out
}

/// Features in order; of each key is said by how much it is larger than what `from` makes of the one before.
fn put_rows(rows: &[(u32, table::Row)], from: impl Fn(u32) -> u32, out: &mut Vec<u8>) {
    varint(rows.len() as u32, out);
    let mut before = 0;
    for &(key, row) in rows {
        varint(key - from(before), out);
        before = key;
        let mask = (0..LANES).fold(0_u16, |mask, lane| mask | u16::from(row[lane] != 0) << lane);
        out.extend(mask.to_le_bytes());
        out.extend(row.iter().filter(|&&weight| weight != 0).map(|&weight| weight as u8));
    }
}

fn put_clusters(clusters: &[(u32, Clusters)], out: &mut Vec<u8>) {
    let fines =
        clusters.iter().filter(|(_, one)| one.fine != UNKNOWN).map(|(_, one)| usize::from(one.fine) + 1);
    let mut coarse = vec![[UNKNOWN; 4]; fines.max().unwrap_or(0)];
    for (_, one) in clusters.iter().filter(|(_, one)| one.fine != UNKNOWN) {
        coarse[usize::from(one.fine)] = one.first;
    }
    varint(coarse.len() as u32, out);
    coarse.iter().flatten().for_each(|number| out.extend(number.to_le_bytes()));
    varint(clusters.len() as u32, out);
    let mut before = 0;
    for (key, one) in clusters {
        varint(key - before, out);
        before = *key;
        out.extend(one.fine.to_le_bytes());
        one.second.iter().for_each(|number| out.extend(number.to_le_bytes()));
    }
}

fn put_classes(classes: &[(u32, u8)], out: &mut Vec<u8>) {
    varint(classes.len() as u32, out);
    let mut before = 0;
    for (key, class) in classes {
        varint(key - before, out);
        before = *key;
        out.push(*class);
    }
}

fn varint(mut value: u32, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
