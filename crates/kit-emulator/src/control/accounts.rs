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
    Reply::json(StatusCode::CREATED, of(&world, id))
}

fn of(world: &World, id: u64) -> Value {
    let keys = world.accounts.keys(id);
    json!({
        "id": id,
        "api_key": keys.map(|keys| &keys.api_key),
        "access_token": keys.map(|keys| &keys.access_token),
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
    let named = form_urlencoded::parse(request.query().as_bytes())
        .find_map(|(name, value)| (name == "account").then_some(value));
    if let Some(named) = named
        && !named.parse().is_ok_and(|id| world.view(id))
    {
        return Err(format!("account {named:?} is unknown"));
    }
    Ok(world)
}
