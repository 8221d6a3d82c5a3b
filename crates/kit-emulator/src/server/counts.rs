use std::sync::atomic::AtomicUsize;

use tokio::sync::Semaphore;

/// How many large bodies are read at once.
const MOST_LARGE: usize = 4;

/// How many connections and requests there were, and how many large bodies may be read.
#[derive(Debug)]
pub(super) struct Counts {
    pub(super) connections: AtomicUsize,
    pub(super) requests: AtomicUsize,
    /// Permits to read a large body.
    pub(super) large: Semaphore,
}

impl Default for Counts {
    fn default() -> Self {
        let (connections, requests) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { connections, requests, large: Semaphore::new(MOST_LARGE) }
    }
}
