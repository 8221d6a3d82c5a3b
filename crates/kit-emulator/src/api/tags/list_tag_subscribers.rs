//! `GET /v4/tags/{tag_id}/subscribers`.

use super::tagging::{known, with_time};
use crate::api::call::Call;
use crate::api::replies::page;
use crate::api::subscribers::Filters;
use crate::rows::{Subscriber, World};
use crate::server::Reply;

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let world = &*world;
    let tag = known(world, call)?;
    let filters = Filters::read(call, "tagged")?;
    let is_tagged = |subscriber: &Subscriber| {
        let tagged_at = subscriber.tags.get(&tag);
        tagged_at.is_some_and(|at| filters.let_through(subscriber, at))
    };
    let rows = world.tables.subscribers.rows();
    page(call, "subscribers", rows, is_tagged, |subscriber| {
        with_time(filters.json(world, subscriber), subscriber, tag)
    })
}
