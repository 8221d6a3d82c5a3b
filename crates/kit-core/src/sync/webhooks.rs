//! Webhooks kept in step: two are the same where URL and event are.

use std::convert::Infallible;

use super::Synced;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::webhooks::{CreateWebhook, DeleteWebhook, Event, ListWebhooks, Webhook};
use crate::wire::{ReadError, Reply, http_url};

/// Kit has no operation that changes a webhook.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct NoUpdate(Infallible);

impl Endpoint for NoUpdate {
    const METHOD: http::Method = http::Method::PATCH;
    const PATH: &'static str = "/v4/webhooks/{id}";
    const EFFECT: Effect = Effect::Repeatable;
    type Reply = Infallible;

    #[inline]
    fn reply(&self, _: Reply<'_>) -> Result<Infallible, ReadError> {
        match self.0 {}
    }
}

impl Synced for Webhook {
    type Create = CreateWebhook;
    type Update = NoUpdate;
    type Delete = DeleteWebhook;
    type List = ListWebhooks;

    const HAS_SECRET: bool = false;

    fn list() -> ListWebhooks {
        ListWebhooks::new()
    }

    fn id(&self) -> u64 {
        self.id.get()
    }

    fn url(&self) -> &str {
        &self.target_url
    }

    fn description(&self) -> String {
        self.event.to_string()
    }

    fn key(&self) -> String {
        key(&self.target_url, &self.event)
    }

    fn wanted_key(wanted: &CreateWebhook) -> String {
        key(wanted.target_url(), wanted.event())
    }

    fn wanted_description(wanted: &CreateWebhook) -> (String, &str) {
        (wanted.event().to_string(), wanted.target_url())
    }

    fn of_reply(reply: &Self) -> &Self {
        reply
    }

    fn is_known(&self) -> bool {
        !matches!(&self.event, Event::Other(other) if other.name().is_empty())
    }

    fn update(&self, _: &CreateWebhook) -> Option<NoUpdate> {
        None
    }

    fn delete(&self) -> DeleteWebhook {
        DeleteWebhook::new(self.id)
    }

    fn is_same(_: &CreateWebhook, _: &CreateWebhook) -> bool {
        true
    }
}

fn key(url: &str, event: &Event) -> String {
    let event = match event {
        // A request has the full name, and the reply the short one.
        Event::Other(other) => {
            let name = other.name();
            let short = name.split_once('.').map_or(name, |(_, short)| short);
            format!("{short} {:?}", other.parameters())
        }
        event => event.to_string(),
    };
    format!("{} {event}", http_url::canonical(url))
}
