//! `GET /v4/legacy_landing_pages`.

use crate::api::call::Call;
use crate::api::replies::{all, page};
use crate::rows::{Form, World};
use crate::server::Reply;
use crate::world::Table;

/// In no document; a new account has none.
pub(super) fn legacy_landing_pages(_: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    call.choice("type", &["embed", "hosted"])?;
    page(call, "legacy_landing_pages", &Table::<Form>::default(), all, Form::to_json)
}
