use http::Method;
use serde::Serialize;

use super::{Broadcast, Recipients};
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, Path, ReadError, Reply, Timestamp};
use crate::{BroadcastId, EmailTemplateId};

/// `PUT /v4/broadcasts/{id}`: replaces all of a broadcast that has not been sent.
///
/// Kit answers 200 with the broadcast, 403 if the account may not change broadcasts, 404 if the broadcast does not
/// exist, or 422 if the template does not exist or sending has begun. Fields that are not given are cleared. A
/// broadcast without a time to be sent becomes a draft with a null `send_at`: whether Kit accepts the null is not
/// documented.
///
/// # Examples
///
/// ```
/// use kit_core::broadcasts::{Broadcast, UpdateBroadcast};
///
/// /// Gives a broadcast another subject, and the same recipients.
/// fn rename(broadcast: &Broadcast, subject: &str) -> Option<UpdateBroadcast> {
///     let recipients = broadcast.recipients()?;
///     let template = broadcast.email_template.as_ref()?.id;
///     let (content, published_at) = (broadcast.content.value()?, broadcast.published_at?);
///     let update =
///         UpdateBroadcast::new(broadcast.id, template, subject, content, published_at, recipients);
///     Some(match broadcast.send_at {
///         Some(send_at) => update.scheduled_at(send_at),
///         None => update,
///     })
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct UpdateBroadcast {
    #[serde(skip)]
    id: BroadcastId,
    email_template_id: EmailTemplateId,
    subject: String,
    content: String,
    published_at: Timestamp,
    preview_text: String,
    description: String,
    public: bool,
    subscriber_filter: Recipients,
    send_at: Option<Timestamp>,
    email_address: Option<String>,
    thumbnail_alt: Option<String>,
    thumbnail_url: Option<String>,
}

impl UpdateBroadcast {
    /// Makes the broadcast a draft for these recipients.
    ///
    /// `content` is HTML, and `published_at` is the time of publication that readers on the web see. To keep the
    /// present recipients, use [`Broadcast::recipients`].
    pub fn new(
        id: BroadcastId,
        email_template_id: EmailTemplateId,
        subject: impl Into<String>,
        content: impl Into<String>,
        published_at: Timestamp,
        recipients: Recipients,
    ) -> Self {
        Self {
            id,
            email_template_id,
            subject: subject.into(),
            content: content.into(),
            published_at,
            preview_text: String::new(),
            description: String::new(),
            public: false,
            subscriber_filter: recipients,
            send_at: None,
            email_address: None,
            thumbnail_alt: None,
            thumbnail_url: None,
        }
    }

    /// Schedules the broadcast for this time, and publishes it on the web. Default: the broadcast is a draft.
    ///
    /// Unlike for a new broadcast, Kit requires both together.
    #[must_use]
    pub fn scheduled_at(mut self, send_at: Timestamp) -> Self {
        self.send_at = Some(send_at);
        self.public = true;
        self
    }

    /// What email programs show beside the subject. Default: nothing.
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

    /// The address that the broadcast comes from. Default: that of the account.
    #[must_use]
    pub fn with_email_address(mut self, email_address: impl Into<String>) -> Self {
        self.email_address = Some(email_address.into());
        self
    }

    /// The text for those who cannot see the picture. Default: none.
    #[must_use]
    pub fn with_thumbnail_alt(mut self, thumbnail_alt: impl Into<String>) -> Self {
        self.thumbnail_alt = Some(thumbnail_alt.into());
        self
    }

    /// The URL of the picture. Default: none.
    #[must_use]
    pub fn with_thumbnail_url(mut self, thumbnail_url: impl Into<String>) -> Self {
        self.thumbnail_url = Some(thumbnail_url.into());
        self
    }
}

impl Endpoint for UpdateBroadcast {
    const METHOD: Method = Method::PUT;
    const PATH: &'static str = "/v4/broadcasts/{id}";
    const EFFECT: Effect = Effect::Repeatable;
    type Reply = Broadcast;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.id])
    }

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        self.subscriber_filter.check()?;
        // Kit wants these of what it is to send.
        if self.send_at.is_some() {
            for (field, text) in [("subject", &self.subject), ("content", &self.content)] {
                if text.trim().is_empty() {
                    return Err(Error::input(field, "is blank, and the broadcast is to be sent"));
                }
            }
        }
        Body::json(self)
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Broadcast, ReadError> {
        reply.field("broadcast")
    }
}
