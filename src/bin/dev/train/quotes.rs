//! `dev train quotes`: sources, cues and contents of reported speech.

use std::collections::HashMap;
use std::error::Error;
use std::io::BufRead;
use std::path::Path;

use onrecord::extract::linear::chain::LANES;
use onrecord::extract::linear::model::Model;
use onrecord::extract::linear::name_features::{NEIGHBOURS, Scene, Zone, surface};
use onrecord::extract::linear::quote_features::Paragraph;
use onrecord::extract::linear::words::Words;
use onrecord::extract::linear::forest::Forest;
use onrecord::extract::linear::{Cut, NUMBERS, Name, Table, Tagged, What, around, names, quotes, quotes_with, speakers_with};
use onrecord::span::Span;

use super::Options;
use super::boost;
use super::crf::{Example, Plan, Weights, train};
use super::data;
use super::learn::{Counts, Index, allowed, count, f1, prune};
use super::pack::{self, Lexicon, Row};

/// An article with its quotes; spans in bytes.
pub struct Article {
    /// The set's own name of it.
    pub id: String,
    /// Its text.
    pub text: String,
    /// Its paragraphs.
    pub paragraphs: Vec<Span>,
    /// Names that our model finds.
    pub names: Vec<Name>,
    /// What was said, by whom, by which words.
    pub quotes: Vec<Gold>,
}

/// One gold quote.
pub struct Gold {
    /// What was said.
    pub content: Span,
    /// Who said it.
    pub source: Option<Span>,
    /// The words that report it.
    pub cue: Option<Span>,
}

#[derive(serde::Deserialize)]
struct Line {
    id: String,
    text: String,
    quotes: Vec<LineQuote>,
}

#[derive(serde::Deserialize)]
struct LineQuote {
    start: usize,
    end: usize,
    speaker_start: Option<usize>,
    speaker_end: Option<usize>,
    cue_start: Option<usize>,
    cue_end: Option<usize>,
}

/// Reads a file of gold quotes.
pub fn articles(file: &Path) -> Result<Vec<Article>, Box<dyn Error>> {
    let open = std::fs::File::open(file).map_err(|error| format!("{}: {error}", file.display()))?;
    std::io::BufReader::new(open)
        .lines()
        .map(|line| {
            let Line { id, text, quotes } = serde_json::from_str(&line?)?;
            let mut bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            bytes.push(text.len());
            let byte = |point: usize| bytes[point.min(bytes.len() - 1)];
            let span = |start: Option<usize>, end: Option<usize>| Some(Span::new(byte(start?), byte(end?)));
            let quotes = quotes
                .iter()
                .map(|quote| Gold {
                    content: Span::new(byte(quote.start), byte(quote.end)),
                    source: span(quote.speaker_start, quote.speaker_end),
                    cue: span(quote.cue_start, quote.cue_end),
                })
                .collect();
            let paragraphs = paragraphs(&text);
            let sentences: Vec<Span> =
                paragraphs.iter().flat_map(|&paragraph| sentences(&text, paragraph)).collect();
            let names = names(&text, &sentences);
            Ok(Article { id, text, paragraphs, names, quotes })
        })
        .collect()
}

fn paragraphs(text: &str) -> Vec<Span> {
    let mut at = 0;
    let mut all = Vec::new();
    for line in text.split('\n') {
        if !line.trim().is_empty() {
            all.push(Span::new(at, at + line.len()));
        }
        at += line.len() + 1;
    }
    all
}

/// A plain cut into sentences, for the name model.
fn sentences(text: &str, paragraph: Span) -> Vec<Span> {
    let words = paragraph.of(text);
    let base = paragraph.start as usize;
    let (mut all, mut start) = (Vec::new(), 0);
    for (at, end) in words.match_indices(' ').map(|(at, _)| (at, at + 1)) {
        let before = words[..at].trim_end_matches(['"', '”', '’', ')', '\'']);
        let stops = before.ends_with(['?', '!']) || before.ends_with('.') && !abbreviated(before);
        let starts = words[end..].chars().next().is_some_and(|c| c.is_uppercase() || "\"“‘'`".contains(c));
        if stops && starts {
            all.push(Span::new(base + start, base + end));
            start = end;
        }
    }
    all.push(Span::new(base + start, base + words.len()));
    all
}

fn abbreviated(before: &str) -> bool {
    let word = before.trim_end_matches('.').rsplit([' ', '(', '“', '"']).next().unwrap_or_default();
    word.chars().count() == 1 || word.contains('.') || onrecord::extract::linear::is_abbreviation(word)
}

/// Runs with the given options.
pub fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let lexicon =
        Model::of_clusters(data::clusters(&options.data.join("train/word_clusters.tsv"))?.into_iter());
    let classes = cue_words(&options.data.join("train/cue_words.tsv"))?;
    let model = lexicon.classed(classes.into_iter());
    let gold = options.data.join("gold/quotes");
    let train = articles(&gold.join("polnear.train.jsonl"))?;
    let share: usize = options.number("share", 100)?;
    let train: Vec<Article> = train
        .into_iter()
        .enumerate()
        .filter(|(n, _)| n * 7919 % 100 < share)
        .map(|(_, article)| article)
        .collect();
    let (rows, transitions) = learn(&train.iter().collect::<Vec<_>>(), &model, options)?;
    let words = Lexicon { clusters: model.all_clusters(), classes: model.all_classes() };
    let draft = Model::read(&pack::encode("draft", &words, &[transitions], &rows));
    let mut score = String::new();
    for set in ["gum_news.dev", "polnear.dev"] {
        let articles = articles(&gold.join(format!("{set}.jsonl")))?;
        score = report(set, &draft, &articles);
    }
    let header = format!(
        "onrecord quote model: linear chain, weights only, no sentence of any set\n\
         trained on: PolNeAR, train part; research release, no licence stated\n\
         names and clusters: those of the name model\n\
         command: {}\ndate: {}\npolnear.dev, exact spans, F1: {score}",
        options.command("quotes"),
        options.text("date", "unknown")
    );
    let bytes = pack::encode(&header, &Lexicon { clusters: Vec::new(), ..words }, &[transitions], &rows);
    eprintln!("{} features, {} bytes", rows.len(), bytes.len());
    if let Some(out) = &options.out {
        std::fs::write(out, bytes)?;
    }
    Ok(())
}

/// Reporting words with their class, by tabs.
fn cue_words(file: &Path) -> Result<Vec<(String, u8)>, Box<dyn Error>> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(text
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .filter_map(|(word, class)| Some((word.to_owned(), class.trim().parse().ok()?)))
        .collect())
}

/// An article as the model sees it.
struct Seen {
    scene: Scene,
    zones: Vec<Zone>,
    read: Vec<Paragraph>,
    gold: Vec<u8>,
}

fn see(cut: &Cut, article: &Article, words: &Words) -> Seen {
    let (scene, zones, read) = cut.read(words);
    let gold = labels(cut, article, &zones);
    Seen { scene, zones, read, gold }
}

/// Gold spans as labels: cues and sources first, contents where nothing else is.
fn labels(cut: &Cut, article: &Article, zones: &[Zone]) -> Vec<u8> {
    let mut owner: Vec<(usize, usize)> = vec![(0, 0); cut.tokens.len()];
    let mut number = 0;
    let mut mark = |span: Span, kind: usize| {
        number += 1;
        let start = cut.tokens.partition_point(|token| token.span.end <= span.start);
        for (owner, token) in owner[start..].iter_mut().zip(&cut.tokens[start..]) {
            if token.span.start >= span.end {
                break;
            }
            if owner.0 == 0 {
                *owner = (number, kind);
            }
        }
    };
    for quote in &article.quotes {
        quote.cue.into_iter().for_each(|cue| mark(cue, 1));
        quote.source.into_iter().for_each(|source| mark(source, 0));
    }
    for quote in &article.quotes {
        mark(quote.content, 2);
    }
    let mut labels = vec![0; owner.len()];
    for zone in zones {
        let mut at = zone.start;
        while at < zone.end {
            let (name, kind) = owner[at];
            let end = (at..zone.end).find(|&next| owner[next].0 != name).unwrap_or(zone.end);
            let base = 1 + 4 * kind as u8;
            if name != 0 && end - at == 1 {
                labels[at] = base + 3;
            } else if name != 0 {
                labels[at..end].fill(base + 1);
                labels[at] = base;
                labels[end - 1] = base + 2;
            }
            at = end;
        }
    }
    labels
}

fn keys(seen: &Seen, n: usize, words: &Words) -> Vec<Vec<u32>> {
    let zone = seen.zones[n];
    let mut keys: Vec<Vec<u32>> = (zone.start..zone.end)
        .map(|token| {
            let mut keys = Vec::with_capacity(130);
            for (offset, view) in NEIGHBOURS {
                let word = &words.all[seen.scene.neighbour(token, offset, (zone.start, zone.end)) as usize];
                surface(word, view, &mut |key| keys.push(key));
            }
            keys
        })
        .collect();
    seen.scene.near_context(zone, words, &mut |token, key| keys[token - zone.start].push(key));
    let (before, after) = around(&seen.read, n);
    seen.read[n].features(before, after, words, &mut |at, key| keys[at].push(key));
    keys
}

fn learn(
    articles: &[&Article],
    model: &Model,
    options: &Options,
) -> Result<(Vec<Row>, [[f32; LANES]; LANES]), Box<dyn Error>> {
    let mut words = Words::default();
    let cuts: Vec<Cut> = articles
        .iter()
        .map(|article| Cut::new(model, &mut words, &article.text, &article.paragraphs, &article.names))
        .collect();
    let seen: Vec<Seen> = cuts.iter().zip(articles).map(|(cut, article)| see(cut, article, &words)).collect();
    let spoken = |seen: &Seen| -> Vec<usize> {
        (0..seen.zones.len()).filter(|&n| !seen.read[n].is_silent(&words)).collect()
    };
    let mut counts: HashMap<u32, u32> = HashMap::new();
    for seen in &seen {
        for n in spoken(seen) {
            for key in keys(seen, n, &words).into_iter().flatten() {
                *counts.entry(key).or_default() += 1;
            }
        }
    }
    let index = Index::new(&counts, options.number("least", 3)?);
    let mut examples = Vec::new();
    for (number, seen) in seen.iter().enumerate() {
        for n in spoken(seen) {
            let zone = seen.zones[n];
            examples.push(index.example(&keys(seen, n, &words), &seen.gold[zone.start..zone.end], number, 0));
        }
    }
    let tokens: usize = examples.iter().map(|example| example.gold.len()).sum();
    let features: usize = examples.iter().map(|example| example.features.len()).sum();
    eprintln!(
        "{} of {} keys kept, {tokens} tokens, {} features each",
        index.keys.len(),
        counts.len(),
        features / tokens.max(1)
    );
    drop(counts);
    let plan = Plan {
        epochs: options.number("epochs", 8)?,
        rate: options.number("rate", 0.1)?,
        dropout: options.number("dropout", 0.3)?,
        decay: options.number("decay", 0.0)?,
        target: None,
        sets: 0,
        allowed: allowed(),
        seed: options.number("seed", 1)?,
    };
    let all: Vec<&Example> = examples.iter().collect();
    let full: Weights = train(&all, index.keys.len(), &plan, None);
    let (weights, kept) = prune(&all, &full, &plan, options)?;
    let rows = kept.iter().zip(&weights.rows).map(|(&n, row)| (index.keys[n as usize], *row)).collect();
    Ok((rows, weights.transitions))
}

/// Prints how many spans are found exactly; one line of it.
fn report(set: &str, model: &Model, articles: &[Article]) -> String {
    let mut counts = Counts::default();
    let mut words = Words::default();
    for article in articles {
        let cut = Cut::new(model, &mut words, &article.text, &article.paragraphs, &article.names);
        let zones: Vec<Zone> = cut.paragraphs.iter().map(|&(start, end)| Zone { start, end }).collect();
        let gold = onrecord::extract::linear::spans(&labels(&cut, article, &zones));
        let gold: Vec<_> = gold
            .into_iter()
            .map(|(start, end, kind)| {
                (cut.tokens[start].span.start as usize, cut.tokens[end - 1].span.end as usize, kind)
            })
            .collect();
        let found: Vec<_> =
            quotes_with(model, &mut words, &article.text, &article.paragraphs, &article.names)
                .into_iter()
                .map(|tagged| {
                    let kind = What::ALL.iter().position(|&what| what == tagged.what).unwrap_or(0);
                    (tagged.span.start as usize, tagged.span.end as usize, kind)
                })
                .collect();
        count(&gold, &found, &mut counts);
    }
    let mut line = String::new();
    for (name, counts) in ["source", "cue", "content"].iter().zip(counts) {
        let (precision, recall, f1) = f1(counts);
        line += &format!("{name} {f1:.1} (P {precision:.1} R {recall:.1})  ");
    }
    println!("{set}: {line}");
    line.trim_end().to_owned()
}

/// `dev train speakers`: who said which content, learned from what the quote model finds in articles
/// that it has not seen.
pub fn run_speakers(options: &Options) -> Result<(), Box<dyn Error>> {
    let lexicon = Model::of_clusters(data::clusters(&options.data.join("train/word_clusters.tsv"))?.into_iter());
    let model = lexicon.classed(cue_words(&options.data.join("train/cue_words.tsv"))?.into_iter());
    let gold = options.data.join("gold/quotes");
    let articles = articles(&gold.join("polnear.train.jsonl"))?;
    let folds: usize = options.number("folds", 2)?;
    let (mut rows, mut truth) = (Vec::new(), Vec::new());
    for fold in 0..folds {
        let (aside, rest): (Vec<(usize, &Article)>, Vec<_>) = articles.iter().enumerate().partition(|(n, _)| n % folds == fold);
        let rest: Vec<&Article> = rest.into_iter().map(|(_, article)| article).collect();
        let (learned, transitions) = learn(&rest, &model, options)?;
        let words = Lexicon { clusters: model.all_clusters(), classes: model.all_classes() };
        let draft = Model::read(&pack::encode("draft", &words, &[transitions], &learned));
        for (_, article) in aside {
            pairs(&draft, article, &mut rows, &mut truth);
        }
    }
    eprintln!("{} pairs, {} of them right", rows.len(), truth.iter().filter(|&&truth| truth).count());
    let plan = boost::Plan {
        trees: options.number("trees", 200)?,
        depth: options.number("depth", 6)?,
        rate: options.number("shrink", 0.08)?,
        rows: 0.6,
        numbers: 0.6,
        least: options.number("leaf", 4.0)?,
        seed: options.number("seed", 1)?,
    };
    let forest = boost::grow(&rows, &truth, &plan);
    let header = format!(
        "onrecord speaker model: {} boosted trees over pairs of content and mention, no sentence of any set\n\
         trained on: PolNeAR, train part; research release, no licence stated\n\
         command: {}\ndate: {}",
        plan.trees,
        options.command("speakers"),
        options.text("date", "unknown")
    );
    let bytes = forest.write(&header);
    eprintln!("{} bytes", bytes.len());
    if let Some(out) = &options.out {
        std::fs::write(out, bytes)?;
    }
    evaluate(options, &forest)
}

/// `dev train predict`: writes what the shipped models find.
pub fn run_predict(options: &Options) -> Result<(), Box<dyn Error>> {
    let file = options.text("speakers", "");
    let forest = Forest::read(&std::fs::read(file).map_err(|error| format!("{file}: {error}"))?);
    evaluate(options, &forest)
}

fn evaluate(options: &Options, forest: &Forest) -> Result<(), Box<dyn Error>> {
    for set in ["gum_news.dev", "polnear.dev"] {
        let articles = articles(&options.data.join("gold/quotes").join(format!("{set}.jsonl")))?;
        let folder = options.text("predictions", ".");
        predict(forest, &articles, options.number("threshold", 0.08)?, &Path::new(folder).join(format!("{set}.jsonl")))?;
    }
    Ok(())
}

/// Describes every pair of an article, and whether the gold has it.
fn pairs(model: &Model, article: &Article, rows: &mut Vec<[f32; NUMBERS]>, truth: &mut Vec<bool>) {
    let mut words = Words::default();
    let found = quotes_with(model, &mut words, &article.text, &article.paragraphs, &article.names);
    let cut = Cut::new(model, &mut words, &article.text, &article.paragraphs, &article.names);
    let table = Table::new(&cut, &found, &words);
    for content in table.contents() {
        let span = table.span(content);
        let shared = |gold: &&Gold| gold.content.end.min(span.end).saturating_sub(gold.content.start.max(span.start));
        let best = article.quotes.iter().filter(|gold| shared(gold) > 0).max_by_key(shared);
        let Some(source) = best.and_then(|gold| gold.source) else { continue };
        for candidate in table.candidates(content) {
            rows.push(table.numbers(content, candidate));
            truth.push(table.span(candidate).overlaps(source));
        }
    }
}

/// Writes what the shipped quote model finds in the form that the scorer reads.
fn predict(forest: &Forest, articles: &[Article], threshold: f32, out: &Path) -> Result<(), Box<dyn Error>> {
    let mut words = Words::default();
    let mut lines = String::new();
    for article in articles {
        let found = quotes(&article.text, &article.paragraphs, &article.names);
        let spoken = speakers_with(forest, &mut words, &article.text, &article.paragraphs, &article.names, &found);
        let quotes: Vec<_> = spoken
            .iter()
            .map(|(number, speakers)| {
                let speaker = speakers.first().filter(|speaker| speaker.score >= threshold);
                line(article, &found[*number], speaker.map(|speaker| speaker.span))
            })
            .collect();
        lines += &format!("{}\n", serde_json::json!({ "id": article.id, "quotes": quotes }));
    }
    Ok(std::fs::write(out, lines)?)
}

fn line(article: &Article, content: &Tagged, speaker: Option<Span>) -> serde_json::Value {
    let point = |byte: u32| article.text[..byte as usize].chars().count();
    let mut quote = serde_json::json!({
        "start": point(content.span.start), "end": point(content.span.end),
        "kind": kind(content.span.of(&article.text)), "score": content.score,
    });
    if let Some(speaker) = speaker {
        quote["speaker_start"] = point(speaker.start).into();
        quote["speaker_end"] = point(speaker.end).into();
        quote["speaker_text"] = speaker.of(&article.text).into();
    }
    quote
}

fn kind(content: &str) -> &'static str {
    let (mut open, mut inside, mut all) = (false, 0, 0);
    for c in content.chars() {
        match c {
            '"' => open = !open,
            '“' => open = true,
            '”' => open = false,
            c if c.is_alphabetic() => {
                all += 1;
                inside += usize::from(open);
            }
            _ => {}
        }
    }
    if inside * 20 >= all * 19 {
        "direct"
    } else if inside > 0 {
        "mixed"
    } else {
        "indirect"
    }
}
