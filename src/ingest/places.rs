//! What the user's own places change in an index: articles that name them are read again.

use std::path::{Path, PathBuf};

use super::{Options, walk, writer};
use crate::engine::tantivy::Index;
use crate::error::Result;

/// What a change of `places.tsv` came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heeded {
    /// Files that name a place of a changed line; they were forgotten, and are read again as new ones.
    pub again: usize,
    /// Such files outside the folders of this run. They keep what was found in them, and the change
    /// stays open until their folders are indexed.
    pub elsewhere: Vec<String>,
}

/// Forgets the files that name a place of a line that was added, changed or removed since the index was made;
/// `text` is the file as it is now. None when nothing changed.
pub fn heed(index: &Index, text: &str, folders: &[PathBuf], options: &Options<'_>) -> Result<Option<Heeded>> {
    let before = index.places()?;
    if before == text {
        return Ok(None);
    }
    let files = index.files_naming(&changed_names(&before, text))?;
    let roots = walk::roots(folders);
    let here = |file: &String| roots.iter().any(|root| Path::new(file).starts_with(root));
    let (again, elsewhere): (Vec<String>, Vec<String>) = files.into_iter().partition(here);
    let mut writer = writer(index, options)?;
    again.iter().for_each(|file| writer.remove_file(file));
    if elsewhere.is_empty() {
        writer.set_places(text);
    }
    writer.commit()?;
    // Damage that was met is met again, and told, by the run itself.
    let _damage = writer.finish()?;
    index.reload()?;
    Ok(Some(Heeded { again: again.len(), elsewhere }))
}

/// The names on lines that stand in one of two texts only.
fn changed_names(before: &str, after: &str) -> Vec<String> {
    let lines = |text: &str| -> Vec<String> {
        text.lines()
            .map(str::trim_end)
            .filter(|line| !line.trim_start().starts_with('#'))
            .map(str::to_string)
            .collect()
    };
    let (before, after) = (lines(before), lines(after));
    let gone = before.iter().filter(|line| !after.contains(line));
    let new = after.iter().filter(|line| !before.contains(line));
    let mut names: Vec<String> = Vec::new();
    for line in gone.chain(new) {
        let mut columns = line.split('\t');
        let first = columns.next().unwrap_or_default();
        let others = columns.nth(4).unwrap_or_default().split('|');
        names.extend([first].into_iter().chain(others).map(|name| name.trim().to_string()));
    }
    names.retain(|name| !name.is_empty());
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_changed_lines_count() {
        let before = "# mine\nOld Mill\t1\t2\tFrance\tcity\tThe Mill|Moulin\nSame\t1\t2\n";
        let after = "Same\t1\t2\nGotham\t=\tNew York\n# other\n";
        assert_eq!(changed_names(before, after), ["Gotham", "Moulin", "Old Mill", "The Mill"]);
        assert!(changed_names(before, before).is_empty());
    }
}
