use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Thread;

/// Lets another thread give up calls: those of the clients that were made by
/// [`Client::with_cancel`](crate::Client::with_cancel). Clones are the same.
///
/// A call that waits, for another attempt, for the rate limit or for a session, ends at once. A request that is under
/// way ends first, by its response or its timeout; its reply is returned, if it is a success. The error of a call that
/// is given up is that of its last attempt, if there was one, and so says whether Kit may have applied the operation;
/// otherwise [`Error::Input`](crate::Error::Input) for `call`.
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
pub struct Cancel(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    is_cancelled: bool,
    /// The threads that wait.
    waiting: Vec<Thread>,
}

impl Cancel {
    /// Nothing is given up yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives up all calls, those that begin later, too.
    pub fn cancel(&self) {
        let mut state = self.lock();
        state.is_cancelled = true;
        state.waiting.iter().for_each(Thread::unpark);
    }

    /// Whether the calls are given up.
    pub fn is_cancelled(&self) -> bool {
        self.lock().is_cancelled
    }

    /// Has this thread unparked when the calls are given up, until the value is dropped.
    pub(crate) fn unparks(&self) -> Unparks<'_> {
        self.lock().waiting.push(std::thread::current());
        Unparks(self)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) struct Unparks<'a>(&'a Cancel);

impl Drop for Unparks<'_> {
    fn drop(&mut self) {
        let this = std::thread::current().id();
        let waiting = &mut self.0.lock().waiting;
        if let Some(place) = waiting.iter().position(|thread| thread.id() == this) {
            waiting.swap_remove(place);
        }
    }
}
