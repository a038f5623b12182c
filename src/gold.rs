//! Annotations as others exchange them: one JSON object a line, offsets in Unicode code points.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::document::{Article, ArticleId, Document, EntityKind, Form, Grade, Mention, Quote, Span};
use crate::gazetteer::{Gazetteer, RegionId, RegionKind};
use crate::lang;

/// A line of gold data: a text, and what a reader found in it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Line {
    /// Names the text.
    pub id: String,
    /// The text; never changed.
    pub text: String,
    /// Pieces of reported speech.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quotes: Option<Vec<Piece>>,
    /// Pieces of what somebody says that another said; annotations list them among the others or not at all,
    /// so what is found stands apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inner_quotes: Vec<Piece>,
    /// Places named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub places: Option<Vec<Place>>,
    /// Whatever else the line holds.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// One piece of a quote; pieces of one quote share a `group`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Piece {
    /// First code point.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// `direct`, `indirect` or `mixed`.
    pub kind: String,
    /// What joins pieces.
    pub group: Value,
    /// Where the speaker is named.
    pub speaker_start: Option<usize>,
    /// See `speaker_start`.
    pub speaker_end: Option<usize>,
    /// The words that name the speaker.
    pub speaker_text: Option<String>,
    /// The speaker's resolved name.
    pub speaker_name: Option<String>,
    /// Other places that name the same speaker.
    pub speaker_mentions: Vec<[usize; 2]>,
    /// Where the cue stands.
    pub cue_start: Option<usize>,
    /// See `cue_start`.
    pub cue_end: Option<usize>,
    /// The addressee's resolved name.
    pub addressee_name: Option<String>,
    /// Regions it is about.
    pub about: Vec<Region>,
    /// A thought rather than speech.
    pub mental: bool,
    /// Stands inside another quote.
    pub nested: bool,
    /// Stands in a headline.
    pub headline: bool,
    /// Counts neither way.
    pub ignore: bool,
}

/// A region that a quote is about.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Region {
    /// As the article writes it.
    pub region: String,
    /// Canonical name.
    pub name: Option<String>,
    /// Id in the gazetteer.
    pub id: Option<u32>,
    /// Strength of the evidence.
    pub grade: Option<Grade>,
    /// ISO 3166-1 alpha-2 code of its country.
    pub country: Option<String>,
}

/// A place named in the text.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Place {
    /// First code point.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// Its words.
    pub text: String,
    /// GeoNames id.
    pub geonameid: Option<u64>,
    /// Degrees north.
    pub lat: Option<f64>,
    /// Degrees east.
    pub lon: Option<f64>,
    /// ISO 3166-1 alpha-2 code.
    pub country: Option<String>,
    /// What kind of name it is.
    pub kind: String,
    /// Stands inside another place's name.
    pub nested: bool,
}

/// A text that is taken as it is, without any normalising.
pub fn article(id: &str, text: &str) -> Article {
    Article {
        id: ArticleId(id.to_string()),
        path: String::new(),
        ordinal: 0,
        url: None,
        source: String::new(),
        title: String::new(),
        byline: Vec::new(),
        published: None,
        language: lang::detect(text),
        body: text.to_string(),
        sha256: String::new(),
    }
}

/// What was found in a text, as a line of gold data.
pub fn annotate(line: &Line, document: &Document, gazetteer: &Gazetteer) -> Value {
    let points = Points::of(&document.article.body);
    let quotes = |inner: bool| -> Vec<Value> {
        let wanted = document.quotes.iter().enumerate().filter(|one| one.1.nested_in.is_some() == inner);
        wanted.flat_map(|(group, quote)| pieces(document, quote, group, &points, gazetteer)).collect()
    };
    let places: Vec<Value> =
        document.mentions.iter().filter_map(|mention| place(document, mention, &points, gazetteer)).collect();
    let mut all = line.rest.clone();
    all.insert("id".into(), json!(line.id));
    all.insert("text".into(), json!(line.text));
    all.insert("quotes".into(), quotes(false).into());
    all.insert("inner_quotes".into(), quotes(true).into());
    all.insert("places".into(), places.into());
    Value::Object(all)
}

fn pieces(
    document: &Document,
    quote: &Quote,
    group: usize,
    points: &Points,
    gazetteer: &Gazetteer,
) -> Vec<Value> {
    let mut shared = Map::new();
    shared.insert("kind".into(), json!(quote.kind.name()));
    shared.insert("group".into(), json!(group));
    if let Some(speaker) = &quote.speaker {
        shared.insert("speaker_start".into(), json!(points.at(speaker.mention.start)));
        shared.insert("speaker_end".into(), json!(points.at(with_relative(document, speaker.mention).end)));
        shared.insert("speaker_text".into(), json!(document.words(speaker.mention)));
        shared.insert("speaker_name".into(), json!(document.entity(speaker.entity).name));
        shared.insert("confidence".into(), json!(crate::rows::rounded(speaker.confidence)));
    }
    if let Some(cue) = &quote.cue {
        shared.insert("cue_start".into(), json!(points.at(cue.span.start)));
        shared.insert("cue_end".into(), json!(points.at(cue.span.end)));
        shared.insert("stance".into(), json!(cue.stance));
    }
    if let Some(addressee) = &quote.addressee {
        shared.insert("addressee_name".into(), json!(document.entity(addressee.entity).name));
    }
    let about: Vec<Value> = quote
        .about
        .iter()
        .map(|about| {
            let region = gazetteer.region(about.region);
            json!({
                "region": document.words(about.evidence),
                "name": region.as_ref().map(|region| region.name),
                "id": about.region,
                "country": region.as_ref().and_then(|region| region.country),
                "grade": about.grade,
            })
        })
        .collect();
    shared.insert("about".into(), about.into());
    let with_span = |span: &Span| {
        let mut piece = Map::new();
        piece.insert("start".into(), json!(points.at(span.start)));
        piece.insert("end".into(), json!(points.at(span.end)));
        piece.extend(shared.clone());
        Value::Object(piece)
    };
    quote.content.iter().map(with_span).collect()
}

/// Annotators mark `who` in `voters, who say …`: the mention is drawn up to the relative pronoun.
fn with_relative(document: &Document, mention: Span) -> Span {
    let rest = document.article.body.get(mention.end as usize..).unwrap_or_default();
    let link = [" who ", ", who "].into_iter().find(|link| rest.starts_with(link));
    let length = link.map_or(0, |link| link.len() as u32 - 1);
    Span { start: mention.start, end: mention.end + length }
}

/// First id of places of our own table, which no GeoNames id can have.
const OWN_IDS: u32 = 4_000_000_000;

fn place(document: &Document, mention: &Mention, points: &Points, gazetteer: &Gazetteer) -> Option<Value> {
    let (id, confidence) = match document.entity(mention.entity).kind {
        EntityKind::Region { id, confidence, .. } => (id, confidence),
        EntityKind::Place { within } => return Some(unlisted(document, mention, within, points, gazetteer)),
        _ => return None,
    };
    if matches!(mention.form, Form::Role | Form::Pronoun) {
        return None;
    }
    let region = gazetteer.region(id)?;
    // A capital that acts for its country stays where it is on the map.
    let seat = (mention.form == Form::Metonym).then(|| gazetteer.seat(id, document.words(mention.span)));
    let shown = seat.flatten().unwrap_or(region);
    Some(json!({
        "start": points.at(mention.span.start),
        "end": points.at(mention.span.end),
        "text": document.words(mention.span),
        "geonameid": (id.0 < OWN_IDS).then_some(id.0),
        "id": id,
        "name": region.name,
        "lat": shown.lat,
        "lon": shown.lon,
        "country": region.country,
        "kind": match mention.form {
            Form::Demonym => "demonym",
            Form::Metonym => "metonymic",
            _ => "toponym",
        },
        "confidence": crate::rows::rounded(confidence),
    }))
}

/// A place that no gazetteer knows: with the country of what holds it, and, when that is no larger than a state,
/// its middle.
fn unlisted(
    document: &Document,
    mention: &Mention,
    within: Option<RegionId>,
    points: &Points,
    gazetteer: &Gazetteer,
) -> Value {
    let around = within.and_then(|id| gazetteer.region(id));
    let close = around.filter(|region| {
        matches!(region.kind, RegionKind::Adm1 | RegionKind::Adm2 | RegionKind::City | RegionKind::Informal)
    });
    json!({
        "start": points.at(mention.span.start),
        "end": points.at(mention.span.end),
        "text": document.words(mention.span),
        "within": within,
        "lat": close.and_then(|region| region.lat),
        "lon": close.and_then(|region| region.lon),
        "country": around.and_then(|region| region.country),
        "kind": "toponym",
    })
}

/// Turns byte offsets of a text into code point offsets.
pub struct Points {
    /// Byte offset of every 64th code point.
    steps: Vec<u32>,
    text: String,
}

impl Points {
    /// Prepares a text.
    pub fn of(text: &str) -> Points {
        let steps = text.char_indices().step_by(64).map(|(byte, _)| byte as u32).collect();
        Points { steps, text: text.to_string() }
    }

    /// The code point that starts at a byte.
    pub fn at(&self, byte: u32) -> usize {
        let step = self.steps.partition_point(|start| *start <= byte).saturating_sub(1);
        let start = self.steps.get(step).copied().unwrap_or(0);
        let between = self.text.get(start as usize..byte as usize).unwrap_or_default();
        step * 64 + between.chars().count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_count_code_points() {
        let text = "“é” ".repeat(100);
        let points = Points::of(&text);
        for (number, (byte, _)) in text.char_indices().enumerate() {
            assert_eq!(points.at(byte as u32), number);
        }
        assert_eq!(points.at(text.len() as u32), text.chars().count());
    }
}
