//! Queries that were given a name.

/// Saved queries, by name.
#[derive(Clone, Debug, Default)]
pub struct Saved {
    list: Vec<(String, String)>,
}

impl Saved {
    /// Those of a list of names and queries; of one name the last counts.
    pub fn new(list: Vec<(String, String)>) -> Saved {
        Saved { list }
    }

    /// The name as saved, and its query; capitals do not matter.
    pub fn get(&self, name: &str) -> Option<(&str, &str)> {
        let low = name.to_lowercase();
        let found = self.list.iter().rev().find(|(known, _)| known.to_lowercase() == low);
        found.map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// All names, in the order in which they were saved.
    pub fn names(&self) -> Vec<&str> {
        self.list.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// All names and their queries.
    pub fn list(&self) -> &[(String, String)] {
        &self.list
    }
}

/// True for what may be a name: letters, digits, `-`, `_` and `.`, 64 bytes at most.
pub fn is_name(text: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    text.len() <= 64 && text.starts_with(char::is_alphanumeric) && text.chars().all(part)
}
