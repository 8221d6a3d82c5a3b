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
/// The subscriber has to be there: none is created. Kit answers 201, 200 where the subscriber is in the sequence
/// already, 404 where there is no such sequence, 422 where the sequence is inactive; what it answers for an
/// unknown address is not documented.
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
    /// Who is in the sequence is not added again. (In a sequence that repeats, somebody who has completed it meanwhile
    /// might begin again: Kit's documentation says so of other ways to add, and not of this one.)
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
