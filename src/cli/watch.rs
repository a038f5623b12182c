//! `onrecord index --watch`: goes on when files change.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use notify::{Event, EventKind, RecursiveMode, Watcher};

use super::talk;

/// After the last change it is quiet for this long before files are read: a file that is being written
/// should be whole.
const QUIET: Duration = Duration::from_millis(500);
/// Changes that never end are read after this time.
const PATIENCE: Duration = Duration::from_secs(10);
/// All files are looked at this often even if no change is told: a system may lose some.
const ANYWAY: Duration = Duration::from_secs(600);
/// The same where the system cannot tell changes at all.
const POLL: Duration = Duration::from_secs(10);

/// What wakes the one who waits.
pub enum Wake {
    /// A file changed.
    Change,
    /// The user wants to end.
    Stop,
}

/// Tells when something below the folders changed.
pub struct Watch {
    receiver: Receiver<Wake>,
    /// Ends when it is dropped.
    watcher: Option<notify::RecommendedWatcher>,
}

impl Watch {
    /// Begins to watch. Changes below `index` are the program's own.
    pub fn new(folders: &[PathBuf], index: &Path) -> (Watch, Sender<Wake>) {
        let (sender, receiver) = channel();
        let own = std::fs::canonicalize(index).unwrap_or_else(|_| index.to_path_buf());
        let tell = sender.clone();
        let told = move |event: notify::Result<Event>| {
            // An error may stand for changes that were lost.
            if event.map_or(true, |event| matters(&event, &own)) {
                // Nobody listens when the program ends.
                let _ = tell.send(Wake::Change);
            }
        };
        let started = notify::recommended_watcher(told).and_then(|mut watcher| {
            for folder in folders {
                watcher.watch(folder, RecursiveMode::Recursive)?;
            }
            Ok(watcher)
        });
        if let Err(error) = &started {
            talk(&format!(
                "onrecord: the system cannot tell changes ({error}); looking every {} s",
                POLL.as_secs()
            ));
        }
        (Watch { receiver, watcher: started.ok() }, sender)
    }

    /// Waits for a change, and then for quiet; false when the user wants to end.
    pub fn wait(&self) -> bool {
        let most = if self.watcher.is_some() { ANYWAY } else { POLL };
        match self.receiver.recv_timeout(most) {
            Ok(Wake::Stop) => return false,
            Err(_) => return true,
            Ok(Wake::Change) => {}
        }
        let first = Instant::now();
        while first.elapsed() < PATIENCE {
            match self.receiver.recv_timeout(QUIET) {
                Ok(Wake::Change) => {}
                Ok(Wake::Stop) => return false,
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            }
        }
        true
    }
}

/// Reading a file is an event too, and so is writing the index: neither may wake the program.
fn matters(event: &Event, own: &Path) -> bool {
    let changes = matches!(event.kind, EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_));
    let hidden =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    // No path: something was lost.
    let ours = |path: &PathBuf| path.starts_with(own) || hidden(path);
    event.need_rescan() || changes && (event.paths.is_empty() || !event.paths.iter().all(ours))
}
