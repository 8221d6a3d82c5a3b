//! Which emails a subscriber got, opened and clicked: made up, as [`is_opened`] says.

use serde_json::{Value, json};

use crate::rows::engagement::{is_clicked, is_opened, rate};
use crate::rows::{Broadcast, World};
use crate::world::time;

/// The statistics of a subscriber, over the broadcasts that were sent at such times.
pub(super) fn of(world: &World, id: u64, is_counted: impl Fn(&str) -> bool) -> Value {
    let sent: Vec<&Broadcast> =
        sent_to(world, id).filter(|broadcast| is_counted(&broadcast.sent_at())).collect();
    let mut sent = sent;
    sent.sort_by_cached_key(|broadcast| (broadcast.sent_at(), broadcast.id));
    let last = |is: &dyn Fn(&Broadcast) -> bool| {
        let of = sent.iter().filter(|broadcast| is(broadcast));
        of.map(|broadcast| broadcast.sent_at()).max()
    };
    let opened = |broadcast: &Broadcast| is_opened(broadcast.id, id);
    let clicked = |broadcast: &Broadcast| is_clicked(broadcast, id);
    let count =
        |is: &dyn Fn(&Broadcast) -> bool| sent.iter().filter(|broadcast| is(broadcast)).count();
    let since = |is: &dyn Fn(&Broadcast) -> bool| {
        sent.iter().rev().take_while(|broadcast| !is(broadcast)).count()
    };
    json!({
        "sent": sent.len(),
        "opened": count(&opened),
        "clicked": count(&clicked),
        "bounced": 0,
        "open_rate": rate(count(&opened), sent.len()),
        "click_rate": rate(count(&clicked), sent.len()),
        "last_sent": last(&|_| true),
        "last_opened": last(&opened),
        "last_clicked": last(&clicked),
        "sends_since_last_open": since(&opened),
        "sends_since_last_click": since(&clicked),
    })
}

pub(super) fn ninety_days_ago(world: &World) -> String {
    time::text(time::seconds(&world.clock.time()) - 90 * time::DAY)
}

/// The broadcasts that a subscriber got, oldest first.
fn sent_to(world: &World, id: u64) -> impl Iterator<Item = &Broadcast> {
    let all = world.tables.broadcasts.rows().oldest_first();
    all.filter(move |broadcast| broadcast.recipients.binary_search(&id).is_ok())
}
