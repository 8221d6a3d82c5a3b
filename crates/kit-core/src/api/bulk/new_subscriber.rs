use serde::{Deserialize, Serialize};

use super::Echo;
use super::matching::is_same_name;
use crate::SubscriberId;
use crate::subscribers::SubscriberState;
use crate::wire::Timestamp;

/// A subscriber to create, or to update.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct NewSubscriber {
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<String>,
    email_address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<SubscriberState>,
}

impl NewSubscriber {
    /// An active subscriber with this email address. Kit reports an invalid address as a failure of the item.
    pub fn new(email_address: impl Into<String>) -> Self {
        Self { first_name: None, email_address: email_address.into(), state: None }
    }

    /// The first name.
    #[must_use]
    pub fn with_first_name(mut self, first_name: impl Into<String>) -> Self {
        self.first_name = Some(first_name.into());
        self
    }

    /// Sets the state of the subscriber. Default: [`SubscriberState::Active`]. Whether a bulk request changes the
    /// state of an existing subscriber is not documented.
    #[must_use]
    pub fn with_state(mut self, state: SubscriberState) -> Self {
        self.state = Some(state);
        self
    }

    /// The email address.
    pub fn email_address(&self) -> &str {
        &self.email_address
    }

    /// Addresses are the same in upper and lower case.
    pub(super) fn is(&self, email_address: &str) -> bool {
        is_same_name(&self.email_address, email_address)
    }

    /// Whether a failure is of this item. (Kit's example of a bad address repeats it as null.)
    pub(super) fn is_echoed(&self, echo: &SubscriberEcho) -> bool {
        self.is(echo.email_address.as_deref().unwrap_or_default())
    }
}

/// A subscriber that could not be created.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SubscriberEcho {
    /// The first name.
    pub first_name: Option<String>,
    /// The email address.
    pub email_address: Option<String>,
    /// The state.
    pub state: Option<SubscriberState>,
    /// When the subscriber was created. `None` in Kit's example.
    pub created_at: Option<Timestamp>,
}

impl Echo for SubscriberEcho {
    const NAME: &'static str = "subscriber";
}

/// A subscriber that was created or updated, without its custom fields.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreatedSubscriber {
    /// The id.
    pub id: SubscriberId,
    /// The first name.
    pub first_name: Option<String>,
    /// The email address.
    #[serde(default)]
    pub email_address: String,
    /// Whether the subscriber gets emails.
    #[serde(default)]
    pub state: SubscriberState,
    /// When the subscriber was created.
    pub created_at: Option<Timestamp>,
}
