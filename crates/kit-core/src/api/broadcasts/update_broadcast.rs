use http::Method;
use serde::Serialize;

use super::{Broadcast, BroadcastStatus, Recipients};
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, Change, Path, Presence, ReadError, Reply, Timestamp};
use crate::{BroadcastId, EmailTemplateId};

/// `PUT /v4/broadcasts/{id}`: changes a broadcast that has not been sent.
///
/// Kit answers 200 with the broadcast, 403 if the account may not change broadcasts, 404 if the broadcast does not
/// exist, or 422 if the template does not exist or sending has begun.
///
/// Kit's documentation and the live service differ in what happens to a field that is not sent. By the documentation
/// the request replaces the whole broadcast, and all fields are required; the live service keeps the field as it is,
/// and takes null for the times of a draft. So there are two ways to make this operation:
///
/// - [`of`](Self::of) a broadcast that was read: sends all fields, changed or not, and does the same by either reading;
/// - [`partial`](Self::partial): sends only what is changed, and relies on what the live service does.
///
/// # Examples
///
/// ```
/// use kit_core::broadcasts::{Broadcast, UpdateBroadcast};
///
/// /// Gives a broadcast another subject, and leaves everything else as it is.
/// fn rename(broadcast: &Broadcast, subject: &str) -> Result<UpdateBroadcast, kit_core::Error> {
///     Ok(UpdateBroadcast::of(broadcast)?.with_subject(subject))
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct UpdateBroadcast {
    #[serde(skip)]
    id: BroadcastId,
    #[serde(skip_serializing_if = "Change::is_keep")]
    email_template_id: Change<EmailTemplateId>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    subject: Change<String>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    content: Change<String>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    published_at: Change<Timestamp>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    preview_text: Change<String>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    description: Change<String>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    public: Change<bool>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    subscriber_filter: Change<Recipients>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    send_at: Change<Timestamp>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    email_address: Change<String>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    thumbnail_alt: Change<String>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    thumbnail_url: Change<String>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    allow_starting_point: Change<bool>,
}

impl UpdateBroadcast {
    /// Changes nothing yet: what is not set stays as it is, by what the live service does.
    ///
    /// By Kit's documentation, a field that is left out is missing, so that Kit might refuse the request, or clear the
    /// field. Where that would be bad, for a broadcast that is scheduled above all, use [`of`](Self::of).
    pub fn partial(id: BroadcastId) -> Self {
        Self {
            id,
            email_template_id: Change::Keep,
            subject: Change::Keep,
            content: Change::Keep,
            published_at: Change::Keep,
            preview_text: Change::Keep,
            description: Change::Keep,
            public: Change::Keep,
            subscriber_filter: Change::Keep,
            send_at: Change::Keep,
            email_address: Change::Keep,
            thumbnail_alt: Change::Keep,
            thumbnail_url: Change::Keep,
            allow_starting_point: Change::Keep,
        }
    }

    /// Sends all fields as they are in this broadcast, until they are set otherwise. A draft keeps its null times.
    ///
    /// Read the broadcast with [`GetBroadcast`](super::GetBroadcast) before: lists that are slim, and events, lack
    /// fields. Whatever somebody else changes between the two is undone.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for the field that the broadcast lacks, and for `subscriber_filter` if this version cannot send
    /// its recipients again. Without such a field the broadcast might be unscheduled, or sent to everybody. Also for
    /// `public` if the broadcast is scheduled and not on the web: by Kit's documentation, a request that says both
    /// makes a draft of it, so that only [`partial`](Self::partial) can change it.
    pub fn of(broadcast: &Broadcast) -> Result<Self, Error> {
        fn there<'a, T>(
            field: &'static str,
            value: &'a Presence<T>,
        ) -> Result<Option<&'a T>, Error> {
            if value.is_missing() { Err(missing(field)) } else { Ok(value.value()) }
        }
        fn text(value: Option<&String>) -> Change<String> {
            Change::Set(value.cloned().unwrap_or_default())
        }
        fn or_null<T: Clone>(value: Option<&T>) -> Change<T> {
            value.cloned().map_or(Change::Clear, Change::Set)
        }
        let send_at = there("send_at", &broadcast.send_at)?;
        if send_at.is_none() && broadcast.status == Some(BroadcastStatus::Scheduled) {
            return Err(Error::input("send_at", "is null, although the broadcast is scheduled"));
        }
        let public = broadcast.public.ok_or_else(|| missing("public"))?;
        if send_at.is_some() && !public {
            return Err(Error::input(
                "public",
                "is false, although the broadcast is scheduled: by Kit's documentation, sending it makes a draft of it. \
                 Change it by UpdateBroadcast::partial",
            ));
        }
        let template = broadcast.email_template.as_ref();
        let recipients = broadcast.recipients().ok_or_else(|| {
            Error::input("subscriber_filter", "is missing, or not as this version knows it")
        })?;
        Ok(Self {
            id: broadcast.id,
            email_template_id: template.map_or(Change::Keep, |template| Change::Set(template.id)),
            subject: text(broadcast.subject.as_ref()),
            content: text(there("content", &broadcast.content)?),
            published_at: or_null(there("published_at", &broadcast.published_at)?),
            preview_text: text(broadcast.preview_text.as_ref()),
            description: text(broadcast.description.as_ref()),
            public: Change::Set(public),
            subscriber_filter: Change::Set(recipients),
            send_at: or_null(send_at),
            email_address: or_null(there("email_address", &broadcast.email_address)?),
            thumbnail_alt: or_null(there("thumbnail_alt", &broadcast.thumbnail_alt)?),
            thumbnail_url: or_null(there("thumbnail_url", &broadcast.thumbnail_url)?),
            allow_starting_point: Change::Keep,
        })
    }

    /// Sets the subject.
    #[must_use]
    pub fn with_subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Change::Set(subject.into());
        self
    }

    /// Sets the content, as HTML.
    #[must_use]
    pub fn with_content(mut self, content: impl Into<String>) -> Self {
        self.content = Change::Set(content.into());
        self
    }

    /// Schedules the broadcast for this time, and publishes it on the web: Kit's documentation requires both together,
    /// unlike for a new broadcast.
    #[must_use]
    pub fn scheduled_at(mut self, send_at: Timestamp) -> Self {
        self.send_at = Change::Set(send_at);
        self.public = Change::Set(true);
        self
    }

    /// Makes the broadcast a draft that is not on the web.
    #[must_use]
    pub fn as_draft(mut self) -> Self {
        self.send_at = Change::Clear;
        self.public = Change::Set(false);
        self
    }

    /// Publishes the broadcast on the web, too.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.public = Change::Set(true);
        self
    }

    /// Takes the broadcast off the web. By Kit's documentation that makes a scheduled broadcast a draft.
    #[must_use]
    pub fn not_public(mut self) -> Self {
        self.public = Change::Set(false);
        self
    }

    /// Removes the time of publication.
    #[must_use]
    pub fn without_published_at(mut self) -> Self {
        self.published_at = Change::Clear;
        self
    }

    /// Sets the time of publication that readers on the web see.
    #[must_use]
    pub fn with_published_at(mut self, published_at: Timestamp) -> Self {
        self.published_at = Change::Set(published_at);
        self
    }

    /// Sets who gets the broadcast.
    #[must_use]
    pub fn to(mut self, recipients: Recipients) -> Self {
        self.subscriber_filter = Change::Set(recipients);
        self
    }

    /// Sets the email template.
    #[must_use]
    pub fn with_email_template_id(mut self, email_template_id: EmailTemplateId) -> Self {
        self.email_template_id = Change::Set(email_template_id);
        self
    }

    /// Allows a template of the category `Starting point` together with content. By one text of Kit's documentation
    /// such a template needs this; by two others Kit does not support it.
    #[must_use]
    pub fn allowing_starting_point(mut self) -> Self {
        self.allow_starting_point = Change::Set(true);
        self
    }

    /// Sets the text that email programs show beside the subject.
    #[must_use]
    pub fn with_preview_text(mut self, preview_text: impl Into<String>) -> Self {
        self.preview_text = Change::Set(preview_text.into());
        self
    }

    /// Sets the description of the broadcast, which people see at Kit.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = Change::Set(description.into());
        self
    }

    /// Sets the address that the broadcast comes from.
    #[must_use]
    pub fn with_email_address(mut self, email_address: impl Into<String>) -> Self {
        self.email_address = Change::Set(email_address.into());
        self
    }

    /// Sends the broadcast from the account's own address.
    #[must_use]
    pub fn without_email_address(mut self) -> Self {
        self.email_address = Change::Clear;
        self
    }

    /// Removes the picture and the text for those who cannot see it.
    #[must_use]
    pub fn without_thumbnail(mut self) -> Self {
        (self.thumbnail_url, self.thumbnail_alt) = (Change::Clear, Change::Clear);
        self
    }

    /// Sets the text for those who cannot see the picture.
    #[must_use]
    pub fn with_thumbnail_alt(mut self, thumbnail_alt: impl Into<String>) -> Self {
        self.thumbnail_alt = Change::Set(thumbnail_alt.into());
        self
    }

    /// Sets the URL of the picture.
    #[must_use]
    pub fn with_thumbnail_url(mut self, thumbnail_url: impl Into<String>) -> Self {
        self.thumbnail_url = Change::Set(thumbnail_url.into());
        self
    }
}

fn missing(field: &'static str) -> Error {
    Error::input(field, "is missing in the broadcast: read it with GetBroadcast")
}

impl Endpoint for UpdateBroadcast {
    const METHOD: Method = Method::PUT;
    const PATH: &'static str = "/v4/broadcasts/{id}";
    const EFFECT: Effect = Effect::Repeatable;
    type Reply = Broadcast;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.id])
    }

    fn check(&self) -> Result<(), Error> {
        if let Change::Set(recipients) = &self.subscriber_filter {
            recipients.check()?;
        }
        // Kit wants these of what it is to send.
        if matches!(self.send_at, Change::Set(_)) {
            for (field, text) in [("subject", &self.subject), ("content", &self.content)] {
                if matches!(text, Change::Set(text) if text.trim().is_empty()) {
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fixtures::{json as body_of, kit};

    fn draft() -> Value {
        json!({"id": 3, "publication_id": 4, "created_at": "2023-01-27T11:43:55Z", "subject": null,
            "preview_text": null, "description": null, "content": null, "public": false, "published_at": null,
            "send_at": null, "thumbnail_alt": null, "thumbnail_url": null, "public_url": null,
            "email_address": null, "email_template": {"id": 7, "name": "Text only"}, "status": "draft",
            "subscriber_filter": [{"all": [{"type": "all_subscribers"}]}]})
    }

    fn of(broadcast: Value) -> Result<UpdateBroadcast, Error> {
        UpdateBroadcast::of(&serde_json::from_value(broadcast).unwrap())
    }

    fn sent(update: &UpdateBroadcast) -> Value {
        body_of(&kit().request(update).unwrap())
    }

    #[test]
    fn a_draft_that_was_read_is_sent_as_it_is() {
        let all = json!({"email_template_id": 7, "subject": "", "content": "", "published_at": null,
            "preview_text": "", "description": "", "public": false, "subscriber_filter": [], "send_at": null,
            "email_address": null, "thumbnail_alt": null, "thumbnail_url": null});
        assert_eq!(sent(&of(draft()).unwrap()), all);
    }

    #[test]
    fn a_scheduled_broadcast_keeps_its_time_its_recipients_and_whether_it_is_public() {
        let mut scheduled = draft();
        let time = "2026-07-29T14:32:10Z";
        for (field, value) in [
            ("subject", json!("S")),
            ("content", json!("C")),
            ("send_at", json!(time)),
            ("status", json!("scheduled")),
            ("public", json!(true)),
            ("published_at", json!(time)),
            ("subscriber_filter", json!([{"any": [{"type": "tag", "ids": [44]}]}])),
        ] {
            scheduled[field] = value;
        }
        let update = of(scheduled.clone()).unwrap().with_preview_text("P");
        let body = sent(&update);
        assert_eq!((&body["send_at"], &body["public"]), (&json!(time), &json!(true)));
        assert_eq!(body["subscriber_filter"][0]["any"], json!([{"type": "tag", "ids": [44]}]));
        assert_eq!((&body["preview_text"], &body["subject"]), (&json!("P"), &json!("S")));
        let drafted = sent(&update.clone().as_draft());
        assert_eq!((&drafted["send_at"], &drafted["public"]), (&Value::Null, &json!(false)));
        let again = sent(&update.scheduled_at(time.parse().unwrap()));
        assert_eq!((&again["send_at"], &again["public"]), (&json!(time), &json!(true)));
        scheduled["public"] = json!(false);
        let error = of(scheduled).unwrap_err().to_string();
        assert!(error.starts_with("public: is false, although"), "{error}");
    }

    /// Each field whose absence could mail somebody, or unschedule the broadcast, is named.
    #[test]
    fn a_broadcast_that_lacks_a_field_is_not_sent_again() {
        let field_of = |broadcast: Value| match of(broadcast).unwrap_err() {
            Error::Input { field, .. } => field,
            error => panic!("{error}"),
        };
        for field in [
            "content",
            "published_at",
            "public",
            "subscriber_filter",
            "send_at",
            "email_address",
            "thumbnail_alt",
            "thumbnail_url",
        ] {
            let mut broadcast = draft();
            broadcast.as_object_mut().unwrap().remove(field);
            assert_eq!(field_of(broadcast), field);
        }
        let mut scheduled = draft();
        scheduled["status"] = json!("scheduled");
        assert_eq!(field_of(scheduled), "send_at");
        let mut unknown = draft();
        unknown["subscriber_filter"] = json!([{"all": [{"type": "planet", "ids": [1]}]}]);
        assert_eq!(field_of(unknown), "subscriber_filter");
    }

    #[test]
    fn a_partial_update_sends_what_is_set_alone() {
        assert_eq!(sent(&UpdateBroadcast::partial(3.into())), json!({}));
        let update = UpdateBroadcast::partial(3.into()).with_preview_text("P");
        assert_eq!(sent(&update), json!({"preview_text": "P"}));
        let update = update.allowing_starting_point();
        assert_eq!(sent(&update), json!({"preview_text": "P", "allow_starting_point": true}));
    }
}
