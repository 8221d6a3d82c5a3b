//! `GET /v4/broadcasts`.

use super::filters::Filters;
use super::reply::json;
use crate::api::call::Call;
use crate::api::replies::page;
use crate::rows::{Broadcast, World};
use crate::server::Reply;

/// The fields that a slim list leaves out.
const COSTLY: [&str; 5] =
    ["content", "public_url", "email_address", "email_template", "subscriber_filter"];

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let world = &*world;
    let now = world.clock.time();
    let filters = Filters::read(call)?;
    let is_slim = call.is_set("slim");
    let rows = world.tables.broadcasts.rows();
    let is_asked_for = |broadcast: &Broadcast| filters.let_through(broadcast, &now);
    page(call, "broadcasts", rows, is_asked_for, |broadcast| {
        let mut json = json(world, broadcast, &now);
        if let (true, Some(json)) = (is_slim, json.as_object_mut()) {
            json.retain(|name, _| !COSTLY.contains(&name.as_str()));
        }
        json
    })
}
