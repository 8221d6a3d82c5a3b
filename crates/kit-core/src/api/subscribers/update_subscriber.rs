use http::Method;
use serde::Serialize;

use super::SavedSubscriber;
use super::sent_fields::SentFields;
use crate::SubscriberId;
use crate::api::check::filled;
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, Change, Path, ReadError, Reply};

/// `PUT /v4/subscribers/{id}`: changes the email address, the first name and the custom fields of a subscriber.
///
/// Kit answers 200 with the subscriber, 202 if there are more than 10 custom fields, which Kit saves later, 404 if
/// the subscriber does not exist, or 422 for an address that another subscriber has. The state does not change: to
/// change it, see [`Unsubscribe`](super::Unsubscribe).
///
/// This operation sends only what is set. Kit's documentation requires the email address; the live service does not,
/// and keeps each field that is left out.
///
/// # Examples
///
/// ```
/// use kit_core::subscribers::UpdateSubscriber;
/// use kit_core::{Credentials, Kit};
///
/// let operation = UpdateSubscriber::new(9.into()).without_first_name().with_field("company", "X");
/// let request = Kit::new(Credentials::api_key("kit_0123")).request(&operation)?;
/// assert_eq!(request.body(), br#"{"first_name":null,"fields":{"company":"X"}}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct UpdateSubscriber {
    #[serde(skip)]
    id: SubscriberId,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_address: Option<String>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    first_name: Change<String>,
    #[serde(skip_serializing_if = "SentFields::is_empty")]
    fields: SentFields,
}

impl UpdateSubscriber {
    /// Changes nothing yet of the subscriber with this id.
    pub fn new(id: SubscriberId) -> Self {
        let (email_address, first_name, fields) = (None, Change::Keep, SentFields::default());
        Self { id, email_address, first_name, fields }
    }

    /// Changes the email address.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `email_address` where it is blank.
    pub fn with_email_address(mut self, email_address: impl Into<String>) -> Result<Self, Error> {
        self.email_address = Some(filled("email_address", email_address)?);
        Ok(self)
    }

    /// Changes the first name.
    #[must_use]
    pub fn with_first_name(mut self, first_name: impl Into<String>) -> Self {
        self.first_name = Change::Set(first_name.into());
        self
    }

    /// Removes the first name.
    #[must_use]
    pub fn without_first_name(mut self) -> Self {
        self.first_name = Change::Clear;
        self
    }

    /// The value of a custom field by its key. A request has at most 140.
    #[must_use]
    pub fn with_field(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.set(key, value);
        self
    }

    /// Takes the value of a custom field away: sends null for its key. Kit shows fields without a value as null; that
    /// it takes null is not documented.
    #[must_use]
    pub fn without_field(mut self, key: impl Into<String>) -> Self {
        self.fields.clear(key);
        self
    }
}

impl Endpoint for UpdateSubscriber {
    const METHOD: Method = Method::PUT;
    const PATH: &'static str = "/v4/subscribers/{id}";
    const EFFECT: Effect = Effect::Repeatable;
    type Reply = SavedSubscriber;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.id])
    }

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
