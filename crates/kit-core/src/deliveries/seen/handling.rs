use std::time::{Duration, SystemTime};

use super::super::EventId;
use super::event_record::{millis, millis_of};
use super::{EventRecord, EventState};

/// How long who handles an event has for it, by default.
const LEASE: Duration = Duration::from_secs(60);

/// The handling of one event: recognises an event that was handled already, and lets one receiver handle an event
/// at a time. What it wants done goes out as a [`HandlingStep`]; it does no I/O.
///
/// An event is new, being handled, or done. Before an event is handled its record is saved, so that no other
/// receiver with the same store handles it meanwhile; afterwards its record is saved again. A receiver that crashes
/// in between leaves a record that runs out: then the event counts as new, and who gets it from Kit (or from a queue
/// of its own) handles it again. So every event is handled at least once; and exactly once where its effect and the
/// record that it is [done](HandlingStep::Handle) are saved in one transaction.
///
/// [`SeenEvents`](super::SeenEvents) is a store in memory. A shared store keeps a row for each event, and replaces
/// it where it is still as it was read.
///
/// # Examples
///
/// ```
/// use std::time::SystemTime;
///
/// use kit_core::deliveries::{EventId, Handling, HandlingStep, SeenEvents};
///
/// /// Whether the event was new.
/// fn handle_once(id: EventId, seen: &mut SeenEvents, handle: impl FnOnce()) -> bool {
///     let mut handle = Some(handle);
///     let mut handling = Handling::new(id);
///     loop {
///         let now = SystemTime::now();
///         match handling.next(now) {
///             HandlingStep::Load(id) => handling.loaded(seen.load(&id)),
///             HandlingStep::Save { record, replaces } => {
///                 handling.saved(seen.save(record, replaces.as_ref(), now));
///             }
///             HandlingStep::Handle { .. } => {
///                 handle.take().map(|handle| handle());
///                 handling.handled();
///             }
///             HandlingStep::Done => return true,
///             _ => return false,
///         }
///     }
/// }
///
/// let mut seen = SeenEvents::new();
/// assert!(handle_once("e1".into(), &mut seen, || println!("handled")));
/// assert!(!handle_once("e1".into(), &mut seen, || unreachable!()));
/// ```
#[derive(Debug)]
pub struct Handling {
    id: EventId,
    lease: Duration,
    /// The record that the store held when it did not take the claim.
    refused: Option<Held>,
    state: State,
}

/// The record of the event in a store.
#[derive(Debug, PartialEq)]
struct Held(Option<EventRecord>);

#[derive(Debug)]
enum State {
    Load,
    Loading,
    Loaded(Option<EventRecord>),
    /// The claim, and what it takes the place of.
    Claiming(EventRecord, Option<EventRecord>),
    /// The record as it is saved.
    Handling(EventRecord),
    /// The record as it is saved, and whether the event was handled.
    Ending(EventRecord, Ended),
    Over(Outcome),
}

#[derive(Clone, Copy, Debug)]
enum Ended {
    Handled,
    Failed,
}

#[derive(Clone, Copy, Debug)]
enum Outcome {
    Done,
    Failed,
    DoneBefore,
    BeingHandled(u64),
    NotSaved,
}

/// Whether a store has saved a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Saved {
    /// The store has saved the record.
    Yes,
    /// The store holds another record than the one to be replaced, and has kept it.
    Conflict,
}

/// The next step, for the caller of [`Handling::next`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HandlingStep {
    /// Read the record of this event from the store; then pass it to [`Handling::loaded`].
    Load(EventId),
    /// Save the record, if the store still holds `replaces`, or still holds none; then tell [`Handling::saved`]
    /// whether it did.
    Save {
        /// The record to save.
        record: EventRecord,
        /// The record that the store has to hold before.
        replaces: Option<EventRecord>,
    },
    /// Handle the event; then call [`Handling::handled`] or [`Handling::failed`].
    ///
    /// If the event's effect is kept in the same store, save `done` in the transaction of the effect, if the store
    /// still holds `claimed`; then call [`Handling::handled_and_saved`].
    Handle {
        /// The record that the store holds while the event is handled.
        claimed: EventRecord,
        /// The record that says that the event was handled.
        done: EventRecord,
    },
    /// The event was handled, and its record is saved.
    Done,
    /// The event was not handled, since the handler failed. It counts as new.
    Failed,
    /// The event was handled before: nothing is to be done.
    DoneBefore,
    /// Somebody else handles the event, and has this long for it. Ask Kit to deliver it again (503), or begin
    /// another `Handling` after that.
    BeingHandled(Duration),
    /// The store took no record. Either it has no room for another event that is being handled: then the event was
    /// not handled, and Kit is to deliver it again (503). Or the event was handled, and had been claimed by somebody
    /// else meanwhile: it may be handled twice.
    NotSaved,
}

impl Handling {
    /// Begins with an event that Kit has delivered.
    pub fn new(id: EventId) -> Self {
        Self { id, lease: LEASE, refused: None, state: State::Load }
    }

    /// Sets how long handling may take, before somebody else may begin. Default: 60 s.
    #[must_use]
    pub fn with_lease(self, lease: Duration) -> Self {
        Self { lease, ..self }
    }

    /// The event.
    pub fn id(&self) -> &EventId {
        &self.id
    }

    /// Returns what to do now. `now` is the time by the clock of the system; the clocks of receivers that share a
    /// store have to agree to within a part of the lease.
    pub fn next(&mut self, now: SystemTime) -> HandlingStep {
        let now = millis(now);
        loop {
            match &self.state {
                State::Load | State::Loading => {
                    self.state = State::Loading;
                    return HandlingStep::Load(self.id.clone());
                }
                State::Loaded(held) => match held.as_ref().map(|held| held.state) {
                    Some(EventState::Done(_)) => self.state = State::Over(Outcome::DoneBefore),
                    Some(EventState::HandledUntil(until)) if now < until => {
                        // However wrong a clock is, nobody waits longer than a lease.
                        let left = (until - now).min(millis_of(self.lease));
                        self.state = State::Over(Outcome::BeingHandled(left));
                    }
                    // Nothing has changed since it did not take the claim: it is full.
                    _ if self.refused.as_ref().is_some_and(|refused| refused.0 == *held) => {
                        self.state = State::Over(Outcome::NotSaved);
                    }
                    _ => {
                        let replaces = held.clone();
                        let until = now.saturating_add(millis_of(self.lease));
                        // Never the same record twice: who claims it again is somebody else.
                        let before = replaces.as_ref().map_or(0, |record| record.state.time());
                        let until = until.max(before.saturating_add(1));
                        let record = self.record(EventState::HandledUntil(until));
                        self.state = State::Claiming(record.clone(), replaces.clone());
                        return HandlingStep::Save { record, replaces };
                    }
                },
                State::Handling(claimed) => {
                    let done = self.record(EventState::Done(now));
                    return HandlingStep::Handle { claimed: claimed.clone(), done };
                }
                State::Ending(claimed, ended) => {
                    let state = match ended {
                        Ended::Handled => EventState::Done(now),
                        // A claim that has run out is none.
                        Ended::Failed => EventState::HandledUntil(0),
                    };
                    let (record, replaces) = (self.record(state), Some(claimed.clone()));
                    return HandlingStep::Save { record, replaces };
                }
                // Nobody told whether the claim was saved: it is read again.
                State::Claiming(..) => self.state = State::Load,
                State::Over(over) => {
                    return match over {
                        Outcome::Done => HandlingStep::Done,
                        Outcome::Failed => HandlingStep::Failed,
                        Outcome::DoneBefore => HandlingStep::DoneBefore,
                        Outcome::BeingHandled(left) => {
                            HandlingStep::BeingHandled(Duration::from_millis(*left))
                        }
                        Outcome::NotSaved => HandlingStep::NotSaved,
                    };
                }
            }
        }
    }

    /// Tells what the store holds of the event. Does nothing unless the last step was [`HandlingStep::Load`].
    pub fn loaded(&mut self, held: Option<EventRecord>) {
        if matches!(self.state, State::Loading) {
            self.state = State::Loaded(held);
        }
    }

    /// Tells whether the store has saved the record. Does nothing unless the last step was [`HandlingStep::Save`].
    pub fn saved(&mut self, saved: Saved) {
        let is_saved = saved == Saved::Yes;
        self.state = match std::mem::replace(&mut self.state, State::Load) {
            State::Claiming(record, _) if is_saved => State::Handling(record),
            State::Claiming(_, replaces) => {
                self.refused = Some(Held(replaces));
                State::Load
            }
            State::Ending(_, Ended::Handled) if is_saved => State::Over(Outcome::Done),
            State::Ending(_, Ended::Handled) => State::Over(Outcome::NotSaved),
            State::Ending(_, Ended::Failed) => State::Over(Outcome::Failed),
            other => other,
        };
    }

    /// Tells that the event was handled. Does nothing unless the last step was [`HandlingStep::Handle`].
    pub fn handled(&mut self) {
        self.end(Ended::Handled);
    }

    /// Tells that the event was handled, and the record `done` of [`HandlingStep::Handle`] saved with its effect.
    pub fn handled_and_saved(&mut self) {
        if matches!(self.state, State::Handling(_)) {
            self.state = State::Over(Outcome::Done);
        }
    }

    /// Tells that the event could not be handled, so that it counts as new again.
    pub fn failed(&mut self) {
        self.end(Ended::Failed);
    }

    fn end(&mut self, ended: Ended) {
        self.state = match std::mem::replace(&mut self.state, State::Load) {
            State::Handling(claimed) => State::Ending(claimed, ended),
            other => other,
        };
    }

    fn record(&self, state: EventState) -> EventRecord {
        EventRecord { id: self.id.clone(), state }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// A store that several receivers share.
    #[derive(Default)]
    struct Shared(HashMap<EventId, EventRecord>);

    impl Shared {
        fn save(&mut self, record: EventRecord, replaces: Option<&EventRecord>) -> Saved {
            let fits = self.0.get(&record.id) == replaces;
            if fits {
                self.0.insert(record.id.clone(), record);
            }
            if fits { Saved::Yes } else { Saved::Conflict }
        }
    }

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    /// The step after the store was asked.
    fn ask(handling: &mut Handling, shared: &mut Shared, now: SystemTime) -> HandlingStep {
        loop {
            match handling.next(now) {
                HandlingStep::Load(id) => handling.loaded(shared.0.get(&id).cloned()),
                HandlingStep::Save { record, replaces } => {
                    handling.saved(shared.save(record, replaces.as_ref()));
                }
                step => return step,
            }
        }
    }

    #[test]
    fn an_event_is_handled_once() {
        let mut shared = Shared::default();
        let mut first = Handling::new("e1".into());
        assert!(matches!(ask(&mut first, &mut shared, at(0)), HandlingStep::Handle { .. }));
        let mut second = Handling::new("e1".into());
        let left = Duration::from_secs(50);
        assert_eq!(ask(&mut second, &mut shared, at(10)), HandlingStep::BeingHandled(left));
        first.handled();
        assert_eq!(ask(&mut first, &mut shared, at(10)), HandlingStep::Done);
        let mut third = Handling::new("e1".into());
        assert_eq!(ask(&mut third, &mut shared, at(1_000_000)), HandlingStep::DoneBefore);
        assert_eq!(ask(&mut third, &mut shared, at(1_000_000)), HandlingStep::DoneBefore);
    }

    #[test]
    fn an_event_is_handled_again_after_a_crash() {
        let mut shared = Shared::default();
        let mut crashed = Handling::new("e1".into());
        ask(&mut crashed, &mut shared, at(0));
        let mut other = Handling::new("e1".into());
        assert!(matches!(ask(&mut other, &mut shared, at(60)), HandlingStep::Handle { .. }));
        // The receiver was not dead, only slow: it learns that it was not alone.
        crashed.handled();
        assert_eq!(ask(&mut crashed, &mut shared, at(61)), HandlingStep::NotSaved);
        other.handled();
        assert_eq!(ask(&mut other, &mut shared, at(62)), HandlingStep::Done);
    }

    #[test]
    fn a_failed_event_counts_as_new_at_once() {
        let mut shared = Shared::default();
        let mut first = Handling::new("e1".into());
        ask(&mut first, &mut shared, at(0));
        first.failed();
        assert_eq!(ask(&mut first, &mut shared, at(0)), HandlingStep::Failed);
        let mut second = Handling::new("e1".into());
        assert!(matches!(ask(&mut second, &mut shared, at(0)), HandlingStep::Handle { .. }));
    }

    #[test]
    fn one_of_two_concurrent_receivers_handles() {
        let mut shared = Shared::default();
        let (mut first, mut second) = (Handling::new("e1".into()), Handling::new("e1".into()));
        for handling in [&mut first, &mut second] {
            assert!(matches!(handling.next(at(0)), HandlingStep::Load(_)));
            handling.loaded(None);
        }
        assert!(matches!(ask(&mut first, &mut shared, at(0)), HandlingStep::Handle { .. }));
        assert!(matches!(ask(&mut second, &mut shared, at(0)), HandlingStep::BeingHandled(_)));
    }

    #[test]
    fn an_effect_can_be_saved_with_the_record() {
        let mut shared = Shared::default();
        let mut handling = Handling::new("e1".into());
        let HandlingStep::Handle { claimed, done } = ask(&mut handling, &mut shared, at(0)) else {
            panic!("not to be handled")
        };
        assert_eq!(shared.save(done, Some(&claimed)), Saved::Yes);
        handling.handled_and_saved();
        assert_eq!(handling.next(at(1)), HandlingStep::Done);
        let mut again = Handling::new("e1".into());
        assert_eq!(ask(&mut again, &mut shared, at(1)), HandlingStep::DoneBefore);
    }

    #[test]
    fn a_store_without_room_does_not_go_round_for_ever() {
        let mut handling = Handling::new("e1".into());
        for _ in 0..2 {
            assert!(matches!(handling.next(at(0)), HandlingStep::Load(_)));
            handling.loaded(None);
            if let HandlingStep::Save { .. } = handling.next(at(0)) {
                handling.saved(Saved::Conflict);
            }
        }
        assert_eq!(handling.next(at(0)), HandlingStep::NotSaved);
    }

    #[test]
    fn a_loop_that_tells_nothing_is_told_the_same_again() {
        let mut handling = Handling::new("e1".into());
        handling.saved(Saved::Yes);
        handling.handled();
        for _ in 0..2 {
            assert!(matches!(handling.next(at(0)), HandlingStep::Load(_)));
        }
        handling.loaded(None);
        assert!(matches!(handling.next(at(0)), HandlingStep::Save { .. }));
        assert!(matches!(handling.next(at(0)), HandlingStep::Load(_)), "it may have been saved");
    }
}
