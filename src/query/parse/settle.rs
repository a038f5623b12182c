//! Which operators are operators: those that have terms on the sides where they need them.

use super::Notes;
use super::read::{Item, Weight, ends};
use super::word::{Op, is_soft, plain};
use crate::query::Expr;

/// Decides, from the last to the first, which operators have what they need.
///
/// Afterwards every operator stands between terms, and no group is empty.
pub(super) fn settle(mut items: Vec<Item>, notes: &mut Notes) -> Vec<Item> {
    let boolean = is_boolean(&items);
    let mut settled: Vec<Item> = Vec::with_capacity(items.len());
    while let Some(item) = items.pop() {
        let Item::Op(op, typed) = item else {
            settled.push(item);
            continue;
        };
        let (before, after) = (items.last(), settled.last());
        let prefix = matches!(op, Op::Not | Op::AtLeast(_));
        let complete = begins(after) && (prefix || ends(before));
        let soft = is_soft(&typed);
        if complete && (!soft || boolean || is_plain(op, before, after)) {
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
    sweep(settled)
}

/// Leaves out terms that ask nothing, each with the operator that joined it.
fn sweep(items: Vec<Item>) -> Vec<Item> {
    if !items.iter().any(|item| matches!(item, Item::Gone)) {
        return items;
    }
    let mut kept: Vec<Item> = Vec::with_capacity(items.len());
    let mut items = items.into_iter().peekable();
    while let Some(item) = items.next() {
        match item {
            Item::Gone => {
                let mut joined = false;
                while let Some(Item::Op(op, _)) = kept.pop_if(|item| matches!(item, Item::Op(..))) {
                    joined |= !matches!(op, Op::Not | Op::AtLeast(_));
                }
                let joins =
                    |item: &Item| matches!(item, Item::Op(op, _) if !matches!(op, Op::Not | Op::AtLeast(_)));
                if !joined {
                    items.next_if(joins);
                }
            }
            // A group that has become empty goes the same way.
            Item::Close if matches!(kept.last(), Some(Item::Open(_))) => {
                kept.pop();
                kept.push(Item::Gone);
                return sweep(kept.into_iter().chain(items).collect());
            }
            other => kept.push(other),
        }
    }
    kept
}

fn begins(item: Option<&Item>) -> bool {
    matches!(item, Some(Item::Term(..) | Item::Gone | Item::Open(_) | Item::Op(Op::Not | Op::AtLeast(_), _)))
}

/// Words of sentences; a query that is put together of terms has none.
const SENTENCE: &[&str] = &[
    "the", "a", "an", "of", "to", "in", "on", "for", "with", "by", "from", "at", "as", "is", "are", "was",
    "were", "be", "been", "who", "whom", "what", "when", "where", "why", "how", "which", "that", "this",
    "it", "its", "he", "she", "they", "we", "i", "you", "did", "do", "does", "has", "have", "had", "will",
    "would", "can", "could", "should", "about", "if", "but", "so", "there", "said", "say",
];

/// True for a query like `ukraine and (russia or belarus) not crimea`: its small `and`, `or` and `not` join terms.
///
/// It holds no sentence, no operator in capitals (who writes those means the small ones as words), and is
/// built of groups, of `w/5` and its like, or of single terms with an operator between any two.
fn is_boolean(items: &[Item]) -> bool {
    let mut soft = [0, 0];
    let (mut run, mut longest, mut near, mut grouped) = (0, 0, false, false);
    let mut open = 0;
    for (at, item) in items.iter().enumerate() {
        match item {
            Item::Term(_, Expr::Word(word)) if SENTENCE.contains(&word.to_lowercase().as_str()) => {
                return false;
            }
            Item::Term(..) | Item::Gone => run += 1,
            Item::Op(op, typed) if is_soft(typed) => {
                let after = begins(items.get(at + 1));
                if !after || *op != Op::Not && !ends(at.checked_sub(1).and_then(|at| items.get(at))) {
                    return false;
                }
                soft[usize::from(*op == Op::Not)] += 1;
                grouped |= *op != Op::Not && open > 0;
                run = 0;
            }
            Item::Op(Op::And | Op::Or | Op::Not, typed) if !typed.is_empty() => return false,
            Item::Op(op, typed) => {
                near |= matches!(op, Op::Near(_) | Op::AtLeast(_)) && !typed.starts_with(char::is_uppercase);
                run = if *op == Op::Not { run } else { 0 };
            }
            Item::Open(_) => {
                open += 1;
                run = 0;
            }
            Item::Close => open -= 1,
            Item::Boost(..) => {}
        }
        longest = longest.max(run);
    }
    let chain = longest == 1 && (soft[0] + soft[1] >= 2 || soft[1] == 1);
    soft != [0, 0] && longest <= 3 && (near || grouped || chain)
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
