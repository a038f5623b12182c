//! Where rows are kept and found again. Knows no gazetteer and no typed query.

pub mod analyse;
mod article;
mod at_least;
mod bag;
mod checked;
mod collect;
mod copies;
pub mod earlier;
mod facet;
pub mod health;
pub mod highlight;
mod inflect;
pub mod laid;
mod merge;
mod near;
pub mod pattern;
mod people;
mod plan;
mod rank;
pub mod rebuild;
mod schema;
mod sought;
mod sought_query;
mod spread;
mod standing;
pub mod tantivy;
mod trouble;
mod weight;
mod within;
mod words;
mod writer;

use std::sync::Arc;

use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::people::People;
pub use crate::query::resolve::Places;
use crate::query::{Expr, Query};
use crate::rows::{Head, PassageRow, QuoteRow};
pub use near::{MOST_PLACED, MOST_WORDS};

/// Kinds of rows that can be asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// Passages of articles.
    #[default]
    Passages,
    /// Quotes.
    Quotes,
}

impl Wanted {
    /// What the index calls such a row.
    pub(crate) fn row(self) -> &'static str {
        match self {
            Wanted::Passages => "passage",
            Wanted::Quotes => "quote",
        }
    }
}

/// What answers are gathered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    /// Who said it.
    Speaker,
    /// To whom.
    Addressee,
    /// Regions named or meant.
    Region,
    /// Ids of regions named or meant and of all that hold them.
    Holder,
    /// Outlet.
    Source,
    /// Month of publication.
    Month,
    /// Kind of quote.
    Kind,
    /// Dictionary form of the reporting verb.
    Cue,
    /// Language of the article.
    Language,
}

impl GroupBy {
    /// All of them, in the order that facets are shown.
    pub const ALL: [GroupBy; 8] = [
        GroupBy::Speaker,
        GroupBy::Addressee,
        GroupBy::Region,
        GroupBy::Source,
        GroupBy::Month,
        GroupBy::Kind,
        GroupBy::Cue,
        GroupBy::Language,
    ];

    /// Its name in commands and answers.
    pub fn name(self) -> &'static str {
        match self {
            GroupBy::Speaker => "speaker",
            GroupBy::Addressee => "addressee",
            GroupBy::Region => "region",
            GroupBy::Holder => "holder",
            GroupBy::Source => "source",
            GroupBy::Month => "month",
            GroupBy::Kind => "kind",
            GroupBy::Cue => "cue",
            GroupBy::Language => "language",
        }
    }
}

/// How many of the rows that fit have each value of something.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Facet {
    /// Of what.
    pub by: GroupBy,
    /// Its values, the most frequent first. Regions count for all that hold them, too.
    pub values: Vec<Value>,
}

/// A value, and how many rows have it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Value {
    /// As shown; of a region what is stored.
    pub key: String,
    /// Rows.
    pub count: usize,
    /// The regions that hold this one, the largest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<String>,
}

/// Which part of the answers is wanted, and what else orders them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Show {
    /// Answers to leave out at the front; in groups, groups.
    pub offset: usize,
    /// New articles before old ones.
    pub fresh: Option<Fresh>,
}

/// The older an article, the less its rows weigh: half for each half-life.
#[derive(Clone, Copy, Debug)]
pub struct Fresh {
    /// What age counts from.
    pub today: jiff::civil::Date,
    /// Days until a row weighs half.
    pub half_life: f32,
}

impl Fresh {
    /// From 0 to 1, for a day written YYYYMMDD; what has no date weighs as if one half-life old.
    fn weight(&self, day: Option<u64>) -> f32 {
        let date = |day: u64| {
            jiff::civil::Date::new((day / 10_000) as i16, (day / 100 % 100) as i8, (day % 100) as i8).ok()
        };
        let Some(date) = day.and_then(date) else { return 0.5 };
        let age = self.today.since(date).map_or(0, |span| span.get_days()).max(0);
        0.5f32.powf(age as f32 / self.half_life)
    }
}

/// What the index knows of a file that it was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Nanoseconds since 1970.
    pub mtime: u64,
    /// Bytes.
    pub size: u64,
    /// The first 128 bits of the SHA-256 of its bytes.
    pub hash: [u64; 2],
}

impl Stamp {
    /// Of a file that was not read to its end, or not without fault: it is to be read again.
    pub const PARTIAL: Stamp = Stamp { mtime: 0, size: u64::MAX, hash: [0, 0] };

    /// True when neither time nor size changed, so that the file need not be opened.
    pub fn looks_like(&self, other: &Stamp) -> bool {
        (self.mtime, self.size) == (other.mtime, other.size)
    }
}

/// What is written beside each commit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Payload {
    pub(crate) format: u32,
    pub(crate) onrecord: String,
    /// Folders that were indexed, as keys of [`Index::files`](tantivy::Index::files).
    #[serde(default)]
    pub(crate) folders: Vec<String>,
    /// True when only passages are indexed, without quotes.
    #[serde(default)]
    pub(crate) passages_only: bool,
    /// The user's own places as they were when the rows were made: the text of their file.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) places: String,
    /// True when copies were told apart after the last row was written.
    #[serde(default)]
    pub(crate) copies_told: bool,
}

/// A row that was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Row {
    /// A passage.
    Passage(Box<PassageRow>),
    /// A quote.
    Quote(Box<QuoteRow>),
}

/// A row, and how well it fits.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Score; only its order means anything.
    pub score: f32,
    /// What was found.
    pub row: Row,
    /// The same in copies of its article, the first twenty.
    pub copies: Vec<Copy>,
    /// How many copies there are in all.
    pub copied: usize,
}

/// The same passage or quote in a copy of an article.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Copy {
    /// Id of the row.
    pub id: String,
    /// Its article.
    pub article: Head,
}

impl Copy {
    /// Reads what a copy shows of a row's JSON. It stands at the beginning; the text behind it, which is
    /// most, is not gone through.
    fn of_row(json: &str) -> serde_json::Result<Copy> {
        let mut start = Start::default();
        let ended = serde_json::Deserializer::from_str(json).deserialize_map(&mut start);
        match start {
            Start { id: Some(id), article: Some(article) } => Ok(Copy { id, article }),
            _ => Err(ended.err().unwrap_or_else(|| serde::de::Error::missing_field("article"))),
        }
    }
}

/// The beginning of a row.
#[derive(Default)]
struct Start {
    id: Option<String>,
    article: Option<Head>,
}

impl<'de> Visitor<'de> for &mut Start {
    type Value = ();

    fn expecting(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        out.write_str("a row")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<(), A::Error> {
        while self.id.is_none() || self.article.is_none() {
            match map.next_key::<&str>()? {
                Some("id") => self.id = Some(map.next_value()?),
                Some("article") => self.article = Some(map.next_value()?),
                Some(_) => drop(map.next_value::<IgnoredAny>()?),
                None => break,
            }
        }
        Ok(())
    }
}

/// What a search found.
#[derive(Clone, Debug, Default)]
pub struct Hits {
    /// How many rows fit in all.
    pub total: usize,
    /// The first of them, in the order asked for.
    pub hits: Vec<Hit>,
    /// Plain words that even the article lacks that holds most of them, where that is much of what was asked.
    pub lacking: Vec<String>,
}

/// Answers that share a speaker, region, outlet or month.
#[derive(Clone, Debug)]
pub struct Group {
    /// What they share; empty when it is not known.
    pub key: String,
    /// How many there are.
    pub count: usize,
    /// The first of them, in the order asked for.
    pub hits: Vec<Hit>,
    /// The newest of them, when it is not among `hits`.
    pub newest: Option<Hit>,
}

/// Words that tell an article from others, and ids of articles that share them with how much.
pub type Likeness = (Vec<String>, Vec<(String, f32)>);

/// The reading side of an index.
pub trait Engine {
    /// The best rows for a query.
    fn find(&self, wanted: Wanted, query: &Query<Places>, show: &Show) -> Result<Hits>;
    /// The same, gathered into groups, the largest first; `each` rows are shown of every group. What is
    /// stored of a row is turned by `name` into the name of its group.
    fn group(
        &self,
        wanted: Wanted,
        query: &Query<Places>,
        show: &Show,
        by_and_each: (GroupBy, usize),
        name: &dyn Fn(&str) -> String,
    ) -> Result<(usize, Vec<Group>)>;
    /// Counts of all rows that fit, by everything that they can be gathered by.
    fn facets(
        &self,
        wanted: Wanted,
        query: &Query<Places>,
        name: &dyn Fn(GroupBy, &str) -> String,
    ) -> Result<Vec<Facet>>;
    /// Everybody who goes by several names, or shares one, in the whole index.
    fn people(&self) -> Result<Arc<People>>;
    /// The best articles for a question of plain words, `most` of them, each by its id and its score.
    /// `widen`: look also for what the best of them are about.
    fn best_articles(&self, question: &str, widen: bool, most: usize) -> Result<Vec<(String, f32)>>;
    /// The telling words of the first article of this id, as it writes them, and the articles that hold
    /// them, best first, each by its id and its score; itself among them.
    fn like_article(&self, id: &str, most: usize) -> Result<Likeness>;
    /// All articles of this id, or whose id begins with it.
    fn articles(&self, id: &str) -> Result<Vec<crate::document::Document>>;
    /// True when any text of the index holds a word, in any of its forms.
    fn holds(&self, word: &str) -> Result<bool>;
    /// Words of rows of a kind that a word or a pattern stands for, each with the number of rows that hold it,
    /// the most frequent first.
    fn words(&self, wanted: Wanted, expr: &Expr<Places>) -> Result<Vec<(String, u64)>>;
    /// Words of the index that are spelt like this folded word, the nearest first.
    fn near_words(&self, word: &str) -> Result<Vec<(String, u64)>>;
    /// The keys of everybody who speaks, and how many rows bear each.
    fn speakers(&self) -> Result<Arc<Vec<(String, usize)>>>;
    /// How many rows fit; for explaining a query clause by clause.
    fn count(&self, wanted: Wanted, query: &Query<Places>) -> Result<usize>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_read_from_the_beginning_of_a_row() {
        let article = Head {
            id: crate::document::ArticleId("a".into()),
            path: "a.md".into(),
            ordinal: 0,
            url: None,
            source: "Kestrel".into(),
            title: "The mayor \"spoke\"".into(),
            byline: Vec::new(),
            published: None,
            language: crate::lang::by_tag("en").unwrap(),
            sha256: String::new(),
            focus: Vec::new(),
        };
        let head = serde_json::to_string(&article).unwrap();
        let copy =
            Copy::of_row(&format!("{{\"id\":\"a@0-9\",\"article\":{head},\"text\":\"not gone thr")).unwrap();
        assert_eq!(copy, Copy { id: "a@0-9".into(), article });
        assert!(Copy::of_row("{\"id\":\"a\"}").is_err() && Copy::of_row("").is_err());
    }
}
