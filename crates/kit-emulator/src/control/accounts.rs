//! `GET` and `POST /_kit/accounts`: the accounts, with their credentials, and another one. `?account=ID` says of which account a
//! control request is.

use std::sync::MutexGuard;

use http::StatusCode;
use serde_json::{Value, json};

use super::Controlled;
use crate::rows::{self, World};
use crate::server::{Reply, Request};

pub(super) fn list(kit: &dyn Controlled) -> Reply {
    let world = kit.world();
    let accounts: Vec<_> = world.accounts.ids().into_iter().map(|id| of(&world, id)).collect();
    Reply::json(StatusCode::OK, json!({"accounts": accounts}))
}

pub(super) fn add(kit: &dyn Controlled) -> Reply {
    let mut world = kit.world();
    let id = rows::add_account(&mut world);
    let added = of(&world, id);
    drop(world);
    kit.changed();
    Reply::json(StatusCode::CREATED, added)
}

fn of(world: &World, id: u64) -> Value {
    let keys = world.accounts.keys(id);
    let app = world.apps.first();
    json!({
        "id": id,
        "api_key": keys.map(|keys| &keys.api_key),
        "access_token": keys.map(|keys| &keys.access_token),
        "client_id": app.map(|app| &app.client_id),
        "client_secret": app.map(|app| &app.client_secret),
    })
}

/// The state, with the account in view that the request names, or the first.
///
/// # Errors
///
/// That there is no such account.
pub(super) fn world<'a>(
    kit: &'a dyn Controlled,
    request: &Request,
) -> Result<MutexGuard<'a, World>, String> {
    let mut world = kit.world();
    if let Some(named) = request.parameter("account")
        && !named.parse().is_ok_and(|id| world.view(id))
    {
        return Err(format!("account {named:?} is unknown"));
    }
    Ok(world)
}
