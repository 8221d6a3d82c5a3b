use std::fmt;
use std::io;
use std::sync::Arc;

use kit_core::deliveries::{Answer, UnreadableEvent};

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
