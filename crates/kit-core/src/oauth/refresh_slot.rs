use std::task::Waker;
use std::time::Duration;

use super::outcome::Outcome;
use super::refreshed::Until;
use crate::error::SessionError;
use crate::waiters::{Released, Waiters};

/// How long a process claims a refresh token that it is about to spend; and how long a refresh that nobody
/// runs any more keeps others from beginning one.
pub(super) const LEASE: Duration = Duration::from_secs(60);

/// How long a session waits after a failed renewal before it tries the next, while the access token lasts.
const POSTPONED: Duration = Duration::from_secs(30);

/// The place of the one refresh that may be under way, and what came of the last.
#[derive(Default)]
pub(super) struct RefreshSlot {
    running: Option<Running>,
    /// How many refreshes were begun. This is the number (ticket) of the last one.
    tickets: u64,
    /// How many refreshes have ended with a result.
    rounds: u64,
    /// Why the last of them failed, if it did.
    failure: Option<SessionError>,
    /// Until then a token that still lasts is not renewed.
    postponed_until: Duration,
    /// Until then Kit is not asked: it has said so, or a refresh has failed that was given up since.
    held_until: Duration,
    /// Whether somebody waits for the end of the refresh under way.
    is_awaited: bool,
    waiters: Waiters,
}

/// A refresh that has begun.
#[derive(Clone, Copy)]
pub(crate) struct Begun {
    ticket: u64,
    /// The beginning of the session that the refresh belongs to.
    pub(super) beginning: u64,
}

struct Running {
    ticket: u64,
    /// How long the refresh counts as run by somebody, unless `touch` prolongs it.
    until: Duration,
}

impl RefreshSlot {
    pub(super) fn begin(&mut self, beginning: u64, elapsed: Duration) -> Begun {
        self.tickets += 1;
        let ticket = self.tickets;
        self.running = Some(Running { ticket, until: elapsed.saturating_add(LEASE) });
        self.is_awaited = false;
        Begun { ticket, beginning }
    }

    /// Whether a token that lasts may be renewed now.
    pub(super) fn allows_renewal(&self, elapsed: Duration) -> bool {
        self.running.is_none() && elapsed >= self.held_until.max(self.postponed_until)
    }

    /// How long no refresh may begin.
    pub(super) fn held_for(&self, elapsed: Duration) -> Duration {
        self.held_until.saturating_sub(elapsed)
    }

    /// The end of the refresh under way, and the time within which it comes at the latest, if nobody runs the
    /// refresh.
    pub(super) fn under_way(&mut self, elapsed: Duration) -> Option<(Until, Duration)> {
        let Running { ticket, until } = self.running.as_ref()?;
        self.is_awaited = true;
        let round = Until::Round { ticket: *ticket, round: self.rounds };
        Some((round, until.saturating_sub(elapsed)))
    }

    /// Whether somebody waits for the end of the refresh under way, and not for new tokens, which are there.
    pub(super) fn is_awaited(&self) -> bool {
        self.is_awaited
    }

    /// How many refreshes have ended with a result.
    pub(super) fn rounds(&self) -> u64 {
        self.rounds
    }

    /// Why the last refresh failed that has ended with a result.
    pub(super) fn failure(&self) -> Option<&SessionError> {
        self.failure.as_ref()
    }

    /// A refresh that nobody drives blocks the others no longer.
    pub(super) fn forget_undriven(&mut self, elapsed: Duration) {
        if self.running.take_if(|running| running.until <= elapsed).is_some() {
            self.waiters.wake();
        }
    }

    /// Somebody drives the refresh.
    pub(super) fn touch(&mut self, begun: Begun, elapsed: Duration) {
        if let Some(running) = self.running.as_mut().filter(|r| r.ticket == begun.ticket) {
            running.until = elapsed.saturating_add(LEASE);
        }
    }

    /// There are tokens: what earlier refreshes have put off may begin.
    pub(super) fn clear(&mut self) {
        self.held_until = Duration::ZERO;
        self.postponed_until = Duration::ZERO;
    }

    /// The calls that wait get tokens.
    pub(super) fn succeed(&mut self) {
        self.rounds += 1;
        self.failure = None;
        self.is_awaited = false;
        self.waiters.wake();
    }

    /// The one way in which a refresh ends. Returns whether it was still under way.
    pub(super) fn end(&mut self, begun: Begun, outcome: &Outcome, elapsed: Duration) -> bool {
        // Another has taken its place: what comes of this one is nobody's business.
        if self.running.take_if(|running| running.ticket == begun.ticket).is_none() {
            return false;
        }
        if !matches!(outcome, Outcome::Tokens | Outcome::Dropped) {
            self.postponed_until = elapsed.saturating_add(POSTPONED);
        }
        if let Outcome::GivenUp(hold) | Outcome::Failed(_, hold) = outcome {
            self.held_until = elapsed.saturating_add(*hold);
        }
        match outcome {
            Outcome::Tokens | Outcome::Unsaved(_) | Outcome::Postponed => self.succeed(),
            Outcome::Failed(failure, _) => {
                self.rounds += 1;
                self.failure = Some(failure.clone());
                self.waiters.wake();
            }
            Outcome::GivenUp(_) | Outcome::Dropped => self.waiters.wake(),
        }
        true
    }

    /// Keeps the waker and returns its number; returns `None` where `until` has come.
    pub(super) fn wait(&mut self, until: Until, waiter: Option<u64>, waker: &Waker) -> Option<u64> {
        let running = self.running.as_ref().map(|running| running.ticket);
        let has_come = match until {
            Until::Round { ticket, round } => running != Some(ticket) || self.rounds > round,
            Until::Settled => running.is_none(),
        };
        if has_come {
            self.forget_waiter(waiter);
            return None;
        }
        Some(self.waiters.keep(waiter, waker))
    }

    pub(super) fn forget_waiter(&mut self, waiter: Option<u64>) {
        if let Some(waiter) = waiter {
            self.waiters.forget(waiter);
        }
    }

    pub(super) fn take_released(&mut self) -> Released {
        self.waiters.take_released()
    }
}
