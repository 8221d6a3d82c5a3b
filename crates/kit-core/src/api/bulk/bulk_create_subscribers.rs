use http::Method;
use serde::Serialize;

use super::callback_url::CallbackUrl;
use super::matching::outcomes;
use super::{
    Bulk, BulkFailure, BulkOperation, BulkOutcome, CreatedSubscriber, NewSubscriber, SubscriberEcho,
};
use crate::api::check::some;
use crate::endpoint::{Auth, Endpoint};
use crate::error::{Effect, Error};
use crate::wire::{Body, ReadError, Reply};

/// `POST /v4/bulk/subscribers`: creates subscribers, or updates the first names of existing ones.
///
/// Kit answers 200 with the outcome of each subscriber, 202 if there are more than 100, which Kit queues, or 413
/// if too much is queued already. Kit answers 403 if the request would exceed the account's subscriber limit. To
/// set custom fields, use [`BulkUpdateCustomFieldValues`](super::BulkUpdateCustomFieldValues).
///
/// # Examples
///
/// ```
/// use kit_core::bulk::{BulkCreateSubscribers, NewSubscriber};
///
/// let create = BulkCreateSubscribers::new([NewSubscriber::new("ann@example.com").with_first_name("Ann")])?;
/// # Ok::<(), kit_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct BulkCreateSubscribers {
    subscribers: Vec<NewSubscriber>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_url: Option<CallbackUrl>,
}

impl BulkCreateSubscribers {
    /// Creates or updates these subscribers, at least one.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `subscribers` where there are none.
    pub fn new(subscribers: impl IntoIterator<Item = NewSubscriber>) -> Result<Self, Error> {
        Ok(Self { subscribers: some("subscribers", subscribers)?, callback_url: None })
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

impl Endpoint for BulkCreateSubscribers {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v4/bulk/subscribers";
    /// An upsert: the second does what the first did.
    const EFFECT: Effect = Effect::Repeatable;
    const AUTH: Auth = Auth::OAuth;
    type Reply = Bulk<CreatedSubscriber, BulkFailure<SubscriberEcho>>;

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
    ) -> Result<Bulk<CreatedSubscriber, BulkFailure<SubscriberEcho>>, ReadError> {
        Bulk::read(&reply, Some("subscribers"))
    }
}

impl BulkOperation for BulkCreateSubscribers {
    type Item = NewSubscriber;
    type Row = CreatedSubscriber;
    const ITEMS: &'static str = "subscribers";

    fn of(subscribers: Vec<NewSubscriber>) -> Self {
        Self { subscribers, callback_url: None }
    }

    #[inline]
    fn outcomes(
        reply: &Self::Reply,
        items: &[NewSubscriber],
    ) -> Vec<BulkOutcome<CreatedSubscriber>> {
        outcomes(reply, items, NewSubscriber::is_echoed, |item, row| item.is(&row.email_address))
    }
}
