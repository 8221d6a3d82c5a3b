//! `GET /v4/tags`.

use crate::api::call::Call;
use crate::api::replies::{all, page};
use crate::rows::World;
use crate::server::Reply;

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let tables = &world.tables;
    let counts = call
        .includes("subscriber_count", &["subscriber_count"])?
        .then(|| tables.subscribers.counts(|subscriber| subscriber.tags.keys()));
    page(call, "tags", tables.tags.rows(), all, |tag| {
        let mut json = tag.to_json();
        if let Some(counts) = &counts {
            json["subscriber_count"] = counts.get(&tag.id).copied().unwrap_or_default().into();
        }
        json
    })
}
