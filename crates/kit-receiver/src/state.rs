use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use kit_core::deliveries::{EventId, Handling, HandlingStep, SeenEvents, SetAsideEvent};
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::busy::Busy;
use crate::item::{Item, Prepared, place};
use crate::journal::Waiting;

/// The events of a delivery that wait to be written down, and who is told of it.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) items: Vec<Item>,
    pub(crate) lines: Vec<u8>,
    pub(crate) done: oneshot::Sender<Result<(), Busy>>,
}

/// An event that is not tried any more.
#[derive(Debug)]
pub(crate) struct SetAside {
    item: Item,
    reason: String,
}

impl SetAside {
    pub(crate) fn told(&self) -> SetAsideEvent {
        let Item { source, event, attempts, .. } = &self.item;
        let source = source.as_deref().unwrap_or_default();
        SetAsideEvent::new(source, event.clone(), *attempts, self.reason.as_str())
    }
}

/// The place of each event: being written down, waiting, or being handled.
#[derive(Debug)]
pub(crate) struct State {
    waiting: VecDeque<Item>,
    /// Events that were not handled, by the time when they come again, and a number that keeps the order.
    delayed: BTreeMap<(Instant, u64), Item>,
    delays: u64,
    /// How many events are handled.
    in_hand: usize,
    /// How many events are being written down.
    reserved: usize,
    /// Events that are not tried any more.
    pub(crate) set_aside: Vec<SetAside>,
    pub(crate) pending: Vec<Batch>,
    pub(crate) is_writing: bool,
    /// Whether it was told that the state file cannot be written anew.
    pub(crate) is_told: bool,
    pub(crate) seen: SeenEvents,
    pub(crate) is_closed: bool,
}

impl State {
    pub(crate) fn new(seen: SeenEvents) -> Self {
        Self {
            waiting: VecDeque::new(),
            delayed: BTreeMap::new(),
            delays: 0,
            in_hand: 0,
            reserved: 0,
            set_aside: Vec::new(),
            pending: Vec::new(),
            is_writing: false,
            is_told: false,
            seen,
            is_closed: false,
        }
    }

    /// Lets events wait that were acknowledged before.
    pub(crate) fn restore(&mut self, events: Vec<Waiting>) {
        for Waiting { source, event } in events {
            let source = source.map(Arc::from);
            let claimed = self.claim(vec![Prepared { source, event, line: Vec::new() }]);
            self.waiting.extend(claimed.unwrap_or_default().0);
        }
    }

    /// Claims the events that are new, if there is room for them, with their lines.
    pub(crate) fn reserve(
        &mut self,
        events: Vec<Prepared>,
        capacity: usize,
    ) -> Result<(Vec<Item>, Vec<u8>), Busy> {
        if self.is_closed {
            return Err(Busy::Full);
        }
        let (items, lines) = self.claim(events).ok_or(Busy::Full)?;
        // Nothing new needs no room, however much was kept.
        let taken = self.len() + self.reserved + self.set_aside.len();
        if !items.is_empty() && taken + items.len() > capacity {
            self.release(items);
            return Err(Busy::Full);
        }
        self.reserved += items.len();
        Ok((items, lines))
    }

    /// Moves events that were reserved to those that wait to be handled.
    pub(crate) fn add(&mut self, items: Vec<Item>) {
        self.reserved -= items.len();
        self.waiting.extend(items);
    }

    /// Releases events that were reserved.
    pub(crate) fn give_up(&mut self, items: Vec<Item>) {
        self.reserved -= items.len();
        self.release(items);
    }

    /// The next event to handle.
    pub(crate) fn pop(&mut self, now: Instant) -> Option<Item> {
        while let Some(entry) = self.delayed.first_entry()
            && entry.key().0 <= now
        {
            self.waiting.push_back(entry.remove());
        }
        let mut item = self.waiting.pop_front()?;
        item.attempts = item.attempts.saturating_add(1);
        self.in_hand += 1;
        Some(item)
    }

    /// When the next event that was not handled comes again.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.delayed.first_key_value().map(|((due, _), _)| *due)
    }

    pub(crate) fn put_back(&mut self, item: Item, due: Instant) {
        self.in_hand -= 1;
        self.delays += 1;
        self.delayed.insert((due, self.delays), item);
    }

    pub(crate) fn set_aside(&mut self, item: Item, reason: String) {
        self.in_hand -= 1;
        self.set_aside.push(SetAside { item, reason });
    }

    /// Lets an event wait again that was set aside. Returns whether it was there.
    pub(crate) fn put_back_set_aside(&mut self, source: &str, id: &EventId) -> bool {
        let is_it = |aside: &SetAside| {
            aside.item.source.as_deref().unwrap_or_default() == source && aside.item.event.id == *id
        };
        let Some(place) = self.set_aside.iter().position(is_it) else { return false };
        let SetAside { item, .. } = self.set_aside.remove(place);
        self.waiting.push_back(Item { attempts: 0, ..item });
        true
    }

    /// Notes that an event was handled.
    pub(crate) fn finish(&mut self, handling: &mut Handling) {
        self.in_hand -= 1;
        handling.handled();
        self.ask(handling);
    }

    /// Whether events are being written down, or are about to be.
    pub(crate) fn is_writing(&self) -> bool {
        self.is_writing || !self.pending.is_empty()
    }

    /// Whether there will be no event any more. One that is in other hands may come back.
    pub(crate) fn is_over(&self) -> bool {
        self.is_closed && self.len() + self.reserved + self.in_hand == 0
    }

    /// How many events wait.
    pub(crate) fn len(&self) -> usize {
        self.waiting.len() + self.delayed.len()
    }

    /// The events that are new, claimed for as long as this process lives. `None` where the memory of events has
    /// no room for them.
    fn claim(&mut self, events: Vec<Prepared>) -> Option<(Vec<Item>, Vec<u8>)> {
        let (mut items, mut lines) = (Vec::with_capacity(events.len()), Vec::new());
        for Prepared { source, event, line } in events {
            let place = place(source.as_deref(), &event.id);
            let mut handling = Handling::new(place).with_lease(Duration::MAX);
            match self.ask(&mut handling) {
                HandlingStep::Handle { .. } => {
                    items.push(Item { source, event, handling, attempts: 0 });
                    lines.extend(line);
                }
                HandlingStep::NotSaved => {
                    self.release(items);
                    return None;
                }
                // The event was handled before, or is in the queue already.
                _ => {}
            }
        }
        Some((items, lines))
    }

    fn release(&mut self, items: Vec<Item>) {
        for mut item in items {
            item.handling.failed();
            self.ask(&mut item.handling);
        }
    }

    /// Answers a handling from the memory of events, and returns the step after that.
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
