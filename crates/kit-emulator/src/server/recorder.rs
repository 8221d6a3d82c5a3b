use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::Request;

/// How many requests are kept: of more, those go that came first.
const KEPT: usize = 1000;

/// How much of a body is kept, in bytes.
const KEPT_OF_BODY: usize = 64 * 1024;

/// The requests that came last.
#[derive(Debug, Default)]
pub(crate) struct Recorder(Mutex<VecDeque<Request<Bytes>>>);

impl Recorder {
    pub(super) fn record(&self, head: &Request<()>, body: &Bytes) {
        let mut requests = self.lock();
        if requests.len() >= KEPT {
            requests.pop_front();
        }
        // Only the beginning of a longer body stays in memory.
        let body = match body.get(..KEPT_OF_BODY) {
            Some(beginning) => Bytes::copy_from_slice(beginning),
            None => body.clone(),
        };
        requests.push_back(head.clone().map(|()| body));
    }

    pub(crate) fn requests(&self) -> Vec<Request<Bytes>> {
        self.lock().iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Request<Bytes>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
