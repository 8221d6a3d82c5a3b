use std::task::Waker;

/// Wakers that are kept no longer. They are woken and dropped when the lock is free, since a waker runs code
/// of others.
#[derive(Default)]
pub(super) struct ReleasedWakers {
    pub(super) to_wake: Vec<Waker>,
    pub(super) to_drop: Vec<Waker>,
}

impl ReleasedWakers {
    pub(super) fn wake(self) {
        drop(self.to_drop);
        for waker in self.to_wake {
            waker.wake();
        }
    }
}
