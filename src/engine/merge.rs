//! Which segments are merged: only those that are whole.
//!
//! A merge writes what it reads under new sums: damage that it took over would pass for what was written.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tantivy::index::{SegmentId, SegmentMeta};
use tantivy::merge_policy::{LogMergePolicy, MergeCandidate, MergePolicy};

use super::checked::Checked;

/// tantivy's own choice of segments, less those whose bytes are not those that were written.
#[derive(Debug)]
pub(super) struct WholeOnly {
    choice: LogMergePolicy,
    directory: Checked,
    /// Each segment is summed once.
    known: Mutex<HashMap<SegmentId, bool>>,
}

impl WholeOnly {
    pub fn new(directory: Checked) -> WholeOnly {
        WholeOnly { choice: LogMergePolicy::default(), directory, known: Mutex::default() }
    }

    fn is_whole(&self, segment: &SegmentMeta) -> bool {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        *known.entry(segment.id()).or_insert_with(|| self.directory.is_whole(segment))
    }
}

impl MergePolicy for WholeOnly {
    fn compute_merge_candidates(&self, segments: &[SegmentMeta]) -> Vec<MergeCandidate> {
        let mut candidates = self.choice.compute_merge_candidates(segments);
        candidates.retain(|MergeCandidate(ids)| {
            segments
                .iter()
                .filter(|segment| ids.contains(&segment.id()))
                .all(|segment| self.is_whole(segment))
        });
        candidates
    }
}

#[cfg(test)]
mod tests {
    use tantivy::schema::{STORED, Schema, TEXT};
    use tantivy::{Index, doc};

    use super::*;

    #[test]
    fn what_was_damaged_is_not_merged() {
        let folder = tempfile::tempdir().unwrap();
        let directory = Checked::open(folder.path()).unwrap();
        let mut schema = Schema::builder();
        let body = schema.add_text_field("body", TEXT | STORED);
        let index = Index::create(directory.clone(), schema.build(), Default::default()).unwrap();
        let mut writer = index.writer_with_num_threads(1, 15_000_000).unwrap();
        writer.set_merge_policy(Box::new(tantivy::merge_policy::NoMergePolicy));
        for number in 0..8 {
            writer.add_document(doc!(body => format!("story {number}"))).unwrap();
            writer.commit().unwrap();
        }
        let segments = index.searchable_segment_metas().unwrap();
        let candidates = || WholeOnly::new(directory.clone()).compute_merge_candidates(&segments).len();
        assert_eq!((segments.len(), candidates(), directory.damage()), (8, 1, None));
        let store = segments[3].relative_path(tantivy::index::SegmentComponent::Store);
        let path = folder.path().join(&store);
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[3] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(candidates(), 0);
        assert!(directory.damage().unwrap().starts_with(&*store.to_string_lossy()));
    }
}
