//! Answers as people and programs read them. Knows rows and answers, never an engine.

pub mod csv;
pub mod json;
pub mod regions;
pub mod text;

use std::io::{self, Write};

use crate::search::Answer;

/// A way to write answers.
pub struct Renderer {
    /// The name that users type.
    pub name: &'static str,
    /// What it is for, in a few words.
    pub about: &'static str,
    /// Writes an answer.
    pub write: fn(&Answer, &Options, &mut dyn Write) -> io::Result<()>,
}

/// How an answer is to be written.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Columns of the terminal.
    pub width: usize,
    /// Also say how the query was read, what each part finds, and the evidence of each attribution.
    pub explain: bool,
}

/// All ways to write answers.
pub static RENDERERS: &[Renderer] = &[
    Renderer { name: "text", about: "for reading", write: text::write },
    Renderer { name: "json", about: "one object with everything", write: json::write },
    Renderer { name: "jsonl", about: "one object a line, for pipes", write: json::write_lines },
    Renderer { name: "csv", about: "one row an answer, for spreadsheets", write: csv::write },
];

/// The format of TREC runs; it holds articles, not rows, so it is no renderer of answers.
pub const TREC: &str = "trec";

/// The renderer of that name.
pub fn named(name: &str) -> Option<&'static Renderer> {
    RENDERERS.iter().find(|renderer| renderer.name == name)
}
