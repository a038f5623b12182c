//! The fields of an index row.

use tantivy::schema::{
    Field, IndexRecordOption, NumericOptions, STORED, STRING, Schema, SchemaBuilder, TextFieldIndexing,
    TextOptions,
};

use super::Wanted;
use super::analyse::EXACT;
use super::words::READY;

/// Version of the layout; an index of another version is refused.
pub const FORMAT: u32 = 6;

/// What `breaks` holds where a sentence ends.
pub const SENTENCE_END: &str = "s";
/// What `breaks` holds where a paragraph ends.
pub const PARAGRAPH_END: &str = "p";

/// The fields that hold the words of one kind of row.
#[derive(Clone, Copy, Debug)]
pub struct WordFields {
    /// The words as they stand, folded; see [`inflect`](super::inflect) for how stems are found.
    pub exact: Field,
    /// Their stems by the rules of the text's own language, without their places; nothing where those are the
    /// English.
    pub own: Field,
    /// [`SENTENCE_END`] and [`PARAGRAPH_END`] at the positions of the last words of those.
    pub breaks: Field,
}

/// Handles of all fields.
#[derive(Clone, Debug)]
pub struct Fields {
    /// `file`, `article`, `passage`, `quote` or `copy`.
    pub row: Field,
    /// Absolute path of the file that the row came from; all rows of a file are replaced together.
    pub file: Field,
    /// Modification time of the file in nanoseconds since 1970; only on `file` rows.
    pub mtime: Field,
    /// Size of the file in bytes; only on `file` rows.
    pub size: Field,
    /// The first 128 bits of the file's SHA-256, in two values; only on `file` rows.
    pub hash: Field,
    /// See [`file_id`]; only on `file` rows.
    pub id: Field,
    /// The first 16 hex digits of the SHA-256 of the body; only on `article` rows.
    pub sha: Field,
    /// Number of the article, the same on all of its rows; another one for each copy of a text.
    pub copy: Field,
    /// A number of the words: close for passages that read alike, equal for equal quotes.
    pub same: Field,
    /// What tells near copies of an article; only on `article` rows.
    pub sketch: Field,
    /// Number of the story that an article is a copy of; only on `copy` rows.
    pub story: Field,
    /// Id of the article.
    pub article: Field,
    /// Words of passages.
    pub passages: WordFields,
    /// Words of quotes: apart, so that who looks for one need not go over the other.
    pub quotes: WordFields,
    /// How many words an article has, the headline's counted as often as they weigh; only on `article` rows.
    pub length: Field,
    /// Words of the headline, stemmed; only on `article` rows.
    pub title: Field,
    /// Words of the speaker's names.
    pub speaker: Field,
    /// Words of the addressee's names.
    pub addressee: Field,
    /// Words of the authors' names.
    pub author: Field,
    /// Words of the outlet's name.
    pub source: Field,
    /// Dictionary form and stance of the cue.
    pub cue: Field,
    /// Dictionary form alone; what groups are made of.
    pub by_cue: Field,
    /// Kind of quote.
    pub quote: Field,
    /// Ids of regions and of all that hold them.
    pub region: Field,
    /// `GRADE:ID` for every grade that the evidence reaches.
    pub graded: Field,
    /// Language code.
    pub language: Field,
    /// Day of publication as the number YYYYMMDD.
    pub day: Field,
    /// For an order that does not depend on when a row was written.
    pub tie: Field,
    /// Keys of the speakers, see [`crate::people`]; what groups are made of.
    pub by_speaker: Field,
    /// Keys of the addressees.
    pub by_addressee: Field,
    /// See `by_speaker`.
    pub by_source: Field,
    /// See `by_speaker`.
    pub by_month: Field,
    /// See `by_speaker`; several values.
    pub by_region: Field,
    /// The row itself as JSON.
    pub json: Field,
    /// Languages of the articles that are there, as ISO 639-1 codes, when the index was opened.
    pub languages: Vec<&'static str>,
}

impl Fields {
    /// The words of the rows that are wanted.
    pub fn words(&self, wanted: Wanted) -> WordFields {
        match wanted {
            Wanted::Passages => self.passages,
            Wanted::Quotes => self.quotes,
        }
    }
}

/// The schema and its handles.
pub fn schema() -> (Schema, Fields) {
    let mut builder = SchemaBuilder::new();
    let text = |analyzer: &str, record| {
        let indexing = TextFieldIndexing::default().set_tokenizer(analyzer).set_index_option(record);
        TextOptions::default().set_indexing_options(indexing)
    };
    let breaks = TextFieldIndexing::default().set_tokenizer(READY).set_fieldnorms(false);
    let breaks = breaks.set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let breaks = TextOptions::default().set_indexing_options(breaks);
    let own = TextFieldIndexing::default().set_tokenizer(READY).set_fieldnorms(false);
    let own = TextOptions::default().set_indexing_options(own.set_index_option(IndexRecordOption::WithFreqs));
    let positions = IndexRecordOption::WithFreqsAndPositions;
    let words = |builder: &mut SchemaBuilder, [exact, stems, ends]: [&str; 3]| WordFields {
        exact: builder.add_text_field(exact, text(READY, positions)),
        own: builder.add_text_field(stems, own.clone()),
        breaks: builder.add_text_field(ends, breaks.clone()),
    };
    let group = TextOptions::default().set_fast("raw");
    let number = NumericOptions::default().set_fast();
    let fields = Fields {
        row: builder.add_text_field("row", STRING),
        file: builder.add_text_field("file", STRING | group.clone()),
        mtime: builder.add_u64_field("mtime", number.clone()),
        size: builder.add_u64_field("size", number.clone()),
        hash: builder.add_u64_field("hash", number.clone()),
        id: builder.add_text_field("id", STRING),
        sha: builder.add_text_field("sha", STRING),
        copy: builder.add_u64_field("copy", number.clone().set_indexed()),
        same: builder.add_u64_field("same", number.clone()),
        sketch: builder.add_u64_field("sketch", number.clone()),
        story: builder.add_u64_field("story", number.clone().set_indexed()),
        article: builder.add_text_field("article", STRING | group.clone()),
        passages: words(&mut builder, ["body", "own", "breaks"]),
        quotes: words(&mut builder, ["said", "said_own", "said_breaks"]),
        length: builder.add_u64_field("length", number.clone()),
        title: builder.add_text_field("title", text(READY, positions)),
        speaker: builder.add_text_field("speaker", text(EXACT, positions)),
        addressee: builder.add_text_field("addressee", text(EXACT, positions)),
        author: builder.add_text_field("author", text(EXACT, positions)),
        source: builder.add_text_field("source", text(EXACT, positions)),
        cue: builder.add_text_field("cue", STRING),
        by_cue: builder.add_text_field("by_cue", group.clone()),
        quote: builder.add_text_field("quote", STRING | group.clone()),
        region: builder.add_text_field("region", STRING | group.clone()),
        graded: builder.add_text_field("graded", STRING),
        language: builder.add_text_field("language", STRING | group.clone()),
        day: builder.add_u64_field("day", number.clone().set_indexed()),
        tie: builder.add_u64_field("tie", number),
        by_speaker: builder.add_text_field("by_speaker", STRING | group.clone()),
        by_addressee: builder.add_text_field("by_addressee", STRING | group.clone()),
        by_source: builder.add_text_field("by_source", group.clone()),
        by_month: builder.add_text_field("by_month", group.clone()),
        by_region: builder.add_text_field("by_region", group),
        json: builder.add_text_field("json", STORED),
        languages: Vec::new(),
    };
    (builder.build(), fields)
}

/// The id of a file's own row: no article's id holds a NUL.
pub fn file_id(file: &str) -> String {
    format!("\0file:{file}")
}
