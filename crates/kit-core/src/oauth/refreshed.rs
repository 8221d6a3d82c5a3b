use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::Session;

/// A future that is ready when a refresh of a session has ended.
///
/// From [`Step::AwaitRefresh`](crate::Step::AwaitRefresh), the future is ready as soon as the refresh has
/// brought tokens, or has ended, successfully or not. From [`Session::settles`], it is ready when no refresh
/// is under way. The future does no I/O: the program that runs the refresh wakes it. A blocking program can
/// wait for it with a waker that unparks the thread.
#[must_use = "futures do nothing unless polled"]
pub struct Refreshed {
    session: Session,
    until: Until,
    /// The number under which the session keeps this future's waker.
    waiter: Option<u64>,
}

/// The event that the future waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    /// The refresh with this number (ticket) has ended, or the count of results is greater than `round`.
    Round { ticket: u64, round: u64 },
    /// No refresh is under way.
    Settled,
}

impl Refreshed {
    pub(super) fn new(session: Session, until: Until) -> Self {
        Self { session, until, waiter: None }
    }
}

impl Future for Refreshed {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let (until, waiter) = (self.until, self.waiter);
        self.waiter = self.session.with(|shared| shared.slot().wait(until, waiter, cx.waker()));
        if self.waiter.is_some() { Poll::Pending } else { Poll::Ready(()) }
    }
}

impl Drop for Refreshed {
    fn drop(&mut self) {
        if self.waiter.is_some() {
            self.session.with(|shared| shared.slot().forget_waiter(self.waiter));
        }
    }
}

impl fmt::Debug for Refreshed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refreshed").field("until", &self.until).finish_non_exhaustive()
    }
}
