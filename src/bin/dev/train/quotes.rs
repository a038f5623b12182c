//! `dev train quotes`: sources, cues and contents of reported speech.

use std::collections::HashMap;
use std::error::Error;
use std::io::BufRead;
use std::path::Path;

use onrecord::extract::linear::chain::LANES;
use onrecord::extract::linear::forest::{DEPTH, Forest};
use onrecord::extract::linear::model::Model;
use onrecord::extract::linear::name_features::{NEIGHBOURS, Scene, Zone};
use onrecord::extract::linear::quote_features::Paragraph;
use onrecord::extract::linear::quote_opinion::Opinion;
use onrecord::extract::linear::words::{REPORTS, Words, surface};
use onrecord::extract::linear::{
    Cut, NUMBERS, Name, Table, Tagged, View, What, around, mark, names, quotes_with, spans, speakers_with,
    tokenize,
};
use onrecord::span::Span;

use super::Options;
use super::boost;
use super::crf::{Example, Plan, Weights, best_path, train_mean};
use super::data;
use super::learn::{Counts, Index, allowed, best_heat, count, f1, prune};
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

/// Runs with the given options: the quote model, then the trees that choose speakers.
pub fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let gold = options.data.join("gold/quotes");
    let share: usize = options.number("share", 100)?;
    let articles: Vec<Article> = articles(&gold.join("polnear.train.jsonl"))?
        .into_iter()
        .enumerate()
        .filter(|(n, _)| n * 7919 % 100 < share)
        .map(|(_, article)| article)
        .collect();
    let lexicon =
        Model::of_clusters(data::clusters(&options.data.join("train/word_clusters.tsv"))?.into_iter());
    let mut classes = cue_words(&options.data.join("train/cue_words.tsv"))?;
    for word in reporting_words(&articles, options.number("reports", 0.35)?) {
        *classes.entry(word).or_default() |= REPORTS;
    }
    let model = lexicon.classed(classes.into_iter());
    let set = Set::new(&articles, &model, options)?;
    let trained = learn(&set, &model, options)?;
    let draft = trained.full.model(&trained.lexicon);
    let mut score = String::new();
    for name in ["gum_news.dev", "polnear.dev"] {
        score = report(name, &draft, &self::articles(&gold.join(format!("{name}.jsonl")))?);
    }
    let header = format!(
        "onrecord quote model: linear chain, weights only, no sentence of any set\n\
         trained on: PolNeAR, train part; research release, no licence stated\n\
         names and clusters: those of the name model\n\
         command: {}\ndate: {}\npolnear.dev, exact spans, F1: {score}",
        options.command("quotes"),
        options.text("date", "unknown")
    );
    let lexicon = Lexicon { clusters: Vec::new(), classes: model.all_classes() };
    let bytes = pack::encode(&header, &lexicon, &trained.full.transitions, &trained.full.rows);
    eprintln!("{} features, {} bytes", trained.full.rows.len(), bytes.len());
    if let Some(out) = &options.out {
        std::fs::write(out.join("quotes.bin"), bytes)?;
    }
    speakers(&trained, &articles, options)?;
    Ok(())
}

/// `dev train quotes`, its second half: who said which content, learned from what the quote model finds
/// in articles that it has not seen.
fn speakers(trained: &Trained, articles: &[Article], options: &Options) -> Result<(), Box<dyn Error>> {
    let (mut rows, mut truth) = (Vec::new(), Vec::new());
    for (fold, weights) in trained.folds.iter().enumerate() {
        let draft = weights.model(&trained.lexicon);
        for article in articles.iter().skip(fold).step_by(trained.folds.len()) {
            pairs(&draft, article, &mut rows, &mut truth);
        }
    }
    eprintln!("{} pairs, {} of them right", rows.len(), truth.iter().filter(|&&truth| truth).count());
    let plan = boost::Plan {
        trees: options.number("trees", 300)?,
        depth: options.number("depth", DEPTH).map(|depth| depth.min(DEPTH))?,
        rate: options.number("shrink", 0.05)?,
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
        options.command("quotes"),
        options.text("date", "unknown")
    );
    let bytes = forest.write(&header);
    eprintln!("{} bytes", bytes.len());
    if let Some(out) = &options.out {
        std::fs::write(out.join("speakers.bin"), bytes)?;
    }
    evaluate(options, &trained.full.model(&trained.lexicon), &forest)
}

/// Weights of both passes, ready to be written.
struct Ready {
    rows: Vec<Row>,
    transitions: Vec<[[f32; LANES]; LANES]>,
}

impl Ready {
    fn model(&self, lexicon: &Lexicon) -> Model {
        Model::read(&pack::encode("draft", lexicon, &self.transitions, &self.rows))
    }
}

/// The model, and those that have not seen some of the articles.
struct Trained {
    full: Ready,
    folds: Vec<Ready>,
    lexicon: Lexicon,
}

/// Reporting words with their class, by tabs.
fn cue_words(file: &Path) -> Result<HashMap<String, u8>, Box<dyn Error>> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(text
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .filter_map(|(word, class)| Some((word.to_owned(), class.trim().parse().ok()?)))
        .collect())
}

/// Words of which at least this share are part of a cue, wherever they stand.
fn reporting_words(articles: &[Article], share: f32) -> Vec<String> {
    let mut counts: HashMap<String, (f32, f32)> = HashMap::new();
    for article in articles {
        let mut tokens = Vec::new();
        article.paragraphs.iter().for_each(|&paragraph| tokenize(&article.text, paragraph, &mut tokens));
        let mut cues: Vec<Span> = article.quotes.iter().filter_map(|quote| quote.cue).collect();
        cues.sort_by_key(|cue| cue.start);
        let mut cues = cues.into_iter().peekable();
        for token in tokens {
            while cues.next_if(|cue| cue.end <= token.span.start).is_some() {}
            let count = counts.entry(token.span.of(&article.text).to_lowercase()).or_default();
            count.0 += f32::from(u8::from(cues.peek().is_some_and(|cue| cue.overlaps(token.span))));
            count.1 += 1.0;
        }
    }
    // A word that was met once tells little of its habits.
    let often = |&(cue, all): &(f32, f32)| cue > 0.0 && (cue + 0.1) / (all + 1.0) >= share;
    let words =
        counts.into_iter().filter(|(word, count)| often(count) && word.starts_with(char::is_alphabetic));
    words.map(|(word, _)| word).collect()
}

/// An article as the model sees it.
struct Seen {
    scene: Scene,
    zones: Vec<Zone>,
    read: Vec<Paragraph>,
    gold: Vec<u8>,
}

/// An article cut at its paragraphs, with its names.
fn cut(model: &Model, words: &mut Words, article: &Article) -> Cut {
    let mut cut = Cut::new(model, words, &article.text, &article.paragraphs, &article.paragraphs);
    mark(&mut cut, &article.names);
    cut
}

fn see(cut: &Cut, article: &Article, words: &Words) -> Seen {
    let View { mut scene, zones, read } = cut.view(words);
    // Paragraphs in which nothing is looked for are learned from as well.
    (0..zones.len()).for_each(|zone| scene.look(zone, words));
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
    let (before, after) = around(&seen.read, n);
    let frame = seen.scene.frame(zone);
    (zone.start..zone.end)
        .map(|token| {
            let mut keys = Vec::with_capacity(130);
            for (offset, view) in NEIGHBOURS {
                let word = seen.scene.neighbour(token, offset, (zone.start, zone.end));
                surface(words, word, view, &mut |key| keys.push(key));
            }
            seen.scene.near_keys(token, &frame, words, &mut keys);
            seen.scene.pair_keys(token, &frame, words, &mut keys);
            seen.read[n].keys(token - zone.start, before, after, words, &mut keys);
            keys
        })
        .collect()
}

/// All articles as the model sees them, with their features numbered.
struct Set {
    words: Words,
    seen: Vec<Seen>,
    index: Index,
    examples: Vec<Example>,
    /// Zone of each example.
    zones: Vec<usize>,
}

impl Set {
    fn new(articles: &[Article], model: &Model, options: &Options) -> Result<Set, Box<dyn Error>> {
        let mut words = Words::default();
        let cuts: Vec<Cut> = articles.iter().map(|article| cut(model, &mut words, article)).collect();
        let seen: Vec<Seen> =
            cuts.iter().zip(articles).map(|(cut, article)| see(cut, article, &words)).collect();
        let spoken: Vec<(usize, usize)> = seen
            .iter()
            .enumerate()
            .flat_map(|(number, seen)| (0..seen.zones.len()).map(move |zone| (number, zone)))
            .filter(|&(number, zone)| !seen[number].read[zone].is_silent(&words))
            .collect();
        let mut counts: HashMap<u32, u32> = HashMap::new();
        for &(number, zone) in &spoken {
            for key in keys(&seen[number], zone, &words).into_iter().flatten() {
                *counts.entry(key).or_default() += 1;
            }
        }
        let index = Index::new(&counts, options.number("least", 3)?);
        let (mut examples, mut zones) = (Vec::new(), Vec::new());
        for (number, n) in spoken {
            let zone = seen[number].zones[n];
            let gold = &seen[number].gold[zone.start..zone.end];
            examples.push(index.example(&keys(&seen[number], n, &words), gold, number, 0));
            zones.push(n);
        }
        let tokens: usize = examples.iter().map(|example| example.gold.len()).sum();
        let features: usize = examples.iter().map(|example| example.features.len()).sum();
        let kept = index.keys.len();
        eprintln!(
            "{kept} of {} keys kept, {tokens} tokens, {} features each",
            counts.len(),
            features / tokens.max(1)
        );
        Ok(Set { words, seen, index, examples, zones })
    }

    fn rows(&self, weights: &Weights, kept: &[u32]) -> Vec<Row> {
        kept.iter().zip(&weights.rows).map(|(&n, row)| (self.index.keys[n as usize], *row)).collect()
    }

    /// Keys of the second pass for an example, and the example without its first features.
    fn second(
        &self,
        n: usize,
        given: Vec<[f32; LANES]>,
        transitions: &[[f32; LANES]; LANES],
    ) -> (Vec<Vec<u32>>, Example) {
        let example = &self.examples[n];
        let paragraph = &self.seen[example.article].read[self.zones[n]];
        let path = best_path(&given, transitions);
        let mut keys = vec![Vec::new(); path.len()];
        let opinion = Opinion::new(paragraph, &path);
        keys.iter_mut().enumerate().for_each(|(at, keys)| opinion.keys(at, &self.words, keys));
        (keys, Example { article: example.article, gold: example.gold.clone(), given, ..Example::default() })
    }
}

fn learn(set: &Set, model: &Model, options: &Options) -> Result<Trained, Box<dyn Error>> {
    let plan = Plan {
        epochs: options.number("epochs", 6)?,
        rate: options.number("rate", 0.1)?,
        dropout: options.number("dropout", 0.5)?,
        decay: options.number("decay", 0.0)?,
        target: None,
        sets: 0,
        allowed: allowed(),
        seed: options.number("seed", 1)?,
    };
    let all: Vec<&Example> = set.examples.iter().collect();
    let mean: u64 = options.number("mean", 1)?;
    let full = train_mean(&all, set.index.keys.len(), &plan, None, mean);
    let (weights, kept) = prune(&all, &full, &plan, mean, options)?;
    let mut trained = Trained {
        full: Ready { rows: set.rows(&weights, &kept), transitions: vec![weights.transitions] },
        folds: Vec::new(),
        lexicon: Lexicon { clusters: model.all_clusters(), classes: model.all_classes() },
    };
    let folds: usize = options.number("folds", 5)?;
    let every: Vec<u32> = (0..set.index.keys.len() as u32).collect();
    let (mut keyed, mut edges) = (Vec::new(), weights.transitions);
    for fold in 0..folds {
        let rest: Vec<&Example> = set.examples.iter().filter(|one| one.article % folds != fold).collect();
        let part = Plan { seed: plan.seed + 10 + fold as u64, ..plan.clone() };
        let weights = train_mean(&rest, every.len(), &part, None, mean);
        edges = weights.transitions;
        for (n, example) in set.examples.iter().enumerate().filter(|(_, one)| one.article % folds == fold) {
            keyed.push(set.second(n, weights.scores(example), &weights.transitions));
        }
        trained
            .folds
            .push(Ready { rows: set.rows(&weights, &every), transitions: vec![weights.transitions] });
    }
    if folds > 0 && !options.has("one-pass") {
        second_pass(keyed, edges, &plan, &mut trained, options)?;
    }
    Ok(trained)
}

/// Learns how first labels fit together, and adds that to all models.
fn second_pass(
    mut keyed: Vec<(Vec<Vec<u32>>, Example)>,
    mut edges: [[f32; LANES]; LANES],
    plan: &Plan,
    trained: &mut Trained,
    options: &Options,
) -> Result<(), Box<dyn Error>> {
    let heat = best_heat(keyed.iter().map(|(_, example)| example), &edges);
    let mut counts: HashMap<u32, u32> = HashMap::new();
    for key in keyed.iter().flat_map(|(keys, _)| keys).flatten() {
        *counts.entry(*key).or_default() += 1;
    }
    let index = Index::new(&counts, 5);
    edges.iter_mut().flatten().for_each(|score| *score *= heat);
    let examples: Vec<Example> = keyed
        .drain(..)
        .map(|(keys, mut one)| {
            one.given.iter_mut().flatten().for_each(|score| *score *= heat);
            Example { given: one.given, ..index.example(&keys, &one.gold, one.article, 0) }
        })
        .collect();
    let all: Vec<&Example> = examples.iter().collect();
    let from = Weights { rows: vec![[0.0; LANES]; index.keys.len()], transitions: edges };
    let plan = Plan {
        epochs: options.number("second-epochs", 3)?,
        dropout: options.number("second-dropout", 0.5)?,
        rate: options.number("second-rate", 0.1)?,
        ..plan.clone()
    };
    let mean = options.number("mean", 1)?;
    let mut second = train_mean(&all, index.keys.len(), &plan, Some(&from), mean);
    let bold: f32 = options.number("bold", 0.0)?;
    second.transitions.iter_mut().for_each(|row| row[0] -= bold);
    for (name, weights) in [("first", &from), ("second", &second)] {
        let mut counts = Counts::default();
        for example in &all {
            let found = best_path(&weights.scores(example), &weights.transitions);
            count(&spans(&example.gold), &spans(&found), &mut counts);
        }
        eprintln!("{name} pass, as learned: {:.1?}", counts.map(|counts| f1(counts).2));
    }
    for ready in std::iter::once(&mut trained.full).chain(&mut trained.folds) {
        ready.rows.iter_mut().flat_map(|(_, row)| row).for_each(|weight| *weight *= heat);
        ready.transitions[0].iter_mut().flatten().for_each(|score| *score *= heat);
        ready.transitions.push(second.transitions);
        ready.rows.extend(index.keys.iter().copied().zip(second.rows.iter().copied()));
    }
    Ok(())
}

/// Prints how many spans are found exactly; one line of it.
fn report(set: &str, model: &Model, articles: &[Article]) -> String {
    let mut counts = Counts::default();
    let mut words = Words::default();
    for article in articles {
        let cut = cut(model, &mut words, article);
        let zones: Vec<Zone> = cut.paragraphs.iter().map(|&(start, end)| Zone { start, end }).collect();
        let gold = spans(&labels(&cut, article, &zones));
        let gold: Vec<_> = gold
            .into_iter()
            .map(|(start, end, kind)| {
                (cut.tokens[start].span.start as usize, cut.tokens[end - 1].span.end as usize, kind)
            })
            .collect();
        let found: Vec<_> = quotes_with(model, &mut words, &article.text, &cut)
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

/// Writes what the models find beside `--predictions`, for the scorer.
fn evaluate(options: &Options, model: &Model, forest: &Forest) -> Result<(), Box<dyn Error>> {
    let Some((_, folder)) = options.named.iter().find(|(name, _)| name == "predictions") else {
        return Ok(());
    };
    for set in ["gum_news.dev", "polnear.dev"] {
        let articles = articles(&options.data.join("gold/quotes").join(format!("{set}.jsonl")))?;
        predict(
            model,
            forest,
            &articles,
            options.number("threshold", 0.08)?,
            &Path::new(folder).join(format!("{set}.jsonl")),
        )?;
    }
    Ok(())
}

/// Describes every pair of an article, and whether the gold has it.
fn pairs(model: &Model, article: &Article, rows: &mut Vec<[f32; NUMBERS]>, truth: &mut Vec<bool>) {
    let mut words = Words::default();
    let cut = cut(model, &mut words, article);
    let found = quotes_with(model, &mut words, &article.text, &cut);
    let table = Table::new(&cut, &found, &words);
    for content in table.contents() {
        let span = table.span(content);
        let shared =
            |gold: &&Gold| gold.content.end.min(span.end).saturating_sub(gold.content.start.max(span.start));
        let best = article.quotes.iter().filter(|gold| shared(gold) > 0).max_by_key(shared);
        let Some(source) = best.and_then(|gold| gold.source) else { continue };
        let said = table.said(content);
        for candidate in table.candidates(content) {
            rows.push(table.numbers(&said, candidate));
            truth.push(table.span(candidate).overlaps(source));
        }
    }
}

/// Writes what is found in the form that the scorer reads.
fn predict(
    model: &Model,
    forest: &Forest,
    articles: &[Article],
    threshold: f32,
    out: &Path,
) -> Result<(), Box<dyn Error>> {
    let mut words = Words::default();
    let mut lines = String::new();
    for article in articles {
        let cut = cut(model, &mut words, article);
        let found = quotes_with(model, &mut words, &article.text, &cut);
        let spoken = speakers_with(forest, &words, &cut, &found);
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
