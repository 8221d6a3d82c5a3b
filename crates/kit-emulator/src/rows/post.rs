use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::rows::Broadcast;
use crate::world::Row;

/// A post.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Post {
    pub(crate) id: u64,
    pub(crate) publication_id: u64,
    pub(crate) created_at: String,
    pub(crate) title: String,
    pub(crate) slug: String,
    pub(crate) published_at: String,
    pub(crate) sent_at: Option<String>,
    pub(crate) content: String,
}

impl Row for Post {
    fn id(&self) -> u64 {
        self.id
    }
}

impl Post {
    /// The post of a public broadcast, before it has an id.
    pub(crate) fn of_broadcast(broadcast: &Broadcast) -> Self {
        let event = broadcast.to_event("");
        let title = event["subject"].as_str().unwrap_or_default().to_owned();
        let published_at = event["published_at"].as_str().map(str::to_owned);
        Self {
            id: 0,
            publication_id: broadcast.id,
            created_at: broadcast.created_at.clone(),
            slug: format!("post-{}", broadcast.id),
            title,
            published_at: published_at.unwrap_or_else(|| broadcast.sent_at()),
            sent_at: Some(broadcast.sent_at()),
            content: broadcast.html(),
        }
    }

    fn url(&self) -> String {
        format!("https://example.ck.page/posts/{}", self.slug)
    }

    /// As events have it: without its content.
    pub(crate) fn to_event(&self) -> Value {
        json!({
            "id": self.id,
            "publication_id": self.publication_id,
            "title": self.title,
            "slug": self.slug,
            "published_at": self.published_at,
            "is_paid": false,
            "public_url": self.url(),
        })
    }

    pub(crate) fn to_json(&self, has_content: bool) -> Value {
        let mut json = self.to_event();
        json["created_at"] = self.created_at.as_str().into();
        json["description"] = Value::Null;
        json["meta_description"] = Value::Null;
        json["status"] = "published".into();
        json["sent_at"] = self.sent_at.as_deref().into();
        json["thumbnail_alt"] = Value::Null;
        json["thumbnail_url"] = Value::Null;
        json["product_id"] = Value::Null;
        if has_content {
            json["content"] = self.content.as_str().into();
        }
        json
    }
}
