use http::Method;
use serde::Serialize;

use super::callback_url::CallbackUrl;
use super::matching::outcomes;
use super::{Bulk, BulkFailure, BulkOperation, BulkOutcome, BulkTaggedSubscriber, Tagging};
use crate::api::check::some;
use crate::endpoint::{Auth, Endpoint};
use crate::error::{Effect, Error};
use crate::wire::{Body, ReadError, Reply};

/// `POST /v4/bulk/tags/subscribers`: gives subscribers tags.
///
/// Kit answers 200 with the outcome of each tagging, 202 if there are more than 100, which Kit queues, or 413 if
/// too much is queued already.
///
/// # Examples
///
/// ```
/// use kit_core::bulk::{BulkTagSubscribers, Tagging};
///
/// let tag = BulkTagSubscribers::new([Tagging::new(44.into(), 9.into())])?;
/// # Ok::<(), kit_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct BulkTagSubscribers {
    taggings: Vec<Tagging>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_url: Option<CallbackUrl>,
}

impl BulkTagSubscribers {
    /// Makes these taggings, at least one.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `taggings` where there are none.
    pub fn new(taggings: impl IntoIterator<Item = Tagging>) -> Result<Self, Error> {
        Ok(Self { taggings: some("taggings", taggings)?, callback_url: None })
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

impl Endpoint for BulkTagSubscribers {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v4/bulk/tags/subscribers";
    /// Tagging a subscriber twice has the same effect as tagging them once.
    const EFFECT: Effect = Effect::Repeatable;
    const AUTH: Auth = Auth::OAuth;
    type Reply = Bulk<BulkTaggedSubscriber, BulkFailure<Tagging>>;

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    fn secrets(&self) -> Vec<&str> {
        self.callback_url.as_ref().map(CallbackUrl::secrets).unwrap_or_default()
    }

    #[inline]
    fn reply(
        &self,
        reply: Reply<'_>,
    ) -> Result<Bulk<BulkTaggedSubscriber, BulkFailure<Tagging>>, ReadError> {
        Bulk::read(&reply, Some("subscribers"))
    }
}

impl BulkOperation for BulkTagSubscribers {
    type Item = Tagging;
    type Row = BulkTaggedSubscriber;
    const ITEMS: &'static str = "taggings";

    fn of(taggings: Vec<Tagging>) -> Self {
        Self { taggings, callback_url: None }
    }

    #[inline]
    fn outcomes(reply: &Self::Reply, items: &[Tagging]) -> Vec<BulkOutcome<BulkTaggedSubscriber>> {
        outcomes(
            reply,
            items,
            |item, echo| item == echo,
            |item, row| item.subscriber_id == Some(row.id),
        )
    }
}
