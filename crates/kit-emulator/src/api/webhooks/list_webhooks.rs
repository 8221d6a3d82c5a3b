//! `GET /v4/webhooks`.

use super::Webhook;
use crate::api::World;
use crate::api::call::Call;
use crate::api::input::{all, page};
use crate::server::Reply;

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    page(call, "webhooks", &world.tables.webhooks, all, Webhook::to_json)
}
