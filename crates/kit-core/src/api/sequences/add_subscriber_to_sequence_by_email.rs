use http::Method;
use serde::Serialize;

use super::SequenceSubscriber;
use crate::SequenceId;
use crate::api::check::filled;
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, Path, ReadError, Reply, Upsert};

/// `POST /v4/sequences/{sequence_id}/subscribers`: adds the subscriber of an email address to a sequence.
///
/// The subscriber must exist: Kit does not create one. Kit answers 201 if the subscriber was added, 200 if they
/// were in the sequence already, 404 if the sequence does not exist, or 422 if the sequence is inactive. What Kit
/// answers for an unknown address is not documented.
///
/// # Examples
///
/// ```
/// use kit_core::sequences::AddSubscriberToSequenceByEmail;
/// use kit_core::{Credentials, Kit};
///
/// let operation = AddSubscriberToSequenceByEmail::new(6.into(), "ann@example.com")?;
/// let request = Kit::new(Credentials::api_key("kit_0123")).request(&operation)?;
/// assert_eq!(request.body(), br#"{"email_address":"ann@example.com"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct AddSubscriberToSequenceByEmail {
    #[serde(skip)]
    sequence_id: SequenceId,
    email_address: String,
}

impl AddSubscriberToSequenceByEmail {
    /// Adds the subscriber of this email address to this sequence.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `email_address` where it is blank.
    pub fn new(sequence_id: SequenceId, email_address: impl Into<String>) -> Result<Self, Error> {
        Ok(Self { sequence_id, email_address: filled("email_address", email_address)? })
    }
}

impl Endpoint for AddSubscriberToSequenceByEmail {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v4/sequences/{sequence_id}/subscribers";
    /// A subscriber who is in the sequence is not added again. (In a repeating sequence, a subscriber who has
    /// completed the sequence in the meantime might start again: Kit's documentation says so of other ways to add
    /// a subscriber, but not of this one.)
    const EFFECT: Effect = Effect::Repeatable;
    type Reply = Upsert<SequenceSubscriber>;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.sequence_id])
    }

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Upsert<SequenceSubscriber>, ReadError> {
        Upsert::read(&reply, "subscriber")
    }
}
