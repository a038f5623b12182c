//! Fields, their names, and what their values mean.

use jiff::civil::Date;

use super::Notes;
use super::join::{and, or};
use super::word::words;
use crate::document::{Grade, QuoteKind};
use crate::lang;
use crate::query::date::day_range;
use crate::query::{Expr, Filter};

/// What a field filters by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// [`Filter::About`]
    About,
    /// [`Filter::By`]
    By,
    /// [`Filter::To`]
    To,
    /// [`Filter::Kind`]
    Kind,
    /// [`Filter::Cue`]
    Cue,
    /// [`Filter::Source`]
    Source,
    /// [`Filter::Since`]
    Since,
    /// [`Filter::Until`]
    Until,
    /// [`Filter::Until`] the day before.
    Before,
    /// [`Filter::Since`] and [`Filter::Until`]
    Date,
    /// [`Filter::Lang`]
    Lang,
    /// [`Filter::Title`]
    Title,
    /// [`Filter::Article`]
    Article,
    /// [`Filter::AboutMin`]
    AboutMin,
}

/// How far an unquoted value of a field reaches.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Reach {
    /// To the next blank.
    Word,
    /// Over the capitalised words that follow: `speaker:Vladimir Putin`.
    Name,
    /// As far as it reads as a date: `since:3 days ago`.
    Date,
}

/// Every field and the names that users may type for it; the first is the one that is written back.
pub const FIELDS: &[(Field, &[&str])] = &[
    (Field::About, &["about", "region", "place", "on"]),
    (Field::By, &["speaker", "by", "said-by", "says"]),
    (Field::To, &["to", "addressee", "told"]),
    (Field::Kind, &["kind", "type"]),
    (Field::Cue, &["cue", "verb"]),
    (Field::Source, &["source", "outlet", "paper"]),
    (Field::Since, &["since", "from", "after"]),
    (Field::Until, &["until"]),
    (Field::Before, &["before"]),
    (Field::Date, &["date"]),
    (Field::Lang, &["lang", "language"]),
    (Field::Title, &["title", "headline"]),
    (Field::Article, &["article", "id"]),
    (Field::AboutMin, &["grade", "about-min"]),
];

/// The name by which a field is written back.
pub(super) fn name_of(field: Field) -> &'static str {
    FIELDS.iter().find(|(known, _)| *known == field).map_or("", |(_, names)| names[0])
}

/// `speaker:witkoff` → the field, its name as typed, the value.
pub(super) fn field(raw: &str) -> Option<(Field, &str, &str)> {
    let (name, value) = raw.trim_start_matches(|c: char| !c.is_alphanumeric()).split_once(':')?;
    let known = |(_, names): &&(Field, &[&str])| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    FIELDS.iter().find(known).map(|(field, _)| (*field, name, value))
}

/// `speeker:` of `speeker:witkoff`, but nothing of `http://…` and `5:30`.
pub(super) fn unknown_field(raw: &str, glued: bool) -> Option<&str> {
    let (name, value) = raw.split_once(':')?;
    let letters = name.len() > 1 && name.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-');
    let valued = value.starts_with(char::is_alphanumeric) || value.is_empty() && glued;
    (letters && valued).then(|| &raw[..=name.len()])
}

pub(super) fn reach(field: Field) -> Reach {
    match field {
        Field::About | Field::By | Field::To | Field::Source => Reach::Name,
        Field::Since | Field::Until | Field::Before | Field::Date => Reach::Date,
        Field::Kind | Field::Lang | Field::Cue | Field::Title | Field::Article | Field::AboutMin => {
            Reach::Word
        }
    }
}

/// The condition that a value of a field means; none, with a note, when it means nothing.
pub(super) fn filter(field: Field, text: &str, today: Date, notes: &mut Notes) -> Option<Expr<String>> {
    if !text.contains(char::is_alphanumeric) {
        notes.about(&format!("{}:", name_of(field)), "has no value; ignored");
        return None;
    }
    let name = || text.to_string();
    let parts = || text.split([',', ' ', ';']).filter(|part| !part.is_empty());
    Some(Expr::Filter(match field {
        Field::About => Filter::About(name()),
        Field::By => Filter::By(name()),
        Field::To => Filter::To(name()),
        Field::Cue => Filter::Cue(name()),
        Field::Source => Filter::Source(name()),
        Field::Article => Filter::Article(name()),
        Field::Title => Filter::Title(words(text)),
        Field::AboutMin => Filter::AboutMin(grade(text, notes)?),
        Field::Kind => {
            let kinds: Vec<QuoteKind> = parts().filter_map(|part| kind(part, notes)).collect();
            Filter::Kind((!kinds.is_empty()).then_some(kinds)?)
        }
        Field::Lang => {
            let codes = parts().filter_map(|part| language(part, notes));
            return or(codes.map(|code| Expr::Filter(Filter::Lang(code))).collect());
        }
        Field::Since | Field::Until | Field::Before | Field::Date => return days(field, text, today, notes),
    }))
}

fn kind(text: &str, notes: &mut Notes) -> Option<QuoteKind> {
    let found = QuoteKind::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(text));
    if found.is_none() {
        notes.about(
            text,
            &format!("is no kind of quote; there are {}", QuoteKind::ALL.map(QuoteKind::name).join(", ")),
        );
    }
    found
}

fn grade(text: &str, notes: &mut Notes) -> Option<Grade> {
    let name = text.to_ascii_lowercase().replace(['-', ' '], "_");
    let found = Grade::ALL.into_iter().find(|grade| grade.name() == name);
    if found.is_none() {
        notes.about(
            text,
            &format!("is no grade of evidence; there are {}", Grade::ALL.map(Grade::name).join(", ")),
        );
    }
    found
}

fn language(text: &str, notes: &mut Notes) -> Option<String> {
    let named = || lang::LANGUAGES.iter().copied().find(|language| language.name.eq_ignore_ascii_case(text));
    let found = lang::by_tag(text).or_else(named).map(|language| language.code.to_string());
    if found.is_none() {
        notes.about(text, "is no language that is told apart; read as a word");
    }
    found
}

fn days(field: Field, text: &str, today: Date, notes: &mut Notes) -> Option<Expr<String>> {
    let Some(range) = day_range(text, today) else {
        notes.about(text, "is no date, or there is no such day; read as words");
        return None;
    };
    if range.ambiguous {
        notes.about(text, "is read with the day first");
    }
    let (since, until) = match field {
        Field::Since => (range.since(), None),
        Field::Until => (None, range.until()),
        Field::Before => (None, range.before()),
        _ => (range.first, range.last),
    };
    let ends = [since.map(Filter::Since), until.map(Filter::Until)];
    and(ends.into_iter().flatten().map(Expr::Filter).collect())
}
