//! Who said which content: every source, name and pronoun nearby is weighed against each content.

use std::cell::RefCell;
use std::sync::LazyLock;

use super::forest::Forest;
use super::model::Model;
use super::name_features::{Scene, Zone};
use super::names::Name;
use super::quote_features::Paragraph;
use super::quotes::{self, Cut, Tagged, What};
use super::words::{Mark, Word, Words};
use crate::span::Span;

/// Trained by `dev train speakers`; the file's header says on what.
static FOREST: LazyLock<Forest> = LazyLock::new(|| Forest::read(include_bytes!("data/speakers.bin")));

thread_local! {
    static WORDS: RefCell<Words> = RefCell::default();
}

/// How many numbers describe a pair.
pub const NUMBERS: usize = 52;

/// A mention that may be the speaker of a content, and how likely.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speaker {
    /// The words that name the speaker.
    pub span: Span,
    /// Probability, 0 to 1.
    pub score: f32,
}

/// For each content among `tagged`, in order, its number there and the likely speakers, best first.
pub fn speakers(
    text: &str,
    paragraphs: &[Span],
    names: &[Name],
    tagged: &[Tagged],
) -> Vec<(usize, Vec<Speaker>)> {
    WORDS.with(|words| match words.try_borrow_mut() {
        Ok(mut words) => speakers_with(&FOREST, &mut words, text, paragraphs, names, tagged),
        Err(_) => speakers_with(&FOREST, &mut Words::default(), text, paragraphs, names, tagged),
    })
}

/// What the shipped trees were trained on, by their own header.
pub fn speakers_header() -> &'static str {
    &FOREST.header
}

/// Speakers by the trees of `forest`.
pub fn speakers_with(
    forest: &Forest,
    words: &mut Words,
    text: &str,
    paragraphs: &[Span],
    names: &[Name],
    tagged: &[Tagged],
) -> Vec<(usize, Vec<Speaker>)> {
    words.limit(60_000);
    let model: &Model = quotes::model();
    let cut = Cut::new(model, words, text, paragraphs, names);
    let table = Table::new(&cut, tagged, words);
    let mut before: Option<Turn> = None;
    let mut all = Vec::new();
    for content in table.contents() {
        let mut weighed: Vec<(usize, f32)> = table
            .candidates(content)
            .into_iter()
            .map(|candidate| (candidate, forest.probability(&table.numbers(content, candidate, before))))
            .collect();
        weighed.sort_by(|a, b| b.1.total_cmp(&a.1));
        if let Some(&(speaker, _)) = weighed.first() {
            before = Some(Turn { content, speaker });
        }
        let speakers = weighed
            .iter()
            .map(|&(candidate, score)| Speaker { span: table.span(candidate), score })
            .collect();
        all.push((table.pieces[content].number, speakers));
    }
    all
}

/// A content and who said it.
#[derive(Clone, Copy)]
pub struct Turn {
    /// Number of the content.
    pub content: usize,
    /// Number of the speaker.
    pub speaker: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Source,
    Cue,
    Content,
    Name,
    Pronoun,
}

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
    pieces: Vec<Piece>,
}

impl<'a> Table<'a> {
    /// Lays out what was tagged, and the names and pronouns that were not.
    pub fn new(cut: &'a Cut, tagged: &[Tagged], words: &'a Words) -> Table<'a> {
        let (_, zones, read): (Scene, Vec<Zone>, Vec<Paragraph>) = cut.read(words);
        let count = cut.tokens.len();
        let mut table = Table {
            cut,
            words,
            paragraph: vec![0; count],
            sentence: vec![0; count],
            position: vec![0; count],
            pieces: Vec::new(),
        };
        let mut sentences = 0;
        for (n, (zone, paragraph)) in zones.iter().zip(&read).enumerate() {
            for at in 0..zone.end - zone.start {
                table.paragraph[zone.start + at] = n as u32;
                table.sentence[zone.start + at] = (sentences + paragraph.sentence(at)) as u32;
                table.position[zone.start + at] = (at - paragraph.sentence_start(at)) as u32;
            }
            sentences += paragraph.sentence_count();
        }
        table.lay_out(tagged);
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

    /// Sources up to three paragraphs before a content and one after; names and pronouns just beside it.
    pub fn candidates(&self, content: usize) -> Vec<usize> {
        let home = i64::from(self.paragraph[self.pieces[content].start]);
        (0..self.pieces.len())
            .filter(|&n| {
                let away = home - i64::from(self.paragraph[self.pieces[n].start]);
                match self.pieces[n].kind {
                    Kind::Source => (-1..=3).contains(&away),
                    Kind::Name | Kind::Pronoun => (0..=1).contains(&away),
                    Kind::Cue | Kind::Content => false,
                }
            })
            .collect()
    }

    fn of(&self, kind: Kind) -> impl Iterator<Item = Piece> + '_ {
        self.pieces.iter().copied().filter(move |piece| piece.kind == kind)
    }

    /// Everything that describes a pair; `turn` is the content before it with its speaker.
    pub fn numbers(&self, content: usize, candidate: usize, turn: Option<Turn>) -> [f32; NUMBERS] {
        let (said, who) = (self.pieces[content], self.pieces[candidate]);
        let before = who.end <= said.start;
        let (low, high) = if before { (who.end, said.start) } else { (said.end, who.start) };
        let between = low..high.max(low);
        let mut numbers = Numbers::default();
        numbers.flag(who.kind == Kind::Source);
        numbers.flag(who.kind == Kind::Pronoun);
        numbers.flag(before);
        numbers.count(between.len(), 80);
        numbers.put(self.paragraph[said.start] as f32 - self.paragraph[who.start] as f32);
        numbers.put((self.sentence[said.start] as f32 - self.sentence[who.start] as f32).clamp(-9.0, 9.0));
        self.between_numbers(&between, (said, who), &mut numbers);
        self.cue_numbers(&between, said, who, before, &mut numbers);
        self.content_numbers(said, &mut numbers);
        self.source_numbers(said, who, &mut numbers);
        self.turn_numbers(said, who, turn, &mut numbers);
        numbers.all
    }

    fn turn_numbers(&self, said: Piece, who: Piece, turn: Option<Turn>, numbers: &mut Numbers) {
        let Some(turn) = turn else { return };
        let (content, speaker) = (self.pieces[turn.content], self.pieces[turn.speaker]);
        let last = |piece: Piece| self.word(piece.end - 1).lower;
        numbers.flag(true);
        numbers.flag(speaker.start == who.start);
        numbers.flag(last(speaker) == last(who));
        numbers.count(self.paragraph[said.start].saturating_sub(self.paragraph[content.start]) as usize, 9);
        numbers.flag(matches!(self.mark(Some(content.start)), Mark::Double(_)));
    }

    fn between_numbers(&self, between: &std::ops::Range<usize>, pair: (Piece, Piece), numbers: &mut Numbers) {
        let inside = |kind: Kind| {
            let (said, who) = pair;
            self.of(kind)
                .filter(|piece| piece.start >= between.start && piece.end <= between.end)
                .filter(|piece| piece.start != said.start && piece.start != who.start)
                .count()
        };
        numbers.count(inside(Kind::Content), 9);
        numbers.count(inside(Kind::Source), 9);
        numbers.count(inside(Kind::Cue), 9);
        numbers.count(inside(Kind::Name), 9);
        let marks =
            |wanted: fn(Mark) -> bool| between.clone().filter(|&at| wanted(self.mark(Some(at)))).count();
        numbers.count(marks(|mark| matches!(mark, Mark::Double(_))), 9);
        numbers.count(marks(|mark| mark == Mark::End), 9);
        numbers.count(marks(|mark| mark == Mark::Comma), 9);
        numbers.flag(marks(|mark| mark == Mark::That) > 0);
        numbers.flag(marks(|mark| mark == Mark::Who) > 0);
    }

    fn cue_numbers(
        &self,
        between: &std::ops::Range<usize>,
        said: Piece,
        who: Piece,
        before: bool,
        numbers: &mut Numbers,
    ) {
        let home = |piece: Piece| self.paragraph[piece.start];
        let nearest = |to: Piece| {
            self.of(Kind::Cue).filter(|cue| home(*cue) == home(to)).min_by_key(|cue| gap(*cue, to))
        };
        let (of_who, of_said) = (nearest(who), nearest(said));
        numbers.count(of_who.map_or(50, |cue| gap(cue, who)), 20);
        numbers.count(of_said.map_or(50, |cue| gap(cue, said)), 20);
        numbers.count(of_said.map_or(60, |cue| gap(cue, who)), 30);
        numbers.flag(of_said.is_some_and(|cue| self.sentence[cue.start] == self.sentence[said.start]));
        numbers.flag(of_said.is_some_and(|cue| cue.start >= between.start && cue.end <= between.end));
        numbers.flag(of_said.is_some_and(|cue| before && who.end <= cue.start));
        numbers.flag(of_said.is_some_and(|cue| !before && cue.end <= who.start));
        numbers.flag(of_said.is_some_and(|cue| cue.start == who.end));
        numbers.flag(of_said.is_some_and(|cue| cue.end == who.start));
        numbers.put(of_said.map_or(0.0, |cue| cue.score));
        let nearer = |cue: Piece| {
            self.of(Kind::Source)
                .filter(|other| home(*other) == home(cue) && gap(*other, cue) < gap(who, cue))
                .count()
        };
        numbers.count(of_said.map_or(9, nearer), 9);
    }

    fn content_numbers(&self, said: Piece, numbers: &mut Numbers) {
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
        numbers.count(self.of(Kind::Source).filter(at_home).count(), 9);
    }

    fn source_numbers(&self, said: Piece, who: Piece, numbers: &mut Numbers) {
        numbers.flag(self.word(who.start).pronoun);
        numbers.count(who.end - who.start, 12);
        numbers.flag(matches!(self.mark(Some(who.end)), Mark::Comma | Mark::End));
        numbers.flag(self.of(Kind::Content).any(|one| one.start <= who.start && who.start < one.end));
        let names = &self.cut.names[who.start..who.end];
        numbers.flag(names.iter().any(|name| (1..=4).contains(name)));
        numbers.flag(names.iter().any(|name| (5..=8).contains(name)));
        numbers.put(who.score);
        numbers.count(self.position[who.start] as usize, 12);
        let nearest = self.of(Kind::Content).map(|one| gap(one, who)).min().unwrap_or(40);
        numbers.count(nearest, 40);
        numbers.flag(gap(said, who) == nearest);
        let last = self.word(who.end - 1).lower;
        numbers.count(self.of(Kind::Source).filter(|one| self.word(one.end - 1).lower == last).count(), 6);
    }
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

    fn flag(&mut self, flag: bool) {
        self.put(f32::from(u8::from(flag)));
    }

    fn count(&mut self, count: usize, most: usize) {
        self.put(count.min(most) as f32);
    }
}
