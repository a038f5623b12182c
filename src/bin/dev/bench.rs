//! Latency of onrecord beside plain tantivy over the same rows and queries, in one run.

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use jiff::civil::date;
use onrecord::engine::tantivy::Index;
use onrecord::engine::{Engine, Row, Show, Wanted};
use onrecord::extract::extract;
use onrecord::gazetteer::Gazetteer;
use onrecord::query::{Filter, Query, Sort};
use onrecord::search::{Request, ask};
use onrecord::{gold, rows};
use serde_json::json;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::QueryParser;
use tantivy::schema::{Field, STORED, STRING, Schema, TextFieldIndexing, TextOptions};
use tantivy::{Index as Tantivy, IndexReader, TantivyDocument, doc};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// How often each query is asked; the median of its times counts.
const ROUNDS: usize = 7;

/// `latency INDEX QUERIES.tsv [ROWS.jsonl]`: times every query in both, in turn; writes the rows, so that
/// other programs can be timed over the same.
pub fn latency(args: &[String]) -> Outcome<()> {
    let [index, queries, rest @ ..] = args else {
        return Err("usage: dev latency INDEX QUERIES.tsv [ROWS]".into());
    };
    let index = Index::open(Path::new(index))?;
    let queries = questions(queries)?;
    let folder = std::env::temp_dir().join(format!("onrecord-bench-{}", std::process::id()));
    let peer = Peer::make(&index, &folder, rest.first().map(PathBuf::from))?;
    let mut table: [Vec<f64>; 3] = Default::default();
    for question in &queries {
        let mut times: [Vec<f64>; 3] = Default::default();
        for _ in 0..ROUNDS {
            times[0].push(timed(|| answer(&index, question, Wanted::Passages, Vec::new()).map(drop))?);
            times[1].push(timed(|| peer.answer(question, true))?);
            times[2].push(timed(|| peer.answer(question, false))?);
        }
        table.iter_mut().zip(times).for_each(|(column, times)| column.push(part(times, 0.5)));
    }
    drop(peer);
    std::fs::remove_dir_all(folder)?;
    println!("{} queries, median of {ROUNDS} each, warm; ms", queries.len());
    let names = [
        "onrecord search, ten answers and the count",
        "tantivy, top ten and the count",
        "tantivy, top ten alone",
    ];
    let plain = (part(table[1].clone(), 0.5), part(table[1].clone(), 0.99));
    for (name, column) in names.iter().zip(table) {
        let (p50, p99) = (part(column.clone(), 0.5), part(column, 0.99));
        println!("{name:44} p50 {p50:8.3} ({:.2}x)  p99 {p99:8.3} ({:.2}x)", p50 / plain.0, p99 / plain.1);
    }
    Ok(())
}

/// `passages INDEX QUERIES.tsv`: a TREC run of articles, each by the best of its passages, as `search` ranks
/// them; so that a change in the ranking of passages shows on collections that judge articles.
pub fn passages(args: &[String]) -> Outcome<()> {
    let [index, queries] = args else { return Err("usage: dev passages INDEX QUERIES.tsv".into()) };
    let index = Index::open(Path::new(index))?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::fs::read_to_string(queries)?.lines().filter(|line| !line.trim().is_empty()) {
        let (id, question) = line.split_once('\t').ok_or("not of the form qid<TAB>question")?;
        let request = Request { words: question.to_string(), limit: PASSAGES, ..Request::default() };
        let found = ask(&request, &index, Gazetteer::embedded(), date(2026, 1, 1))?.found;
        let mut seen = std::collections::HashSet::new();
        for found in found {
            let Row::Passage(row) = found.row else { continue };
            let article = row.article.id.0.replace(char::is_whitespace, "_");
            if seen.insert(article.clone()) {
                writeln!(out, "{id} Q0 {article} {} {:.6} passages", seen.len(), found.score)?;
            }
        }
    }
    Ok(())
}

/// Passages of a question that are looked at: enough for its ten best articles and more.
const PASSAGES: usize = 200;

/// `quotes FOLDER ROWS FILE…`: an index of so many quote rows, from the quotes of some articles over and
/// over under new ids, and the time of `said --about X --by Y` in it.
pub fn quotes(args: &[String]) -> Outcome<()> {
    let [folder, wanted, files @ ..] = args else {
        return Err("usage: dev quotes FOLDER ROWS ARTICLE.txt…".into());
    };
    let wanted: usize = wanted.parse()?;
    let index = Index::open_or_create(Path::new(folder))?;
    if index.totals()?.quotes < wanted {
        fill(&index, wanted, files)?;
    }
    let mut times = Vec::new();
    let pairs = [
        ("Ukraine", "Trump"),
        ("Russia", "Putin"),
        ("Iran", "Rubio"),
        ("United States", "Biden"),
        ("Europe", "Merkel"),
    ];
    for (about, by) in pairs {
        let filters = vec![Filter::About(about.to_string()), Filter::By(by.to_string())];
        let mut all = Vec::new();
        let mut total = 0;
        for _ in 0..21 {
            all.push(timed(|| {
                total = answer(&index, "", Wanted::Quotes, filters.clone())?;
                Ok(())
            })?);
        }
        let median = part(all, 0.5);
        println!("said --about {about:14} --by {by:8} {total:8} found  {median:8.3} ms");
        times.push(median);
    }
    println!("{} quote rows; worst {:.3} ms", index.totals()?.quotes, part(times, 1.0));
    Ok(())
}

fn fill(index: &Index, wanted: usize, files: &[String]) -> Outcome<()> {
    let mut documents = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(file)?;
        let document = extract(gold::article(file, &text), Gazetteer::embedded());
        if !document.quotes.is_empty() {
            documents.push(document);
        }
    }
    if documents.is_empty() {
        return Err("no quotes in these articles".into());
    }
    let mut writer = index.writer(4, &|_| false)?;
    let (mut made, mut round) = (0, 0);
    while made < wanted {
        for document in &documents {
            let mut copy = document.clone();
            copy.article.id.0 = format!("{round}-{}", copy.article.id.0);
            let mut rows = rows::of(copy, Gazetteer::embedded());
            // One passage tells the writer of the article; the quotes are what is measured.
            rows.passages.truncate(1);
            made += rows.quotes.len();
            writer.add("bench", &rows)?;
        }
        round += 1;
    }
    writer.commit()?;
    writer.finish()?;
    index.reload()?;
    Ok(())
}

fn questions(path: &str) -> Outcome<Vec<String>> {
    let text = std::fs::read_to_string(path)?;
    let question = |line: &str| line.split_once('\t').map_or(line, |(_, question)| question).to_string();
    Ok(text.lines().filter(|line| !line.trim().is_empty()).map(question).collect())
}

fn timed(work: impl FnOnce() -> Outcome<()>) -> Outcome<f64> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed().as_secs_f64() * 1e3)
}

fn part(mut times: Vec<f64>, share: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    times[((times.len() - 1) as f64 * share).round() as usize]
}

fn answer(index: &Index, words: &str, wanted: Wanted, filters: Vec<Filter<String>>) -> Outcome<usize> {
    let request = Request {
        words: words.to_string(),
        filters,
        wanted,
        sort: Sort::Score,
        limit: 10,
        offset: 0,
        fresh: None,
        facets: false,
        group: None,
        each: 3,
        explain: false,
        ..Request::default()
    };
    Ok(ask(&request, index, Gazetteer::embedded(), date(2026, 1, 1))?.total)
}

/// Plain tantivy: English stems, its own query parser, headline and words of every passage.
struct Peer {
    reader: IndexReader,
    parser: QueryParser,
    stored: Field,
}

impl Peer {
    fn make(index: &Index, folder: &Path, rows: Option<PathBuf>) -> Outcome<Peer> {
        let mut schema = Schema::builder();
        let stems = TextFieldIndexing::default()
            .set_tokenizer("en_stem")
            .set_index_option(tantivy::schema::IndexRecordOption::WithFreqsAndPositions);
        let text = TextOptions::default().set_indexing_options(stems);
        let (title, body) =
            (schema.add_text_field("title", text.clone()), schema.add_text_field("body", text));
        let (id, stored) = (schema.add_text_field("id", STRING), schema.add_text_field("json", STORED));
        std::fs::create_dir_all(folder)?;
        let peer = Tantivy::create_in_dir(folder, schema.build())?;
        let mut writer = peer.writer(100_000_000)?;
        let everything = Query { expr: None, sort: Sort::Oldest, limit: usize::MAX };
        let mut out = rows.map(std::fs::File::create).transpose()?.map(std::io::BufWriter::new);
        for hit in index.find(Wanted::Passages, &everything, &Show::default())?.hits {
            let Row::Passage(row) = hit.row else { continue };
            if let Some(out) = &mut out {
                writeln!(out, "{}", json!({"id": row.id, "title": row.article.title, "text": row.text}))?;
            }
            let json = serde_json::to_string(&row)?;
            writer.add_document(doc!(id => row.id.as_str(), title => row.article.title.as_str(), body => row.text.as_str(), stored => json))?;
        }
        writer.commit()?;
        writer.wait_merging_threads()?;
        Ok(Peer { reader: peer.reader()?, parser: QueryParser::for_index(&peer, vec![title, body]), stored })
    }

    fn answer(&self, question: &str, counted: bool) -> Outcome<()> {
        let searcher = self.reader.searcher();
        let (query, _) = self.parser.parse_query_lenient(question);
        let top = TopDocs::with_limit(10).order_by_score();
        let best = if counted {
            searcher.search(&query, &(top, Count))?.0
        } else {
            searcher.search(&query, &top)?
        };
        for (_, address) in best {
            let document: TantivyDocument = searcher.doc(address)?;
            std::hint::black_box(document.get_first(self.stored));
        }
        Ok(())
    }
}
