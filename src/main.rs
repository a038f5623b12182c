//! Parse, run, exit.

use std::process::ExitCode;

use clap::Parser;
use onrecord::cli::{self, Cli, Exit};
use onrecord::error::Error;

fn main() -> ExitCode {
    let exit = match cli::run(Cli::parse()) {
        Ok(exit) => exit,
        // A pipe that closes early wanted no more: `onrecord search … | head`.
        Err(Error::Write(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => Exit::Found,
        Err(error) => {
            eprintln!("onrecord: {}", cli::explain(&error));
            Exit::Trouble
        }
    };
    ExitCode::from(exit.code())
}
