//! Articles ranked whole, by what they say of a question.
//!
//! - BM25F over headline and body (Robertson, Zaragoza and Taylor 2004): words of the headline count
//!   [`weight::WHOLE_TITLE`] times in frequency and in length. What a body holds is added up from its
//!   passages, which stand behind their article's own row: no word is indexed once more for it.
//! - Words that a question repeats count more, up to `k3 + 1` times.
//! - Neighbours in the question that are neighbours in the article lift it (the sequential dependence of
//!   Metzler and Croft 2005, with BM25 in place of language models).
//! - The question is widened with what its best articles are about (Rocchio's feedback over their weighted
//!   word vectors, unjudged). The articles weigh by a high power of their score: where one article stands out, as for
//!   a headline that was typed, only that one is listened to, and nothing is lost; where many are alike, all are.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;
use tantivy::error::DataCorruption;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings, TermInfo};
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{DocAddress, DocSet, Searcher, TantivyDocument, TantivyError};

use super::schema::Fields;
use super::sought::{Key, Sought};
use super::standing::{self, Standing};
use super::{Wanted, analyse, inflect, weight};
use crate::lang::english::is_stopword;

/// A question as stems with weights, and which of them stood side by side.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Question {
    stems: Vec<(String, f32)>,
    pairs: Vec<(String, String)>,
    common: bool,
}

impl Question {
    /// Reads a text as plain words; the most common ones are left out as long as others remain.
    pub fn new(text: &str) -> Question {
        let mut words = analyse::both(text);
        let common = words.iter().all(|(exact, _)| is_stopword(exact));
        words.retain(|(exact, _)| common || !is_stopword(exact));
        let kept: Vec<String> = words.into_iter().map(|(_, stem)| stem).collect();
        let mut counts: BTreeMap<&str, f32> = BTreeMap::new();
        kept.iter().for_each(|stem| *counts.entry(stem).or_default() += 1.0);
        let k3 = weight::K3;
        let stems =
            counts.into_iter().map(|(stem, n)| (stem.to_string(), n * (k3 + 1.0) / (n + k3))).collect();
        let mut pairs: Vec<(String, String)> = Vec::new();
        for pair in kept.windows(2).filter(|pair| pair[0] != pair[1]) {
            pairs.push((pair[0].clone(), pair[1].clone()));
        }
        Question { stems, pairs, common }
    }

    /// True when there is no word to look for.
    pub fn is_empty(&self) -> bool {
        self.stems.is_empty()
    }

    /// True when it holds nothing but the most common words, which then count.
    pub fn is_of_common_words(&self) -> bool {
        self.common
    }

    /// Its stems, each with its weight.
    pub fn stems(&self) -> &[(String, f32)] {
        &self.stems
    }

    fn mass(&self) -> f32 {
        self.stems.iter().map(|(_, n)| n).sum()
    }
}

/// An article that was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scored {
    /// Its number in [`Standing`].
    pub article: u32,
    pub score: f32,
}

/// The articles that hold a stem, by their numbers, and how often each does.
pub(super) struct Held(Vec<(u32, f32)>);

impl Held {
    /// True when no article does.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The articles of an index, with the statistics that ranking needs.
pub(super) struct Articles<'s> {
    searcher: &'s Searcher,
    fields: &'s Fields,
    standing: &'s Standing,
    number: f32,
    /// Mean length in words.
    length: f32,
    /// See [`Articles::rarity`].
    rarities: RefCell<HashMap<String, (f32, f32)>>,
}

type Result<T> = tantivy::Result<T>;

impl<'s> Articles<'s> {
    pub fn new(searcher: &'s Searcher, fields: &'s Fields, standing: &'s Standing) -> Articles<'s> {
        let number = standing.articles() as f32;
        let words: u64 = standing.lengths().iter().map(|&words| u64::from(words)).sum();
        let length = (words as f32 / number.max(1.0)).max(1.0);
        Articles { searcher, fields, standing, number, length, rarities: RefCell::default() }
    }

    /// All articles that hold a word of the question, best first.
    pub fn rank(&self, question: &Question, widen: bool) -> Result<Vec<Scored>> {
        let mut first = self.scores(&question.stems)?;
        self.lift_neighbours(question, 1.0, &mut first)?;
        if !widen || first.is_empty() {
            return Ok(first);
        }
        let share = trust(&first) * weight::FEEDBACK;
        let added = if share > 0.0 { self.about(&first)? } else { Vec::new() };
        if added.is_empty() {
            return Ok(first);
        }
        let own = (1.0 - share) / question.mass();
        let mut wider: BTreeMap<String, f32> =
            question.stems.iter().map(|(stem, n)| (stem.clone(), n * own)).collect();
        for (stem, part) in added {
            *wider.entry(stem).or_default() += part * share;
        }
        let mut second = self.scores(&wider.into_iter().collect::<Vec<_>>())?;
        self.lift_neighbours(question, own, &mut second)?;
        Ok(second)
    }

    /// The telling words of an article, and all articles that hold any of them, best first.
    pub fn like(&self, address: DocAddress) -> Result<(Vec<String>, Vec<Scored>)> {
        let vector = self.vector(address)?.into_iter().collect();
        let telling = self.telling(vector, weight::LIKE_WORDS)?;
        let told = self.told(address)?;
        let text = format!("{}\n{}", told.title, told.body);
        let mut written: HashMap<String, &str> = HashMap::new();
        for term in analyse::terms(&mut analyse::stemmed(), &text) {
            written.entry(term.text).or_insert(&text[term.start..term.end]);
        }
        let words = telling.iter().filter_map(|(stem, _)| written.get(stem.as_str()));
        Ok((words.map(|word| word.to_string()).collect(), self.scores(&telling)?))
    }

    /// BM25 of every article that holds a stem; stems come with their weights.
    pub fn scores(&self, stems: &[(String, f32)]) -> Result<Vec<Scored>> {
        let mut scores = vec![0.0; self.standing.articles()];
        let mut touched = Vec::new();
        for (stem, n) in stems {
            let held = self.held(stem)?;
            let weight = n * self.telling_of(&held);
            self.each(&held, |article, part| {
                let score = &mut scores[article as usize];
                if *score == 0.0 {
                    touched.push(article);
                }
                *score += weight * part;
            });
        }
        let scored = |article: u32| Scored { article, score: scores[article as usize] };
        let mut found: Vec<Scored> = touched.into_iter().map(scored).collect();
        best_first(&mut found);
        Ok(found)
    }

    /// The articles that hold a stem in headline or body.
    pub fn held(&self, stem: &str) -> Result<Held> {
        let title = Key::text(self.fields.title, stem);
        let body = Key::Stem(self.fields.passages.exact, stem.to_string());
        self.held_by(&Sought::of(self.searcher, &body)?, &Sought::of(self.searcher, &title)?)
    }

    /// As [`Articles::held`], of terms that were looked up.
    pub fn held_by(&self, body: &Sought, title: &Sought) -> Result<Held> {
        let mut held = Vec::with_capacity((body.rows as usize).min(self.standing.articles()));
        for segment in 0..self.searcher.segment_readers().len() {
            let from = held.len();
            self.rows(title, segment, standing::own_row, |article, n| {
                held.push((article, n * (weight::WHOLE_TITLE - 1) as f32));
            })?;
            let (mut at, headlines) = (from, held.len());
            let passage = |rows: &[u32], doc| standing::article(rows, Wanted::Passages, doc);
            self.rows(body, segment, passage, |article, n| {
                while at < headlines && held[at].0 < article {
                    at += 1;
                }
                let known =
                    if at < headlines && held[at].0 == article { held.get_mut(at) } else { held.last_mut() };
                match known {
                    Some((known, sum)) if *known == article => *sum += n,
                    _ => held.push((article, n)),
                }
            })?;
        }
        Ok(Held(held))
    }

    /// The rows of a kind in a segment that hold a term, each by the number of its article, and how often.
    fn rows(
        &self,
        term: &Sought,
        segment: usize,
        article: impl Fn(&[u32], u32) -> Option<u32>,
        mut found: impl FnMut(u32, f32),
    ) -> Result<()> {
        let rows = self.standing.segment(segment);
        term.each(self.searcher, segment, |docs, counts| {
            for (&doc, &n) in docs.iter().zip(counts) {
                if let Some(article) = article(rows, doc) {
                    found(article, n as f32);
                }
            }
        })
    }

    /// What a word of headlines gives to the rows of their articles.
    pub fn headlined(&self, title: &Sought, mut found: impl FnMut(u32, f32)) -> Result<()> {
        let most = inverse(self.number, title.rows) * weight::ROW_MOST;
        let norms = norms(self.searcher, self.fields.title, self.number)?;
        for (ord, segment) in self.searcher.segment_readers().iter().enumerate() {
            let rows = self.standing.segment(ord);
            let lengths = segment.get_fieldnorms_reader(self.fields.title)?;
            title.each(self.searcher, ord, |docs, counts| {
                for (&doc, &n) in docs.iter().zip(counts) {
                    if let Some(article) = standing::own_row(rows, doc) {
                        let n = n as f32;
                        found(article, most * n / (n + norms[usize::from(lengths.fieldnorm_id(doc))]));
                    }
                }
            })?;
        }
        Ok(())
    }

    /// How telling a stem is.
    pub fn telling_of(&self, held: &Held) -> f32 {
        inverse(self.number, held.0.len() as f32)
    }

    /// What a stem gives to each article that holds it, before it is weighed.
    pub fn each(&self, held: &Held, mut found: impl FnMut(u32, f32)) {
        let lengths = self.standing.lengths();
        for &(article, n) in &held.0 {
            let k = saturation(lengths[article as usize] as f32, self.length);
            found(article, n * (weight::K1 + 1.0) / (n + k));
        }
    }

    /// How rare a stem is, by the rows that hold its words: near enough to that by articles, and cheap.
    fn rarity(&self, stem: &str) -> Result<(f32, f32)> {
        if let Some(known) = self.rarities.borrow().get(stem) {
            return Ok(*known);
        }
        let mut holders = 0.0;
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(self.fields.passages.exact)?;
            let words = inflect::words(index.terms(), stem)?;
            holders += words.iter().map(|(_, info)| info.doc_freq as f32).sum::<f32>();
        }
        let rarity = (holders, inverse(self.searcher.num_docs() as f32, holders));
        self.rarities.borrow_mut().insert(stem.to_string(), rarity);
        Ok(rarity)
    }

    /// Lifts the first articles where neighbours of the question are neighbours, too.
    fn lift_neighbours(&self, question: &Question, scale: f32, found: &mut [Scored]) -> Result<()> {
        if question.pairs.is_empty() {
            return Ok(());
        }
        let first = found.len().min(weight::NEIGHBOURS_IN);
        let head = &mut found[..first];
        let places = self.places(question, head)?;
        let idf: HashMap<&str, f32> = places
            .keys()
            .map(|stem| Ok((*stem, self.telling_of(&self.held(stem)?))))
            .collect::<Result<_>>()?;
        let lengths = self.standing.lengths();
        for (at, article) in head.iter_mut().enumerate() {
            let k = 1.2 * (0.7 + 0.3 * lengths[article.article as usize] as f32 / self.length);
            for (left, right) in &question.pairs {
                let (Some(a), Some(b)) = (places[left.as_str()].get(&at), places[right.as_str()].get(&at))
                else {
                    continue;
                };
                let rarer = idf[left.as_str()].min(idf[right.as_str()]);
                let (ordered, near) = neighbours(a, b);
                let saturated = |n: f32| 2.2 * n / (n + k);
                article.score += scale
                    * rarer
                    * (weight::SIDE_BY_SIDE * saturated(ordered) + weight::NEAR_BY * saturated(near));
            }
        }
        best_first(head);
        Ok(())
    }

    /// Where each stem of a pair stands in each of the articles, by the articles' place in the list.
    fn places<'q>(
        &self,
        question: &'q Question,
        articles: &[Scored],
    ) -> Result<HashMap<&'q str, HashMap<usize, Vec<u64>>>> {
        let mut order: Vec<(usize, DocAddress)> =
            articles.iter().enumerate().map(|(at, one)| (at, self.standing.row(one.article))).collect();
        order.sort_unstable_by_key(|&(_, row)| row);
        let stems: HashSet<&str> =
            question.pairs.iter().flat_map(|(a, b)| [a.as_str(), b.as_str()]).collect();
        let mut places = HashMap::new();
        for stem in stems {
            let mut found = HashMap::new();
            self.places_in(self.fields.title, stem, &order, &mut found)?;
            self.places_in(self.fields.passages.exact, stem, &order, &mut found)?;
            found.values_mut().for_each(|places| places.sort_unstable());
            places.insert(stem, found);
        }
        Ok(places)
    }

    /// Adds where a stem stands in headlines or bodies: in a headline as often as it counts. Passages stand so
    /// far apart that no word is near one of another.
    fn places_in(
        &self,
        field: Field,
        stem: &str,
        articles: &[(usize, DocAddress)],
        found: &mut HashMap<usize, Vec<u64>>,
    ) -> Result<()> {
        let headline = field == self.fields.title;
        for group in articles.chunk_by(|(_, a), (_, b)| a.segment_ord == b.segment_ord) {
            let ord = group[0].1.segment_ord;
            let index = self.searcher.segment_reader(ord).inverted_index(field)?;
            let words: Vec<TermInfo> = match headline {
                true => index.terms().get(stem)?.into_iter().collect(),
                false => inflect::words(index.terms(), stem)?.into_iter().map(|(_, info)| info).collect(),
            };
            for word in &words {
                let positions = IndexRecordOption::WithFreqsAndPositions;
                let postings = index.read_postings_from_terminfo(word, positions)?;
                self.places_of(postings, headline, group, found);
            }
        }
        Ok(())
    }

    /// The same for one word of one segment.
    fn places_of(
        &self,
        mut postings: SegmentPostings,
        headline: bool,
        articles: &[(usize, DocAddress)],
        found: &mut HashMap<usize, Vec<u64>>,
    ) {
        let repeats = weight::WHOLE_TITLE as u64 - 1;
        let (before, times) = if headline { (0, repeats) } else { (repeats, 1) };
        let mut here = Vec::new();
        for (at, row) in articles {
            let rows = match headline {
                true => row.doc_id..row.doc_id + 1,
                false => standing::passages(self.standing.segment(row.segment_ord as usize), row.doc_id),
            };
            if postings.doc() < rows.start {
                postings.seek(rows.start);
            }
            while postings.doc() < rows.end {
                postings.positions(&mut here);
                let passage = u64::from(postings.doc() - rows.start);
                let places: &mut Vec<u64> = found.entry(*at).or_default();
                for time in 0..times {
                    let from = (before + passage + time) << 32;
                    places.extend(here.iter().map(|&place| from | u64::from(place)));
                }
                postings.advance();
            }
        }
    }

    /// What the first articles are about: stems with weights that add up to 1.
    fn about(&self, found: &[Scored]) -> Result<Vec<(String, f32)>> {
        let best = found.first().map_or(0.0, |article| article.score);
        if best <= 0.0 {
            return Ok(Vec::new());
        }
        let mut sum: HashMap<String, f32> = HashMap::new();
        for article in found.iter().take(weight::FEEDBACK_ARTICLES) {
            let share = (article.score / best).powf(weight::FEEDBACK_SHARPNESS);
            for (stem, part) in self.vector(self.standing.row(article.article))? {
                *sum.entry(stem).or_default() += part * share;
            }
        }
        self.telling(sum, weight::FEEDBACK_WORDS)
    }

    /// The heaviest stems of a vector, as weights in a question, that add up to 1.
    fn telling(&self, vector: HashMap<String, f32>, most: usize) -> Result<Vec<(String, f32)>> {
        let mut list: Vec<(String, f32)> = vector.into_iter().collect();
        list.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        list.truncate(most);
        for (stem, part) in &mut list {
            *part /= self.telling_of(&self.held(stem)?);
        }
        let total: f32 = list.iter().map(|(_, part)| part).sum();
        list.iter_mut().for_each(|(_, part)| *part /= total);
        Ok(list)
    }

    /// An article's stems with their BM25 weights, as a vector of length 1; without what hardly any other
    /// article has, and what too many have.
    fn vector(&self, address: DocAddress) -> Result<Vec<(String, f32)>> {
        let stems = self.stems(address)?;
        let length: f32 = stems.values().sum();
        let k = saturation(length, self.length);
        let most = self.searcher.num_docs() as f32 * weight::COMMON + 20.0;
        let mut vector = Vec::new();
        let mut square = 0.0;
        for (stem, n) in stems {
            let (holders, rarity) = self.rarity(&stem)?;
            let part = rarity * n * (weight::K1 + 1.0) / (n + k);
            square += part * part;
            if holders >= 2.0 && holders <= most {
                vector.push((stem, part));
            }
        }
        let norm = square.sqrt().max(f32::MIN_POSITIVE);
        vector.iter_mut().for_each(|(_, part)| *part /= norm);
        Ok(vector)
    }

    /// How often an article has each stem; the headline counts as in the index.
    fn stems(&self, address: DocAddress) -> Result<HashMap<String, f32>> {
        let told = self.told(address)?;
        let mut counts = HashMap::new();
        let mut analyzer = analyse::stemmed();
        for (text, n) in [(&told.title, weight::WHOLE_TITLE as f32), (&told.body, 1.0)] {
            for term in analyse::terms(&mut analyzer, text) {
                *counts.entry(term.text).or_default() += n;
            }
        }
        Ok(counts)
    }

    fn told(&self, address: DocAddress) -> Result<Words> {
        let stored: TantivyDocument = self.searcher.doc(address)?;
        let json = stored.get_first(self.fields.json).and_then(|value| value.as_str()).unwrap_or_default();
        let told: Told = serde_json::from_str(json)
            .map_err(|error| TantivyError::DataCorruption(DataCorruption::comment_only(error.to_string())))?;
        Ok(told.article)
    }
}

/// What of a stored document is needed here.
#[derive(Deserialize)]
struct Told {
    article: Words,
}

#[derive(Deserialize)]
struct Words {
    title: String,
    body: String,
}

/// Inverse document frequency that is never negative.
pub(super) fn inverse(number: f32, holders: f32) -> f32 {
    (1.0 + (number - holders + 0.5).max(0.0) / (holders + 0.5)).ln()
}

/// How many words a field holds in all of its rows.
pub(super) fn tokens(searcher: &Searcher, field: Field) -> Result<u64> {
    let mut tokens = 0;
    for segment in searcher.segment_readers() {
        tokens += segment.inverted_index(field)?.total_num_tokens();
    }
    Ok(tokens)
}

/// What lengths do to the weight of a word of a field of so many rows, by the index's own rounding of lengths.
pub(super) fn norms(searcher: &Searcher, field: Field, rows: f32) -> Result<[f32; 256]> {
    let average = (tokens(searcher, field)? as f32 / rows.max(1.0)).max(1.0);
    Ok(std::array::from_fn(|id| {
        let length = FieldNormReader::id_to_fieldnorm(id as u8) as f32;
        weight::ROW_K1 * (1.0 - weight::ROW_B + weight::ROW_B * length / average)
    }))
}

fn saturation(length: f32, average: f32) -> f32 {
    weight::K1 * (1.0 - weight::B + weight::B * length / average)
}

/// How far the best articles are to be listened to, from 0 to 1: the more alike their scores, the more.
fn trust(found: &[Scored]) -> f32 {
    let score = |at: usize| found.get(at).map_or(0.0, |article| article.score);
    (weight::FEEDBACK_EVENNESS * score(weight::FEEDBACK_ARTICLES - 1) / score(0).max(f32::MIN_POSITIVE))
        .min(1.0)
}

fn best_first(found: &mut [Scored]) {
    found.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.article.cmp(&b.article)));
}

/// How often `b` follows `a` at once, and how often it stands near by.
fn neighbours(a: &[u64], b: &[u64]) -> (f32, f32) {
    let ordered = a.iter().filter(|&&at| b.binary_search(&(at + 1)).is_ok()).count();
    let near = |&&at: &&u64| {
        let first = b.partition_point(|&other| other < at.saturating_sub(weight::WINDOW));
        b.get(first).is_some_and(|&other| other <= at + weight::WINDOW)
    };
    (ordered as f32, a.iter().filter(near).count() as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_words_weigh_more_and_common_ones_go() {
        let question = Question::new("What of the computer, the computer and music?");
        let k3 = weight::K3;
        assert_eq!(
            question.stems,
            [("comput".to_string(), 2.0 * (k3 + 1.0) / (2.0 + k3)), ("music".to_string(), 1.0)]
        );
        assert_eq!(question.pairs, [("comput".to_string(), "music".to_string())]);
        assert_eq!(Question::new("who is it").stems.len(), 3, "a question of common words alone keeps them");
        assert!(Question::new("?!").is_empty());
    }

    #[test]
    fn neighbours_are_counted_in_order_and_near() {
        assert_eq!(neighbours(&[1, 20], &[2, 30]), (1.0, 1.0));
        assert_eq!(neighbours(&[5], &[1]), (0.0, 1.0));
        assert_eq!(neighbours(&[50], &[1]), (0.0, 0.0));
    }

    #[test]
    fn a_word_in_every_article_still_counts_for_a_little() {
        assert!(inverse(10.0, 10.0) > 0.0);
        assert!(inverse(10.0, 1.0) > inverse(10.0, 5.0));
    }
}
