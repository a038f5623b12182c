//! Plain words scored one after another over all rows at once, in a table with a cell for every row.
//!
//! The more of the words, the better: such a question matches thousands of rows, all are counted, and each
//! takes a little from the article that it stands in. Going through the rows of one word after another costs
//! a fraction of going through all words row by row.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use tantivy::query::{EnableScoring, Query, Weight};
use tantivy::schema::Field;
use tantivy::{DocAddress, Score, Searcher, TERMINATED, Term};

use super::article::{Articles, Held, inverse, norms};
use super::collect::Match;
use super::schema::{Fields, WordFields};
use super::sought::{Key, Sought};
use super::standing::{self, Standing};
use super::{Wanted, weight};

type Result<T> = tantivy::Result<T>;

/// Plain words of a question, and what must hold besides.
pub(super) struct Bag {
    pub parts: Vec<Part>,
    /// What must hold besides; adds its own score.
    pub conditions: Option<Box<dyn Query>>,
}

/// One of the alternatives.
pub(super) struct Part {
    pub words: Vec<Word>,
    /// How many times it counts.
    pub times: f32,
    /// Terms of rows that are about the region that the words name.
    pub about: Vec<Term>,
    /// Something else than words: a phrase, a pattern.
    pub other: Option<Box<dyn Query>>,
}

/// A word in all of its forms.
pub(super) struct Word {
    /// As it was typed.
    pub typed: String,
    /// Which articles hold it counts, too; none for the most common words.
    pub stem: Option<String>,
    /// What of the text counts, each with its weight: all words of its stem, then the word as typed.
    pub text: Vec<(Key, f32)>,
    /// Terms of names, and of what other languages make of the word, each with its weight; what weighs most
    /// counts, not the sum.
    pub names: Vec<(Key, f32)>,
    /// The term of the headline: it lifts what matches anyway.
    pub title: Key,
}

/// What is known of a row after some of the words. Small, since a question goes over thousands.
#[derive(Clone, Copy, Default)]
struct Tally {
    score: Score,
    /// What of the question it holds: bits of words, of other parts, and of regions told of in other words.
    /// None is set in a row that was not touched.
    bits: u32,
}

/// Gives out bits: what comes after the first thirty shares the last.
#[derive(Default)]
struct Bits(u32);

impl Bits {
    fn next(&mut self) -> u32 {
        let bit = 1 << self.0;
        self.0 = (self.0 + 1).min(31);
        bit
    }
}

/// All rows of the kind wanted that hold any of the parts and fit the conditions, scored, in no order; and
/// the words that even the article lacks that holds most of them, where that is much of the question.
pub(super) fn matches(
    searcher: &Searcher,
    fields: &Fields,
    wanted: Wanted,
    bag: &Bag,
    standing: &Standing,
) -> Result<(Vec<Match>, Vec<String>)> {
    let index = Indexed::of(searcher, fields, wanted)?;
    let articles = Articles::new(searcher, fields, standing);
    let mut bits = Bits::default();
    // Regions come first: no word may share a bit with one of them.
    let about: Vec<u32> =
        bag.parts.iter().map(|part| if part.about.is_empty() { 0 } else { bits.next() }).collect();
    let ready = |(part, about): (&Part, u32)| Ready::of(part, about, &index, &articles, &mut bits);
    let parts: Vec<Ready> = bag.parts.iter().zip(about).map(ready).collect::<Result<_>>()?;
    let evidence = Evidence::of(wanted, searcher, &articles, &parts, standing)?;
    let conditions = bag.conditions.as_ref().map(|query| weighed(&**query, searcher)).transpose()?;
    let mut found = Vec::new();
    let mut table = TABLE.take();
    for (ord, segment) in searcher.segment_readers().iter().enumerate() {
        table.clear(segment.max_doc());
        for part in &parts {
            table.part(part, &index, ord)?;
        }
        found.reserve(table.count);
        let places = standing.segment(ord);
        let mut take = |doc: u32, cell: &Tally, more: Score| {
            if let Some(article) = standing::article(places, wanted, doc) {
                let score = evidence.lifted(cell, article) + more;
                let twin = standing::has_twins(places, doc);
                found.push(Match { score, address: DocAddress::new(ord as u32, doc), twin });
            }
        };
        match &conditions {
            None => table.touched().iter().for_each(|&doc| take(doc, &table.cells[doc as usize], 0.0)),
            Some(conditions) => {
                let mut fits = conditions.scorer(segment, 1.0)?;
                let mut doc = fits.doc();
                while doc != TERMINATED {
                    let cell = table.cells[doc as usize];
                    if cell.bits > 0 {
                        take(doc, &cell, fits.score());
                    }
                    doc = fits.advance();
                }
            }
        }
    }
    if table.cells.len() <= MOST_KEPT {
        table.clear(0);
        TABLE.set(table);
    }
    let first = found.iter().max_by(|a, b| a.score.total_cmp(&b.score));
    let first = first.and_then(|first| standing.article(wanted, first.address));
    Ok((found, evidence.lacking(first, bag, &parts)))
}

/// Cells that a thread keeps.
const MOST_KEPT: usize = 1 << 20;

thread_local! {
    /// The table of this thread, while nobody works with it: memory for a cell a row costs more to get anew
    /// than most questions cost to answer.
    static TABLE: Cell<Table> = Cell::default();
}

fn weighed(query: &dyn Query, searcher: &Searcher) -> Result<Box<dyn Weight>> {
    query.weight(EnableScoring::enabled_from_searcher(searcher))
}

/// The fields that hold words of rows, and how long those are.
struct Indexed<'s> {
    searcher: &'s Searcher,
    rows: f32,
    body: Field,
    title: Field,
    fields: Vec<(Field, [f32; 256])>,
    words: WordFields,
    /// What was looked up: most are needed more than once.
    known: RefCell<HashMap<Key, Rc<Sought>>>,
}

impl<'s> Indexed<'s> {
    fn of(searcher: &'s Searcher, fields: &Fields, wanted: Wanted) -> Result<Indexed<'s>> {
        let kind = Term::from_field_text(fields.row, wanted.row());
        let rows = searcher.doc_freq(&kind)?.max(1) as f32;
        let words = fields.words(wanted);
        let worded = [words.exact, fields.speaker, fields.addressee];
        let norms = |field| Ok((field, norms(searcher, field, rows)?));
        Ok(Indexed {
            searcher,
            rows,
            body: fields.passages.exact,
            title: fields.title,
            words,
            fields: worded.into_iter().map(norms).collect::<Result<_>>()?,
            known: RefCell::default(),
        })
    }

    /// What lengths do to the weight of a word of a field.
    fn norms(&self, field: Field) -> &[f32; 256] {
        let known = self.fields.iter().find(|(known, _)| *known == field);
        known.map_or(&[weight::ROW_K1; 256], |(_, norms)| norms)
    }

    fn look_up(&self, key: &Key) -> Result<Rc<Sought>> {
        if let Some(known) = self.known.borrow().get(key) {
            return Ok(known.clone());
        }
        let sought = Rc::new(Sought::of(self.searcher, key)?);
        self.known.borrow_mut().insert(key.clone(), sought.clone());
        Ok(sought)
    }

    /// The articles that hold a stem.
    fn held(&self, stem: &str, articles: &Articles) -> Result<Held> {
        let body = self.look_up(&Key::Stem(self.body, stem.to_string()))?;
        let title = self.look_up(&Key::text(self.title, stem))?;
        articles.held_by(&body, &title)
    }

    fn sought(&self, key: &Key, weight: f32) -> Result<Weighed> {
        let sought = self.look_up(key)?;
        let weight = weight * inverse(self.rows, sought.rows) * weight::ROW_MOST;
        // Stems of another language stand in texts that are as long as their words are many.
        let lengths = if key.field() == self.words.own { self.words.exact } else { key.field() };
        Ok(Weighed { lengths, sought, weight })
    }

    /// All words of a stem, and then one of them as it was typed. Where just as many rows hold that as hold
    /// any, they are the same rows: of a name, mostly. They are gone over once, with what both weigh.
    fn forms(&self, keys: &[(Key, f32)], times: f32) -> Result<Vec<Weighed>> {
        let mut all: Vec<Weighed> = Vec::new();
        for (key, weight) in keys {
            let form = self.sought(key, weight * times)?;
            match all.first_mut().filter(|stem| stem.sought.rows == form.sought.rows) {
                Some(stem) => stem.weight += form.weight,
                None => all.push(form),
            }
        }
        Ok(all)
    }
}

/// A term with what it weighs.
struct Weighed {
    /// The field whose lengths count.
    lengths: Field,
    sought: Rc<Sought>,
    weight: f32,
}

/// A part with its terms looked up.
struct Ready {
    words: Vec<Known>,
    about: Vec<(Sought, Score)>,
    /// The bit of rows that are about the region.
    about_bit: u32,
    other: Option<Box<dyn Weight>>,
    other_bit: u32,
}

/// A word with its terms looked up.
struct Known {
    bit: u32,
    /// How telling it is among articles; nothing for what none of them holds.
    telling: f32,
    /// The articles that hold it, where that counts.
    held: Option<Held>,
    text: Vec<Weighed>,
    names: Vec<Weighed>,
    title: Rc<Sought>,
    /// How many times a headline counts.
    times: f32,
}

impl Ready {
    fn of(
        part: &Part,
        about_bit: u32,
        index: &Indexed,
        articles: &Articles,
        bits: &mut Bits,
    ) -> Result<Ready> {
        let names = |keys: &[(Key, f32)]| -> Result<Vec<Weighed>> {
            let mut all = Vec::new();
            for (key, weight) in keys {
                all.push(index.sought(key, weight * part.times)?);
            }
            all.retain(|name| name.sought.rows > 0.0);
            Ok(all)
        };
        let mut about = Vec::new();
        for term in &part.about {
            let sought = Sought::of(index.searcher, &Key::Term(term.clone()))?;
            let score = weight::NAMED * inverse(index.rows, sought.rows) * part.times;
            about.push((sought, score));
        }
        // A name is as telling as what it names is rare: `Israeli` is no more than Israel.
        let spread: f32 = about.iter().map(|(sought, _)| sought.rows).sum();
        // Among rows of every kind: of a handful of passages half may be about a place, and it still tells.
        let rows = index.searcher.num_docs() as f32;
        let most = if spread > 0.0 { inverse(rows, spread) } else { f32::MAX };
        let mut words = Vec::new();
        for word in &part.words {
            let held = word.stem.as_ref().map(|stem| index.held(stem, articles)).transpose()?;
            let held = held.filter(|held| !held.is_empty());
            let rarity = held.as_ref().map_or(0.0, |held| articles.telling_of(held));
            let telling = rarity.min(most) * part.times;
            let (text, names) = (index.forms(&word.text, part.times)?, names(&word.names)?);
            let title = index.look_up(&word.title)?;
            let bit = bits.next();
            words.push(Known { bit, telling, held, text, names, title, times: part.times });
        }
        let other = part.other.as_ref().map(|query| weighed(&**query, index.searcher)).transpose()?;
        let other_bit = if other.is_some() { bits.next() } else { 0 };
        Ok(Ready { words, about, about_bit, other, other_bit })
    }

    fn bits(&self) -> u32 {
        self.words.iter().fold(0, |bits, word| bits | word.bit)
    }

    fn telling(&self) -> f32 {
        self.words.iter().map(|word| word.telling).sum()
    }
}

/// How well whole articles answer, by their numbers in [`Standing`], and how much of a question there is.
struct Evidence {
    articles: Vec<Told>,
    /// How telling all of the question is.
    whole: f32,
    /// How telling what a row holds is, by each of the four bytes of its bits.
    telling: [[f32; 256]; 4],
    names: Vec<Named>,
}

/// A region that the question names.
struct Named {
    /// The words that name it, and how telling each is.
    words: Vec<(u32, f32)>,
    bits: u32,
    about_bit: u32,
    telling: f32,
}

/// Sums of what single bits are worth, for every value of each byte.
fn by_bytes(worth: &[f32; 32]) -> [[f32; 256]; 4] {
    std::array::from_fn(|byte| {
        std::array::from_fn(|bits| {
            (0..8).filter(|bit| bits >> bit & 1 == 1).map(|bit| worth[8 * byte + bit]).sum()
        })
    })
}

/// What an article as a whole tells.
#[derive(Clone, Copy, Default)]
struct Told {
    score: Score,
    /// How much of the question it holds, and which words.
    told: f32,
    words: u32,
}

impl Evidence {
    fn of(
        wanted: Wanted,
        searcher: &Searcher,
        articles: &Articles,
        parts: &[Ready],
        standing: &Standing,
    ) -> Result<Evidence> {
        let share = match wanted {
            Wanted::Passages => weight::ARTICLE,
            Wanted::Quotes => weight::QUOTED_ARTICLE,
        };
        let mut told = vec![Told::default(); standing.articles()];
        for word in parts.iter().flat_map(|part| &part.words) {
            articles.headlined(&word.title, |article, part| {
                told[article as usize].score += weight::TITLE * word.times * part;
            })?;
            let Some(held) = &word.held else { continue };
            let weight = share * word.telling;
            articles.each(held, |article, part| {
                let told = &mut told[article as usize];
                told.score += weight * part;
                told.told += word.telling;
                told.words |= word.bit;
            });
        }
        for part in parts {
            let bits = part.bits();
            for (about, _) in &part.about {
                each_article(searcher, about, wanted, standing, |article| {
                    let told = &mut told[article as usize];
                    let missing = part.words.iter().filter(|word| told.words & word.bit == 0);
                    told.told += missing.map(|word| word.telling).sum::<f32>() * weight::NAMED_HELD;
                    told.words |= bits;
                })?;
            }
        }
        let mut worth = [0.0f32; 32];
        for part in parts {
            let words = part.words.iter().map(|word| (word.bit, word.telling));
            for (bit, telling) in words.chain([(part.other_bit, part.telling())]).filter(|(bit, _)| *bit > 0)
            {
                let worth = &mut worth[bit.trailing_zeros() as usize];
                *worth = worth.max(telling);
            }
        }
        let named = parts.iter().filter(|part| !part.about.is_empty() && part.telling() > 0.0);
        let name = |part: &Ready| Named {
            words: part.words.iter().map(|word| (word.bit, word.telling)).collect(),
            bits: part.bits(),
            about_bit: part.about_bit,
            telling: part.telling(),
        };
        Ok(Evidence {
            articles: told,
            whole: parts.iter().map(Ready::telling).sum(),
            telling: by_bytes(&worth),
            names: named.map(name).collect(),
        })
    }

    /// How much of the question a row holds.
    fn told(&self, bits: u32) -> f32 {
        let held: f32 =
            bits.to_le_bytes().iter().zip(&self.telling).map(|(byte, told)| told[usize::from(*byte)]).sum();
        let about = self.names.iter().filter(|name| bits & name.about_bit > 0).map(|name| {
            let missing = name.words.iter().filter(|(bit, _)| bits & bit == 0);
            missing.map(|(_, telling)| telling).sum::<f32>() * weight::NAMED_HELD
        });
        held + about.sum::<f32>()
    }

    /// The words of a question that the article lacks that tells most of it, and the one with the first answer,
    /// too; none where the former tells enough.
    fn lacking(&self, first: Option<u32>, bag: &Bag, parts: &[Ready]) -> Vec<String> {
        let best = self.articles.iter().max_by(|a, b| a.told.total_cmp(&b.told));
        let Some(best) = best.filter(|best| best.told < self.whole * weight::TOLD_ENOUGH) else {
            return Vec::new();
        };
        let words = bag.parts.iter().flat_map(|part| &part.words);
        let known = parts.iter().flat_map(|part| &part.words);
        let first = first.and_then(|first| self.articles.get(first as usize));
        let held = best.words | first.map_or(0, |first| first.words);
        let lacks = words.zip(known).filter(|(_, known)| known.telling > 0.0 && held & known.bit == 0);
        let mut typed: Vec<String> = lacks.map(|(word, _)| word.typed.clone()).collect();
        // `28-point` is two words, typed as one.
        typed.dedup();
        typed
    }

    /// The score of a row of an article: the less of the question they hold, the less is left of it.
    fn lifted(&self, cell: &Tally, article: u32) -> Score {
        let whole = self.articles.get(article as usize).copied().unwrap_or_default();
        let score = cell.score + whole.score;
        if self.whole <= 0.0 {
            return score;
        }
        let own = self.told(cell.bits);
        let told = own + (whole.told - own).max(0.0) * weight::HELD_BY_ARTICLE;
        score * (told / self.whole) * self.named(cell.bits, whole.words)
    }

    /// What is left where not all regions that the question names are told of. Who asks for Haiti is told
    /// little by what happened elsewhere.
    fn named(&self, row: u32, article: u32) -> f32 {
        if self.names.is_empty() {
            return 1.0;
        }
        let (mut told, mut all) = (0.0, 0.0);
        for name in &self.names {
            all += name.telling;
            let in_row = row & name.bits == name.bits || row & name.about_bit > 0;
            told += match (in_row, article & name.bits == name.bits) {
                (true, _) => name.telling,
                (false, true) => name.telling * weight::HELD_BY_ARTICLE,
                (false, false) => 0.0,
            };
        }
        let left = told / all;
        weight::UNNAMED + (1.0 - weight::UNNAMED) * left * left
    }
}

/// The articles of all rows of a kind that hold a term, some of them several times.
fn each_article(
    searcher: &Searcher,
    term: &Sought,
    wanted: Wanted,
    standing: &Standing,
    mut found: impl FnMut(u32),
) -> Result<()> {
    for ord in 0..searcher.segment_readers().len() {
        let places = standing.segment(ord);
        term.each(searcher, ord, |docs, _| {
            docs.iter().filter_map(|&doc| standing::article(places, wanted, doc)).for_each(&mut found);
        })?;
    }
    Ok(())
}

/// A segment's rows while the words are gone through.
#[derive(Default)]
struct Table {
    cells: Vec<Tally>,
    /// The rows that were touched: the first `count`.
    touched: Vec<u32>,
    count: usize,
    /// What the last word gave, where names count beside the text; means nothing in other rows.
    last: Vec<Score>,
}

impl Table {
    fn clear(&mut self, rows: u32) {
        let rows = rows as usize;
        self.touched[..self.count].iter().for_each(|&doc| self.cells[doc as usize] = Tally::default());
        self.count = 0;
        if self.cells.len() < rows {
            self.cells.resize(rows, Tally::default());
            // One more than can be touched: the place behind the last is written to, too.
            self.touched.resize(rows + 1, 0);
            self.last.resize(rows, 0.0);
        }
    }

    fn touched(&self) -> &[u32] {
        &self.touched[..self.count]
    }

    fn part(&mut self, part: &Ready, index: &Indexed, ord: usize) -> Result<()> {
        for word in &part.words {
            let bit = word.bit;
            for term in &word.text {
                if word.names.is_empty() {
                    self.each(term, index, ord, |cell, _, score| {
                        cell.bits |= bit;
                        cell.score += score;
                    })?;
                    continue;
                }
                self.each(term, index, ord, |cell, last, score| {
                    *last = if cell.bits & bit == 0 { score } else { *last + score };
                    cell.bits |= bit;
                    cell.score += score;
                })?;
            }
            for term in &word.names {
                self.each(term, index, ord, |cell, last, score| {
                    let before = if cell.bits & bit == 0 { 0.0 } else { *last };
                    cell.bits |= bit;
                    cell.score += (score - before).max(0.0);
                    *last = score.max(before);
                })?;
            }
        }
        part.about.iter().try_for_each(|(sought, score)| self.about(sought, *score, part, index, ord))?;
        match &part.other {
            Some(other) => self.other(&**other, part.other_bit, index, ord),
            None => Ok(()),
        }
    }

    /// Notes a row, the first time that something of it is found; without a branch, since nobody can tell
    /// whether it is the first.
    fn touch(&mut self, doc: u32) -> &mut Tally {
        let cell = &mut self.cells[doc as usize];
        self.touched[self.count] = doc;
        self.count += usize::from(cell.bits == 0);
        cell
    }

    /// Rows that are about a region, but do not name it so.
    fn about(
        &mut self,
        sought: &Sought,
        score: Score,
        part: &Ready,
        index: &Indexed,
        ord: usize,
    ) -> Result<()> {
        let bits = part.bits();
        sought.each(index.searcher, ord, |docs, _| {
            for &doc in docs {
                let known = self.cells[doc as usize].bits;
                if known & bits != bits && known & part.about_bit == 0 {
                    let cell = self.touch(doc);
                    cell.bits |= part.about_bit;
                    cell.score += score;
                }
            }
        })
    }

    fn other(&mut self, weight: &dyn Weight, bit: u32, index: &Indexed, ord: usize) -> Result<()> {
        let mut scorer = weight.scorer(&index.searcher.segment_readers()[ord], 1.0)?;
        let mut doc = scorer.doc();
        while doc != TERMINATED {
            let score = scorer.score();
            let cell = self.touch(doc);
            cell.bits |= bit;
            cell.score += score;
            doc = scorer.advance();
        }
        Ok(())
    }

    /// BM25 of every row that holds a term.
    fn each(
        &mut self,
        term: &Weighed,
        index: &Indexed,
        ord: usize,
        mut add: impl FnMut(&mut Tally, &mut Score, f32),
    ) -> Result<()> {
        let norms = index.norms(term.lengths);
        let lengths = index.searcher.segment_readers()[ord].get_fieldnorms_reader(term.lengths)?;
        term.sought.each(index.searcher, ord, |docs, counts| {
            for (&doc, &n) in docs.iter().zip(counts) {
                let n = n as f32;
                let score = term.weight * n / (n + norms[usize::from(lengths.fieldnorm_id(doc))]);
                let cell = &mut self.cells[doc as usize];
                self.touched[self.count] = doc;
                self.count += usize::from(cell.bits == 0);
                add(cell, &mut self.last[doc as usize], score);
            }
        })
    }
}
