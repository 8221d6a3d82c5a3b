//! Sending, by the clock.

use std::collections::{BTreeSet, HashSet};

use serde_json::Value;

use crate::events::{Happening, happen};
use crate::rows::{Post, Subscriber, Tables, World};
use crate::world::ids;

/// When the next broadcast has been sent, in seconds since 1970.
pub(crate) fn next_due(tables: &Tables) -> Option<i64> {
    tables.broadcasts.next_due().map(|(due, _)| due)
}

/// Sends what is due at a time, in seconds since 1970.
pub(crate) fn send_due(world: &mut World, now: i64) {
    while let Some((_, id)) = world.tables.broadcasts.next_due().filter(|(due, _)| *due <= now) {
        send(world, id);
    }
}

fn send(world: &mut World, id: u64) {
    let Some(broadcast) = world.tables.broadcasts.get(id) else { return };
    let audience = Audience::of(&broadcast.subscriber_filter);
    let subscribers = world.tables.subscribers.rows().oldest_first();
    let recipients = subscribers.filter(|s| s.state == "active" && audience.contains(s));
    let recipients: Vec<u64> = recipients.map(|subscriber| subscriber.id).collect();
    world.tables.broadcasts.change(id, |broadcast| {
        broadcast.recipients = recipients;
        broadcast.has_links = !broadcast.links().is_empty();
        broadcast.is_sent = true;
    });
    let Some(broadcast) = world.tables.broadcasts.get(id) else { return };
    let post = broadcast.public.then(|| Post::of_broadcast(broadcast));
    happen(world, &Happening::BroadcastSent { broadcast: id });
    if let Some(post) = post
        && let Ok(post) = world.tables.posts.insert(|id| Post { id, ..post })
    {
        let post = post.id;
        happen(world, &Happening::PostPublished { post });
    }
}

/// The recipients of a broadcast, by its filter.
#[derive(Default)]
struct Audience {
    /// Whether nobody gets it.
    is_nobody: bool,
    /// Each of these tags is needed.
    all: BTreeSet<u64>,
    any: Option<HashSet<u64>>,
    none: HashSet<u64>,
}

impl Audience {
    /// A segment has no rule here: everybody is in it.
    fn of(filter: &Value) -> Self {
        let group = filter.get(0).cloned().unwrap_or_default();
        let list = |name: &str| group[name].as_array().cloned().unwrap_or_default();
        let tags = |of: &Value| (of["type"] == "tag").then(|| ids(&of["ids"]));
        let mut audience = Self::default();
        for of in list("all") {
            audience.all.extend(tags(&of).into_iter().flatten());
        }
        let any: Option<Vec<Vec<u64>>> = list("any").iter().map(tags).collect();
        audience.any =
            any.filter(|any| !any.is_empty()).map(|any| any.concat().into_iter().collect());
        // Everybody is in each segment, so that nobody is in none.
        audience.none = list("none").iter().filter_map(tags).flatten().collect();
        audience.is_nobody = list("none").iter().any(|of| tags(of).is_none());
        audience
    }

    fn contains(&self, subscriber: &Subscriber) -> bool {
        let has = |tags: &HashSet<u64>| subscriber.tags.keys().any(|tag| tags.contains(tag));
        !self.is_nobody
            && self.all.iter().all(|tag| subscriber.tags.contains_key(tag))
            && self.any.as_ref().is_none_or(has)
            && !has(&self.none)
    }
}
