use std::io::Write;

use super::{Context, Exit, is_interactive};
use crate::engine::tantivy::Index;
use crate::error::Result;
use crate::ingest::verify::{Verified, verify};
use crate::render::text::clean_line;

/// Do the sources still say what the index tells? Cuts every stored quote and passage again
///
/// Each is cut from the stored body and from the source file as it is now.
/// Exit codes: 0 all is as it was, 2 something changed, is gone, or is stored wrongly.
#[derive(clap::Args)]
pub struct VerifyArgs {
    /// Name every article, not only the first ten of each kind
    #[arg(long, short)]
    verbose: bool,
}

/// Articles of each kind that are named without `--verbose`.
const MOST_NAMED: usize = 10;

pub fn run(args: VerifyArgs, context: &mut Context) -> Result<Exit> {
    let index = Index::open(&context.index_to_read()?)?;
    let shown = is_interactive();
    let verified = verify(&index, &|done, all| {
        if shown && done % 100 == 0 {
            let _ = write!(std::io::stderr().lock(), "\r\x1b[Kverifying {done} of {all} files");
        }
    })?;
    if shown {
        let _ = write!(std::io::stderr().lock(), "\r\x1b[K");
    }
    let Verified { articles, passages, quotes, earlier, wrong, changed, gone } = &verified;
    let most = if args.verbose { usize::MAX } else { MOST_NAMED };
    for (what, list) in [("stored wrongly", wrong), ("source changed", changed), ("source gone", gone)] {
        for line in list.iter().take(most) {
            writeln!(context.out, "{what}: {}", clean_line(line))?;
        }
        if list.len() > most {
            writeln!(context.out, "{what}: {} more (-v names them)", list.len() - most)?;
        }
    }
    writeln!(
        context.out,
        "{articles} articles, {passages} passages and {quotes} quotes cut again: {} stored wrongly; {} articles whose source changed, {} whose source is gone",
        wrong.len(),
        changed.len(),
        gone.len()
    )?;
    if *earlier > 0 {
        writeln!(
            context.out,
            "{earlier} earlier texts of pages that changed: their files say something else now, so they were compared with their own sums"
        )?;
    }
    if !changed.is_empty() || !gone.is_empty() {
        writeln!(context.out, "what to do: onrecord index FOLDER, with the folders of those sources")?;
    }
    if !wrong.is_empty() {
        writeln!(context.out, "what to do: onrecord doctor, then onrecord index --rebuild FOLDER")?;
    }
    let whole = wrong.is_empty() && changed.is_empty() && gone.is_empty();
    Ok(if whole { Exit::Found } else { Exit::Trouble })
}
