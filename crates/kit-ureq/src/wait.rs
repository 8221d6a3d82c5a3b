//! Waiting for a future on the thread of the caller.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

use crate::cancel::Cancel;

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits until the future is ready or the calls of `cancel` are given up, but for `at_most` at most.
pub(crate) fn wait_for(future: impl Future<Output = ()>, at_most: Duration, cancel: &Cancel) {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    let start = Instant::now();
    let _unparked = cancel.unparks();
    while !cancel.is_cancelled() && future.as_mut().poll(&mut context).is_pending() {
        let left = at_most.saturating_sub(start.elapsed());
        if left.is_zero() {
            return;
        }
        std::thread::park_timeout(left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn a_future_that_is_ready_ends_the_wait_and_so_does_the_time() {
        wait_for(std::future::ready(()), HOUR, &Cancel::new());
        wait_for(std::future::pending(), Duration::from_millis(1), &Cancel::new());
    }

    #[test]
    fn a_waker_ends_the_wait() {
        let mut is_first = true;
        let wakes = std::future::poll_fn(move |context| {
            if std::mem::take(&mut is_first) {
                let waker = context.waker().clone();
                std::thread::spawn(move || waker.wake());
                return std::task::Poll::Pending;
            }
            std::task::Poll::Ready(())
        });
        wait_for(wakes, HOUR, &Cancel::new());
    }

    #[test]
    fn a_cancel_ends_the_waits_of_all_threads() {
        let cancel = Cancel::new();
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| wait_for(std::future::pending(), HOUR, &cancel));
            }
            cancel.cancel();
        });
        wait_for(std::future::pending(), HOUR, &cancel);
    }
}
