//! Does the index still tell what its sources say? Every stored span is cut again, from the stored
//! body and from the source as it is now.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::path_of;
use crate::document::Document;
use crate::engine::tantivy::{Index, Stored};
use crate::error::{Error, Result};
use crate::read;
use crate::rows::{PassageRow, Piece, QuoteRow};
use crate::span::Span;

/// What was found out.
#[derive(Debug, Default)]
pub struct Verified {
    /// Articles in the index.
    pub articles: usize,
    /// Passages cut again.
    pub passages: usize,
    /// Quotes cut again.
    pub quotes: usize,
    /// Earlier texts of pages that changed in place: no source says them any more.
    pub earlier: usize,
    /// Rows whose words are not those of the body that they name: the index is wrong.
    pub wrong: Vec<String>,
    /// Articles whose source reads otherwise now.
    pub changed: Vec<String>,
    /// Articles whose source is no longer there.
    pub gone: Vec<String>,
}

/// Compares every row of an index with its stored body and with its source file.
///
/// `progress` is told how many files are done and how many there are.
///
/// Errors: the index cannot be read. Sources that cannot be read are in the answer.
pub fn verify(index: &Index, progress: &dyn Fn(usize, usize)) -> Result<Verified> {
    let mut verified = Verified::default();
    let mut files: Vec<String> = index.files()?.into_keys().collect();
    files.sort_unstable();
    for (done, file) in files.iter().enumerate() {
        progress(done, files.len());
        let mut source = None;
        index.each_article(file, &mut |stored| {
            let source = source.get_or_insert_with(|| source_of(file));
            check(&stored, source, &mut verified);
            Ok(())
        })?;
    }
    index.each_earlier(&mut |earlier| {
        let path = &earlier.document.article.path;
        verified.earlier += 1;
        verified.wrong.extend(document(&earlier.document).into_iter().map(|what| format!("{what}  {path}")));
    })?;
    Ok(verified)
}

/// The SHA-256 of each article's body, by its number in the file; or why it cannot be read.
type Source = Result<HashMap<u32, String>, Error>;

fn source_of(file: &str) -> Source {
    let path = path_of(file);
    let shown = path.to_string_lossy();
    let articles = read::open(&path, &shown, &shown)?;
    Ok(articles.filter_map(Result::ok).map(|article| (article.ordinal, article.sha256)).collect())
}

fn check(stored: &Stored, source: &Source, verified: &mut Verified) {
    let article = &stored.document.article;
    verified.articles += 1;
    verified.passages += stored.passages.len();
    verified.quotes += stored.quotes.len();
    let place = format!("{}  {}", article.id, article.path);
    let mut wrong = document(&stored.document);
    let body = article.body.as_str();
    wrong.extend(stored.passages.iter().filter(|row| !passage_fits(row, body)).map(|row| row.id.clone()));
    wrong.extend(stored.quotes.iter().filter(|row| !quote_fits(row, body)).map(|row| row.id.clone()));
    verified.wrong.extend(wrong.into_iter().map(|what| format!("{what}  {}", article.path)));
    match source {
        Err(Error::Read { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
            verified.gone.push(place);
        }
        Err(error) => verified.changed.push(format!("{place} ({error})")),
        Ok(bodies) => match bodies.get(&article.ordinal) {
            None => verified.gone.push(place),
            Some(sha256) if *sha256 != article.sha256 => verified.changed.push(place),
            Some(_) => {}
        },
    }
}

/// What in a document does not fit its body.
fn document(document: &Document) -> Vec<String> {
    let article = &document.article;
    let sha256: String = Sha256::digest(&article.body).iter().map(|byte| format!("{byte:02x}")).collect();
    if sha256 != article.sha256 {
        return vec![format!("{}: the stored body has another sha256", article.id)];
    }
    let spans = document.paragraphs.iter().chain(&document.sentences).copied();
    let spans = spans.chain(document.mentions.iter().map(|mention| mention.span));
    let spans = spans.chain(document.quotes.iter().flat_map(|quote| quote.content.iter().copied()));
    let cut = |span: &Span| article.body.get(span.start as usize..span.end as usize).is_none();
    spans.filter(cut).map(|span| article.id.at(span)).collect()
}

fn passage_fits(row: &PassageRow, body: &str) -> bool {
    body.get(row.span.start as usize..row.span.end as usize) == Some(&row.text)
}

fn quote_fits(row: &QuoteRow, body: &str) -> bool {
    let fits = |piece: &Piece| {
        body.get(piece.span.start as usize..piece.span.end as usize) == Some(piece.text.as_str())
    };
    let whos = row.speaker.iter().chain(&row.addressee).map(|who| &who.mention);
    let about = row.about.iter().map(|about| &about.evidence);
    let cue = row.cue.iter().map(|cue| Piece { span: cue.span, text: cue.text.clone() });
    row.content.iter().chain(whos).chain(about).chain([&row.context]).all(fits)
        && cue.into_iter().all(|cue| fits(&cue))
}
