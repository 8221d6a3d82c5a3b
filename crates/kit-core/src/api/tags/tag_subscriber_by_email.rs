use http::Method;
use serde::Serialize;

use super::TaggedSubscriber;
use crate::TagId;
use crate::api::check::filled;
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, Path, ReadError, Reply, Upsert};

/// `POST /v4/tags/{tag_id}/subscribers`: gives the subscriber of an email address a tag.
///
/// The subscriber must exist: Kit does not create one. Kit answers 201 if the subscriber got the tag, 200 if they
/// had it already, 404 if the tag does not exist, or 422 for a blank address. What Kit answers for an unknown
/// address is not documented.
///
/// # Examples
///
/// ```
/// use kit_core::tags::TagSubscriberByEmail;
/// use kit_core::{Credentials, Kit};
///
/// let operation = TagSubscriberByEmail::new(44.into(), "ann@example.com")?;
/// let request = Kit::new(Credentials::api_key("kit_0123")).request(&operation)?;
/// assert_eq!(request.body(), br#"{"email_address":"ann@example.com"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct TagSubscriberByEmail {
    #[serde(skip)]
    tag_id: TagId,
    email_address: String,
}

impl TagSubscriberByEmail {
    /// Gives this tag to the subscriber of this email address.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `email_address` where it is blank.
    pub fn new(tag_id: TagId, email_address: impl Into<String>) -> Result<Self, Error> {
        Ok(Self { tag_id, email_address: filled("email_address", email_address)? })
    }
}

impl Endpoint for TagSubscriberByEmail {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v4/tags/{tag_id}/subscribers";
    /// Tagging a subscriber twice has the same effect as tagging them once.
    const EFFECT: Effect = Effect::Repeatable;
    type Reply = Upsert<TaggedSubscriber>;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.tag_id])
    }

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Upsert<TaggedSubscriber>, ReadError> {
        Upsert::read(&reply, "subscriber")
    }
}
