//! `POST /v4/webhook_endpoints`.

use http::StatusCode;
use serde_json::json;

use super::input::Input;
use super::secrets::new_secret;
use crate::api::call::Call;
use crate::rows::{WebhookEndpoint, World};
use crate::server::Reply;
use crate::world::Full;

pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let Input { name, url, description, events, .. } = Input::read(call)?;
    let url = url.ok_or_else(|| Reply::unprocessable("url can't be blank"))?;
    let missing = || Reply::unprocessable("events must include at least one event type");
    let events = events.ok_or_else(missing)?;
    let host = url.split('/').nth(2).unwrap_or_default().to_owned();
    let (now, created_at) = (world.clock.now(), world.clock.unix_seconds());
    let endpoint = world.tables.endpoints.insert(|id| WebhookEndpoint {
        id,
        name: name.unwrap_or(host),
        url,
        events,
        is_active: true,
        description,
        created_at,
        secret: new_secret(),
        previous: None,
        is_of_app: call.is_of_app(),
    });
    let full = |Full| Reply::unprocessable("This Kit holds no more webhook endpoints: delete some");
    let endpoint = endpoint.map_err(full)?.with_secret(now);
    Ok(Reply::json(StatusCode::CREATED, json!({"webhook_endpoint": endpoint})))
}
