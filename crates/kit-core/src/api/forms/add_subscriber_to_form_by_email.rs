use http::Method;
use serde::Serialize;

use super::FormSubscriber;
use crate::FormId;
use crate::api::check::filled;
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, Path, ReadError, Reply, Upsert};

/// `POST /v4/forms/{form_id}/subscribers`: adds the subscriber of an email address to a form.
///
/// The subscriber must exist: Kit does not create one. Kit answers 201 if the subscriber was added, 200 if they
/// were on the form already, 404 if the form does not exist, or 422 for a blank address. What Kit answers for an
/// unknown address is not documented.
///
/// # Examples
///
/// ```
/// use kit_core::forms::AddSubscriberToFormByEmail;
/// use kit_core::{Credentials, Kit};
///
/// let operation = AddSubscriberToFormByEmail::new(44.into(), "ann@example.com")?;
/// let request = Kit::new(Credentials::api_key("kit_0123")).request(&operation)?;
/// assert_eq!(request.body(), br#"{"email_address":"ann@example.com"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct AddSubscriberToFormByEmail {
    #[serde(skip)]
    form_id: FormId,
    email_address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    referrer: Option<String>,
}

impl AddSubscriberToFormByEmail {
    /// Adds the subscriber of this email address to this form.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `email_address` where it is blank.
    pub fn new(form_id: FormId, email_address: impl Into<String>) -> Result<Self, Error> {
        Ok(Self { form_id, email_address: filled("email_address", email_address)?, referrer: None })
    }

    /// Sets the URL of the page where the subscriber signed up. Kit reads the UTM parameters of the URL.
    #[must_use]
    pub fn with_referrer(mut self, referrer: impl Into<String>) -> Self {
        self.referrer = Some(referrer.into());
        self
    }
}

impl Endpoint for AddSubscriberToFormByEmail {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v4/forms/{form_id}/subscribers";
    /// Adding a subscriber twice has the same effect as adding them once.
    const EFFECT: Effect = Effect::Repeatable;
    type Reply = Upsert<FormSubscriber>;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.form_id])
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
