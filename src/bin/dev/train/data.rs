//! Reads the training sets and cuts their words as the program will.

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use onrecord::extract::linear::model::{Clusters, UNKNOWN};
use onrecord::extract::linear::{is_abbreviation, tokenize};
use onrecord::span::Span;

use super::demonyms;

/// One article: sentences of words with their labels.
pub struct Article {
    /// Words and labels of each sentence.
    pub sentences: Vec<Vec<(String, u8)>>,
    /// Which of the sets it is from.
    pub set: usize,
}

#[derive(serde::Deserialize)]
struct Line {
    sents: Vec<(Vec<String>, Vec<String>)>,
}

/// A class in the sets' own letters.
fn class(tag: &str) -> Option<usize> {
    match tag.get(2..)? {
        "PER" => Some(0),
        "ORG" => Some(1),
        "LOC" => Some(2),
        _ => None,
    }
}

/// Words that belong to one name carry the same number; 0 is no name.
struct Piece {
    word: String,
    name: usize,
    class: usize,
}

/// Reads `file`, one article a line.
pub fn articles(file: &Path, set: usize) -> Result<Vec<Article>, Box<dyn Error>> {
    let open = File::open(file).map_err(|error| format!("{}: {error}", file.display()))?;
    BufReader::new(open)
        .lines()
        .map(|line| {
            let line: Line = serde_json::from_str(&line?)?;
            let sentences = line.sents.iter().map(|(words, tags)| sentence(words, tags)).collect();
            Ok(Article { sentences, set })
        })
        .collect()
}

/// Small words of a headline.
const SMALL: &[&str] = &[
    "a", "an", "the", "of", "in", "on", "to", "for", "and", "at", "as", "by", "with", "from", "or", "but",
    "s", "n",
];

/// Puts copies of some sentences before them as headlines: with capitals, or in capitals alone.
pub fn add_headlines(article: &mut Article, number: usize) {
    let mut all = Vec::new();
    for (n, sentence) in std::mem::take(&mut article.sentences).into_iter().enumerate() {
        let dice = (n * 31 + number * 7) % 30;
        if sentence.len() <= 24 && sentence.len() > 4 && (dice < 2 || n == 0) {
            let shout = (n + number).is_multiple_of(4);
            let end = sentence.len() - usize::from(sentence.last().is_some_and(|(word, _)| word == "."));
            all.push(
                sentence[..end].iter().map(|(word, label)| (headline_word(word, shout), *label)).collect(),
            );
        }
        all.push(sentence);
    }
    article.sentences = all;
}

fn headline_word(word: &str, shout: bool) -> String {
    if shout {
        return word.to_uppercase();
    }
    if SMALL.contains(&word) {
        return word.to_owned();
    }
    let mut letters = word.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

fn sentence(words: &[String], tags: &[String]) -> Vec<(String, u8)> {
    let mut names = 0;
    let mut pieces: Vec<Piece> = Vec::new();
    for (word, tag) in words.iter().zip(tags) {
        let class = class(tag);
        names += usize::from(tag.starts_with("B-"));
        let name = if class.is_some() { names } else { 0 };
        pieces.push(Piece { word: word.clone(), name, class: class.unwrap_or(0) });
    }
    labelled(cut(&join(pieces)))
}

/// Joins what our tokeniser keeps whole: `U . S .`, `Dr .`, `’ s`.
fn join(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut joined: Vec<Piece> = Vec::new();
    let last = pieces.len().saturating_sub(1);
    for (n, piece) in pieces.into_iter().enumerate() {
        let glue = match joined.last() {
            Some(before) if piece.word == "." => {
                let letter = before.word.len() == 1 && before.word.as_bytes()[0].is_ascii_uppercase();
                let acronym = before.word.contains('.') && before.word.len() % 2 == 1;
                n < last && ((letter && before.name != 0) || is_abbreviation(&before.word)) || acronym
            }
            Some(before) if before.word.ends_with('.') && before.word.len() > 1 => {
                let letter = |word: &str| word.len() == 1 && word.as_bytes()[0].is_ascii_uppercase();
                letter(&piece.word)
                    && before.word.get(..1).is_some_and(letter)
                    && before.word.len() % 2 == 0
                    && before.name == piece.name
            }
            Some(before) => {
                matches!(before.word.as_str(), "’" | "'")
                    && matches!(piece.word.as_str(), "s" | "re" | "ve" | "ll" | "d" | "m")
            }
            None => false,
        };
        match joined.last_mut() {
            Some(before) if glue => before.word += &piece.word,
            _ => joined.push(piece),
        }
    }
    joined
}

/// Cuts what our tokeniser cuts: hyphens above all.
fn cut(pieces: &[Piece]) -> Vec<Piece> {
    let mut all = Vec::new();
    let mut tokens = Vec::new();
    for piece in pieces {
        tokens.clear();
        // A word behind it keeps the tokeniser from taking a dot for the sentence's end.
        let text = format!("{} x", piece.word);
        tokenize(&text, Span::new(0, text.len()), &mut tokens);
        tokens.pop();
        for token in &tokens {
            all.push(Piece { word: token.span.of(&text).to_owned(), name: piece.name, class: piece.class });
        }
    }
    all
}

fn labelled(pieces: Vec<Piece>) -> Vec<(String, u8)> {
    let mut labels = vec![0_u8; pieces.len()];
    let mut at = 0;
    while at < pieces.len() {
        let name = pieces[at].name;
        let mut end = at + 1;
        if name == 0 {
            let words: Vec<&str> = pieces[at..]
                .iter()
                .take(2)
                .take_while(|piece| piece.name == 0)
                .map(|piece| piece.word.as_str())
                .collect();
            let length = demonyms::length(&words);
            match length {
                1 => labels[at] = 15,
                2 => labels[at..at + 2].copy_from_slice(&[13, 14]),
                _ => {}
            }
            at += length.max(1);
            continue;
        }
        while end < pieces.len() && pieces[end].name == name {
            end += 1;
        }
        let base = 1 + 4 * pieces[at].class as u8;
        if end - at == 1 {
            labels[at] = base + 3;
        } else {
            labels[at..end].fill(base + 1);
            labels[at] = base;
            labels[end - 1] = base + 2;
        }
        at = end;
    }
    pieces.into_iter().map(|piece| piece.word).zip(labels).collect()
}

/// Word clusters: word, fine cluster, four and three coarser ones, by tabs.
pub fn clusters(file: &Path) -> Result<Vec<(String, Clusters)>, Box<dyn Error>> {
    let open = File::open(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut all = Vec::new();
    for line in BufReader::new(open).lines() {
        let line = line?;
        let fields: Vec<&str> = line.split('\t').collect();
        let [word, numbers @ ..] = fields.as_slice() else { continue };
        let numbers: Vec<u16> = numbers.iter().map(|number| number.parse().unwrap_or(UNKNOWN)).collect();
        if let [fine, a, b, c, d, e, f, g] = numbers[..] {
            all.push(((*word).to_owned(), Clusters { fine, first: [a, b, c, d], second: [e, f, g] }));
        }
    }
    Ok(all)
}
