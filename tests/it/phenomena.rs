//! Every kind of difficulty of the table has its own sentences: the test that counts it sees it, and
//! onrecord finds the words and who said them.
//!
//! `[…]` are the words said, `{…}` the speaker, `<…>` the cue. All sentences are our own.

use onrecord::eval::Scores;
use onrecord::eval::line;
use onrecord::eval::phenomena::PHENOMENA;
use onrecord::extract::extract;
use onrecord::gazetteer::Gazetteer;
use onrecord::gold::{self, Line, Piece};
use serde_json::json;

/// Phenomenon, kind of the quote, sentences; a row that onrecord does not find yet ends in `missed`.
const ROWS: &str = r#"
indirect speech | indirect | {Asha Rao} <said> [the pier would open in May].
indirect speech | indirect | {Asha Rao} <said> on Monday that [the pier would open in May].
rare cue | direct | “[We will not leave the harbour,]” {Asha Rao} <thundered>.
rare cue | indirect | {The minister} <conceded> that [the pier had been closed too late].
interrupted by its cue | direct | “[The pier,]” {Asha Rao} <said>, “[will open in May.]”
interrupted by its cue | indirect | [The pier], {Asha Rao} <said>, [will open in May].
body or common noun speaks | indirect | {The ministry} <said> [it had closed the pier].
body or common noun speaks | indirect | {Two officials} <said> [the pier was closed].
body or common noun speaks | indirect | {NATO} <said> [the bridge was safe].
pronoun speaks | direct | Asha Rao stood on the pier. “[It will open in May,]” {she} <said>.
pronoun speaks | indirect | Asha Rao stood on the pier. {She} <said> [it would open in May].
cue of several words | direct | {Asha Rao} <pointed out>: “[The pier is closed.]”
direct, cue in another sentence | direct | “[The pier is closed,]” {Asha Rao} <said>. “[It will open in May.]”
mixed | mixed | {Asha Rao} <said> [the pier was “a danger to us all”].
mixed | mixed | {Asha Rao} <called> [the pier “a danger to us all”].
thought or wish | indirect | {Asha Rao} <believes> that [the pier will open in May].
no speaker in the text | direct | The doors were shut. “[Nobody told us that the pier was closed.]”
speaker outside the cue's sentence | direct | {Asha Rao} stood on the pier and looked at the sea. <Saying>: “[It will open in May, I promise.]”
inverted: said X | direct | “[The pier is closed,]” <said> {Asha Rao}.
marks typed as '' | direct | ''[The pier is closed,]'' {Asha Rao} <said>.
marks typed as '' | direct | ``[The pier is closed,]'' {Asha Rao} <said>.
headline | indirect | {Rao}: [Pier will open in May] | missed
according to | indirect | [The pier will open in May], <according to> {Asha Rao}.
according to | indirect | <According to> {Asha Rao}, [the pier will open in May].
post | direct | “[The pier is closed,]” {Asha Rao} <tweeted>.
post | direct | “[The pier is closed,]” {Asha Rao} <wrote> on Facebook.
over a paragraph break | direct | {Asha Rao} <said>: “[The pier is closed.]¶“[It will open in May.]”
inside another quote | direct | “He came in and {the mayor} <said>, ‘[The pier is closed,]’ and I left,” she recalled.
signed after a dash | direct | “[The pier was the best of our town.]” — {Asha Rao}
closing mark missing | direct | {Asha Rao} <said>: “[The pier is closed.]¶The sea was rough.
transcript | direct | HOST: Is it open?¶{RAO}: [The pier is closed for now.]¶HOST: Why?
"#;

struct Row {
    phenomenon: String,
    gold: Line,
    missed: bool,
}

fn row(line: &str) -> Row {
    let cells: Vec<&str> = line.split(" | ").collect();
    let mut text = String::new();
    let mut count = 0;
    let mut open = 0;
    let (mut pieces, mut speaker, mut cue) = (Vec::new(), None, None);
    for c in cells[2].chars() {
        match c {
            '[' | '{' | '<' => open = count,
            ']' => pieces.push((open, count)),
            '}' => speaker = Some((open, count)),
            '>' => cue = Some((open, count)),
            c => {
                let shown = if c == '¶' { "\n\n".to_string() } else { c.to_string() };
                count += shown.chars().count();
                text.push_str(&shown);
            }
        }
    }
    let piece = |&(start, end): &(usize, usize)| Piece {
        start,
        end,
        kind: cells[1].to_string(),
        group: json!(1),
        speaker_start: speaker.map(|span: (usize, usize)| span.0),
        speaker_end: speaker.map(|span: (usize, usize)| span.1),
        cue_start: cue.map(|span: (usize, usize)| span.0),
        cue_end: cue.map(|span: (usize, usize)| span.1),
        mental: cells[0] == "thought or wish",
        headline: cells[0] == "headline",
        nested: cells[0] == "inside another quote",
        ..Piece::default()
    };
    let quotes = Some(pieces.iter().map(piece).collect());
    let gold = Line {
        id: line.to_string(),
        text,
        quotes,
        inner_quotes: Vec::new(),
        places: None,
        rest: Default::default(),
    };
    Row { phenomenon: cells[0].to_string(), gold, missed: cells.get(3) == Some(&"missed") }
}

fn rows() -> impl Iterator<Item = Row> {
    ROWS.lines().filter(|line| !line.is_empty()).map(row)
}

#[test]
fn every_phenomenon_is_told_and_found() {
    let mut wrong = Vec::new();
    for Row { phenomenon, gold, missed } in rows() {
        let number = PHENOMENA.iter().position(|one| one.name == phenomenon).expect(&phenomenon);
        let document = extract(gold::article(&gold.id, &gold.text), Gazetteer::embedded());
        let mut scores = Scores::default();
        scores.add(&gold, &line(&gold, &document, Gazetteer::embedded()));
        let tally = scores.phenomena[number];
        assert!(tally.gold > 0, "not counted as {phenomenon}: {}", gold.id);
        let floating = gold.quotes.iter().flatten().all(|piece| piece.speaker_start.is_none());
        let named = document.quotes.iter().any(|quote| quote.speaker.is_some());
        if (tally.right == tally.gold && !(floating && named)) == missed {
            wrong.push(gold.id);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_phenomenon_has_a_row() {
    for phenomenon in PHENOMENA {
        assert!(rows().any(|row| row.phenomenon == phenomenon.name), "{}", phenomenon.name);
    }
}
