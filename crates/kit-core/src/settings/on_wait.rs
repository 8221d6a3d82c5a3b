use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::Operation;

/// A function that is told of each wait of a call: before another attempt, for the rate limit, or for a session, where the time is
/// the longest that the wait can take. A `sync` tells its waits, too.
#[derive(Clone, Default)]
pub struct OnWait(Option<Arc<Tell>>);

type Tell = dyn Fn(&Operation, Duration) + Send + Sync;

impl OnWait {
    /// Tells `tell`, on the thread or the task of the call, which operation waits, and how long.
    pub fn new(tell: impl Fn(&Operation, Duration) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(tell)))
    }

    /// For a transport: the call is about to wait.
    pub fn tell(&self, operation: &Operation, wait: Duration) {
        if let Some(tell) = &self.0 {
            tell(operation, wait);
        }
    }
}

impl fmt::Debug for OnWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnWait").finish_non_exhaustive()
    }
}
