use http::Method;
use serde::Serialize;

use super::FormSubscriber;
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, Path, ReadError, Reply, Upsert};
use crate::{FormId, SubscriberId};

/// `POST /v4/forms/{form_id}/subscribers/{id}`: adds a subscriber to a form.
///
/// Kit answers 201, 200 where the subscriber is on the form already, or 404 where there is no such form or
/// subscriber.
///
/// # Examples
///
/// ```
/// use kit_core::forms::AddSubscriberToForm;
/// use kit_core::{Credentials, Kit};
///
/// let operation = AddSubscriberToForm::new(44.into(), 9.into(), "https://example.com/?utm_source=news");
/// let request = Kit::new(Credentials::api_key("kit_0123")).request(&operation)?;
/// assert_eq!(request.body(), br#"{"referrer":"https://example.com/?utm_source=news"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct AddSubscriberToForm {
    #[serde(skip)]
    form_id: FormId,
    #[serde(skip)]
    id: SubscriberId,
    referrer: String,
}

impl AddSubscriberToForm {
    /// Adds the subscriber with this id to this form.
    ///
    /// `referrer` is the URL of the page where the subscriber signed up. Kit reads the UTM parameters of the URL.
    pub fn new(form_id: FormId, id: SubscriberId, referrer: impl Into<String>) -> Self {
        Self { form_id, id, referrer: referrer.into() }
    }
}

impl Endpoint for AddSubscriberToForm {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v4/forms/{form_id}/subscribers/{id}";
    /// Adding a subscriber twice has the same effect as adding them once.
    const EFFECT: Effect = Effect::Repeatable;
    type Reply = Upsert<FormSubscriber>;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.form_id.get(), self.id.get()])
    }

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Upsert<FormSubscriber>, ReadError> {
        Upsert::read(&reply, "subscriber")
    }
}
