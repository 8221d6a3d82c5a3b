use http::Method;
use serde::Serialize;

use super::delay::check;
use super::{Delay, SequenceEmail, Weekday};
use crate::api::check::filled;
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, Change, Path, ReadError, Reply};
use crate::{EmailTemplateId, SequenceId};

/// `POST /v4/sequences/{sequence_id}/emails`: adds an email to a sequence.
///
/// A first email that is published without a delay goes out at once to those who wait. Kit answers 201 with the
/// email, 404 where there is no such sequence, or 422 for a blank subject.
///
/// # Examples
///
/// ```
/// use kit_core::sequences::{CreateSequenceEmail, Delay};
/// use kit_core::{Credentials, Kit};
///
/// let operation = CreateSequenceEmail::new(6.into(), "Hello", Delay::Days(1))?;
/// let request = Kit::new(Credentials::api_key("kit_0123")).request(&operation)?;
/// assert_eq!(request.body(), br#"{"subject":"Hello","delay_value":1,"delay_unit":"days"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct CreateSequenceEmail {
    #[serde(skip)]
    sequence_id: SequenceId,
    subject: String,
    #[serde(flatten)]
    delay: Delay,
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

impl CreateSequenceEmail {
    /// A draft at the end of this sequence, which Kit sends this delay after the email before it.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `subject` where it is blank.
    pub fn new(
        sequence_id: SequenceId,
        subject: impl Into<String>,
        delay: Delay,
    ) -> Result<Self, Error> {
        Ok(Self {
            sequence_id,
            subject: filled("subject", subject)?,
            delay,
            preview_text: Change::Keep,
            content: Change::Keep,
            email_template_id: Change::Keep,
            published: None,
            send_days: Change::Keep,
            position: None,
        })
    }

    /// The preview text, which email programs show beside the subject.
    #[must_use]
    pub fn with_preview_text(mut self, preview_text: impl Into<String>) -> Self {
        self.preview_text = Change::Set(preview_text.into());
        self
    }

    /// Sends a null preview text: the email has none.
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

    /// Sends a null content: the email has none.
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

    /// Gives the email no template of its own: it has the template of the sequence.
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

    /// The days on which this email is sent, in place of those of the sequence.
    ///
    /// By Kit's document they do not go with a delay in hours; the live service takes and shows both.
    #[must_use]
    pub fn with_send_days(mut self, send_days: impl IntoIterator<Item = Weekday>) -> Self {
        self.send_days = Change::Set(send_days.into_iter().collect());
        self
    }

    /// Gives the email no days of its own: Kit sends it on the days of the sequence.
    #[must_use]
    pub fn without_send_days(mut self) -> Self {
        self.send_days = Change::Clear;
        self
    }

    /// The place in the sequence, from 0 on. Default: at the end.
    #[must_use]
    pub fn with_position(mut self, position: u64) -> Self {
        self.position = Some(position);
        self
    }
}

impl Endpoint for CreateSequenceEmail {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v4/sequences/{sequence_id}/emails";
    const EFFECT: Effect = Effect::Creates;
    type Reply = SequenceEmail;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.sequence_id])
    }

    fn check(&self) -> Result<(), Error> {
        check(Some(self.delay), self.position)
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
