use serde::{Deserialize, Serialize};

use super::PostStatus;
use crate::wire::{Presence, Timestamp};
use crate::{PostId, ProductId, PublicationId};

/// A post.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Post {
    /// The id.
    pub id: PostId,
    /// The publication, which the post shares with its broadcast.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publication_id: Option<PublicationId>,
    /// When the post was created. Events do not have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// The title.
    pub title: Option<String>,
    /// The last part of the URL. `None` for drafts.
    pub slug: Option<String>,
    /// The description.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub description: Presence<String>,
    /// The description for search engines.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub meta_description: Presence<String>,
    /// Whether the post is on the web. Events do not have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<PostStatus>,
    /// When the post was published. `None` for drafts.
    pub published_at: Option<Timestamp>,
    /// When the post was sent by email. Null for a post that is on the web alone.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub sent_at: Presence<Timestamp>,
    /// The text for those who cannot see the picture.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub thumbnail_alt: Presence<String>,
    /// The URL of the picture.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub thumbnail_url: Presence<String>,
    /// Whether the post is for those who pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_paid: Option<bool>,
    /// The product that the post is sold with. Null if there is none.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub product_id: Presence<ProductId>,
    /// The URL of the post. `None` for drafts.
    pub public_url: Option<String>,
    /// The content, as HTML. Lists have the content only if it was asked for.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub content: Presence<String>,
}
