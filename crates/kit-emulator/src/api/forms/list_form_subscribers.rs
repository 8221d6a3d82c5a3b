//! `GET /v4/forms/{form_id}/subscribers`.

use super::adding::known;
use crate::api::call::Call;
use crate::api::replies::page;
use crate::api::subscribers::Filters;
use crate::rows::subscriber::referrer_json;
use crate::rows::{Subscriber, World};
use crate::server::Reply;

pub(super) fn subscribers(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let world = &*world;
    let form = known(world, call)?;
    let filters = Filters::read(call, "added")?;
    let is_of_form = |subscriber: &Subscriber| {
        let entry = subscriber.forms.get(&form);
        entry.is_some_and(|entry| filters.let_through(subscriber, &entry.added_at))
    };
    let rows = world.tables.subscribers.rows();
    page(call, "subscribers", rows, is_of_form, |subscriber| {
        let mut json = filters.json(world, subscriber);
        referrer_json(&mut json, subscriber.forms.get(&form));
        json
    })
}
