use std::sync::Arc;
use std::time::Duration;

use super::pacer::State;
use super::sharing::Turn;
use super::{BudgetChange, Pacer, Reserve};
use crate::Error;
use crate::time::Time;

/// The place of one call at the pacer: none, in the queue, or among the requests under way. Dropping the
/// place gives it back.
#[derive(Debug)]
pub(crate) struct Place {
    pacer: Pacer,
    at: At,
}

#[derive(Clone, Copy, Debug)]
enum At {
    Nowhere,
    Queue(u64),
    UnderWay,
}

/// The next action of a call that wants to send.
#[derive(Debug)]
pub(crate) enum Entry {
    /// The call sends its request.
    Go,
    /// The call waits for this time, at least.
    Wait(Duration),
    /// The call has the reserve run, and asks again.
    Reserve(Box<Reserve>),
    /// The call waits for the change, and asks again.
    Await { change: BudgetChange, at_most: Duration },
}

impl Place {
    pub(crate) fn new(pacer: Pacer) -> Self {
        Self { pacer, at: At::Nowhere }
    }

    /// Whether the request may be sent, or what the call has to do before it asks again.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for another clock than the pacer's.
    pub(crate) fn enter(&mut self, now: Time) -> Result<Entry, Error> {
        let at = self.at;
        let (at, entry) = self.pacer.with(|State { window, sharing }| {
            let now = window.timeline.since_first(now)?;
            window.pass(now);
            let number = match at {
                At::Nowhere => window.line_up(),
                At::Queue(number) => number,
                At::UnderWay => return Ok((at, Entry::Go)),
            };
            let entry = match sharing {
                None => match window.enter(number, now) {
                    Duration::ZERO => Entry::Go,
                    wait => Entry::Wait(wait),
                },
                Some(_) if now < window.closed_until => {
                    Entry::Wait(window.closed_until.saturating_sub(now))
                }
                Some(sharing) => match sharing.turn(number, window, now) {
                    Turn::Go => Entry::Go,
                    Turn::Nothing(wait) => Entry::Wait(wait),
                    Turn::Reserve(ticket) => {
                        Entry::Reserve(Box::new(Reserve::new(self.pacer.clone(), ticket)))
                    }
                    Turn::Await { awaited, at_most } => {
                        let change = BudgetChange::new(self.pacer.clone(), awaited);
                        Entry::Await { change, at_most }
                    }
                },
            };
            let at = if matches!(entry, Entry::Go) { At::UnderWay } else { At::Queue(number) };
            Ok::<_, Error>((at, entry))
        })?;
        self.at = at;
        Ok(entry)
    }

    /// Why the store of the shared budget fails, if it does.
    pub(crate) fn store_failure(&self) -> Option<Arc<str>> {
        self.pacer.store_failure()
    }

    /// Tells that the request got its response, or failed.
    pub(crate) fn leave(&mut self, now: Time) {
        if matches!(self.at, At::UnderWay) {
            self.at = At::Nowhere;
            self.pacer.with(|state| match state.window.timeline.since_first(now) {
                Ok(now) => {
                    state.window.in_flight -= 1;
                    state.window.end(now);
                    if let Some(sharing) = &mut state.sharing {
                        sharing.ended(&state.window, now);
                    }
                }
                // Told by another clock: it counts from when that is noticed.
                Err(_) => state.lose(),
            });
        }
    }

    /// Tells that Kit answered 429, with the wait that it asked for, if it did.
    pub(crate) fn limited(&mut self, retry_after: Option<Duration>, now: Time) {
        self.pacer.with(|State { window, sharing }| {
            if let Ok(now) = window.timeline.since_first(now) {
                let retry_after = retry_after.unwrap_or_default();
                window.learn(retry_after, now);
                if let Some(sharing) = sharing {
                    sharing.refused(retry_after, now);
                }
            }
        });
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        match self.at {
            At::Nowhere => {}
            At::Queue(number) => self.pacer.with(|state| state.window.give_up(number)),
            At::UnderWay => self.pacer.with(State::lose),
        }
    }
}
