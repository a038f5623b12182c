//! Tokens → terms and operators.

use jiff::civil::Date;

use super::Notes;
use super::field::{Field, Reach, field, filter, reach, unknown_field};
use super::join::or;
use super::lex::{Kind, Token};
use super::word::{Op, operator, pattern, phrase, plain, trim, words};
use crate::query::Expr;
use crate::query::date::day_range;

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
pub(super) fn read(tokens: &[Token], today: Date, notes: &mut Notes) -> Vec<Item> {
    Reader { tokens, at: 0, sign: None, items: Vec::new(), today, notes }.read()
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    /// `-` or `+`, waiting for its term.
    sign: Option<char>,
    items: Vec<Item>,
    today: Date,
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
        if text.contains('*') {
            self.notes.about("*", "means nothing inside quote marks");
        }
        let words = words(text);
        match self.slop(&words) {
            Some(near) => self.push(Item::Term(Weight::Firm, near)),
            None => self.firm(phrase(words)),
        }
    }

    /// `"land swap"~5`, as Lucene writes it.
    fn slop(&mut self, words: &[String]) -> Option<Expr<String>> {
        let Token { kind: Kind::Word(raw), glued: true } = self.tokens.get(self.at)? else { return None };
        let number = raw.strip_prefix(['~', '^'])?.parse().ok().filter(|n: &f32| n.is_finite())?;
        self.at += 1;
        match words {
            [left, right] if raw.starts_with('~') && number >= 1.0 => {
                self.notes.about(raw, "after two words is read as NEAR");
                let side = |word: &String| Box::new(Expr::Word(word.clone()));
                Some(Expr::Near { left: side(left), right: side(right), distance: number as u32 })
            }
            _ => {
                self.notes.about(raw, "after a phrase is ignored");
                None
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
        if let Some(rest) = signed(raw) {
            self.sign = raw.chars().next();
            self.term(rest);
        } else if self.sign.is_some() {
            self.term(raw);
        } else if let Some(op) = operator(raw, self.notes) {
            self.operator(op, raw);
        } else {
            self.term(raw);
        }
    }

    fn operator(&mut self, op: Op, raw: &str) {
        let op = match (op, &self.items[..]) {
            (Op::Near { distance, .. }, [.., left, Item::Op(Op::Not, not)])
                if ends(Some(left)) && !not.is_empty() =>
            {
                self.items.pop();
                Op::Near { distance, negated: true }
            }
            _ => op,
        };
        self.items.push(Item::Op(op, raw.to_string()));
    }

    fn term(&mut self, raw: &'a str) {
        if let Some(rest) = raw.strip_prefix('\\') {
            self.loose(plain(rest));
        } else if let Some((field, name, value)) = field(raw) {
            self.field(field, name, value);
        } else {
            if let Some(name) = unknown_field(raw, self.next_is_glued()) {
                self.notes.about(name, "is not a field; read as words");
            }
            let word = pattern(raw, self.notes);
            self.loose(word);
        }
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
            Kind::Open => self.push(Item::Open(Some(field))),
            Kind::Quoted(text) => {
                let value = filter(field, text, self.today, self.notes);
                self.firm(value.or_else(|| phrase(words(text))));
            }
            Kind::Word(raw) => self.unquoted(field, raw),
            Kind::Close => {}
        }
    }

    fn unquoted(&mut self, field: Field, raw: &'a str) {
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
        // `speaker:putin,trump`; a region may be `Paris,Texas`.
        if text.contains(',') && matches!(field, Field::By | Field::To | Field::Source | Field::Cue) {
            let each = text.split(',').filter_map(|name| filter(field, trim(name), self.today, self.notes));
            let alternatives = or(each.collect());
            return self.firm(alternatives);
        }
        match filter(field, &text, self.today, self.notes) {
            None => self.loose(plain(&text)),
            value => self.firm(value),
        }
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
            if day_range(text, self.today).is_some() {
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
            return trim(raw).to_string();
        }
        self.notes.about(whole, "is read as one name; quotes would set where it ends");
        whole.to_string()
    }
}

fn is_sign(raw: &str) -> bool {
    ["-", "+", "!"].contains(&raw)
}

/// What follows `-`, `+` or `!` in front of a word.
fn signed(raw: &str) -> Option<&str> {
    raw.strip_prefix(['-', '+', '!'])
        .filter(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '\\'))
}

/// True when the token after `speaker: ` is its value; `Speaker: ` may begin a sentence.
fn is_value(name: &str, next: &Token) -> bool {
    let lower = name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    lower
        && match &next.kind {
            Kind::Open | Kind::Quoted(_) => true,
            Kind::Close => false,
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
    matches!(item, Some(Item::Term(..) | Item::Close))
}
