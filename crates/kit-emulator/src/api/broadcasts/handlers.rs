use serde_json::{Value, json};

use super::Broadcast;
use crate::api::call::Call;
use crate::api::email_templates::{self, STARTING_POINT};
use crate::api::happenings::{self, Happening, happen};
use crate::api::input::{Input, created, full, no_content, ok, page};
use crate::api::{World, time};
use crate::server::Reply;

pub(super) const STATUSES: [&str; 5] = ["draft", "scheduled", "sending", "completed", "aborted"];

/// Kit's messages.
const NO_TEMPLATE: &str = "Email template not found";
const GROUPS: &str = "Only a single filter group is supported. Use one of `all`, `any`, or `none`.";

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let now = time::now(world);
    let broadcasts = asked_for(world, call, &now)?;
    page(call, "broadcasts", broadcasts.into_iter(), |broadcast| json(world, broadcast, &now))
}

/// The broadcasts that the filters let through, oldest first.
pub(super) fn asked_for<'w>(
    world: &'w World,
    call: &Call<'_>,
    now: &str,
) -> Result<Vec<&'w Broadcast>, Reply> {
    let status = call.choice("status", &STATUSES)?;
    call.check_dates(&["sent"])?;
    let has_range = call.parameter("sent_after").or(call.parameter("sent_before")).is_some();
    let all = world.tables.broadcasts.oldest_first();
    let asked_for = all.filter(|broadcast| {
        status.is_none_or(|status| broadcast.status(now) == status)
            && (!has_range || broadcast.is_sent && call.is_between("sent", &broadcast.sent_at()))
    });
    Ok(asked_for.collect())
}

pub(super) fn json(world: &World, broadcast: &Broadcast, now: &str) -> Value {
    let template = world.tables.email_templates.get(broadcast.email_template_id);
    broadcast.to_json(now, template.map_or("", |template| template.name.as_str()))
}

pub(super) fn get(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let now = time::now(world);
    let broadcast = world.tables.broadcasts.get(call.id()?).ok_or_else(Reply::not_found)?;
    Ok(ok("broadcast", json(world, broadcast, &now)))
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let given = read(world, &Input::read(call)?)?;
    // Kit schedules what is created with a time.
    let is_scheduled = given.send_at.is_some();
    let broadcast = world.tables.broadcasts.insert(|id| Broadcast { id, is_scheduled, ..given });
    let id = broadcast.map_err(full)?.id;
    happen(world, &Happening::BroadcastCreated { broadcast: id });
    let now = time::now(world);
    let broadcast = world.tables.broadcasts.get(id).ok_or_else(Reply::not_found)?;
    Ok(created("broadcast", json(world, broadcast, &now)))
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let id = call.id()?;
    let created_at = not_sent(world, id)?.created_at.clone();
    let given = read(world, &Input::read(call)?)?;
    // Kit schedules what is changed where it is public, too.
    let is_scheduled = given.public && given.send_at.is_some();
    let now = time::now(world);
    if let Some(broadcast) = world.tables.broadcasts.get_mut(id) {
        *broadcast = Broadcast { id, created_at, is_scheduled, ..given };
    }
    let broadcast = world.tables.broadcasts.get(id).ok_or_else(Reply::not_found)?;
    Ok(ok("broadcast", json(world, broadcast, &now)))
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let id = call.id()?;
    let now = time::now(world);
    let was = not_sent(world, id)?.to_event(&now);
    world.tables.broadcasts.remove(id);
    happenings::deleted(world, "broadcast", was);
    Ok(no_content())
}

/// # Errors
///
/// 404, and 422 once it is being sent.
fn not_sent(world: &World, id: u64) -> Result<&Broadcast, Reply> {
    let broadcast = world.tables.broadcasts.get(id).ok_or_else(Reply::not_found)?;
    if ["sending", "completed"].contains(&broadcast.status(&time::now(world))) {
        return Err(Reply::unprocessable("Broadcast is already sending."));
    }
    Ok(broadcast)
}

fn read(world: &World, input: &Input) -> Result<Broadcast, Reply> {
    let given = input.integer("email_template_id")?;
    let template = given.and_then(|id| world.tables.email_templates.get(id));
    if given.is_some() && template.is_none_or(|template| template.category == STARTING_POINT) {
        return Err(Reply::unprocessable(NO_TEMPLATE));
    }
    let default = email_templates::default_id(world);
    let email_template_id = given.or(default).unwrap_or_default();
    let sending_address = world.tables.account.primary_email_address.clone();
    Ok(Broadcast {
        id: 0,
        created_at: time::now(world),
        subject: input.text("subject")?,
        preview_text: input.text("preview_text")?,
        description: input.text("description")?,
        content: input.text("content")?,
        public: input.boolean("public")?.unwrap_or_default(),
        published_at: input.time("published_at")?,
        send_at: input.time("send_at")?,
        is_scheduled: false,
        thumbnail_alt: input.text("thumbnail_alt")?,
        thumbnail_url: input.text("thumbnail_url")?,
        email_address: input.text("email_address")?.unwrap_or(sending_address),
        email_template_id,
        subscriber_filter: filter(&input.list("subscriber_filter")?.unwrap_or_default())?,
        is_sent: false,
        has_links: false,
        recipients: Vec::new(),
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
        [] => Ok(json!([{"all": [{"type": "all_subscribers"}]}])),
        [(name, conditions)] => {
            let is_known = |condition: &Value| {
                ["segment", "tag", "all_subscribers"]
                    .iter()
                    .any(|known| condition["type"] == *known)
            };
            if !conditions.iter().all(is_known) {
                return Err(Reply::unprocessable("subscriber_filter: type must be segment or tag"));
            }
            let mut group = json!({});
            group[name] = conditions.as_slice().into();
            Ok(json!([group]))
        }
        _ => Err(Reply::unprocessable(GROUPS)),
    }
}
