//! A document laid out as rows: one article, its passages, its quotes. What an index stores and what
//! every answer shows.

use serde::{Deserialize, Serialize};

use crate::document::{
    ArticleId, Attribution, Document, Entity, EntityKind, Grade, Link, Published, Quote, QuoteKind, Reason,
    RegionId, Span,
};
use crate::gazetteer::Gazetteer;
use crate::lang::{Language, Stance};
use crate::span::floor;

/// What each row tells about its article.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// Id of the article.
    pub id: ArticleId,
    /// File that it came from.
    pub path: String,
    /// Which article of that file, from 0.
    #[serde(default)]
    pub ordinal: u32,
    /// Address on the web.
    pub url: Option<String>,
    /// Outlet.
    pub source: String,
    /// Headline.
    pub title: String,
    /// Authors.
    pub byline: Vec<String>,
    /// Date, with its precision and where it was found.
    pub published: Option<Published>,
    /// Language.
    pub language: &'static Language,
    /// SHA-256 of the body that all spans refer to.
    pub sha256: String,
    /// The regions that it is mostly about, the most first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub focus: Vec<RegionRef>,
}

/// A paragraph, joined to its neighbour when it is a mere line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PassageRow {
    /// `ARTICLE@START-END`.
    pub id: String,
    /// Its article.
    pub article: Head,
    /// Where it stands in the body.
    pub span: Span,
    /// Its words.
    pub text: String,
    /// The sentences in it, as byte ranges of the body.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sentences: Vec<Span>,
    /// Regions named in it.
    pub regions: Vec<RegionRef>,
}

/// A quote with everything known about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuoteRow {
    /// `ARTICLE@START-END`.
    pub id: String,
    /// Its article.
    pub article: Head,
    /// How it is reported.
    pub kind: QuoteKind,
    /// The words said, in pieces.
    pub content: Vec<Piece>,
    /// The words that report it.
    pub cue: Option<CueRow>,
    /// Who said it; null when the text does not tell.
    pub speaker: Option<Who>,
    /// To whom.
    pub addressee: Option<Who>,
    /// Regions it is about, strongest evidence first.
    pub about: Vec<AboutRow>,
    /// The sentences that hold it.
    pub context: Piece,
    /// The sentences that its words stand in, as byte ranges of the body.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sentences: Vec<Span>,
    /// The quote that holds this one, when somebody tells what another said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Within>,
}

/// The quote around a quote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Within {
    /// Its id.
    pub id: String,
    /// Who speaks it, by the name that the article gives; null when the text does not tell.
    pub speaker: Option<String>,
}

/// Words and where they stand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Piece {
    /// Byte range in the body.
    pub span: Span,
    /// The words.
    pub text: String,
}

/// The words that report a quote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CueRow {
    /// Byte range in the body.
    pub span: Span,
    /// As written.
    pub text: String,
    /// Dictionary form.
    pub lemma: String,
    /// What the speaker does by saying it.
    pub stance: Stance,
}

/// A speaker or addressee, and why it is thought to be them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Who {
    /// Resolved name: the fullest that the article gives.
    pub name: String,
    /// `person`, `organisation`, `unnamed` or `region`.
    pub kind: String,
    /// Roles that the article gives them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// The words that name them here.
    pub mention: Piece,
    /// 0 to 1.
    pub confidence: f32,
    /// What in the text decided it.
    pub because: Reason,
    /// The same, for readers.
    pub reason: String,
    /// How the words that name them were linked to the name.
    pub link: Option<Link>,
    /// Second best choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runner_up: Option<String>,
}

impl Who {
    /// Under which they stand over a whole index; see [`crate::people`].
    pub fn key(&self) -> String {
        crate::people::key(&self.name, &self.kind, &self.roles)
    }
}

/// A region named or meant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegionRef {
    /// Id in the gazetteer.
    pub id: RegionId,
    /// Canonical name.
    pub name: String,
    /// Where a passage names it, as byte ranges of the body.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<Span>,
}

/// A region that a quote is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AboutRow {
    /// Id in the gazetteer.
    pub id: RegionId,
    /// Canonical name.
    pub name: String,
    /// How strong the evidence is.
    pub grade: Grade,
    /// The words that tell.
    pub evidence: Piece,
}

/// All rows of one article.
pub struct Rows {
    /// The whole document, for showing it.
    pub document: Document,
    /// Its passages, each with every region it names and all that hold those.
    pub passages: Vec<(PassageRow, Vec<RegionId>)>,
    /// Its quotes, each with every region it is about, all that hold those, and the best grade of each.
    pub quotes: Vec<(QuoteRow, Vec<(RegionId, Grade)>)>,
}

/// What is shown around a quote of the sentences that hold it goes no farther, in bytes.
const MOST_AROUND: usize = 1000;

/// Shortest paragraph that is a passage of its own, in bytes.
const SHORTEST: usize = 120;

/// Lays a document out as rows.
pub fn of(document: Document, gazetteer: &Gazetteer) -> Rows {
    let mut head = head(&document);
    head.focus = document.focus.iter().map(|focus| region_ref(focus.region, gazetteer)).collect();
    let passages = passages(&document, &head, gazetteer);
    let quotes = document.quotes.iter().map(|quote| quote_row(&document, &head, quote, gazetteer)).collect();
    Rows { document, passages, quotes }
}

/// What rows tell about their article.
pub fn head(document: &Document) -> Head {
    let article = &document.article;
    Head {
        id: article.id.clone(),
        path: article.path.clone(),
        ordinal: article.ordinal,
        url: article.url.clone(),
        source: article.source.clone(),
        title: article.title.clone(),
        byline: article.byline.clone(),
        published: article.published.clone(),
        language: article.language,
        sha256: article.sha256.clone(),
        focus: Vec::new(),
    }
}

fn piece(document: &Document, span: Span) -> Piece {
    Piece { span, text: document.words(span).to_string() }
}

fn passages(document: &Document, head: &Head, gazetteer: &Gazetteer) -> Vec<(PassageRow, Vec<RegionId>)> {
    let mut spans: Vec<Span> = Vec::new();
    for &paragraph in &document.paragraphs {
        match spans.last_mut() {
            Some(last) if last.len() < SHORTEST => *last = last.cover(paragraph),
            _ => spans.push(paragraph),
        }
    }
    // A short last line goes with what stands before it.
    if spans.len() > 1 && spans[spans.len() - 1].len() < SHORTEST / 2 {
        let tail = spans.remove(spans.len() - 1);
        let last = spans.len() - 1;
        spans[last] = spans[last].cover(tail);
    }
    spans.into_iter().map(|span| passage(document, head, span, gazetteer)).collect()
}

fn passage(
    document: &Document,
    head: &Head,
    span: Span,
    gazetteer: &Gazetteer,
) -> (PassageRow, Vec<RegionId>) {
    let mut regions: Vec<RegionRef> = Vec::new();
    let first = document.mentions.partition_point(|mention| mention.span.start < span.start);
    let within = document.mentions[first..].iter().take_while(|mention| mention.span.start < span.end);
    for mention in within.filter(|mention| span.contains(mention.span)) {
        let EntityKind::Region { id, .. } = document.entity(mention.entity).kind else { continue };
        match regions.iter_mut().find(|region| region.id == id) {
            Some(region) => region.spans.push(mention.span),
            None => regions.push(RegionRef { spans: vec![mention.span], ..region_ref(id, gazetteer) }),
        }
    }
    let named: Vec<RegionId> = regions.iter().map(|region| region.id).collect();
    let row = PassageRow {
        id: head.id.at(span),
        article: head.clone(),
        span,
        text: document.words(span).to_string(),
        sentences: sentences(document, span),
        regions,
    };
    (row, with_ancestors(&named, gazetteer))
}

fn with_ancestors(named: &[RegionId], gazetteer: &Gazetteer) -> Vec<RegionId> {
    let mut all: Vec<RegionId> =
        named.iter().flat_map(|&id| gazetteer.ancestors(id).into_iter().chain([id])).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn region_ref(id: RegionId, gazetteer: &Gazetteer) -> RegionRef {
    let name = gazetteer.region(id).map_or_else(String::new, |region| region.name.to_string());
    RegionRef { id, name, spans: Vec::new() }
}

fn quote_row(
    document: &Document,
    head: &Head,
    quote: &Quote,
    gazetteer: &Gazetteer,
) -> (QuoteRow, Vec<(RegionId, Grade)>) {
    let mut graded: Vec<(RegionId, Grade)> = Vec::new();
    for about in &quote.about {
        for id in gazetteer.ancestors(about.region).into_iter().chain([about.region]) {
            match graded.iter_mut().find(|(known, _)| *known == id) {
                Some(entry) => entry.1 = entry.1.min(about.grade),
                None => graded.push((id, about.grade)),
            }
        }
    }
    let about = quote.about.iter().map(|about| AboutRow {
        id: about.region,
        name: region_ref(about.region, gazetteer).name,
        grade: about.grade,
        evidence: piece(document, about.evidence),
    });
    let row = QuoteRow {
        id: head.id.at(quote.hull()),
        article: head.clone(),
        kind: quote.kind,
        content: quote.content.iter().map(|&span| piece(document, span)).collect(),
        cue: quote.cue.as_ref().map(|cue| CueRow {
            span: cue.span,
            text: document.words(cue.span).to_string(),
            lemma: cue.lemma.clone(),
            stance: cue.stance,
        }),
        speaker: quote.speaker.as_ref().map(|who| self::who(document, who)),
        addressee: quote.addressee.as_ref().map(|who| self::who(document, who)),
        about: about.collect(),
        context: piece(document, context(document, quote)),
        sentences: sentences(document, quote.hull()),
        within: quote.nested_in.and_then(|outer| document.quotes.get(outer as usize)).map(|outer| Within {
            id: head.id.at(outer.hull()),
            speaker: outer.speaker.as_ref().map(|who| shown_name(document.entity(who.entity))),
        }),
    };
    (row, graded)
}

/// The sentences that a span touches.
fn sentences(document: &Document, span: Span) -> Vec<Span> {
    let first = document.sentences.partition_point(|sentence| sentence.end <= span.start);
    document.sentences[first..].iter().copied().take_while(|sentence| sentence.start < span.end).collect()
}

/// The sentences that hold a quote, its cue and its speaker's mention, no farther from them than
/// [`MOST_AROUND`]: each quote stores its own.
fn context(document: &Document, quote: &Quote) -> Span {
    let mut hull = quote.hull();
    if let Some(cue) = &quote.cue {
        hull = hull.cover(cue.span);
    }
    let first = document.sentences.partition_point(|sentence| sentence.end <= hull.start);
    let within = document.sentences[first..].iter().take_while(|sentence| sentence.start < hull.end);
    let whole = within.fold(hull, |all, sentence| all.cover(*sentence));
    let body = document.article.body.as_str();
    let blank = |c: char| c.is_whitespace();
    let (before, after) =
        (&body[whole.start as usize..hull.start as usize], &body[hull.end as usize..whole.end as usize]);
    let start = match before.len().checked_sub(MOST_AROUND).map(|from| floor(before, from)) {
        Some(from) => from + before[from..].find(blank).unwrap_or(before.len() - from),
        None => 0,
    };
    let end = match after.len() {
        0..=MOST_AROUND => after.len(),
        _ => after[..floor(after, MOST_AROUND)].rfind(blank).unwrap_or(0),
    };
    Span { start: whole.start + start as u32, end: hull.end + end as u32 }.trim(body)
}

fn who(document: &Document, attribution: &Attribution) -> Who {
    let entity = document.entity(attribution.entity);
    let first = document.mentions.partition_point(|mention| mention.span.start < attribution.mention.start);
    let close = document.mentions[first..]
        .iter()
        .take_while(|mention| mention.span.start == attribution.mention.start);
    let mention = close.into_iter().find(|mention| mention.span == attribution.mention);
    Who {
        name: shown_name(entity),
        kind: kind_name(entity.kind).to_string(),
        roles: entity.roles.clone(),
        mention: piece(document, attribution.mention),
        confidence: rounded(attribution.confidence) as f32,
        because: attribution.because,
        reason: reason(document, attribution, mention.map(|mention| mention.because)),
        link: mention.map(|mention| mention.because),
        runner_up: attribution.runner_up.map(|id| document.entity(id).name.clone()),
    }
}

/// A confidence to three digits; more would pretend.
pub fn rounded(confidence: f32) -> f64 {
    (f64::from(confidence) * 1000.0).round() / 1000.0
}

/// The name under which an entity is shown and found.
///
/// Who has no name is shown by the article's words: `the report` also where they begin a sentence, and
/// `we’re` as the pronoun that it is.
pub fn shown_name(entity: &Entity) -> String {
    let name = entity.name.split_whitespace().collect::<Vec<_>>().join(" ");
    if entity.kind != EntityKind::Unnamed {
        return name;
    }
    let low = name.to_lowercase();
    let pronoun = low.split(['\'', '’']).next().unwrap_or_default();
    if !name.contains(' ') && crate::lang::english::is_speaking_pronoun(pronoun) {
        return format!("unknown (“{pronoun}”)");
    }
    match name.split_once(' ') {
        Some((article @ ("The" | "A" | "An"), rest)) => format!("{} {rest}", article.to_lowercase()),
        _ => name,
    }
}

/// The name of an entity's kind.
pub fn kind_name(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Person => "person",
        EntityKind::Organisation => "organisation",
        EntityKind::Unnamed => "unnamed",
        EntityKind::Region { .. } => "region",
        EntityKind::Place { .. } => "place",
    }
}

/// A sentence that tells a reader why somebody is thought to be the speaker.
fn reason(document: &Document, attribution: &Attribution, link: Option<Link>) -> String {
    let words = document.words(attribution.mention);
    let entity = document.entity(attribution.entity);
    let place = attribution.because.describe();
    let linked = match link {
        Some(Link::PartOfName) => format!("; short for {}", entity.name),
        Some(Link::Antecedent) => format!("; refers back to {}", entity.name),
        Some(Link::Apposition) => format!("; the article gives this role to {}", entity.name),
        _ => String::new(),
    };
    format!("“{words}” {place}{linked}")
}
