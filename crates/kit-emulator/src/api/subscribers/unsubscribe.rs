//! `POST /v4/subscribers/{id}/unsubscribe`.

use crate::api::call::Call;
use crate::api::replies::no_content;
use crate::events::{Happening, happen};
use crate::rows::World;
use crate::server::Reply;

pub(super) fn unsubscribe(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let id = call.first_id()?;
    let now = world.clock.time();
    let subscriber = world.tables.subscribers.get_mut(id).ok_or_else(Reply::not_found)?;
    if subscriber.state != "cancelled" {
        subscriber.state = "cancelled".into();
        subscriber.canceled_at = Some(now.clone());
        subscriber.updated_at = now;
        happen(world, &Happening::SubscriberUnsubscribed { subscriber: id });
    }
    Ok(no_content())
}
