use http::Method;
use serde::Serialize;

use super::delay::check;
use super::{Delay, SequenceEmail, Weekday};
use crate::api::check::filled;
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, Change, Path, ReadError, Reply};
use crate::{EmailTemplateId, SequenceEmailId, SequenceId};

/// `PUT /v4/sequences/{sequence_id}/emails/{id}`: changes what is given of an email, and nothing else.
///
/// Another position may let subscribers who are on their way skip an email. Kit answers 200 with
/// the email, 404 where there is none, or 422 for days beside a delay in hours.
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
    /// Changes nothing yet of the email with this id.
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

    /// The time after the email before this one.
    #[must_use]
    pub fn with_delay(mut self, delay: Delay) -> Self {
        self.delay = Some(delay);
        self
    }

    /// What email programs show beside the subject.
    #[must_use]
    pub fn with_preview_text(mut self, preview_text: impl Into<String>) -> Self {
        self.preview_text = Change::Set(preview_text.into());
        self
    }

    /// Without a preview text.
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

    /// Without content.
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

    /// With the template of the sequence.
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

    /// Keeps the email a draft.
    #[must_use]
    pub fn unpublished(mut self) -> Self {
        self.published = Some(false);
        self
    }

    /// The days on which this email is sent, in place of those of the sequence. Not for a delay in hours.
    #[must_use]
    pub fn with_send_days(mut self, send_days: impl IntoIterator<Item = Weekday>) -> Self {
        self.send_days = Change::Set(send_days.into_iter().collect());
        self
    }

    /// The email is sent on the days of the sequence.
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

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        check(self.delay, &self.send_days, self.position)?;
        Body::json(self)
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<SequenceEmail, ReadError> {
        reply.field("email")
    }
}
