//! A query turned into the engine's own: what must match, and what each match weighs.

use std::collections::HashMap;
use std::ops::Bound;
use std::sync::Arc;

use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, Occur, PhraseQuery,
    Query as TantivyQuery, RangeQuery, TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::analyse;
use super::article::Question;
use super::at_least::AtLeastQuery;
use super::bag::{Bag, Part, Word};
use super::near::{PatternQuery, SpreadQuery};
use super::pattern::{self, Compiled, Leaf, Pattern};
use super::schema::{Fields, WordFields};
use super::sought::Key;
use super::sought_query::SoughtQuery;
use super::within::WithinQuery;
use super::{Places, Wanted, weight};
use crate::document::{Grade, QuoteKind, RegionId};
use crate::lang::english::is_stopword;
use crate::query::{Expr, Filter, Query, Sought};

type Boxed = Box<dyn TantivyQuery>;

/// Builds the engine's query.
pub fn plan(fields: &Fields, wanted: Wanted, query: &Query<Places>) -> Boxed {
    let planner = Planner::new(fields, wanted, query);
    let row = planner.term(fields.row, wanted.row());
    let mut clauses = vec![(Occur::Must, unscored(row))];
    if let Some(expr) = &query.expr {
        match expr {
            Expr::Not(inner) => clauses.push((Occur::MustNot, planner.expr(inner))),
            other => clauses.push((Occur::Must, planner.expr(other))),
        }
    }
    Box::new(BooleanQuery::new(clauses))
}

/// The query as plain words, where there is one list of them.
pub(super) fn bag(fields: &Fields, wanted: Wanted, query: &Query<Places>) -> Option<Bag> {
    let expr = query.expr.as_ref()?;
    let planner = Planner::new(fields, wanted, query);
    let plain = |expr: &&Expr<Places>| matches!(expr, Expr::Word(_) | Expr::Place(..) | Expr::Any(_));
    match expr {
        Expr::And(list) if list.iter().filter(plain).count() == 1 => {
            let (words, rest): (Vec<_>, Vec<_>) = list.iter().partition(plain);
            let rest: Vec<Expr<Places>> = rest.into_iter().cloned().collect();
            let all = Expr::And(list.clone());
            let parts = planner.parts(words.first()?, &plain_text(&all));
            Some(Bag { parts, conditions: Some(planner.and(&rest)) })
        }
        expr if plain(&expr) => Some(Bag { parts: planner.parts(expr, &plain_text(expr)), conditions: None }),
        _ => None,
    }
}

/// The grade that `AboutMin` asks for, wherever it stands.
fn weakest(expr: Option<&Expr<Places>>) -> Option<Grade> {
    match expr? {
        Expr::Filter(Filter::AboutMin(grade)) => Some(*grade),
        Expr::And(list) => list.iter().find_map(|expr| weakest(Some(expr))),
        _ => None,
    }
}

fn unscored(query: Boxed) -> Boxed {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

fn boosted(query: Boxed, boost: f32) -> Boxed {
    Box::new(BoostQuery::new(query, boost))
}

fn any(list: Vec<Boxed>) -> Boxed {
    match list.len() {
        0 => Box::new(EmptyQuery),
        _ => Box::new(BooleanQuery::new(list.into_iter().map(|query| (Occur::Should, query)).collect())),
    }
}

fn all(list: Vec<Boxed>) -> Boxed {
    match list.len() {
        0 => Box::new(EmptyQuery),
        _ => Box::new(BooleanQuery::new(list.into_iter().map(|query| (Occur::Must, query)).collect())),
    }
}

/// The region whose evidence orders what fits all else, and the weakest evidence that counts: of such a query
/// the rows are found first, and graded then. There are far fewer of them than quotes about a country.
pub(super) fn graded_late(wanted: Wanted, query: &Query<Places>) -> Option<(&Places, Grade)> {
    let expr = query.expr.as_ref().filter(|_| wanted == Wanted::Quotes)?;
    let list = if let Expr::And(list) = expr { list.as_slice() } else { std::slice::from_ref(expr) };
    let mut regions = list.iter().filter_map(|part| match part {
        Expr::Filter(Filter::About(places)) if !places.ids.is_empty() => Some(places),
        _ => None,
    });
    let only = regions.next()?;
    let more = list.iter().map(abouts).sum::<usize>() > 1;
    (!more).then(|| (only, weakest(Some(expr)).unwrap_or(Grade::Dateline)))
}

/// How many conditions on regions there are.
fn abouts(expr: &Expr<Places>) -> usize {
    match expr {
        Expr::Filter(Filter::About(_)) => 1,
        Expr::And(list) | Expr::Or(list) | Expr::Any(list) => list.iter().map(abouts).sum(),
        Expr::Not(inner) | Expr::Boost(inner, _) => abouts(inner),
        _ => 0,
    }
}

/// The term of quotes whose evidence for a region reaches a grade.
pub(super) fn graded(fields: &Fields, grade: Grade, id: RegionId) -> Term {
    Term::from_field_text(fields.graded, &format!("{}:{}", grade.name(), id.0))
}

struct Planner<'f> {
    fields: &'f Fields,
    wanted: Wanted,
    /// The words of what is wanted.
    words: WordFields,
    grade: Option<Grade>,
    /// The evidence for a region is weighed afterwards.
    late: bool,
}

impl<'f> Planner<'f> {
    fn new(fields: &'f Fields, wanted: Wanted, query: &Query<Places>) -> Planner<'f> {
        let late = graded_late(wanted, query).is_some();
        Planner { fields, wanted, words: fields.words(wanted), grade: weakest(query.expr.as_ref()), late }
    }

    fn term(&self, field: Field, word: &str) -> Boxed {
        Box::new(TermQuery::new(Term::from_field_text(field, word), IndexRecordOption::WithFreqs))
    }

    /// A stem by the rules of another language.
    fn own(&self, stem: &str) -> Boxed {
        self.words_of(Key::text(self.words.own, stem))
    }

    fn words_of(&self, key: Key) -> Boxed {
        Box::new(SoughtQuery { key, lengths: self.words.exact })
    }

    /// Any word of a stem.
    fn stem(&self, stem: &str) -> Boxed {
        self.words_of(Key::Stem(self.words.exact, stem.to_string()))
    }

    fn expr(&self, expr: &Expr<Places>) -> Boxed {
        match expr {
            Expr::Word(word) => self.word(word),
            Expr::Place(words, places) => {
                let words = words.iter().map(|word| self.word(word));
                let about = self.about_terms(places).into_iter().map(|term| {
                    let term: Boxed = Box::new(TermQuery::new(term, IndexRecordOption::Basic));
                    boosted(term, weight::NAMED)
                });
                any(words.chain(about).collect())
            }
            Expr::Exact(word) => self.phrase(std::slice::from_ref(word)),
            Expr::Prefix(_) | Expr::Wildcard(_) | Expr::Fuzzy(..) | Expr::Regex(_) => {
                boosted(self.pattern(expr), weight::LOOSE)
            }
            Expr::Phrase(words) => boosted(self.phrase(words), weight::PHRASE),
            Expr::Near { .. } => boosted(self.pattern(expr), weight::PHRASE),
            Expr::AtLeast(times, inner) => self.at_least(*times, inner),
            Expr::Boost(inner, times) => boosted(self.expr(inner), *times),
            Expr::And(list) => self.and(list),
            Expr::Or(list) | Expr::Any(list) => any(list.iter().map(|expr| self.expr(expr)).collect()),
            Expr::Not(inner) => self.and(&[Expr::Not(inner.clone())]),
            Expr::Filter(filter) => self.filter(filter),
        }
    }

    fn and(&self, list: &[Expr<Places>]) -> Boxed {
        let mut clauses: Vec<(Occur, Boxed)> = list
            .iter()
            .filter(|expr| !matches!(expr, Expr::Filter(Filter::AboutMin(_))))
            .map(|expr| match expr {
                Expr::Not(inner) => (Occur::MustNot, self.expr(inner)),
                other => (Occur::Must, self.expr(other)),
            })
            .collect();
        if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
            clauses.push((Occur::Must, unscored(Box::new(AllQuery))));
        }
        Box::new(BooleanQuery::new(clauses))
    }

    /// The alternatives that plain words are; `text` is all that the query looks for.
    fn parts(&self, expr: &Expr<Places>, text: &str) -> Vec<Part> {
        let list = match expr {
            Expr::Any(list) => list.as_slice(),
            other => std::slice::from_ref(other),
        };
        let common = Question::new(text).is_of_common_words();
        let mut parts: Vec<Part> = Vec::new();
        let mut known: HashMap<&str, (usize, f32)> = HashMap::new();
        for expr in list {
            if let Expr::Word(word) = expr {
                let (at, count) = known.entry(word).or_insert((parts.len(), 0.0));
                *count += 1.0;
                if let Some(part) = parts.get_mut(*at) {
                    part.times = *count * (weight::K3 + 1.0) / (*count + weight::K3);
                    continue;
                }
            }
            parts.push(self.part(expr, 1.0, common));
        }
        parts
    }

    fn part(&self, expr: &Expr<Places>, times: f32, common: bool) -> Part {
        let words = |words: &[String], with_text| {
            words.iter().flat_map(|word| self.forms(word, with_text, common)).collect()
        };
        let part = |words, about, other| Part { words, times, about, other };
        match expr {
            Expr::Boost(inner, more) => self.part(inner, times * more, common),
            Expr::Word(word) => {
                let forms: Vec<Word> = words(std::slice::from_ref(word), true);
                // `28-point` is two words side by side.
                let other = (forms.len() > 1).then(|| boosted(self.word(word), times));
                match other {
                    None => part(forms, Vec::new(), None),
                    other => part(words(std::slice::from_ref(word), false), Vec::new(), other),
                }
            }
            Expr::Place(list, places) => part(words(list, true), self.about_terms(places), None),
            Expr::Exact(word) => {
                let other = boosted(self.expr(expr), times);
                part(words(std::slice::from_ref(word), false), Vec::new(), Some(other))
            }
            Expr::Phrase(list) => part(words(list, false), Vec::new(), Some(boosted(self.expr(expr), times))),
            other => part(Vec::new(), Vec::new(), Some(boosted(self.expr(other), times))),
        }
    }

    /// A word in each of its forms; without its text it only lifts. `common`: even the most common count.
    fn forms(&self, word: &str, with_text: bool, common: bool) -> Vec<Word> {
        let words = analyse::both(word);
        let one = words.len() == 1;
        let form = |(exact, stem): (String, String)| {
            let mut text = Vec::new();
            let mut names = Vec::new();
            if with_text {
                text.push((Key::Stem(self.words.exact, stem.clone()), weight::BODY));
                if one {
                    let foreign = analyse::foreign_stems(&self.fields.languages, word);
                    names.extend(foreign.iter().map(|stem| (Key::text(self.words.own, stem), weight::BODY)));
                }
                text.push((Key::text(self.words.exact, &exact), weight::EXACT));
            }
            if with_text && self.wanted == Wanted::Quotes {
                names.push((Key::text(self.fields.speaker, &exact), weight::NAME));
                names.push((Key::text(self.fields.addressee, &exact), weight::NAME / 2.0));
            }
            let counts = common || !is_stopword(&exact);
            let title = Key::text(self.fields.title, &stem);
            Word { typed: word.to_string(), stem: counts.then_some(stem), text, names, title }
        };
        words.into_iter().map(form).collect()
    }

    /// Terms of rows that are about these places.
    fn about_terms(&self, places: &Places) -> Vec<Term> {
        let term = |id: &RegionId| match self.wanted {
            Wanted::Passages => Term::from_field_text(self.fields.region, &id.0.to_string()),
            Wanted::Quotes => graded(self.fields, Grade::Sentence, *id),
        };
        places.ids.iter().map(term).collect()
    }

    /// A word in any of its forms; the form that was typed weighs more.
    fn word(&self, word: &str) -> Boxed {
        let stems = analyse::terms(&mut analyse::stemmed(), word);
        let exact = analyse::terms(&mut analyse::exact(), word);
        let body = match stems.as_slice() {
            [] => return Box::new(EmptyQuery),
            [stem] => self.stem(&stem.text),
            // `28-point` is two words side by side.
            _ => self.pattern(&Expr::Word(word.to_string())),
        };
        let mut forms = vec![boosted(body, weight::BODY)];
        if let [exact] = exact.as_slice() {
            forms.push(boosted(self.term(self.words.exact, &exact.text), weight::EXACT));
        }
        let foreign = analyse::foreign_stems(&self.fields.languages, word);
        let foreign = foreign.iter().map(|stem| boosted(self.own(stem), weight::BODY));
        // In a text of another language a word stands as either: that counts once.
        let text = best([any(forms)].into_iter().chain(foreign).collect());
        let [name] = exact.as_slice() else { return text };
        match self.wanted {
            Wanted::Passages => text,
            Wanted::Quotes => Box::new(DisjunctionMaxQuery::new(vec![
                text,
                boosted(self.term(self.fields.speaker, &name.text), weight::NAME),
                boosted(self.term(self.fields.addressee, &name.text), weight::NAME / 2.0),
            ])),
        }
    }

    fn phrase(&self, words: &[String]) -> Boxed {
        self.phrase_in(self.words.exact, &words.join(" "))
    }

    fn phrase_in(&self, field: Field, words: &str) -> Boxed {
        let terms = analyse::terms(&mut analyse::exact(), words);
        match terms.as_slice() {
            [] => Box::new(EmptyQuery),
            [only] => self.term(field, &only.text),
            several => Box::new(PhraseQuery::new(
                several.iter().map(|term| Term::from_field_text(field, &term.text)).collect(),
            )),
        }
    }

    /// Words by their shape, and words near each other.
    fn pattern(&self, expr: &Expr<Places>) -> Boxed {
        let Some(compiled) = pattern::compile(expr) else { return Box::new(EmptyQuery) };
        match (&compiled.pattern, compiled.leaves.as_slice()) {
            (Pattern::Leaf(_), [leaf]) if !matches!(leaf, Leaf::Stem(_)) => {
                Box::new(SpreadQuery { field: self.words.exact, leaf: leaf.clone() })
            }
            _ => Box::new(self.placed(compiled)),
        }
    }

    fn placed(&self, compiled: Compiled) -> PatternQuery {
        PatternQuery { fields: self.words, compiled: Arc::new(compiled) }
    }

    fn at_least(&self, times: u32, inner: &Expr<Places>) -> Boxed {
        let Some(compiled) = pattern::compile(inner) else { return Box::new(EmptyQuery) };
        let passage = Term::from_field_text(self.fields.row, "passage");
        let pattern = PatternQuery { fields: self.fields.passages, compiled: Arc::new(compiled) };
        Box::new(AtLeastQuery { pattern, times, passage })
    }

    fn filter(&self, filter: &Filter<Places>) -> Boxed {
        match filter {
            Filter::About(places) => self.about(places),
            Filter::AboutMin(_) => unscored(Box::new(AllQuery)),
            Filter::By(name) => unscored(self.named(self.fields.speaker, name)),
            Filter::To(name) => unscored(self.named(self.fields.addressee, name)),
            Filter::Person(sought) => unscored(self.people(sought)),
            Filter::Kind(kinds) => unscored(any(kinds.iter().map(|kind| self.kind(*kind)).collect())),
            Filter::Cue(cue) => unscored(self.term(self.fields.cue, cue)),
            Filter::Source(name) => unscored(self.named(self.fields.source, name)),
            Filter::Since(day) => unscored(self.days(Bound::Included(number(*day)), Bound::Unbounded)),
            Filter::Until(day) => unscored(self.days(Bound::Unbounded, Bound::Included(number(*day)))),
            Filter::Lang(code) => unscored(self.term(self.fields.language, code)),
            Filter::Author(name) => unscored(self.named(self.fields.author, name)),
            Filter::Within(words) => unscored(self.within(words)),
            Filter::Title(words) => unscored(self.title(words)),
            Filter::Article(id) => unscored(self.term(self.fields.article, id)),
        }
    }

    fn people(&self, sought: &Sought) -> Boxed {
        let (words, keys) = match sought.hear {
            true => (self.fields.addressee, self.fields.by_addressee),
            false => (self.fields.speaker, self.fields.by_speaker),
        };
        let terms = sought.keys.iter().map(|key| Term::from_field_text(keys, key));
        let keyed: Boxed = Box::new(TermSetQuery::new(terms));
        if sought.only { keyed } else { any(vec![self.named(words, &sought.typed), keyed]) }
    }

    fn kind(&self, kind: QuoteKind) -> Boxed {
        self.term(self.fields.quote, kind.name())
    }

    /// All words of a name, in any order; `Zelensk*` is any that begins so.
    fn named(&self, field: Field, name: &str) -> Boxed {
        let leaf = |leaf: Leaf| -> Boxed {
            match leaf {
                Leaf::Exact(word) => self.term(field, &word),
                leaf => Box::new(SpreadQuery { field, leaf }),
            }
        };
        all(pattern::shaped(name).into_iter().map(leaf).collect())
    }

    fn within(&self, words: &[String]) -> Boxed {
        let part = |(_, stem): (String, String)| {
            let headline = self.term(self.fields.title, &stem);
            let lengths = self.fields.passages.exact;
            let body: Boxed = Box::new(SoughtQuery { key: Key::Stem(lengths, stem), lengths });
            any(vec![body, headline]).into()
        };
        let parts = analyse::both(&words.join(" ")).into_iter().map(part).collect();
        Box::new(WithinQuery { parts, copy: self.fields.copy })
    }

    /// Rows of the articles whose headline holds all of these words: it stands on a row of its own.
    fn title(&self, words: &[String]) -> Boxed {
        let words = words.join(" ");
        let english = analyse::both(&words).into_iter().map(|(_, stem)| stem).collect();
        let foreign = self.fields.languages.iter().filter_map(|code| analyse::foreign(code, &words));
        let foreign = foreign.map(|stems| stems.into_iter().map(|stem| stem.text).collect());
        let holds =
            |stems: Vec<String>| all(stems.iter().map(|stem| self.term(self.fields.title, stem)).collect());
        let title = any(foreign.chain([english]).map(holds).collect());
        Box::new(WithinQuery { parts: vec![title.into()], copy: self.fields.copy })
    }

    /// A region or anything inside it; the stronger the evidence, the higher.
    fn about(&self, places: &Places) -> Boxed {
        if places.ids.is_empty() {
            return self.phrase_in(self.words.exact, &places.typed);
        }
        let least = self.grade.unwrap_or(Grade::Dateline);
        let constant = |term: Term| -> Boxed {
            let term = Box::new(TermQuery::new(term, IndexRecordOption::Basic));
            Box::new(ConstScoreQuery::new(term, weight::GRADE))
        };
        let region = |id: &RegionId| match self.wanted {
            Wanted::Passages => constant(Term::from_field_text(self.fields.region, &id.0.to_string())),
            Wanted::Quotes if self.late => constant(graded(self.fields, least, *id)),
            Wanted::Quotes => {
                let grades = Grade::ALL.into_iter().filter(|grade| *grade <= least);
                any(grades.map(|grade| constant(graded(self.fields, grade, *id))).collect())
            }
        };
        match places.ids.as_slice() {
            [only] => region(only),
            several => Box::new(DisjunctionMaxQuery::new(several.iter().map(region).collect())),
        }
    }

    fn days(&self, from: Bound<u64>, to: Bound<u64>) -> Boxed {
        let term = |day: u64| Term::from_field_u64(self.fields.day, day);
        Box::new(RangeQuery::new(from.map(term), to.map(term)))
    }
}

/// What weighs most of several.
fn best(mut queries: Vec<Boxed>) -> Boxed {
    match queries.len() {
        1 => queries.remove(0),
        _ => Box::new(DisjunctionMaxQuery::new(queries)),
    }
}

/// A day as the number YYYYMMDD.
pub fn number(day: jiff::civil::Date) -> u64 {
    day.year().max(0) as u64 * 10_000 + day.month() as u64 * 100 + day.day() as u64
}

/// The words that a query looks for, without its operators.
pub(super) fn plain_text(expr: &Expr<Places>) -> String {
    let mut words = Vec::new();
    plain_words(expr, &mut words);
    words.join(" ")
}

fn plain_words<'e>(expr: &'e Expr<Places>, words: &mut Vec<&'e str>) {
    match expr {
        Expr::Word(word) | Expr::Exact(word) => words.push(word),
        Expr::Phrase(list) | Expr::Place(list, _) => words.extend(list.iter().map(String::as_str)),
        Expr::And(list) | Expr::Or(list) | Expr::Any(list) => {
            list.iter().for_each(|expr| plain_words(expr, words))
        }
        Expr::Boost(inner, _) | Expr::AtLeast(_, inner) => plain_words(inner, words),
        Expr::Near { first, links } => {
            plain_words(first, words);
            links.iter().filter(|link| !link.how.negated).for_each(|link| plain_words(&link.to, words));
        }
        _ => {}
    }
}
