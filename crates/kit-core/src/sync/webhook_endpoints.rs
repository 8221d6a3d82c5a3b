//! Webhook endpoints kept in step: two are the same where the URL is.

use super::Synced;
use crate::webhook_endpoints::{
    CreateWebhookEndpoint, DeleteWebhookEndpoint, EndpointStatus, EndpointWithSecret, EventType,
    ListWebhookEndpoints, UpdateWebhookEndpoint, WebhookEndpoint,
};
use crate::wire::http_url;

impl Synced for WebhookEndpoint {
    type Create = CreateWebhookEndpoint;
    type Update = UpdateWebhookEndpoint;
    type Delete = DeleteWebhookEndpoint;
    type List = ListWebhookEndpoints;

    const HAS_SECRET: bool = true;

    fn list() -> ListWebhookEndpoints {
        ListWebhookEndpoints::new()
    }

    fn id(&self) -> u64 {
        self.id.get()
    }

    fn url(&self) -> &str {
        &self.url
    }

    fn description(&self) -> String {
        names(&self.events).join(", ")
    }

    fn key(&self) -> String {
        http_url::canonical(&self.url)
    }

    fn wanted_key(wanted: &CreateWebhookEndpoint) -> String {
        http_url::canonical(wanted.url())
    }

    fn wanted_description(wanted: &CreateWebhookEndpoint) -> (String, &str) {
        (names(wanted.events()).join(", "), wanted.url())
    }

    fn of_reply(reply: &EndpointWithSecret) -> &Self {
        &reply.endpoint
    }

    /// The events, the name and the description, where they are wanted otherwise; and a disabled endpoint is made
    /// active.
    fn update(&self, wanted: &CreateWebhookEndpoint) -> Option<UpdateWebhookEndpoint> {
        let mut update = UpdateWebhookEndpoint::new(self.id);
        if names(&self.events) != names(wanted.events()) {
            update = update.clone().with_events(wanted.events().iter().cloned()).unwrap_or(update);
        }
        if let Some(name) = wanted.name().filter(|name| self.name.as_deref() != Some(name)) {
            update = update.with_name(name);
        }
        if let Some(description) = wanted.description()
            && self.description.as_deref() != Some(description)
        {
            update = update.with_description(description);
        }
        if self.status == EndpointStatus::Disabled {
            update = update.with_status(EndpointStatus::Active);
        }
        (!update.is_empty()).then_some(update)
    }

    fn delete(&self) -> DeleteWebhookEndpoint {
        DeleteWebhookEndpoint::new(self.id)
    }

    fn is_same(one: &CreateWebhookEndpoint, other: &CreateWebhookEndpoint) -> bool {
        names(one.events()) == names(other.events())
            && (one.name(), one.description()) == (other.name(), other.description())
    }
}

/// Kit lists the types in an order of its own.
fn names(events: &[EventType]) -> Vec<&str> {
    let mut names: Vec<_> = events.iter().map(EventType::as_str).collect();
    names.sort_unstable();
    names.dedup();
    names
}
