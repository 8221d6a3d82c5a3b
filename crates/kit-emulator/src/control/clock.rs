//! `POST /_kit/clock`: moves the clock, or makes it run faster. `GET /_kit/clock`: what it shows, and what is due next.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};

use super::Controlled;
use super::json::{flag, number, object};
use crate::server::{Reply, Request};
use crate::world::time;

/// Answers when all that is due until then has happened.
pub(super) async fn set(kit: &dyn Controlled, request: &Request) -> Reply {
    let Move { advance, speed, to_next_timer } = match read(request) {
        Ok(read) => read,
        Err(message) => return Reply::unprocessable(message),
    };
    let due = kit.next_timer().filter(|_| to_next_timer);
    if to_next_timer && due.is_none() {
        return Reply::unprocessable("nothing is due later: there is no next timer");
    }
    if let Some(speed) = speed {
        kit.world().clock.set_speed(speed);
        kit.changed();
    }
    if let Some(seconds) = advance {
        kit.advance(Duration::from_secs(seconds)).await;
    }
    if let Some(due) = due {
        let now = kit.world().clock.now();
        kit.advance(due.saturating_sub(now)).await;
    }
    get(kit)
}

pub(super) fn get(kit: &dyn Controlled) -> Reply {
    Reply::json(StatusCode::OK, of(kit))
}

/// The time that the clock shows, and that of the next timer.
pub(super) fn of(kit: &dyn Controlled) -> Value {
    let next = kit.next_timer();
    let world = kit.world();
    let (clock, now) = (&world.clock, world.clock.now());
    let seconds = clock.unix_seconds();
    json!({
        "now": time::text(seconds),
        "unix_seconds": seconds,
        "speed": clock.speed(),
        "next_timer_at": next.map(|due| time::text(clock.unix_seconds_at(due))),
        "next_timer_in_seconds": next.map(|due| due.saturating_sub(now).as_secs_f64()),
    })
}

/// The most seconds that it is moved by at once: it cannot be moved back.
const MOST: u64 = 10 * 366 * 24 * 60 * 60;

/// How the clock is to be moved.
struct Move {
    advance: Option<u64>,
    speed: Option<u32>,
    to_next_timer: bool,
}

fn read(request: &Request) -> Result<Move, String> {
    let json: Value = serde_json::from_slice(&request.body)
        .map_err(|error| format!("The body is not JSON: {error}"))?;
    let json = object(&json, &["advance_seconds", "speed", "to_next_timer"])?;
    let speed = number(json, "speed")?.map(u32::try_from).transpose();
    let speed = speed.map_err(|_| "`speed` is too large".to_owned())?;
    let advance = number(json, "advance_seconds")?;
    if advance.is_some_and(|seconds| seconds > MOST) {
        return Err(format!("`advance_seconds` is more than {MOST}: ten years"));
    }
    let to_next_timer = flag(json, "to_next_timer")?;
    match (advance, speed, to_next_timer) {
        (None, None, false) => {
            Err("`advance_seconds`, `speed` or `to_next_timer` is wanted".into())
        }
        (Some(_), _, true) => {
            Err("`advance_seconds` and `to_next_timer` do not go together".into())
        }
        _ => Ok(Move { advance, speed, to_next_timer }),
    }
}
