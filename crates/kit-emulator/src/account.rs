use std::fmt;
use std::sync::{Arc, MutexGuard};

use crate::control::Controlled as _;
use crate::events::{self, Trigger};
use crate::local_kit::LocalKit;
use crate::outbox::Delivery;
use crate::rows::{Webhook, WebhookEndpoint, World};
use crate::world::{Grantee, IssuedTokens, Keys};

/// An account of a running emulator. The methods are those of [`Emulator`](crate::Emulator), for this account.
#[derive(Clone)]
pub struct Account {
    kit: Arc<LocalKit>,
    id: u64,
}

impl Account {
    pub(crate) fn new(kit: Arc<LocalKit>, id: u64) -> Self {
        Self { kit, id }
    }

    /// The id of the account.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The API key of the account.
    pub fn api_key(&self) -> String {
        self.keys().map(|keys| keys.api_key).unwrap_or_default()
    }

    /// An access token that never expires.
    pub fn access_token(&self) -> String {
        self.keys().map(|keys| keys.access_token).unwrap_or_default()
    }

    /// Issues first tokens with the scope `public`, as to the first app after it sent its secret, without an
    /// authorization.
    pub fn issue_tokens(&self) -> IssuedTokens {
        let mut world = self.world();
        let now = world.clock.now();
        let client_id = world.apps.first().map(|app| app.client_id.clone()).unwrap_or_default();
        let grantee = Grantee { client_id, account: self.id };
        world.grants.begin("public".into(), grantee, true, now)
    }

    /// Makes events happen: see [`Emulator::trigger`](crate::Emulator::trigger).
    ///
    /// # Errors
    ///
    /// The problem of the type or the count.
    pub fn trigger(
        &self,
        event_type: &str,
        count: u64,
        data: Option<serde_json::Value>,
    ) -> Result<Vec<String>, String> {
        let event_type = event_type.to_owned();
        let trigger = Trigger { event_type, count, data, subscriber: None };
        let ids = events::trigger(&mut self.world(), &trigger)?;
        self.kit.changed();
        Ok(ids)
    }

    /// The webhooks that exist now, oldest first.
    pub fn webhooks(&self) -> Vec<Webhook> {
        self.world().tables.webhooks.oldest_first().cloned().collect()
    }

    /// The webhook endpoints that exist now, oldest first.
    pub fn webhook_endpoints(&self) -> Vec<WebhookEndpoint> {
        self.world().tables.endpoints.oldest_first().cloned().collect()
    }

    /// The deliveries of the last 30 days and those to come, oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.world().tables.outbox.deliveries().cloned().collect()
    }

    /// The state, with this account in view.
    fn world(&self) -> MutexGuard<'_, World> {
        let mut world = self.kit.api.world();
        world.view(self.id);
        world
    }

    fn keys(&self) -> Option<Keys> {
        self.world().accounts.keys(self.id).cloned()
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("id", &self.id).finish_non_exhaustive()
    }
}
