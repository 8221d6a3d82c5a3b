use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::rows::{CustomField, World};
use crate::world::{Full, Named, Row, Table};

/// The states that a subscriber may be in.
pub(crate) const STATES: [&str; 5] = ["active", "cancelled", "bounced", "complained", "inactive"];

/// A subscriber, and where it is: on which forms, in which sequences, with which tags.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Subscriber {
    pub(crate) id: u64,
    #[serde(default)]
    pub(crate) first_name: Option<String>,
    pub(crate) email_address: String,
    #[serde(default = "active")]
    pub(crate) state: String,
    #[serde(default = "epoch")]
    pub(crate) created_at: String,
    #[serde(default = "epoch")]
    pub(crate) updated_at: String,
    /// When the state changed last from `active`.
    #[serde(default)]
    pub(crate) canceled_at: Option<String>,
    /// The values of custom fields, by their ids.
    #[serde(default)]
    pub(crate) fields: BTreeMap<u64, String>,
    /// When the subscriber got each tag.
    #[serde(default)]
    pub(crate) tags: BTreeMap<u64, String>,
    #[serde(default)]
    pub(crate) forms: BTreeMap<u64, FormEntry>,
    /// When the subscriber entered each sequence.
    #[serde(default)]
    pub(crate) sequences: BTreeMap<u64, String>,
    /// The pinned location, as it was sent.
    #[serde(default)]
    pub(crate) location: Option<Value>,
}

/// A subscriber on a form.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct FormEntry {
    pub(crate) added_at: String,
    #[serde(default)]
    pub(crate) referrer: Option<String>,
}

fn active() -> String {
    "active".into()
}

fn epoch() -> String {
    crate::world::time::text(0)
}

/// Adds when a subscriber came to a form, and from where.
pub(crate) fn referrer_json(json: &mut Value, entry: Option<&FormEntry>) {
    let referrer = entry.and_then(|entry| entry.referrer.as_deref());
    json["added_at"] = entry.map_or(Value::Null, |entry| entry.added_at.as_str().into());
    json["referrer"] = referrer.unwrap_or_default().into();
    json["referrer_utm_parameters"] = json!(utm_parameters(referrer));
}

impl Row for Subscriber {
    fn id(&self) -> u64 {
        self.id
    }
}

impl Subscriber {
    /// The JSON that all replies have.
    pub(crate) fn to_json(&self, fields: &Named<CustomField>) -> Value {
        let mut json = self.to_short_json();
        if let Value::Object(json) = &mut json {
            json.insert("state".into(), self.state.as_str().into());
            json.insert("fields".into(), self.fields_json(fields));
        }
        json
    }

    /// Without the state and the custom fields, as some bulk replies have it.
    pub(crate) fn to_short_json(&self) -> Value {
        json!({
            "id": self.id,
            "first_name": self.first_name,
            "email_address": self.email_address,
            "created_at": self.created_at,
        })
    }

    /// The values of all custom fields by their keys: null where there is none.
    pub(crate) fn fields_json(&self, fields: &Named<CustomField>) -> Value {
        let value = |field: &CustomField| {
            let value =
                self.fields.get(&field.id).map_or(Value::Null, |value| value.as_str().into());
            (field.key.clone(), value)
        };
        Value::Object(fields.rows().oldest_first().map(value).collect::<Map<_, _>>())
    }

    /// The pinned location, with the field names that replies use.
    pub(crate) fn location_json(&self) -> Value {
        let Some(location) = &self.location else { return Value::Null };
        json!({
            "city": location["city"],
            "state": location["state_province"],
            "country": location["country_code"],
            "latitude": location["latitude"],
            "longitude": location["longitude"],
            "timezone": location["timezone"],
        })
    }

    /// The origin of the subscriber: its first form, or the API.
    pub(crate) fn attribution_json(&self, world: &World) -> Value {
        let form_name = |id| world.tables.forms.get(id).map(|form| form.name.clone());
        let first = self.forms.iter().min_by_key(|(_, entry)| &entry.added_at);
        let referrer = first.and_then(|(_, entry)| entry.referrer.as_deref());
        let utm = utm_parameters(referrer);
        let (source, name, id) = match first {
            Some((id, _)) => ("form_subscription", form_name(*id), Some(*id)),
            None => ("api_subscription", None, None),
        };
        json!({
            "referrer": referrer,
            "utm_source": utm["source"],
            "utm_medium": utm["medium"],
            "utm_campaign": utm["campaign"],
            "utm_term": utm["term"],
            "utm_content": utm["content"],
            "source_type": source,
            "source_name": name,
            "source_mechanism": first.map(|_| "form"),
            "source_mechanism_id": id,
        })
    }
}

/// The UTM parameters of a URL: empty where there are none.
pub(crate) fn utm_parameters(referrer: Option<&str>) -> Value {
    let query = referrer.and_then(|url| url.split_once('?')).map_or("", |(_, query)| query);
    let query = query.split('#').next().unwrap_or_default();
    let parameter = |name: &str| -> String {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    json!({
        "source": parameter("utm_source"),
        "medium": parameter("utm_medium"),
        "campaign": parameter("utm_campaign"),
        "term": parameter("utm_term"),
        "content": parameter("utm_content"),
    })
}

/// The subscribers, which are found by their email addresses, too.
#[derive(Debug, Default)]
pub(crate) struct Subscribers {
    rows: Table<Subscriber>,
    by_email_address: HashMap<String, u64>,
}

impl Subscribers {
    pub(crate) fn rows(&self) -> &Table<Subscriber> {
        &self.rows
    }

    /// How many subscribers there are for each of the ids that `ids` finds in a subscriber.
    pub(crate) fn counts<'a, I: Iterator<Item = &'a u64>>(
        &'a self,
        ids: impl Fn(&'a Subscriber) -> I,
    ) -> HashMap<u64, u64> {
        self.counts_of(|_| true, ids)
    }

    /// The same of the subscribers alone that count.
    pub(crate) fn counts_of<'a, I: Iterator<Item = &'a u64>>(
        &'a self,
        is_counted: impl Fn(&&'a Subscriber) -> bool,
        ids: impl Fn(&'a Subscriber) -> I,
    ) -> HashMap<u64, u64> {
        let mut counts = HashMap::new();
        for id in self.rows.oldest_first().filter(is_counted).flat_map(ids) {
            *counts.entry(*id).or_default() += 1;
        }
        counts
    }

    pub(crate) fn get(&self, id: u64) -> Option<&Subscriber> {
        self.rows.get(id)
    }

    pub(crate) fn get_mut(&mut self, id: u64) -> Option<&mut Subscriber> {
        self.rows.get_mut(id)
    }

    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = &mut Subscriber> {
        self.rows.all_mut()
    }

    /// Addresses are the same in upper and lower case.
    pub(crate) fn find(&self, email_address: &str) -> Option<u64> {
        self.by_email_address.get(&email_address.trim().to_lowercase()).copied()
    }

    pub(crate) fn insert(
        &mut self,
        email_address: &str,
        now: &str,
    ) -> Result<&mut Subscriber, Full> {
        let id = self.rows.insert(|id| Subscriber {
            id,
            first_name: None,
            email_address: email_address.trim().to_owned(),
            state: active(),
            created_at: now.to_owned(),
            updated_at: now.to_owned(),
            canceled_at: None,
            fields: BTreeMap::new(),
            tags: BTreeMap::new(),
            forms: BTreeMap::new(),
            sequences: BTreeMap::new(),
            location: None,
        })?;
        let id = id.id;
        self.by_email_address.insert(email_address.trim().to_lowercase(), id);
        self.rows.get_mut(id).ok_or(Full)
    }

    /// Gives a subscriber another address, which nobody else has.
    pub(crate) fn move_to(&mut self, id: u64, email_address: &str) {
        let Some(subscriber) = self.rows.get_mut(id) else { return };
        self.by_email_address.remove(&subscriber.email_address.to_lowercase());
        email_address.trim().clone_into(&mut subscriber.email_address);
        self.by_email_address.insert(email_address.trim().to_lowercase(), id);
    }

    /// # Errors
    ///
    /// The address or the id that another subscriber has.
    pub(crate) fn restore(&mut self, mut subscriber: Subscriber) -> Result<(), String> {
        let trimmed = subscriber.email_address.trim().to_owned();
        subscriber.email_address = trimmed;
        let Subscriber { id, email_address, .. } = &subscriber;
        if self.find(email_address).is_some() || self.get(*id).is_some() {
            return Err(format!("{email_address} or the id {id} is there twice"));
        }
        self.by_email_address.insert(email_address.to_lowercase(), *id);
        self.rows.restore(subscriber);
        Ok(())
    }

    pub(crate) fn after(&mut self, other: &Self) {
        self.rows.after(&other.rows);
    }

    /// Gives no id that is not greater.
    pub(crate) fn begin_after(&mut self, id: u64) {
        self.rows.begin_after(id);
    }
}
