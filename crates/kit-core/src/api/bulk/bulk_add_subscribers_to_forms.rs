use http::Method;
use serde::Serialize;

use super::callback_url::CallbackUrl;
use super::matching::outcomes;
use super::{
    Bulk, BulkFailure, BulkFormSubscriber, BulkOperation, BulkOutcome, FormAddition,
    FormAdditionEcho,
};
use crate::api::check::some;
use crate::endpoint::{Auth, Endpoint};
use crate::error::{Effect, Error};
use crate::wire::{Body, ReadError, Reply};

/// `POST /v4/bulk/forms/subscribers`: adds subscribers to forms.
///
/// Kit answers 200 with the outcome of each addition, 202 if there are more than 100, which Kit queues, or 413 if
/// too much is queued already. Subscribers who are new to a form with double opt-in get the form's incentive
/// email.
///
/// # Examples
///
/// ```
/// use kit_core::bulk::{BulkAddSubscribersToForms, FormAddition};
///
/// let add = BulkAddSubscribersToForms::new([FormAddition::new(44.into(), 9.into())])?;
/// # Ok::<(), kit_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct BulkAddSubscribersToForms {
    additions: Vec<FormAddition>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_url: Option<CallbackUrl>,
}

impl BulkAddSubscribersToForms {
    /// Makes these additions of subscribers to forms, at least one.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `additions` where there are none.
    pub fn new(additions: impl IntoIterator<Item = FormAddition>) -> Result<Self, Error> {
        Ok(Self { additions: some("additions", additions)?, callback_url: None })
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

impl Endpoint for BulkAddSubscribersToForms {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v4/bulk/forms/subscribers";
    /// Adding a subscriber twice has the same effect as adding them once.
    const EFFECT: Effect = Effect::Repeatable;
    const AUTH: Auth = Auth::OAuth;
    type Reply = Bulk<BulkFormSubscriber, BulkFailure<FormAdditionEcho>>;

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
    ) -> Result<Bulk<BulkFormSubscriber, BulkFailure<FormAdditionEcho>>, ReadError> {
        Bulk::read(&reply, Some("subscribers"))
    }
}

impl BulkOperation for BulkAddSubscribersToForms {
    type Item = FormAddition;
    type Row = BulkFormSubscriber;
    const ITEMS: &'static str = "additions";

    fn of(additions: Vec<FormAddition>) -> Self {
        Self { additions, callback_url: None }
    }

    #[inline]
    fn outcomes(
        reply: &Self::Reply,
        items: &[FormAddition],
    ) -> Vec<BulkOutcome<BulkFormSubscriber>> {
        outcomes(reply, items, FormAddition::is_echoed, |item, row| item.is_of(row.id))
    }
}
