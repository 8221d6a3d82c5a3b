//! A condition of the filter, prepared once for all subscribers: each is then looked up, and not counted anew.

use std::cell::LazyCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Deref;

use serde_json::Value;

use crate::rows::engagement::{is_clicked, is_opened};
use crate::rows::{Broadcast, Subscriber, World};
use crate::server::{Input, Reply};
use crate::world::{id, ids};

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

/// Which events count.
struct Events<'a> {
    kind: &'a str,
    counts_emails: bool,
    /// Whether every broadcast counts.
    is_any: bool,
    broadcasts: HashSet<u64>,
    exact: HashSet<&'a str>,
    patterns: Vec<(&'a str, &'a str)>,
}

impl<'a> Events<'a> {
    fn read(kind: &'a str, any: &'a [Value], counts_emails: bool) -> Result<Self, Reply> {
        let (mut broadcasts, mut exact, mut patterns) =
            (HashSet::new(), HashSet::new(), Vec::new());
        for entry in any {
            match entry["type"].as_str() {
                Some("broadcasts") => broadcasts.extend(ids(&entry["ids"])),
                // (The links of this Kit have no ids.)
                Some("urls") => {
                    let urls = entry["urls"].as_array().into_iter().flatten();
                    let urls = urls.filter_map(Value::as_str);
                    match entry["matching"].as_str() {
                        Some(matching @ ("contains" | "starts_with" | "ends_with")) => {
                            patterns.extend(urls.map(|url| (matching, url)));
                        }
                        _ => exact.extend(urls),
                    }
                }
                _ => {}
            }
        }
        if patterns.len() > MOST {
            return Err(Reply::unprocessable(format!("all: any has at most {MOST} patterns")));
        }
        Ok(Self { kind, counts_emails, is_any: any.is_empty(), broadcasts, exact, patterns })
    }

    /// How many events each subscriber has.
    fn count(&self, world: &World, days: &Days) -> HashMap<u64, u64> {
        let mut counts = HashMap::new();
        let broadcasts = world.tables.broadcasts.rows().oldest_first();
        for broadcast in broadcasts.filter(|broadcast| days.contain(&broadcast.sent_at())) {
            let each = self.of_broadcast(broadcast);
            if each == 0 {
                continue;
            }
            let has_it = |id: &&u64| match self.kind {
                "opens" => is_opened(broadcast.id, **id),
                "clicks" => is_clicked(broadcast, **id),
                _ => true,
            };
            for id in broadcast.recipients.iter().filter(has_it) {
                *counts.entry(*id).or_default() += each;
            }
        }
        counts
    }

    /// How many events of a broadcast everybody has who has any.
    fn of_broadcast(&self, broadcast: &Broadcast) -> u64 {
        let is_named = self.is_any || self.broadcasts.contains(&broadcast.id);
        if self.kind != "clicks" {
            return u64::from(is_named);
        }
        let links = broadcast.links();
        let count = links.iter().filter(|link| is_named || self.is_link(link)).count() as u64;
        if self.counts_emails { count.min(1) } else { count }
    }

    fn is_link(&self, link: &str) -> bool {
        self.exact.contains(link)
            || self.patterns.iter().any(|(matching, pattern)| match *matching {
                "contains" => link.contains(pattern),
                "starts_with" => link.starts_with(pattern),
                _ => link.ends_with(pattern),
            })
    }
}

/// How many events are asked for. Without bounds, one is enough: Kit's default is not documented.
pub(super) struct Bounds([Option<u64>; 4]);

impl Bounds {
    fn read(input: &Input) -> Self {
        let names = [
            "count_greater_than",
            "count_greater_than_or_equal",
            "count_less_than",
            "count_less_than_or_equal",
        ];
        Self(names.map(|name| input.get(name).and_then(id)))
    }

    fn contain(&self, count: u64) -> bool {
        let [above, at_least, below, at_most] = self.0;
        if self.0 == [None; 4] {
            return count > 0;
        }
        above.is_none_or(|bound| count > bound)
            && at_least.is_none_or(|bound| count >= bound)
            && below.is_none_or(|bound| count < bound)
            && at_most.is_none_or(|bound| count <= bound)
    }
}

/// `after` and `before` of a condition.
pub(super) struct Days {
    after: Option<String>,
    before: Option<String>,
}

impl Days {
    fn read(input: &Input) -> Self {
        let bound = |key: &str| input.get(key).and_then(Value::as_str).map(str::to_owned);
        Self { after: bound("after"), before: bound("before") }
    }

    fn contain(&self, time: &str) -> bool {
        self.after.as_deref().is_none_or(|after| time > after)
            && self.before.as_deref().is_none_or(|before| time < before)
    }
}

/// An entry of `attribution`: all that it names has to hold.
pub(super) struct Source(Vec<(&'static str, HashSet<String>)>);

impl Source {
    fn read(entry: &Value) -> Option<Self> {
        let values = |key: &str| match entry.get(key)? {
            Value::Array(list) => Some(list.iter().map(text).collect()),
            one => Some(HashSet::from([text(one)])),
        };
        let names: &[(&str, &'static str)] = match entry["type"].as_str()? {
            "forms" => {
                entry.get("ids")?;
                &[("ids", "source_mechanism_id")]
            }
            "kit_source" => &[
                ("source_type", "source_type"),
                ("source_ids", "source_mechanism_id"),
                ("source_names", "source_name"),
                ("mechanism", "source_mechanism"),
                ("mechanism_ids", "source_mechanism_id"),
            ],
            _ => return None,
        };
        Some(Self(names.iter().filter_map(|(key, of)| Some((*of, values(key)?))).collect()))
    }

    fn is_of(&self, attribution: &Value) -> bool {
        self.0.iter().all(|(key, values)| values.contains(&text(&attribution[*key])))
    }
}

/// An id as a number and as a text is the same.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// How a custom field compares with a value.
pub(super) enum Comparison {
    Is(String),
    /// In lower case.
    Contains(String),
    HasValue,
    /// `None`: the value is no number, and nothing compares with it.
    Number(fn(&f64, &f64) -> bool, Option<f64>),
}

impl Comparison {
    fn new(name: Option<&str>, value: String) -> Self {
        let number = |compare| Self::Number(compare, value.trim().parse().ok());
        match name {
            Some("contains") => Self::Contains(value.to_lowercase()),
            Some("has_value") => Self::HasValue,
            Some("greater_than") => number(f64::gt),
            Some("greater_than_or_equal") => number(f64::ge),
            Some("less_than") => number(f64::lt),
            Some("less_than_or_equal") => number(f64::le),
            _ => Self::Is(value),
        }
    }

    fn holds(&self, stored: &str) -> bool {
        match self {
            Self::Is(value) => stored == value,
            Self::Contains(value) => !stored.is_empty() && stored.to_lowercase().contains(value),
            Self::HasValue => !stored.is_empty(),
            Self::Number(compare, value) => {
                stored.trim().parse().ok().zip(*value).is_some_and(|(a, b)| compare(&a, &b))
            }
        }
    }
}

/// A place, and how many miles around it count.
pub(super) struct Place {
    latitude: f64,
    longitude: f64,
    radius: f64,
}

impl Place {
    /// How many miles a subscriber is away, by the formula of haversines.
    pub(super) fn distance(&self, subscriber: &Subscriber) -> Option<f64> {
        const RADIUS: f64 = 3958.8;
        let location = subscriber.location.as_ref()?;
        let (latitude, longitude) =
            (location["latitude"].as_f64()?, location["longitude"].as_f64()?);
        let half = |a: f64, b: f64| ((a - b).to_radians() / 2.0).sin().powi(2);
        let h = half(self.latitude, latitude)
            + self.latitude.to_radians().cos()
                * latitude.to_radians().cos()
                * half(self.longitude, longitude);
        Some(2.0 * RADIUS * h.sqrt().min(1.0).asin())
    }
}
