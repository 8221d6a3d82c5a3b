//! `POST /_kit/clock`: moves the clock, or makes it run faster. `GET /_kit/clock`: what it shows.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};

use super::Controlled;
use super::json::{number, object};
use crate::server::{Reply, Request};
use crate::world::time;

/// Answers when all that is due until then has happened.
pub(super) async fn set(kit: &dyn Controlled, request: &Request) -> Reply {
    let (advance, speed) = match read(request) {
        Ok(read) => read,
        Err(message) => return Reply::unprocessable(message),
    };
    if let Some(speed) = speed {
        kit.world().clock.set_speed(speed);
        kit.changed();
    }
    if let Some(seconds) = advance {
        kit.advance(Duration::from_secs(seconds)).await;
    }
    get(kit)
}

pub(super) fn get(kit: &dyn Controlled) -> Reply {
    let seconds = kit.world().clock.unix_seconds();
    let body = json!({"now": time::text(seconds), "unix_seconds": seconds});
    Reply::json(StatusCode::OK, body)
}

fn read(request: &Request) -> Result<(Option<u64>, Option<u32>), String> {
    let json: Value = serde_json::from_slice(&request.body)
        .map_err(|error| format!("The body is not JSON: {error}"))?;
    let json = object(&json, &["advance_seconds", "speed"])?;
    let speed = number(json, "speed")?.map(u32::try_from).transpose();
    let speed = speed.map_err(|_| "`speed` is too large".to_owned())?;
    let advance = number(json, "advance_seconds")?;
    if advance.is_none() && speed.is_none() {
        return Err("`advance_seconds` or `speed` is wanted".into());
    }
    Ok((advance, speed))
}
