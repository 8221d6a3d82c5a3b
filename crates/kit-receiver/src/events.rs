use std::fmt;
use std::io;
use std::sync::Arc;

use kit_core::Timestamp;
use kit_core::deliveries::{DeliveredEvent, EventData, Handling};
use serde_json::Value;

use crate::queue::{Item, Queue};

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
    /// still handle events, this waits, since their events may come back.
    pub async fn next(&self) -> Option<Received> {
        let Item { event, handling } = self.queue.next().await?;
        Some(Received { event, handling: Some(handling), queue: self.queue.clone() })
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

/// An event that is to be handled. One that is dropped before it is [`done`](Self::done) goes back to the end of the
/// queue, as it is then: a handler that goes on failing should wait for a while first.
pub struct Received {
    /// The event.
    pub event: DeliveredEvent,
    handling: Option<Handling>,
    queue: Arc<Queue>,
}

impl Received {
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
            self.queue.put_back(Item { event, handling });
        }
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received").field("event", &self.event).finish_non_exhaustive()
    }
}
