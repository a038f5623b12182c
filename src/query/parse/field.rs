//! Fields, their names, and what their values mean.

use jiff::civil::Date;

use super::join::{and, or};
use super::word::{phrase, words};
use super::{Named, Notes, Setting};
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
    /// [`Filter::Within`]
    Within,
    /// [`Filter::Article`]
    Article,
    /// [`Filter::AboutMin`]
    AboutMin,
    /// [`Filter::Author`]
    Author,
    /// The words themselves: what other systems call the body of a text.
    Text,
    /// A saved query.
    Saved,
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
///
/// After our own names come those of Lexis (`HEADLINE(…)`, `PUBLICATION(…)`), notmuch (`from:`, `subject:`) and
/// search engines (`intitle:`, `site:`).
pub const FIELDS: &[(Field, &[&str])] = &[
    (Field::About, &["about", "region", "place", "on", "geographic", "geography", "country"]),
    (Field::By, &["speaker", "by", "said-by", "says"]),
    (Field::To, &["to", "addressee", "told"]),
    (Field::Kind, &["kind", "type"]),
    (Field::Cue, &["cue", "verb"]),
    (Field::Source, &["source", "outlet", "paper", "publication", "pub", "publisher", "site"]),
    (Field::Since, &["since", "from", "after"]),
    (Field::Until, &["until"]),
    (Field::Before, &["before"]),
    (Field::Date, &["date", "published", "load-date"]),
    (Field::Lang, &["lang", "language"]),
    (Field::Title, &["title", "headline", "subject", "hlead", "intitle", "allintitle"]),
    (Field::Within, &["story", "in-article"]),
    (Field::Article, &["article", "id", "mid"]),
    (Field::AboutMin, &["grade", "about-min"]),
    (Field::Author, &["author", "byline"]),
    (Field::Text, &["body", "text", "intext", "lead"]),
    (Field::Saved, &["query", "saved", "search"]),
];

/// Codes of Factiva that stand before `=`, as in `hd=peace`. With a colon most would be found in any text.
pub const CODES: &[(Field, &[&str])] = &[
    (Field::About, &["re"]),
    (Field::Source, &["sn", "sc", "rst"]),
    (Field::Date, &["pd"]),
    (Field::Lang, &["la"]),
    (Field::Title, &["hl", "hd", "hlp"]),
    (Field::Article, &["an"]),
    (Field::Author, &["au"]),
    (Field::Text, &["lp", "td", "tx", "ft"]),
];

/// Codes of other systems that nothing here answers to, and what they name.
const ABSENT: &[(&str, &str)] = &[
    ("ns", "subject codes of Factiva"),
    ("in", "industry codes of Factiva"),
    ("co", "company codes of Factiva"),
    ("pe", "person codes of Factiva"),
    ("cr", "credit lines"),
    ("ct", "contacts"),
    ("se", "sections"),
    ("wc", "the number of words"),
    ("length", "the number of words"),
    ("tag", "tags of mail"),
    ("is", "tags of mail"),
    ("thread", "threads of mail"),
    ("attachment", "attachments"),
    ("filetype", "kinds of files"),
];

/// Fields whose name may stand before a group without a colon, as in Lexis: `HEADLINE(peace)`.
const SEGMENTS: &[&str] = &[
    "headline",
    "hlead",
    "lead",
    "body",
    "byline",
    "publication",
    "language",
    "geographic",
    "title",
    "author",
    "allintitle",
];

/// The name by which a field is written back.
pub(super) fn name_of(field: Field) -> &'static str {
    FIELDS.iter().find(|(known, _)| *known == field).map_or("", |(_, names)| names[0])
}

/// `speaker:witkoff`, `hl=peace`, `date>=2025` → the field, its name as typed, the value.
pub(super) fn field(raw: &str) -> Option<(Field, &str, &str)> {
    let (name, rest) = split(raw)?;
    let sign = rest.as_bytes()[0];
    let field = if sign == b'=' { of(CODES, name).or_else(|| named(name)) } else { named(name) }?;
    // `to>5` is hardly meant.
    let compares = matches!(sign, b'<' | b'>');
    (!compares || field == Field::Date).then(|| (field, name, if compares { rest } else { &rest[1..] }))
}

fn split(raw: &str) -> Option<(&str, &str)> {
    let raw = raw.trim_start_matches(|c: char| !c.is_alphanumeric());
    let at = raw.find([':', '=', '<', '>'])?;
    Some((&raw[..at], &raw[at..]))
}

/// The field of this name.
fn named(name: &str) -> Option<Field> {
    of(FIELDS, name)
}

fn of(table: &[(Field, &[&str])], name: &str) -> Option<Field> {
    let known = |(_, names): &&(Field, &[&str])| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    table.iter().find(known).map(|(field, _)| *field)
}

/// The field that a word before a group names.
pub(super) fn segment(raw: &str) -> Option<Field> {
    SEGMENTS.iter().any(|known| known.eq_ignore_ascii_case(raw)).then(|| named(raw)).flatten()
}

/// `ns=gpol`: what the code names that nothing here answers to.
pub(super) fn absent(raw: &str) -> Option<&'static str> {
    let (name, rest) = split(raw)?;
    let sign = rest.starts_with(['=', '<', '>']) && rest.len() > 1;
    ABSENT.iter().find(|(known, _)| sign && known.eq_ignore_ascii_case(name)).map(|(_, what)| *what)
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
        Field::About | Field::By | Field::To | Field::Source | Field::Author => Reach::Name,
        Field::Since | Field::Until | Field::Before | Field::Date => Reach::Date,
        Field::Kind
        | Field::Lang
        | Field::Cue
        | Field::Title
        | Field::Within
        | Field::Article
        | Field::AboutMin
        | Field::Text
        | Field::Saved => Reach::Word,
    }
}

/// The condition that a value of a field means; none, with a note, when it means nothing.
pub(super) fn filter(field: Field, text: &str, setting: &Setting, notes: &mut Notes) -> Option<Expr<String>> {
    let today = setting.today;
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
        Field::Author => Filter::Author(name()),
        Field::Text => return phrase(words(text)),
        Field::Saved => match setting.saved(text, notes) {
            Named::Query(expr) => return Some(expr),
            Named::Nothing | Named::Unknown => return None,
        },
        Field::Title => Filter::Title(words(text)),
        Field::Within => Filter::Within(words(text)),
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
    let Some(found) = compared(field, text, today) else {
        notes.about(text, "is no date, or there is no such day; read as words");
        return None;
    };
    let Some((since, until, ambiguous)) = found else {
        notes.about(text, "is out of what a calendar holds; ignored");
        return None;
    };
    if ambiguous {
        notes.about(text, "is read with the day first");
    }
    let ends = [since.map(Filter::Since), until.map(Filter::Until)];
    and(ends.into_iter().flatten().map(Expr::Filter).collect())
}

/// How a date may be compared, as people and as Lexis and Factiva write it.
const COMPARED: &[(&str, Compared)] = &[
    (">=", Compared::Since),
    ("<=", Compared::Until),
    (">", Compared::After),
    ("<", Compared::Before),
    ("=", Compared::Within),
    ("geq ", Compared::Since),
    ("leq ", Compared::Until),
    ("gtr ", Compared::After),
    ("gt ", Compared::After),
    ("lss ", Compared::Before),
    ("lt ", Compared::Before),
    ("since ", Compared::Since),
    ("from ", Compared::Since),
    ("until ", Compared::Until),
    ("after ", Compared::After),
    ("aft ", Compared::After),
    ("before ", Compared::Before),
    ("bef ", Compared::Before),
    ("is ", Compared::Within),
];

#[derive(Clone, Copy, PartialEq)]
enum Compared {
    Since,
    Until,
    After,
    Before,
    Within,
}

type Ends = (Option<Date>, Option<Date>, bool);

/// First and last day, both included; the inner none when nothing lies beyond.
fn compared(field: Field, text: &str, today: Date) -> Option<Option<Ends>> {
    let lower = text.trim().to_lowercase();
    let found = COMPARED.iter().find_map(|(sign, how)| Some((*how, lower.strip_prefix(sign)?.trim())));
    let (how, value) = found.unwrap_or_else(|| {
        let how = match field {
            Field::Since => Compared::Since,
            Field::Until => Compared::Until,
            Field::Before => Compared::Before,
            _ => Compared::Within,
        };
        (how, lower.as_str())
    });
    let range = day_range(value, today)?;
    let day = range.ambiguous;
    Some(match how {
        Compared::Since => Some((range.since(), None, day)),
        Compared::Until => Some((None, range.until(), day)),
        Compared::Before => range.before().map(|last| (None, Some(last), day)),
        Compared::After => {
            range.until().and_then(|last| last.tomorrow().ok()).map(|first| (Some(first), None, day))
        }
        Compared::Within => Some((range.first, range.last, day)),
    })
}

/// True when the word compares dates: the `aft` of `date aft 2024`.
pub(super) fn compares(word: &str) -> bool {
    let word = word.to_lowercase();
    COMPARED.iter().any(|(sign, _)| sign.trim_end() == word)
}
