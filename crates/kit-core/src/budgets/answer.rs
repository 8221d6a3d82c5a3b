//! The one decision about a budget: how much of it a process gets that asks.

use std::time::Duration;

use super::budget::{Budget, Millis, Process, millis};
use super::shrunk::Shrunk;
use super::{HELD, WINDOW};

/// How soon a process asks again where others may give something back.
const SOON: Millis = 1000;

/// How much later than it says a process may ask again, and still keeps its turn.
const GRACE: Millis = 2000;

/// The report of a process about all its requests, with which it asks for a share.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ask {
    /// The random number of the process.
    pub(crate) process: u64,
    /// The budget, as long as Kit refuses nothing.
    pub(crate) most: u32,
    /// How many requests are under way, or may begin by an earlier share.
    pub(crate) held: u32,
    /// How long ago how many of the last minute's requests ended.
    pub(crate) ended: Vec<(Duration, u32)>,
    /// How many more requests the process wants to begin.
    pub(crate) wants: u32,
    /// The last refusal that it has not reported.
    pub(crate) refused: Option<Refused>,
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
    /// When to ask again, if that is less than what was wanted.
    pub(crate) ask_again: Duration,
    /// Whether there is surely nothing before.
    pub(crate) is_sure: bool,
    /// How many processes there are.
    pub(crate) processes: u32,
}

impl Budget {
    /// The answer to `ask`, and the budget after it. `now` is the time since 1970 by the engine's clock, read after the
    /// process has made up its report.
    pub(crate) fn answer(old: Option<Self>, ask: &Ask, now: Duration) -> (Self, Share) {
        let now = millis(now);
        let mut budget = Self::next(old, now);
        budget.pass(now);
        let limit = Shrunk::limit(&mut budget.shrunk, ask.most.max(1), now);
        let mut asking = Process {
            id: ask.process,
            asked_at: now,
            held: ask.held,
            held_until: now.saturating_add(millis(HELD)),
            ended: ask.ended.iter().filter_map(|(ago, count)| ended(*ago, *count, now)).collect(),
            unmet: 0,
            waits_until: 0,
        };
        // It was its report until now.
        budget.processes.retain(|process| process.id != ask.process);
        let counts = budget.counts().saturating_add(asking.counts());
        let limit = match &ask.refused {
            Some(refused) => budget.learn(refused, limit, counts, now),
            None => limit,
        };
        let closed = budget.closed_until.saturating_sub(now);
        asking.held = asking.held.saturating_add(if closed == 0 {
            budget.grant(&asking, ask.wants, limit.saturating_sub(counts), limit, now)
        } else {
            0
        });
        let granted = asking.held.saturating_sub(ask.held);
        let (wait, is_sure) =
            if closed == 0 { budget.next_room(&asking, limit, now) } else { (closed, true) };
        asking.unmet = ask.wants.saturating_sub(granted);
        if asking.unmet > 0 {
            asking.waits_until = now.saturating_add(wait).saturating_add(GRACE);
        }
        budget.processes.push(asking);
        let processes = budget.processes.iter().filter(|process| process.is_seen(now)).count();
        let processes = u32::try_from(processes).unwrap_or(u32::MAX);
        let ask_again = Duration::from_millis(wait);
        (budget, Share { granted, ask_again, is_sure, processes })
    }

    /// Closes the budget for the time that Kit asks for, and shrinks it. Returns the budget from now on.
    fn learn(&mut self, refused: &Refused, limit: u32, counts: u32, now: Millis) -> u32 {
        let at = now.saturating_sub(millis(refused.ago));
        let until = at.saturating_add(millis(refused.retry_after.min(WINDOW)));
        self.closed_until = self.closed_until.max(until);
        Shrunk::learn(&mut self.shrunk, limit, counts, now);
        Shrunk::limit(&mut self.shrunk, limit, now)
    }

    /// How many of the `free` requests the process gets: all that it wants, unless others wait that have less than their
    /// part. They come first.
    fn grant(&self, asking: &Process, wants: u32, free: u32, limit: u32, now: Millis) -> u32 {
        let waiting =
            || self.processes.iter().filter(|other| other.unmet > 0 && other.waits_until > now);
        let parts = u32::try_from(waiting().count()).unwrap_or(u32::MAX).saturating_add(1);
        let part = (limit / parts).max(1);
        let lacks = |process: &Process| part.saturating_sub(process.counts());
        let theirs =
            waiting().fold(0, |sum: u32, other| sum.saturating_add(other.unmet.min(lacks(other))));
        wants.min(free).min(lacks(asking).max(free.saturating_sub(theirs)))
    }

    /// How long it takes until there may be room, and whether there is surely none before.
    fn next_room(&self, asking: &Process, limit: u32, now: Millis) -> (Millis, bool) {
        let others_hold = self.processes.iter().any(|other| other.held > 0);
        let is_full = self.counts().saturating_add(asking.counts()) >= limit;
        let processes = self.processes.iter().chain([asking]);
        let first = processes.flat_map(|process| &process.ended).map(|(until, _)| *until).min();
        // Without any that have ended, requests under way have to end, and to count for a minute more.
        let first = first.map_or(millis(WINDOW), |until| until.saturating_sub(now));
        if others_hold || !is_full { (first.min(SOON), false) } else { (first, true) }
    }
}

/// Until when requests count that ended some time ago; `None` where they count no longer.
fn ended(ago: Duration, count: u32, now: Millis) -> Option<(Millis, u32)> {
    let until = now.saturating_add(millis(WINDOW)).saturating_sub(millis(ago));
    (until > now).then_some((until, count))
}
