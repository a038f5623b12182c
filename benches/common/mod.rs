//! What several benchmarks need.

use std::path::Path;

use onrecord::document::Article;
use onrecord::read;

/// The English articles of a folder.
pub fn articles(folder: &Path) -> Vec<Article> {
    let mut all = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().flatten() {
        let path = entry.path();
        if !entry.file_type().is_file() || !read::is_supported(path) {
            continue;
        }
        let shown = path.to_string_lossy();
        let Ok(found) = read::open(path, &shown, &shown) else { continue };
        all.extend(found.flatten().filter(|article| article.language.quotes));
    }
    all
}
