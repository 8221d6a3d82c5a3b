use http::Method;
use serde::Serialize;

use super::delay::check;
use super::{Delay, SequenceEmail, Weekday};
use crate::api::check::filled;
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, Change, Path, ReadError, Reply};
use crate::{EmailTemplateId, SequenceEmailId, SequenceId};

/// `PUT /v4/sequences/{sequence_id}/emails/{id}`: changes the given fields of an email, and no others.
///
/// A new position may make subscribers who are under way skip emails. Kit answers 200 with the email, 404 if the
/// email does not exist, or 422 if days are given for a delay in hours.
///
/// # Examples
///
/// ```
/// use kit_core::sequences::{Delay, UpdateSequenceEmail};
/// use kit_core::{Credentials, Kit};
///
/// let operation = UpdateSequenceEmail::new(6.into(), 3.into()).with_delay(Delay::Hours(4)).published();
/// let request = Kit::new(Credentials::api_key("kit_0123")).request(&operation)?;
/// assert_eq!(request.body(), br#"{"delay_value":4,"delay_unit":"hours","published":true}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct UpdateSequenceEmail {
    #[serde(skip)]
    sequence_id: SequenceId,
    #[serde(skip)]
    id: SequenceEmailId,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(flatten)]
    delay: Option<Delay>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    preview_text: Change<String>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    content: Change<String>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    email_template_id: Change<EmailTemplateId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<bool>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    send_days: Change<Vec<Weekday>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<u64>,
}

impl UpdateSequenceEmail {
    /// An update of the email with this id that changes nothing yet.
    pub fn new(sequence_id: SequenceId, id: SequenceEmailId) -> Self {
        Self {
            sequence_id,
            id,
            subject: None,
            delay: None,
            preview_text: Change::Keep,
            content: Change::Keep,
            email_template_id: Change::Keep,
            published: None,
            send_days: Change::Keep,
            position: None,
        }
    }

    /// Changes the subject.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `subject` where it is blank.
    pub fn with_subject(mut self, subject: impl Into<String>) -> Result<Self, Error> {
        self.subject = Some(filled("subject", subject)?);
        Ok(self)
    }

    /// Changes how long after the previous email Kit sends this one.
    #[must_use]
    pub fn with_delay(mut self, delay: Delay) -> Self {
        self.delay = Some(delay);
        self
    }

    /// The preview text, which email programs show beside the subject.
    #[must_use]
    pub fn with_preview_text(mut self, preview_text: impl Into<String>) -> Self {
        self.preview_text = Change::Set(preview_text.into());
        self
    }

    /// Removes the preview text.
    #[must_use]
    pub fn without_preview_text(mut self) -> Self {
        self.preview_text = Change::Clear;
        self
    }

    /// The content, as HTML.
    #[must_use]
    pub fn with_content(mut self, content: impl Into<String>) -> Self {
        self.content = Change::Set(content.into());
        self
    }

    /// Sends a null content. Kit's documentation does not say whether that clears the content.
    #[must_use]
    pub fn without_content(mut self) -> Self {
        self.content = Change::Clear;
        self
    }

    /// The template.
    #[must_use]
    pub fn with_email_template_id(mut self, email_template_id: EmailTemplateId) -> Self {
        self.email_template_id = Change::Set(email_template_id);
        self
    }

    /// Removes the email's own template: the email has the template of the sequence.
    #[must_use]
    pub fn without_email_template_id(mut self) -> Self {
        self.email_template_id = Change::Clear;
        self
    }

    /// Lets the email be sent.
    #[must_use]
    pub fn published(mut self) -> Self {
        self.published = Some(true);
        self
    }

    /// Makes the email a draft, which Kit does not send.
    #[must_use]
    pub fn unpublished(mut self) -> Self {
        self.published = Some(false);
        self
    }

    /// The days on which this email is sent, in place of those of the sequence.
    ///
    /// By Kit's document they do not go with a delay in hours; the live service takes and shows both.
    #[must_use]
    pub fn with_send_days(mut self, send_days: impl IntoIterator<Item = Weekday>) -> Self {
        self.send_days = Change::Set(send_days.into_iter().collect());
        self
    }

    /// Removes the email's own days: Kit sends the email on the days of the sequence.
    #[must_use]
    pub fn without_send_days(mut self) -> Self {
        self.send_days = Change::Clear;
        self
    }

    /// The place in the sequence, from 0 on.
    #[must_use]
    pub fn with_position(mut self, position: u64) -> Self {
        self.position = Some(position);
        self
    }
}

impl Endpoint for UpdateSequenceEmail {
    const METHOD: Method = Method::PUT;
    const PATH: &'static str = "/v4/sequences/{sequence_id}/emails/{id}";
    const EFFECT: Effect = Effect::Repeatable;
    type Reply = SequenceEmail;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.sequence_id.get(), self.id.get()])
    }

    fn check(&self) -> Result<(), Error> {
        check(self.delay, self.position)
    }

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<SequenceEmail, ReadError> {
        reply.field("email")
    }
}
