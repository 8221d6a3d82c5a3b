//! A condition of the filter, prepared once for all subscribers: each is then looked up, and not counted anew.

mod comparison;
mod days;
mod events;
mod source;

use std::cell::LazyCell;
use std::collections::{BTreeSet, HashMap};
use std::ops::Deref;

use serde_json::Value;

use self::comparison::Comparison;
use self::days::Days;
use self::events::{Bounds, Events};

use self::source::Source;
use super::place::Place;
use crate::rows::{Subscriber, World};
use crate::server::{Input, Reply};
use crate::world::ids;

/// How many conditions a filter has at most, how many entries a condition, and how many patterns its entries. Kit's
/// limits are not documented.
const MOST: usize = 100;

pub(super) enum Condition {
    /// How many events each subscriber has who has any, and how many are asked for.
    Engagement(HashMap<u64, u64>, Bounds),
    Subscribed(Days),
    States(BTreeSet<String>),
    /// Kit's documentation does not say whether one of the tags is enough: it is here.
    Tags(BTreeSet<u64>),
    Attribution(Vec<Source>),
    Field(u64, Comparison),
    Location(Place),
}

impl Condition {
    /// # Errors
    ///
    /// 422 for what is no condition. Kit's messages are not documented. (Since June 2026 the live service answers a
    /// condition without a type, or with an unknown one, with a 5xx: a fault of its own.)
    pub(super) fn read_all(
        world: &World,
        all: &[Value],
        counts_emails: bool,
    ) -> Result<Vec<Self>, Reply> {
        if all.len() > MOST {
            return Err(Reply::unprocessable(format!("all: at most {MOST} conditions")));
        }
        all.iter().map(|condition| Self::read(world, condition, counts_emails)).collect()
    }

    fn read(world: &World, value: &Value, counts_emails: bool) -> Result<Self, Reply> {
        let input = Input::of(value);
        let kind = input.filled("type", "all: a condition has no type")?;
        let missing = |field: &str| Reply::unprocessable(format!("all: {kind} needs {field}"));
        let any = input.list("any")?.unwrap_or_default();
        if any.len() > MOST {
            return Err(Reply::unprocessable(format!("all: any has at most {MOST} entries")));
        }
        Ok(match kind.as_str() {
            "opens" | "clicks" | "sent" | "delivered" => {
                let events = Events::read(&kind, &any, counts_emails)?;
                Self::Engagement(events.count(world, &Days::read(&input)), Bounds::read(&input))
            }
            "subscribed" => Self::Subscribed(Days::read(&input)),
            "subscriber_state" => {
                let states = input.texts("states")?.ok_or_else(|| missing("states"))?;
                Self::States(states.into_iter().collect())
            }
            "tags" => Self::Tags(any.iter().flat_map(|entry| ids(&entry["matching"])).collect()),
            "attribution" => Self::Attribution(any.iter().filter_map(Source::read).collect()),
            "custom_field" => {
                let field = input.integer("subscriber_custom_field_id")?;
                let field = field.ok_or_else(|| missing("subscriber_custom_field_id"))?;
                let value = input.text_or_number("value")?.unwrap_or_default();
                Self::Field(field, Comparison::new(input.text("comparison")?.as_deref(), value))
            }
            "location" => Self::Location(Place {
                latitude: input.number("latitude")?.ok_or_else(|| missing("latitude"))?,
                longitude: input.number("longitude")?.ok_or_else(|| missing("longitude"))?,
                radius: input.number("radius")?.ok_or_else(|| missing("radius"))?,
            }),
            _ => return Err(Reply::unprocessable(format!("all: {kind:?} is no condition"))),
        })
    }

    fn holds(&self, subscriber: &Subscriber, attribution: &impl Deref<Target = Value>) -> bool {
        match self {
            Self::Engagement(counts, bounds) => {
                bounds.contain(counts.get(&subscriber.id).copied().unwrap_or_default())
            }
            Self::Subscribed(days) => days.contain(&subscriber.created_at),
            Self::States(states) => states.contains(&subscriber.state),
            Self::Tags(tags) => subscriber.tags.keys().any(|tag| tags.contains(tag)),
            Self::Attribution(sources) => sources.iter().any(|source| source.is_of(attribution)),
            Self::Field(field, comparison) => {
                // A subscriber without a value meets no comparison.
                let stored = subscriber.fields.get(field);
                stored.is_some_and(|stored| comparison.holds(stored))
            }
            Self::Location(place) => {
                place.distance(subscriber).is_some_and(|miles| miles <= place.radius)
            }
        }
    }
}

/// Whether a subscriber meets all conditions.
pub(super) fn all_hold(conditions: &[Condition], world: &World, subscriber: &Subscriber) -> bool {
    // Once, however many conditions ask.
    let attribution = LazyCell::new(|| subscriber.attribution_json(world));
    conditions.iter().all(|condition| condition.holds(subscriber, &attribution))
}
