//! Waiting for a future on the thread of the caller.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits until the future is ready, but for `at_most` at most. Returns whether the future is ready.
pub(crate) fn wait_for(future: impl Future<Output = ()>, at_most: Duration) -> bool {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    let start = Instant::now();
    loop {
        if future.as_mut().poll(&mut context).is_ready() {
            return true;
        }
        let left = at_most.saturating_sub(start.elapsed());
        if left.is_zero() {
            return false;
        }
        std::thread::park_timeout(left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ready_is_not_waited_for_and_what_never_is_not_for_ever() {
        assert!(wait_for(std::future::ready(()), Duration::ZERO));
        assert!(!wait_for(std::future::pending(), Duration::from_millis(1)));
    }

    #[test]
    fn who_wakes_ends_the_wait() {
        let mut is_first = true;
        let wakes = std::future::poll_fn(move |context| {
            if std::mem::take(&mut is_first) {
                let waker = context.waker().clone();
                std::thread::spawn(move || waker.wake());
                return std::task::Poll::Pending;
            }
            std::task::Poll::Ready(())
        });
        assert!(wait_for(wakes, Duration::from_secs(3600)));
    }
}
