//! `GET /v4/webhooks`.

use crate::api::call::Call;
use crate::api::replies::{all, page};
use crate::rows::{Webhook, World};
use crate::server::Reply;

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    page(call, "webhooks", &world.tables.webhooks, all, Webhook::to_json)
}
