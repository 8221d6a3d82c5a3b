use std::collections::HashMap;

use serde_json::{Value, json};

use super::stats::sequence_stats;
use crate::api::call::Call;
use crate::api::replies::{all, created, full, no_content, ok, page};
use crate::events::{self, Happening, happen};
use crate::rows::email_template::default_id;
use crate::rows::sequence::DAYS;
use crate::rows::{Sequence, World};
use crate::server::{Input, Reply};
use crate::world::{id, ids};

/// Kit's messages.
const BLANK: &str = "name can't be blank";
const HOUR: &str = "send_hour must be an integer between 0 and 23";

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let has_stats = call.includes("stats", &["stats"])?;
    let counts = Counts::of(world);
    page(call, "sequences", &world.tables.sequences, all, |sequence| {
        let mut json = counts.json(sequence);
        if has_stats {
            json["stats"] = sequence_stats();
        }
        json
    })
}

/// How many emails and subscribers each sequence has, counted once for all.
struct Counts {
    emails: HashMap<u64, u64>,
    subscribers: HashMap<u64, u64>,
}

impl Counts {
    fn of(world: &World) -> Self {
        let mut emails = HashMap::new();
        for email in world.tables.sequence_emails.oldest_first() {
            *emails.entry(email.sequence_id).or_default() += 1;
        }
        let subscribers = world.tables.subscribers.counts(|subscriber| subscriber.sequences.keys());
        Self { emails, subscribers }
    }

    fn json(&self, sequence: &Sequence) -> Value {
        let count =
            |counts: &HashMap<u64, u64>| counts.get(&sequence.id).copied().unwrap_or_default();
        sequence.to_json(count(&self.emails), count(&self.subscribers))
    }
}

fn to_json(world: &World, sequence: &Sequence) -> Value {
    Counts::of(world).json(sequence)
}

pub(super) fn get(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let sequence = world.tables.sequences.get(call.id()?).ok_or_else(Reply::not_found)?;
    let mut json = to_json(world, sequence);
    if call.includes("stats", &["stats"])? {
        json["stats"] = sequence_stats();
    }
    Ok(ok("sequence", json))
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let input = Input::read(call.request)?;
    let name = input.filled("name", BLANK)?;
    let now = world.clock.time();
    let account = &world.tables.account;
    let mut sequence = Sequence {
        id: 0,
        name,
        hold: false,
        repeat: false,
        active: true,
        created_at: now.clone(),
        updated_at: now,
        email_address: Some(account.primary_email_address.clone()),
        email_template_id: default_id(world),
        send_days: DAYS.map(str::to_owned).to_vec(),
        send_hour: 11,
        time_zone: account.time_zone.clone(),
        exclude_subscriber_sources: Vec::new(),
    };
    change(world, &mut sequence, &input)?;
    let sequence = world.tables.sequences.insert(|id| Sequence { id, ..sequence });
    let id = sequence.map_err(full)?.id;
    happen(world, &Happening::SequenceCreated { sequence: id });
    let sequence = world.tables.sequences.get(id).ok_or_else(Reply::not_found)?;
    Ok(created("sequence", to_json(world, sequence)))
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let id = call.id()?;
    let mut sequence = world.tables.sequences.get(id).ok_or_else(Reply::not_found)?.clone();
    let was_active = sequence.active;
    let input = Input::read(call.request)?;
    if input.has("name") {
        sequence.name = input.filled("name", BLANK)?;
    }
    change(world, &mut sequence, &input)?;
    sequence.updated_at = world.clock.time();
    let is_active = sequence.active;
    if let Some(row) = world.tables.sequences.get_mut(id) {
        *row = sequence;
    }
    match (was_active, is_active) {
        (false, true) => happen(world, &Happening::SequencePublished { sequence: id }),
        (true, false) => happen(world, &Happening::SequenceDisabled { sequence: id }),
        _ => {}
    }
    let sequence = world.tables.sequences.get(id).ok_or_else(Reply::not_found)?;
    Ok(ok("sequence", to_json(world, sequence)))
}

/// Changes what is given.
fn change(world: &World, sequence: &mut Sequence, input: &Input) -> Result<(), Reply> {
    if input.has("send_hour") {
        let hour = input.get("send_hour").and_then(id).filter(|hour| *hour < 24);
        sequence.send_hour = hour.ok_or_else(|| Reply::unprocessable(HOUR))?;
    }
    if let Some(days) = input.texts("send_days")? {
        sequence.send_days = weekdays(days)?;
    }
    if let Some(id) = input.integer("email_template_id")? {
        let template = world.tables.email_templates.get(id);
        template.ok_or_else(|| Reply::unprocessable("Email template not found"))?;
        sequence.email_template_id = Some(id);
    }
    if let Some(email_address) = input.text("email_address")? {
        sequence.email_address = Some(email_address);
    }
    if let Some(time_zone) = input.text("time_zone")? {
        sequence.time_zone = time_zone;
    }
    if let Some(sources) = input.list("exclude_subscriber_sources")? {
        let source = |source: &Value| json!({"type": source["type"], "ids": ids(&source["ids"])});
        sequence.exclude_subscriber_sources = sources.iter().map(source).collect();
    }
    sequence.active = input.boolean("active")?.unwrap_or(sequence.active);
    sequence.repeat = input.boolean("repeat")?.unwrap_or(sequence.repeat);
    sequence.hold = input.boolean("hold")?.unwrap_or(sequence.hold);
    Ok(())
}

/// # Errors
///
/// 422 for what is no day.
pub(super) fn weekdays(days: Vec<String>) -> Result<Vec<String>, Reply> {
    match days.iter().find(|day| !DAYS.contains(&day.as_str())) {
        Some(day) => Err(Reply::unprocessable(format!("send_days: {day:?} is no day"))),
        None => Ok(days),
    }
}

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
    events::deleted(world, "sequence", sequence.to_event());
    Ok(no_content())
}
