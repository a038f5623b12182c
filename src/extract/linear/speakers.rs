//! Who said which content: every source, name and pronoun nearby is weighed against each content.

use std::sync::LazyLock;

use super::cut::{Cut, View};
use super::forest::Forest;
use super::hash::Hashed;
use super::quotes::{Tagged, What};
use super::words::{Mark, Word, Words};
use crate::span::Span;

/// Trained by `dev train speakers`; the file's header says on what.
#[cfg(not(feature = "clean"))]
const DATA: &[u8] = include_bytes!("data/speakers.bin");
#[cfg(feature = "clean")]
const DATA: &[u8] = b"";

static FOREST: LazyLock<Forest> = LazyLock::new(|| Forest::read(DATA));

/// How many numbers describe a pair.
pub const NUMBERS: usize = 47;

/// A mention that may be the speaker of a content, and how likely.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speaker {
    /// The words that name the speaker.
    pub span: Span,
    /// Probability, 0 to 1.
    pub score: f32,
}

/// For each content among the tagged, in order, its number there and the likely speakers, best first.
pub type Ranked = Vec<(usize, Vec<Speaker>)>;

/// Who says those contents among the tagged that are `wanted`, by the shipped trees.
pub(super) fn ranked(
    cut: &Cut,
    view: &View,
    tagged: &[Tagged],
    words: &Words,
    wanted: impl Fn(&Tagged) -> bool,
) -> Ranked {
    let wanted = |number: usize| tagged.get(number).is_some_and(&wanted);
    rank(&FOREST, &Table::of(cut, view, tagged, words), wanted)
}

/// What the shipped trees were trained on, by their own header.
pub fn speakers_header() -> &'static str {
    &FOREST.header
}

/// Speakers by the trees of `forest`.
pub fn speakers_with(forest: &Forest, words: &Words, cut: &Cut, tagged: &[Tagged]) -> Ranked {
    rank(forest, &Table::new(cut, tagged, words), |_| true)
}

fn rank(forest: &Forest, table: &Table, wanted: impl Fn(usize) -> bool) -> Ranked {
    let contents: Vec<usize> =
        table.contents().filter(|&content| wanted(table.pieces[content].number)).collect();
    let (mut who, mut rows, mut groups) = (Vec::new(), Vec::new(), Vec::with_capacity(contents.len()));
    for &content in &contents {
        let (candidates, said) = (table.candidates(content), table.said(content));
        rows.extend(candidates.iter().map(|&candidate| table.numbers(&said, candidate)));
        groups.push(candidates.len());
        who.extend(candidates);
    }
    let weighed = |mut likeliest: Vec<(usize, f32)>| {
        likeliest.sort_unstable_by_key(|&(row, _)| row);
        let speaker = |&(row, score): &(usize, f32)| Speaker { span: table.span(who[row]), score };
        let mut weighed: Vec<Speaker> = likeliest.iter().map(speaker).collect();
        weighed.sort_by(|a, b| b.score.total_cmp(&a.score));
        weighed
    };
    let numbers = contents.iter().map(|&content| table.pieces[content].number);
    numbers.zip(forest.likeliest(&rows, &groups).into_iter().map(weighed)).collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Source,
    Cue,
    Content,
    Name,
    Pronoun,
}

/// Number of [`Kind`]s.
const KINDS: usize = 5;

/// A stretch of tokens.
#[derive(Clone, Copy)]
struct Piece {
    start: usize,
    end: usize,
    kind: Kind,
    score: f32,
    /// Its place among what was tagged.
    number: usize,
}

/// An article laid out for weighing pairs.
pub struct Table<'a> {
    cut: &'a Cut,
    words: &'a Words,
    paragraph: Vec<u32>,
    sentence: Vec<u32>,
    position: Vec<u32>,
    /// In order of their start.
    pieces: Vec<Piece>,
    /// How often a source ends in a word.
    last_words: Hashed<usize>,
    /// For each token and the end: the marks before it.
    marks_before: Vec<Marks>,
}

/// Names and pronouns that are weighed though the quote model takes them for no source: hardly one of them
/// speaks.
const NEAREST: usize = 4;

/// Furthest that a speaker is looked for, in tokens.
const REACH: usize = 600;

impl<'a> Table<'a> {
    /// Lays out what was tagged, and the names and pronouns that were not.
    pub fn new(cut: &'a Cut, tagged: &[Tagged], words: &'a Words) -> Table<'a> {
        Table::of(cut, &cut.view(words), tagged, words)
    }

    /// As [`Table::new`], where the article has been read already.
    pub fn of(cut: &'a Cut, view: &View, tagged: &[Tagged], words: &'a Words) -> Table<'a> {
        let View { zones, read, .. } = view;
        let count = cut.tokens.len();
        let mut table = Table {
            cut,
            words,
            paragraph: vec![0; count],
            sentence: vec![0; count],
            position: vec![0; count],
            pieces: Vec::new(),
            last_words: Hashed::default(),
            marks_before: Vec::with_capacity(count + 1),
        };
        let mut marks = Marks::default();
        table.marks_before.push(marks);
        for token in 0..count {
            marks = marks.and(table.word(token).mark);
            table.marks_before.push(marks);
        }
        let mut sentences = 0;
        for (n, (zone, paragraph)) in zones.iter().zip(read).enumerate() {
            for at in 0..zone.end - zone.start {
                table.paragraph[zone.start + at] = n as u32;
                table.sentence[zone.start + at] = (sentences + paragraph.sentence(at)) as u32;
                table.position[zone.start + at] = (at - paragraph.sentence_start(at)) as u32;
            }
            sentences += paragraph.sentence_count();
        }
        table.lay_out(tagged);
        table.pieces.sort_by_key(|piece| piece.start);
        for n in 0..table.pieces.len() {
            let piece = table.pieces[n];
            if piece.kind == Kind::Source {
                *table.last_words.entry(table.word(piece.end - 1).lower).or_default() += 1;
            }
        }
        table
    }

    fn lay_out(&mut self, tagged: &[Tagged]) {
        let tokens = &self.cut.tokens;
        let mut taken = vec![false; tokens.len()];
        for (number, tagged) in tagged.iter().enumerate() {
            let start = tokens.partition_point(|token| token.span.end <= tagged.span.start);
            let end = tokens.partition_point(|token| token.span.start < tagged.span.end);
            let kind = match tagged.what {
                What::Source => Kind::Source,
                What::Cue => Kind::Cue,
                What::Content => Kind::Content,
            };
            if start < end {
                if kind != Kind::Content {
                    taken[start..end].fill(true);
                }
                self.pieces.push(Piece { start, end, kind, score: tagged.score, number });
            }
        }
        let mut at = 0;
        while at < tokens.len() {
            let end = self.name_end(at);
            let kind = if end > at { Kind::Name } else { Kind::Pronoun };
            let end = end.max(at + 1);
            let fits = kind == Kind::Name || self.word(at).pronoun;
            if fits && !taken[at..end].iter().any(|&taken| taken) {
                self.pieces.push(Piece { start: at, end, kind, score: 0.0, number: usize::MAX });
            }
            at = end;
        }
    }

    /// End of the person or body named from `at`; `at` when there is none.
    fn name_end(&self, at: usize) -> usize {
        let names = &self.cut.names;
        match names[at] {
            4 | 8 => at + 1,
            1 | 5 => (at + 1..names.len())
                .find(|&next| !matches!(names[next], 2 | 3 | 6 | 7))
                .unwrap_or(names.len()),
            _ => at,
        }
    }

    fn word(&self, token: usize) -> &Word {
        &self.words.all[self.cut.ids[token] as usize]
    }

    fn mark(&self, token: Option<usize>) -> Mark {
        token
            .and_then(|token| self.cut.ids.get(token))
            .map_or(Mark::None, |&id| self.words.all[id as usize].mark)
    }

    /// Numbers of the contents.
    pub fn contents(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.pieces.len()).filter(|&n| self.pieces[n].kind == Kind::Content)
    }

    /// The bytes of a piece.
    pub fn span(&self, piece: usize) -> Span {
        let piece = self.pieces[piece];
        self.cut.tokens[piece.start].span.cover(self.cut.tokens[piece.end - 1].span)
    }

    /// Numbers of the pieces from four paragraphs before a piece to two after, within reach.
    fn around(&self, piece: Piece) -> std::ops::Range<usize> {
        let home = self.paragraph[piece.start];
        let (first, from) = (home.saturating_sub(4), piece.start.saturating_sub(REACH));
        let (last, to) = (home + 2, piece.end + REACH);
        let paragraph = |other: &Piece| self.paragraph[other.start];
        let start = self.pieces.partition_point(|other| paragraph(other) < first || other.start < from);
        let end = self.pieces.partition_point(|other| paragraph(other) <= last && other.start <= to);
        start..end.max(start)
    }

    /// Sources up to three paragraphs before a content and one after; the nearest names and pronouns beside
    /// it.
    pub fn candidates(&self, content: usize) -> Vec<usize> {
        let said = self.pieces[content];
        let home = i64::from(self.paragraph[said.start]);
        let away = |n: usize| home - i64::from(self.paragraph[self.pieces[n].start]);
        let (mut sources, mut others) = (Vec::new(), Vec::new());
        for n in self.around(said) {
            match self.pieces[n].kind {
                Kind::Source if (-1..=3).contains(&away(n)) => sources.push(n),
                Kind::Name | Kind::Pronoun if (0..=1).contains(&away(n)) => others.push(n),
                _ => {}
            }
        }
        others.sort_by_key(|&n| gap(self.pieces[n], said));
        others.truncate(NEAREST);
        sources.extend(others);
        sources.sort_unstable();
        sources
    }

    /// A content with what every pair that it is in shares.
    pub fn said(&self, content: usize) -> Said<'_> {
        let piece = self.pieces[content];
        let near = &self.pieces[self.around(piece)];
        let at_home = |cue: &Piece| self.paragraph[cue.start] == self.paragraph[piece.start];
        let cue = of(near, Kind::Cue).filter(at_home).min_by_key(|cue| gap(*cue, piece));
        let mut own = Numbers::default();
        self.content_numbers(piece, near, &mut own);
        Said { piece, near, cue, own }
    }

    /// Everything that describes a pair.
    pub fn numbers(&self, content: &Said<'_>, candidate: usize) -> [f32; NUMBERS] {
        let (said, who) = (content.piece, self.pieces[candidate]);
        let before = who.end <= said.start;
        let (low, high) = if before { (who.end, said.start) } else { (said.end, who.start) };
        let between = low..high.max(low);
        let seen = self.tally(content, who, &between);
        let mut numbers = Numbers::default();
        numbers.flag(who.kind == Kind::Source);
        numbers.flag(who.kind == Kind::Pronoun);
        numbers.flag(before);
        numbers.count(between.len(), 80);
        numbers.put(self.paragraph[said.start] as f32 - self.paragraph[who.start] as f32);
        numbers.put((self.sentence[said.start] as f32 - self.sentence[who.start] as f32).clamp(-9.0, 9.0));
        self.between_numbers(&between, &seen, &mut numbers);
        self.cue_numbers(&between, content, who, &seen, &mut numbers);
        numbers.append(&content.own);
        self.source_numbers(said, who, &seen, &mut numbers);
        numbers.all
    }

    /// Walks the pieces around a content once for all that a pair asks of them.
    fn tally(&self, content: &Said<'_>, who: Piece, between: &std::ops::Range<usize>) -> Tally {
        let said = content.piece;
        let home = |piece: Piece| self.paragraph[piece.start];
        let mut tally = Tally { content_gap: FURTHEST_CONTENT, ..Tally::default() };
        for &piece in content.near {
            let inside = piece.start >= between.start && piece.end <= between.end;
            if inside && piece.start != said.start && piece.start != who.start {
                tally.inside[piece.kind as usize] += 1;
            }
            match piece.kind {
                Kind::Cue if home(piece) == home(who) => {
                    let gap = gap(piece, who);
                    tally.cue_gap = Some(tally.cue_gap.map_or(gap, |nearest| nearest.min(gap)));
                }
                Kind::Content => {
                    tally.in_content |= piece.start <= who.start && who.start < piece.end;
                    tally.content_gap = tally.content_gap.min(gap(piece, who));
                }
                Kind::Source => {
                    let nearer = |cue| home(piece) == home(cue) && gap(piece, cue) < gap(who, cue);
                    tally.nearer_sources += usize::from(content.cue.is_some_and(nearer));
                }
                Kind::Cue | Kind::Name | Kind::Pronoun => {}
            }
        }
        tally
    }

    fn between_numbers(&self, between: &std::ops::Range<usize>, seen: &Tally, numbers: &mut Numbers) {
        for kind in [Kind::Content, Kind::Source, Kind::Cue, Kind::Name] {
            numbers.count(seen.inside[kind as usize], 9);
        }
        let marks = self.marks_before[between.end] - self.marks_before[between.start];
        numbers.count(marks.double as usize, 9);
        numbers.count(marks.end as usize, 9);
        numbers.count(marks.comma as usize, 9);
        numbers.flag(marks.that > 0);
        numbers.flag(marks.who > 0);
    }

    fn cue_numbers(
        &self,
        between: &std::ops::Range<usize>,
        content: &Said<'_>,
        who: Piece,
        seen: &Tally,
        numbers: &mut Numbers,
    ) {
        let (said, of_said) = (content.piece, content.cue);
        let before = who.end <= said.start;
        numbers.count(seen.cue_gap.unwrap_or(50), 20);
        numbers.count(of_said.map_or(50, |cue| gap(cue, said)), 20);
        numbers.count(of_said.map_or(60, |cue| gap(cue, who)), 30);
        numbers.flag(of_said.is_some_and(|cue| self.sentence[cue.start] == self.sentence[said.start]));
        numbers.flag(of_said.is_some_and(|cue| cue.start >= between.start && cue.end <= between.end));
        numbers.flag(of_said.is_some_and(|cue| before && who.end <= cue.start));
        numbers.flag(of_said.is_some_and(|cue| !before && cue.end <= who.start));
        numbers.flag(of_said.is_some_and(|cue| cue.start == who.end));
        numbers.flag(of_said.is_some_and(|cue| cue.end == who.start));
        numbers.put(of_said.map_or(0.0, |cue| cue.score));
        numbers.count(of_said.map_or(9, |_| seen.nearer_sources), 9);
    }

    fn content_numbers(&self, said: Piece, near: &[Piece], numbers: &mut Numbers) {
        let quoted = |at: usize| matches!(self.mark(Some(at)), Mark::Double(_) | Mark::Single(_));
        numbers.count((said.start..said.end).filter(|&at| quoted(at)).count(), 9);
        numbers.put(f32::from(u8::from(quoted(said.start)) + 2 * u8::from(quoted(said.end - 1))));
        numbers.count(said.end - said.start, 60);
        numbers.flag(self.mark(Some(said.start)) == Mark::That);
        numbers.flag(matches!(self.mark(said.start.checked_sub(1)), Mark::Comma | Mark::Pause));
        numbers.flag(self.mark(Some(said.end)) == Mark::Comma);
        let opens = said.start == 0 || self.paragraph[said.start - 1] != self.paragraph[said.start];
        numbers.flag(opens);
        let closes = self.paragraph.get(said.end) != self.paragraph.get(said.start);
        numbers.flag(closes);
        numbers.put(said.score);
        let at_home = |piece: &Piece| self.sentence[piece.start] == self.sentence[said.start];
        numbers.count(of(near, Kind::Source).filter(at_home).count(), 9);
    }

    fn source_numbers(&self, said: Piece, who: Piece, seen: &Tally, numbers: &mut Numbers) {
        numbers.flag(self.word(who.start).pronoun);
        numbers.count(who.end - who.start, 12);
        numbers.flag(matches!(self.mark(Some(who.end)), Mark::Comma | Mark::End));
        numbers.flag(seen.in_content);
        let names = &self.cut.names[who.start..who.end];
        numbers.flag(names.iter().any(|name| (1..=4).contains(name)));
        numbers.flag(names.iter().any(|name| (5..=8).contains(name)));
        numbers.put(who.score);
        numbers.count(self.position[who.start] as usize, 12);
        numbers.count(seen.content_gap, FURTHEST_CONTENT);
        numbers.flag(gap(said, who) == seen.content_gap);
        let last = self.word(who.end - 1).lower;
        numbers.count(self.last_words.get(&last).copied().unwrap_or(0), 6);
    }
}

/// From here on it does not matter how far the nearest content is, in tokens.
const FURTHEST_CONTENT: usize = 40;

/// A content, and what describes it whoever said it.
pub struct Said<'t> {
    piece: Piece,
    near: &'t [Piece],
    /// The cue of its paragraph that is nearest to it.
    cue: Option<Piece>,
    own: Numbers,
}

/// What stands around one pair.
#[derive(Default)]
struct Tally {
    /// Pieces between the two, by kind.
    inside: [usize; KINDS],
    /// Tokens from the candidate to the nearest cue of its paragraph.
    cue_gap: Option<usize>,
    /// Tokens from the candidate to the nearest content.
    content_gap: usize,
    /// The candidate stands in a content.
    in_content: bool,
    /// Sources nearer to the content's cue.
    nearer_sources: usize,
}

/// How many marks of each kind stand before a token.
#[derive(Clone, Copy, Default)]
struct Marks {
    double: u32,
    end: u32,
    comma: u32,
    that: u32,
    who: u32,
}

impl Marks {
    fn and(mut self, mark: Mark) -> Marks {
        match mark {
            Mark::Double(_) => self.double += 1,
            Mark::End => self.end += 1,
            Mark::Comma => self.comma += 1,
            Mark::That => self.that += 1,
            Mark::Who => self.who += 1,
            _ => {}
        }
        self
    }
}

impl std::ops::Sub for Marks {
    type Output = Marks;

    fn sub(self, other: Marks) -> Marks {
        Marks {
            double: self.double - other.double,
            end: self.end - other.end,
            comma: self.comma - other.comma,
            that: self.that - other.that,
            who: self.who - other.who,
        }
    }
}

fn of(near: &[Piece], kind: Kind) -> impl Iterator<Item = Piece> + '_ {
    near.iter().copied().filter(move |piece| piece.kind == kind)
}

fn gap(a: Piece, b: Piece) -> usize {
    if a.end <= b.start { b.start - a.end } else { a.start.saturating_sub(b.end) }
}

struct Numbers {
    all: [f32; NUMBERS],
    next: usize,
}

impl Default for Numbers {
    fn default() -> Numbers {
        Numbers { all: [0.0; NUMBERS], next: 0 }
    }
}

impl Numbers {
    fn put(&mut self, number: f32) {
        debug_assert!(self.next < NUMBERS);
        if let Some(place) = self.all.get_mut(self.next) {
            *place = number;
        }
        self.next += 1;
    }

    fn append(&mut self, more: &Numbers) {
        more.all[..more.next].iter().for_each(|&number| self.put(number));
    }

    fn flag(&mut self, flag: bool) {
        self.put(f32::from(u8::from(flag)));
    }

    fn count(&mut self, count: usize, most: usize) {
        self.put(count.min(most) as f32);
    }
}
