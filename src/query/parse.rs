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
//! | `a and (b or c) not d` | the same, where the meaning is plain; else they are words |
//! | `+a b` | `a` must be there, `b` counts |
//! | `a NEAR/5 b`, `a w/5 b`, `a NEAR b` | within so many words (10); `a NOT NEAR/5 b`: not so |
//! | `a PRE/5 b`, `a +5 b`, `a adj5 b` | the same, `a` first |
//! | `a w/s b`, `a /p b`, `a SAME b` | in one sentence, in one paragraph |
//! | `ATLEAST5 a`, `atleast5(a)` | so many times in the article |
//! | `Crim*`, `*stan`, `wom?n` | words of that shape |
//! | `Zelensky~`, `Zelensky~2` | words one or two edits away |
//! | `/kyi?v/` | words that a regular expression matches |
//! | `speaker:witkoff`, `about:"New York"`, `date:2025-10..`, `-kind:indirect` | a filter, see [`FIELDS`] |
//! | `speaker:(Witkoff OR Kushner)`, `HEADLINE(peace)`, `hd=peace` | the filter for each of them |
//! | `query:NAME` | a saved query |
//! | `a^3`, `(…)^3` | counts three times as much |
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

use std::cell::Cell;

use jiff::civil::Date;

use super::Expr;
use super::saved::Saved;

pub use echo::echo;
pub use field::{CODES, FIELDS, Field};

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
    parse_with(input, today, &Saved::default())
}

/// The same, with the saved queries that `query:NAME` means.
pub fn parse_with(input: &str, today: Date, saved: &Saved) -> Parsed {
    let mut notes = Notes::default();
    let expr = read_all(input, &Setting { today, saved, open: &[], left: &Cell::new(MAX_SAVED) }, &mut notes);
    Parsed { expr, notes: notes.0 }
}

fn read_all(input: &str, setting: &Setting, notes: &mut Notes) -> Option<Expr<String>> {
    let mut tokens = lex::lex(input, notes);
    cap(&mut tokens, notes);
    let items = read::read(&tokens, setting, notes);
    let items = settle::settle(items, notes);
    build::build(items, setting, notes)
}

/// Most words, phrases and signs of a query that are read. Lucene allows as many clauses; what is longer is
/// a pasted page, and its first thousand words tell what it is about.
pub const MAX_TOKENS: usize = 1024;

fn cap(tokens: &mut Vec<lex::Token>, notes: &mut Notes) {
    let words = tokens.iter().filter(|token| !token.is_paren()).count();
    if words <= MAX_TOKENS {
        return;
    }
    notes.add(format!("only the first {MAX_TOKENS} of {words} words are looked for"));
    let mut left = MAX_TOKENS;
    let end = tokens.iter().position(|token| {
        let over = left == 0 && !token.is_paren();
        left -= usize::from(!token.is_paren() && left > 0);
        over
    });
    tokens.truncate(end.unwrap_or(tokens.len()));
    lex::unmatched_go(tokens);
}

/// What a query is read with.
struct Setting<'a> {
    today: Date,
    saved: &'a Saved,
    /// Names of the saved queries that are being read.
    open: &'a [&'a str],
    /// How many more saved queries are read; else a few that hold each other twice would never end.
    left: &'a Cell<usize>,
}

/// Most saved queries that are read for one query.
const MAX_SAVED: usize = 64;

/// What the name of a saved query means.
enum Named {
    Query(Expr<String>),
    /// It asks nothing here: it holds itself, or is empty.
    Nothing,
    Unknown,
}

impl Setting<'_> {
    /// What a saved query asks.
    fn saved(&self, name: &str, notes: &mut Notes) -> Named {
        let Some((name, text)) = self.saved.get(name) else {
            let known = self.saved.names();
            let known = if known.is_empty() {
                "none is saved".into()
            } else {
                format!("there are {}", known.join(", "))
            };
            notes.about(name, &format!("is no saved query ({known}); read as a word"));
            return Named::Unknown;
        };
        if self.open.contains(&name) {
            notes.about(&format!("query:{name}"), "holds itself; ignored there");
            return Named::Nothing;
        }
        if self.left.get() == 0 {
            notes.add(format!("more than {MAX_SAVED} saved queries in one are ignored"));
            return Named::Nothing;
        }
        self.left.set(self.left.get() - 1);
        let open: Vec<&str> = self.open.iter().copied().chain([name]).collect();
        read_all(text, &Setting { open: &open, ..*self }, notes).map_or(Named::Nothing, Named::Query)
    }
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
