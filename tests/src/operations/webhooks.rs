use kit_core::Error;
use kit_core::webhooks::{CreateWebhook, DeleteWebhook, Event, ListWebhooks};

use super::arguments::Arguments;
use super::{Built, built};

pub(super) fn build(name: &str, a: &Arguments) -> Option<Built> {
    try_build(name, a).unwrap_or_else(|error| Some(Err(error)))
}

fn try_build(name: &str, a: &Arguments) -> Result<Option<Built>, Error> {
    Ok(match name {
        "GET /v4/webhooks" => built(a.paged(ListWebhooks::new())?),
        "POST /v4/webhooks" => {
            let event: Event = serde_json::from_value(a.object("event").body).expect("an event");
            built(CreateWebhook::new(a.text("target_url"), event)?)
        }
        "DELETE /v4/webhooks/{id}" => built(DeleteWebhook::new(a.id("id"))),
        _ => None,
    })
}
