//! `GET /v4/broadcasts/stats`.

use super::filters;
use super::stats::{is_too_old, since, with_stats};
use crate::api::call::Call;
use crate::api::replies::page;
use crate::rows::{Broadcast, World};
use crate::server::Reply;

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let now = world.clock.time();
    let (filters, since) = (filters::Filters::read(call)?, since(&now));
    let rows = world.tables.broadcasts.rows();
    let is_asked_for = |broadcast: &Broadcast| {
        filters.let_through(broadcast, &now) && !is_too_old(broadcast, &since)
    };
    page(call, "broadcasts", rows, is_asked_for, |broadcast| {
        let mut json = with_stats(broadcast, &now);
        json["subject"] = broadcast.subject.clone().unwrap_or_default().into();
        json["send_at"] = broadcast.send_at.as_deref().into();
        json
    })
}
