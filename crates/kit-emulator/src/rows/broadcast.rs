use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::email_template::default_id;
use crate::rows::World;
use crate::world::Row;

/// How long the sending of a broadcast takes, in seconds.
pub(crate) const SENDING_TAKES: i64 = 1;

/// A broadcast.
#[expect(clippy::struct_excessive_bools, reason = "each is a thing of its own")]
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Broadcast {
    pub(crate) id: u64,
    pub(crate) created_at: String,
    pub(crate) subject: Option<String>,
    pub(crate) preview_text: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) content: Option<String>,
    pub(crate) public: bool,
    pub(crate) published_at: Option<String>,
    pub(crate) send_at: Option<String>,
    /// Whether it is sent at that time: a draft may have one.
    pub(crate) is_scheduled: bool,
    pub(crate) thumbnail_alt: Option<String>,
    pub(crate) thumbnail_url: Option<String>,
    pub(crate) email_address: String,
    pub(crate) email_template_id: u64,
    /// As replies have it.
    pub(crate) subscriber_filter: Value,
    /// Whether it was sent to its end.
    #[serde(default)]
    pub(crate) is_sent: bool,
    /// Whether what was sent has links.
    #[serde(default)]
    pub(crate) has_links: bool,
    /// The ids of the subscribers who got the broadcast, in order.
    #[serde(default)]
    pub(crate) recipients: Vec<u64>,
}

/// The filter of a broadcast that everybody gets, as replies have it. In a request it is refused.
pub(crate) fn everybody() -> Value {
    json!([{"all": [{"type": "all_subscribers"}]}])
}

impl Row for Broadcast {
    fn id(&self) -> u64 {
        self.id
    }
}

impl Broadcast {
    /// A draft without anything in it, for everybody.
    pub(crate) fn new(created_at: String, world: &World) -> Self {
        Self {
            id: 0,
            created_at,
            subject: None,
            preview_text: None,
            description: None,
            content: None,
            public: false,
            published_at: None,
            send_at: None,
            is_scheduled: false,
            thumbnail_alt: None,
            thumbnail_url: None,
            email_address: world.tables.account.primary_email_address.clone(),
            email_template_id: default_id(world).unwrap_or_default(),
            subscriber_filter: everybody(),
            is_sent: false,
            has_links: false,
            recipients: Vec::new(),
        }
    }

    pub(crate) fn status(&self, now: &str) -> &'static str {
        match &self.send_at {
            _ if self.is_sent => "completed",
            Some(send_at) if self.is_scheduled && send_at.as_str() <= now => "sending",
            Some(_) if self.is_scheduled => "scheduled",
            _ => "draft",
        }
    }

    /// When it was sent.
    pub(crate) fn sent_at(&self) -> String {
        self.send_at.clone().unwrap_or_else(|| self.created_at.clone())
    }

    /// Its content.
    pub(crate) fn html(&self) -> String {
        self.content.clone().unwrap_or_default()
    }

    /// The links of its content, each once.
    pub(crate) fn links(&self) -> Vec<String> {
        let content = self.content.as_deref().unwrap_or_default();
        let links = content.split("href=\"").skip(1);
        let links = links.map(|part| part.split('"').next().unwrap_or_default());
        let mut known = HashSet::new();
        links
            .filter(|link| link.starts_with("http") && known.insert(*link))
            .map(str::to_owned)
            .collect()
    }

    /// As events have it: without its content.
    pub(crate) fn to_event(&self, now: &str) -> Value {
        json!({
            "id": self.id,
            "publication_id": self.id,
            "created_at": self.created_at,
            "subject": self.subject,
            "preview_text": self.preview_text,
            "description": self.description,
            "public": self.public,
            "published_at": self.published_at,
            "send_at": self.send_at,
            "status": self.status(now),
        })
    }

    pub(crate) fn to_json(&self, now: &str, template: &str) -> Value {
        let mut json = self.to_event(now);
        let public_url = format!("https://example.ck.page/posts/post-{}", self.id);
        json["content"] = self.content.as_deref().into();
        json["thumbnail_alt"] = self.thumbnail_alt.as_deref().into();
        json["thumbnail_url"] = self.thumbnail_url.as_deref().into();
        json["public_url"] = self.public.then_some(public_url).into();
        json["email_address"] = self.email_address.as_str().into();
        json["email_template"] = json!({"id": self.email_template_id, "name": template});
        json["subscriber_filter"] = self.subscriber_filter.clone();
        json
    }
}
