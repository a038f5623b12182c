//! The second journey, words → answer: `parse → resolve → engine → highlight`.

pub mod regions;
mod snippet;
mod why;

use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;

use crate::document::RegionId;
use crate::engine::highlight::{Marker, merged};
use crate::engine::laid::Laid;
use crate::engine::{Copy, Engine, Facet, Fresh, Group, GroupBy, Hit, Places, Row, Show, Wanted};
use crate::error::Result;
use crate::gazetteer::Gazetteer;
use crate::people::{Alias, Joined, People, Person};
use crate::query::saved::Saved;
use crate::query::{Expr, Filter, Query, Sort, parse, question, resolve};
use crate::rows::Who;
use crate::span::Span;

/// What is asked.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Words and operators as typed; may be empty.
    pub words: String,
    /// Conditions that were given apart from the words; those of one kind are alternatives.
    pub filters: Vec<Filter<String>>,
    /// Passages or quotes.
    pub wanted: Wanted,
    /// Order.
    pub sort: Sort,
    /// Most answers, or most groups.
    pub limit: usize,
    /// Answers, or groups, to leave out at the front.
    pub offset: usize,
    /// New articles before old ones: days until an answer weighs half.
    pub fresh: Option<f32>,
    /// Count the answers by everything that they can be gathered by.
    pub facets: bool,
    /// Gather the answers.
    pub group: Option<GroupBy>,
    /// Answers shown of each group.
    pub each: usize,
    /// Count what each part of the query finds.
    pub explain: bool,
    /// The user's own word on who is who.
    pub aliases: Vec<Alias>,
    /// The user's saved queries.
    pub saved: Saved,
}

/// What was found.
#[derive(Default)]
pub struct Answer {
    /// The query as it was understood, in the query language.
    pub read_as: String,
    /// What a reader should know about how it was understood.
    pub notes: Vec<String>,
    /// How many rows fit in all.
    pub total: usize,
    /// The first of them; empty when they are gathered.
    pub found: Vec<Found>,
    /// The same, gathered.
    pub groups: Vec<Gathered>,
    /// How many of them were left out at the front.
    pub offset: usize,
    /// Counts of all that fit, when asked for.
    pub facets: Vec<Facet>,
    /// What each part of the query finds by itself, when asked for.
    pub clauses: Vec<Clause>,
}

/// A row, with the words in it that matched.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// Score; only its order means anything.
    pub score: f32,
    /// Byte ranges of the article's body that matched the query's words.
    pub highlights: Vec<Span>,
    /// Byte ranges of the headline that matched; the first passage of an article is found by its headline, too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub title_highlights: Vec<Span>,
    /// What of a passage to show, as byte ranges of the body: of a long one the sentences that matched.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub snippet: Vec<Span>,
    /// Who the speaker is over the whole index, when that is more than the article tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<Known>,
    /// The row.
    #[serde(flatten)]
    pub row: Row,
    /// The same in copies of its article, the first twenty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub copies: Vec<Copy>,
    /// How many copies there are in all.
    #[serde(skip_serializing_if = "is_zero")]
    pub copied: usize,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// A speaker as known over the whole index.
#[derive(Clone, Debug, Serialize)]
pub struct Known {
    /// The name under which the person is gathered.
    pub name: String,
    /// Why the name in the article is thought to be theirs.
    pub because: Joined,
}

/// Rows that share a speaker, region, outlet or month.
#[derive(Clone, Debug, Serialize)]
pub struct Gathered {
    /// What they share; empty when it is not known.
    pub key: String,
    /// Other names under which articles have this speaker.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// How many there are.
    pub count: usize,
    /// The first of them.
    pub found: Vec<Found>,
    /// The newest of them, when it is not among `found`.
    pub newest: Option<Found>,
}

/// A part of a query, and how many rows it finds by itself.
#[derive(Clone, Debug, Serialize)]
pub struct Clause {
    /// In the query language.
    pub part: String,
    /// Rows.
    pub count: usize,
    /// Words of the index that a pattern stands for, the most frequent first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// How many more words it stands for.
    #[serde(skip_serializing_if = "is_zero")]
    pub more: usize,
}

/// Asks an index. `today` is what `yesterday` and `last week` count from.
pub fn ask(request: &Request, engine: &dyn Engine, gazetteer: &Gazetteer, today: Date) -> Result<Answer> {
    let mut notes = Vec::new();
    let expr = read(request, today, &mut notes);
    let people = engine.people()?;
    let people = if request.aliases.is_empty() { people } else { Arc::new(people.with(&request.aliases)) };
    let known = Names { gazetteer, people };
    let asker = why::Asker::new(engine, request.wanted, &known);
    let expr = match wider(request, expr.as_ref(), &asker, &mut notes)? {
        Some(wider) => Some(wider),
        None => expr,
    };
    let expr = expr.map(|expr| asker.corrected(expr, &mut notes)).transpose()?;
    let read_as = expr.as_ref().map(parse::echo).unwrap_or_default();
    let clauses = if request.explain { asker.clauses(expr.as_ref())? } else { Vec::new() };
    let asked = expr.clone();
    let query = Query { expr, sort: request.sort, limit: request.limit };
    let query = known.resolve(query, &mut notes);
    let marker = query.expr.as_ref().map(Marker::new);
    let named = query.expr.as_ref().map(named).unwrap_or_default();
    let mark = |hit: Hit| found(hit, marker.as_ref(), &named, &known);
    let show =
        Show { offset: request.offset, fresh: request.fresh.map(|half_life| Fresh { today, half_life }) };
    let mut answer = Answer {
        read_as,
        notes,
        total: 0,
        found: Vec::new(),
        groups: Vec::new(),
        offset: request.offset,
        facets: Vec::new(),
        clauses,
    };
    match request.group {
        None => {
            let hits = engine.find(request.wanted, &query, &show)?;
            answer.total = hits.total;
            if hits.total > 0 && !hits.lacking.is_empty() {
                answer.notes.push(format!(
                    "no article tells of all of this; the one that tells most of it lacks {}",
                    hits.lacking.join(", ")
                ));
            }
            answer.found = hits.hits.into_iter().map(mark).collect();
        }
        Some(by) => {
            let name = |key: &str| match by {
                GroupBy::Speaker | GroupBy::Addressee => known.people.shown(key),
                _ => key.to_string(),
            };
            let (total, groups) = engine.group(request.wanted, &query, &show, (by, request.each), &name)?;
            answer.total = total;
            answer.groups = groups.into_iter().map(|group| gathered(group, &known.people, &mark)).collect();
        }
    }
    if request.facets {
        answer.facets = facets(request.wanted, &query, engine, &known)?;
    }
    if query.expr.is_none() && !request.words.trim().is_empty() {
        answer.notes.push("there is no word to look for in this: everything is shown".to_string());
    }
    if let Some(asked) = &asked {
        answer.notes.extend(asker.cut(asked)?);
        if answer.total == 0 {
            answer.notes.extend(unread_language(query.expr.as_ref(), request.wanted));
            answer.notes.extend(asker.nothing(asked)?);
        } else {
            answer.notes.extend(asker.missing(asked)?);
        }
    }
    Ok(answer)
}

/// What is asked in place of a plain question that no quote answers as it stands: what did they say in
/// articles that mention it at all?
fn wider(
    request: &Request,
    expr: Option<&Expr<String>>,
    asker: &why::Asker<'_>,
    notes: &mut Vec<String>,
) -> Result<Option<Expr<String>>> {
    let Some(expr @ Expr::And(list)) = expr else { return Ok(None) };
    let about = list.iter().find_map(|part| match part {
        Expr::Filter(Filter::About(name)) => Some(name.clone()),
        _ => None,
    });
    let (Some(about), Wanted::Quotes) = (about, request.wanted) else { return Ok(None) };
    if question::read(&request.words).is_none() || asker.count(expr)? > 0 {
        return Ok(None);
    }
    let words: Vec<String> = about.split_whitespace().map(str::to_string).collect();
    let said = Expr::Any(words.iter().cloned().map(Expr::Word).collect());
    let said = question::drop_asking_words(said, &mut Vec::new());
    let ways = [
        (said, "whose words tell of it"),
        (Expr::Filter(Filter::Within(words)), "in articles that mention it"),
    ];
    for (instead, shown) in ways {
        let part = |part: &Expr<String>| match part {
            Expr::Filter(Filter::About(_)) => instead.clone(),
            other => other.clone(),
        };
        let wider = Expr::And(list.iter().map(part).collect());
        if asker.count(&wider)? > 0 {
            notes.push(format!("no such quote is about a place “{about}”: shown are those {shown}"));
            return Ok(Some(wider));
        }
    }
    Ok(None)
}

/// What gives the names in a query a meaning.
struct Names<'g> {
    gazetteer: &'g Gazetteer,
    people: Arc<People>,
}

impl Names<'_> {
    fn resolve(&self, query: Query<String>, notes: &mut Vec<String>) -> Query<Places> {
        let query = resolve::people(query, &self.people, notes);
        let Query { expr, sort, limit } = resolve::resolve(query, self.gazetteer, notes);
        Query { expr: expr.map(|expr| resolve::named(expr, self.gazetteer)), sort, limit }
    }
}

/// Counts of all that fit, under the names that readers know.
fn facets(
    wanted: Wanted,
    query: &Query<Places>,
    engine: &dyn Engine,
    known: &Names<'_>,
) -> Result<Vec<Facet>> {
    let name = |by: GroupBy, key: &str| match by {
        GroupBy::Speaker | GroupBy::Addressee => known.people.shown(key),
        _ => key.to_string(),
    };
    let mut facets = engine.facets(wanted, query, &name)?;
    for value in facets.iter_mut().filter(|facet| facet.by == GroupBy::Region).flat_map(|f| &mut f.values) {
        if let Ok(id) = value.key.parse() {
            (value.within, value.key) = path(RegionId(id), known.gazetteer);
        }
    }
    Ok(facets)
}

/// The names of the regions that hold a region, the largest first, and its own.
fn path(id: RegionId, gazetteer: &Gazetteer) -> (Vec<String>, String) {
    let name = |id| gazetteer.region(id).map_or_else(String::new, |region| region.name.to_string());
    let mut within: Vec<String> = Vec::new();
    let mut at = id;
    // A chain of regions is short; the bound guards against a circle in the data.
    while let Some(&parent) = gazetteer.parents(at).first().filter(|_| within.len() < 16) {
        within.insert(0, name(parent));
        at = parent;
    }
    (within, name(id))
}

/// Words and filters as one expression.
fn read(request: &Request, today: Date, notes: &mut Vec<String>) -> Option<Expr<String>> {
    let asked = (request.wanted == Wanted::Quotes).then(|| question::read(&request.words)).flatten();
    let words = match asked {
        Some(expr) => Some(expr),
        None => {
            let parsed = parse::parse_with(&request.words, today, &request.saved);
            notes.extend(parsed.notes);
            // Words such as `how` and `the` are hardly ever what is looked for: who wants to know, asks.
            let mut dropped = Vec::new();
            let expr = parsed.expr.map(|expr| question::drop_asking_words(expr, &mut dropped));
            notes.extend(dropped.into_iter().filter(|_| request.explain));
            expr
        }
    };
    let mut all: Vec<Expr<String>> = words.into_iter().collect();
    all.extend(alternatives(&request.filters));
    match all.len() {
        0 => None,
        1 => all.pop(),
        _ => Some(Expr::And(all)),
    }
}

/// Filters of one kind are alternatives, those of different kinds must all hold.
fn alternatives(filters: &[Filter<String>]) -> Vec<Expr<String>> {
    let mut kinds: Vec<Vec<Filter<String>>> = Vec::new();
    for filter in filters {
        let same = |list: &&mut Vec<Filter<String>>| {
            list.first().is_some_and(|first| std::mem::discriminant(first) == std::mem::discriminant(filter))
        };
        match kinds.iter_mut().find(same) {
            Some(list) => list.push(filter.clone()),
            None => kinds.push(vec![filter.clone()]),
        }
    }
    let expr = |mut list: Vec<Filter<String>>| match list.len() {
        1 => Expr::Filter(list.remove(0)),
        _ => Expr::Or(list.into_iter().map(Expr::Filter).collect()),
    };
    kinds.into_iter().map(expr).collect()
}

fn found(hit: Hit, marker: Option<&Marker>, named: &[Places], names: &Names<'_>) -> Found {
    let mut highlights = marker.map(|marker| marker.spans(&Laid::row(&hit.row))).unwrap_or_default();
    if !named.is_empty() {
        highlights.extend(regions::mentions(&hit.row, named, names.gazetteer));
        highlights = merged(highlights);
    }
    let title_highlights = match (&hit.row, marker) {
        (Row::Passage(row), Some(marker)) => marker.spans(&Laid::text(&row.article.title, &[])),
        _ => Vec::new(),
    };
    let people = &names.people;
    let person = match &hit.row {
        Row::Quote(row) => row.speaker.as_ref().and_then(|speaker| known(speaker, people)),
        Row::Passage(_) => None,
    };
    let snippet = snippet::snippet(&hit.row, &highlights);
    Found {
        score: hit.score,
        highlights,
        title_highlights,
        snippet,
        person,
        row: hit.row,
        copies: hit.copies,
        copied: hit.copied,
    }
}

/// The regions that plain words of a query name.
fn named(expr: &Expr<Places>) -> Vec<Places> {
    match expr {
        Expr::Place(_, places) => vec![places.clone()],
        Expr::And(list) | Expr::Or(list) | Expr::Any(list) => list.iter().flat_map(named).collect(),
        Expr::Boost(inner, _) => named(inner),
        _ => Vec::new(),
    }
}

fn known(speaker: &Who, people: &People) -> Option<Known> {
    let (person, because) = people.of(&speaker.key())?;
    let name = person.shown();
    (name != speaker.name).then_some(Known { name, because })
}

fn gathered(group: Group, people: &People, mark: &impl Fn(Hit) -> Found) -> Gathered {
    let key = group.hits.first().and_then(|hit| match &hit.row {
        Row::Quote(row) => row.speaker.as_ref().map(Who::key),
        Row::Passage(_) => None,
    });
    let person = key.and_then(|key| Some(people.of(&key)?.0)).filter(|person| person.shown() == group.key);
    let names = person.map(Person::names).unwrap_or_default();
    let also = names.into_iter().filter(|name| *name != person.map_or("", |person| &person.name));
    Gathered {
        also: also.map(str::to_string).collect(),
        key: group.key,
        count: group.count,
        found: group.hits.into_iter().map(mark).collect(),
        newest: group.newest.map(mark),
    }
}

/// Says when quotes were asked for in a language whose quotes are not extracted.
fn unread_language(expr: Option<&Expr<Places>>, wanted: Wanted) -> Option<String> {
    let code = match expr? {
        Expr::Filter(Filter::Lang(code)) => code,
        Expr::And(list) => list.iter().find_map(|part| match part {
            Expr::Filter(Filter::Lang(code)) => Some(code),
            _ => None,
        })?,
        _ => return None,
    };
    let language = crate::lang::by_tag(code)?;
    (wanted == Wanted::Quotes && !language.quotes).then(|| {
        format!("quotes are not extracted from {}; onrecord search finds its passages", language.name)
    })
}
