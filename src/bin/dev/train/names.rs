//! `dev train names`: people, bodies, places and demonyms.

use std::collections::HashMap;
use std::error::Error;
use std::time::Instant;

use onrecord::extract::linear::chain::LANES;
use onrecord::extract::linear::model::Model;
use onrecord::extract::linear::name_features::{NEIGHBOURS, Scene, Zone};
use onrecord::extract::linear::words::{Words, surface};
use onrecord::extract::linear::{NameClass, Opinion, label, names_with, spans};
use onrecord::span::Span;

use super::Options;
use super::crf::{Example, Plan, Weights, best_path, train};
use super::data::{self, Article};
use super::learn::{Counts, Index, allowed, best_heat, count, f1, prune};
use super::pack::{self, Lexicon, Row};

/// A training set: its file's stem, what it is and its licence, and whether a clean build may use it.
const SETS: &[(&str, &str, bool)] = &[
    ("newswire", "world newswire, hand-labelled; research release, no licence stated", false),
    ("wikigold", "WikiGold; CC BY 4.0", true),
    ("ewt", "UNER English Web Treebank; CC BY-SA 4.0", false),
    ("gmb", "Groningen Meaning Bank, machine-labelled, titles stripped; public domain", true),
];

/// Runs with the given options.
pub fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let data_folder = options.data.join("train");
    let clean = options.has("clean");
    let default = if clean { "wikigold,gmb" } else { "newswire,wikigold,ewt,gmb" };
    let sets: Vec<&str> = options.text("sets", default).split(',').collect();
    let mut articles = Vec::new();
    for (number, set) in sets.iter().enumerate() {
        let known =
            SETS.iter().find(|(name, ..)| name == set).ok_or_else(|| format!("{set}: no such set"))?;
        if clean && !known.2 {
            return Err(format!("{set}: not for a clean build").into());
        }
        let file =
            if *set == "wikigold" { "wikigold.jsonl".to_owned() } else { format!("{set}.train.jsonl") };
        let read = data::articles(&data_folder.join(file), number)?;
        let share: usize = options.number(&format!("{set}-share"), 100)?;
        articles.extend(
            read.into_iter().enumerate().filter(|(n, _)| n * 7919 % 100 < share).map(|(_, article)| article),
        );
    }
    let held = options.number("hold", usize::MAX)?;
    let (aside, articles): (Vec<_>, Vec<_>) =
        articles.into_iter().enumerate().partition(|(n, article)| article.set == 0 && n % 8 == held);
    let [aside, articles] =
        [aside, articles].map(|part| part.into_iter().map(|(_, article)| article).collect::<Vec<_>>());
    let mut articles = articles;
    if !options.has("plain") {
        let native = |(_, article): &(usize, &mut Article)| article.set == 0;
        articles
            .iter_mut()
            .enumerate()
            .filter(native)
            .for_each(|(n, article)| data::add_headlines(article, n));
    }
    let model = Model::of_clusters(data::clusters(&data_folder.join("word_clusters.tsv"))?.into_iter());
    let trained = learn(&articles, &sets, &model, options)?;
    let dev = data::articles(&data_folder.join("newswire.dev.jsonl"), 0)?;
    let lexicon = Lexicon { clusters: model.all_clusters(), classes: Vec::new() };
    let draft = pack::encode("draft", &lexicon, &trained.transitions, &trained.rows);
    let score = report(&Model::read(&draft), &dev);
    println!("ewt.dev:");
    report(&Model::read(&draft), &data::articles(&data_folder.join("ewt.dev.jsonl"), 0)?);
    if !aside.is_empty() {
        println!("held out:");
        report(&Model::read(&draft), &aside);
    }
    let header = header(&sets, options, &score);
    let bytes = pack::encode(&header, &lexicon, &trained.transitions, &trained.rows);
    eprintln!("{} features, {} bytes", trained.rows.len(), bytes.len());
    if let Some(out) = &options.out {
        std::fs::write(out.join(if clean { "names-clean.bin" } else { "names.bin" }), bytes)?;
    }
    Ok(())
}

fn header(sets: &[&str], options: &Options, score: &str) -> String {
    let mut header =
        String::from("onrecord name model: linear chain, weights only, no sentence of any set\n");
    for (name, what, _) in SETS.iter().filter(|(name, ..)| sets.contains(name)) {
        header += &format!("trained on: {name}: {what}\n");
    }
    header += "clusters: spaCy en_core_web_md vectors (MIT), GloVe 6B (PDDL)\n";
    header += &format!("command: {}\ndate: {}\n", options.command("names"), options.text("date", "unknown"));
    header += &format!("newswire.dev, F1: {score}");
    header
}

/// What goes into the data file.
struct Trained {
    rows: Vec<Row>,
    transitions: Vec<[[f32; LANES]; LANES]>,
}

/// An article as the model sees it.
struct Seen {
    scene: Scene,
    zones: Vec<Zone>,
    gold: Vec<u8>,
}

fn see(article: &Article, model: &Model, words: &mut Words) -> (Vec<u32>, Vec<(usize, usize)>, Vec<u8>) {
    let (mut ids, mut bounds, mut gold) = (Vec::new(), Vec::new(), Vec::new());
    for sentence in article.sentences.iter().filter(|sentence| !sentence.is_empty()) {
        let start = ids.len();
        for (word, label) in sentence {
            ids.push(words.id(word, model));
            gold.push(*label);
        }
        bounds.push((start, ids.len()));
    }
    (ids, bounds, gold)
}

/// Right labels of a zone, without names that it cuts.
fn gold_of(gold: &[u8], zone: Zone) -> Vec<u8> {
    let mut labels = vec![0; zone.end - zone.start];
    for (start, end, _) in spans(&gold[zone.start..zone.end]) {
        labels[start..end].copy_from_slice(&gold[zone.start + start..zone.start + end]);
    }
    labels
}

/// All keys of the first pass for the tokens of a zone.
fn first_keys(scene: &Scene, zone: Zone, words: &Words) -> Vec<Vec<u32>> {
    let frame = scene.frame(zone);
    (zone.start..zone.end)
        .map(|token| {
            let mut keys = Vec::with_capacity(100);
            for (offset, view) in NEIGHBOURS {
                let word = scene.neighbour(token, offset, frame.sentence);
                surface(words, word, view, &mut |key| keys.push(key));
            }
            scene.keys(token, &frame, words, &mut keys);
            keys
        })
        .collect()
}

fn learn(
    articles: &[Article],
    sets: &[&str],
    model: &Model,
    options: &Options,
) -> Result<Trained, Box<dyn Error>> {
    let start = Instant::now();
    let mut words = Words::default();
    let read: Vec<_> = articles.iter().map(|article| see(article, model, &mut words)).collect();
    let seen: Vec<Seen> = read
        .into_iter()
        .map(|(ids, bounds, gold)| {
            let scene = Scene::new(&ids, bounds, &words);
            let zones = scene.wide_zones(&words);
            Seen { scene, zones, gold }
        })
        .collect();
    let mut counts: HashMap<u32, u32> = HashMap::new();
    for seen in &seen {
        for &zone in &seen.zones {
            for key in first_keys(&seen.scene, zone, &words).into_iter().flatten() {
                *counts.entry(key).or_default() += 1;
            }
        }
    }
    let index = Index::new(&counts, options.number("least", 2)?);
    let mut examples = Vec::new();
    for (number, (seen, article)) in seen.iter().zip(articles).enumerate() {
        for &zone in &seen.zones {
            let keys = first_keys(&seen.scene, zone, &words);
            examples.push(index.example(&keys, &gold_of(&seen.gold, zone), number, article.set));
        }
    }
    let tokens: usize = examples.iter().map(|example| example.gold.len()).sum();
    eprintln!(
        "{} of {} keys kept, {tokens} tokens, {:.0} s",
        index.keys.len(),
        counts.len(),
        start.elapsed().as_secs_f32()
    );
    drop(counts);

    let target = sets.iter().position(|set| *set == options.text("target", "newswire"));
    let plan = Plan {
        epochs: options.number("epochs", 10)?,
        rate: options.number("rate", 0.1)?,
        dropout: options.number("dropout", 0.3)?,
        decay: options.number("decay", 0.0)?,
        target,
        sets: sets.len(),
        allowed: allowed(),
        seed: options.number("seed", 1)?,
    };
    let all: Vec<&Example> = examples.iter().collect();
    let full = train(&all, index.keys.len(), &plan, None);
    let (first, kept) = prune(&all, &full, &plan, 1, options)?;
    let mut rows: Vec<Row> =
        kept.iter().zip(&first.rows).map(|(&n, row)| (index.keys[n as usize], *row)).collect();
    let mut transitions = vec![first.transitions];
    if !options.has("one-pass") {
        let (second, keys, heat) =
            second_pass(&seen, articles, &examples, index.keys.len(), &words, &plan, options)?;
        rows.iter_mut().flat_map(|(_, row)| row).for_each(|weight| *weight *= heat);
        transitions[0].iter_mut().flatten().for_each(|weight| *weight *= heat);
        transitions.push(second.transitions);
        rows.extend(keys.into_iter().zip(second.rows));
    }
    Ok(Trained { rows, transitions })
}

/// Learns the second pass from labels that a model gave which had not seen the article.
fn second_pass(
    seen: &[Seen],
    articles: &[Article],
    examples: &[Example],
    features: usize,
    words: &Words,
    plan: &Plan,
    options: &Options,
) -> Result<(Weights, Vec<u32>, f32), Box<dyn Error>> {
    let folds: usize = options.number("folds", 6)?;
    let target = plan.target.unwrap_or(0);
    let mut keyed: Vec<(Vec<Vec<u32>>, Example)> = Vec::new();
    let mut edges = [[0.0; LANES]; LANES];
    for fold in 0..folds {
        let rest: Vec<&Example> =
            examples.iter().filter(|one| one.set != target || one.article % folds != fold).collect();
        let part = Plan {
            epochs: options.number("fold-epochs", 10)?,
            seed: plan.seed + 10 + fold as u64,
            ..plan.clone()
        };
        let weights = train(&rest, features, &part, None);
        edges = weights.transitions;
        let mut at = 0;
        while at < examples.len() {
            let article = examples[at].article;
            let end = examples[at..]
                .iter()
                .position(|one| one.article != article)
                .map_or(examples.len(), |n| at + n);
            if articles[article].set == target && article % folds == fold {
                keyed.extend(second_keys(&seen[article], &examples[at..end], &weights, words));
            }
            at = end;
        }
    }
    let mut counts: HashMap<u32, u32> = HashMap::new();
    for key in keyed.iter().flat_map(|(keys, _)| keys).flatten() {
        *counts.entry(*key).or_default() += 1;
    }
    let index = Index::new(&counts, 3);
    let heat = options.number("heat", best_heat(keyed.iter().map(|(_, example)| example), &edges))?;
    for (_, example) in &mut keyed {
        example.given.iter_mut().flatten().for_each(|score| *score *= heat);
    }
    edges.iter_mut().flatten().for_each(|score| *score *= heat);
    let examples: Vec<Example> = keyed
        .into_iter()
        .map(|(keys, given)| Example {
            given: given.given,
            ..index.example(&keys, &given.gold, given.article, 0)
        })
        .collect();
    let all: Vec<&Example> = examples.iter().collect();
    let plan = Plan {
        sets: 1,
        target: Some(0),
        epochs: options.number("second-epochs", 3)?,
        dropout: options.number("second-dropout", 0.5)?,
        rate: options.number("second-rate", 0.1)?,
        ..plan.clone()
    };
    let from = Weights { rows: vec![[0.0; LANES]; index.keys.len()], transitions: edges };
    Ok((train(&all, index.keys.len(), &plan, Some(&from)), index.keys, heat))
}

/// Keys of the second pass for each zone of an article, with the first pass's scores.
fn second_keys(
    seen: &Seen,
    examples: &[Example],
    weights: &Weights,
    words: &Words,
) -> Vec<(Vec<Vec<u32>>, Example)> {
    let mut labels = vec![0; seen.gold.len()];
    let scores: Vec<_> = examples.iter().map(|example| weights.scores(example)).collect();
    for (zone, scores) in seen.zones.iter().zip(&scores) {
        labels[zone.start..zone.end].copy_from_slice(&best_path(scores, &weights.transitions));
    }
    let opinion = Opinion::new(&seen.scene, words, &seen.zones, &labels);
    seen.zones
        .iter()
        .zip(scores)
        .zip(examples)
        .map(|((&zone, given), example)| {
            let mut keys = vec![Vec::new(); zone.end - zone.start];
            for (token, keys) in (zone.start..zone.end).zip(&mut keys) {
                opinion.keys(token, &seen.scene, seen.scene.sentence_of(zone.start), words, &labels, keys);
            }
            (
                keys,
                Example { article: example.article, gold: example.gold.clone(), given, ..Example::default() },
            )
        })
        .collect()
}

/// Prints scores over the words as the set cuts them, and over plain text; returns one line of them.
fn report(model: &Model, articles: &[Article]) -> String {
    let (mut by_words, mut by_text) = (Counts::default(), Counts::default());
    let mut words = Words::default();
    for article in articles {
        let (ids, bounds, gold) = see(article, model, &mut words);
        let mut found = vec![0; ids.len()];
        for one in label(model, &mut words, &ids, bounds) {
            found[one.token] = one.label;
        }
        count(&spans(&gold), &spans(&found), &mut by_words);
        text_counts(model, article, &mut words, &mut by_text);
    }
    let mut line = String::new();
    for (what, counts) in [("words", by_words), ("text", by_text)] {
        let all = [0, 1, 2].map(|n| counts[0][n] + counts[1][n] + counts[2][n]);
        line = String::new();
        for (name, counts) in
            [("PER", counts[0]), ("ORG", counts[1]), ("LOC", counts[2]), ("all", all), ("demonym", counts[3])]
        {
            let (precision, recall, f1) = f1(counts);
            line += &format!("{name} {f1:.1} (P {precision:.1} R {recall:.1})  ");
        }
        println!("{what}: {line}");
    }
    line.trim_end().to_owned()
}

fn text_counts(model: &Model, article: &Article, words: &mut Words, counts: &mut Counts) {
    let (mut text, mut sentences, mut gold) = (String::new(), Vec::new(), Vec::new());
    for sentence in &article.sentences {
        let start = text.len();
        let labels: Vec<u8> = sentence.iter().map(|(_, label)| *label).collect();
        let mut bytes = Vec::new();
        for (n, (word, _)) in sentence.iter().enumerate() {
            if n > 0 {
                text.push(' ');
            }
            bytes.push((text.len(), text.len() + word.len()));
            text += word;
        }
        gold.extend(
            spans(&labels).into_iter().map(|(from, to, class)| (bytes[from].0, bytes[to - 1].1, class)),
        );
        sentences.push(Span::new(start, text.len()));
        text.push('\n');
    }
    let found: Vec<_> = names_with(model, words, &text, &sentences)
        .into_iter()
        .map(|name| {
            let class = NameClass::ALL.iter().position(|&class| class == name.class).unwrap_or(0);
            (name.span.start as usize, name.span.end as usize, class)
        })
        .collect();
    count(&gold, &found, counts);
}
