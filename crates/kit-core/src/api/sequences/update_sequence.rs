use http::Method;
use serde::Serialize;

use super::{Sequence, SubscriberSource, Weekday};
use crate::api::check::filled;
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, Path, ReadError, Reply};
use crate::{EmailTemplateId, SequenceId};

/// `PUT /v4/sequences/{id}`: changes the given fields of a sequence, and no others.
///
/// New days and a new hour apply to later emails, not to emails already queued. Kit answers 200 with the sequence,
/// 404 if the sequence does not exist, or 422 for a blank name.
///
/// # Examples
///
/// ```
/// use kit_core::sequences::UpdateSequence;
/// use kit_core::{Credentials, Kit};
///
/// let operation = UpdateSequence::new(6.into()).paused();
/// let request = Kit::new(Credentials::api_key("kit_0123")).request(&operation)?;
/// assert_eq!(request.body(), br#"{"active":false}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct UpdateSequence {
    #[serde(skip)]
    id: SequenceId,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
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

impl UpdateSequence {
    /// An update of the sequence with this id that changes nothing yet.
    pub fn new(id: SequenceId) -> Self {
        Self {
            id,
            name: None,
            email_address: None,
            email_template_id: None,
            send_days: None,
            send_hour: None,
            time_zone: None,
            active: None,
            repeat: None,
            hold: None,
            exclude_subscriber_sources: None,
        }
    }

    /// Changes the name.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `name` where it is blank.
    pub fn with_name(mut self, name: impl Into<String>) -> Result<Self, Error> {
        self.name = Some(filled("name", name)?);
        Ok(self)
    }

    /// The address that the emails come from.
    #[must_use]
    pub fn with_email_address(mut self, email_address: impl Into<String>) -> Self {
        self.email_address = Some(email_address.into());
        self
    }

    /// The template of the emails.
    #[must_use]
    pub fn with_email_template_id(mut self, email_template_id: EmailTemplateId) -> Self {
        self.email_template_id = Some(email_template_id);
        self
    }

    /// The days on which emails are sent.
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

    /// The time zone of the hour, by its name in the database of IANA.
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

impl Endpoint for UpdateSequence {
    const METHOD: Method = Method::PUT;
    const PATH: &'static str = "/v4/sequences/{id}";
    const EFFECT: Effect = Effect::Repeatable;
    type Reply = Sequence;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.id])
    }

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Sequence, ReadError> {
        reply.field("sequence")
    }
}
