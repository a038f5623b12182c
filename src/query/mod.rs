//! What is asked: words, operators and filters, before and after names are resolved.
//!
//! `words → parse: Query<String> → resolve: Query<Places>`; nothing here knows an index.

pub mod date;
pub mod parse;
pub mod question;
pub mod resolve;
pub mod saved;
pub mod shape;

use jiff::civil::Date;
use serde::Serialize;

use crate::document::{Grade, QuoteKind};

/// One question: an expression over words and filters, and how its answers are laid out.
///
/// `R` is how a region stands in it: a name as typed, or after resolution the places it means.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Query<R> {
    /// What must, may and must not be there; none asks for everything.
    pub expr: Option<Expr<R>>,
    /// Order of the answers.
    pub sort: Sort,
    /// Most answers wanted.
    pub limit: usize,
}

/// An expression over words and filters.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Expr<R> {
    /// One word, read as its analyser reads it (case, accents and endings do not matter).
    Word(String),
    /// Words that name a region: they themselves, or what is about it in other words (`Kiev` finds `Kyiv`).
    Place(Vec<String>, R),
    /// A word that must stand as typed (`"Word"` of one word): no stemming.
    Exact(String),
    /// Words that begin with this: `Crim*`.
    Prefix(String),
    /// Words of this shape, `*` for any letters and `?` for one: `*stan`, `wom?n`.
    Wildcard(String),
    /// Words within this many edits (1 or 2): `Zelensky~`, `Zelensky~2`.
    Fuzzy(String, u8),
    /// Words that a regular expression matches whole: `/kyi?v/`. It is checked when it is read.
    Regex(String),
    /// Words in this order, side by side.
    Phrase(Vec<String>),
    /// A term and what stands near it, from left to right: `troops NEAR/5 border PRE/3 crossing`.
    Near {
        /// Words, phrases, alternatives of them, or words near each other.
        first: Box<Expr<R>>,
        /// What must, or must not, stand near; each is near all that was joined before it.
        links: Vec<Link<R>>,
    },
    /// At least so many times in the article: `ATLEAST5 ceasefire`.
    AtLeast(u32, Box<Expr<R>>),
    /// All of them.
    And(Vec<Expr<R>>),
    /// At least one of them.
    Or(Vec<Expr<R>>),
    /// Plain words without an operator: the more of them, the better; at least one.
    Any(Vec<Expr<R>>),
    /// Not this one.
    Not(Box<Expr<R>>),
    /// The same, counting so many times as much: `ceasefire^3`.
    Boost(Box<Expr<R>>, f32),
    /// A condition on what is known about an answer.
    Filter(Filter<R>),
}

/// One step of [`Expr::Near`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Link<R> {
    /// How near, and on which side.
    pub how: Proximity,
    /// What stands there.
    pub to: Expr<R>,
}

/// How near two terms stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Proximity {
    /// How far apart they may be.
    pub within: Within,
    /// The first must come first.
    pub ordered: bool,
    /// The first must stand somewhere without the second so near.
    pub negated: bool,
}

/// How far apart two terms may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Within {
    /// Most words between them, plus one: 1 is side by side.
    Words(u32),
    /// No sentence ends between them.
    Sentence,
    /// No paragraph ends between them.
    Paragraph,
}

/// A condition on one thing that is known about an answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter<R> {
    /// About this region, or a region inside it.
    About(R),
    /// The evidence for the region is at least this strong.
    AboutMin(Grade),
    /// Said by somebody of this name.
    By(String),
    /// Said to somebody of this name.
    To(String),
    /// Said by, or to, one of these people: what the two above become once it is known who is meant.
    Person(Sought),
    /// One of these kinds of quote.
    Kind(Vec<QuoteKind>),
    /// Reported with this word, in any of its forms.
    Cue(String),
    /// Published by an outlet of this name.
    Source(String),
    /// Published on this day or later.
    Since(Date),
    /// Published on this day or earlier.
    Until(Date),
    /// In this language (ISO 639-1).
    Lang(String),
    /// In an article that holds these words anywhere; what a question means whose answer no quote names.
    Within(Vec<String>),
    /// Words that stand in the headline.
    Title(Vec<String>),
    /// Written by somebody of this name.
    Author(String),
    /// The article of this id.
    Article(String),
}

/// People whom a name in a question means.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sought {
    /// As typed.
    pub typed: String,
    /// They are spoken to, not speaking.
    pub hear: bool,
    /// Keys of their rows; see [`crate::people`].
    pub keys: Vec<String>,
    /// Only rows of these keys are meant, not those that merely bear the words of the name.
    pub only: bool,
}

/// Order of the answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Best first.
    #[default]
    Score,
    /// Newest first; what has no date comes last.
    Newest,
    /// Oldest first; what has no date comes last.
    Oldest,
}

impl<R> Expr<R> {
    /// The same expression with every region exchanged; stops at the first that cannot be.
    pub fn try_map<S, E>(self, change: &mut impl FnMut(R) -> Result<S, E>) -> Result<Expr<S>, E> {
        let all = |list: Vec<Expr<R>>, change: &mut _| {
            list.into_iter().map(|e| e.try_map(change)).collect::<Result<Vec<_>, E>>()
        };
        Ok(match self {
            Expr::Word(word) => Expr::Word(word),
            Expr::Place(words, region) => Expr::Place(words, change(region)?),
            Expr::Exact(word) => Expr::Exact(word),
            Expr::Prefix(word) => Expr::Prefix(word),
            Expr::Wildcard(shape) => Expr::Wildcard(shape),
            Expr::Fuzzy(word, edits) => Expr::Fuzzy(word, edits),
            Expr::Regex(pattern) => Expr::Regex(pattern),
            Expr::Phrase(words) => Expr::Phrase(words),
            Expr::Near { first, links } => Expr::Near {
                first: Box::new(first.try_map(change)?),
                links: links
                    .into_iter()
                    .map(|Link { how, to }| Ok(Link { how, to: to.try_map(change)? }))
                    .collect::<Result<_, E>>()?,
            },
            Expr::AtLeast(times, inner) => Expr::AtLeast(times, Box::new(inner.try_map(change)?)),
            Expr::And(list) => Expr::And(all(list, change)?),
            Expr::Or(list) => Expr::Or(all(list, change)?),
            Expr::Any(list) => Expr::Any(all(list, change)?),
            Expr::Not(inner) => Expr::Not(Box::new(inner.try_map(change)?)),
            Expr::Boost(inner, weight) => Expr::Boost(Box::new(inner.try_map(change)?), weight),
            Expr::Filter(filter) => Expr::Filter(filter.try_map(change)?),
        })
    }
}

impl<R> Expr<R> {
    /// The same expression with every condition exchanged.
    pub fn map_filters(self, change: &mut impl FnMut(Filter<R>) -> Filter<R>) -> Expr<R> {
        let mut all =
            |list: Vec<Expr<R>>| list.into_iter().map(|expr| expr.map_filters(change)).collect::<Vec<_>>();
        match self {
            Expr::And(list) => Expr::And(all(list)),
            Expr::Or(list) => Expr::Or(all(list)),
            Expr::Any(list) => Expr::Any(all(list)),
            Expr::Not(inner) => Expr::Not(Box::new(inner.map_filters(change))),
            Expr::Boost(inner, weight) => Expr::Boost(Box::new(inner.map_filters(change)), weight),
            Expr::Filter(filter) => Expr::Filter(change(filter)),
            other => other,
        }
    }
}

impl<R> Filter<R> {
    fn try_map<S, E>(self, change: &mut impl FnMut(R) -> Result<S, E>) -> Result<Filter<S>, E> {
        Ok(match self {
            Filter::About(region) => Filter::About(change(region)?),
            Filter::AboutMin(grade) => Filter::AboutMin(grade),
            Filter::By(name) => Filter::By(name),
            Filter::To(name) => Filter::To(name),
            Filter::Person(sought) => Filter::Person(sought),
            Filter::Kind(kinds) => Filter::Kind(kinds),
            Filter::Cue(cue) => Filter::Cue(cue),
            Filter::Source(name) => Filter::Source(name),
            Filter::Since(day) => Filter::Since(day),
            Filter::Until(day) => Filter::Until(day),
            Filter::Lang(code) => Filter::Lang(code),
            Filter::Within(words) => Filter::Within(words),
            Filter::Title(words) => Filter::Title(words),
            Filter::Author(name) => Filter::Author(name),
            Filter::Article(id) => Filter::Article(id),
        })
    }
}
