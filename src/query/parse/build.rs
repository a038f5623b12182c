//! Terms and operators → expression.

use std::iter::Peekable;
use std::vec::IntoIter;

use super::field::{Field, filter};
use super::join::{and, one_or, or};
use super::read::{Item, Weight};
use super::word::{Op, boost};
use super::{Notes, Setting};
use crate::query::{Expr, Link, Proximity};

/// Joins what [`settle`](super::settle) left; none when nothing was left.
pub(super) fn build(items: Vec<Item>, setting: &Setting, notes: &mut Notes) -> Option<Expr<String>> {
    Builder { items: items.into_iter().peekable(), setting, notes }.either()
}

type Part = (Weight, Expr<String>);

/// Recursive descent; its depth is that of the parentheses.
struct Builder<'a> {
    items: Peekable<IntoIter<Item>>,
    setting: &'a Setting<'a>,
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
        let first = self.operand()?;
        let mut links = Vec::new();
        while let Some(how) = self.near_operator() {
            // `a NEAR/5 NOT b` can only mean this.
            let negated = self.negated() != how.negated;
            links.extend(self.operand().map(|(_, to)| Link { how: Proximity { negated, ..how }, to }));
        }
        let (weight, expr) =
            if links.is_empty() { first } else { (Weight::Firm, self.chain(first.1, links)?) };
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

    fn near_operator(&mut self) -> Option<Proximity> {
        match self.items.next_if(|item| matches!(item, Item::Op(Op::Near(_), _)))? {
            Item::Op(Op::Near(how), _) => Some(how),
            _ => None,
        }
    }

    /// A term, and how often it must be there.
    fn operand(&mut self) -> Option<Part> {
        let mut times = None;
        while let Some(Item::Op(Op::AtLeast(n), _)) =
            self.items.next_if(|item| matches!(item, Item::Op(Op::AtLeast(_), _)))
        {
            times = Some(n);
        }
        // `ATLEAST5 NOT x` says nothing; the NOT stays.
        let negated = times.is_some() && self.negated();
        let (weight, expr) = self.primary()?;
        let Some(times) = times else { return Some((weight, expr)) };
        let Some(counted) = side(&expr) else {
            self.notes.add("ATLEAST counts words and phrases only; read without it".into());
            return Some((Weight::Firm, expr));
        };
        let counted = if times == 1 { counted } else { Expr::AtLeast(times, Box::new(counted)) };
        Some((Weight::Firm, if negated { not(counted) } else { counted }))
    }

    /// `a NEAR/5 b NEAR/9 c`: each is near all that stands before it.
    fn chain(&mut self, first: Expr<String>, links: Vec<Link<String>>) -> Option<Expr<String>> {
        if let Some(near) = near(&first, &links) {
            return Some(near);
        }
        if let [link] = links.as_slice() {
            let spread = spread(&first, |part| near(part, &links)).or_else(|| {
                spread(&link.to, |part| near(&first, &[Link { how: link.how, to: part.clone() }]))
            });
            if let Some(list) = spread {
                self.notes.add("NEAR beside a group with AND is read for each part of the group".into());
                return and(list);
            }
        }
        self.notes.add("NEAR wants words or phrases on both sides; read as AND".into());
        let rest = links.into_iter().map(|link| if link.how.negated { not(link.to) } else { link.to });
        and([first].into_iter().chain(rest).collect())
    }

    fn primary(&mut self) -> Option<Part> {
        match self.items.next_if(|item| matches!(item, Item::Term(..) | Item::Open(_)))? {
            Item::Term(weight, expr) => Some((weight, expr)),
            Item::Open(field) => {
                let inner = self.either();
                self.items.next_if(|item| matches!(item, Item::Close));
                let weight = self.items.next_if(|item| matches!(item, Item::Boost(..)));
                let inner = inner?;
                let (firm, expr) = match field {
                    Some(field) => (Weight::Firm, self.within(field, inner)?),
                    // `(war)`: the parentheses were punctuation.
                    None if is_wordlike(&inner) => (Weight::Loose, inner),
                    None => (Weight::Firm, inner),
                };
                Some(match weight {
                    Some(Item::Boost(times, typed)) => (firm, boost(expr, times, &typed, self.notes)),
                    _ => (firm, expr),
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
            Expr::Phrase(words) => words.join(" "),
            Expr::Any(list) => list.iter().filter_map(value_of).collect::<Vec<_>>().join(" "),
            Expr::Filter(_) | Expr::Near { .. } | Expr::AtLeast(..) => return Some(expr),
            Expr::Not(_) | Expr::And(_) | Expr::Or(_) | Expr::Boost(..) => {
                return match expr {
                    Expr::Not(inner) => self.within(field, *inner).map(not),
                    Expr::And(list) => and(each(self, list)),
                    Expr::Or(list) => or(each(self, list)),
                    Expr::Boost(inner, weight) => {
                        let inner = self.within(field, *inner)?;
                        Some(Expr::Boost(Box::new(inner), weight))
                    }
                    other => Some(other),
                };
            }
            other => value_of(other)?,
        };
        filter(field, &value, self.setting, self.notes).or(Some(expr))
    }
}

/// One word of a value, as it would be typed.
fn value_of(expr: &Expr<String>) -> Option<String> {
    Some(match expr {
        Expr::Word(word) | Expr::Exact(word) | Expr::Fuzzy(word, _) | Expr::Wildcard(word) => word.clone(),
        Expr::Prefix(stem) => format!("{stem}*"),
        Expr::Regex(pattern) => pattern.clone(),
        Expr::Boost(inner, _) => value_of(inner)?,
        _ => return None,
    })
}

fn word_of(expr: &Expr<String>) -> Option<&str> {
    match expr {
        Expr::Word(word) | Expr::Prefix(word) | Expr::Fuzzy(word, _) => Some(word),
        Expr::Wildcard(word) | Expr::Regex(word) => Some(word),
        Expr::Boost(inner, _) => word_of(inner),
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

/// Both sides as what NEAR takes; a chain that stands first is gone on with.
fn near(first: &Expr<String>, links: &[Link<String>]) -> Option<Expr<String>> {
    let mut chain = Vec::new();
    let first = match side(first)? {
        Expr::Near { first, links } => {
            chain = links;
            first
        }
        other => Box::new(other),
    };
    for link in links {
        chain.push(Link { how: link.how, to: side(&link.to)? });
    }
    Some(Expr::Near { first, links: chain })
}

/// `x NEAR/5 (a AND b NOT c)`: x near each part that may stand there; what may not is asked as it is.
fn spread(
    group: &Expr<String>,
    near: impl Fn(&Expr<String>) -> Option<Expr<String>>,
) -> Option<Vec<Expr<String>>> {
    let Expr::And(list) = group else { return None };
    let part = |part: &Expr<String>| match part {
        Expr::Not(_) | Expr::Filter(_) => Some(part.clone()),
        other => near(other),
    };
    let list = list.iter().map(part).collect::<Option<Vec<_>>>()?;
    list.iter().any(|part| matches!(part, Expr::Near { .. })).then_some(list)
}

/// What may stand beside NEAR: a word, a phrase, words near each other, or alternatives of them.
fn side(expr: &Expr<String>) -> Option<Expr<String>> {
    match expr {
        Expr::Word(_) | Expr::Exact(_) | Expr::Prefix(_) | Expr::Fuzzy(..) | Expr::Phrase(_) => {
            Some(expr.clone())
        }
        Expr::Wildcard(_) | Expr::Regex(_) | Expr::Near { .. } => Some(expr.clone()),
        Expr::Boost(inner, _) => side(inner),
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
