//! Which operators are operators: those that have terms on the sides where they need them.

use super::Notes;
use super::read::{Item, Weight, ends};
use super::word::{Op, is_soft, plain};
use crate::query::Expr;

/// Decides, from the last to the first, which operators have what they need.
///
/// Afterwards every operator stands between terms, and no group is empty.
pub(super) fn settle(mut items: Vec<Item>, notes: &mut Notes) -> Vec<Item> {
    let mut settled: Vec<Item> = Vec::with_capacity(items.len());
    while let Some(item) = items.pop() {
        let Item::Op(op, typed) = item else {
            settled.push(item);
            continue;
        };
        let (before, after) = (items.last(), settled.last());
        let complete = begins(after) && (op == Op::Not || ends(before));
        let soft = is_soft(&typed);
        if complete && (!soft || is_plain(op, before, after)) {
            if soft {
                notes.about(&typed, &format!("is read as {}", typed.to_uppercase()));
            }
            settled.push(Item::Op(op, typed));
        } else if soft || is_word_or_edge(before) && is_word_or_edge(after) {
            if !soft {
                notes.about(&typed, "is not an operator here; read as a word");
            }
            settled.extend(plain(&typed).map(|word| Item::Term(Weight::Loose, word)));
        } else {
            notes.about(&typed, "has nothing to work on here; ignored");
        }
    }
    settled.reverse();
    settled
}

fn begins(item: Option<&Item>) -> bool {
    matches!(item, Some(Item::Term(..) | Item::Open(_) | Item::Op(Op::Not, _)))
}

fn is_word(item: Option<&Item>) -> bool {
    matches!(item, Some(Item::Term(Weight::Loose | Weight::Must, _)))
}

/// `Portland OR` keeps its state: only words stand around it, or the end of a group.
fn is_word_or_edge(item: Option<&Item>) -> bool {
    is_word(item) || matches!(item, None | Some(Item::Open(None) | Item::Close))
}

/// True when a lower-case `and`, `or`, `not` can hardly be part of a sentence.
fn is_plain(op: Op, before: Option<&Item>, after: Option<&Item>) -> bool {
    if op != Op::Not {
        return !is_word(before) || !is_word(after);
    }
    let is_filter =
        |item: Option<&Item>| matches!(item, Some(Item::Term(_, Expr::Filter(_)) | Item::Open(Some(_))));
    match before {
        Some(Item::Op(_, typed)) if !is_soft(typed) => true,
        Some(Item::Close) => true,
        Some(Item::Term(Weight::Firm, _)) if !is_filter(before) => true,
        _ => is_filter(after) || !is_word(after) && !is_word(before),
    }
}
