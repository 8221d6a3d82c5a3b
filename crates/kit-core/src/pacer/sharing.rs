//! The part of a pacer that shares its budget with other processes.

use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use super::window::Window;
use crate::budgets::{Ask, HELD, LEASE, Refused, SHARES, Share, StoreError};
use crate::chain;
use crate::waiters::{Released, Waiters};

/// How long a reserve that nobody runs keeps others from beginning one.
const UNDRIVEN: Duration = Duration::from_secs(60);

/// How long a reserve waits at most before it looks again.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How long a failure of the store counts: a statement may take some time. Then it has to fail again before a process
/// that was suspended, say, sends without a share.
const KNOWN: Duration = Duration::from_secs(15);

/// How often the store is tried again while it fails.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// The share that this process has of the budget, and the one reserve that may be under way.
pub(super) struct Sharing {
    /// The random number of this process.
    process: u64,
    /// How many requests may begin until `allowed_until`.
    allowance: u32,
    allowed_until: Duration,
    /// How many were granted last.
    granted: u32,
    /// How many have begun since.
    begun: u32,
    /// Whether a share was not used up: the rest is to be given back.
    returns: bool,
    /// How many requests have begun by shares, and how many of them the store knows of.
    sent: u64,
    told: u64,
    /// Whether half of the budget counted, by the last answer.
    is_scarce: bool,
    told_at: Duration,
    /// Before then the store is not asked for more, since there is nothing, or since it fails.
    ask_at: Duration,
    /// When Kit has refused a request, of which the store does not know, and for how long.
    refused: Option<(Duration, Duration)>,
    /// How many processes there were, by the last answer; 0 before the first.
    processes: u32,
    failing: Option<Failing>,
    running: Option<Running>,
    /// How many reserves were begun. This is the number (ticket) of the last one.
    tickets: u64,
    /// How often the store has answered or failed, or a reserve has ended.
    answers: u64,
    /// How often calls have needed something that the reserve did not know of.
    needs: u64,
    /// Whether the reserve has still to look at the last need.
    is_needed: bool,
    calls: Waiters,
    reserve: Waiters,
}

/// The store fails.
struct Failing {
    since: Duration,
    /// When it was found failing last.
    last: Duration,
    error: Arc<str>,
}

#[derive(Clone, Copy)]
struct Running {
    ticket: u64,
    /// How long it counts as run by somebody.
    until: Duration,
}

/// The event that a future waits for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Awaited {
    /// There are more answers than this.
    Answer(u64),
    /// There are more needs than this, or another reserve has taken the place of the one with this ticket.
    Need { ticket: u64, needs: u64 },
}

/// The turn of a call that wants to send.
pub(super) enum Turn {
    Go,
    /// A reserve with this ticket is to be run.
    Reserve(u64),
    Await {
        awaited: Awaited,
        at_most: Duration,
    },
    /// There is nothing before this time has passed.
    Nothing(Duration),
}

/// The next action of a reserve.
pub(super) enum Duty {
    Ask(Report),
    Wait { awaited: Awaited, at_most: Duration },
    Over,
}

/// A report to the store, with which the process asks for a share.
pub(super) struct Report {
    pub(super) ask: Ask,
    asked_at: Duration,
    sent: u64,
}

impl Sharing {
    pub(super) fn new(process: u64) -> Self {
        Self {
            process,
            allowance: 0,
            allowed_until: Duration::ZERO,
            granted: 0,
            begun: 0,
            returns: false,
            sent: 0,
            told: 0,
            is_scarce: false,
            told_at: Duration::ZERO,
            ask_at: Duration::ZERO,
            refused: None,
            processes: 0,
            failing: None,
            running: None,
            tickets: 0,
            answers: 0,
            needs: 0,
            is_needed: false,
            calls: Waiters::default(),
            reserve: Waiters::default(),
        }
    }

    /// Why the store fails, if it does.
    pub(super) fn failure(&self) -> Option<Arc<str>> {
        self.failing.as_ref().map(|failing| failing.error.clone())
    }

    pub(super) fn is_at_rest(&self) -> bool {
        self.running.is_none()
    }

    /// The turn of the call with this number.
    pub(super) fn turn(&mut self, number: u64, window: &mut Window, now: Duration) -> Turn {
        let position = window.position(number);
        let allowed = self.allowed(now);
        if position < usize::try_from(allowed).unwrap_or(usize::MAX) {
            self.allowance -= 1;
            self.begun = self.begun.saturating_add(1);
            self.sent += 1;
            if self.is_low(allowed - 1) {
                self.need();
            }
            window.begin(number);
            return Turn::Go;
        }
        if self.running.take_if(|running| running.until <= now).is_some() {
            self.answer();
        }
        if self.running.is_none() {
            self.tickets += 1;
            let until = now.saturating_add(UNDRIVEN);
            self.running = Some(Running { ticket: self.tickets, until });
            return Turn::Reserve(self.tickets);
        }
        self.need();
        let mut at_most = LONGEST_WAIT;
        if let Some(failing) = &self.failing {
            // Others may have got all of it, before the store failed for this process.
            let later = failing.since.saturating_add(HELD).saturating_sub(now);
            let is_known = now < failing.last.saturating_add(KNOWN);
            at_most = if later.is_zero() && is_known {
                window.wait(position, self.part(window.most), now)
            } else {
                later.max(TRY_AGAIN)
            };
            if at_most.is_zero() {
                window.begin(number);
                return Turn::Go;
            }
        } else if now < self.ask_at {
            return Turn::Nothing(self.ask_at.saturating_sub(now));
        }
        Turn::Await { awaited: Awaited::Answer(self.answers), at_most }
    }

    /// A request has ended.
    pub(super) fn ended(&mut self, window: &Window, now: Duration) {
        if window.in_flight == 0 && now >= self.allowed_until {
            self.need();
        }
    }

    /// Kit has refused a request: all processes have to wait.
    pub(super) fn refused(&mut self, retry_after: Duration, now: Duration) {
        let longest = self
            .refused
            .filter(|(at, wait)| at.saturating_add(*wait) > now.saturating_add(retry_after));
        self.refused = Some(longest.unwrap_or((now, retry_after)));
        self.ask_at = Duration::ZERO;
        self.is_needed = false;
        self.need();
    }

    /// The next action of the reserve with this ticket.
    pub(super) fn duty(&mut self, ticket: u64, window: &mut Window, now: Duration) -> Duty {
        let Some(running) = self.running.as_mut().filter(|running| running.ticket == ticket) else {
            return Duty::Over;
        };
        running.until = now.saturating_add(UNDRIVEN);
        let is_over = now >= self.allowed_until;
        if is_over {
            // The rest goes back.
            self.returns |= self.allowance > 0;
            self.allowance = 0;
        }
        if self.failing.is_some() && window.counts_nothing() {
            self.end(ticket);
            return Duty::Over;
        }
        let wants = self.wants(window);
        let wants_something = wants > 0 || self.refused.is_some();
        let asks = if wants_something || self.failing.is_some() {
            now >= self.ask_at
        } else {
            let was_told_long_ago = now >= self.told_at.saturating_add(LONGEST_WAIT);
            // If there is little left, others wait for what counts no longer.
            let counts_shorter = self.is_scarce && self.sent != self.told && window.in_flight == 0;
            let is_long = window.in_flight > 0 && was_told_long_ago;
            is_over && (self.returns || counts_shorter || is_long)
        };
        if asks {
            return Duty::Ask(self.report(wants, window, now));
        }
        let at_most = if wants_something || self.failing.is_some() {
            self.ask_at.saturating_sub(now)
        } else if !is_over {
            self.allowed_until.saturating_sub(now)
        } else if window.in_flight > 0 {
            self.told_at.saturating_add(LONGEST_WAIT).saturating_sub(now)
        } else {
            self.end(ticket);
            return Duty::Over;
        };
        self.is_needed = wants_something;
        self.wait(ticket, at_most)
    }

    /// Waits until calls need something.
    pub(super) fn wait(&self, ticket: u64, at_most: Duration) -> Duty {
        let awaited = Awaited::Need { ticket, needs: self.needs };
        Duty::Wait { awaited, at_most: at_most.min(LONGEST_WAIT) }
    }

    /// Different processes that have saved at the same time wait for different times.
    pub(super) fn stagger(&self, conflicts: u32) -> Duration {
        Duration::from_millis(
            (self.process % 8).saturating_add(1) * u64::from(conflicts.min(8) - 1),
        )
    }

    fn report(&self, wants: u32, window: &Window, now: Duration) -> Report {
        let in_flight = u32::try_from(window.in_flight).unwrap_or(u32::MAX);
        let ask = Ask {
            process: self.process,
            most: u32::try_from(window.most).unwrap_or(u32::MAX),
            in_flight,
            allowed: self.allowance,
            ended: window.ended_ago(now),
            wants,
            was_cut_off: self
                .failing
                .as_ref()
                .is_some_and(|failing| now >= failing.since.saturating_add(HELD)),
            refused: self
                .refused
                .map(|(at, retry_after)| Refused { ago: now.saturating_sub(at), retry_after }),
        };
        Report { ask, asked_at: now, sent: self.sent }
    }

    /// The store has answered the reserve with this ticket. Returns whether it had failed before.
    pub(super) fn answered(
        &mut self,
        ticket: u64,
        report: &Report,
        share: Share,
        now: Duration,
    ) -> bool {
        if !self.is_running(ticket) {
            return false;
        }
        self.allowance = self.allowance.saturating_add(share.granted);
        if report.ask.wants > 0 {
            self.allowed_until = report.asked_at.saturating_add(LEASE);
        }
        self.returns = false;
        (self.told, self.is_scarce) = (report.sent, share.is_scarce);
        self.told_at = report.asked_at;
        self.processes = share.processes;
        if share.granted > 0 {
            (self.granted, self.begun) = (share.granted, 0);
        }
        let is_short = share.granted < report.ask.wants;
        let again = now.saturating_add(share.ask_again);
        self.ask_at = if is_short { again } else { Duration::ZERO };
        self.refused.take_if(|(at, _)| *at <= report.asked_at);
        self.answer();
        self.failing.take().is_some()
    }

    /// The store has failed the reserve with this ticket. Returns why, if it had not failed before.
    pub(super) fn failed(
        &mut self,
        ticket: u64,
        report: &Report,
        error: &StoreError,
        now: Duration,
    ) -> Option<Arc<str>> {
        if !self.is_running(ticket) {
            return None;
        }
        let error: Arc<str> = chain(&**error).into();
        // After a while without a word it may have worked, and others may have got all of the budget.
        let before = self.failing.take().filter(|before| now < before.last.saturating_add(KNOWN));
        let since = before.as_ref().map_or(report.asked_at, |before| before.since);
        self.failing = Some(Failing { since, last: now, error: error.clone() });
        self.ask_at = now.saturating_add(TRY_AGAIN);
        self.answer();
        before.is_none().then_some(error)
    }

    fn is_running(&self, ticket: u64) -> bool {
        self.running.is_some_and(|running| running.ticket == ticket)
    }

    /// The reserve with this ticket has ended, or was dropped.
    pub(super) fn end(&mut self, ticket: u64) {
        if self.running.take_if(|running| running.ticket == ticket).is_some() {
            self.answer();
        }
    }

    /// Keeps the waker and returns its number; returns `None` where what is awaited has come.
    pub(super) fn keep(
        &mut self,
        awaited: Awaited,
        waiter: Option<u64>,
        waker: &Waker,
    ) -> Option<u64> {
        let has_come = match awaited {
            Awaited::Answer(answers) => self.answers != answers,
            Awaited::Need { ticket, needs } => {
                self.needs != needs || self.running.is_none_or(|running| running.ticket != ticket)
            }
        };
        if has_come {
            if let Some(waiter) = waiter {
                self.forget(awaited, waiter);
            }
            return None;
        }
        Some(self.waiters(awaited).keep(waiter, waker))
    }

    pub(super) fn forget(&mut self, awaited: Awaited, waiter: u64) {
        self.waiters(awaited).forget(waiter);
    }

    fn waiters(&mut self, awaited: Awaited) -> &mut Waiters {
        match awaited {
            Awaited::Answer(_) => &mut self.calls,
            Awaited::Need { .. } => &mut self.reserve,
        }
    }

    pub(super) fn take_released(&mut self) -> [Released; 2] {
        [self.calls.take_released(), self.reserve.take_released()]
    }

    fn allowed(&self, now: Duration) -> u32 {
        if now < self.allowed_until { self.allowance } else { 0 }
    }

    /// How many requests the process wants to begin beyond what it may. Twice as many as the last time, if they were used
    /// up, since each question takes time; as many as were used, if they were not.
    fn wants(&self, window: &Window) -> u32 {
        let queued = u32::try_from(window.queue.len()).unwrap_or(u32::MAX);
        let missing = queued.saturating_sub(self.allowance);
        if missing == 0 && !self.is_low(self.allowance) {
            return 0;
        }
        let expected = if self.allowance <= self.granted / 4 && self.begun >= self.granted / 2 {
            self.granted.saturating_mul(2)
        } else {
            self.begun
        };
        let most = u32::try_from(window.most).unwrap_or(u32::MAX);
        missing.max(expected).clamp(1, (most / SHARES).max(1))
    }

    /// Whether it is time to ask for more, before nothing is left.
    fn is_low(&self, left: u32) -> bool {
        self.granted >= 4 && left > 0 && left <= self.granted / 4
    }

    /// The part of the budget that this process uses while the store fails. There may be more processes than it has heard
    /// of.
    fn part(&self, most: usize) -> usize {
        let processes = self.processes.max(SHARES);
        (most / usize::try_from(processes).unwrap_or(usize::MAX)).max(1)
    }

    /// Calls need something: the reserve is to look.
    pub(super) fn need(&mut self) {
        if !self.is_needed {
            self.is_needed = true;
            self.needs += 1;
            self.reserve.wake();
        }
    }

    fn answer(&mut self) {
        self.answers += 1;
        self.calls.wake();
    }
}
