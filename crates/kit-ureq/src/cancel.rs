use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Lets another thread give up calls: those of the clients that were made by
/// [`Client::with_cancel`](crate::Client::with_cancel). Clones are the same.
///
/// A call that waits, for another attempt or for the rate limit, ends at once; a request that is under way ends first,
/// by its response or its timeout. The error of a call that is given up is that of its last attempt, if there was one,
/// and so says whether Kit may have applied the operation; otherwise [`Error::Input`](crate::Error::Input) for `call`.
///
/// # Examples
///
/// ```
/// use kit_ureq::webhooks::ListWebhooks;
/// use kit_ureq::{Cancel, Client, Credentials};
///
/// let cancel = Cancel::new();
/// let client = Client::new(Credentials::api_key("kit_0123")).with_cancel(&cancel);
/// // In another thread:
/// cancel.cancel();
/// let error = client.send(&ListWebhooks::new()).unwrap_err();
/// assert_eq!(error.to_string(), "call: was given up");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    is_cancelled: Mutex<bool>,
    changed: Condvar,
}

impl Cancel {
    /// Nothing is given up yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives up all calls, those that begin later, too.
    pub fn cancel(&self) {
        *self.lock() = true;
        self.0.changed.notify_all();
    }

    /// Whether the calls are given up.
    pub fn is_cancelled(&self) -> bool {
        *self.lock()
    }

    /// Waits so long, or until the calls are given up.
    pub(crate) fn wait(&self, wait: Duration) {
        let start = Instant::now();
        let mut is_cancelled = self.lock();
        while !*is_cancelled {
            let left = wait.saturating_sub(start.elapsed());
            if left.is_zero() {
                return;
            }
            let waited = self.0.changed.wait_timeout(is_cancelled, left);
            (is_cancelled, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, bool> {
        self.0.is_cancelled.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
