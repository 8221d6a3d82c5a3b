use std::fmt;
use std::io;
use std::sync::Arc;

use kit_core::Timestamp;
use kit_core::deliveries::{Claim, DeliveredEvent, EventData, Handling};
use serde_json::Value;

use crate::item::Item;
use crate::queue::Queue;
use crate::shared::Shared;

/// An event that is to be handled. One that is dropped before it is [`done`](Self::done) comes again, as it is then,
/// after a while that is longer each time ([`Builder::backoff`](crate::Builder::backoff)), and is set aside in the end
/// ([`Builder::max_attempts`](crate::Builder::max_attempts)).
///
/// With an [inbox](crate::Builder::inbox) the event is claimed: the claim is renewed as long as this value lives and the
/// runtime runs. An event comes again as it was put in.
pub struct Received {
    /// The event.
    pub event: DeliveredEvent,
    source: Option<Arc<str>>,
    attempts: u32,
    /// None when it is settled what becomes of the event.
    hold: Option<Hold>,
}

/// How the event is held.
pub(crate) enum Hold {
    InQueue(Handling, Arc<Queue>),
    Claimed(Claim, Arc<Shared>),
}

impl Received {
    pub(crate) fn new(
        event: DeliveredEvent,
        source: Option<Arc<str>>,
        attempts: u32,
        hold: Hold,
    ) -> Self {
        Self { event, source, attempts, hold: Some(hold) }
    }

    /// The name of the endpoint that the event came to, for a receiver
    /// [of many accounts](crate::Receiver::for_accounts): what its token names. `None` for a receiver of one.
    pub fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }

    /// How often the event was handed out, this time included: 1 at first. With an inbox, by all processes; otherwise
    /// since this process began.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The claim of the event in the inbox, to mark it as handled in the transaction of its effect. `None` without an
    /// inbox.
    pub fn claim(&self) -> Option<&Claim> {
        match &self.hold {
            Some(Hold::Claimed(claim, _)) => Some(claim),
            _ => None,
        }
    }

    /// Whether the claim has ended, by the clock of this process: it could not be renewed in time, and somebody else may
    /// handle the event. Look before an effect that cannot be undone. Always false without an inbox.
    pub fn is_lost(&self) -> bool {
        matches!(&self.hold, Some(Hold::Claimed(claim, shared)) if !shared.holds(claim))
    }

    /// The event was handled: it is not to come again.
    ///
    /// # Errors
    ///
    /// The system's error where the state file cannot be written. Within this process the event does not come again
    /// all the same. With an inbox, its error, and that the claim had ended: the event is then handled once more.
    pub async fn done(mut self) -> io::Result<()> {
        match self.hold.take() {
            Some(Hold::InQueue(handling, queue)) => queue.done(handling).await,
            Some(Hold::Claimed(claim, shared)) => shared.done(claim).await,
            None => Ok(()),
        }
    }

    /// The event was not handled, for this reason. The same as dropping it, but that the reason is kept: it is told
    /// where the event is [set aside](crate::Events::set_aside). The reason should hold no secret.
    ///
    /// # Errors
    ///
    /// The error of the inbox. The event comes again when its claim has ended.
    pub async fn failed(mut self, reason: impl fmt::Display) -> io::Result<()> {
        let reason = reason.to_string();
        match self.hold.take() {
            Some(Hold::InQueue(handling, queue)) => {
                let item = self.take_item(handling);
                queue.put_back(item, reason);
                Ok(())
            }
            Some(Hold::Claimed(claim, shared)) => {
                shared.failed(claim, self.attempts, &reason).await
            }
            None => Ok(()),
        }
    }

    /// The event that was received, whatever was made of it since.
    fn take_item(&mut self, handling: Handling) -> Item {
        let nothing = DeliveredEvent::new(
            "",
            "".into(),
            Timestamp::UNIX_EPOCH,
            EventData::Other(Value::Null),
        );
        let event = std::mem::replace(&mut self.event, nothing);
        Item { source: self.source.take(), event, handling, attempts: self.attempts }
    }
}

/// The reason of a failure that nobody has given.
const DROPPED: &str = "it was dropped before it was done";

impl Drop for Received {
    fn drop(&mut self) {
        match self.hold.take() {
            Some(Hold::InQueue(handling, queue)) => {
                let item = self.take_item(handling);
                queue.put_back(item, DROPPED.to_owned());
            }
            Some(Hold::Claimed(claim, shared)) => shared.give_back(claim, self.attempts, DROPPED),
            None => {}
        }
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received").field("event", &self.event).finish_non_exhaustive()
    }
}
