use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::Session;

/// Ready when the refresh of a session that was under way has ended, well or not, or has brought tokens; at
/// once where none is under way.
///
/// It comes with [`Step::AwaitRefresh`](crate::Step::AwaitRefresh), and from
/// [`Session::settles`]. A future that does no I/O: whoever ends the refresh wakes it. Who blocks can wait
/// for it with a waker that unparks the thread.
#[must_use = "futures do nothing unless polled"]
pub struct Refreshed {
    session: Session,
    until: Until,
    /// The number under which its waker is kept.
    waiter: Option<u64>,
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    /// Of the refresh with this number, the end or the tokens: then more than so many have ended.
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
        self.waiter = self.session.with(|shared| shared.wait(until, waiter, cx.waker()));
        if self.waiter.is_some() { Poll::Pending } else { Poll::Ready(()) }
    }
}

impl Drop for Refreshed {
    fn drop(&mut self) {
        if self.waiter.is_some() {
            self.session.with(|shared| shared.forget_waiter(self.waiter));
        }
    }
}

impl fmt::Debug for Refreshed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refreshed").field("until", &self.until).finish_non_exhaustive()
    }
}
