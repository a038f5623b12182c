//! For maintainers: rebuilds the data files inside onrecord. Not part of a release.

mod bench;
mod gazetteer;
mod hot;
mod train;

use std::process::ExitCode;

const USAGE: &str = "\
usage: dev gazetteer [--from DIR]     rebuild src/gazetteer/data/places.bin
       dev train names|quotes DATA    rebuild the weights in src/extract/linear/data/; `dev hot` then
       dev hot MODELS ARTICLES --date DATE   puts the features most asked for to the front of the weights
       dev latency INDEX QUERIES [ROWS]   times of search beside plain tantivy; writes the rows for others
       dev passages INDEX QUERIES     a TREC run of articles, each by its best passage
       dev quotes FOLDER ROWS FILE…   times of said in an index of so many quotes, made from these articles";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match args.split_first() {
        Some((what, rest)) if what == "gazetteer" => gazetteer::run(rest),
        Some((what, rest)) if what == "hot" => hot::run(rest),
        Some((what, rest)) if what == "latency" => bench::latency(rest),
        Some((what, rest)) if what == "passages" => bench::passages(rest),
        Some((what, rest)) if what == "quotes" => bench::quotes(rest),
        Some((what, rest)) if what == "train" => train::run(rest),
        _ => Err(USAGE.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("dev: {error}");
            ExitCode::from(2)
        }
    }
}
