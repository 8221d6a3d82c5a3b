//! `DELETE /v4/tags/{tag_id}/subscribers`.

use super::tagging::{NOBODY_TO_UNTAG, known};
use crate::api::call::Call;
use crate::api::replies::no_content;
use crate::changes::subscribers::named;
use crate::changes::tags::untag;
use crate::rows::World;
use crate::server::{Input, Reply};

/// The live service reads the address from the body. In the query, it is no address at all.
pub(super) fn untag_by_email(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let tag = known(world, call)?;
    let subscriber = named(world, &Input::read_optional(call.request)?, NOBODY_TO_UNTAG)?;
    untag(world, tag, subscriber);
    Ok(no_content())
}
