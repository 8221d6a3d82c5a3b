use http::Method;
use serde::Serialize;

use super::{Sequence, SubscriberSource, Weekday};
use crate::EmailTemplateId;
use crate::api::check::filled;
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, ReadError, Reply};

/// `POST /v4/sequences`: creates a sequence without emails.
///
/// Kit answers 201 with the sequence, 403 where the account may not create sequences, or 422 for an hour out of
/// range.
///
/// # Examples
///
/// ```
/// use kit_core::sequences::{CreateSequence, Weekday};
///
/// let create = CreateSequence::new("Welcome")?.with_send_days([Weekday::Monday]).with_send_hour(9)?;
/// # Ok::<(), kit_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct CreateSequence {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_template_id: Option<EmailTemplateId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    send_days: Option<Vec<Weekday>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    send_hour: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    active: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repeat: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hold: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exclude_subscriber_sources: Option<Vec<SubscriberSource>>,
}

impl CreateSequence {
    /// A sequence with this name.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `name` where it is blank.
    pub fn new(name: impl Into<String>) -> Result<Self, Error> {
        Ok(Self {
            name: filled("name", name)?,
            email_address: None,
            email_template_id: None,
            send_days: None,
            send_hour: None,
            time_zone: None,
            active: None,
            repeat: None,
            hold: None,
            exclude_subscriber_sources: None,
        })
    }

    /// The address that the emails come from. Default: that of the account.
    #[must_use]
    pub fn with_email_address(mut self, email_address: impl Into<String>) -> Self {
        self.email_address = Some(email_address.into());
        self
    }

    /// Sets the template of the emails. Default: the sequence has no template of its own.
    #[must_use]
    pub fn with_email_template_id(mut self, email_template_id: EmailTemplateId) -> Self {
        self.email_template_id = Some(email_template_id);
        self
    }

    /// The days on which emails are sent. Default: all seven.
    #[must_use]
    pub fn with_send_days(mut self, send_days: impl IntoIterator<Item = Weekday>) -> Self {
        self.send_days = Some(send_days.into_iter().collect());
        self
    }

    /// The hour at which emails are sent, from 0 to 23.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `send_hour` where it is greater than 23.
    pub fn with_send_hour(mut self, send_hour: u8) -> Result<Self, Error> {
        if send_hour > 23 {
            return Err(Error::input("send_hour", "is not from 0 to 23"));
        }
        self.send_hour = Some(send_hour);
        Ok(self)
    }

    /// The time zone of the hour, by its name in the database of IANA. Default: that of the account.
    #[must_use]
    pub fn with_time_zone(mut self, time_zone: impl Into<String>) -> Self {
        self.time_zone = Some(time_zone.into());
        self
    }

    /// Lets the sequence send.
    #[must_use]
    pub fn active(mut self) -> Self {
        self.active = Some(true);
        self
    }

    /// Pauses the sequence: everybody keeps their place.
    #[must_use]
    pub fn paused(mut self) -> Self {
        self.active = Some(false);
        self
    }

    /// Lets subscribers go through the sequence again.
    #[must_use]
    pub fn repeating(mut self) -> Self {
        self.repeat = Some(true);
        self
    }

    /// Lets subscribers go through the sequence once.
    #[must_use]
    pub fn not_repeating(mut self) -> Self {
        self.repeat = Some(false);
        self
    }

    /// Keeps subscribers after the last email, so that they get emails that are added later.
    #[must_use]
    pub fn holding(mut self) -> Self {
        self.hold = Some(true);
        self
    }

    /// Lets subscribers complete the sequence after the last email.
    #[must_use]
    pub fn not_holding(mut self) -> Self {
        self.hold = Some(false);
        self
    }

    /// Sets the subscribers who skip the sequence.
    #[must_use]
    pub fn without_subscribers_of(
        mut self,
        sources: impl IntoIterator<Item = SubscriberSource>,
    ) -> Self {
        self.exclude_subscriber_sources = Some(sources.into_iter().collect());
        self
    }
}

impl Endpoint for CreateSequence {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v4/sequences";
    const EFFECT: Effect = Effect::Creates;
    type Reply = Sequence;

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Sequence, ReadError> {
        reply.field("sequence")
    }
}
