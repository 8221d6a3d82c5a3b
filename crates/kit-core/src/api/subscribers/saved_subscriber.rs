use serde::{Deserialize, Serialize};

use super::Subscriber;
use crate::wire::{ReadError, Reply, UpsertOutcome};

/// A subscriber that was created or changed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SavedSubscriber {
    /// Whether the subscriber is new. With [`UpsertOutcome::Accepted`], Kit saves the custom fields later, and
    /// they are `None` here.
    #[serde(skip)]
    pub outcome: UpsertOutcome,
    /// The subscriber.
    pub subscriber: Subscriber,
    /// One warning for each custom field key that the account does not have. Kit did not save its value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warnings: Option<Vec<String>>,
}

impl SavedSubscriber {
    /// Makes a reply without warnings, for a test.
    pub fn new(outcome: UpsertOutcome, subscriber: Subscriber) -> Self {
        Self { outcome, subscriber, warnings: None }
    }

    #[inline]
    pub(super) fn read(reply: &Reply<'_>) -> Result<Self, ReadError> {
        #[derive(Deserialize)]
        struct Saved {
            subscriber: Subscriber,
            warnings: Option<Vec<String>>,
        }
        let Saved { subscriber, warnings } = reply.json()?;
        Ok(Self { outcome: UpsertOutcome::of(reply.status()), subscriber, warnings })
    }
}
