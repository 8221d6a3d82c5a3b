use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Knows how long the pool has not been used, and lets the runtime catch up then.
///
/// A runtime that is driven by its calls alone (`block_on` of the current-thread flavour) sees that a
/// server has closed an idle connection only during the next call. That is too late once the call was
/// sent on the connection: nobody could say whether it was applied. A runtime with threads of its own
/// has seen it long before. A connection that is closed while a call is on its way, or within
/// [`SHORT`](Self::SHORT) before it, still costs that doubt.
#[derive(Clone, Debug)]
pub(crate) struct Pause {
    start: Instant,
    /// When the last call ended, in microseconds since `start`.
    last_end: Arc<AtomicU64>,
}

impl Pause {
    /// Calls behind each other do without: looking at the sockets once more costs some microseconds.
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
