//! Why a query finds what it finds: what each part finds by itself, which part leaves nothing, and what
//! may have been meant.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::{Clause, Names};
use crate::engine::analyse::fold_word;
use crate::engine::pattern::edits_between;
use crate::engine::{Engine, GroupBy, MOST_PLACED, MOST_WORDS, Places, Show, Wanted};
use crate::error::Result;
use crate::people;
use crate::query::{Expr, Filter, Query, Sort, parse};

/// Fewest letters of a word that is looked for in another spelling; shorter ones are near too many.
const SHORTEST_CORRECTED: usize = 6;
/// Most words of a query that are looked up one by one.
const LOOKED_UP: usize = 12;
/// Most proposals for one word or name.
const PROPOSED: usize = 3;
/// Most words of a pattern that are named.
const NAMED: usize = 8;

/// Asks an index about parts of a query.
pub(super) struct Asker<'a> {
    pub engine: &'a dyn Engine,
    pub wanted: Wanted,
    pub known: &'a Names<'a>,
    /// Words that no text holds, each with those spelt like it: both what is looked for and what is said of it
    /// depend on them.
    absent: RefCell<HashMap<String, Vec<(String, u64)>>>,
}

impl<'a> Asker<'a> {
    pub fn new(engine: &'a dyn Engine, wanted: Wanted, known: &'a Names<'a>) -> Asker<'a> {
        Asker { engine, wanted, known, absent: RefCell::default() }
    }

    /// Words spelt like a folded one, the nearest first.
    fn near(&self, word: &str) -> Result<Vec<(String, u64)>> {
        if let Some(near) = self.absent.borrow().get(word) {
            return Ok(near.clone());
        }
        let near = self.engine.near_words(word)?;
        self.absent.borrow_mut().insert(word.to_string(), near.clone());
        Ok(near)
    }

    /// What each part of a query finds by itself; words that are the name of a region together are one part.
    pub fn clauses(&self, expr: Option<&Expr<String>>) -> Result<Vec<Clause>> {
        let Some(expr) = expr else { return Ok(Vec::new()) };
        let Some(resolved) = self.resolved(expr) else { return Ok(Vec::new()) };
        let (mut rest, meant) = (parts(expr), parts(&resolved));
        let mut clauses = Vec::new();
        for meant in meant {
            let words = if let Expr::Place(words, _) = meant { words.len().min(rest.len()) } else { 1 };
            let (these, after) = rest.split_at(words.min(rest.len()));
            rest = after;
            clauses.extend(self.clause(these, meant)?);
        }
        Ok(clauses)
    }

    fn clause(&self, typed: &[Expr<String>], meant: &Expr<Places>) -> Result<Option<Clause>> {
        let part = match typed {
            [] => return Ok(None),
            [part] => parse::echo(part),
            several => parse::echo(&Expr::Any(several.to_vec())),
        };
        // A word stands for its other forms, too; one that has none needs no telling.
        let single = matches!(meant, Expr::Word(word) if word.chars().all(char::is_alphanumeric));
        let pattern = typed.iter().any(is_pattern);
        let mut words = if pattern || single { self.engine.words(self.wanted, meant)? } else { Vec::new() };
        if single && words.len() == 1 {
            words.clear();
        }
        let more = words.len().saturating_sub(NAMED);
        let words = words.into_iter().take(NAMED).map(|(word, _)| word);
        let words = words.chain(self.regions(meant)).collect();
        let query = Query { expr: Some(meant.clone()), sort: Sort::Score, limit: 0 };
        Ok(Some(Clause { part, count: self.engine.count(self.wanted, &query)?, words, more }))
    }

    /// What else a part finds because its words name a region.
    fn regions(&self, expr: &Expr<Places>) -> Vec<String> {
        let name = |id| self.known.gazetteer.region(id).map(|region| format!("or about {}", region.name));
        let mut names: Vec<String> =
            super::named(expr).into_iter().flat_map(|places| places.ids).filter_map(name).collect();
        names.dedup();
        names
    }

    fn resolved(&self, expr: &Expr<String>) -> Option<Expr<Places>> {
        let query = Query { expr: Some(expr.clone()), sort: Sort::Score, limit: 0 };
        self.known.resolve(query, &mut Vec::new()).expr
    }

    /// Why nothing was found, and what may have been meant.
    pub fn nothing(&self, expr: &Expr<String>) -> Result<Vec<String>> {
        let parts = match expr {
            Expr::And(list) => list.as_slice(),
            other => std::slice::from_ref(other),
        };
        let mut told = Vec::new();
        for part in parts {
            if self.count(part)? == 0 {
                let why = self.proposals(part)?;
                let why = if why.is_empty() { String::new() } else { format!("; {}", why.join("; ")) };
                told.push(format!("nothing fits {}{why}", parse::echo(part)));
            }
        }
        if parts.len() > 1 {
            if told.is_empty() {
                told.push("each part is found by itself, but never all of them together".to_string());
            }
            told.extend(self.without_one(parts)?);
        }
        Ok(told)
    }

    /// What would be found without one of the parts.
    fn without_one(&self, parts: &[Expr<String>]) -> Result<Vec<String>> {
        let mut told = Vec::new();
        for (at, part) in parts.iter().enumerate().take(LOOKED_UP) {
            let mut rest = parts.to_vec();
            rest.remove(at);
            let count = self.count(&Expr::And(rest))?;
            if count > 0 {
                told.push(format!("without {} there are {count}", parse::echo(part)));
            }
        }
        Ok(told)
    }

    /// Plain words that the index does not hold, though other parts of the query found something.
    pub fn missing(&self, expr: &Expr<String>) -> Result<Vec<String>> {
        let mut words = Vec::new();
        plain(expr, &mut words);
        if words.len() < 2 || words.len() > LOOKED_UP {
            return Ok(Vec::new());
        }
        words.dedup();
        let mut told = Vec::new();
        for word in words {
            if !self.engine.holds(&word)? && !fold_word(&word).is_empty() {
                told.push(format!("no text here holds {word}{}", self.mean(&word)?));
            }
        }
        Ok(told)
    }

    /// The query with each plain word that no text holds in the spelling that the texts have, where only one
    /// letter is another: names are typed in many ways. What was done is said in `notes`. A word that is all
    /// that is asked for stays.
    pub fn corrected(&self, expr: Expr<String>, notes: &mut Vec<String>) -> Result<Expr<String>> {
        let Expr::Any(mut list) = expr else { return Ok(expr) };
        if list.len() > LOOKED_UP {
            return Ok(Expr::Any(list));
        }
        for part in &mut list {
            let Expr::Word(word) = part else { continue };
            let typed = fold_word(word);
            // Who looks for Gambia does not mean Zambia.
            let place = || !self.known.gazetteer.lookup(word).is_empty();
            if typed.chars().count() < SHORTEST_CORRECTED || self.engine.holds(word)? || place() {
                continue;
            }
            let near = self.near(&typed)?;
            let one_letter = |(near, _): &&(String, u64)| {
                near.chars().next() == typed.chars().next() && edits_between(&typed, near, 1).is_some()
            };
            if let Some((spelt, rows)) = near.iter().find(one_letter) {
                notes.push(format!("no text here holds {word}: looked for {spelt} ({rows}) in its place"));
                *word = spelt.clone();
            }
        }
        Ok(Expr::Any(list))
    }

    /// Patterns that stand for more words than are looked for.
    pub fn cut(&self, expr: &Expr<String>) -> Result<Vec<String>> {
        let mut patterns = Vec::new();
        gather(expr, false, &mut patterns);
        let mut told = Vec::new();
        for (pattern, placed) in patterns {
            let (words, most) = (self.words(pattern)?, if placed { MOST_PLACED } else { MOST_WORDS });
            if words.len() > most {
                let pattern = parse::echo(pattern);
                told.push(format!(
                    "{pattern} stands for {} words: the {most} most frequent are looked for",
                    words.len()
                ));
            }
        }
        Ok(told)
    }

    /// How many rows fit.
    pub fn count(&self, expr: &Expr<String>) -> Result<usize> {
        let query = Query { expr: Some(expr.clone()), sort: Sort::Score, limit: 0 };
        self.engine.count(self.wanted, &self.known.resolve(query, &mut Vec::new()))
    }

    /// Words of the index that a word or pattern stands for, the most frequent first.
    fn words(&self, expr: &Expr<String>) -> Result<Vec<(String, u64)>> {
        match self.resolved(expr) {
            Some(expr) => self.engine.words(self.wanted, &expr),
            None => Ok(Vec::new()),
        }
    }

    /// What may have been meant by a part that finds nothing.
    fn proposals(&self, part: &Expr<String>) -> Result<Vec<String>> {
        if let Expr::Filter(filter) = part {
            return Ok(self.filter(filter)?.into_iter().collect());
        }
        let mut words = Vec::new();
        all_words(part, &mut words);
        let mut told = Vec::new();
        let mut absent = false;
        for word in words.iter().take(LOOKED_UP) {
            if self.words(&Expr::Exact(word.clone()))?.is_empty() {
                absent = true;
                let mean = self.mean(word)?;
                let word = if words.len() > 1 { format!("no text here holds {word}") } else { String::new() };
                told.extend(Some(format!("{word}{mean}")).filter(|text| !text.is_empty()));
            }
        }
        if !absent && words.len() > 1 && matches!(part, Expr::Phrase(_) | Expr::Near { .. }) {
            told.push("its words are there, but never so near each other".to_string());
        }
        Ok(told.into_iter().map(|text| text.trim_start_matches("; ").to_string()).collect())
    }

    fn filter(&self, filter: &Filter<String>) -> Result<Option<String>> {
        let (named, found) = match filter {
            Filter::By(name) | Filter::To(name) => (name, self.engine.speakers()?),
            Filter::Source(name) => (name, Arc::new(self.sources()?)),
            Filter::About(name) => return self.place(name),
            _ => return Ok(None),
        };
        let change = |name: String| match filter {
            Filter::By(_) => Filter::By(name),
            Filter::To(_) => Filter::To(name),
            _ => Filter::Source(name),
        };
        let near = nearest(named, found.iter().map(|(name, count)| (people::name_of(name), *count)));
        let mut proposed = Vec::new();
        for name in near {
            let expr = Expr::Filter(change(name));
            let count = self.count(&expr)?;
            if count > 0 {
                proposed.push(format!("{} ({count})", parse::echo(&expr)));
            }
        }
        Ok((!proposed.is_empty()).then(|| format!("did you mean {}?", proposed.join(", "))))
    }

    /// What to do about a place that the gazetteer lacks, and that the text does not name either.
    fn place(&self, name: &str) -> Result<Option<String>> {
        if !self.known.gazetteer.lookup(name).is_empty() {
            return Ok(None);
        }
        let mut proposed = Vec::new();
        for near in self.known.gazetteer.suggest(name) {
            let expr = Expr::Filter(Filter::About(near));
            let count = self.count(&expr)?;
            if count > 0 {
                proposed.push(format!("{} ({count})", parse::echo(&expr)));
            }
        }
        Ok(Some(match proposed.is_empty() {
            false => format!("did you mean {}?", proposed.join(", ")),
            true if is_name(name) => {
                "a line in onrecord.user/places.tsv beside the index would say where it is".to_string()
            }
            true => return Ok(None),
        }))
    }

    fn sources(&self) -> Result<Vec<(String, usize)>> {
        let query = Query { expr: None, sort: Sort::Score, limit: usize::MAX };
        let (_, groups) = self.engine.group(
            self.wanted,
            &query,
            &Show::default(),
            (GroupBy::Source, 0),
            &str::to_string,
        )?;
        Ok(groups.into_iter().map(|group| (group.key, group.count)).collect())
    }

    /// `; did you mean ceasefire (23)?`, or nothing.
    fn mean(&self, word: &str) -> Result<String> {
        let word = fold_word(word);
        let mut near: Vec<(String, u64)> = self.parted(&word)?.into_iter().collect();
        near.extend(self.near(&word)?);
        let near: Vec<String> =
            near.into_iter().take(PROPOSED).map(|(word, count)| format!("{word} ({count})")).collect();
        Ok(if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(", ")) })
    }

    /// `cease-fire` for `ceasefire`, where the texts part it.
    fn parted(&self, word: &str) -> Result<Option<(String, u64)>> {
        const SHORTEST: usize = 3;
        for (at, _) in word.char_indices().skip(SHORTEST) {
            let (first, second) = word.split_at(at);
            if second.chars().count() < SHORTEST
                || !self.engine.holds(first)?
                || !self.engine.holds(second)?
            {
                continue;
            }
            let count = self.count(&Expr::Phrase(vec![first.to_string(), second.to_string()]))?;
            if count > 0 {
                return Ok(Some((format!("{first}-{second}"), count as u64)));
            }
        }
        Ok(None)
    }
}

/// True for what may be the name of a place: a few words that begin with capitals.
fn is_name(typed: &str) -> bool {
    let words: Vec<&str> = typed.split_whitespace().collect();
    let small = |word: &&str| word.starts_with(char::is_lowercase);
    words.len() <= 4 && !words.iter().any(|word| small(word) && word.len() > 3)
}

/// The parts of an expression that are told of one by one.
fn parts<R>(expr: &Expr<R>) -> &[Expr<R>] {
    match expr {
        Expr::And(list) | Expr::Any(list) | Expr::Or(list) => list,
        other => std::slice::from_ref(other),
    }
}

fn is_pattern(expr: &Expr<String>) -> bool {
    matches!(expr, Expr::Prefix(_) | Expr::Wildcard(_) | Expr::Fuzzy(..) | Expr::Regex(_))
}

/// Patterns of a query; the flag: their places matter.
fn gather<'e>(expr: &'e Expr<String>, placed: bool, found: &mut Vec<(&'e Expr<String>, bool)>) {
    match expr {
        Expr::And(list) | Expr::Or(list) | Expr::Any(list) => {
            list.iter().for_each(|expr| gather(expr, placed, found));
        }
        Expr::Not(inner) | Expr::Boost(inner, _) => gather(inner, placed, found),
        Expr::AtLeast(_, inner) => gather(inner, true, found),
        Expr::Near { first, links } => {
            gather(first, true, found);
            links.iter().for_each(|link| gather(&link.to, true, found));
        }
        other if is_pattern(other) => found.push((other, placed)),
        _ => {}
    }
}

/// Words that are asked for one by one.
fn plain(expr: &Expr<String>, words: &mut Vec<String>) {
    match expr {
        Expr::Word(word) => words.push(word.clone()),
        Expr::Place(list, _) => words.extend(list.iter().cloned()),
        Expr::And(list) | Expr::Any(list) => list.iter().for_each(|expr| plain(expr, words)),
        Expr::Boost(inner, _) => plain(inner, words),
        _ => {}
    }
}

/// All words of a part.
fn all_words(expr: &Expr<String>, words: &mut Vec<String>) {
    match expr {
        Expr::Word(word) | Expr::Exact(word) | Expr::Fuzzy(word, _) => words.push(word.clone()),
        Expr::Phrase(list) | Expr::Place(list, _) => words.extend(list.iter().cloned()),
        Expr::And(list) | Expr::Or(list) | Expr::Any(list) => {
            list.iter().for_each(|expr| all_words(expr, words));
        }
        Expr::Boost(inner, _) | Expr::AtLeast(_, inner) => all_words(inner, words),
        Expr::Near { first, links } => {
            all_words(first, words);
            links.iter().filter(|link| !link.how.negated).for_each(|link| all_words(&link.to, words));
        }
        _ => {}
    }
}

/// The names nearest to one that was typed, by spelling and by sound; of equals the most frequent first.
fn nearest<'n>(typed: &str, names: impl Iterator<Item = (&'n str, usize)>) -> Vec<String> {
    let wanted = folded(typed);
    let mut ranked: Vec<(usize, usize, &str)> = Vec::new();
    for (name, count) in names {
        let parts = folded(name);
        // The last word alone is a surname, but it costs to leave the others out.
        let whole = wanted.iter().map(|word| cost(word, &parts)).sum::<Option<usize>>();
        let last =
            || wanted.last().filter(|_| wanted.len() > 1).and_then(|word| cost(word, &parts)).map(|c| c + 3);
        if let Some(cost) = whole.or_else(last) {
            ranked.push((cost, usize::MAX - count, name));
        }
    }
    ranked.sort_unstable();
    let mut near: Vec<String> = Vec::new();
    for (_, _, name) in ranked {
        if near.len() < PROPOSED && !near.iter().any(|known| known == name) {
            near.push(name.to_string());
        }
    }
    near
}

fn folded(name: &str) -> Vec<String> {
    let words = name.split(|c: char| c.is_whitespace() || c == '-').map(fold_word);
    words.filter(|word| !word.is_empty()).collect()
}

/// How far a word is from the nearest part of a name; none when it is too far.
fn cost(word: &str, parts: &[String]) -> Option<usize> {
    let long = word.chars().count();
    let most = if long < 4 { 0 } else { 1 + u8::from(long > 5) };
    let one = |part: &String| {
        let edits = edits_between(word, part, most).map(usize::from);
        let sounds = long > 3 && people::sound(word) == people::sound(part);
        edits.or_else(|| sounds.then_some(2))
    };
    parts.iter().filter_map(one).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_sound_or_look_alike() {
        let names = [
            ("Volodymyr Zelenskyy", 40),
            ("Sergey Lavrov", 30),
            ("Dmitry Peskov", 20),
            ("Ursula von der Leyen", 10),
            ("Steve Witkoff", 5),
            ("Lee", 3),
        ];
        let near = |typed: &str| nearest(typed, names.into_iter()).first().cloned().unwrap_or_default();
        assert_eq!(near("Zelensky"), "Volodymyr Zelenskyy");
        assert_eq!(near("Zelenskiy"), "Volodymyr Zelenskyy");
        assert_eq!(near("Vladimir Zelensky"), "Volodymyr Zelenskyy");
        assert_eq!(near("Lawrow"), "Sergey Lavrov");
        assert_eq!(near("Sergei Lavrov"), "Sergey Lavrov");
        assert_eq!(near("Wittkof"), "Steve Witkoff");
        assert_eq!(near("van der Leyen"), "Ursula von der Leyen");
        assert_eq!(near("Li"), "");
        assert_eq!(near("Merkel"), "");
    }
}
