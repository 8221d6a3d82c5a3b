use std::collections::VecDeque;
use std::time::Duration;

use crate::budgets::WINDOW;
use crate::time::Timeline;

/// The requests of the last 60 seconds, and the calls that wait.
#[derive(Debug)]
pub(super) struct Window {
    pub(super) timeline: Timeline,
    /// The budget that the caller gave.
    pub(super) most: usize,
    /// The budget now: smaller than `most` after a 429.
    pub(super) budget: usize,
    /// When the budget grows, if it is smaller than `most`.
    pub(super) grows: Duration,
    /// Until then the budget does not shrink again.
    pub(super) shrunk_until: Duration,
    /// Until then no request is let go.
    pub(super) closed_until: Duration,
    pub(super) in_flight: usize,
    /// How many requests in flight were dropped, so that no call tells their end.
    pub(super) lost: usize,
    /// When the requests of the last 60 seconds ended, oldest first.
    pub(super) ended: VecDeque<Duration>,
    /// The numbers of the calls that wait. They grow from front to back.
    pub(super) queue: VecDeque<u64>,
    pub(super) next_number: u64,
}

impl Window {
    pub(super) fn new(most: usize) -> Self {
        Self {
            timeline: Timeline::default(),
            most,
            budget: most,
            grows: Duration::ZERO,
            shrunk_until: Duration::ZERO,
            closed_until: Duration::ZERO,
            in_flight: 0,
            lost: 0,
            ended: VecDeque::new(),
            queue: VecDeque::new(),
            next_number: 0,
        }
    }

    /// Forgets requests that count no longer, and grows the budget if it is time.
    pub(super) fn pass(&mut self, now: Duration) {
        // The end of these was before now: it is told late, and counts for longer.
        for _ in 0..std::mem::take(&mut self.lost) {
            self.in_flight -= 1;
            self.end(now);
        }
        while self.ended.front().is_some_and(|end| end.saturating_add(WINDOW) <= now) {
            self.ended.pop_front();
        }
        while self.budget < self.most && self.grows <= now {
            self.budget = self.budget.saturating_mul(2).min(self.most);
            self.grows = self.grows.saturating_add(WINDOW);
        }
    }

    /// Whether no request counts, and nothing is remembered of a 429.
    pub(super) fn is_at_rest(&mut self, now: Duration) -> bool {
        self.pass(now);
        self.counts_nothing()
            && self.budget == self.most
            && self.shrunk_until.max(self.closed_until) <= now
    }

    /// Whether no call waits, and no request counts.
    pub(super) fn counts_nothing(&self) -> bool {
        self.queue.is_empty() && self.in_flight == 0 && self.ended.is_empty()
    }

    pub(super) fn line_up(&mut self) -> u64 {
        let number = self.next_number;
        self.next_number += 1;
        self.queue.push_back(number);
        number
    }

    pub(super) fn give_up(&mut self, number: u64) {
        if let Ok(position) = self.queue.binary_search(&number) {
            self.queue.remove(position);
        }
    }

    /// How long the call with this number has to wait; zero where its request may be sent.
    pub(super) fn enter(&mut self, number: u64, now: Duration) -> Duration {
        let closed = self.closed_until.saturating_sub(now);
        if !closed.is_zero() {
            return closed;
        }
        let wait = self.wait(self.position(number), self.budget, now);
        if wait.is_zero() {
            self.begin(number);
        }
        wait
    }

    /// How many calls wait before the one with this number.
    pub(super) fn position(&self, number: u64) -> usize {
        self.queue.binary_search(&number).unwrap_or_default()
    }

    /// How long the call at this position has to wait for its place in a budget: as many requests have to leave the
    /// window as make room for it and for all calls before it.
    pub(super) fn wait(&self, position: usize, budget: usize, now: Duration) -> Duration {
        let taken = self.in_flight + self.ended.len();
        match (taken + position + 1).checked_sub(budget) {
            None | Some(0) => Duration::ZERO,
            // A request under way leaves the window a whole window after its end, which is to come.
            Some(leaving) => match self.ended.get(leaving - 1) {
                Some(end) => end.saturating_add(WINDOW).saturating_sub(now),
                None => WINDOW,
            },
        }
    }

    /// The call with this number sends its request.
    pub(super) fn begin(&mut self, number: u64) {
        self.give_up(number);
        self.in_flight += 1;
    }

    /// How long ago how many requests ended, each for two seconds.
    pub(super) fn ended_ago(&self, now: Duration) -> Vec<(Duration, u32)> {
        let mut seconds: Vec<(Duration, u32)> = Vec::new();
        for end in &self.ended {
            match seconds.last_mut() {
                // The last of two seconds stands for all of them.
                Some((last, count)) if last.as_secs() / 2 == end.as_secs() / 2 => {
                    (*last, *count) = (*end, *count + 1);
                }
                _ => seconds.push((*end, 1)),
            }
        }
        seconds.into_iter().map(|(end, count)| (now.saturating_sub(end), count)).collect()
    }

    pub(super) fn end(&mut self, now: Duration) {
        // Callers read the clock before they get here, not always in this order.
        let now = self.ended.back().map_or(now, |last| now.max(*last));
        self.ended.push_back(now);
    }

    pub(super) fn learn(&mut self, retry_after: Duration, now: Duration) {
        self.pass(now);
        self.closed_until = self.closed_until.max(now.saturating_add(retry_after.min(WINDOW)));
        // All calls that were under way when the budget was found to be too large are refused: that is one
        // lesson.
        if now < self.shrunk_until {
            return;
        }
        // One more may be sent, when Kit says so; if that is refused, too, not before others have left
        // the window. Not by more than half: who has sent little was refused for what others sent.
        let sent = self.in_flight + self.ended.len();
        let half = self.budget.div_ceil(2);
        self.budget = self.budget.min(sent + 1).max(half);
        self.grows = now.saturating_add(WINDOW);
        self.shrunk_until = self.grows;
    }
}
