use http::Method;
use serde::Serialize;
use serde_json::Value;

use super::callback_url::CallbackUrl;
use super::matching::{is_named, is_same_name, outcomes};
use super::{Bulk, BulkOperation, BulkOutcome, NewTag};
use crate::api::check::some;
use crate::endpoint::{Auth, Endpoint};
use crate::error::{Effect, Error};
use crate::tags::Tag;
use crate::wire::{Body, ReadError, Reply};

/// `POST /v4/bulk/tags`: creates tags, and leaves existing ones as they are.
///
/// Kit answers 200 with the outcome of each tag, 202 if there are more than 100, which Kit queues, or 413 if too
/// much is queued already.
///
/// # Examples
///
/// ```
/// use kit_core::bulk::{BulkCreateTags, NewTag};
///
/// let create = BulkCreateTags::new([NewTag::new("VIP")])?;
/// # Ok::<(), kit_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct BulkCreateTags {
    tags: Vec<NewTag>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_url: Option<CallbackUrl>,
}

impl BulkCreateTags {
    /// Creates these tags, at least one.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `tags` where there are none.
    pub fn new(tags: impl IntoIterator<Item = NewTag>) -> Result<Self, Error> {
        Ok(Self { tags: some("tags", tags)?, callback_url: None })
    }

    /// The URL that Kit posts the result to, where it queues the request: see
    /// `kit_core::deliveries::BulkCallback`.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `callback_url` where it is not an absolute http or https URL with a host.
    pub fn with_callback_url(mut self, callback_url: impl Into<String>) -> Result<Self, Error> {
        self.callback_url = Some(CallbackUrl::new(callback_url)?);
        Ok(self)
    }
}

impl Endpoint for BulkCreateTags {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v4/bulk/tags";
    /// A second request finds the tags of the first.
    const EFFECT: Effect = Effect::Repeatable;
    const AUTH: Auth = Auth::OAuth;
    type Reply = Bulk<Tag, Value>;

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    fn secrets(&self) -> Vec<&str> {
        self.callback_url.as_ref().map(CallbackUrl::secrets).unwrap_or_default()
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Bulk<Tag, Value>, ReadError> {
        Bulk::read(&reply, Some("tags"))
    }
}

impl BulkOperation for BulkCreateTags {
    type Item = NewTag;
    type Row = Tag;
    const ITEMS: &'static str = "tags";

    fn of(tags: Vec<NewTag>) -> Self {
        Self { tags, callback_url: None }
    }

    #[inline]
    fn outcomes(reply: &Self::Reply, items: &[NewTag]) -> Vec<BulkOutcome<Tag>> {
        outcomes(
            reply,
            items,
            |item, echo| is_named(echo, "name", &item.name),
            |item, row| is_same_name(&item.name, &row.name),
        )
    }
}
