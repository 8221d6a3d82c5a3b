//! `GET /v4/account`.

use http::StatusCode;
use serde_json::json;

use crate::api::call::Call;
use crate::rows::{Account, World};
use crate::server::Reply;

pub(super) fn get(world: &mut World, _: &Call<'_>) -> Result<Reply, Reply> {
    let Account {
        id,
        name,
        plan_type,
        primary_email_address: address,
        created_at,
        time_zone,
        utc_offset,
        ..
    } = &world.tables.account;
    let body = json!({
        "user": {"email": address, "id": 1},
        "account": {
            "id": id,
            "name": name,
            "plan_type": plan_type,
            "primary_email_address": address,
            "created_at": created_at,
            "timezone": {
                "name": time_zone,
                "friendly_name": time_zone.rsplit('/').next().unwrap_or_default().replace('_', " "),
                "utc_offset": utc_offset,
            },
            "sending_addresses": [{
                "email_address": address,
                "from_name": name,
                "status": "confirmed",
                "is_default": true,
                "is_verified": true,
                "is_dmarc_configured": false,
            }],
            "plan": {
                "plan_type": plan_type,
                "interval": "month",
                "subscriber_limit": 100_000,
                "on_trial": false,
                "trial_lapse_date": null,
                "renews_at": null,
                "cancels_at": null,
            },
        },
    });
    Ok(Reply::json(StatusCode::OK, body))
}
