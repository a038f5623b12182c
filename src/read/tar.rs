//! Tar archives, mostly packed as a whole with gzip.

use std::io::{self, Cursor, Read};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use super::entries::{Entries, Entry, is_furniture};
use super::input::{Input, Place, Records};
use super::{Format, Result};

pub(super) const FORMAT: Format =
    Format { name: "tar", extensions: &["tar"], sniff: |head| head.get(257..262) == Some(b"ustar"), read };

/// The largest entry that is read; two of them may lie in memory at once.
const MOST_ENTRY: u64 = 128 << 20;

fn read(input: Input) -> Result<Records> {
    let place = Arc::clone(&input.place);
    // An entry borrows from its archive, so the archive goes on in a thread of its own.
    let (sender, entries) = sync_channel(0);
    let archive = Arc::clone(&place);
    let work = move || {
        if let Err(error) = unpack(input.reader, &archive, &sender) {
            let _ = sender.send((Arc::clone(&archive), Err(archive.unreadable(error))));
        }
    };
    let thread = thread::Builder::new().spawn(work).map_err(|error| place.unreadable(error))?;
    let unpacked = Unpacked { place: Arc::clone(&place), entries, thread: Some(thread) };
    Ok(Box::new(Entries::new(place, unpacked)))
}

/// Sends every file of the archive, until nobody listens any more.
fn unpack(reader: impl Read, archive: &Arc<Place>, sender: &SyncSender<Entry>) -> io::Result<()> {
    for entry in tar::Archive::new(reader).entries()? {
        let mut entry = entry?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if !entry.header().entry_type().is_file() || is_furniture(&name) {
            continue;
        }
        let place = archive.entry(&name);
        let mut bytes = Vec::new();
        let held: Result<Box<dyn Read + Send>> = if entry.size() > MOST_ENTRY {
            let most = MOST_ENTRY >> 20;
            Err(place
                .malformed(format!("larger than {most} MB, the most that is read of a tar archive's entry")))
        } else {
            entry.read_to_end(&mut bytes)?;
            Ok(Box::new(Cursor::new(bytes)))
        };
        if sender.send((place, held)).is_err() || archive.job.is_bomb() {
            break;
        }
    }
    Ok(())
}

/// The entries as they come; at the end it is told when the thread stopped at what it read.
struct Unpacked {
    place: Arc<Place>,
    entries: Receiver<Entry>,
    thread: Option<JoinHandle<()>>,
}

impl Iterator for Unpacked {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        self.entries.recv().ok().or_else(|| {
            self.thread.take()?.join().err()?;
            let stopped =
                self.place.malformed("a reader stopped at what this file holds; the rest of it is not read");
            Some((Arc::clone(&self.place), Err(stopped)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{from_bytes, told};

    fn packed(entries: &[(&str, &str)]) -> Vec<u8> {
        let mut archive = tar::Builder::new(Vec::new());
        for (name, text) in entries {
            let mut header = tar::Header::new_gnu();
            // Not by its own way, which refuses names that lead outside.
            header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
            header.set_size(text.len() as u64);
            header.set_cksum();
            archive.append(&header, text.as_bytes()).unwrap();
        }
        archive.into_inner().unwrap()
    }

    #[test]
    fn entries_are_files() {
        let bytes = packed(&[
            ("2025/a.json", "{\"title\": \"T\", \"text\": \"One.\"}"),
            ("../../etc/b.txt", "Rain fell on the town, the mayor said."),
            ("._c.txt", "furniture"),
        ]);
        let one = "T||||| ".trim_end();
        let all = told(from_bytes("a.tar", &bytes));
        assert!(all.starts_with(one) && all.contains("Rain fell on the town"), "{all}");
        assert!(!all.contains("furniture"), "{all}");
        let cut = told(from_bytes("a", &bytes[..bytes.len() - 1500]));
        assert!(cut.starts_with(one), "{cut}");
    }
}
