//! Words as typed → [`Expr`]. Nothing is refused: what is no operator is words, and a note says so.
//!
//! ```text
//! text → lex: tokens → read: terms and operators → settle: operators that have their terms → build: Expr
//! Expr → echo: the text that is read as it
//! ```
//!
//! | typed | read as |
//! |---|---|
//! | `land swap` | the more of these words, the better; at least one |
//! | `"land swap"`, `“…”`, `„…“`, `«…»`, `‘…’` | a phrase; of one word, the word exactly as typed |
//! | `a AND b`, `a OR b`, `NOT a`, `-a`, `!a`, `(…)` | as usual: NOT before AND before OR |
//! | `+a b` | `a` must be there, `b` counts |
//! | `a NEAR/5 b`, `a w/5 b`, `a NEAR b` | both within so many words (10); `a NOT NEAR/5 b`: not so |
//! | `Crim*`, `Zelensky~`, `Zelensky~2` | words that begin so; words one or two edits away |
//! | `speaker:witkoff`, `about:"New York"`, `date:2025-10..`, `-kind:indirect` | a filter, see [`FIELDS`] |
//! | `speaker:(Witkoff OR Kushner)` | the filter for each of them |
//! | `\AND`, `\speaker:x` | just a word |
//!
//! Two terms side by side mean AND, except that plain words gather into one [`Expr::Any`]. NEAR wants
//! words on both sides, so it binds closer than a NOT before it: `NOT a NEAR b` is `NOT (a NEAR b)`.

mod build;
mod echo;
mod field;
mod join;
mod lex;
mod read;
mod settle;
#[cfg(test)]
mod tests;
mod word;

use jiff::civil::Date;

use super::Expr;

pub use echo::echo;
pub use field::{FIELDS, Field};

/// A query as it was understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parsed {
    /// What is asked; none when nothing was typed that could be looked for.
    pub expr: Option<Expr<String>>,
    /// For people: what was read otherwise than it may have been meant.
    pub notes: Vec<String>,
}

/// Reads a query as people type it; never fails. `today` is what `yesterday` and `7d` count from.
pub fn parse(input: &str, today: Date) -> Parsed {
    let mut notes = Notes::default();
    let tokens = lex::lex(input, &mut notes);
    let items = read::read(&tokens, today, &mut notes);
    let items = settle::settle(items, &mut notes);
    let expr = build::build(items, today, &mut notes);
    Parsed { expr, notes: notes.0 }
}

/// More notes than this help nobody.
const MAX_NOTES: usize = 12;

#[derive(Default)]
struct Notes(Vec<String>);

impl Notes {
    fn add(&mut self, note: String) {
        if self.0.len() < MAX_NOTES && !self.0.contains(&note) {
            self.0.push(note);
        }
    }

    /// A note that starts with what was typed.
    fn about(&mut self, typed: &str, note: &str) {
        let short: String = typed.chars().take(40).collect();
        let more = if short.len() < typed.len() { "…" } else { "" };
        self.add(format!("`{short}{more}` {note}"));
    }
}
