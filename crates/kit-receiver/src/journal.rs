//! The state file: a line for each event that was received, and one for each that was handled.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kit_core::deliveries::{DeliveredEvent, EventId, EventRecord, EventState};
use kit_private_file::PrivateFile;
use serde::{Deserialize, Serialize};

use crate::item::place;

/// How many lines a file has at least before it is written anew.
const LONG: usize = 50_000;

/// The end of the name of the file with the lines that cannot be read.
const SET_ASIDE: &str = ".unreadable";

/// The content of a state file.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// Events that were received, and not handled.
    pub(crate) waiting: Vec<Waiting>,
    /// Events that were handled.
    pub(crate) done: Vec<EventRecord>,
    /// The problems of the lines that were set aside.
    pub(crate) set_aside: Vec<io::Error>,
}

/// An event that was received, and not handled.
#[derive(Debug, PartialEq)]
pub(crate) struct Waiting {
    /// The name of the endpoint that the event came to, for a receiver of many accounts.
    pub(crate) source: Option<String>,
    pub(crate) event: DeliveredEvent,
}

/// A state file that is open.
#[derive(Debug)]
pub(crate) struct Journal {
    file: PrivateFile,
    end: Mutex<End>,
    /// Locked as long as the file is used.
    _lock: File,
}

#[derive(Debug)]
struct End {
    file: File,
    /// The length of the whole lines, in bytes.
    length: u64,
    /// Whether a part of a line stands behind them, and cannot be cut off.
    is_torn: bool,
    /// How many lines there are.
    lines: usize,
    /// With how many lines the file is to be written anew.
    long: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Received(Box<DeliveredEvent>),
    /// By the endpoint with this name.
    ReceivedBy(String, Box<DeliveredEvent>),
    Done(EventRecord),
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum LineOf<'a> {
    Received(&'a DeliveredEvent),
    ReceivedBy(&'a str, &'a DeliveredEvent),
    Done(&'a EventRecord),
}

impl<'a> LineOf<'a> {
    fn received(source: Option<&'a str>, event: &'a DeliveredEvent) -> Self {
        source.map_or(Self::Received(event), |source| Self::ReceivedBy(source, event))
    }
}

impl Journal {
    /// Reads the file, if there is one, and writes it anew.
    pub(crate) fn open(path: &Path) -> io::Result<(Self, Kept)> {
        let file = PrivateFile::at(path)?;
        let lock = locked(&file)?.ok_or_else(|| {
            file.named(io::Error::new(
                io::ErrorKind::WouldBlock,
                "is in use, by another process or by a receiver of this one: it is free when that receiver, its \
                 clones and its `Events` are dropped",
            ))
        })?;
        let kept = read(&file)?;
        let end = write_anew(&file, &kept)?;
        Ok((Self { file, end: Mutex::new(end), _lock: lock }, kept))
    }

    /// The line of an event.
    ///
    /// # Errors
    ///
    /// Why the line could not be read again: the event must not be acknowledged.
    pub(crate) fn line_of(
        source: Option<&str>,
        event: &DeliveredEvent,
    ) -> Result<Vec<u8>, serde_json::Error> {
        let line = line(&LineOf::received(source, event))?;
        serde_json::from_slice::<Line>(&line).map(|_| line)
    }

    /// Adds whole lines, and returns when they outlast a crash of the machine.
    pub(crate) fn append(&self, lines: &[u8]) -> io::Result<()> {
        let mut end = self.end();
        let appended = end.append(lines);
        appended.and_then(|()| end.file.sync_data()).map_err(|error| self.file.named(error))
    }

    /// Notes that an event was handled. This outlasts a crash of the process, and one of the machine once an event is
    /// added behind it.
    pub(crate) fn note_done(&self, record: &EventRecord) -> io::Result<()> {
        let line = line(&LineOf::Done(record))?;
        self.end().append(&line).map_err(|error| self.file.named(error))
    }

    /// Whether most of the file is of no use any more.
    pub(crate) fn is_long(&self) -> bool {
        let end = self.end();
        end.lines > end.long
    }

    /// Writes the file anew: with the events that are remembered as handled, and those that were not handled. Where
    /// this fails, the file stays as it is, and is long again after many more lines.
    ///
    /// `remembered` is asked while nothing can be added to the file: an event is remembered before its line is.
    ///
    /// Returns what is wrong with the lines that were set aside.
    pub(crate) fn compact(
        &self,
        remembered: impl FnOnce() -> Vec<EventRecord>,
    ) -> io::Result<Vec<io::Error>> {
        let mut end = self.end();
        let written = read(&self.file).and_then(|mut kept| {
            kept.done = remembered().into_iter().filter(is_done).collect();
            Ok((write_anew(&self.file, &kept)?, kept.set_aside))
        });
        match written {
            Ok((new, set_aside)) => {
                *end = new;
                Ok(set_aside)
            }
            Err(error) => {
                end.long = end.lines + LONG;
                Err(error)
            }
        }
    }

    fn end(&self) -> MutexGuard<'_, End> {
        self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl End {
    /// Adds whole lines, or nothing: a part of a line would take the next one with it.
    fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        if self.is_torn {
            self.cut_off()?;
        }
        let written = self.file.write_all(lines);
        if written.is_ok() {
            self.length += lines.len() as u64;
            self.lines += lines.split(|byte| *byte == b'\n').count() - 1;
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

/// The lock of the file. `None` where another has it, and keeps it: a receiver that was just dropped may still write for
/// a moment.
fn locked(file: &PrivateFile) -> io::Result<Option<File>> {
    for _ in 0..20 {
        if let Some(lock) = file.try_lock()? {
            return Ok(Some(lock));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    file.try_lock()
}

fn is_done(record: &EventRecord) -> bool {
    matches!(record.state, EventState::Done(_))
}

/// Reads all lines. One that cannot be read is written to a file beside this one, so that it keeps no other from being
/// read; but a file without anything of ours is not ours.
fn read(file: &PrivateFile) -> io::Result<Kept> {
    let mut kept = Kept::default();
    let Some(open) = file.open()? else { return Ok(kept) };
    let mut lines = BufReader::new(open);
    let (mut line, mut unreadable) = (Vec::new(), Vec::new());
    let mut is_ours = true;
    for number in 1.. {
        line.clear();
        lines.read_until(b'\n', &mut line).map_err(|error| file.named(error))?;
        if number == 1 {
            is_ours = may_be_ours(&line);
        }
        // A crash may have left a part of the last line: nobody was told that it is safe.
        if line.pop() != Some(b'\n') {
            break;
        }
        match serde_json::from_slice(&line) {
            Ok(Line::Received(event)) => {
                kept.waiting.push(Waiting { source: None, event: *event });
            }
            Ok(Line::ReceivedBy(source, event)) => {
                kept.waiting.push(Waiting { source: Some(source), event: *event });
            }
            Ok(Line::Done(record)) => kept.done.push(record),
            Err(error) => {
                let error = format!("line {number} cannot be read: {error}");
                kept.set_aside.push(io::Error::new(io::ErrorKind::InvalidData, error));
                unreadable.extend_from_slice(&line);
                unreadable.push(b'\n');
            }
        }
    }
    is_ours |= kept.waiting.len() + kept.done.len() > 0;
    if !is_ours {
        let error = kept.set_aside.pop().unwrap_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidData, "is no state file of a receiver")
        });
        return Err(file.named(error));
    }
    if !unreadable.is_empty() {
        let mut aside = file.append_beside(SET_ASIDE)?;
        aside
            .write_all(&unreadable)
            .and_then(|()| aside.sync_all())
            .map_err(|error| file.named(error))?;
        let said = kept.set_aside.drain(..).map(|error| {
            let kind = error.kind();
            file.named(io::Error::new(
                kind,
                format!("{error}; it was moved to the file with {SET_ASIDE} at its end"),
            ))
        });
        kept.set_aside = said.collect();
    }
    let done: HashSet<EventId> = kept.done.iter().map(|record| record.id.clone()).collect();
    kept.waiting
        .retain(|Waiting { source, event }| !done.contains(&place(source.as_deref(), &event.id)));
    Ok(kept)
}

/// Whether a file that begins so can be a state file, damaged or cut off.
fn may_be_ours(beginning: &[u8]) -> bool {
    [br#"{"received":"#.as_slice(), br#"{"received_by":"#, br#"{"done":"#]
        .iter()
        .any(|ours| beginning.iter().zip(*ours).all(|(a, b)| a == b))
}

/// The end of the new file.
fn write_anew(file: &PrivateFile, kept: &Kept) -> io::Result<End> {
    let mut lines = Vec::new();
    for record in &kept.done {
        lines.extend(line(&LineOf::Done(record))?);
    }
    for event in &kept.waiting {
        lines.extend(line(&LineOf::received(event.source.as_deref(), &event.event))?);
    }
    let end = file.replace(|file| file.write_all(&lines))?;
    let (count, length) = (kept.done.len() + kept.waiting.len(), lines.len() as u64);
    Ok(End { file: end, length, is_torn: false, lines: count, long: LONG + 4 * count })
}

fn line(line: &LineOf<'_>) -> Result<Vec<u8>, serde_json::Error> {
    let mut json = serde_json::to_vec(line)?;
    json.push(b'\n');
    Ok(json)
}

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;

    use kit_core::deliveries::EventData;

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
        let waiting = kept.waiting.iter().map(|kept| kept.event.id.as_str()).collect();
        (waiting, kept.done.iter().map(|record| record.id.as_str()).collect())
    }

    #[test]
    fn an_event_that_was_not_handled_is_there_again() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state.jsonl");
        let (journal, kept) = Journal::open(&path).unwrap();
        assert_eq!(ids(&kept), (vec![], vec![]));
        for id in ["a", "b", "c"] {
            journal.append(&Journal::line_of(None, &event(id)).unwrap()).unwrap();
        }
        journal.note_done(&done("b")).unwrap();
        // Two would do everything twice.
        let error = Journal::open(&path).unwrap_err().to_string();
        assert!(error.contains("state.jsonl: is in use"), "{error}");
        drop(journal);
        // A crash in the middle of a line.
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(br#"{"received":{"id":"d","#).unwrap();
        drop(file);
        let (journal, kept) = Journal::open(&path).unwrap();
        assert_eq!(ids(&kept), (vec!["a", "c"], vec!["b"]));
        assert_eq!(kept.waiting[0], Waiting { source: None, event: event("a") });
        assert!(journal.compact(|| vec![done("b"), done("e")]).unwrap().is_empty());
        journal.note_done(&done("a")).unwrap();
        drop(journal);
        let (_, kept) = Journal::open(&path).unwrap();
        assert_eq!(ids(&kept), (vec!["c"], vec!["b", "e", "a"]));
    }

    /// A disk that was full for a while, say.
    #[test]
    fn a_torn_line_takes_no_other_with_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state.jsonl");
        let journal = Journal::open(&path).unwrap().0;
        journal.append(&Journal::line_of(None, &event("a")).unwrap()).unwrap();
        {
            let mut end = journal.end.lock().unwrap();
            end.file.write_all(br#"{"received":{"id":"x","#).unwrap();
            end.is_torn = true;
        }
        journal.append(&Journal::line_of(None, &event("b")).unwrap()).unwrap();
        drop(journal);
        assert_eq!(ids(&Journal::open(&path).unwrap().1), (vec!["a", "b"], vec![]));
    }

    #[test]
    fn a_file_that_is_long_is_written_anew() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state.jsonl");
        let journal = Journal::open(&path).unwrap().0;
        let handled = line(&LineOf::Done(&done("a"))).unwrap();
        journal.append(&handled.repeat(LONG)).unwrap();
        assert!(!journal.is_long());
        journal.note_done(&done("a")).unwrap();
        assert!(journal.is_long());
        // A folder in the place of the new file keeps nobody from going on.
        let new = directory.path().join("state.jsonl.new");
        std::fs::create_dir(&new).unwrap();
        let error = journal.compact(|| vec![done("a")]).unwrap_err().to_string();
        assert!(error.contains("state.jsonl.new: "), "{error}");
        assert!(!journal.is_long());
        journal.append(&handled.repeat(LONG)).unwrap();
        assert!(!journal.is_long());
        journal.note_done(&done("a")).unwrap();
        assert!(journal.is_long());
        std::fs::remove_dir(&new).unwrap();
        journal.compact(|| vec![done("a")]).unwrap();
        assert!(!journal.is_long());
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 1);
    }

    #[test]
    fn an_event_is_of_its_endpoint_after_a_restart() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state.jsonl");
        let journal = Journal::open(&path).unwrap().0;
        for source in [None, Some("account-8"), Some("account-9")] {
            journal.append(&Journal::line_of(source, &event("a")).unwrap()).unwrap();
        }
        let place = place(Some("account-8"), &"a".into());
        let done = serde_json::json!({"id": place.as_str(), "done": 7});
        journal.note_done(&serde_json::from_value(done).unwrap()).unwrap();
        drop(journal);
        // The second time, the file was written anew.
        for _ in 0..2 {
            let (_, kept) = Journal::open(&path).unwrap();
            let waiting = |source: Option<&str>| Waiting {
                source: source.map(str::to_owned),
                event: event("a"),
            };
            assert_eq!(kept.waiting, [waiting(None), waiting(Some("account-9"))]);
        }
    }

    /// As many levels as are read, and one more.
    #[test]
    fn an_event_that_could_not_be_read_back_is_not_written() {
        let nested = |levels: usize| {
            let data =
                serde_json::from_str(&format!("{}{}", "[".repeat(levels), "]".repeat(levels)));
            let mut event = event("a");
            event.data = EventData::Other(data.unwrap());
            event
        };
        let readable: Vec<_> =
            (100..=127).filter(|levels| Journal::line_of(None, &nested(*levels)).is_ok()).collect();
        assert_eq!(readable, (100..=125).collect::<Vec<_>>());
    }

    #[test]
    fn a_line_that_cannot_be_read_is_set_aside() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state.jsonl");
        let good = |event: &DeliveredEvent| {
            String::from_utf8(Journal::line_of(None, event).unwrap()).unwrap()
        };
        let lines = format!("{}\0\u{1}\n{}", good(&event("a")), good(&event("b")));
        std::fs::write(&path, lines).unwrap();
        let (journal, kept) = Journal::open(&path).unwrap();
        assert_eq!(ids(&kept), (vec!["a", "b"], vec![]));
        let [said] = &*kept.set_aside else { panic!("{kept:?}") };
        assert!(said.to_string().contains("state.jsonl: line 2 cannot be read"), "{said}");
        let aside = directory.path().join("state.jsonl.unreadable");
        assert_eq!(std::fs::read(&aside).unwrap(), b"\0\x01\n");
        drop(journal);
        let (journal, kept) = Journal::open(&path).unwrap();
        assert_eq!((kept.waiting.len(), kept.set_aside.len()), (2, 0));
        // The same while it is used.
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"?\n").unwrap();
        let said = journal.compact(Vec::new).unwrap();
        assert!(said[0].to_string().contains("state.jsonl: line 3 cannot be read"), "{said:?}");
        assert_eq!(std::fs::read(&aside).unwrap(), b"\0\x01\n?\n");
        drop(journal);
        assert_eq!(ids(&Journal::open(&path).unwrap().1), (vec!["a", "b"], vec![]));
    }

    #[test]
    fn a_file_that_is_something_else_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("notes.txt");
        for (text, said) in [
            ("my notes\nmore\n", "line 2 cannot be read: "),
            ("my notes\nmore", "line 1 cannot be read: "),
            ("{\"a\":1}", "is no state file"),
        ] {
            std::fs::write(&path, text).unwrap();
            let error = Journal::open(&path).unwrap_err().to_string();
            assert!(error.contains("notes.txt: ") && error.contains(said), "{error}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
    }

    /// A single event, say, and its line is damaged, or cut off.
    #[test]
    fn a_state_file_without_a_whole_line_is_ours() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state.jsonl");
        for (text, set_aside) in [
            ("{\"received\":{\"id\":\0}\n", 1),
            ("{\"done\":7}\n", 1),
            ("{\"received\":{\"id\":", 0),
            ("{\"rec", 0),
            ("", 0),
        ] {
            std::fs::write(&path, text).unwrap();
            let (_, kept) = Journal::open(&path).unwrap();
            assert_eq!(kept.set_aside.len(), set_aside, "{text}");
        }
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
