use serde::{Deserialize, Serialize};

use super::{BroadcastStatus, RecipientGroup, Recipients};
use crate::wire::{Presence, Timestamp};
use crate::{BroadcastId, EmailTemplateId, PublicationId};

/// A broadcast.
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
    /// The preview text, which email programs show beside the subject.
    pub preview_text: Option<String>,
    /// The description that people see at Kit.
    pub description: Option<String>,
    /// The content, as HTML. Events do not have it.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub content: Presence<String>,
    /// Whether the broadcast is on the web, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public: Option<bool>,
    /// The time of publication that the web shows. Null for drafts.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub published_at: Presence<Timestamp>,
    /// When Kit sends the broadcast. Null for drafts.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub send_at: Presence<Timestamp>,
    /// The text for those who cannot see the picture. Events do not have it.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub thumbnail_alt: Presence<String>,
    /// The URL of the picture. Events do not have it.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub thumbnail_url: Presence<String>,
    /// The URL on the web. Events do not have it.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub public_url: Presence<String>,
    /// The address that the broadcast comes from. Events do not have it.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub email_address: Presence<String>,
    /// The template. Events do not have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_template: Option<EmailTemplateName>,
    /// The recipients of the broadcast: a list of one group, as far as is documented. Events do not have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscriber_filter: Option<Vec<RecipientsGiven>>,
    /// The status of the broadcast. Some replies lack this field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<BroadcastStatus>,
}

impl Broadcast {
    /// Who gets the broadcast, to be sent again with [`UpdateBroadcast`](super::UpdateBroadcast). `None` where the
    /// filter is missing, or is not as documented.
    pub fn recipients(&self) -> Option<Recipients> {
        let [given] = self.subscriber_filter.as_deref()? else { return None };
        let used = [&given.all, &given.any, &given.none]
            .map(|group| group.value().filter(|group| !group.is_empty()).map(Vec::as_slice));
        let groups =
            |of: &[RecipientsOf]| of.iter().map(RecipientsOf::group).collect::<Option<Vec<_>>>();
        match used {
            [Some([of]), None, None] if of.of == "all_subscribers" => Some(Recipients::Everyone),
            [Some(all), None, None] => groups(all).map(Recipients::InAll),
            [None, Some(any), None] => groups(any).map(Recipients::InAny),
            [None, None, Some(none)] => groups(none).map(Recipients::InNone),
            _ => None,
        }
    }
}

impl RecipientsOf {
    fn group(&self) -> Option<RecipientGroup> {
        let ids = self.ids.as_ref().filter(|ids| !ids.is_empty())?.iter().copied();
        match &*self.of {
            "segment" => Some(RecipientGroup::Segments(ids.map(Into::into).collect())),
            "tag" => Some(RecipientGroup::Tags(ids.map(Into::into).collect())),
            _ => None,
        }
    }
}

/// The template of a broadcast.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EmailTemplateName {
    /// The id.
    pub id: EmailTemplateId,
    /// The name.
    pub name: Option<String>,
}

/// The recipients of a broadcast, as replies have them. (Requests have [`Recipients`](super::Recipients).)
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RecipientsGiven {
    /// Subscribers who are in all of these segments and tags.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub all: Presence<Vec<RecipientsOf>>,
    /// Subscribers who are in at least one of these segments and tags.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub any: Presence<Vec<RecipientsOf>>,
    /// Subscribers who are in none of these segments and tags.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub none: Presence<Vec<RecipientsOf>>,
}

/// Segments or tags by which subscribers are chosen, as replies have them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RecipientsOf {
    /// `segment`, `tag`, or `all_subscribers`.
    #[serde(default, rename = "type")]
    pub of: String,
    /// The ids of the segments or tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ids: Option<Vec<u64>>,
}
