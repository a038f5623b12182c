//! Everybody who speaks in an index, linked once for each state of it and kept in a small file beside
//! its segments. The file is worth nothing but time: where it is missing, old or broken, it is made anew.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tantivy::{Searcher, TantivyError};

use super::checked::{seal, unseal};
use super::trouble::failed;
use crate::error::Result;
use crate::people::{People, Person};

/// Name of the file.
pub(super) const FILE: &str = "people.cache";

#[derive(Serialize, Deserialize)]
struct Cache {
    /// What the index held when it was made.
    state: String,
    persons: Vec<Person>,
}

/// Everybody who goes by several names, or shares one, in the whole index that lies at `path`.
pub(super) fn linked(path: &Path, searcher: &Searcher) -> Result<Vec<Person>> {
    let state = state(searcher);
    let kept = std::fs::read(path.join(FILE)).ok();
    let kept = kept.and_then(|bytes| unseal(&bytes).ok()).filter(|kept| kept.sealed);
    let kept = kept.and_then(|kept| serde_json::from_slice::<Cache>(&kept.data).ok());
    if let Some(cache) = kept.filter(|cache| cache.state == state) {
        return Ok(cache.persons);
    }
    let cache = Cache { state, persons: People::link(&keys(path, searcher)?) };
    // An index that cannot be written to is as good without the file, only slower.
    let _ = keep(path, &cache);
    Ok(cache.persons)
}

fn keep(path: &Path, cache: &Cache) -> std::io::Result<()> {
    // Two readers may do so at once: each its own draft, and the last one stays.
    let draft = path.join(format!("{FILE}.{}", std::process::id()));
    std::fs::write(&draft, seal(&serde_json::to_vec(cache)?, None))
        .and_then(|()| std::fs::rename(&draft, path.join(FILE)))
        .inspect_err(|_| drop(std::fs::remove_file(&draft)))
}

/// Our version, and the ids of all segments, each with how many of its rows are gone: another state,
/// another text.
fn state(searcher: &Searcher) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let part = |segment: &tantivy::SegmentReader| {
        format!("{}-{}", segment.segment_id().uuid_string(), segment.num_deleted_docs())
    };
    let parts: Vec<String> = searcher.segment_readers().iter().map(part).collect();
    format!("{version} {}", parts.join(" "))
}

/// The keys of all speakers, and how many quotes and passages bear each.
pub(super) fn keys(path: &Path, searcher: &Searcher) -> Result<Vec<(String, usize)>> {
    let trouble = |error: TantivyError| failed(path, "reading", &error);
    let mut all: BTreeMap<String, usize> = BTreeMap::new();
    for segment in searcher.segment_readers() {
        let Some(column) = segment.fast_fields().str("by_speaker").map_err(trouble)? else { continue };
        let mut counts = vec![0usize; column.num_terms()];
        for doc in segment.doc_ids_alive() {
            column.term_ords(doc).for_each(|ord| counts[ord as usize] += 1);
        }
        for (ord, count) in counts.into_iter().enumerate().filter(|(_, count)| *count > 0) {
            let mut key = String::new();
            column.ord_to_str(ord as u64, &mut key).map_err(|error| trouble(error.into()))?;
            *all.entry(key).or_default() += count;
        }
    }
    Ok(all.into_iter().collect())
}
