use http::Method;
use serde::Serialize;

use super::callback_url::CallbackUrl;
use super::matching::outcomes;
use super::{Bulk, BulkFailure, BulkOperation, BulkOutcome, TagRef};
use crate::TagId;
use crate::api::check::some;
use crate::endpoint::{Auth, Endpoint};
use crate::error::{Effect, Error};
use crate::wire::{Body, ReadError, Reply};

/// `DELETE /v4/bulk/tags`: deletes tags.
///
/// Kit answers 200 with the outcome of each tag, 202 if there are more than 100, which Kit queues, or 413 if too
/// much is queued already.
///
/// # Examples
///
/// ```
/// use kit_core::bulk::BulkDeleteTags;
///
/// let delete = BulkDeleteTags::new([44.into(), 45.into()])?;
/// # Ok::<(), kit_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct BulkDeleteTags {
    tags: Vec<TagRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_url: Option<CallbackUrl>,
}

impl BulkDeleteTags {
    /// Deletes the tags with these ids, at least one.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `tags` where there are none.
    pub fn new(ids: impl IntoIterator<Item = TagId>) -> Result<Self, Error> {
        let tags = ids.into_iter().map(TagRef::from);
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

impl Endpoint for BulkDeleteTags {
    const METHOD: Method = Method::DELETE;
    const PATH: &'static str = "/v4/bulk/tags";
    const EFFECT: Effect = Effect::Repeatable;
    const AUTH: Auth = Auth::OAuth;
    type Reply = Bulk<(), BulkFailure<TagRef>>;

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    fn secrets(&self) -> Vec<&str> {
        self.callback_url.as_ref().map(CallbackUrl::secrets).unwrap_or_default()
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Bulk<(), BulkFailure<TagRef>>, ReadError> {
        Bulk::read(&reply, None)
    }
}

impl BulkOperation for BulkDeleteTags {
    type Item = TagRef;
    type Row = ();
    const ITEMS: &'static str = "tags";

    fn of(tags: Vec<TagRef>) -> Self {
        Self { tags, callback_url: None }
    }

    #[inline]
    fn outcomes(reply: &Self::Reply, items: &[TagRef]) -> Vec<BulkOutcome<()>> {
        outcomes(reply, items, |item, echo| item == echo, |_, ()| false)
    }
}
