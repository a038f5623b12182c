//! For maintainers: rebuilds the data files inside onrecord. Not part of a release.

mod gazetteer;
mod train;

use std::process::ExitCode;

const USAGE: &str = "\
usage: dev gazetteer [--from DIR]     rebuild src/gazetteer/data/places.bin
       dev train names|quotes DATA    rebuild the weights in src/extract/linear/data/";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match args.split_first() {
        Some((what, rest)) if what == "gazetteer" => gazetteer::run(rest),
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
