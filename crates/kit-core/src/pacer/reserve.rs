use std::fmt;
use std::time::Duration;

use super::sharing::{Duty, Report, Sharing};
use super::window::Window;
use super::{BudgetChange, Pacer, ReserveStep};
use crate::budgets::{Budget, LoadedBudget, SaveError, Share, StoreError};
use crate::time::Time;
use crate::trace::Trace;

/// Takes shares of a budget for the calls of a [`Pacer`], and gives back what they do not need, as long as there are calls.
/// A reserve does no I/O: each [`ReserveStep`] says what its caller has to do.
///
/// [`Step::Reserve`](crate::Step::Reserve) hands out a reserve. Run it to its end, by a thread or a task of its own, also
/// if the call is dropped meanwhile: other calls wait for it. It ends within about 5 seconds after the last call. While
/// nobody calls [`next`](Self::next), calls wait; after 60 seconds one of them begins another reserve.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, Instant, SystemTime};
///
/// use kit_core::budgets::BudgetStore;
/// use kit_core::{BudgetChange, Reserve, ReserveStep, Time};
///
/// fn run(
///     mut reserve: Reserve,
///     store: &dyn BudgetStore,
///     name: &str, // of the credential
///     wait_for: impl Fn(BudgetChange, Duration),
/// ) {
///     let now = || Time::new(Instant::now(), SystemTime::now());
///     loop {
///         match reserve.next(now()) {
///             ReserveStep::Load => reserve.loaded(store.load_budget(name), now()),
///             ReserveStep::Save(budget) => reserve.saved(store.save_budget(name, &budget), now()),
///             ReserveStep::Wait { needed, at_most } => wait_for(needed, at_most),
///             ReserveStep::Done => return,
///             _ => return, // a step of a later version
///         }
///     }
/// }
/// ```
pub struct Reserve {
    pacer: Pacer,
    ticket: u64,
    /// How often other processes have saved at the same time, one after the other.
    conflicts: u32,
    /// Whether the last attempt has failed, and was not told yet.
    has_failed: bool,
    state: State,
}

enum State {
    Look,
    /// Others have saved at the same time.
    Stagger,
    Loading(Report),
    Save(Report, Share, Budget),
    Saving(Report, Share),
    Over,
}

impl Reserve {
    pub(super) fn new(pacer: Pacer, ticket: u64) -> Self {
        Self { pacer, ticket, conflicts: 0, has_failed: false, state: State::Look }
    }

    /// Returns what the caller has to do now.
    pub fn next(&mut self, now: Time) -> ReserveStep {
        let mut is_staggered = false;
        match std::mem::replace(&mut self.state, State::Over) {
            State::Look => {}
            State::Stagger => is_staggered = true,
            State::Save(report, share, budget) => {
                self.state = State::Saving(report, share);
                return ReserveStep::Save(budget);
            }
            State::Loading(report) | State::Saving(report, _) => {
                self.fail(&report, &"nothing was told of its outcome".into(), now);
            }
            State::Over => return ReserveStep::Done,
        }
        let (ticket, conflicts) = (self.ticket, self.conflicts);
        let duty = self.with(now, |sharing, window, now| {
            window.pass(now);
            if is_staggered {
                sharing.wait(ticket, sharing.stagger(conflicts))
            } else {
                sharing.duty(ticket, window, now)
            }
        });
        match duty {
            Some(Duty::Ask(report)) => {
                self.state = State::Loading(report);
                ReserveStep::Load
            }
            Some(Duty::Wait { awaited, at_most }) => {
                self.state = State::Look;
                let needed = BudgetChange::new(self.pacer.clone(), awaited);
                ReserveStep::Wait { needed, at_most }
            }
            Some(Duty::Over) | None => ReserveStep::Done,
        }
    }

    /// Tells the reserve which budget the store holds, or why it could not be read.
    pub fn loaded(&mut self, loaded: Result<LoadedBudget, StoreError>, now: Time) {
        match (std::mem::replace(&mut self.state, State::Over), loaded) {
            (State::Loading(report), Ok(LoadedBudget { budget, now })) => {
                let (budget, share) = Budget::answer(budget, &report.ask, now);
                self.state = State::Save(report, share, budget);
            }
            (State::Loading(report), Err(error)) => self.fail(&report, &error, now),
            (other, _) => self.state = other,
        }
    }

    /// Tells the reserve whether the budget was saved.
    pub fn saved(&mut self, saved: Result<(), SaveError>, now: Time) {
        match (std::mem::replace(&mut self.state, State::Over), saved) {
            (State::Saving(report, share), Ok(())) => {
                (self.conflicts, self.has_failed) = (0, false);
                let ticket = self.ticket;
                let answer = |sharing: &mut Sharing, _: &mut Window, now| {
                    sharing.answered(ticket, &report, share, now)
                };
                // Tracing may run code of others: not under the lock.
                if self.with(now, answer) == Some(true) {
                    Trace::budget_works();
                }
                self.state = State::Look;
            }
            (State::Saving(..), Err(SaveError::Conflict)) => {
                self.conflicts = self.conflicts.saturating_add(1);
                self.state = if self.conflicts == 1 { State::Look } else { State::Stagger };
            }
            // Whether it was saved or not: the next report says it all again.
            (State::Saving(report, _), Err(SaveError::Failed(error))) => {
                self.fail(&report, &error, now);
            }
            (other, _) => self.state = other,
        }
    }

    /// The store has failed. The first time, since a connection may have been closed, it is asked again at once.
    fn fail(&mut self, report: &Report, error: &StoreError, now: Time) {
        if std::mem::replace(&mut self.has_failed, true) {
            let ticket = self.ticket;
            let fail = |sharing: &mut Sharing, _: &mut Window, now| {
                sharing.failed(ticket, report, error, now)
            };
            if let Some(error) = self.with(now, fail).flatten() {
                Trace::budget_fails(&error);
            }
        }
        self.state = State::Look;
    }

    /// `None` by the time of another clock.
    fn with<T>(
        &self,
        now: Time,
        act: impl FnOnce(&mut Sharing, &mut Window, Duration) -> T,
    ) -> Option<T> {
        self.pacer.with(|state| {
            let now = state.window.timeline.since_first(now).ok()?;
            Some(act(state.sharing.as_mut()?, &mut state.window, now))
        })
    }
}

/// Ends the reserve, if nobody has run it to its end.
impl Drop for Reserve {
    fn drop(&mut self) {
        self.pacer.share(|sharing| sharing.end(self.ticket));
    }
}

impl fmt::Debug for Reserve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reserve").field("pacer", &self.pacer).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "reserve_tests.rs"]
mod tests;
