use serde_json::{Value, json};

use crate::api::call::{Call, Range};
use crate::api::replies::{created, full, no_content, ok, page};
use crate::events::{self, Happening, happen};
use crate::rows::broadcast::everybody;
use crate::rows::email_template::STARTING_POINT;
use crate::rows::{Broadcast, World};
use crate::server::{Input, Reply};
use crate::world::ids;

pub(super) const STATUSES: [&str; 5] = ["draft", "scheduled", "sending", "completed", "aborted"];

/// Kit's messages.
const NO_TEMPLATE: &str = "Email template not found";
const GROUPS: &str = "Only a single filter group is supported. Use one of `all`, `any`, or `none`.";
const FILTERS: &str = "Only `segment` or `tag` filters allowed";
const SENDING: &str = "Broadcast is already sending.";
const SENT: &str = "Broadcast has already been sent.";

/// The fields that a slim list leaves out.
const COSTLY: [&str; 5] =
    ["content", "public_url", "email_address", "email_template", "subscriber_filter"];

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let world = &*world;
    let now = world.clock.time();
    let filters = Filters::read(call)?;
    let is_slim = call.is_set("slim");
    let rows = world.tables.broadcasts.rows();
    let is_asked_for = |broadcast: &Broadcast| filters.let_through(broadcast, &now);
    page(call, "broadcasts", rows, is_asked_for, |broadcast| {
        let mut json = json(world, broadcast, &now);
        if let (true, Some(json)) = (is_slim, json.as_object_mut()) {
            json.retain(|name, _| !COSTLY.contains(&name.as_str()));
        }
        json
    })
}

/// The filters of both lists of broadcasts.
pub(super) struct Filters {
    status: Option<&'static str>,
    sent: Range,
}

impl Filters {
    pub(super) fn read(call: &Call<'_>) -> Result<Self, Reply> {
        call.check_dates(&["sent"])?;
        Ok(Self { status: call.choice("status", &STATUSES)?, sent: call.range("sent") })
    }

    /// Where there is a bound, only what was sent is asked for: no draft, and nothing that is scheduled.
    pub(super) fn let_through(&self, broadcast: &Broadcast, now: &str) -> bool {
        self.status.is_none_or(|status| broadcast.status(now) == status)
            && (!self.sent.is_bounded()
                || broadcast.is_sent && self.sent.contains(&broadcast.sent_at()))
    }
}

pub(super) fn json(world: &World, broadcast: &Broadcast, now: &str) -> Value {
    let template = world.tables.email_templates.get(broadcast.email_template_id);
    broadcast.to_json(now, template.map_or("", |template| template.name.as_str()))
}

pub(super) fn get(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let now = world.clock.time();
    let broadcast = world.tables.broadcasts.get(call.id()?).ok_or_else(Reply::not_found)?;
    Ok(ok("broadcast", json(world, broadcast, &now)))
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let new = Broadcast::new(world.clock.time(), world);
    let given = read(world, &Input::read(call.request)?, new)?;
    // Kit schedules what is created with a time.
    let is_scheduled = given.send_at.is_some();
    let broadcast = world.tables.broadcasts.insert(|id| Broadcast { id, is_scheduled, ..given });
    let id = broadcast.map_err(full)?;
    happen(world, &Happening::BroadcastCreated { broadcast: id });
    let now = world.clock.time();
    let broadcast = world.tables.broadcasts.get(id).ok_or_else(Reply::not_found)?;
    Ok(created("broadcast", json(world, broadcast, &now)))
}

/// Changes what is given: the rest stays.
pub(super) fn update(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let id = call.id()?;
    let before = not_sent(world, id)?.clone();
    let input = Input::read(call.request)?;
    let names_a_time = input.has("send_at") || input.has("public");
    let mut given = read(world, &input, before)?;
    if names_a_time {
        // What is changed is scheduled where it is public, too.
        given.is_scheduled = given.public && given.send_at.is_some();
    }
    let now = world.clock.time();
    world.tables.broadcasts.change(id, |broadcast| *broadcast = given);
    let broadcast = world.tables.broadcasts.get(id).ok_or_else(Reply::not_found)?;
    Ok(ok("broadcast", json(world, broadcast, &now)))
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let id = call.id()?;
    let now = world.clock.time();
    let was = not_sent(world, id)?.to_event(&now);
    world.tables.broadcasts.remove(id);
    events::deleted(world, "broadcast", was);
    Ok(no_content())
}

/// # Errors
///
/// 404, and 422 once it is being sent, or was.
fn not_sent(world: &World, id: u64) -> Result<&Broadcast, Reply> {
    let broadcast = world.tables.broadcasts.get(id).ok_or_else(Reply::not_found)?;
    match broadcast.status(&world.clock.time()) {
        "sending" => Err(Reply::unprocessable(SENDING)),
        "completed" => Err(Reply::unprocessable(SENT)),
        _ => Ok(broadcast),
    }
}

/// The broadcast with what is given, and otherwise as it was.
fn read(world: &World, input: &Input, before: Broadcast) -> Result<Broadcast, Reply> {
    let given = input.integer("email_template_id")?;
    let template = given.and_then(|id| world.tables.email_templates.get(id));
    let allows_starting_point = input.boolean("allow_starting_point")?.unwrap_or_default();
    let is_usable = template
        .is_some_and(|template| allows_starting_point || template.category != STARTING_POINT);
    if given.is_some() && !is_usable {
        return Err(Reply::unprocessable(NO_TEMPLATE));
    }
    let text = |name: &str, before: Option<String>| {
        if input.has(name) { input.text(name) } else { Ok(before) }
    };
    let time = |name: &str, before: Option<String>| {
        if input.has(name) { input.time(name) } else { Ok(before) }
    };
    let email_address = text("email_address", Some(before.email_address))?;
    let sending_address = || world.tables.account.primary_email_address.clone();
    Ok(Broadcast {
        subject: text("subject", before.subject)?,
        preview_text: text("preview_text", before.preview_text)?,
        description: text("description", before.description)?,
        content: text("content", before.content)?,
        public: input.boolean("public")?.unwrap_or(before.public),
        published_at: time("published_at", before.published_at)?,
        send_at: time("send_at", before.send_at)?,
        thumbnail_alt: text("thumbnail_alt", before.thumbnail_alt)?,
        thumbnail_url: text("thumbnail_url", before.thumbnail_url)?,
        email_address: email_address.unwrap_or_else(sending_address),
        email_template_id: given.unwrap_or(before.email_template_id),
        subscriber_filter: match input.list("subscriber_filter")? {
            Some(groups) => filter(&groups)?,
            None => before.subscriber_filter,
        },
        ..before
    })
}

/// The filter as replies have it: the group in use alone.
fn filter(groups: &[Value]) -> Result<Value, Reply> {
    let mut used = Vec::new();
    for group in groups {
        for name in ["all", "any", "none"] {
            let conditions = group[name].as_array().filter(|conditions| !conditions.is_empty());
            if let Some(conditions) = conditions {
                used.push((name, conditions));
            }
        }
    }
    match *used {
        [] => Ok(everybody()),
        [(name, conditions)] => {
            let is_known = |condition: &Value| {
                ["segment", "tag"].iter().any(|known| condition["type"] == *known)
            };
            if !conditions.iter().all(is_known) {
                return Err(Reply::unprocessable(FILTERS));
            }
            let condition = |of: &Value| json!({"type": of["type"], "ids": ids(&of["ids"])});
            let mut group = json!({});
            group[name] = conditions.iter().map(condition).collect();
            Ok(json!([group]))
        }
        _ => Err(Reply::unprocessable(GROUPS)),
    }
}
