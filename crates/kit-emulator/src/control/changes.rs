//! `GET /_kit/changes`: what there is in short, at once or as soon as something has changed.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};

use super::query::number;
use super::{Controlled, accounts, clock};
use crate::rows;
use crate::server::{Reply, Request};

/// How long a request waits for a change, at most, in seconds.
const MOST: u64 = 60;

/// With `since`, the `revision` of another answer, and `wait`, it waits so many seconds for a change.
pub(super) async fn wait(kit: &dyn Controlled, request: &Request) -> Reply {
    let asked = number(request, "since").and_then(|since| Ok((since, number(request, "wait")?)));
    let (since, wait) = match asked {
        Ok(asked) => asked,
        Err(message) => return Reply::unprocessable(message),
    };
    if let Some(since) = since {
        kit.wait_for_change(since, Duration::from_secs(wait.unwrap_or(0).min(MOST))).await;
    }
    // Before it is looked at: what changes meanwhile is a reason to ask again.
    let revision = kit.revision();
    match summary(kit, request, revision) {
        Ok(summary) => Reply::json(StatusCode::OK, summary),
        Err(message) => Reply::unprocessable(message),
    }
}

fn summary(kit: &dyn Controlled, request: &Request, revision: u64) -> Result<Value, String> {
    let faults = kit.faults().len() + kit.delivery_faults().len();
    let (requests, can_undo) = (kit.recorder().len(), kit.before_reset().is_some());
    let (clock, state_revision) = (clock::of(kit), kit.state_revision());
    let world = accounts::world(kit, request)?;
    Ok(json!({
        "instance": kit.instance(),
        "revision": revision,
        "account": world.account(),
        "accounts": world.accounts.ids(),
        "clock": clock,
        "requests": requests,
        "deliveries": world.tables.outbox.len(),
        "pending_deliveries": world.tables.outbox.len() - world.tables.outbox.completed(),
        "faults": faults,
        "can_undo_reset": can_undo,
        "state": rows::counts(&world),
        "state_revision": state_revision,
    }))
}
