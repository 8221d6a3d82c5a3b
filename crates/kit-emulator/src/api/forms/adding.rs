use crate::api::call::Call;
use crate::api::replies::upserted;
use crate::changes::forms::add;
use crate::rows::World;
use crate::rows::subscriber::referrer_json;
use crate::server::Reply;

/// Kit's message.
pub(super) const NOBODY: &str =
    "Either subscriber id or email address is required to add subscriber to form";

pub(super) fn known(world: &World, call: &Call<'_>) -> Result<u64, Reply> {
    world.tables.forms.get(call.first_id()?).map(|form| form.id).ok_or_else(Reply::not_found)
}

pub(super) fn reply(
    world: &mut World,
    form: u64,
    subscriber: u64,
    referrer: Option<String>,
) -> Result<Reply, Reply> {
    let is_new = add(world, form, subscriber, referrer).ok_or_else(Reply::not_found)?;
    let subscriber = world.tables.subscribers.get(subscriber).ok_or_else(Reply::not_found)?;
    let mut json = subscriber.to_json(&world.tables.custom_fields);
    referrer_json(&mut json, subscriber.forms.get(&form));
    Ok(upserted("subscriber", json, is_new))
}
