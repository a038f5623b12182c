//! An index of the sample corpus, made once, and runs of the program over it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use serde_json::Value;
use tempfile::TempDir;

/// What a run printed, and how it ended.
pub struct Ran {
    pub out: String,
    pub err: String,
    pub code: i32,
}

impl Ran {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }

    /// The hits of `--format json`.
    pub fn hits(&self) -> Vec<Value> {
        self.json()["hits"].as_array().cloned().unwrap_or_default()
    }
}

/// Runs the program in a folder.
pub fn run_in(folder: &Path, args: &[&str]) -> Ran {
    let Output { stdout, stderr, status } = Command::new(env!("CARGO_BIN_EXE_onrecord"))
        .args(args)
        .current_dir(folder)
        .env_remove("ONRECORD_INDEX")
        .env_remove("ONRECORD_USER")
        .env("NO_COLOR", "1")
        .output()
        .expect("the program runs");
    Ran {
        out: String::from_utf8_lossy(&stdout).into_owned(),
        err: String::from_utf8_lossy(&stderr).into_owned(),
        code: status.code().unwrap_or(-1),
    }
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The sample corpus, indexed once for all tests.
pub struct Corpus {
    folder: TempDir,
}

impl Corpus {
    pub fn indexed() -> &'static Corpus {
        static CORPUS: LazyLock<Corpus> = LazyLock::new(|| {
            let folder = TempDir::new().expect("a temporary folder");
            let corpus = Corpus { folder };
            let ran = corpus.run(&["index", &root().join("corpus").to_string_lossy()]);
            assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
            corpus
        });
        &CORPUS
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        run_in(self.folder.path(), args)
    }
}

/// Test data that is not part of the repository; tests over it are skipped, with a word, where it is missing.
pub fn shared(part: &str) -> Option<PathBuf> {
    let path = root().parent()?.join("shared").join(part);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {part} is not on this machine");
    None
}

/// A folder with these files.
pub fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    folder
}
