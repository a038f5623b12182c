//! Terms and operators → expression.

use std::iter::Peekable;
use std::vec::IntoIter;

use jiff::civil::Date;

use super::Notes;
use super::field::{Field, filter};
use super::join::{and, one_or, or};
use super::read::{Item, Weight};
use super::word::Op;
use crate::query::Expr;

/// Joins what [`settle`](super::settle) left; none when nothing was left.
pub(super) fn build(items: Vec<Item>, today: Date, notes: &mut Notes) -> Option<Expr<String>> {
    Builder { items: items.into_iter().peekable(), today, notes }.either()
}

type Part = (Weight, Expr<String>);

/// Recursive descent; its depth is that of the parentheses.
struct Builder<'a> {
    items: Peekable<IntoIter<Item>>,
    today: Date,
    notes: &'a mut Notes,
}

impl Builder<'_> {
    fn either(&mut self) -> Option<Expr<String>> {
        or(self.list(Op::Or, Self::all))
    }

    fn all(&mut self) -> Option<Expr<String>> {
        and(self.list(Op::And, Self::run))
    }

    fn list(&mut self, op: Op, mut next: impl FnMut(&mut Self) -> Option<Expr<String>>) -> Vec<Expr<String>> {
        let mut list = Vec::new();
        loop {
            list.extend(next(self));
            if self.take(op).is_none() {
                return list;
            }
        }
    }

    fn take(&mut self, wanted: Op) -> Option<Item> {
        self.items.next_if(|item| matches!(item, Item::Op(op, _) if *op == wanted))
    }

    /// Terms side by side.
    fn run(&mut self) -> Option<Expr<String>> {
        let mut parts = Vec::new();
        while let Some(part) = self.near() {
            parts.push(part);
        }
        gather(parts)
    }

    fn near(&mut self) -> Option<Part> {
        let negated = self.negated();
        let first = self.primary()?;
        let mut sides = vec![first.1];
        let mut links = Vec::new();
        while let Some(link) = self.near_operator() {
            let negated = self.negated();
            sides.extend(self.primary().map(|(_, side)| if negated { not(side) } else { side }));
            links.push(link);
        }
        let (weight, expr) = if links.is_empty() {
            (first.0, sides.pop()?)
        } else {
            (Weight::Firm, self.chain(sides, links)?)
        };
        Some(if negated { (Weight::Firm, not(expr)) } else { (weight, expr) })
    }

    /// True after an odd number of NOTs.
    fn negated(&mut self) -> bool {
        let mut negated = false;
        while self.take(Op::Not).is_some() {
            negated = !negated;
        }
        negated
    }

    fn near_operator(&mut self) -> Option<(u32, bool)> {
        match self.items.next_if(|item| matches!(item, Item::Op(Op::Near { .. }, _)))? {
            Item::Op(Op::Near { distance, negated }, _) => Some((distance, negated)),
            _ => None,
        }
    }

    /// `a NEAR b NEAR c`: each is near the next.
    fn chain(&mut self, sides: Vec<Expr<String>>, links: Vec<(u32, bool)>) -> Option<Expr<String>> {
        let Some(words) = sides.iter().map(side).collect::<Option<Vec<_>>>() else {
            self.notes.add("NEAR wants words or phrases on both sides; read as AND".into());
            let negated = [false].into_iter().chain(links.into_iter().map(|(_, negated)| negated));
            return and(sides
                .into_iter()
                .zip(negated)
                .map(|(side, negated)| if negated { not(side) } else { side })
                .collect());
        };
        let mut list = Vec::new();
        for (pair, (distance, negated)) in words.windows(2).zip(links) {
            let [left, right] = pair else { continue };
            let near = Expr::Near { left: Box::new(left.clone()), right: Box::new(right.clone()), distance };
            list.extend(if negated { vec![left.clone(), not(near)] } else { vec![near] });
        }
        and(list)
    }

    fn primary(&mut self) -> Option<Part> {
        match self.items.next_if(|item| matches!(item, Item::Term(..) | Item::Open(_)))? {
            Item::Term(weight, expr) => Some((weight, expr)),
            Item::Open(field) => {
                let inner = self.either();
                self.items.next_if(|item| matches!(item, Item::Close));
                let inner = inner?;
                Some(match field {
                    Some(field) => (Weight::Firm, self.within(field, inner)?),
                    // `(war)`: the parentheses were punctuation.
                    None if is_wordlike(&inner) => (Weight::Loose, inner),
                    None => (Weight::Firm, inner),
                })
            }
            _ => None,
        }
    }

    /// `speaker:(Witkoff OR Kushner)`: every run of words in the group is a value.
    fn within(&mut self, field: Field, expr: Expr<String>) -> Option<Expr<String>> {
        let each = |this: &mut Self, list: Vec<Expr<String>>| {
            list.into_iter().filter_map(|e| this.within(field, e)).collect()
        };
        let value = match &expr {
            Expr::Word(word) | Expr::Exact(word) | Expr::Prefix(word) | Expr::Fuzzy(word, _) => word.clone(),
            Expr::Phrase(words) => words.join(" "),
            Expr::Any(list) => list.iter().filter_map(word_of).collect::<Vec<_>>().join(" "),
            Expr::Filter(_) | Expr::Near { .. } => return Some(expr),
            Expr::Not(_) | Expr::And(_) | Expr::Or(_) => {
                return match expr {
                    Expr::Not(inner) => self.within(field, *inner).map(not),
                    Expr::And(list) => and(each(self, list)),
                    Expr::Or(list) => or(each(self, list)),
                    other => Some(other),
                };
            }
        };
        filter(field, &value, self.today, self.notes).or(Some(expr))
    }
}

fn word_of(expr: &Expr<String>) -> Option<&str> {
    match expr {
        Expr::Word(word) | Expr::Prefix(word) | Expr::Fuzzy(word, _) => Some(word),
        _ => None,
    }
}

pub(super) fn is_wordlike(expr: &Expr<String>) -> bool {
    word_of(expr).is_some()
}

/// Joins terms that stand side by side: plain words into one `Any` where the first of them stands.
fn gather(parts: Vec<Part>) -> Option<Expr<String>> {
    let loose = parts.iter().any(|(weight, _)| *weight == Weight::Loose);
    // `+land swap`: the word that must be there also counts among the others, so that it alone will do.
    let counts = |weight: Weight| loose && weight != Weight::Firm;
    let mut words: Vec<Expr<String>> =
        parts.iter().filter(|(weight, _)| counts(*weight)).map(|(_, word)| word.clone()).collect();
    let mut list = Vec::new();
    for (weight, expr) in parts {
        match weight {
            Weight::Loose => list.extend(any(std::mem::take(&mut words))),
            Weight::Must | Weight::Firm => list.push(expr),
        }
    }
    and(list)
}

/// What may stand beside NEAR: a word, a phrase, or alternatives of them.
fn side(expr: &Expr<String>) -> Option<Expr<String>> {
    match expr {
        Expr::Word(_) | Expr::Exact(_) | Expr::Prefix(_) | Expr::Fuzzy(..) | Expr::Phrase(_) => {
            Some(expr.clone())
        }
        Expr::Any(list) | Expr::Or(list) => or(list.iter().map(side).collect::<Option<_>>()?),
        _ => None,
    }
}

fn any(words: Vec<Expr<String>>) -> Option<Expr<String>> {
    one_or(words, Expr::Any)
}

fn not(expr: Expr<String>) -> Expr<String> {
    match expr {
        Expr::Not(inner) => *inner,
        other => Expr::Not(Box::new(other)),
    }
}
