use super::webhook_endpoints::WebhookEndpoint;
use super::webhooks::Webhook;
use crate::outbox::Outbox;
use crate::world::Table;

/// A table for each resource of the account, and what Kit posts.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(crate) webhooks: Table<Webhook>,
    pub(crate) endpoints: Table<WebhookEndpoint>,
    pub(crate) outbox: Outbox,
    /// How many events with made-up data there were.
    pub(crate) made_up: u64,
}
