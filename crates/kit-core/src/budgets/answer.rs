//! The one decision about a budget: how much of it a process gets that asks.

use std::time::Duration;

use super::budget::{Budget, Millis, Process, millis};
use super::shrunk::Shrunk;
use super::{HELD, SHARES, WINDOW};

/// How long processes have to report after the store has failed.
const MOMENT: Millis = 3000;

/// The processes of which the store has not heard.
const UNKNOWN: u64 = 0;

/// How much later than it says a process may ask again, and still keeps its turn.
const GRACE: Millis = 2000;

/// The report of a process about all its requests, with which it asks for a share.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ask {
    /// The random number of the process.
    pub(crate) process: u64,
    /// The budget, as long as Kit refuses nothing.
    pub(crate) most: u32,
    /// How many requests are under way.
    pub(crate) in_flight: u32,
    /// How many requests may begin by an earlier share.
    pub(crate) allowed: u32,
    /// How long ago how many of the last minute's requests ended.
    pub(crate) ended: Vec<(Duration, u32)>,
    /// How many more requests the process wants to begin.
    pub(crate) wants: u32,
    /// The last refusal that it has not reported.
    pub(crate) refused: Option<Refused>,
    /// Whether it could not report for so long that it may have sent without a share.
    pub(crate) was_cut_off: bool,
}

/// A request that Kit has refused (429).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refused {
    pub(crate) ago: Duration,
    pub(crate) retry_after: Duration,
}

/// The answer to an [`Ask`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Share {
    /// How many more requests the process may begin.
    pub(crate) granted: u32,
    /// The time until there may be more, for a process that has got less than it wanted.
    pub(crate) ask_again: Duration,
    /// How many processes there were in the last hour.
    pub(crate) processes: u32,
    /// Whether half of the budget counts: then a process reports also what has ended.
    pub(crate) is_scarce: bool,
}

impl Budget {
    /// The answer to `ask`, and the budget after it. `now` is the time since 1970 by the engine's clock, read after the
    /// process has made up its report.
    pub(crate) fn answer(old: Option<Self>, ask: &Ask, now: Duration) -> (Self, Share) {
        let now = millis(now);
        let mut budget = Self::next(old, now);
        budget.presume(ask, now);
        budget.pass(now);
        let limit = Shrunk::limit(&mut budget.shrunk, ask.most.max(1), now);
        let mut asking = Process {
            id: ask.process,
            asked_at: now,
            held: ask.in_flight.saturating_add(ask.allowed),
            allowed: ask.allowed,
            ended: ask.ended.iter().filter_map(|(ago, count)| ended(*ago, *count)).collect(),
            unmet: 0,
            waits: 0,
            presumed: 0,
            heard_at: 0,
        };
        // The new report takes the place of the last.
        budget.processes.retain(|process| process.id != ask.process);
        let counts = budget.counts().saturating_add(asking.counts());
        let limit = match &ask.refused {
            Some(refused) => {
                budget.learn(refused, limit, counts, now);
                Shrunk::limit(&mut budget.shrunk, ask.most.max(1), now)
            }
            None => limit,
        };
        let closed = budget.closed_until.saturating_sub(now);
        let granted = if closed == 0 {
            budget.grant(&asking, ask.wants, limit.saturating_sub(counts), limit, now)
        } else {
            0
        };
        asking.held = asking.held.saturating_add(granted);
        asking.allowed = asking.allowed.saturating_add(granted);
        asking.unmet = ask.wants.saturating_sub(granted);
        let wait = if closed == 0 { budget.next_room(&asking, now) } else { closed };
        if asking.unmet > 0 {
            asking.waits = wait.saturating_add(GRACE);
        }
        budget.processes.push(asking);
        let is_seen = |process: &&Process| process.id != UNKNOWN && process.is_seen(now);
        let processes = budget.processes.iter().filter(is_seen).count();
        let processes = u32::try_from(processes).unwrap_or(u32::MAX);
        let is_scarce = budget.counts() >= limit / 2;
        (budget, Share { granted, ask_again: Duration::from_millis(wait), processes, is_scarce })
    }

    /// Presumes that processes have used their parts of the budget while the store failed. Nobody has reported for so long
    /// that they may have; so they have a moment to report, which they try every second. If one reports that it was cut off,
    /// those that do not report may have died: what they have sent counts for a minute.
    fn presume(&mut self, ask: &Ask, now: Millis) {
        if self.processes.iter().all(|process| process.id == ask.process) {
            return;
        }
        let reports = self.processes.iter().filter(|process| process.id != UNKNOWN);
        let last = reports.map(Process::heard_at).max().unwrap_or_default();
        let known = self.processes.iter().filter(|process| process.id != UNKNOWN).count();
        let known = u32::try_from(known).unwrap_or(u32::MAX);
        let part = (ask.most / known.max(SHARES)).max(1);
        if last.saturating_add(millis(HELD)) <= now {
            self.processes.retain(|process| process.id != UNKNOWN && process.is_seen(now));
            for process in &mut self.processes {
                let (id, heard_at) = (process.id, process.heard_at());
                *process = Process::presumed(id, heard_at, part, now, MOMENT);
            }
            let unknown = part.saturating_mul(SHARES.saturating_sub(known));
            self.processes.push(Process::presumed(UNKNOWN, now, unknown, now, MOMENT));
        }
        if ask.was_cut_off {
            for process in self.processes.iter_mut().filter(|process| process.presumed > 0) {
                let (id, heard_at, count) = (process.id, process.heard_at(), process.presumed);
                *process = Process::presumed(id, heard_at, count, now, millis(WINDOW));
            }
        }
    }

    /// Closes the budget for the time that Kit asks for, and shrinks it.
    fn learn(&mut self, refused: &Refused, limit: u32, counts: u32, now: Millis) {
        let at = now.saturating_sub(millis(refused.ago));
        let until = at.saturating_add(millis(refused.retry_after.min(WINDOW)));
        self.closed_until = self.closed_until.max(until);
        Shrunk::learn(&mut self.shrunk, limit, counts, now);
    }

    /// How many of the `free` requests the process gets: all that it wants, unless others wait that have less than their
    /// part. They come first.
    fn grant(&self, asking: &Process, wants: u32, free: u32, limit: u32, now: Millis) -> u32 {
        let waiting =
            || self.processes.iter().filter(|other| other.unmet > 0 && other.waits_until() > now);
        let parts = u32::try_from(waiting().count()).unwrap_or(u32::MAX).saturating_add(1);
        let part = (limit / parts).max(1);
        let lacks = |process: &Process| part.saturating_sub(process.counts());
        let theirs =
            waiting().fold(0, |sum: u32, other| sum.saturating_add(other.unmet.min(lacks(other))));
        wants.min(free).min(lacks(asking).max(free.saturating_sub(theirs)))
    }

    /// How long it takes until there may be room: until something counts no longer, or is given back, or others that wait
    /// have missed their turn.
    fn next_room(&self, asking: &Process, now: Millis) -> Millis {
        let given_back = self.processes.iter().flat_map(|other| {
            let misses_its_turn = (other.unmet > 0).then(|| other.waits_until());
            other.changes().chain(misses_its_turn)
        });
        let grows = self.shrunk.as_ref().map(Shrunk::grows_at);
        let own =
            asking.ended.iter().map(|(seconds, _)| now.saturating_add(u64::from(*seconds) * 1000));
        let moments = given_back.chain(own).chain(grows).filter(|moment| *moment > now);
        // Requests under way have to end, and to count for a minute more.
        let first = moments.min().map_or(millis(WINDOW), |first| first - now);
        first.min(millis(WINDOW))
    }
}

/// For how many seconds requests count that ended some time ago; `None` where they count no longer.
fn ended(ago: Duration, count: u32) -> Option<(u8, u32)> {
    let left = WINDOW.checked_sub(ago).filter(|left| !left.is_zero())?;
    let seconds = left.as_millis().div_ceil(1000);
    Some((u8::try_from(seconds).ok()?, count))
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
