use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Knows how long the pool has not been used, and lets the runtime catch up then.
///
/// A runtime that is driven by its calls alone (`block_on` on the current thread) sees that a server
/// has closed an idle connection only during the next call: too late, if that call has been sent on
/// the connection. Nobody could say then whether it was applied.
#[derive(Clone, Debug)]
pub(crate) struct Pause {
    start: Instant,
    /// When the last call ended, in microseconds since `start`.
    last_end: Arc<AtomicU64>,
}

impl Pause {
    /// A server does not close what it has answered on so shortly before.
    const SHORT: Duration = Duration::from_millis(1);

    pub(crate) fn new() -> Self {
        Self { start: Instant::now(), last_end: Arc::default() }
    }

    /// Before a call.
    pub(crate) async fn end(&self) {
        let last_end = Duration::from_micros(self.last_end.load(Ordering::Relaxed));
        if self.start.elapsed().saturating_sub(last_end) > Self::SHORT {
            // The first lets the runtime look at its sockets, the second lets the tasks run that
            // serve them.
            tokio::task::yield_now().await;
            tokio::task::yield_now().await;
        }
    }

    /// After a call.
    pub(crate) fn begin(&self) {
        let end = u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.last_end.store(end, Ordering::Relaxed);
    }
}
