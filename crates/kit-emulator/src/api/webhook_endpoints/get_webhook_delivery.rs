//! `GET /v4/webhook_endpoints/{id}/deliveries/{delivery_id}`.

use http::StatusCode;
use serde_json::{Value, json};

use super::deliveries::{attempt, forget, record};
use crate::api::call::Call;
use crate::outbox::Target;
use crate::rows::World;
use crate::server::Reply;

pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let endpoint = call.first_id()?;
    world.tables.endpoints.get(call.first_id()?).ok_or_else(Reply::not_found)?;
    forget(world);
    let delivery = world.tables.outbox.get(call.id()?);
    let delivery = delivery.filter(|delivery| delivery.target == Target::Endpoint(endpoint));
    let delivery = delivery.ok_or_else(Reply::not_found)?;
    let mut json = record(delivery);
    if let Some(fields) = json.as_object_mut() {
        fields.insert("attempts".into(), delivery.attempts.iter().map(attempt).collect());
        if call.is_set("include_payload") {
            let payload: Value = serde_json::from_slice(&delivery.body()).unwrap_or_default();
            fields.insert("payload".into(), payload);
        }
    }
    Ok(Reply::json(StatusCode::OK, json!({"delivery": json})))
}
