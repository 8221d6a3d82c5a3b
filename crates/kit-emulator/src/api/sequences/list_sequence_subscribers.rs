//! `GET /v4/sequences/{sequence_id}/subscribers`.

use super::members::{known, with_time};
use crate::api::call::Call;
use crate::api::replies::page;
use crate::api::subscribers::Filters;
use crate::rows::{Subscriber, World};
use crate::server::Reply;

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let world = &*world;
    let sequence = known(world, call)?;
    let filters = Filters::read(call, "added")?;
    let is_member = |subscriber: &Subscriber| {
        let added_at = subscriber.sequences.get(&sequence);
        added_at.is_some_and(|at| filters.let_through(subscriber, at))
    };
    let rows = world.tables.subscribers.rows();
    page(call, "subscribers", rows, is_member, |subscriber| {
        with_time(filters.json(world, subscriber), subscriber, sequence)
    })
}
