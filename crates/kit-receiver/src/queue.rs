//! The events between the service and who handles them.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kit_core::deliveries::{
    AfterFailure, DeliveredEvent, EventId, Handling, SeenEvents, SetAsideEvent,
};
use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use crate::backoff::Backoff;
use crate::busy::Busy;
use crate::hooks::Hooks;
use crate::item::{Item, Prepared};
use crate::journal::{Journal, Waiting};
use crate::state::{Batch, SetAside, State};

pub(crate) struct Queue {
    capacity: usize,
    backoff: Backoff,
    state: Mutex<State>,
    /// Wakes one handler for each event that is added, and all where something else has changed.
    changed: Notify,
    journal: Option<Journal>,
    hooks: Hooks,
}

impl Queue {
    /// `kept` was acknowledged before: it is handled, however much it is.
    pub(crate) fn new(
        capacity: usize,
        backoff: Backoff,
        seen: SeenEvents,
        journal: Option<(Journal, Vec<Waiting>)>,
        hooks: Hooks,
    ) -> Self {
        let mut state = State::new(seen);
        let journal = journal.map(|(journal, kept)| {
            state.restore(kept);
            journal
        });
        let (state, changed) = (Mutex::new(state), Notify::new());
        Self { capacity, backoff, state, changed, journal, hooks }
    }

    /// The line of an event in the state file, if there is one.
    ///
    /// # Errors
    ///
    /// Why the event could not be read back from the state file.
    pub(crate) fn line_of(
        &self,
        source: Option<&str>,
        event: &DeliveredEvent,
    ) -> Result<Vec<u8>, serde_json::Error> {
        if self.journal.is_some() { Journal::line_of(source, event) } else { Ok(Vec::new()) }
    }

    /// Takes the events that are new. When this returns, all of them are safe.
    ///
    /// A write that has begun goes on if the caller goes away meanwhile.
    pub(crate) async fn take(self: &Arc<Self>, events: Vec<Prepared>) -> Result<(), Busy> {
        let written = {
            let mut state = self.lock();
            let (items, lines) = state.reserve(events, self.capacity)?;
            if self.journal.is_none() {
                self.add(&mut state, items);
                return Ok(());
            }
            // An event that is being written must not be acknowledged before, where it comes a second time.
            if items.is_empty() && !state.is_writing() {
                return Ok(());
            }
            let (done, written) = oneshot::channel();
            state.pending.push(Batch { items, lines, done });
            written
        };
        self.start_writer();
        let gone = |_| Err(Busy::Unsaved(io::Error::other("the runtime has ended")));
        written.await.unwrap_or_else(gone)
    }

    /// One at a time writes, for all who wait: they share one sync of the disk.
    fn start_writer(self: &Arc<Self>) {
        let was_writing = std::mem::replace(&mut self.lock().is_writing, true);
        if !was_writing {
            let writing = Writing { queue: self.clone(), is_over: false };
            drop(tokio::task::spawn_blocking(move || writing.run()));
        }
    }

    fn write(&self) {
        let Some(journal) = &self.journal else { return };
        loop {
            let group = {
                let mut state = self.lock();
                if state.pending.is_empty() && !journal.is_long() {
                    state.is_writing = false;
                    return;
                }
                std::mem::take(&mut state.pending)
            };
            let lines: Vec<u8> = group.iter().flat_map(|batch| &batch.lines).copied().collect();
            // Without a line they wait for those that were written before.
            let written = if lines.is_empty() { Ok(()) } else { journal.append(&lines) };
            match written {
                Ok(()) => self.written(group),
                Err(error) => self.give_up(group, &error),
            }
            if journal.is_long() {
                let compacted = journal.compact(|| self.lock().seen.records().collect());
                self.tell(compacted);
            }
        }
    }

    fn written(&self, group: Vec<Batch>) {
        let mut state = self.lock();
        for Batch { items, done, .. } in group {
            self.add(&mut state, items);
            // Nobody may wait for it any more.
            let _ = done.send(Ok(()));
        }
    }

    /// Nothing of a group is written: who came meanwhile may have brought the same events, and is told the same.
    fn give_up(&self, group: Vec<Batch>, error: &io::Error) {
        let mut state = self.lock();
        let meanwhile = std::mem::take(&mut state.pending);
        for Batch { items, done, .. } in group.into_iter().chain(meanwhile) {
            state.give_up(items);
            let error = io::Error::new(error.kind(), error.to_string());
            let _ = done.send(Err(Busy::Unsaved(error)));
        }
        self.look_for_the_end(&state);
    }

    /// Tells the program's function of lines that were set aside, and of the first of several failures.
    fn tell(&self, compacted: io::Result<Vec<io::Error>>) {
        let was_told = std::mem::replace(&mut self.lock().is_told, compacted.is_err());
        match compacted {
            Ok(set_aside) => set_aside.iter().for_each(|error| self.hooks.tell(error)),
            Err(error) if !was_told => self.hooks.tell(&error),
            Err(_) => {}
        }
    }

    fn add(&self, state: &mut State, items: Vec<Item>) {
        let count = items.len();
        state.add(items);
        for _ in 0..count {
            self.changed.notify_one();
        }
    }

    pub(crate) async fn next(&self) -> Option<Item> {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            // From now on no change is missed.
            changed.as_mut().enable();
            let due = {
                let mut state = self.lock();
                if let Some(item) = state.pop(Instant::now()) {
                    return Some(item);
                }
                if state.is_over() {
                    return None;
                }
                state.next_due()
            };
            match due {
                Some(due) => drop(tokio::time::timeout_at(due, changed).await),
                None => changed.await,
            }
        }
    }

    /// The event was handled.
    pub(crate) async fn done(self: &Arc<Self>, mut handling: Handling) -> io::Result<()> {
        let record = {
            let mut state = self.lock();
            state.finish(&mut handling);
            self.look_for_the_end(&state);
            if self.journal.is_none() {
                return Ok(());
            }
            state.seen.load(handling.id())
        };
        let this = self.clone();
        let noted = tokio::task::spawn_blocking(move || {
            let (Some(journal), Some(record)) = (&this.journal, record) else { return Ok(()) };
            journal.note_done(&record)?;
            if journal.is_long() {
                this.start_writer();
            }
            Ok(())
        });
        noted.await.unwrap_or_else(|error| Err(io::Error::other(error)))
    }

    /// The event was not handled: it comes again, but not at once; or it is set aside.
    pub(crate) fn put_back(&self, item: Item, reason: String) {
        match self.backoff.after(item.attempts, fastrand::f64()) {
            AfterFailure::Again(wait) => self.lock().put_back(item, Instant::now() + wait),
            _ => self.lock().set_aside(item, reason),
        }
        // Whoever waits has to wait for this, too.
        self.changed.notify_waiters();
    }

    pub(crate) fn set_aside(&self, limit: usize) -> Vec<SetAsideEvent> {
        self.lock().set_aside.iter().take(limit).map(SetAside::told).collect()
    }

    pub(crate) fn put_back_set_aside(&self, source: &str, id: &EventId) -> bool {
        let is_back = self.lock().put_back_set_aside(source, id);
        self.changed.notify_waiters();
        is_back
    }

    pub(crate) fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_waiters();
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.lock().is_closed
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    fn look_for_the_end(&self, state: &State) {
        if state.is_over() {
            self.changed.notify_waiters();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The writer of the state file. If the runtime ends before the writer does, the next writer takes over.
struct Writing {
    queue: Arc<Queue>,
    is_over: bool,
}

impl Writing {
    fn run(mut self) {
        self.queue.write();
        self.is_over = true;
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        if !self.is_over {
            self.queue.lock().is_writing = false;
            self.queue.give_up(Vec::new(), &io::Error::other("the runtime has ended"));
        }
    }
}
