//! The nouns: an article as published, and everything found in it.
//!
//! Every [`Span`] here is a byte range into [`Article::body`], which never changes once it is made.

use serde::{Deserialize, Serialize};

pub use crate::gazetteer::RegionId;
use crate::lang::Language;
pub use crate::span::Span;

/// One news article as published, normalised: NFC, one line feed inside a paragraph at most,
/// `"\n\n"` between paragraphs, boilerplate removed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Article {
    /// The id that the input brought, or one made from where it lies.
    pub id: ArticleId,
    /// The file it was read from, as the user would write it.
    pub path: String,
    /// Which article of that file it is, from 0.
    #[serde(default)]
    pub ordinal: u32,
    /// Canonical address on the web.
    pub url: Option<String>,
    /// The outlet that published it, as it names itself; empty when nothing tells.
    pub source: String,
    /// Headline, as published; it is not part of `body` unless the file had it as its first line.
    pub title: String,
    /// Authors, in the order given.
    pub byline: Vec<String>,
    /// When it was published, if anything tells.
    pub published: Option<Published>,
    /// Language of the body.
    pub language: &'static Language,
    /// The text to which every span refers.
    pub body: String,
    /// SHA-256 of `body`, in lower-case hex.
    pub sha256: String,
}

/// Names one article: the input's own id, or twelve hex digits.
///
/// An id that the input brought need not be unique; a row in the index is told apart by file and
/// ordinal, and whoever asks for an id gets every article that bears it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ArticleId(pub String);

impl std::fmt::Display for ArticleId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl ArticleId {
    /// The address of a span of this article: `ID@START-END`, in bytes of the body.
    ///
    /// Ids of quotes and passages are such addresses, so the same text gives the same ids.
    pub fn at(&self, span: Span) -> String {
        format!("{}@{}-{}", self.0, span.start, span.end)
    }
}

/// A date, how precise it is, and where it was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Published {
    /// RFC 3339 as far as it is known: `2025`, `2025-11`, `2025-11-26` or `2025-11-26T10:22:00-05:00`.
    pub at: String,
    /// The first day that `at` can mean.
    pub day: jiff::civil::Date,
    /// How much of `at` was really written.
    pub precision: Precision,
    /// What told it.
    pub found_in: DateSource,
}

/// How much of a date is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// Only the year.
    Year,
    /// Year and month.
    Month,
    /// The day.
    Day,
    /// The day and a time of day.
    Minute,
}

/// Where a date was read; the earlier in this list, the more it is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateSource {
    /// A field of a JSON record.
    Field,
    /// JSON-LD of a page.
    JsonLd,
    /// A `<meta>` tag.
    Meta,
    /// A `<time>` element.
    TimeTag,
    /// Markdown front matter.
    FrontMatter,
    /// The `Date` field of a mail.
    Mail,
    /// The address of the page.
    Url,
    /// The file's name.
    FileName,
    /// The dateline or first lines of the text.
    Text,
    /// What an office document says of when it was written.
    Properties,
    /// When the page was fetched: it was published on that day or before.
    Crawl,
    /// The file's modification time: a last resort.
    FileTime,
}

/// An article and everything found in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The article as read.
    pub article: Article,
    /// Paragraphs, in order.
    pub paragraphs: Vec<Span>,
    /// Sentences, in order; none runs over a paragraph's end.
    pub sentences: Vec<Span>,
    /// Names, pronouns and role phrases, in order of their start.
    pub mentions: Vec<Mention>,
    /// Who and what the mentions name; a [`Mention::entity`] indexes this.
    pub entities: Vec<Entity>,
    /// Reported speech, in order of its start.
    pub quotes: Vec<Quote>,
    /// The regions that the article is mostly about, the most first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub focus: Vec<Focus>,
}

/// A region that an article is mostly about.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Focus {
    /// Which region.
    pub region: RegionId,
    /// How often the article names it or the people of it.
    pub mentions: u32,
    /// Where it first does.
    pub first: Span,
}

impl Document {
    /// The entity that an attribution or a mention names.
    pub fn entity(&self, id: EntityId) -> &Entity {
        &self.entities[id.0 as usize]
    }

    /// The words of a span.
    pub fn words(&self, span: Span) -> &str {
        span.of(&self.article.body)
    }
}

/// Index into [`Document::entities`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntityId(pub u32);

/// A name, pronoun or role phrase in the text, and the entity of this article that it names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mention {
    /// Its words.
    pub span: Span,
    /// Whom or what it names.
    pub entity: EntityId,
    /// What kind of expression it is.
    pub form: Form,
    /// Why it was taken for that entity.
    pub because: Link,
}

/// What kind of expression names an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// A proper name, whole or in part.
    Name,
    /// `he`, `she`, `they`.
    Pronoun,
    /// `a top Kremlin official`, `the special envoy`.
    Role,
    /// `Ukrainian`, `Russians`.
    Demonym,
    /// A seat that stands for its government: `the Kremlin`, `Downing Street`, or a capital that acts.
    Metonym,
}

/// Why a mention was linked to its entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// The fullest name that the article gives.
    FullName,
    /// Part of a fuller name given elsewhere in the article.
    PartOfName,
    /// The nearest fitting name before it, and the one that leads its sentence.
    Antecedent,
    /// Set beside a name: `his envoy, Steve Witkoff`.
    Apposition,
    /// It names nobody else in the article.
    OwnWords,
    /// The gazetteer knows the name.
    Gazetteer,
}

/// Whom or what a mention names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entity {
    /// The fullest form in the article; for a region its canonical name.
    pub name: String,
    /// What it is.
    pub kind: EntityKind,
    /// Titles and roles that the article gives: `special envoy`, `US Army Secretary`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
}

/// What an entity is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    /// A named human being.
    Person,
    /// A named body: a company, ministry, party, newspaper.
    Organisation,
    /// Somebody without a name: `a senior US official`, `Ukrainian officials`.
    Unnamed,
    /// A place with an identity in the gazetteer.
    Region {
        /// Which place.
        id: RegionId,
        /// 0 to 1: how sure the choice among places of that name is.
        confidence: f32,
        /// The next best place of that name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        runner_up: Option<RegionId>,
        /// What decided among the places of that name.
        #[serde(default)]
        because: Chosen,
    },
    /// A place that no gazetteer knows.
    Place {
        /// The smallest region that the text says holds it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within: Option<RegionId>,
    },
}

/// What decided which of several places of one name is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chosen {
    /// No other place bears the name.
    #[default]
    Only,
    /// It is the best known of them.
    BestKnown,
    /// The text names what holds it: `Paris, Texas`.
    Containment,
    /// A fuller form of the name stands elsewhere in the article: `Donetsk region`.
    FullerForm,
    /// Other places that the article names lie near it.
    Neighbours,
    /// It stands in a list of places of its kind: `Italy, Spain and Georgia`.
    List,
    /// The article or its outlet speaks of this country.
    Country,
}

impl Chosen {
    /// The reason as a reader would tell it.
    pub fn describe(self) -> &'static str {
        match self {
            Chosen::Only => "the only place of that name",
            Chosen::BestKnown => "the best known place of that name",
            Chosen::Containment => "the text names the region that holds it",
            Chosen::FullerForm => "the article gives a fuller form of the name",
            Chosen::Neighbours => "other places that the article names lie near it",
            Chosen::List => "it stands in a list of places of its kind",
            Chosen::Country => "the article speaks of its country",
        }
    }
}

/// Reported speech.
///
/// `content` has several spans when the cue interrupts it, or when it runs over paragraphs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quote {
    /// What was said, without the outer quote marks of a direct quote.
    pub content: Vec<Span>,
    /// How it is reported.
    pub kind: QuoteKind,
    /// The words that report it.
    pub cue: Option<Cue>,
    /// Who said it; none when the text does not tell.
    pub speaker: Option<Attribution>,
    /// To whom.
    pub addressee: Option<Attribution>,
    /// Regions it is about, strongest evidence first.
    pub about: Vec<About>,
    /// Index in [`Document::quotes`] of the quote that holds this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nested_in: Option<u32>,
}

impl Quote {
    /// From the first byte said to the last.
    pub fn hull(&self) -> Span {
        self.content.iter().copied().reduce(Span::cover).unwrap_or_default()
    }

    /// The words said; pieces are joined by ` … `.
    pub fn words(&self, body: &str) -> String {
        self.content.iter().map(|span| span.of(body)).collect::<Vec<_>>().join(" … ")
    }
}

/// How speech is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuoteKind {
    /// Word for word, in quote marks.
    Direct,
    /// In the reporter's words.
    Indirect,
    /// In the reporter's words, with some of the speaker's in quote marks.
    Mixed,
}

impl QuoteKind {
    /// All kinds, in the order in which they are listed to users.
    pub const ALL: [QuoteKind; 3] = [QuoteKind::Direct, QuoteKind::Indirect, QuoteKind::Mixed];

    /// The name that users type and see.
    pub fn name(self) -> &'static str {
        match self {
            QuoteKind::Direct => "direct",
            QuoteKind::Indirect => "indirect",
            QuoteKind::Mixed => "mixed",
        }
    }
}

/// The words that report speech: `told`, `according to`, `wrote`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cue {
    /// Where they stand.
    pub span: Span,
    /// Dictionary form: `tell`, `say`, `according to`.
    pub lemma: String,
    /// What the speaker does by saying it.
    pub stance: Stance,
}

pub use crate::lang::Stance;

/// Who spoke or was spoken to, and how that was decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attribution {
    /// The person or body.
    pub entity: EntityId,
    /// The words that name them here; may be a pronoun.
    pub mention: Span,
    /// 0 to 1.
    pub confidence: f32,
    /// What in the text decided it.
    pub because: Reason,
    /// The second best choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runner_up: Option<EntityId>,
}

/// What in the text decided an attribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Subject of the cue: `Witkoff said`.
    Subject,
    /// Subject after the cue: `said Witkoff`.
    InvertedSubject,
    /// `according to Witkoff`.
    AccordingTo,
    /// `Witkoff: “…”`.
    Colon,
    /// `“…” — Witkoff`.
    Signed,
    /// The clause before leads into the quote: `… saying: “…”`.
    LeadIn,
    /// The same speaker goes on in the next piece, sentence or paragraph.
    Continues,
    /// The trained model of speakers ranks it first.
    Learned,
    /// Nothing beside the quote tells; the nearest speaker in the paragraph was taken.
    Nearest,
    /// Object of the cue: `told Ushakov`.
    Object,
    /// `said to Ushakov`, `in a letter to Ushakov`.
    To,
    /// The other side of a conversation that the sentences around it report.
    Conversation,
}

impl Reason {
    /// A phrase for readers.
    pub fn describe(self) -> &'static str {
        match self {
            Reason::Subject => "stands before the cue as its subject",
            Reason::InvertedSubject => "stands after the cue as its subject",
            Reason::AccordingTo => "named by “according to”",
            Reason::Colon => "named before a colon",
            Reason::Signed => "named after a dash",
            Reason::LeadIn => "subject of the clause that leads into the quote",
            Reason::Continues => "goes on speaking from the quote before",
            Reason::Learned => "fits best by what speakers and quotes look like (trained model)",
            Reason::Nearest => "nearest speaker named in the paragraph",
            Reason::Object => "object of the cue",
            Reason::To => "named by “to”",
            Reason::Conversation => "other side of the reported conversation",
        }
    }
}

/// A region that a quote is about, and how we know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// Which place.
    pub region: RegionId,
    /// How strong the evidence is.
    pub grade: Grade,
    /// The words that tell.
    pub evidence: Span,
}

/// How strong the evidence is that a quote is about a region; the first is the strongest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// Named inside the words said.
    InQuote,
    /// Named in the same sentence.
    Sentence,
    /// Named by what a phrase of the quote refers back to.
    Antecedent,
    /// Named in the paragraph around or before, or the article's main region.
    Context,
    /// Only the dateline names it.
    Dateline,
}

impl Grade {
    /// All grades, strongest first.
    pub const ALL: [Grade; 5] =
        [Grade::InQuote, Grade::Sentence, Grade::Antecedent, Grade::Context, Grade::Dateline];

    /// The name that users type and see.
    pub fn name(self) -> &'static str {
        match self {
            Grade::InQuote => "in_quote",
            Grade::Sentence => "sentence",
            Grade::Antecedent => "antecedent",
            Grade::Context => "context",
            Grade::Dateline => "dateline",
        }
    }
}
