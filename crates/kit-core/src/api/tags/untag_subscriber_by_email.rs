use http::Method;
use serde::Serialize;

use crate::TagId;
use crate::api::check::filled;
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, Path, ReadError, Reply};

/// `DELETE /v4/tags/{tag_id}/subscribers`: takes a tag from the subscriber of an email address.
///
/// Kit answers 204, 404 if the tag does not exist, or 422 for what is no address. Kit's documentation does not say
/// where the address belongs: this operation sends it as JSON, which the live service reads.
///
/// # Examples
///
/// ```
/// use kit_core::tags::UntagSubscriberByEmail;
/// use kit_core::{Credentials, Kit};
///
/// let untag = UntagSubscriberByEmail::new(44.into(), "ann@example.com")?;
/// let request = Kit::new(Credentials::api_key("kit_0123")).request(&untag)?;
/// assert_eq!(request.body(), br#"{"email_address":"ann@example.com"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct UntagSubscriberByEmail {
    #[serde(skip)]
    tag_id: TagId,
    email_address: String,
}

impl UntagSubscriberByEmail {
    /// Takes this tag from the subscriber of this email address.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `email_address` where it is blank.
    pub fn new(tag_id: TagId, email_address: impl Into<String>) -> Result<Self, Error> {
        Ok(Self { tag_id, email_address: filled("email_address", email_address)? })
    }
}

impl Endpoint for UntagSubscriberByEmail {
    const METHOD: Method = Method::DELETE;
    const PATH: &'static str = "/v4/tags/{tag_id}/subscribers";
    const EFFECT: Effect = Effect::Repeatable;
    type Reply = ();

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.tag_id])
    }

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<(), ReadError> {
        reply.nothing()
    }
}
