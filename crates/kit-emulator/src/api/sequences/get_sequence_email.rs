//! `GET /v4/sequences/{sequence_id}/emails/{id}`.

use super::emails::{email, with_stats};
use crate::api::call::Call;
use crate::api::replies::ok;
use crate::rows::World;
use crate::server::Reply;

pub(super) fn get(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let email = email(world, call)?;
    let has_stats = call.includes("stats", &["stats"])?;
    Ok(ok("email", with_stats(email.to_json(true), has_stats)))
}
