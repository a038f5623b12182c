//! Answers as JSON: the same objects that an index stores, with score and highlights.

use std::io::{self, Write};

use serde::Serialize;

use super::Options;
use crate::engine::Facet;
use crate::search::{Answer, Clause, Found, Gathered};

#[derive(Serialize)]
struct Whole<'a> {
    read_as: &'a str,
    notes: &'a [String],
    total: usize,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    clauses: &'a [Clause],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    groups: &'a [Gathered],
    hits: &'a [Found],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    facets: &'a [Facet],
}

/// Writes one object.
pub fn write(answer: &Answer, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    let Answer { read_as, notes, total, found, groups, clauses, facets, offset: _ } = answer;
    let whole = Whole { read_as, notes, total: *total, clauses, groups, hits: found, facets };
    serde_json::to_writer_pretty(&mut *out, &whole).map_err(io::Error::from)?;
    writeln!(out)
}

/// Writes one object a line: hits, or groups when the answer is gathered.
pub fn write_lines(answer: &Answer, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    for group in &answer.groups {
        serde_json::to_writer(&mut *out, group).map_err(io::Error::from)?;
        writeln!(out)?;
    }
    for found in &answer.found {
        serde_json::to_writer(&mut *out, found).map_err(io::Error::from)?;
        writeln!(out)?;
    }
    Ok(())
}
