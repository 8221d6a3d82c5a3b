use serde_json::{Value, json};

/// The account that the emulator holds: its webhooks, in the order of their ids.
#[derive(Debug, Default)]
pub(crate) struct Account {
    webhooks: Vec<Webhook>,
    last_id: u64,
}

/// A webhook as the emulator holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Webhook {
    /// Its id: greater than that of any webhook before it.
    pub id: u64,
    /// The URL that it calls.
    pub target_url: String,
    /// Its event as replies show it, with the short name.
    pub event: Value,
}

impl Account {
    /// The id of the documented example.
    const ID: u64 = 1539;

    pub(crate) fn webhooks(&self) -> &[Webhook] {
        &self.webhooks
    }

    pub(crate) fn create(&mut self, target_url: String, event: Value) -> Webhook {
        self.last_id += 1;
        let webhook = Webhook { id: self.last_id, target_url, event };
        self.webhooks.push(webhook.clone());
        webhook
    }

    /// Whether there was one.
    pub(crate) fn delete(&mut self, id: u64) -> bool {
        let before = self.webhooks.len();
        self.webhooks.retain(|webhook| webhook.id != id);
        self.webhooks.len() < before
    }
}

impl Webhook {
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "account_id": Account::ID,
            "event": self.event,
            "target_url": self.target_url,
        })
    }
}
