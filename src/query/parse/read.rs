//! Tokens → terms and operators.

use super::field::{Field, Reach, absent, compares, field, filter, reach, segment, unknown_field};
use super::join::or;
use super::lex::{Kind, Token};
use super::word::{
    Op, boost, is_part, operator, pattern, phrase, plain, trim, trim_name, truncated, wildcard, words,
};
use super::{Named, Notes, Setting};
use crate::query::date::day_range;
use crate::query::{Expr, Link, Proximity, Within, shape};

/// Small words inside a name; they belong to it when a capitalised word follows.
const PARTICLES: &[&str] = &[
    "of", "the", "von", "van", "der", "den", "de", "la", "le", "du", "da", "dos", "del", "di", "bin", "ibn",
    "al", "el",
];

#[derive(Clone, Debug)]
pub(super) enum Item {
    Term(Weight, Expr<String>),
    /// The operator and how it was typed; nothing for a sign.
    Op(Op, String),
    /// The field whose values the group lists.
    Open(Option<Field>),
    Close,
    /// How much the group before it counts, and how that was typed.
    Boost(f32, String),
    /// A term that asks nothing; it goes, with an operator beside it.
    Gone,
}

/// How a term stands beside others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Weight {
    /// A plain word: it gathers with its neighbours.
    Loose,
    /// `+word`: it gathers, and must be there.
    Must,
    /// Anything else.
    Firm,
}

/// Reads tokens one by one; which operators have their terms is not asked yet.
pub(super) fn read(tokens: &[Token], setting: &Setting, notes: &mut Notes) -> Vec<Item> {
    let lexis = tokens.iter().any(|token| match &token.kind {
        Kind::Word(raw) => {
            matches!(operator(raw, &mut Notes::default()), Some(Op::Near(_) | Op::AtLeast(_)))
                || matches!(raw.as_str(), "AND" | "OR" | "NOT")
        }
        _ => false,
    });
    Reader { tokens, at: 0, sign: None, items: Vec::new(), lexis, setting, notes }.read()
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    /// `-` or `+`, waiting for its term.
    sign: Option<char>,
    items: Vec<Item>,
    /// Operators are typed, so that `negotiat!` is hardly a cry.
    lexis: bool,
    setting: &'a Setting<'a>,
    notes: &'a mut Notes,
}

impl<'a> Reader<'a> {
    fn read(mut self) -> Vec<Item> {
        while let Some(token) = self.tokens.get(self.at) {
            self.at += 1;
            match &token.kind {
                Kind::Word(raw) if is_sign(raw) && self.next_is_glued() => {
                    self.sign = raw.chars().next();
                    continue;
                }
                Kind::Word(raw) => self.word(raw),
                Kind::Quoted(text) => self.quoted(text),
                Kind::Regex(text) => self.regex(text),
                Kind::Open => self.push(Item::Open(None)),
                Kind::Close => self.close(),
            }
            self.sign = None;
        }
        self.items
    }

    fn next_is_glued(&self) -> bool {
        self.tokens.get(self.at).is_some_and(|next| next.glued && !matches!(next.kind, Kind::Close))
    }

    fn push(&mut self, item: Item) {
        match (self.sign.take(), item) {
            (Some('+'), Item::Term(Weight::Loose, expr)) => self.items.push(Item::Term(Weight::Must, expr)),
            (Some('-' | '!'), item) => self.items.extend([Item::Op(Op::Not, String::new()), item]),
            (_, item) => self.items.push(item),
        }
    }

    /// Ends a group; one that holds nothing goes, and its sign with it.
    fn close(&mut self) {
        if !matches!(self.items.last(), Some(Item::Open(_))) {
            return self.items.push(Item::Close);
        }
        self.items.pop();
        self.items.pop_if(|item| matches!(item, Item::Op(Op::Not, sign) if sign.is_empty()));
    }

    fn quoted(&mut self, text: &str) {
        let expr = match patterned(text) {
            Some(near) => Some(near),
            None => {
                if text.contains('*') {
                    self.notes.about("*", "means nothing here inside quote marks");
                }
                phrase(words(text))
            }
        };
        let expr = self.slop(text, expr);
        self.firm(expr);
    }

    /// What stands right after a phrase: `"land swap"~5` and `"land swap"^2`, as Lucene writes them.
    fn slop(&mut self, text: &str, expr: Option<Expr<String>>) -> Option<Expr<String>> {
        let Some(Token { kind: Kind::Word(raw), glued: true }) = self.tokens.get(self.at) else {
            return expr;
        };
        let Some(number) = raw.strip_prefix(['~', '^']).and_then(|n| n.parse::<f32>().ok()) else {
            return expr;
        };
        self.at += 1;
        if raw.starts_with('^') {
            return expr.map(|expr| boost(expr, number, raw, self.notes));
        }
        let words = words(text);
        if words.len() < 2 || !(1.0..=1e6).contains(&number) {
            self.notes.about(raw, "after a phrase is ignored");
            return expr;
        }
        self.notes.about(raw, "after a phrase is read as NEAR");
        let within = Within::Words(number as u32);
        chained(
            words.into_iter().map(Expr::Word).collect(),
            Proximity { within, ordered: false, negated: false },
        )
    }

    /// A regular expression, if it is one.
    fn regex(&mut self, text: &str) {
        match shape::regex(text) {
            Ok(_) => {
                let expr = Expr::Regex(text.to_string());
                let expr = self.slop("", Some(expr));
                self.loose(expr);
            }
            Err(reason) => {
                self.notes.about(
                    &format!("/{text}/"),
                    &format!("is no regular expression ({reason}); read as words"),
                );
                let parts = text.split(|c: char| !c.is_alphanumeric());
                let words: Vec<_> = parts.filter_map(plain).collect();
                words.into_iter().for_each(|word| self.loose(Some(word)));
            }
        }
    }

    fn firm(&mut self, expr: Option<Expr<String>>) {
        if let Some(expr) = expr {
            self.push(Item::Term(Weight::Firm, expr));
        }
    }

    fn loose(&mut self, expr: Option<Expr<String>>) {
        if let Some(expr) = expr {
            self.push(Item::Term(Weight::Loose, expr));
        }
    }

    fn word(&mut self, raw: &'a str) {
        if let Some(weight) = raw.strip_prefix('^').and_then(|weight| weight.parse().ok())
            && matches!(self.items.last(), Some(Item::Close))
            && self.tokens[self.at - 1].glued
        {
            self.items.push(Item::Boost(weight, raw.to_string()));
        } else if let Some(op) = self.plus(raw) {
            self.operator(op, raw);
        } else if let Some(rest) = signed(raw) {
            self.sign = raw.chars().next();
            self.term(rest);
        } else if self.sign.is_some() {
            self.term(raw);
        } else if let Some(op) = operator(raw, self.notes) {
            self.operator(op, raw);
        } else if self.date(raw) {
        } else if let Some(field) = segment(raw).filter(|_| self.opens_group()) {
            self.at += 1;
            self.push(Item::Open(Some(field).filter(|field| *field != Field::Text)));
        } else {
            self.term(raw);
        }
    }

    /// `a +5 b`, which without a term before it would be `5` that must be there.
    fn plus(&mut self, raw: &str) -> Option<Op> {
        let between = raw.starts_with('+') && ends(self.items.last()) && self.at < self.tokens.len();
        let op = between.then(|| operator(raw, self.notes)).flatten()?;
        self.notes.about(raw, "is read as PRE: the first term, then the second");
        Some(op)
    }

    /// `HEADLINE(peace)`, but not `headline(s)`.
    fn opens_group(&self) -> bool {
        let Some([Token { kind: Kind::Open, glued: true }, rest @ ..]) = self.tokens.get(self.at..) else {
            return false;
        };
        !matches!(rest.first().map(|token| &token.kind), Some(Kind::Word(raw)) if raw.len() < 3)
    }

    /// `date after 2024-10`, `date from 1/1/2024 to 31/12/2024`, `date(geq 1/1/2024 and leq 31/12/2024)`.
    fn date(&mut self, raw: &str) -> bool {
        if !is_date(raw) {
            return false;
        }
        let next = self.tokens.get(self.at..).unwrap_or_default();
        let open = matches!(next.first(), Some(Token { kind: Kind::Open, glued: true }));
        let word = |token: &'a Token| match &token.kind {
            Kind::Word(raw) => Some(raw.as_str()),
            _ => None,
        };
        let words: Vec<&str> = next[usize::from(open)..].iter().map_while(word).take(12).collect();
        let Some((found, used)) = self.comparisons(&words) else { return false };
        let closed = matches!(next.get(used + 1), Some(Token { kind: Kind::Close, .. }));
        if open && !closed {
            return false;
        }
        self.at += used + 2 * usize::from(open);
        found.into_iter().for_each(|expr| self.push(Item::Term(Weight::Firm, expr)));
        true
    }

    /// As many comparisons as stand there in a row, and the words that they took.
    fn comparisons(&mut self, words: &[&str]) -> Option<(Vec<Expr<String>>, usize)> {
        let (mut found, mut at) = (Vec::new(), 0);
        while at < words.len() {
            // What joins them, and the second end of `from … to …`.
            let joined = usize::from(at > 0 && ["and", "AND", "to"].contains(&words[at]));
            let sign = words.get(at + joined).copied().filter(|sign| compares(sign));
            let sign = sign.or_else(|| (joined == 1 && words[at] == "to").then_some(""));
            let Some(sign) = sign else { break };
            let start = at + joined + usize::from(!sign.is_empty());
            let end = (start + 1..=words.len().min(start + 4)).rev().find(|end| {
                day_range(words[start..*end].join(" ").trim_end_matches([',', ';']), self.setting.today)
                    .is_some()
            });
            let Some(end) = end else { break };
            let text = words[start..end].join(" ");
            let sign = if sign.is_empty() { "until" } else { sign };
            let text = format!("{sign} {}", text.trim_end_matches([',', ';']));
            found.extend(filter(Field::Date, &text, self.setting, self.notes));
            at = end;
        }
        (!found.is_empty()).then_some((found, at))
    }

    fn operator(&mut self, op: Op, raw: &str) {
        let op = match (op, &self.items[..]) {
            (Op::Near(how), [.., left, Item::Op(Op::Not, not)]) if ends(Some(left)) && !not.is_empty() => {
                self.items.pop();
                Op::Near(Proximity { negated: true, ..how })
            }
            _ => op,
        };
        self.items.push(Item::Op(op, raw.to_string()));
    }

    fn term(&mut self, raw: &'a str) {
        if let Some(rest) = raw.strip_prefix('\\') {
            self.escaped(rest);
        } else if let Some((field, name, value)) = field(raw) {
            self.field(field, name, value);
        } else if let Some(what) = absent(raw) {
            self.sign = None;
            self.notes.about(raw, &format!("names {what}, which are not kept here; left out"));
            self.push(Item::Gone);
        } else if let Some(prefix) = truncated(raw).filter(|_| self.lexis) {
            self.notes.about(raw, "is read as words that begin so");
            self.loose(Some(prefix));
        } else {
            if let Some(name) = unknown_field(raw, self.next_is_glued()) {
                self.notes.about(name, "is not a field; read as words");
            }
            let word = pattern(raw, self.notes);
            self.loose(word);
        }
    }

    /// `\\AND`, and `\\AND^2`.
    fn escaped(&mut self, raw: &str) {
        let weighed = raw.rsplit_once('^').and_then(|(word, weight)| Some((word, weight.parse().ok()?)));
        let expr = match weighed {
            Some((word, weight)) => plain(word).map(|word| boost(word, weight, raw, self.notes)),
            None => plain(raw),
        };
        self.loose(expr);
    }

    fn field(&mut self, field: Field, name: &'a str, value: &'a str) {
        if !value.is_empty() {
            return self.unquoted(field, value);
        }
        let next = self.tokens.get(self.at).filter(|next| self.next_is_glued() || is_value(name, next));
        let Some(token) = next else {
            self.notes.about(&format!("{name}:"), "has no value here; read as a word");
            return self.loose(plain(name));
        };
        if !token.glued {
            self.notes.about(&format!("{name}:"), "takes the word after the blank as its value");
        }
        self.at += 1;
        match &token.kind {
            Kind::Open => self.push(Item::Open(Some(field).filter(|field| *field != Field::Text))),
            Kind::Quoted(text) if field == Field::Text => self.quoted(text),
            Kind::Quoted(text) if field == Field::Saved => self.saved(text),
            Kind::Regex(text) => self.regex(text),
            Kind::Quoted(text) => {
                let value = filter(field, text, self.setting, self.notes);
                self.firm(value.or_else(|| phrase(words(text))));
            }
            Kind::Word(raw) => self.unquoted(field, raw),
            Kind::Close => {}
        }
    }

    fn saved(&mut self, name: &str) {
        match self.setting.saved(name, self.notes) {
            Named::Query(expr) => self.firm(Some(expr)),
            Named::Nothing => self.push(Item::Gone),
            Named::Unknown => self.loose(plain(name)),
        }
    }

    fn unquoted(&mut self, field: Field, raw: &'a str) {
        if field == Field::Text {
            return self.term(raw);
        }
        if field == Field::Saved {
            return self.saved(trim(raw));
        }
        if raw.starts_with(['[', '{']) && reach(field) == Reach::Date && self.range(field, raw) {
            return;
        }
        let text = match (reach(field), raw.strip_prefix(['-', '!'])) {
            (Reach::Date, _) => self.longest_date(raw),
            // `speaker:-putin` can only mean one thing.
            (_, Some(rest)) => {
                self.sign = Some('-');
                trim(rest).to_string()
            }
            (Reach::Name, None) => self.name(raw),
            (Reach::Word, None) => trim(raw).to_string(),
        };
        let absent_date = field == Field::Since && day_range(&text, self.setting.today).is_none();
        if absent_date && text.starts_with(char::is_alphabetic) {
            // `from:putin` as in mail; a `since:` that is no date is told below.
            let from = self.tokens[self.at - 1..].first().is_some_and(
                |token| matches!(&token.kind, Kind::Word(raw) if raw.to_lowercase().starts_with("from:")),
            );
            if from {
                self.notes.about(&format!("from:{text}"), "is no date; read as speaker:");
                let name = self.name(raw);
                let speaker = filter(Field::By, &name, self.setting, self.notes);
                return self.firm(speaker);
            }
        }
        // `speaker:putin,trump`; a region may be `Paris,Texas`.
        if text.contains(',') && matches!(field, Field::By | Field::To | Field::Source | Field::Cue) {
            let each =
                text.split(',').filter_map(|name| filter(field, trim_name(name), self.setting, self.notes));
            let alternatives = or(each.collect());
            return self.firm(alternatives);
        }
        match filter(field, &text, self.setting, self.notes) {
            None => self.loose(plain(&text)),
            value => self.firm(value),
        }
    }

    /// `date:[2024 TO 2025]`, as Lucene writes it; either end may be `*`.
    fn range(&mut self, field: Field, raw: &str) -> bool {
        let next = self.tokens[self.at..].iter().take(8).map_while(|token| match &token.kind {
            Kind::Word(raw) => Some(raw.as_str()),
            _ => None,
        });
        let words: Vec<&str> = [raw].into_iter().chain(next).collect();
        let Some(end) = words.iter().position(|word| word.ends_with([']', '}'])) else { return false };
        let text = words[..=end].join(" ");
        let inside = text.trim_matches(['[', ']', '{', '}']);
        let Some((first, last)) = inside.split_once(" TO ").or_else(|| inside.split_once(" to ")) else {
            return false;
        };
        let open = |end: &str| if end.trim() == "*" { String::new() } else { end.trim().to_string() };
        let Some(value) = Some(format!("{}..{}", open(first), open(last)))
            .filter(|value| day_range(value, self.setting.today).is_some())
        else {
            return false;
        };
        self.at += end;
        let value = filter(field, &value, self.setting, self.notes);
        self.firm(value);
        true
    }

    /// `raw` and as many of the next three words as still read as a date.
    fn longest_date(&mut self, raw: &str) -> String {
        let next = self.tokens[self.at..].iter().take(3).map_while(|token| match &token.kind {
            Kind::Word(raw) => Some(raw.as_str()),
            _ => None,
        });
        let words: Vec<&str> = [raw].into_iter().chain(next).collect();
        for count in (1..=words.len()).rev() {
            let text = words[..count].join(" ");
            let text = text.trim_end_matches([',', ';', ':', '?', '!']);
            let bare = text.trim_start_matches(['<', '>', '=']);
            if day_range(bare, self.setting.today).is_some() {
                self.at += count - 1;
                return text.to_string();
            }
        }
        trim(raw).to_string()
    }

    /// `raw` and the capitalised words that go on from it.
    fn name(&mut self, raw: &'a str) -> String {
        let mut name = vec![raw];
        while capitalised(name[0]) && !name[name.len() - 1].ends_with([',', ';', ':', '?', '!']) {
            let next = self.tokens[self.at..].iter().map_while(|token| match &token.kind {
                Kind::Word(raw) if !token.glued => Some(raw.as_str()),
                _ => None,
            });
            let small = next.clone().take(3).take_while(|word| PARTICLES.contains(word)).count();
            let more: Vec<&str> = next.take(small + 1).collect();
            if more.len() <= small || !capitalised(more[small]) {
                break;
            }
            self.at += more.len();
            name.extend(more);
        }
        let whole = name.join(" ");
        let whole = whole.trim_end_matches([',', ';', ':', '?', '!']);
        if name.len() == 1 {
            return trim_name(raw).to_string();
        }
        self.notes.about(whole, "is read as one name; quotes would set where it ends");
        whole.to_string()
    }
}

/// The name that may stand before `after 2024-10`.
pub(super) fn is_date(raw: &str) -> bool {
    ["date", "pub-date", "load-date"].iter().any(|name| raw.eq_ignore_ascii_case(name))
}

fn is_sign(raw: &str) -> bool {
    ["-", "+", "!"].contains(&raw)
}

/// What follows `-`, `+` or `!` in front of a word.
fn signed(raw: &str) -> Option<&str> {
    raw.strip_prefix(['-', '+', '!'])
        .filter(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '\\') || is_pattern(rest))
}

/// `"Crim* bridge"`: words side by side, of which some are patterns.
fn patterned(text: &str) -> Option<Expr<String>> {
    let parts: Vec<&str> = text.split_whitespace().filter(|part| !trim(part).is_empty()).collect();
    let read = |part: &&str| {
        let core = part.trim_matches(|c: char| !c.is_alphanumeric() && c != '*');
        let expr = core.chars().all(is_part).then(|| wildcard(core)).flatten();
        expr.unwrap_or_else(|| Expr::Exact(trim(part).to_string()))
    };
    let sides: Vec<Expr<String>> = parts.iter().map(read).collect();
    let any = sides.iter().any(|side| matches!(side, Expr::Prefix(_) | Expr::Wildcard(_)));
    any.then(|| chained(sides, Proximity { within: Within::Words(1), ordered: true, negated: false }))
        .flatten()
}

/// All of them near each other.
fn chained(mut sides: Vec<Expr<String>>, how: Proximity) -> Option<Expr<String>> {
    if sides.len() < 2 {
        return sides.pop();
    }
    let first = Box::new(sides.remove(0));
    Some(Expr::Near { first, links: sides.into_iter().map(|to| Link { how, to }).collect() })
}

/// `*stan`, but not `**` of a list.
fn is_pattern(raw: &str) -> bool {
    raw.strip_prefix('*').is_some_and(|rest| rest.starts_with(char::is_alphanumeric))
}

/// True when the token after `speaker: ` is its value; `Speaker: ` may begin a sentence.
fn is_value(name: &str, next: &Token) -> bool {
    let lower = name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    lower
        && match &next.kind {
            Kind::Open | Kind::Quoted(_) => true,
            Kind::Close | Kind::Regex(_) => false,
            Kind::Word(raw) => {
                raw.starts_with(char::is_alphanumeric)
                    && operator(raw, &mut Notes::default()).is_none()
                    && field(raw).is_none()
            }
        }
}

/// A word that may go on a name: not an operator, not a field, no wildcard.
fn capitalised(raw: &str) -> bool {
    raw.starts_with(char::is_uppercase)
        && !raw.contains(['*', '~'])
        && operator(raw, &mut Notes::default()).is_none()
        && field(raw).is_none()
}

pub(super) fn ends(item: Option<&Item>) -> bool {
    matches!(item, Some(Item::Term(..) | Item::Close | Item::Boost(..) | Item::Gone))
}
