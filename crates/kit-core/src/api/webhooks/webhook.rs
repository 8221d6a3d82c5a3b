use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Event, OtherEvent, event_json};
use crate::wire::http_url;
use crate::{AccountId, WebhookId};

/// A webhook that exists at Kit.
///
/// Fields of the JSON that this version does not know are ignored.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Webhook {
    /// The id that Kit gave the webhook: [`DeleteWebhook`](super::DeleteWebhook) takes it.
    pub id: WebhookId,
    /// The account that the webhook belongs to.
    pub account_id: Option<AccountId>,
    /// The event that the webhook watches. If Kit answers null or no event, this is an [`Event::Other`] with an empty
    /// name.
    #[serde(default = "OtherEvent::nameless", deserialize_with = "event_json::or_nameless")]
    pub event: Event,
    /// The URL that Kit calls when the event happens.
    #[serde(default)]
    pub target_url: String,
}

impl Webhook {
    /// Makes a webhook for a test. (A webhook at Kit is created by [`CreateWebhook`](super::CreateWebhook).)
    pub fn new(
        id: impl Into<WebhookId>,
        account_id: impl Into<AccountId>,
        event: Event,
        target_url: impl Into<String>,
    ) -> Self {
        let (id, account_id) = (id.into(), Some(account_id.into()));
        Self { id, account_id, event, target_url: target_url.into() }
    }
}

/// Shows the host of a URL alone: the rest may be a secret.
impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("id", &self.id)
            .field("account_id", &self.account_id)
            .field("event", &self.event)
            .field("target_url", &http_url::Shown(&self.target_url))
            .finish()
    }
}
