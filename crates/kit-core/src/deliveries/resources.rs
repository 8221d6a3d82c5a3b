//! What events happen to. Fields that third parties alone have seen may be missing.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::wire::text_enum;
use crate::{
    BroadcastId, CustomFieldId, FormId, PostId, PublicationId, SequenceId, SubscriberId, TagId,
};

text_enum! {
    /// Whether a subscriber gets emails.
    pub enum SubscriberState {
        /// The subscriber gets emails:
        Active = "active",
        /// The subscriber has not confirmed yet:
        Inactive = "inactive",
        /// Emails to the subscriber came back:
        Bounced = "bounced",
        /// The subscriber has marked an email as spam:
        Complained = "complained",
        /// The subscriber has unsubscribed:
        Cancelled = "cancelled",
    } else Other
}

/// A subscriber, as events have it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Subscriber {
    /// The id.
    pub id: SubscriberId,
    /// The first name.
    pub first_name: Option<String>,
    /// The email address.
    pub email_address: String,
    /// Whether the subscriber gets emails.
    pub state: SubscriberState,
    /// When the subscriber was created.
    pub created_at: Timestamp,
    /// The custom fields by their keys. `None` where a field has no value.
    #[serde(default)]
    pub fields: BTreeMap<String, Option<String>>,
}

impl Subscriber {
    /// Makes an active subscriber without custom fields, for a test.
    pub fn new(
        id: impl Into<SubscriberId>,
        email_address: impl Into<String>,
        created_at: Timestamp,
    ) -> Self {
        Self {
            id: id.into(),
            first_name: None,
            email_address: email_address.into(),
            state: SubscriberState::Active,
            created_at,
            fields: BTreeMap::new(),
        }
    }
}

/// A tag, as events have it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tag {
    /// The id.
    pub id: TagId,
    /// The name.
    pub name: String,
    /// When the tag was created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
}

/// A form or a landing page, as events have it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Form {
    /// The id.
    pub id: FormId,
    /// The name.
    pub name: String,
    /// When the form was created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// `embed` for a form, `hosted` for a landing page.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub form_type: Option<String>,
    /// How the form is shown.
    pub format: Option<String>,
    /// Whether the form is archived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
    /// The id in the form's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
}

/// A sequence, as events have it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sequence {
    /// The id.
    pub id: SequenceId,
    /// The name.
    pub name: String,
    /// Whether subscribers stay after the last email.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold: Option<bool>,
    /// Whether a subscriber may go through the sequence again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<bool>,
    /// When the sequence was created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// When the sequence was changed last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
    /// The template of the emails.
    pub email_template_id: Option<u64>,
    /// Whether the sequence sends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
}

/// A custom field, as events have it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomField {
    /// The id.
    pub id: CustomFieldId,
    /// The name in the HTML of forms, such as `ck_field_8_last_name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The key, such as `last_name`.
    pub key: String,
    /// What people see, such as `Last name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The new value of the subscriber, where a value was updated. `None` where it was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// A broadcast, as events have it: without its content.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Broadcast {
    /// The id.
    pub id: BroadcastId,
    /// The publication, which the broadcast shares with its post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publication_id: Option<PublicationId>,
    /// When the broadcast was created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// The subject.
    pub subject: Option<String>,
    /// What email programs show beside the subject.
    pub preview_text: Option<String>,
    /// The description that people see at Kit.
    pub description: Option<String>,
    /// Whether the broadcast is on the web, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public: Option<bool>,
    /// The time that the web shows.
    pub published_at: Option<Timestamp>,
    /// When Kit sends the broadcast.
    pub send_at: Option<Timestamp>,
    /// How far the broadcast has come, such as `completed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// A post, as events have it: without its content.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Post {
    /// The id.
    pub id: PostId,
    /// The publication, which the post shares with its broadcast.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publication_id: Option<PublicationId>,
    /// The title.
    pub title: Option<String>,
    /// The last part of the post's address.
    pub slug: Option<String>,
    /// When the post was published.
    pub published_at: Option<Timestamp>,
    /// Whether the post is for those who pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_paid: Option<bool>,
    /// The address of the post.
    pub public_url: Option<String>,
}
