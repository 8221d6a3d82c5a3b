//! `GET /v4/account/colors`.

use crate::api::call::Call;
use crate::api::replies::ok;
use crate::rows::World;
use crate::server::Reply;

pub(super) fn colors(world: &mut World, _: &Call<'_>) -> Result<Reply, Reply> {
    Ok(ok("colors", world.tables.account.colors.as_slice().into()))
}
