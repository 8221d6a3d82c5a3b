#![expect(clippy::unnecessary_wraps, reason = "handlers are of one type")]

use http::StatusCode;
use serde_json::{Value, json};

use crate::api::call::Call;
use crate::api::replies::ok;
use crate::rows::{ACCOUNT_ID, Account, World};
use crate::server::{Input, Reply};

pub(super) fn get(world: &mut World, _: &Call<'_>) -> Result<Reply, Reply> {
    let Account {
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
            "id": ACCOUNT_ID,
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

pub(super) fn colors(world: &mut World, _: &Call<'_>) -> Result<Reply, Reply> {
    Ok(ok("colors", world.tables.account.colors.as_slice().into()))
}

pub(super) fn update_colors(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let missing = || Reply::unprocessable("colors must be provided");
    let colors = Input::read(call.request)?.texts("colors")?.ok_or_else(missing)?;
    let is_color = |color: &&String| {
        let digits = color.strip_prefix('#').unwrap_or_default();
        [3, 4, 6, 8].contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    if let Some(bad) = colors.iter().find(|color| !is_color(color)) {
        return Err(Reply::unprocessable(format!("Colors {bad} is not a valid hex color code.")));
    }
    if colors.len() > 10 {
        return Err(Reply::unprocessable("Colors must be at most 10"));
    }
    world.tables.account.colors.clone_from(&colors);
    Ok(ok("colors", colors.into()))
}

pub(super) fn profile(world: &mut World, _: &Call<'_>) -> Result<Reply, Reply> {
    let profile = world.tables.account.creator_profile.as_ref().ok_or_else(Reply::not_found)?;
    let profile: Value = json!({
        "name": profile.name,
        "byline": profile.byline,
        "bio": profile.bio,
        "image_url": profile.image_url,
        "profile_url": profile.profile_url,
    });
    Ok(ok("profile", profile))
}
