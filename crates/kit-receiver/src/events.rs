use std::fmt;
use std::io;
use std::sync::Arc;

use kit_core::Timestamp;
use kit_core::deliveries::{DeliveredEvent, EventData, Handling};
use serde_json::Value;

use crate::item::Item;
use crate::queue::Queue;

/// The events that were received, in the order in which they came. Clones share one queue.
#[derive(Clone)]
pub struct Events {
    queue: Arc<Queue>,
}

impl Events {
    pub(crate) fn new(queue: Arc<Queue>) -> Self {
        Self { queue }
    }

    /// The next event, once there is one. `None` when the receiver was closed, and all events are done: where others
    /// still handle events, or an event waits after a failure, this waits, too.
    ///
    /// # Panics
    ///
    /// If an event waits after a failure, and there is no tokio runtime with its time driver on.
    pub async fn next(&self) -> Option<Received> {
        let Item { source, event, handling, attempts } = self.queue.next().await?;
        let queue = self.queue.clone();
        Some(Received { event, source, attempts, handling: Some(handling), queue })
    }

    /// How many events wait.
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// Whether no event waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").field("len", &self.len()).finish_non_exhaustive()
    }
}

/// An event that is to be handled. One that is dropped before it is [`done`](Self::done) comes again, as it is then,
/// after a while that is longer each time: see [`Builder::backoff`](crate::Builder::backoff).
pub struct Received {
    /// The event.
    pub event: DeliveredEvent,
    source: Option<Arc<str>>,
    attempts: u32,
    handling: Option<Handling>,
    queue: Arc<Queue>,
}

impl Received {
    /// The name of the endpoint that the event came to, for a receiver
    /// [of many accounts](crate::Receiver::for_accounts): what its token names. `None` for a receiver of one.
    pub fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }

    /// How often the event was handed out since this process began, this time included: 1 at first.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The event was handled: it is not to come again.
    ///
    /// # Errors
    ///
    /// The system's error where the state file cannot be written. Within this process the event does not come again
    /// all the same.
    pub async fn done(mut self) -> io::Result<()> {
        match self.handling.take() {
            Some(handling) => self.queue.done(handling).await,
            None => Ok(()),
        }
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        if let Some(handling) = self.handling.take() {
            // The event that was received, whatever was made of it since.
            let nothing = DeliveredEvent::new(
                "",
                "".into(),
                Timestamp::UNIX_EPOCH,
                EventData::Other(Value::Null),
            );
            let event = std::mem::replace(&mut self.event, nothing);
            let (source, attempts) = (self.source.take(), self.attempts);
            self.queue.put_back(Item { source, event, handling, attempts });
        }
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received").field("event", &self.event).finish_non_exhaustive()
    }
}
