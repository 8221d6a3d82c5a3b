//! `GET /v4/webhooks`.

use crate::api::call::Call;
use crate::api::replies::{all, page};
use crate::rows::{Webhook, World};
use crate::server::Reply;

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let account = world.account();
    let to_json = |webhook: &Webhook| webhook.to_json(account);
    page(call, "webhooks", &world.tables.webhooks, all, to_json)
}
