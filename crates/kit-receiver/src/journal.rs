//! The state file: a line for each event that was received, and one for each that was handled.

use std::collections::HashSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use kit_core::deliveries::{DeliveredEvent, EventId, EventRecord, EventState};
use serde::{Deserialize, Serialize};

use crate::queue::Durability;

/// How many lines a file has at least before it is written anew.
const LONG: usize = 50_000;

/// What a state file holds.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// Events that were received, and not handled.
    pub(crate) waiting: Vec<DeliveredEvent>,
    /// Events that were handled.
    pub(crate) done: Vec<EventRecord>,
}

/// A state file that is open.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    end: Mutex<End>,
    /// How many lines there are, and how many there were when the file was written anew.
    lines: AtomicUsize,
    lines_before: AtomicUsize,
    /// Locked as long as this process uses the file.
    _lock: File,
}

#[derive(Debug)]
struct End {
    file: File,
    /// The length of the whole lines, in bytes.
    length: u64,
    /// Whether a part of a line stands behind them, and cannot be cut off.
    is_torn: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Received(Box<DeliveredEvent>),
    Done(EventRecord),
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum LineOf<'a> {
    Received(&'a DeliveredEvent),
    Done(&'a EventRecord),
}

impl Journal {
    /// Reads the file, if there is one, and writes it anew.
    pub(crate) fn open(path: &Path) -> io::Result<(Self, Kept)> {
        let lock = private().create(true).truncate(false).open(with_suffix(path, ".lock"))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => {
                io::Error::other(format!("{}: another process uses it", path.display()))
            }
            TryLockError::Error(error) => error,
        })?;
        let kept = read(path)?;
        let (end, lines) = write_anew(path, &kept)?;
        let this = Self {
            path: path.to_owned(),
            end: Mutex::new(end),
            lines: lines.into(),
            lines_before: lines.into(),
            _lock: lock,
        };
        Ok((this, kept))
    }

    pub(crate) fn lines_of<'a>(events: impl Iterator<Item = &'a DeliveredEvent>) -> Vec<u8> {
        let mut lines = Vec::new();
        events.for_each(|event| write_line(&mut lines, &LineOf::Received(event)));
        lines
    }

    pub(crate) fn line_of_done(record: &EventRecord) -> Vec<u8> {
        let mut line = Vec::new();
        write_line(&mut line, &LineOf::Done(record));
        line
    }

    /// Adds whole lines.
    pub(crate) async fn append(
        self: &Arc<Self>,
        lines: Vec<u8>,
        durability: Durability,
    ) -> io::Result<()> {
        let this = self.clone();
        on_a_thread_for_that(move || {
            let mut end = this.end.lock().unwrap_or_else(PoisonError::into_inner);
            end.append(&lines, durability)?;
            let count = lines.split(|byte| *byte == b'\n').count() - 1;
            this.lines.fetch_add(count, Ordering::Relaxed);
            Ok(())
        })
        .await
    }

    /// Whether most of the file is of no use any more.
    pub(crate) fn is_long(&self) -> bool {
        let lines = self.lines.load(Ordering::Relaxed);
        lines > LONG + 4 * self.lines_before.load(Ordering::Relaxed)
    }

    /// Writes the file anew: with the events that are remembered as handled, and those that were not handled.
    ///
    /// `remembered` is asked while nothing can be added to the file: an event is remembered before its line is.
    pub(crate) async fn compact(
        self: &Arc<Self>,
        remembered: impl FnOnce() -> Vec<EventRecord> + Send + 'static,
    ) -> io::Result<()> {
        let this = self.clone();
        on_a_thread_for_that(move || {
            let mut end = this.end.lock().unwrap_or_else(PoisonError::into_inner);
            let mut kept = read(&this.path)?;
            kept.done = remembered().into_iter().filter(is_done).collect();
            let lines;
            (*end, lines) = write_anew(&this.path, &kept)?;
            this.lines.store(lines, Ordering::Relaxed);
            this.lines_before.store(lines, Ordering::Relaxed);
            Ok(())
        })
        .await
    }
}

impl End {
    /// Adds whole lines, or nothing: a part of a line would take the next one with it.
    fn append(&mut self, lines: &[u8], durability: Durability) -> io::Result<()> {
        if self.is_torn {
            self.cut_off()?;
        }
        let written = self.file.write_all(lines).and_then(|()| match durability {
            Durability::Synced => self.file.sync_data(),
            Durability::Written => Ok(()),
        });
        if written.is_ok() {
            self.length += lines.len() as u64;
        } else {
            self.is_torn = true;
            let _ = self.cut_off();
        }
        written
    }

    fn cut_off(&mut self) -> io::Result<()> {
        self.file.set_len(self.length)?;
        self.file.seek(SeekFrom::Start(self.length))?;
        self.is_torn = false;
        Ok(())
    }
}

fn is_done(record: &EventRecord) -> bool {
    matches!(record.state, EventState::Done(_))
}

async fn on_a_thread_for_that<T: Send + 'static>(
    act: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(act).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

fn read(path: &Path) -> io::Result<Kept> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Kept::default()),
        Err(error) => return Err(error),
    };
    let mut kept = Kept::default();
    let mut torn = None;
    for (number, line) in BufReader::new(file).split(b'\n').enumerate() {
        if let Some(torn) = torn {
            return Err(torn);
        }
        match serde_json::from_slice(&line?) {
            Ok(Line::Received(event)) => kept.waiting.push(*event),
            Ok(Line::Done(record)) => kept.done.push(record),
            // Of the last line a crash may have left a part: nobody was told that it is safe.
            Err(error) => {
                let place = format!("{}: line {}: {error}", path.display(), number + 1);
                torn = Some(io::Error::new(io::ErrorKind::InvalidData, place));
            }
        }
    }
    let done: HashSet<EventId> = kept.done.iter().map(|record| record.id.clone()).collect();
    kept.waiting.retain(|event| !done.contains(&event.id));
    Ok(kept)
}

/// The end of the new file, and how many lines it has.
fn write_anew(path: &Path, kept: &Kept) -> io::Result<(End, usize)> {
    let mut lines = Vec::new();
    kept.done.iter().for_each(|record| write_line(&mut lines, &LineOf::Done(record)));
    kept.waiting.iter().for_each(|event| write_line(&mut lines, &LineOf::Received(event)));
    let new = with_suffix(path, ".new");
    let mut file = private().create(true).truncate(true).open(&new)?;
    file.write_all(&lines)?;
    file.sync_all()?;
    std::fs::rename(&new, path)?;
    // Where a directory cannot be synced, the rename has succeeded all the same.
    #[cfg(unix)]
    if let Some(directory) = path.parent() {
        let here = Path::new(".");
        let directory = if directory.as_os_str().is_empty() { here } else { directory };
        let _ = File::open(directory).and_then(|directory| directory.sync_all());
    }
    let end = End { file, length: lines.len() as u64, is_torn: false };
    Ok((end, kept.done.len() + kept.waiting.len()))
}

fn write_line(lines: &mut Vec<u8>, line: &LineOf<'_>) {
    // Writing to memory does not fail, and neither does writing what was read.
    if serde_json::to_writer(&mut *lines, line).is_ok() {
        lines.push(b'\n');
    }
}

/// For writing, and for nobody but the owner: the file is about people.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: &str) -> DeliveredEvent {
        let json = format!(
            r#"{{"id":"{id}","type":"tag.moved","created":"2026-07-29T14:32:10Z","data":[1]}}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    fn done(id: &str) -> EventRecord {
        serde_json::from_str(&format!(r#"{{"id":"{id}","done":7}}"#)).unwrap()
    }

    fn ids(kept: &Kept) -> (Vec<&str>, Vec<&str>) {
        let waiting = kept.waiting.iter().map(|event| event.id.as_str()).collect();
        (waiting, kept.done.iter().map(|record| record.id.as_str()).collect())
    }

    #[tokio::test]
    async fn what_was_not_handled_is_there_again() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state.jsonl");
        let (journal, kept) = Journal::open(&path).unwrap();
        assert_eq!(ids(&kept), (vec![], vec![]));
        let journal = Arc::new(journal);
        let events = [event("a"), event("b"), event("c")];
        journal.append(Journal::lines_of(events.iter()), Durability::Synced).await.unwrap();
        let handled = Journal::line_of_done(&done("b"));
        journal.append(handled, Durability::Written).await.unwrap();
        // Two processes would do everything twice.
        let error = Journal::open(&path).unwrap_err().to_string();
        assert!(error.ends_with("another process uses it"), "{error}");
        drop(journal);
        // A crash in the middle of a line.
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(br#"{"received":{"id":"d","#).unwrap();
        drop(file);
        let (journal, kept) = Journal::open(&path).unwrap();
        assert_eq!(ids(&kept), (vec!["a", "c"], vec!["b"]));
        assert_eq!(kept.waiting[0], event("a"));
        let journal = Arc::new(journal);
        journal.compact(|| vec![done("b"), done("e")]).await.unwrap();
        journal.append(Journal::line_of_done(&done("a")), Durability::Written).await.unwrap();
        drop(journal);
        let (_, kept) = Journal::open(&path).unwrap();
        assert_eq!(ids(&kept), (vec!["c"], vec!["b", "e", "a"]));
    }

    /// A disk that was full for a while, say.
    #[tokio::test]
    async fn what_was_written_in_part_takes_nothing_with_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state.jsonl");
        let journal = Arc::new(Journal::open(&path).unwrap().0);
        journal.append(Journal::lines_of([event("a")].iter()), Durability::Synced).await.unwrap();
        {
            let mut end = journal.end.lock().unwrap();
            end.file.write_all(br#"{"received":{"id":"x","#).unwrap();
            end.is_torn = true;
        }
        journal.append(Journal::lines_of([event("b")].iter()), Durability::Synced).await.unwrap();
        drop(journal);
        assert_eq!(ids(&Journal::open(&path).unwrap().1), (vec!["a", "b"], vec![]));
    }

    #[tokio::test]
    async fn a_file_that_is_long_is_written_anew() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state.jsonl");
        let journal = Arc::new(Journal::open(&path).unwrap().0);
        let line = Journal::line_of_done(&done("a"));
        journal.append(line.repeat(LONG), Durability::Written).await.unwrap();
        assert!(!journal.is_long());
        journal.append(line, Durability::Written).await.unwrap();
        assert!(journal.is_long());
        journal.compact(|| vec![done("a")]).await.unwrap();
        assert!(!journal.is_long());
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 1);
    }

    #[test]
    fn a_file_that_is_something_else_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("notes.txt");
        std::fs::write(&path, "my notes\nmore\n").unwrap();
        let error = Journal::open(&path).unwrap_err().to_string();
        assert!(error.contains("notes.txt: line 1: "), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "my notes\nmore\n");
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state.jsonl");
        let _journal = Journal::open(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
