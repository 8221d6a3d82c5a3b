//! `GET /v4/sequences`.

use super::reply::Counts;
use super::stats::sequence_stats;
use crate::api::call::Call;
use crate::api::replies::{all, page};
use crate::rows::World;
use crate::server::Reply;

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let has_stats = call.includes("stats", &["stats"])?;
    let counts = Counts::of(world);
    page(call, "sequences", &world.tables.sequences, all, |sequence| {
        let mut json = counts.json(sequence);
        if has_stats {
            json["stats"] = sequence_stats();
        }
        json
    })
}
