use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use kit_core::deliveries::{SeenEvents, UnreadableEvent, Verifier};
use kit_core::webhook_endpoints::SigningSecret;

use crate::journal::Journal;
use crate::queue::Queue;
use crate::{Events, Receiver};

/// How many events wait at most, by default.
const CAPACITY: usize = 10_000;

/// How many events come at once at most, as far as Kit's documentation says.
const BATCH: usize = 100;

/// How long a body may take, by default.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The settings of a [`Receiver`], before it is built.
pub struct Builder {
    secrets: Vec<SigningSecret>,
    tolerance: Option<Duration>,
    max_body_size: Option<usize>,
    body_timeout: Duration,
    capacity: usize,
    seen: SeenEvents,
    state_file: Option<PathBuf>,
    calls: Calls,
}

/// What of the program's own is called.
#[derive(Clone, Default)]
pub(crate) struct Calls {
    pub(crate) unreadable: Option<Arc<TakeUnreadable>>,
    pub(crate) error: Option<Arc<TellError>>,
}

type TakeUnreadable = dyn Fn(UnreadableEvent) + Send + Sync;
type TellError = dyn Fn(&io::Error) + Send + Sync;

impl Builder {
    pub(crate) fn new(secrets: Vec<SigningSecret>) -> Self {
        Self {
            secrets,
            tolerance: None,
            max_body_size: None,
            body_timeout: BODY_TIMEOUT,
            capacity: CAPACITY,
            seen: SeenEvents::new(),
            state_file: None,
            calls: Calls::default(),
        }
    }

    /// Sets how old a signature may be. Default: 5 minutes.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = Some(tolerance);
        self
    }

    /// Sets how large a body may be, in bytes. Default: 2 MiB.
    #[must_use]
    pub fn max_body_size(mut self, max_body_size: usize) -> Self {
        self.max_body_size = Some(max_body_size);
        self
    }

    /// Sets how long a body may take to arrive. Default: 10 s.
    #[must_use]
    pub fn body_timeout(mut self, timeout: Duration) -> Self {
        self.body_timeout = timeout;
        self
    }

    /// Sets how many events may wait to be handled: where a delivery has no room, it is answered with 503, and Kit
    /// sends it again. At least 100, since Kit sends up to 100 events at once. Default: 10,000.
    #[must_use]
    pub fn capacity(mut self, capacity: usize) -> Self {
        self.capacity = capacity.max(BATCH);
        self
    }

    /// Sets how many events are remembered, and how long: as many at least as may wait. Default: 100,000 for 31 days.
    #[must_use]
    pub fn seen(mut self, seen: SeenEvents) -> Self {
        self.seen = seen;
        self
    }

    /// Keeps events and what was handled in this file, over restarts and crashes. One process can use the file at a
    /// time. It holds what Kit sends: names and email addresses.
    #[must_use]
    pub fn state_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.state_file = Some(path.into());
        self
    }

    /// Takes events that this version cannot read, so that they can be acknowledged. By default a delivery with such
    /// an event is answered with 400, its other events are handled all the same, and Kit keeps it as failed.
    #[must_use]
    pub fn on_unreadable(mut self, take: impl Fn(UnreadableEvent) + Send + Sync + 'static) -> Self {
        self.calls.unreadable = Some(Arc::new(take));
        self
    }

    /// Is told why a delivery could not be written to the state file. Kit is asked to send it again later.
    #[must_use]
    pub fn on_error(mut self, tell: impl Fn(&io::Error) + Send + Sync + 'static) -> Self {
        self.calls.error = Some(Arc::new(tell));
        self
    }

    /// The receiver, and the queue of its events. Reads the state file, and so blocks for a moment.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`] where there is no secret, or an empty one; otherwise the system's error where
    /// the state file cannot be read or written, or another process uses it.
    pub fn build(self) -> io::Result<(Receiver, Events)> {
        let bad = |error: kit_core::Error| io::Error::new(io::ErrorKind::InvalidInput, error);
        let mut verifier = Verifier::new(self.secrets).map_err(bad)?;
        if let Some(tolerance) = self.tolerance {
            verifier = verifier.with_tolerance(tolerance);
        }
        if let Some(max_body_size) = self.max_body_size {
            verifier = verifier.with_max_body_size(max_body_size);
        }
        let mut seen = at_least(self.seen, self.capacity);
        let (journal, waiting) = match self.state_file {
            None => (None, Vec::new()),
            Some(path) => {
                let (journal, kept) = Journal::open(&path)?;
                // What was acknowledged before has room, whatever the settings are now.
                seen = at_least(seen, self.capacity + kept.waiting.len());
                seen.restore(kept.done, SystemTime::now());
                (Some(journal), kept.waiting)
            }
        };
        let queue = Arc::new(Queue::new(self.capacity, seen, journal, waiting));
        let receiver = Receiver::new(verifier, self.body_timeout, self.calls, queue.clone());
        Ok((receiver, Events::new(queue)))
    }
}

/// The memory, with room for so many events at least.
fn at_least(seen: SeenEvents, capacity: usize) -> SeenEvents {
    let capacity = capacity.max(seen.capacity());
    seen.with_capacity(capacity)
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("capacity", &self.capacity)
            .field("state_file", &self.state_file)
            .finish_non_exhaustive()
    }
}
