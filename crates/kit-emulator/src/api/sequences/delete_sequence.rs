//! `DELETE /v4/sequences/{id}`.

use crate::api::call::Call;
use crate::api::replies::no_content;
use crate::events::{self};
use crate::rows::World;
use crate::server::Reply;

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let sequence = world.tables.sequences.remove(call.id()?).ok_or_else(Reply::not_found)?;
    for subscriber in world.tables.subscribers.all_mut() {
        subscriber.sequences.remove(&sequence.id);
    }
    let emails = world.tables.sequence_emails.oldest_first();
    let of_it: Vec<u64> =
        emails.filter(|email| email.sequence_id == sequence.id).map(|email| email.id).collect();
    for email in of_it {
        world.tables.sequence_emails.remove(email);
    }
    events::deleted(world, "sequence", &sequence.to_event());
    Ok(no_content())
}
