//! `GET /v4/sequences/{sequence_id}/emails`.

use super::emails::{known, of_sequence, with_stats};
use crate::api::call::Call;
use crate::api::replies::listed;
use crate::rows::{SequenceEmail, World};
use crate::server::Reply;
use crate::world::Page;

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let sequence = known(world, call)?;
    let page = Page::read(call.request.parameters()).map_err(Reply::unprocessable)?;
    let nowhere = || Reply::unprocessable("the cursor is of no email of this sequence");
    let (emails, pagination) =
        page.of_sorted(of_sequence(world, sequence.id), |_| false).ok_or_else(nowhere)?;
    let has_content = call.is_set("include_content");
    let has_stats = call.includes("stats", &["stats"])?;
    let to_json = |email: &&SequenceEmail| with_stats(email.to_json(has_content), has_stats);
    Ok(listed("emails", emails.iter().map(to_json).collect(), pagination))
}
