use kit_core::Error;
use kit_core::webhook_endpoints::{
    CreateWebhookEndpoint, DeleteWebhookEndpoint, GetWebhookDelivery, GetWebhookEndpoint,
    ListWebhookDeliveries, ListWebhookEndpoints, RevokePreviousSecret, RotateSecret,
    UpdateWebhookEndpoint,
};

use super::arguments::{Arguments, either, with, with_checked};
use super::{Built, built};

pub(super) fn build(name: &str, a: &Arguments) -> Option<Built> {
    try_build(name, a).unwrap_or_else(|error| Some(Err(error)))
}

fn try_build(name: &str, a: &Arguments) -> Result<Option<Built>, Error> {
    let status = a.optional_text("status");
    let events =
        a.texts("events").map(|types| types.into_iter().map(Into::into).collect::<Vec<_>>());
    Ok(match name {
        "GET /v4/webhook_endpoints" => {
            let status = status.map(Into::into);
            built(a.paged(with(
                ListWebhookEndpoints::new(),
                status,
                ListWebhookEndpoints::with_status,
            ))?)
        }
        "POST /v4/webhook_endpoints" => {
            let create = CreateWebhookEndpoint::new(a.text("url"), events.expect("events"))?;
            let create = with(create, a.optional_text("name"), CreateWebhookEndpoint::with_name);
            let description = a.optional_text("description");
            built(with(create, description, CreateWebhookEndpoint::with_description))
        }
        "GET /v4/webhook_endpoints/{id}" => built(GetWebhookEndpoint::new(a.id("id"))),
        "DELETE /v4/webhook_endpoints/{id}" => built(DeleteWebhookEndpoint::new(a.id("id"))),
        "PATCH /v4/webhook_endpoints/{id}" => {
            let update = UpdateWebhookEndpoint::new(a.id("id"));
            let update = with(update, a.optional_text("name"), UpdateWebhookEndpoint::with_name);
            let update =
                with_checked(update, a.optional_text("url"), UpdateWebhookEndpoint::with_url)?;
            let description = a.optional_text("description");
            let update = with(update, description, UpdateWebhookEndpoint::with_description);
            let update = with(update, status.map(Into::into), UpdateWebhookEndpoint::with_status);
            built(with_checked(update, events, UpdateWebhookEndpoint::with_events)?)
        }
        "GET /v4/webhook_endpoints/{id}/deliveries" => {
            let list = ListWebhookDeliveries::new(a.id("id"));
            let of_type = a.optional_text("event_type").map(Into::into);
            built(a.paged(with(list, of_type, ListWebhookDeliveries::with_event_type))?)
        }
        "GET /v4/webhook_endpoints/{id}/deliveries/{delivery_id}" => {
            let get = GetWebhookDelivery::new(a.id("id"), a.id("delivery_id"));
            let payload = a.flag("include_payload");
            built(either(get, payload, (GetWebhookDelivery::with_payload, |get| get)))
        }
        "POST /v4/webhook_endpoints/{id}/revoke_previous_secret" => {
            built(RevokePreviousSecret::new(a.id("id")))
        }
        "POST /v4/webhook_endpoints/{id}/rotate_secret" => {
            let rotate = RotateSecret::new(a.id("id"));
            built(either(rotate, a.flag("force"), (RotateSecret::force, |rotate| rotate)))
        }
        _ => None,
    })
}
