//! Sending, by the clock.

use serde_json::Value;

use super::broadcast::SENDING_TAKES;
use crate::api::happenings::{Happening, happen};
use crate::api::posts::Post;
use crate::api::{World, time};

/// When the next broadcast has been sent, in seconds since 1970.
pub(in crate::api) fn next_due(world: &World) -> Option<i64> {
    let open = world.tables.broadcasts.oldest_first().filter(|b| b.is_scheduled && !b.is_sent);
    open.filter_map(|b| b.send_at.as_deref()).map(|at| time::seconds(at) + SENDING_TAKES).min()
}

/// Sends what is due at a time, in seconds since 1970.
pub(in crate::api) fn send_due(world: &mut World, now: i64) {
    let open = world.tables.broadcasts.oldest_first().filter(|b| b.is_scheduled && !b.is_sent);
    let is_due = |at: &str| time::seconds(at) + SENDING_TAKES <= now;
    let due: Vec<u64> =
        open.filter(|b| b.send_at.as_deref().is_some_and(is_due)).map(|b| b.id).collect();
    for id in due {
        send(world, id);
    }
}

fn send(world: &mut World, id: u64) {
    let Some(broadcast) = world.tables.broadcasts.get(id) else { return };
    let filter = broadcast.subscriber_filter.clone();
    let subscribers = world.tables.subscribers.rows().oldest_first();
    let recipients = subscribers.filter(|subscriber| {
        // A segment has no rule here: everybody is in it.
        let is_tag = |of: &Value| of["type"] == "tag";
        let tags = |of: &Value| -> Vec<u64> {
            of["ids"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect()
        };
        let has_all = |of: &Value| {
            !is_tag(of) || tags(of).iter().all(|tag| subscriber.tags.contains_key(tag))
        };
        let has = |of: &Value| {
            !is_tag(of) || tags(of).iter().any(|tag| subscriber.tags.contains_key(tag))
        };
        let group = filter.get(0).cloned().unwrap_or_default();
        let list = |name: &str| group[name].as_array().cloned().filter(|list| !list.is_empty());
        subscriber.state == "active"
            && list("all").is_none_or(|list| list.iter().all(has_all))
            && list("any").is_none_or(|list| list.iter().any(has))
            && list("none").is_none_or(|list| !list.iter().any(has))
    });
    let recipients: Vec<u64> = recipients.map(|subscriber| subscriber.id).collect();
    let Some(broadcast) = world.tables.broadcasts.get_mut(id) else { return };
    broadcast.recipients = recipients;
    broadcast.has_links = !broadcast.links().is_empty();
    broadcast.is_sent = true;
    let post = broadcast.public.then(|| Post::of_broadcast(broadcast));
    happen(world, &Happening::BroadcastSent { broadcast: id });
    if let Some(post) = post
        && let Ok(post) = world.tables.posts.insert(|id| Post { id, ..post })
    {
        let post = post.id;
        happen(world, &Happening::PostPublished { post });
    }
}
