use http::Method;
use serde::Serialize;

use super::{Broadcast, Recipients};
use crate::EmailTemplateId;
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, ReadError, Reply, Timestamp};

/// `POST /v4/broadcasts`: creates a broadcast: a draft, unless it is to be sent at a time.
///
/// Kit answers 201 with the broadcast, 403 if the account may not create broadcasts, or 422 if the template does
/// not exist. The fields that this type always sends are those that Kit's documentation requires. Recipients
/// [everyone](Recipients::Everyone) are sent as an empty list: the documentation's examples of replies have
/// `all_subscribers`, which the live service refuses in a request.
///
/// # Examples
///
/// ```
/// use kit_core::broadcasts::{CreateBroadcast, RecipientGroup, Recipients};
///
/// let time = "2026-07-29T14:32:10Z".parse()?;
/// let create = CreateBroadcast::new("News", "<p>Hello</p>", time)
///     .to(Recipients::InAny(vec![RecipientGroup::Tags(vec![44.into()])]))
///     .with_send_at(time);
/// # Ok::<(), kit_core::wire::InvalidTime>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct CreateBroadcast {
    subject: String,
    content: String,
    published_at: Timestamp,
    preview_text: String,
    description: String,
    public: bool,
    subscriber_filter: Recipients,
    #[serde(skip_serializing_if = "Option::is_none")]
    send_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_template_id: Option<EmailTemplateId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thumbnail_alt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thumbnail_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allow_starting_point: Option<bool>,
}

impl CreateBroadcast {
    /// A draft for all subscribers. `content` is HTML, and `published_at` is the time of publication that readers
    /// on the web see.
    pub fn new(
        subject: impl Into<String>,
        content: impl Into<String>,
        published_at: Timestamp,
    ) -> Self {
        Self {
            subject: subject.into(),
            content: content.into(),
            published_at,
            preview_text: String::new(),
            description: String::new(),
            public: false,
            subscriber_filter: Recipients::Everyone,
            send_at: None,
            email_template_id: None,
            email_address: None,
            thumbnail_alt: None,
            thumbnail_url: None,
            allow_starting_point: None,
        }
    }

    /// When Kit sends the broadcast. Default: it stays a draft.
    #[must_use]
    pub fn with_send_at(mut self, send_at: Timestamp) -> Self {
        self.send_at = Some(send_at);
        self
    }

    /// Sets the email template. Default: the account's default template.
    #[must_use]
    pub fn with_email_template_id(mut self, email_template_id: EmailTemplateId) -> Self {
        self.email_template_id = Some(email_template_id);
        self
    }

    /// Allows a template of the category `Starting point` together with content. By one text of Kit's documentation
    /// such a template needs this; by two others Kit does not support it.
    #[must_use]
    pub fn allowing_starting_point(mut self) -> Self {
        self.allow_starting_point = Some(true);
        self
    }

    /// The address that the broadcast comes from. Default: that of the account.
    #[must_use]
    pub fn with_email_address(mut self, email_address: impl Into<String>) -> Self {
        self.email_address = Some(email_address.into());
        self
    }

    /// The text for those who cannot see the picture.
    #[must_use]
    pub fn with_thumbnail_alt(mut self, thumbnail_alt: impl Into<String>) -> Self {
        self.thumbnail_alt = Some(thumbnail_alt.into());
        self
    }

    /// The URL of the picture.
    #[must_use]
    pub fn with_thumbnail_url(mut self, thumbnail_url: impl Into<String>) -> Self {
        self.thumbnail_url = Some(thumbnail_url.into());
        self
    }

    /// Sets the preview text, which email programs show beside the subject. Default: nothing.
    #[must_use]
    pub fn with_preview_text(mut self, preview_text: impl Into<String>) -> Self {
        self.preview_text = preview_text.into();
        self
    }

    /// Sets the description of the broadcast, which people see at Kit. Default: empty.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Also publishes the broadcast on the web. Default: Kit only sends it by email.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.public = true;
        self
    }

    /// Sets the recipients of the broadcast. Default: all subscribers.
    #[must_use]
    pub fn to(mut self, recipients: Recipients) -> Self {
        self.subscriber_filter = recipients;
        self
    }
}

impl Endpoint for CreateBroadcast {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v4/broadcasts";
    const EFFECT: Effect = Effect::Creates;
    type Reply = Broadcast;

    fn check(&self) -> Result<(), Error> {
        self.subscriber_filter.check()?;
        // Kit wants these of what it is to send.
        if self.send_at.is_some() {
            for (field, text) in [("subject", &self.subject), ("content", &self.content)] {
                if text.trim().is_empty() {
                    return Err(Error::input(field, "is blank, and the broadcast is to be sent"));
                }
            }
        }
        Ok(())
    }

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Broadcast, ReadError> {
        reply.field("broadcast")
    }
}
