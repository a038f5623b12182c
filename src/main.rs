//! Parse, run, exit.

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;
use onrecord::cli::{self, Cli, Exit};
use onrecord::error::Error;

/// Rows are made by some threads and freed by another: with the allocator of glibc, indexing 60,000 articles took a
/// sixth longer, and more memory.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    // No input is known to cause a panic; if one does all the same, or the engine meets a broken file,
    // it ends as any other trouble does: with one line that tells the next step.
    std::panic::set_hook(Box::new(|_| {}));
    let cli = Cli::parse();
    let outcome = std::panic::catch_unwind(|| cli::run(cli)).unwrap_or_else(|cause| {
        let reason = cause.downcast_ref::<String>().cloned();
        let reason = reason.or_else(|| cause.downcast_ref::<&str>().map(ToString::to_string));
        Err(Error::Broken { reason: reason.unwrap_or_default() })
    });
    let exit = match outcome {
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
