//! Callers in tasks, and the time that their calls take.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

/// One call after the other, on a client that all callers share.
pub trait Caller: Send + Sync + 'static {
    /// Creates a webhook.
    fn call(&self) -> impl Future<Output = ()> + Send;
}

/// How long so many callers take for so many calls each.
pub fn time<C: Caller>(
    runtime: &Runtime,
    caller: &Arc<C>,
    callers: usize,
    calls: usize,
) -> Duration {
    runtime.block_on(async {
        let start = Instant::now();
        if callers == 1 {
            for _ in 0..calls {
                caller.call().await;
            }
        } else {
            let tasks = (0..callers).map(|_| {
                let caller = caller.clone();
                tokio::spawn(async move {
                    for _ in 0..calls {
                        caller.call().await;
                    }
                })
            });
            for task in tasks.collect::<Vec<_>>() {
                task.await.expect("a caller");
            }
        }
        start.elapsed()
    })
}
