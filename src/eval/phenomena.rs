//! What is hard about a quote: kinds of quotes that need their own care, and how many of each are found.
//!
//! A gold piece may show several phenomena. Which ones follows from the text and the annotation alone,
//! by the tests of [`PHENOMENA`]; nothing that onrecord found has a say.

use crate::gold::Piece;
use crate::lang::english as en;

/// One kind of difficulty.
pub struct Phenomenon {
    /// What it is called in the table.
    pub name: &'static str,
    /// True for a piece that shows it.
    shows: fn(&Scene) -> bool,
}

/// All phenomena, in the order in which they are printed.
pub const PHENOMENA: &[Phenomenon] = &[
    Phenomenon { name: "indirect speech", shows: |at| at.piece.kind == "indirect" && !at.piece.mental },
    Phenomenon { name: "rare cue", shows: |at| at.rare_cue() },
    Phenomenon { name: "interrupted by its cue", shows: |at| at.interrupted() },
    Phenomenon { name: "body or common noun speaks", shows: |at| at.common_noun() },
    Phenomenon { name: "pronoun speaks", shows: |at| at.pronoun() },
    Phenomenon { name: "cue of several words", shows: |at| at.long_cue() },
    Phenomenon { name: "direct, cue in another sentence", shows: |at| at.distant_cue() },
    Phenomenon { name: "mixed", shows: |at| at.piece.kind == "mixed" },
    Phenomenon { name: "thought or wish", shows: |at| at.piece.mental },
    Phenomenon { name: "no speaker in the text", shows: |at| at.piece.speaker_start.is_none() },
    Phenomenon { name: "speaker outside the cue's sentence", shows: |at| at.distant_speaker() },
    Phenomenon { name: "inverted: said X", shows: |at| at.inverted() },
    Phenomenon { name: "marks typed as ''", shows: |at| at.typed_marks() },
    Phenomenon { name: "headline", shows: |at| at.piece.headline },
    Phenomenon { name: "according to", shows: |at| at.cue().contains(en::ACCORDING_TO) },
    Phenomenon { name: "post", shows: |at| at.post() },
    Phenomenon { name: "over a paragraph break", shows: |at| at.over_paragraphs() },
    Phenomenon { name: "inside another quote", shows: |at| at.piece.nested || at.inside_another() },
    Phenomenon { name: "signed after a dash", shows: |at| at.signed() },
    Phenomenon { name: "closing mark missing", shows: |at| at.unclosed() },
    Phenomenon { name: "transcript", shows: |at| at.transcript() },
];

/// For each of [`PHENOMENA`] whether a gold piece shows it.
pub fn shown(text: &[char], pieces: &[Piece], number: usize) -> Vec<bool> {
    let Some(piece) = pieces.get(number) else { return vec![false; PHENOMENA.len()] };
    let scene = Scene { text, pieces, piece };
    PHENOMENA.iter().map(|phenomenon| (phenomenon.shows)(&scene)).collect()
}

/// A gold piece in its text; offsets are code points.
struct Scene<'a> {
    text: &'a [char],
    pieces: &'a [Piece],
    piece: &'a Piece,
}

/// Cues so common that every system lists them.
const COMMON: &[&str] = &[
    "said",
    "says",
    "say",
    "saying",
    "told",
    "tell",
    "tells",
    "telling",
    "added",
    "adds",
    "adding",
    "asked",
    "asks",
    "wrote",
    "writes",
    "according",
];

const DASHES: &[char] = &['—', '–', '―', '‒', '-'];
const MARKS: &[char] = &['"', '“', '”', '\'', '‘', '’', '`', '«', '»', '„'];

impl Scene<'_> {
    fn words(&self, start: usize, end: usize) -> String {
        self.text.get(start.min(end)..end.max(start)).unwrap_or_default().iter().collect()
    }

    fn cue_span(&self) -> Option<(usize, usize)> {
        Some((self.piece.cue_start?, self.piece.cue_end?))
    }

    fn speaker_span(&self) -> Option<(usize, usize)> {
        Some((self.piece.speaker_start?, self.piece.speaker_end?))
    }

    /// The cue in lower case; empty when there is none.
    fn cue(&self) -> String {
        self.cue_span().map_or(String::new(), |(start, end)| self.words(start, end).to_lowercase())
    }

    fn speaker(&self) -> String {
        self.speaker_span().map_or(String::new(), |(start, end)| self.words(start, end))
    }

    /// Pieces of the same quote, this one among them.
    fn group(&self) -> impl Iterator<Item = &Piece> {
        self.pieces.iter().filter(|other| !other.group.is_null() && other.group == self.piece.group)
    }

    /// A cue with a word, none of them among the commonest.
    fn rare_cue(&self) -> bool {
        let cue = self.cue();
        let mut words = parts(&cue).peekable();
        words.peek().is_some() && words.all(|word| !COMMON.contains(&word))
    }

    /// `“X,” he said, “Y”`: the cue lies between two pieces of the quote.
    fn interrupted(&self) -> bool {
        let Some((start, end)) = self.cue_span() else { return false };
        self.group().any(|other| other.end <= start) && self.group().any(|other| other.start >= end)
    }

    fn pronoun(&self) -> bool {
        let speaker = self.speaker().to_lowercase();
        en::is_speaking_pronoun(speaker.trim()) || en::is_object_pronoun(speaker.trim())
    }

    /// `the ministry`, `two officials`, `NATO`: the word that the speaker's phrase is about is no name of
    /// a person.
    fn common_noun(&self) -> bool {
        let speaker = self.speaker();
        let phrase = cut_at_preposition(&speaker);
        let Some(head) = parts(&phrase).last().map(str::to_string) else { return false };
        let low = head.to_lowercase();
        let acronym = head.chars().count() > 1 && head.chars().all(char::is_uppercase);
        let plain = head.chars().all(|c| !c.is_uppercase());
        !self.pronoun() && (plain || acronym || en::is_body_noun(&low) || en::is_role_noun(&low))
    }

    /// Two or more words that are neither auxiliaries nor `according to`.
    fn long_cue(&self) -> bool {
        let cue = self.cue();
        let words = parts(&cue).filter(|word| !en::is_auxiliary(word) && !matches!(*word, "to" | "not"));
        !cue.contains(en::ACCORDING_TO) && words.count() > 1
    }

    /// A sentence ends between these words and their cue, as before the second piece of `“X,” he said. “Y”`.
    fn distant_cue(&self) -> bool {
        let Some((start, end)) = self.cue_span() else { return false };
        let (from, to) = match self.piece.end <= start {
            // The full stop inside the closing mark counts.
            true => (self.piece.end.saturating_sub(2), start),
            false => (end, self.piece.start),
        };
        self.piece.kind == "direct" && self.stops(from, to)
    }

    fn distant_speaker(&self) -> bool {
        let (Some(cue), Some(speaker)) = (self.cue_span(), self.speaker_span()) else { return false };
        let (first, second) = if cue.0 < speaker.0 { (cue, speaker) } else { (speaker, cue) };
        self.stops(first.1, second.0)
    }

    /// True when a sentence or paragraph ends between two places.
    fn stops(&self, from: usize, to: usize) -> bool {
        let between = self.text.get(from..to.max(from)).unwrap_or_default();
        (0..between.len()).any(|at| {
            let rest = between[at + 1..].iter().copied().skip_while(|c| MARKS.contains(c) || *c == ')');
            let mut blanks = rest.skip_while(|c| !c.is_whitespace()).take(1);
            let stop = matches!(between[at], '?' | '!') || between[at] == '.' && !self.shortens(from + at);
            between[at] == '\n' || stop && blanks.next().is_some()
        })
    }

    /// The full stop of `Mr.`, `U.S.` or an initial.
    fn shortens(&self, stop: usize) -> bool {
        let before: String =
            self.text[..stop].iter().rev().take_while(|c| c.is_alphanumeric() || **c == '.').collect();
        let word: String = before.chars().rev().collect::<String>().to_lowercase();
        word.chars().count() == 1 || en::is_abbreviation(&word) || en::is_title_abbreviation(&word)
    }

    /// `… said X`: the speaker right behind the cue, and the cue behind words said.
    fn inverted(&self) -> bool {
        let (Some(cue), Some(speaker)) = (self.cue_span(), self.speaker_span()) else { return false };
        let beside = speaker.0 >= cue.1 && speaker.0 - cue.1 <= 2;
        beside
            && self.group().chain([self.piece]).any(|piece| piece.end <= cue.0)
            && !self.cue().contains(en::ACCORDING_TO)
    }

    fn typed_marks(&self) -> bool {
        let near = self.words(self.piece.start.saturating_sub(2), (self.piece.end + 2).min(self.text.len()));
        near.contains("''") || near.contains("``")
    }

    /// The cue, or what stands beside it, names a post.
    fn post(&self) -> bool {
        let Some((start, end)) = self.cue_span() else { return false };
        let around = self.words(start.saturating_sub(25), (end + 25).min(self.text.len())).to_lowercase();
        ["tweet", "twitter", "facebook", "instagram", " posted", "telegram", "truth social", "wrote on x"]
            .iter()
            .any(|word| around.contains(word))
    }

    fn over_paragraphs(&self) -> bool {
        let last = self.group().map(|piece| piece.end).chain([self.piece.end]).max().unwrap_or_default();
        let first = self.group().map(|piece| piece.start).chain([self.piece.start]).min().unwrap_or_default();
        self.text.get(first..last).unwrap_or_default().contains(&'\n')
    }

    fn inside_another(&self) -> bool {
        let holds = |other: &Piece| other.start <= self.piece.start && self.piece.end <= other.end;
        let longer = |other: &Piece| other.end - other.start > self.piece.end - self.piece.start;
        self.pieces.iter().any(|other| other.group != self.piece.group && holds(other) && longer(other))
    }

    /// `“…” — NAME`
    fn signed(&self) -> bool {
        let Some((start, _)) = self.speaker_span() else { return false };
        let between = self.text.get(self.piece.end..start).unwrap_or_default();
        between.iter().any(|c| DASHES.contains(c))
            && between.iter().all(|c| !c.is_alphanumeric())
            && between.len() < 8
    }

    /// A mark opens the piece and none closes it before its paragraph ends.
    fn unclosed(&self) -> bool {
        let open = |at: usize| self.text.get(at).is_some_and(|c| matches!(c, '"' | '“' | '‘' | '«'));
        let starts = open(self.piece.start) || self.piece.start > 0 && open(self.piece.start - 1);
        let last = self.text.get(self.piece.end.saturating_sub(1)..).unwrap_or_default();
        let rest: Vec<char> = last.iter().copied().take_while(|c| *c != '\n').take(4).collect();
        let mark = self.text[self.piece.start..self.piece.end]
            .iter()
            .skip(1)
            .chain(&rest)
            .any(|c| matches!(c, '"' | '”' | '»'));
        starts && self.piece.kind == "direct" && rest.len() < 4 && !mark
    }

    /// `NAME: …` at the head of a paragraph, without marks around what is said after it.
    fn transcript(&self) -> bool {
        let Some((start, end)) = self.speaker_span() else { return false };
        let head = self.text[..start].iter().rev().take_while(|c| **c != '\n');
        let after = self.text.get(end..self.piece.start).unwrap_or_default();
        let bare = head.into_iter().all(|c| !c.is_alphanumeric());
        self.piece.kind == "direct"
            && bare
            && after.contains(&':')
            && after.iter().all(|c| matches!(c, ':' | ' ' | '\n'))
    }
}

/// Runs of letters and digits.
fn parts(words: &str) -> impl Iterator<Item = &str> {
    words
        .split(|c: char| !c.is_alphanumeric() && !matches!(c, '’' | '\'' | '-'))
        .filter(|word| !word.is_empty())
}

/// A phrase up to its first preposition, comma or bracket.
fn cut_at_preposition(phrase: &str) -> String {
    let end = phrase.find([',', '(', ';', ':']).filter(|end| *end > 0).unwrap_or(phrase.len());
    let mut kept: Vec<&str> = Vec::new();
    for word in phrase[..end].split_whitespace() {
        if !kept.is_empty()
            && (en::is_preposition(&word.to_lowercase()) || matches!(word, "who" | "which" | "that"))
        {
            break;
        }
        kept.push(word);
    }
    kept.join(" ")
}
