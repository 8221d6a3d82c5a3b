use http::Method;
use serde::Serialize;

use super::sent_fields::SentFields;
use super::{SavedSubscriber, SubscriberState};
use crate::api::check::filled;
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, ReadError, Reply};

/// `POST /v4/subscribers`: creates a subscriber, or updates the first name of the one with this email address.
///
/// Kit answers 201 with the new subscriber, 200 with the existing one, whose state does not change, 202 if there
/// are more than 10 custom fields, which Kit saves later, or 422 for a bad address. Kit ignores keys of custom
/// fields that the account does not have, and names them in the warnings.
///
/// # Examples
///
/// ```
/// use kit_core::subscribers::CreateSubscriber;
/// use kit_core::{Credentials, Kit};
///
/// let operation = CreateSubscriber::new("ann@example.com")?.with_first_name("Ann").with_field("last_name", "Lee");
/// let request = Kit::new(Credentials::api_key("kit_0123")).request(&operation)?;
/// assert_eq!(request.body(), br#"{"email_address":"ann@example.com","first_name":"Ann","fields":{"last_name":"Lee"}}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct CreateSubscriber {
    email_address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<SubscriberState>,
    #[serde(skip_serializing_if = "SentFields::is_empty")]
    fields: SentFields,
}

impl CreateSubscriber {
    /// An active subscriber with this email address.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `email_address` where it is blank.
    pub fn new(email_address: impl Into<String>) -> Result<Self, Error> {
        Ok(Self {
            email_address: filled("email_address", email_address)?,
            first_name: None,
            state: None,
            fields: SentFields::default(),
        })
    }

    /// The first name.
    #[must_use]
    pub fn with_first_name(mut self, first_name: impl Into<String>) -> Self {
        self.first_name = Some(first_name.into());
        self
    }

    /// Sets the state of a new subscriber. An existing one keeps their state. Default:
    /// [`SubscriberState::Active`].
    #[must_use]
    pub fn with_state(mut self, state: SubscriberState) -> Self {
        self.state = Some(state);
        self
    }

    /// The value of a custom field by its key. A request has at most 140.
    #[must_use]
    pub fn with_field(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.set(key, value);
        self
    }
}

impl Endpoint for CreateSubscriber {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v4/subscribers";
    /// An upsert: the second does what the first did.
    const EFFECT: Effect = Effect::Repeatable;
    type Reply = SavedSubscriber;

    fn check(&self) -> Result<(), Error> {
        self.fields.check()
    }

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<SavedSubscriber, ReadError> {
        SavedSubscriber::read(&reply)
    }
}
