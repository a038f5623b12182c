//! Imports run down only, and no two modules import each other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::support::root;

/// The floors of `src/lib.rs`, from the ground up. A module may import from lower floors only.
const FLOORS: &[&[&str]] = &[
    &["error"],
    &["sketch", "span", "user"],
    &["gazetteer", "lang"],
    &["document", "people"],
    &["query", "rows"],
    &["read", "extract", "engine", "gold"],
    &["ingest", "search", "versions"],
    &["like"],
    &["render", "eval", "ir"],
    &["cli"],
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Code without comments.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The words that follow `prefix` in the code.
fn named_after(code: &str, prefix: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices(prefix) {
        let rest = &code[at + prefix.len()..];
        if let Some(list) = rest.strip_prefix('{') {
            // `use crate::{a, b::c}`
            for part in list.split('}').next().unwrap_or_default().split(',') {
                names.insert(part.trim().split("::").next().unwrap_or_default().to_string());
            }
        } else {
            names.insert(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    names
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

fn modules() -> BTreeMap<String, Vec<PathBuf>> {
    let src = root().join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    let mut modules: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for file in files {
        let below = file.strip_prefix(&src).unwrap();
        let first = below.components().next().unwrap().as_os_str().to_string_lossy().replace(".rs", "");
        if !matches!(first.as_str(), "lib" | "main" | "bin") {
            modules.entry(first).or_default().push(file);
        }
    }
    modules
}

#[test]
fn every_module_has_a_floor() {
    for module in modules().keys() {
        assert!(floor(module).is_some(), "{module} stands on no floor of tests/it/floors.rs");
    }
}

#[test]
fn imports_run_down_only() {
    let mut seen = 0;
    for (module, files) in modules() {
        for file in files {
            for other in named_after(&code(&file), "crate::") {
                let Some(below) = floor(&other).filter(|_| other != module) else { continue };
                seen += 1;
                assert!(
                    Some(below) < floor(&module),
                    "{}: {module} imports {other}, which is not below it",
                    file.display()
                );
            }
        }
    }
    assert!(seen > 50, "the test sees no imports any more");
}

#[test]
fn only_the_engine_knows_tantivy() {
    for (module, files) in modules().into_iter().filter(|(module, _)| module != "engine") {
        for file in files {
            let code = code(&file).replace("engine::tantivy::", "");
            assert!(!code.contains("tantivy::"), "{}: {module} sees tantivy", file.display());
        }
    }
}

#[test]
fn the_middle_touches_no_disk_clock_or_terminal() {
    for module in ["extract", "query", "rows", "gold", "eval", "document", "span", "sketch", "versions"] {
        for file in &modules()[module] {
            let code = code(file);
            for edge in
                ["std::fs", "std::net", "std::env", "std::process", "println!", "SystemTime", "::now()"]
            {
                // A test may print.
                let body = code.split("#[cfg(test)]").next().unwrap_or_default();
                assert!(!body.contains(edge), "{}: {module} uses {edge}", file.display());
            }
        }
    }
}

/// Files of one module may not import each other in a ring. A folder's `mod.rs` is its face: it may
/// list its files in a table, and they may use the nouns that it defines.
#[test]
fn no_ring_among_the_files_of_a_module() {
    let mut folders: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for file in modules().into_values().flatten() {
        folders.entry(file.parent().unwrap().to_path_buf()).or_default().push(file);
    }
    folders.remove(&root().join("src"));
    for (folder, files) in folders {
        let module = folder.strip_prefix(root().join("src")).unwrap().to_string_lossy().replace('/', "::");
        let name = |file: &Path| file.file_stem().unwrap().to_string_lossy().into_owned();
        let parts: BTreeSet<String> =
            files.iter().map(|file| name(file)).filter(|name| name != "mod").collect();
        let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for file in files.iter().filter(|file| name(file) != "mod") {
            let code = code(file);
            let body = code.split("#[cfg(test)]").next().unwrap_or_default();
            let mut used = named_after(body, &format!("crate::{module}::"));
            used.extend(named_after(body, "super::"));
            used.retain(|other| parts.contains(other) && *other != name(file));
            edges.entry(name(file)).or_default().extend(used);
        }
        for start in edges.keys() {
            let mut reached = BTreeSet::new();
            let mut open: Vec<&String> = edges[start].iter().collect();
            while let Some(next) = open.pop() {
                assert_ne!(next, start, "{module}: {start} imports itself by way of {reached:?}");
                if reached.insert(next.clone()) {
                    open.extend(edges.get(next).into_iter().flatten());
                }
            }
        }
    }
}
