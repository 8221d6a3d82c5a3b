use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Measures how long the pool has not been used, and lets the runtime catch up after a pause.
///
/// A runtime that is driven by its calls alone (`block_on` of the current-thread flavour) sees that a
/// server has closed an idle connection only during the next call. That is too late once the call was
/// sent on the connection: nobody could say whether it was applied. A runtime with threads of its own
/// has seen it long before. A connection that is closed while a call is on its way, or within
/// [`SHORT`](Self::SHORT) before it, still costs that doubt.
#[derive(Clone, Debug)]
pub(crate) struct Pause {
    start: Instant,
    /// When a call has begun last, in microseconds since `start`.
    last_begin: Arc<AtomicU64>,
}

impl Pause {
    /// After a shorter pause the runtime need not catch up: looking at the sockets costs some microseconds.
    const SHORT: Duration = Duration::from_millis(1);

    /// Within this time after a call, other calls do not note that they have begun.
    const SAME: Duration = Duration::from_micros(200);

    pub(crate) fn new() -> Self {
        Self { start: Instant::now(), last_begin: Arc::default() }
    }

    /// Ends the pause: runs before each call.
    pub(crate) async fn end(&self) {
        let now = self.start.elapsed();
        let since =
            now.saturating_sub(Duration::from_micros(self.last_begin.load(Ordering::Relaxed)));
        if since > Self::SAME {
            let now = u64::try_from(now.as_micros()).unwrap_or(u64::MAX);
            self.last_begin.store(now, Ordering::Relaxed);
        }
        if since > Self::SHORT {
            // The first lets the runtime look at its sockets, the second lets the tasks run that
            // serve them.
            tokio::task::yield_now().await;
            tokio::task::yield_now().await;
        }
    }
}
