//! `dev hot MODELS ARTICLES --date DATE`: puts the features that news asks for most into the front part of the
//! weights, where the caches of a processor can hold them. What the models say stays as it is.

use std::error::Error;
use std::path::Path;

use onrecord::extract::linear::words::Words;
use onrecord::extract::linear::{Cut, MOST_WORDS, mark, model::Model, names_with, quotes_with};
use onrecord::extract::segment::Text;
use onrecord::read;

use crate::train::pack::{self, Lexicon};

/// One feature of so many goes to the front: nine of ten that are found are among these.
const HOT: usize = 8;

pub fn run(args: &[String]) -> Result<(), Box<dyn Error>> {
    let [folder, articles, option, date] = args else {
        return Err("usage: dev hot MODELS ARTICLES --date DATE".into());
    };
    if option != "--date" {
        return Err(format!("{option}: only --date is known").into());
    }
    let bodies = bodies(Path::new(articles))?;
    let made = format!("{} articles by dev hot, {date}", bodies.len());
    let file = |name: &str| Path::new(folder).join(name);
    let load = |name: &str| Ok::<_, Box<dyn Error>>(Model::read(&std::fs::read(file(name))?).counting());
    let (names, clean) = (load("names.bin")?, load("names-clean.bin")?);
    let quotes = load("quotes.bin")?.sharing(&names);
    ask(&bodies, &names, Some(&quotes));
    ask(&bodies, &clean, None);
    for (name, model, has_clusters) in
        [("names.bin", &names, true), ("names-clean.bin", &clean, true), ("quotes.bin", &quotes, false)]
    {
        let hot: Vec<u32> = model.most_asked().into_iter().take(model.rows().count() / HOT).collect();
        println!("{name}: {} features in front", hot.len());
        std::fs::write(file(name), rewritten(model, &hot, has_clusters, &made))?;
    }
    Ok(())
}

/// English articles of a folder.
fn bodies(folder: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut bodies = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry?;
        if !entry.file_type().is_file() || !read::is_supported(entry.path()) {
            continue;
        }
        let shown = entry.path().to_string_lossy().into_owned();
        let articles = read::open(entry.path(), &shown, &shown)?.flatten();
        bodies.extend(articles.filter(|article| article.language.quotes).map(|article| article.body));
    }
    Ok(bodies)
}

/// Reads articles with the models as extraction does, so that they count what is asked for.
fn ask(bodies: &[String], names: &Model, quotes: Option<&Model>) {
    let (mut words, mut others) = (Words::default(), Words::default());
    for body in bodies {
        words.limit(MOST_WORDS);
        others.limit(MOST_WORDS);
        let text = Text::new(body);
        let found = names_with(names, &mut words, text.body, &text.sentences);
        let Some(quotes) = quotes else { continue };
        let mut cut = Cut::new(quotes, &mut others, text.body, &text.sentences, &text.paragraphs);
        mark(&mut cut, &found);
        quotes_with(quotes, &mut others, text.body, &cut);
    }
}

/// The data file of a model with other features in front.
fn rewritten(model: &Model, hot: &[u32], has_clusters: bool, made: &str) -> Vec<u8> {
    let header = model.header.lines().filter(|line| !line.is_empty() && !line.starts_with("in front: "));
    let header: Vec<&str> = header.collect();
    let header = format!("{}\nin front: the features most asked for in {made}", header.join("\n"));
    let clusters = if has_clusters { model.all_clusters() } else { Vec::new() };
    let lexicon = Lexicon { clusters, classes: model.all_classes() };
    pack::write(&header, &lexicon, (model.step, &model.transitions), model.rows(), hot)
}
