use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::Pacer;
use super::sharing::Awaited;

/// A future that is ready when something has changed about the shared budget of a [`Pacer`].
///
/// From [`Step::AwaitShare`](crate::Step::AwaitShare), the future is ready when the store has answered. From
/// [`ReserveStep::Wait`](super::ReserveStep::Wait), it is ready when calls need more of the budget. The future does no I/O:
/// calls and the [`Reserve`](super::Reserve) wake each other. A blocking program can wait for it with a waker that unparks
/// the thread.
#[must_use = "futures do nothing unless polled"]
pub struct BudgetChange {
    pacer: Pacer,
    awaited: Awaited,
    /// The number under which the pacer keeps this future's waker.
    waiter: Option<u64>,
}

impl BudgetChange {
    pub(super) fn new(pacer: Pacer, awaited: Awaited) -> Self {
        Self { pacer, awaited, waiter: None }
    }
}

impl Future for BudgetChange {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let (awaited, waiter) = (self.awaited, self.waiter);
        self.waiter =
            self.pacer.share(|sharing| sharing.keep(awaited, waiter, cx.waker())).flatten();
        if self.waiter.is_some() { Poll::Pending } else { Poll::Ready(()) }
    }
}

impl Drop for BudgetChange {
    fn drop(&mut self) {
        if let Some(waiter) = self.waiter {
            self.pacer.share(|sharing| sharing.forget(self.awaited, waiter));
        }
    }
}

impl fmt::Debug for BudgetChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BudgetChange").field("awaited", &self.awaited).finish_non_exhaustive()
    }
}
