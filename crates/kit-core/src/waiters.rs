use std::collections::BTreeMap;
use std::task::Waker;

/// The wakers of the futures that wait for the same thing.
#[derive(Default)]
pub(crate) struct Waiters {
    waiting: BTreeMap<u64, Waker>,
    /// How many there were. This is the number of the last one.
    numbers: u64,
    released: Released,
}

/// Wakers that are kept no longer. They are woken and dropped when the lock is free, since a waker runs code
/// of others.
#[derive(Default)]
pub(crate) struct Released {
    to_wake: Vec<Waker>,
    to_drop: Vec<Waker>,
}

impl Waiters {
    /// Keeps the waker of a waiter, in place of its earlier one. Returns the number of the waiter.
    pub(crate) fn keep(&mut self, waiter: Option<u64>, waker: &Waker) -> u64 {
        let waiter = waiter.unwrap_or_else(|| {
            self.numbers += 1;
            self.numbers
        });
        if !self.waiting.get(&waiter).is_some_and(|kept| kept.will_wake(waker)) {
            self.released.to_drop.extend(self.waiting.insert(waiter, waker.clone()));
        }
        waiter
    }

    pub(crate) fn forget(&mut self, waiter: u64) {
        self.released.to_drop.extend(self.waiting.remove(&waiter));
    }

    pub(crate) fn wake(&mut self) {
        self.released.to_wake.extend(std::mem::take(&mut self.waiting).into_values());
    }

    pub(crate) fn take_released(&mut self) -> Released {
        std::mem::take(&mut self.released)
    }
}

impl Released {
    pub(crate) fn wake(self) {
        drop(self.to_drop);
        for waker in self.to_wake {
            waker.wake();
        }
    }
}
