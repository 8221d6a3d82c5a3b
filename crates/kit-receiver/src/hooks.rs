use std::fmt;
use std::io;
use std::sync::Arc;

use kit_core::chain;
use kit_core::deliveries::{Answer, UnreadableEvent};
use kit_core::oauth::StoreError;

/// The program's functions that the receiver calls.
#[derive(Clone, Default)]
pub(crate) struct Hooks {
    pub(crate) unreadable: Option<Arc<TakeUnreadable>>,
    pub(crate) error: Option<Arc<TellError>>,
    pub(crate) refused: Option<Arc<TellRefused>>,
}

type TakeUnreadable = dyn Fn(UnreadableEvent) + Send + Sync;
type TellError = dyn Fn(&io::Error) + Send + Sync;
type TellRefused = dyn Fn(&Answer) + Send + Sync;

/// The error of a store, with its causes: some say no more than "db error" of themselves.
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
pub(crate) fn told(error: StoreError) -> io::Error {
    io::Error::other(chain(&*error))
}

impl Hooks {
    /// Tells of a failure of the state file. Where nobody listens, on the standard error stream.
    pub(crate) fn tell(&self, error: &io::Error) {
        match &self.error {
            Some(tell) => tell(error),
            None => eprintln!("kit-receiver: {error}"),
        }
    }
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks").finish_non_exhaustive()
    }
}
