//! Expression → the query that is read as it.

use super::build::is_wordlike;
use super::field::{Field, absent, field, name_of};
use super::lex::is_mark;
use super::read::is_date;
use super::word::{is_soft, operator, pattern, trim};
use super::{Notes, parse};
use crate::query::{Expr, Filter, Proximity, Within};

/// Writes an expression as a query that is read as the same expression.
pub fn echo(expr: &Expr<String>) -> String {
    let write = |raw| {
        let mut out = Out { text: String::new(), raw };
        write_expr(expr, &mut out);
        out.text
    };
    let plain = write(true);
    // A small `and` is a word here; where it would be read as an operator, it is escaped.
    let soft = plain.split([' ', '(', ')']).any(|word| is_soft(word) || is_date(word));
    let any_day = jiff::civil::date(2000, 1, 1);
    if soft && parse(&plain, any_day).expr.as_ref() != Some(expr) { write(false) } else { plain }
}

struct Out {
    text: String,
    /// Write a small `and`, `or` and `not` among words as they are.
    raw: bool,
}

impl std::ops::Deref for Out {
    type Target = String;
    fn deref(&self) -> &String {
        &self.text
    }
}

impl std::ops::DerefMut for Out {
    fn deref_mut(&mut self) -> &mut String {
        &mut self.text
    }
}

fn write_expr(expr: &Expr<String>, out: &mut Out) {
    match expr {
        Expr::Word(word) => write_word(word, out),
        Expr::Place(words, _) => out.push_str(&words.join(" ")),
        Expr::Exact(word) => quote(word, out),
        Expr::Prefix(stem) => out.extend([stem, "*"]),
        Expr::Wildcard(shape) => out.push_str(shape),
        Expr::Regex(pattern) => out.extend(["/", pattern, "/"]),
        Expr::Fuzzy(word, 1) => out.extend([word, "~"]),
        Expr::Fuzzy(word, edits) => out.push_str(&format!("{word}~{edits}")),
        Expr::Phrase(words) => quote(&words.join(" "), out),
        Expr::Near { first, links } => {
            write_part(first, out);
            for link in links {
                out.push_str(&format!(" {} ", proximity(link.how)));
                write_part(&link.to, out);
            }
        }
        Expr::AtLeast(times, inner) => {
            out.push_str(&format!("ATLEAST{times} "));
            write_part(inner, out);
        }
        Expr::Boost(inner, weight) => {
            // A weight belongs to a word, a phrase or a group.
            if matches!(**inner, Expr::Filter(_) | Expr::Not(_)) {
                out.push('(');
                write_expr(inner, out);
                out.push(')');
            } else {
                write_part(inner, out);
            }
            out.push_str(&format!("^{weight}"));
        }
        Expr::And(list) => {
            // With one run of plain words, nothing else can gather them: no AND is needed.
            let is_run = |expr: &&Expr<String>| is_wordlike(expr) || matches!(expr, Expr::Any(_));
            if list.iter().filter(is_run).count() > 1 {
                write_list(list, " AND ", write_part, out);
            } else {
                let write = |expr: &_, out: &mut _| {
                    if is_run(&expr) { write_expr(expr, out) } else { write_part(expr, out) }
                };
                write_list(list, " ", write, out);
            }
        }
        Expr::Or(list) => write_list(list, " OR ", write_part, out),
        Expr::Any(list) => write_any(list, out),
        Expr::Not(inner) if is_group(inner) || matches!(**inner, Expr::Not(_)) => {
            out.push_str("NOT (");
            write_expr(inner, out);
            out.push(')');
        }
        Expr::Not(inner) => {
            out.push('-');
            write_expr(inner, out);
        }
        Expr::Filter(filter) => write_filter(filter, out),
    }
}

/// An expression as part of another.
fn write_part(expr: &Expr<String>, out: &mut Out) {
    if is_group(expr) {
        out.push('(');
        write_expr(expr, out);
        out.push(')');
    } else {
        write_expr(expr, out);
    }
}

fn is_group(expr: &Expr<String>) -> bool {
    matches!(expr, Expr::And(_) | Expr::Or(_) | Expr::Any(_) | Expr::Near { .. } | Expr::AtLeast(..))
}

/// The operator that is read as this.
fn proximity(how: Proximity) -> String {
    let not = if how.negated { "NOT " } else { "" };
    let name = if how.ordered { "PRE" } else { "NEAR" };
    match how.within {
        Within::Words(words) => format!("{not}{name}/{words}"),
        Within::Sentence => format!("{not}{name}/S"),
        Within::Paragraph => format!("{not}{name}/P"),
    }
}

fn write_list(list: &[Expr<String>], between: &str, write: impl Fn(&Expr<String>, &mut Out), out: &mut Out) {
    for (at, expr) in list.iter().enumerate() {
        if at > 0 {
            out.push_str(between);
        }
        write(expr, out);
    }
}

/// Plain words; an `and` with words on both sides needs no escape.
fn write_any(list: &[Expr<String>], out: &mut Out) {
    for (at, expr) in list.iter().enumerate() {
        if at > 0 {
            out.push(' ');
        }
        match expr {
            Expr::Word(word) if out.raw && is_soft(word) && at > 0 && at + 1 < list.len() => {
                out.push_str(word)
            }
            other => write_part(other, out),
        }
    }
}

fn write_word(word: &str, out: &mut Out) {
    if !reads_as_word(word) || !out.raw && is_date(word) {
        out.push('\\');
    }
    out.push_str(word);
}

/// Asks the reader itself, so that the two cannot disagree.
fn reads_as_word(word: &str) -> bool {
    let notes = &mut Notes::default();
    let operator = operator(word, notes).is_some();
    !operator
        && field(word).is_none()
        && absent(word).is_none()
        && pattern(word, notes) == Some(Expr::Word(word.to_string()))
}

fn write_filter(filter: &Filter<String>, out: &mut Out) {
    let (field, value) = match filter {
        Filter::About(region) => (Field::About, value(region)),
        Filter::AboutMin(grade) => (Field::AboutMin, grade.name().into()),
        Filter::By(name) => (Field::By, value(name)),
        Filter::To(name) => (Field::To, value(name)),
        Filter::Person(sought) => (if sought.hear { Field::To } else { Field::By }, value(&sought.typed)),
        Filter::Kind(kinds) => (Field::Kind, kinds.iter().map(|k| k.name()).collect::<Vec<_>>().join(",")),
        Filter::Cue(cue) => (Field::Cue, value(cue)),
        Filter::Source(name) => (Field::Source, value(name)),
        Filter::Since(day) => (Field::Since, day.to_string()),
        Filter::Until(day) => (Field::Until, day.to_string()),
        Filter::Lang(code) => (Field::Lang, value(code)),
        Filter::Author(name) => (Field::Author, value(name)),
        Filter::Title(words) => (Field::Title, value(&words.join(" "))),
        Filter::Within(words) => (Field::Within, value(&words.join(" "))),
        Filter::Article(id) => (Field::Article, value(id)),
    };
    out.extend([name_of(field), ":", &value]);
}

/// A value, in quotes unless it is one lower-case word, which cannot reach over the next.
fn value(text: &str) -> String {
    let safe = |c: char| c.is_alphanumeric() && !c.is_uppercase() || matches!(c, '-' | '.' | '_' | '/' | '@');
    if text.chars().all(safe) && trim(text) == text && !text.is_empty() {
        return text.to_string();
    }
    let mut out = String::new();
    quote(text, &mut out);
    out
}

/// A value from elsewhere may hold quote marks; the parser leaves none.
fn quote(text: &str, out: &mut String) {
    let chars: Vec<char> = text.chars().collect();
    out.push('"');
    out.extend((0..chars.len()).map(|at| if is_mark(&chars, at) { ' ' } else { chars[at] }));
    out.push('"');
}
