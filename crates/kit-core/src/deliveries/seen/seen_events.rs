use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::time::{Duration, SystemTime};

use super::super::EventId;
use super::event_record::{millis, millis_of};
use super::{EventRecord, EventState, Saved};

/// How many events are remembered, by default.
const CAPACITY: usize = 100_000;

/// How long events are remembered, by default: as long as Kit keeps deliveries, and a day.
const MAX_AGE: Duration = Duration::from_secs(31 * 24 * 60 * 60);

/// A memory of events that were handled, for one process: bounded in number and age. It is the store that a
/// [`Handling`](super::Handling) asks for.
///
/// If there are too many events, those are forgotten that were done first. If all are being handled, no more is taken.
/// [`records`](Self::records) and [`restore`](Self::restore) keep the memory over a restart.
#[derive(Clone, Debug)]
pub struct SeenEvents {
    capacity: usize,
    max_age: u64,
    /// With a hasher of fixed keys: all ids come from Kit, and this crate draws no random numbers.
    events: HashMap<EventId, EventState, BuildHasherDefault<DefaultHasher>>,
    /// Events that are done, by when that was.
    done: BTreeSet<(u64, EventId)>,
    /// Events that are being handled, by when their time is over.
    handled: BTreeSet<(u64, EventId)>,
}

impl Default for SeenEvents {
    fn default() -> Self {
        Self {
            capacity: CAPACITY,
            max_age: millis_of(MAX_AGE),
            events: HashMap::default(),
            done: BTreeSet::new(),
            handled: BTreeSet::new(),
        }
    }
}

impl SeenEvents {
    /// A memory of 100,000 events, for 31 days.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how many events are remembered. 0 counts as 1. Default: 100,000.
    #[must_use]
    pub fn with_capacity(self, capacity: usize) -> Self {
        Self { capacity: capacity.max(1), ..self }
    }

    /// Sets how long events are remembered. Default: 31 days, since Kit keeps deliveries for 30.
    #[must_use]
    pub fn with_max_age(self, max_age: Duration) -> Self {
        Self { max_age: millis_of(max_age), ..self }
    }

    /// How many events are remembered at most.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// How many events are remembered.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether no event is remembered.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The record of an event: `None` for one that is new, or was forgotten.
    pub fn load(&self, id: &EventId) -> Option<EventRecord> {
        self.events.get(id).map(|state| EventRecord { id: id.clone(), state: *state })
    }

    /// Saves a record if the memory still holds `replaces`, or still holds none. [`Saved::Conflict`] also if the
    /// memory is full of events that are being handled.
    pub fn save(
        &mut self,
        record: EventRecord,
        replaces: Option<&EventRecord>,
        now: SystemTime,
    ) -> Saved {
        let now = millis(now);
        match (self.events.get_mut(&record.id), replaces) {
            (Some(held), Some(replaces)) if *held == replaces.state => {
                let before = std::mem::replace(held, record.state);
                self.moved(record, before);
            }
            (None, None) => {
                self.forget(now);
                if self.events.len() >= self.capacity && !self.forget_oldest() {
                    return Saved::Conflict;
                }
                self.add(record);
            }
            _ => return Saved::Conflict,
        }
        self.forget(now);
        Saved::Yes
    }

    /// All records, to be kept over a restart.
    pub fn records(&self) -> impl Iterator<Item = EventRecord> {
        self.events.iter().map(|(id, state)| EventRecord { id: id.clone(), state: *state })
    }

    /// Puts back what was kept over a restart. Of events that were being handled nobody knows what came: they count
    /// as new, since this process handles them no more.
    pub fn restore(&mut self, records: impl IntoIterator<Item = EventRecord>, now: SystemTime) {
        for record in records {
            if matches!(record.state, EventState::Done(_)) {
                self.remove(&record.id);
                self.add(record);
            }
        }
        self.forget(millis(now));
        while self.events.len() > self.capacity && self.forget_oldest() {}
    }

    /// Adds an event that the memory does not hold.
    fn add(&mut self, record: EventRecord) {
        let EventRecord { id, state } = record;
        self.by_time(state).insert((state.time(), id.clone()));
        self.events.insert(id, state);
    }

    /// Keeps the order of an event that was in another state before.
    fn moved(&mut self, record: EventRecord, before: EventState) {
        let EventRecord { id, state } = record;
        let mut key = (before.time(), id);
        self.by_time(before).remove(&key);
        key.0 = state.time();
        self.by_time(state).insert(key);
    }

    fn remove(&mut self, id: &EventId) {
        if let Some((id, state)) = self.events.remove_entry(id) {
            self.by_time(state).remove(&(state.time(), id));
        }
    }

    fn by_time(&mut self, state: EventState) -> &mut BTreeSet<(u64, EventId)> {
        match state {
            EventState::Done(_) => &mut self.done,
            EventState::HandledUntil(_) => &mut self.handled,
        }
    }

    fn forget(&mut self, now: u64) {
        while let Some((time, _)) = self.done.first()
            && now.saturating_sub(*time) > self.max_age
            && self.forget_oldest()
        {}
        // An event that is not handled any more counts as new: that needs no record.
        while let Some((until, id)) = self.handled.first().cloned()
            && until <= now
        {
            self.handled.remove(&(until, id.clone()));
            self.events.remove(&id);
        }
    }

    fn forget_oldest(&mut self) -> bool {
        let Some((_, id)) = self.done.pop_first() else { return false };
        self.events.remove(&id);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn record(id: u64, state: EventState) -> EventRecord {
        EventRecord { id: id.to_string().as_str().into(), state }
    }

    fn done(id: u64, seconds: u64) -> EventRecord {
        record(id, EventState::Done(seconds * 1000))
    }

    fn claimed(id: u64) -> EventRecord {
        record(id, EventState::HandledUntil(600_000))
    }

    #[test]
    fn a_record_is_saved_where_nothing_has_changed() {
        let mut seen = SeenEvents::new();
        assert_eq!(seen.save(claimed(1), None, at(0)), Saved::Yes);
        assert_eq!(seen.save(claimed(1), None, at(0)), Saved::Conflict, "somebody was faster");
        assert_eq!(seen.save(done(1, 0), Some(&done(1, 9)), at(0)), Saved::Conflict);
        assert_eq!(seen.save(done(1, 0), Some(&claimed(1)), at(0)), Saved::Yes);
        assert_eq!(seen.load(&"1".into()), Some(done(1, 0)));
        assert_eq!(seen.load(&"2".into()), None);
    }

    #[test]
    fn the_oldest_are_forgotten_and_what_is_being_handled_is_not() {
        let mut seen = SeenEvents::new().with_capacity(3);
        assert_eq!(seen.save(claimed(0), None, at(0)), Saved::Yes);
        for id in 1..10 {
            assert_eq!(seen.save(done(id, id), None, at(id)), Saved::Yes);
            assert!(seen.len() <= 3 && seen.load(&"0".into()).is_some());
        }
        assert!(seen.load(&"9".into()).is_some() && seen.load(&"7".into()).is_none());
        assert_eq!(seen.save(claimed(10), None, at(10)), Saved::Yes);
        assert_eq!(seen.save(claimed(11), None, at(10)), Saved::Yes);
        assert_eq!(seen.save(claimed(12), None, at(10)), Saved::Conflict, "all are being handled");
        assert_eq!(seen.save(done(11, 10), Some(&claimed(11)), at(10)), Saved::Yes);
        assert_eq!(seen.save(claimed(12), None, at(10)), Saved::Yes);
    }

    #[test]
    fn an_old_event_is_forgotten() {
        let mut seen = SeenEvents::new().with_max_age(Duration::from_secs(100));
        assert_eq!(seen.save(done(1, 0), None, at(0)), Saved::Yes);
        assert_eq!(seen.save(claimed(2), None, at(100)), Saved::Yes);
        assert_eq!(seen.len(), 2);
        assert_eq!(seen.save(claimed(3), None, at(101)), Saved::Yes);
        assert_eq!(seen.load(&"1".into()), None);
    }

    /// Nobody handles it any more, so that it is as new as one without a record.
    #[test]
    fn a_claim_that_has_run_out_takes_no_room() {
        let mut seen = SeenEvents::new().with_capacity(1);
        assert_eq!(seen.save(claimed(1), None, at(599)), Saved::Yes);
        assert_eq!(seen.save(claimed(2), None, at(599)), Saved::Conflict);
        assert_eq!(
            seen.save(record(2, EventState::HandledUntil(700_000)), None, at(600)),
            Saved::Yes
        );
        assert_eq!(
            seen.save(done(1, 600), Some(&claimed(1)), at(600)),
            Saved::Conflict,
            "it was somebody else's since"
        );
        let failed = record(2, EventState::HandledUntil(0));
        let before = record(2, EventState::HandledUntil(700_000));
        assert_eq!(seen.save(failed, Some(&before), at(600)), Saved::Yes);
        assert!(seen.is_empty());
    }

    #[test]
    fn a_restart_keeps_what_is_done() {
        let mut seen = SeenEvents::new();
        for record in [done(1, 1), claimed(2), done(3, 3)] {
            assert_eq!(seen.save(record, None, at(5)), Saved::Yes);
        }
        let kept = serde_json::to_string(&seen.records().collect::<Vec<_>>()).unwrap();
        let mut seen = SeenEvents::new().with_capacity(1);
        seen.restore(serde_json::from_str::<Vec<EventRecord>>(&kept).unwrap(), at(6));
        assert_eq!(seen.records().collect::<Vec<_>>(), [done(3, 3)]);
        assert!(!seen.is_empty());
    }
}
