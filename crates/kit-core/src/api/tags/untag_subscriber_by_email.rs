use http::Method;

use crate::TagId;
use crate::api::check::filled;
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Path, Query, ReadError, Reply};

/// `DELETE /v4/tags/{tag_id}/subscribers`: takes a tag from the subscriber of an email address.
///
/// Kit answers 204, 404 if the tag does not exist, or 422 for a blank address. Kit's documentation does not say
/// where the address belongs: this operation sends it in the query.
///
/// # Examples
///
/// ```
/// use kit_core::tags::UntagSubscriberByEmail;
/// use kit_core::{Credentials, Kit};
///
/// let list = UntagSubscriberByEmail::new(44.into(), "ann@example.com")?;
/// let request = Kit::new(Credentials::api_key("kit_0123")).request(&list)?;
/// assert_eq!(request.uri(), "https://api.kit.com/v4/tags/44/subscribers?email_address=ann%40example.com");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UntagSubscriberByEmail {
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

    fn query(&self, query: &mut Query) {
        query.pair("email_address", &self.email_address);
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<(), ReadError> {
        reply.nothing()
    }
}
