use std::collections::BTreeSet;
use std::time::Duration;

use super::Target;

/// How many attempts to one target are under way at once: a slow target delays no other.
pub(super) const MOST_OF_TARGET: usize = 4;

/// The deliveries to one target that are not over.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// When the next attempt of each is due that has one.
    pub(super) due: BTreeSet<(Duration, u64)>,
    /// How many attempts are under way.
    pub(super) under_way: usize,
    /// Deliveries that come after the next one.
    pub(super) held: Vec<u64>,
    /// Deliveries that were held once, and are not held again.
    pub(super) released: BTreeSet<u64>,
}

impl Queue {
    pub(super) fn head(&self, target: Target) -> Option<(Duration, u64, Target)> {
        let (at, id) = self.due.first().filter(|_| self.under_way < MOST_OF_TARGET)?;
        Some((*at, *id, target))
    }

    pub(super) fn is_over(&self) -> bool {
        self.due.is_empty() && self.under_way == 0 && self.held.is_empty()
    }

    /// Makes what was held next, behind what is due already.
    pub(super) fn release(&mut self, now: Duration) {
        for id in self.held.drain(..) {
            self.due.insert((now, id));
            self.released.insert(id);
        }
    }
}
