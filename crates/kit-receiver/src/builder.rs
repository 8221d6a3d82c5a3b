use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use kit_core::deliveries::{Answer, AsyncInbox, EndpointTokens, SeenEvents, UnreadableEvent};
use kit_core::webhook_endpoints::SigningSecret;

use crate::accounts::{Accounts, Erased, Limits};
use crate::backoff::Backoff;
use crate::hooks::Hooks;
use crate::journal::Journal;
use crate::keeper::Keeper;
use crate::queue::Queue;
use crate::receiver::Verifying;
use crate::shared::{Erased as ErasedInbox, LEASE, Shared};
use crate::{Events, Receiver};

/// How many events wait at most, by default.
const CAPACITY: usize = 10_000;

/// How many events come at once at most, as far as Kit's documentation says.
const BATCH: usize = 100;

/// How long a body may take, by default.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The secrets that deliveries are signed by.
pub(crate) enum Secrets {
    OfOne(Vec<SigningSecret>),
    OfAccounts { tokens: EndpointTokens, store: Box<dyn Erased>, kept_for: Duration },
}

/// The settings of a [`Receiver`], before it is built.
pub struct Builder {
    secrets: Secrets,
    limits: Limits,
    body_timeout: Duration,
    capacity: usize,
    backoff: Backoff,
    seen: SeenEvents,
    state_file: Option<PathBuf>,
    inbox: Option<Box<dyn ErasedInbox>>,
    lease: Duration,
    hooks: Hooks,
}

impl Builder {
    pub(crate) fn new(secrets: Secrets) -> Self {
        Self {
            secrets,
            limits: Limits::default(),
            body_timeout: BODY_TIMEOUT,
            capacity: CAPACITY,
            backoff: Backoff::default(),
            seen: SeenEvents::new(),
            state_file: None,
            inbox: None,
            lease: LEASE,
            hooks: Hooks::default(),
        }
    }

    /// Sets how old a signature may be. Default: 5 minutes.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.limits.tolerance = Some(tolerance);
        self
    }

    /// Sets how large a body may be, in bytes. Default: 2 MiB.
    #[must_use]
    pub fn max_body_size(mut self, max_body_size: usize) -> Self {
        self.limits.max_body_size = Some(max_body_size);
        self
    }

    /// Sets how long the secrets of an account are kept before they are looked up again. A signature that they do not fit
    /// has them looked up at once, but every 5 seconds at most: so a rotation needs no restart. Default: 60 s. For a
    /// receiver of one account it says nothing.
    #[must_use]
    pub fn keep_secrets(mut self, keep_for: Duration) -> Self {
        if let Secrets::OfAccounts { kept_for, .. } = &mut self.secrets {
            *kept_for = keep_for;
        }
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

    /// Sets how long an event waits that was dropped before it was done: `first`, and twice as long each time, up to
    /// `longest`; in each case between the half of that and the whole, at random. Default: 1 s, up to 1 hour.
    #[must_use]
    pub fn backoff(mut self, first: Duration, longest: Duration) -> Self {
        self.backoff = Backoff { first, longest, ..self.backoff };
        self
    }

    /// Sets how often an event is tried before it is set aside: see [`Events::set_aside`]. 0 counts as 1. Default: 25,
    /// which takes about half a day.
    #[must_use]
    pub fn max_attempts(mut self, max_attempts: u32) -> Self {
        self.backoff.max_attempts = max_attempts;
        self
    }

    /// Keeps events in an inbox, such as one of `kit-postgres`, which all processes of the app share: each event is
    /// handled by one of them, and what one has acknowledged another may handle. In place of the queue in this process,
    /// its [`capacity`](Self::capacity), what was [`seen`](Self::seen), and a [state file](Self::state_file).
    #[must_use]
    pub fn inbox(mut self, inbox: impl AsyncInbox + 'static) -> Self {
        self.inbox = Some(Box::new(inbox));
        self
    }

    /// Sets for how long an event of an inbox is claimed. The claim is renewed at a third of that; if this process
    /// crashes, another handles the event when the claim has ended. A second at least. Default: 60 s.
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease.max(Duration::from_secs(1));
        self
    }

    /// Sets how many events are remembered, and how long: as many at least as may wait. Default: 100,000 for 31 days.
    #[must_use]
    pub fn seen(mut self, seen: SeenEvents) -> Self {
        self.seen = seen;
        self
    }

    /// Keeps events and what was handled in this file, over restarts and crashes. One receiver can use the file at a
    /// time, as long as it, its clones and its [`Events`] live. It holds what Kit sends: names and email addresses; on
    /// Unix, only its owner may read it. Where it is a symbolic link, the link is followed and kept.
    #[must_use]
    pub fn state_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.state_file = Some(path.into());
        self
    }

    /// Takes events that this version cannot read, so that they can be acknowledged. By default a delivery with such
    /// an event is answered with 400, its other events are handled all the same, and Kit keeps it as failed.
    #[must_use]
    pub fn on_unreadable(mut self, take: impl Fn(UnreadableEvent) + Send + Sync + 'static) -> Self {
        self.hooks.unreadable = Some(Arc::new(take));
        self
    }

    /// Is told why a delivery could not be written to the state file (Kit is asked to send it again later), why the
    /// file could not be written anew (which is tried again later), of each line that cannot be read, why the
    /// secrets of an account could not be looked up, and of failures of the inbox. Without this, the standard error stream is told.
    #[must_use]
    pub fn on_error(mut self, tell: impl Fn(&io::Error) + Send + Sync + 'static) -> Self {
        self.hooks.error = Some(Arc::new(tell));
        self
    }

    /// Is told of each answer but [`Answer::Received`]: by a wrong secret, for example, every delivery is refused, and
    /// Kit alone would know. [`Receiver::answers`] counts them.
    #[must_use]
    pub fn on_refused(mut self, tell: impl Fn(&Answer) + Send + Sync + 'static) -> Self {
        self.hooks.refused = Some(Arc::new(tell));
        self
    }

    /// The receiver, and the queue of its events. Reads the state file, and so blocks for a moment.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`] where there is no secret, or an empty one; otherwise the system's error where
    /// the state file cannot be read or written, is in use, or is no regular file. The error names the file.
    pub fn build(self) -> io::Result<(Receiver, Events)> {
        let bad = |error: kit_core::Error| io::Error::new(io::ErrorKind::InvalidInput, error);
        let verifying = match self.secrets {
            Secrets::OfOne(secrets) => {
                Verifying::One(Box::new(self.limits.verifier(secrets).map_err(bad)?))
            }
            Secrets::OfAccounts { tokens, store, kept_for } => {
                let hooks = self.hooks.clone();
                Verifying::Accounts(Accounts::new(tokens, store, kept_for, self.limits, hooks))
            }
        };
        if let Some(inbox) = self.inbox {
            let hooks = self.hooks.clone();
            let keeper = Keeper::Shared(Shared::new(inbox, self.lease, self.backoff, hooks));
            let receiver = Receiver::new(verifying, self.body_timeout, self.hooks, keeper.clone());
            return Ok((receiver, Events::new(keeper)));
        }
        let mut seen = at_least(self.seen, self.capacity);
        let journal = match self.state_file {
            None => None,
            Some(path) => {
                let (journal, kept) = Journal::open(&path)?;
                // Events that were acknowledged before have room, whatever the settings are now.
                seen = at_least(seen, self.capacity + kept.waiting.len());
                seen.restore(kept.done, SystemTime::now());
                kept.set_aside.iter().for_each(|error| self.hooks.tell(error));
                Some((journal, kept.waiting))
            }
        };
        let hooks = self.hooks.clone();
        let queue = Queue::new(self.capacity, self.backoff, seen, journal, hooks);
        let keeper = Keeper::Queue(Arc::new(queue));
        let receiver = Receiver::new(verifying, self.body_timeout, self.hooks, keeper.clone());
        Ok((receiver, Events::new(keeper)))
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
