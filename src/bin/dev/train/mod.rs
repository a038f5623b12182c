//! Trains the weights of `extract::linear` from annotated text.
//!
//! `dev train names DATA [--clean] …` and `dev train quotes DATA …` read the sets in DATA (`train/` and
//! `gold/quotes/`), train, print scores on the development parts and write data files into the folder
//! behind `--out`. The same arguments over the same data give the same files.

mod boost;
mod crf;
mod data;
mod demonyms;
mod learn;
mod names;
pub mod pack;
mod quotes;

use std::error::Error;

const USAGE: &str = "usage: dev train names|quotes DATA [--clean] [--out FOLDER] [--epochs N] [--rows N] \
    [--sets A,B]; quotes also [--mean N]";

/// Runs `train` with the arguments after it.
pub fn run(args: &[String]) -> Result<(), Box<dyn Error>> {
    match args.split_first() {
        Some((what, rest)) if what == "names" => names::run(&Options::parse(rest)?),
        Some((what, rest)) if what == "quotes" => quotes::run(&Options::parse(rest)?),
        _ => Err(USAGE.into()),
    }
}

/// What the command line asks for.
pub struct Options {
    /// Folder that holds `train/` and `gold/quotes/`.
    data: std::path::PathBuf,
    /// Folder that the weights go to; nothing is written without it.
    out: Option<std::path::PathBuf>,
    named: Vec<(String, String)>,
    flags: Vec<String>,
}

impl Options {
    fn parse(args: &[String]) -> Result<Options, Box<dyn Error>> {
        let (data, rest) = args.split_first().ok_or(USAGE)?;
        let mut options = Options { data: data.into(), out: None, named: Vec::new(), flags: Vec::new() };
        let mut rest = rest.iter();
        while let Some(arg) = rest.next() {
            let name = arg.strip_prefix("--").ok_or(USAGE)?;
            match name {
                "clean" | "one-pass" | "plain" | "refit-own" => options.flags.push(name.to_owned()),
                "out" => options.out = Some(rest.next().ok_or(USAGE)?.into()),
                name => options.named.push((name.to_owned(), rest.next().ok_or(USAGE)?.clone())),
            }
        }
        Ok(options)
    }

    fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|given| given == flag)
    }

    fn text<'a>(&'a self, name: &str, default: &'a str) -> &'a str {
        self.named.iter().find(|(given, _)| given == name).map_or(default, |(_, value)| value)
    }

    fn number<T: std::str::FromStr>(&self, name: &str, default: T) -> Result<T, Box<dyn Error>> {
        match self.named.iter().find(|(given, _)| given == name) {
            Some((_, value)) => value.parse().map_err(|_| format!("--{name} {value}: not a number").into()),
            None => Ok(default),
        }
    }

    /// The arguments as one would type them again.
    fn command(&self, what: &str) -> String {
        let mut command = format!("dev train {what} DATA");
        for flag in &self.flags {
            command += &format!(" --{flag}");
        }
        for (name, value) in self.named.iter().filter(|(name, _)| name != "predictions") {
            command += &format!(" --{name} {value}");
        }
        command
    }
}
