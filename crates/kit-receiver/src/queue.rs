//! The events between the service and who handles them.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use kit_core::deliveries::{DeliveredEvent, EventRecord, Handling, HandlingStep, SeenEvents};
use tokio::sync::{Notify, Semaphore};

use crate::journal::Journal;

/// An event that is to be handled, claimed in the memory of events.
pub(crate) struct Item {
    pub(crate) event: DeliveredEvent,
    pub(crate) handling: Handling,
}

/// Why events are not taken.
#[derive(Debug)]
pub(crate) enum Busy {
    /// There is no room for them, or the receiver is closed.
    Full,
    /// They cannot be written to the state file.
    Unsaved(io::Error),
}

pub(crate) struct Queue {
    capacity: usize,
    state: Mutex<State>,
    /// Tells of each event that is added, and of the end.
    changed: Notify,
    journal: Option<Arc<Journal>>,
    /// Held while events are written down: an event that comes a second time meanwhile must not be acknowledged
    /// before.
    writing: tokio::sync::Mutex<()>,
    /// Of those who wait for it.
    turns: Semaphore,
}

/// How many deliveries wait for the disk at most.
const TURNS: usize = 64;

struct State {
    waiting: VecDeque<Item>,
    /// How many events are handled.
    in_hand: usize,
    /// How many events are being written down.
    reserved: usize,
    seen: SeenEvents,
    is_closed: bool,
}

impl Queue {
    pub(crate) fn new(
        capacity: usize,
        seen: SeenEvents,
        journal: Option<Journal>,
        kept: Vec<DeliveredEvent>,
    ) -> Self {
        let mut state =
            State { waiting: VecDeque::new(), in_hand: 0, reserved: 0, seen, is_closed: false };
        // What was acknowledged is handled, however much it is.
        for event in kept {
            let items = state.claim(vec![event]).unwrap_or_default();
            state.waiting.extend(items);
        }
        let journal = journal.map(Arc::new);
        let (state, changed) = (Mutex::new(state), Notify::new());
        let writing = tokio::sync::Mutex::default();
        Self { capacity, state, changed, journal, writing, turns: Semaphore::new(TURNS) }
    }

    /// Takes the events that are new. When this returns, all of them are safe.
    pub(crate) async fn take(self: &Arc<Self>, events: Vec<DeliveredEvent>) -> Result<(), Busy> {
        let Some(journal) = self.journal.clone() else {
            let items = self.reserve(events)?;
            self.add(items);
            return Ok(());
        };
        // By a task of its own: what is begun goes on where the connection is closed meanwhile.
        let written = tokio::spawn(self.clone().write(journal, events)).await;
        written.unwrap_or_else(|error| Err(Busy::Unsaved(io::Error::other(error))))
    }

    async fn write(
        self: Arc<Self>,
        journal: Arc<Journal>,
        events: Vec<DeliveredEvent>,
    ) -> Result<(), Busy> {
        // Where the disk is slow, they do not pile up before it.
        let _turn = self.turns.try_acquire().map_err(|_| Busy::Full)?;
        let _writing = self.writing.lock().await;
        let items = self.reserve(events)?;
        if items.is_empty() {
            return Ok(());
        }
        let lines = Journal::lines_of(items.iter().map(|item| &item.event));
        match journal.append(lines, Durability::Synced).await {
            Ok(()) => {
                self.add(items);
                Ok(())
            }
            Err(error) => {
                self.give_up(items);
                Err(Busy::Unsaved(error))
            }
        }
    }

    /// Claims the events that are new, if there is room for them.
    fn reserve(&self, events: Vec<DeliveredEvent>) -> Result<Vec<Item>, Busy> {
        let mut state = self.lock();
        if state.is_closed {
            return Err(Busy::Full);
        }
        let items = state.claim(events).ok_or(Busy::Full)?;
        if state.waiting.len() + state.reserved + items.len() > self.capacity {
            state.release(items);
            return Err(Busy::Full);
        }
        state.reserved += items.len();
        Ok(items)
    }

    fn add(&self, items: Vec<Item>) {
        let mut state = self.lock();
        state.reserved -= items.len();
        state.waiting.extend(items);
        drop(state);
        self.changed.notify_waiters();
    }

    fn give_up(&self, items: Vec<Item>) {
        let mut state = self.lock();
        state.reserved -= items.len();
        state.release(items);
        drop(state);
        self.changed.notify_waiters();
    }

    pub(crate) async fn next(&self) -> Option<Item> {
        loop {
            let changed = self.changed.notified();
            let mut changed = std::pin::pin!(changed);
            // From now on no change is missed.
            changed.as_mut().enable();
            {
                let mut state = self.lock();
                if let Some(item) = state.waiting.pop_front() {
                    state.in_hand += 1;
                    return Some(item);
                }
                // An event that is in other hands may come back.
                if state.is_closed && state.reserved == 0 && state.in_hand == 0 {
                    return None;
                }
            }
            changed.await;
        }
    }

    /// The event was handled.
    pub(crate) async fn done(self: &Arc<Self>, handling: Handling) -> io::Result<()> {
        let record = self.lock().finish(handling);
        self.changed.notify_waiters();
        match (&self.journal, record) {
            (Some(journal), Some(record)) => {
                let line = Journal::line_of_done(&record);
                journal.append(line, Durability::Written).await?;
                self.compact(journal).await
            }
            _ => Ok(()),
        }
    }

    /// Writes the journal anew, where most of it is of no use any more.
    async fn compact(self: &Arc<Self>, journal: &Arc<Journal>) -> io::Result<()> {
        if !journal.is_long() {
            return Ok(());
        }
        let _writing = self.writing.lock().await;
        if !journal.is_long() {
            return Ok(());
        }
        let this = self.clone();
        journal.compact(move || this.lock().seen.records().collect()).await
    }

    pub(crate) fn put_back(&self, item: Item) {
        let mut state = self.lock();
        state.in_hand -= 1;
        state.waiting.push_back(item);
        drop(state);
        self.changed.notify_waiters();
    }

    pub(crate) fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_waiters();
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().waiting.len()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a line has to survive a crash of the machine, or of the process alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    Synced,
    Written,
}

impl State {
    /// The events that are new, claimed for as long as this process lives. `None` where the memory of events has
    /// no room for them.
    fn claim(&mut self, events: Vec<DeliveredEvent>) -> Option<Vec<Item>> {
        let mut items = Vec::with_capacity(events.len());
        for event in events {
            let mut handling = Handling::new(event.id.clone()).with_lease(Duration::MAX);
            match self.ask(&mut handling) {
                HandlingStep::Handle { .. } => items.push(Item { event, handling }),
                HandlingStep::NotSaved => {
                    self.release(items);
                    return None;
                }
                // It was handled before, or is in the queue already.
                _ => {}
            }
        }
        Some(items)
    }

    fn release(&mut self, items: Vec<Item>) {
        for mut item in items {
            item.handling.failed();
            self.ask(&mut item.handling);
        }
    }

    /// The record of an event that was handled.
    fn finish(&mut self, mut handling: Handling) -> Option<EventRecord> {
        self.in_hand -= 1;
        handling.handled();
        self.ask(&mut handling);
        self.seen.load(handling.id())
    }

    /// What a handling wants besides the memory of events.
    fn ask(&mut self, handling: &mut Handling) -> HandlingStep {
        let now = SystemTime::now();
        loop {
            match handling.next(now) {
                HandlingStep::Load(id) => handling.loaded(self.seen.load(&id)),
                HandlingStep::Save { record, replaces } => {
                    handling.saved(self.seen.save(record, replaces.as_ref(), now));
                }
                step => return step,
            }
        }
    }
}
