use std::io::Write;
use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;

use super::{Context, Exit, talk, width};
use crate::document::{Grade, QuoteKind};
use crate::engine::tantivy::Index;
use crate::engine::{Engine, GroupBy, Wanted};
use crate::error::{Error, Result};
use crate::query::saved::Saved;
use crate::query::{Filter, Sort, date};
use crate::render::{self, Options, RENDERERS};
use crate::search::{Request, ask};
use crate::user::UserFiles;

const LANGUAGE: &str = "\
The query language (docs/query.md has all of it):
  land swap                     the more of these words, the better
  \"land swap\"                   a phrase; \"deal\" is the word exactly so
  a AND (b OR c) NOT d, -d, +a  also in small letters where the meaning is plain
  troops NEAR/5 border          w/5, /5; PRE/5 in this order; NOT NEAR/5; w/s, w/p: same sentence, paragraph
  ATLEAST5 sanctions            so often in the article
  Crim*  *stan  wom?n  Zelensky~  /kyi?v/
  speaker: to: about: date: since: until: source: author: title: lang: kind: cue:
  date:2025-10..2025-11  since:\"last week\"  speaker:(Lavrov OR Peskov)
  deal^3                        counts three times as much
  query:NAME                    a saved query, see onrecord save
No question is ever refused: what is no operator is words. --explain says how it was read.";

/// Ranked passages
#[derive(clap::Args)]
#[command(after_help = LANGUAGE)]
pub struct SearchArgs {
    /// What to look for
    words: Vec<String>,
    /// Ask every line of a file (qid<TAB>question, plain words) and print the best articles of each as a
    /// TREC run, named by the ids that the input gave them
    #[arg(long, value_name = "QUERIES.tsv", conflicts_with = "words")]
    batch: Option<PathBuf>,
    /// With --batch, look also for what the best articles are about: yes or no
    #[arg(long, value_name = "WHETHER", default_value = "yes", value_parser = PossibleValuesParser::new(["yes", "no"]))]
    widen: String,
    #[command(flatten)]
    filters: Filters,
}

/// Quotes: who said what, to whom, about which region
#[derive(clap::Args)]
#[command(after_help = LANGUAGE)]
pub struct SaidArgs {
    /// Words of the quote, a speaker's name, or a plain question
    words: Vec<String>,
    #[command(flatten)]
    filters: Filters,
}

/// Speakers, counted, each with the most telling and the newest quote
#[derive(clap::Args)]
#[command(after_help = LANGUAGE)]
pub struct WhoArgs {
    /// Words of the quotes, or a plain question
    words: Vec<String>,
    #[command(flatten)]
    filters: Filters,
}

/// Conditions; those of one kind are alternatives, those of different kinds must all hold.
#[derive(clap::Args)]
pub struct Conditions {
    /// About this region or one inside it: Donetsk, "West Bank", "Georgia (country)"
    #[arg(long, value_name = "REGION")]
    about: Vec<String>,
    /// Weakest evidence for the region: in_quote, sentence, antecedent, context or dateline
    #[arg(long, value_name = "GRADE", value_parser = grade)]
    about_min: Option<Grade>,
    /// Said by
    #[arg(long, value_name = "SPEAKER")]
    by: Vec<String>,
    /// Said to
    #[arg(long, value_name = "ADDRESSEE")]
    to: Vec<String>,
    /// direct, indirect or mixed; several with commas
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = PossibleValuesParser::new(QuoteKind::ALL.map(QuoteKind::name)))]
    kind: Vec<String>,
    /// Reporting verb in any form, or a stance: say, claim, deny, promise, warn, ask, believe
    #[arg(long, value_name = "VERB", value_delimiter = ',')]
    cue: Vec<String>,
    /// Outlet
    #[arg(long, value_name = "OUTLET")]
    source: Vec<String>,
    /// Published on or after: 2025-10-14, 2025-10, yesterday, "last week", 30d
    #[arg(long, value_name = "DATE")]
    since: Option<String>,
    /// Published on or before
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// Language of the article: en, de, …
    #[arg(long, value_name = "CODE")]
    lang: Vec<String>,
}

/// Conditions, and how answers are ordered and shown.
#[derive(clap::Args)]
struct Filters {
    #[command(flatten)]
    conditions: Conditions,
    /// Order: score, newest or oldest
    #[arg(long, value_name = "ORDER", default_value = "score", value_parser = PossibleValuesParser::new(["score", "newest", "oldest"]))]
    sort: String,
    /// Most answers
    #[arg(short, long = "number", value_name = "N", default_value_t = 10)]
    number: usize,
    /// Answers to leave out at the front
    #[arg(long, value_name = "K", default_value_t = 0)]
    offset: usize,
    /// Which page of N answers, from 1
    #[arg(long, value_name = "P", conflicts_with = "offset", value_parser = clap::value_parser!(u32).range(1..))]
    page: Option<u32>,
    /// New before old: an answer weighs half for each DAYS of its age
    #[arg(long, value_name = "DAYS", value_parser = half_life)]
    fresh: Option<f32>,
    /// Gather by speaker, addressee, region, source, month, kind, cue or language
    #[arg(long, value_name = "WHAT", value_parser = PossibleValuesParser::new(GroupBy::ALL.map(GroupBy::name)))]
    group: Option<String>,
    /// Show what several outlets printed once for each, not once for all
    #[arg(long)]
    copies: bool,
    /// Count all that fit by each of these, too
    #[arg(long)]
    facets: bool,
    /// Say how the query was read, what each part finds, and why each speaker was named
    #[arg(long)]
    explain: bool,
    /// text, json, jsonl or csv; with --batch always trec
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = PossibleValuesParser::new(RENDERERS.iter().map(|r| r.name).chain([render::TREC])))]
    format: String,
}

pub fn search(args: SearchArgs, context: &mut Context) -> Result<Exit> {
    if let Some(batch) = &args.batch {
        return trec(batch, &args, context);
    }
    if args.filters.format == render::TREC {
        let reason = "this format is for --batch QUERIES.tsv".to_string();
        return Err(Error::Query { part: "--format trec".to_string(), reason });
    }
    let group = group_by(args.filters.group.as_deref());
    answer(&args.words, &args.filters, Wanted::Passages, group, 3, context)
}

pub fn said(args: SaidArgs, context: &mut Context) -> Result<Exit> {
    let group = group_by(args.filters.group.as_deref());
    answer(&args.words, &args.filters, Wanted::Quotes, group, 3, context)
}

pub fn who(args: WhoArgs, context: &mut Context) -> Result<Exit> {
    let group = group_by(args.filters.group.as_deref()).or(Some(GroupBy::Speaker));
    answer(&args.words, &args.filters, Wanted::Quotes, group, 1, context)
}

/// The best articles for each question of a file, as a TREC run.
fn trec(batch: &Path, args: &SearchArgs, context: &mut Context) -> Result<Exit> {
    let trouble = |source| Error::Read { path: batch.to_path_buf(), source };
    let text = std::fs::read_to_string(batch).map_err(trouble)?;
    let index = Index::open(&context.index_to_read()?)?;
    let widen = args.widen == "yes";
    let mut exit = Exit::Nothing;
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let Some((query, question)) = line.split_once('\t') else {
            let reason = format!("line {}: not of the form qid<TAB>question", at + 1);
            return Err(Error::Malformed { path: batch.to_path_buf(), reason });
        };
        let found = index.best_articles(question, widen, args.filters.number)?;
        for (rank, (article, score)) in found.iter().enumerate() {
            let article = article.replace(char::is_whitespace, "_");
            writeln!(context.out, "{query} Q0 {article} {} {score:.6} onrecord", rank + 1)?;
            exit = Exit::Found;
        }
    }
    Ok(exit)
}

fn group_by(name: Option<&str>) -> Option<GroupBy> {
    GroupBy::ALL.into_iter().find(|by| Some(by.name()) == name)
}

fn half_life(text: &str) -> std::result::Result<f32, String> {
    let days: f32 = text.trim_end_matches('d').parse().map_err(|_| "not a number of days".to_string())?;
    if days.is_finite() && days > 0.0 { Ok(days) } else { Err("must be more than 0 days".to_string()) }
}

fn answer(
    words: &[String],
    filters: &Filters,
    wanted: Wanted,
    group: Option<GroupBy>,
    each: usize,
    context: &mut Context,
) -> Result<Exit> {
    let today = jiff::ZonedDateTime::now().date();
    let path = context.index_to_read()?;
    let request = Request {
        words: words.join(" "),
        filters: conditions(&filters.conditions, today)?,
        wanted,
        sort: match filters.sort.as_str() {
            "newest" => Sort::Newest,
            "oldest" => Sort::Oldest,
            _ => Sort::Score,
        },
        limit: filters.number,
        offset: filters
            .page
            .map_or(filters.offset, |page| (page as usize - 1).saturating_mul(filters.number)),
        fresh: filters.fresh,
        facets: filters.facets,
        group,
        each,
        explain: filters.explain,
        aliases: super::alias::read(&UserFiles::of(&path))?,
        saved: saved_queries(words, &UserFiles::of(&path))?,
    };
    let index = Index::open(&path)?.showing_copies(filters.copies);
    let answer = ask(&request, &index, &super::gazetteer(&path)?, today)?;
    for note in &answer.notes {
        talk(&format!("onrecord: {note}"));
    }
    let options = Options { width: width(), explain: filters.explain };
    if let Some(renderer) = render::named(&filters.format) {
        (renderer.write)(&answer, &options, &mut context.out)?;
    }
    if answer.total == 0 && filters.format == "text" {
        talk("nothing found");
    }
    Ok(if answer.total == 0 { Exit::Nothing } else { Exit::Found })
}

/// The saved queries, read only where one may be named: a fault in their file stops no other search.
fn saved_queries(words: &[String], files: &UserFiles) -> Result<Saved> {
    let named = |word: &String| {
        let low = word.to_lowercase();
        ["query", "saved", "search"].iter().any(|name| low.contains(name))
    };
    if words.iter().any(named) { super::saved::read(files) } else { Ok(Saved::default()) }
}

/// A grade as it is typed: as it is shown (`in quote`), as JSON has it (`in_quote`), or in short (`quote`).
fn grade(typed: &str) -> std::result::Result<Grade, String> {
    let name = typed.trim().to_lowercase().replace([' ', '-'], "_");
    let found =
        Grade::ALL.into_iter().find(|grade| grade.name() == name || grade.name() == format!("in_{name}"));
    found.ok_or_else(|| format!("choose one of {}", Grade::ALL.map(Grade::name).join(", ")))
}

/// The conditions as filters of a query.
pub fn conditions(filters: &Conditions, today: jiff::civil::Date) -> Result<Vec<Filter<String>>> {
    let kinds: Vec<QuoteKind> = QuoteKind::ALL
        .into_iter()
        .filter(|kind| filters.kind.iter().any(|name| name == kind.name()))
        .collect();
    let mut all: Vec<Filter<String>> = Vec::new();
    all.extend(filters.about.iter().cloned().map(Filter::About));
    all.extend(filters.about_min.map(Filter::AboutMin));
    all.extend(filters.by.iter().cloned().map(Filter::By));
    all.extend(filters.to.iter().cloned().map(Filter::To));
    all.extend((!kinds.is_empty()).then_some(Filter::Kind(kinds)));
    all.extend(filters.cue.iter().cloned().map(Filter::Cue));
    all.extend(filters.source.iter().cloned().map(Filter::Source));
    all.extend(filters.lang.iter().map(|code| Filter::Lang(code.to_lowercase())));
    if let Some(text) = &filters.since {
        all.extend(days("--since", text, today)?.since().map(Filter::Since));
    }
    if let Some(text) = &filters.until {
        all.extend(days("--until", text, today)?.until().map(Filter::Until));
    }
    Ok(all)
}

fn days(flag: &str, text: &str, today: jiff::civil::Date) -> Result<date::DayRange> {
    date::day_range(text, today).ok_or_else(|| Error::Query {
        part: format!("{flag} {text}"),
        reason: "not a date; write 2025-10-14, 2025-10, yesterday, \"last week\" or 30d".to_string(),
    })
}
