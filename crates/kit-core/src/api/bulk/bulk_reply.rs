use http::StatusCode;
use serde::de::DeserializeOwned;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Map;

use crate::wire::{ReadError, Reply, liberal, messages};

/// Kit's reply to a bulk request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Bulk<T, F> {
    /// Kit has processed the request (status 200), but single items may have failed.
    Done(BulkDone<T, F>),
    /// Kit has queued the request (status 202). The result cannot be asked for later: Kit posts it to the callback
    /// URL of the request, if there is one.
    Queued,
}

/// The items of a bulk request that succeeded, and those that failed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct BulkDone<T, F> {
    /// One row for each item that succeeded, in an order that Kit chooses. Empty for deletions.
    pub succeeded: Vec<T>,
    /// Each item that failed.
    pub failures: Vec<F>,
    /// The field in which Kit sends the rows. None for deletions.
    name: Option<&'static str>,
}

/// An item that failed, and why.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct BulkFailure<T> {
    /// Why, in Kit's words, such as `Tag does not exist`.
    pub errors: Vec<String>,
    /// The item, as Kit repeats it. `None` if Kit does not repeat it, or not as documented.
    pub item: Option<T>,
}

/// An item, as Kit repeats it in a failure.
pub trait Echo {
    /// The field of a failure that holds the item.
    const NAME: &'static str;
}

impl<T, F> BulkDone<T, F> {
    /// Makes a reply, for a test.
    pub fn new(succeeded: Vec<T>, failures: Vec<F>) -> Self {
        Self { succeeded, failures, name: Some("items") }
    }
}

impl<T> BulkFailure<T> {
    /// Makes a failure, for a test.
    pub fn new(errors: Vec<String>, item: T) -> Self {
        Self { errors, item: Some(item) }
    }
}

impl<T, F> Bulk<T, F> {
    pub(super) fn read<'a>(reply: &Reply<'a>, name: Option<&'static str>) -> Result<Self, ReadError>
    where
        T: Deserialize<'a>,
        F: Deserialize<'a>,
    {
        if reply.status() == StatusCode::ACCEPTED {
            reply.nothing()?;
            return Ok(Self::Queued);
        }
        let (succeeded, failures) = match name {
            Some(name) => reply.fields([name, "failures"])?,
            None => (Vec::new(), reply.field("failures")?),
        };
        Ok(Self::Done(BulkDone { succeeded, failures, name }))
    }
}

/// Writes what Kit answers with: an empty object, where the request is queued.
impl<T: Serialize, F: Serialize> Serialize for Bulk<T, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Self::Done(done) = self {
            if let Some(name) = done.name {
                map.serialize_entry(name, &done.succeeded)?;
            }
            map.serialize_entry("failures", &done.failures)?;
        }
        map.end()
    }
}

impl<T: Echo + Serialize> Serialize for BulkFailure<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("errors", &self.errors)?;
        map.serialize_entry(T::NAME, &self.item)?;
        map.end()
    }
}

/// Reads a failure, whatever Kit repeats of the item: an unknown shape is no reason to lose the whole reply.
impl<'de, T: Echo + DeserializeOwned> Deserialize<'de> for BulkFailure<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (errors, rest) = messages::of_failure(Map::deserialize(deserializer)?);
        let item = rest.get(T::NAME).and_then(|item| liberal::from_value(item).ok());
        Ok(Self { errors, item })
    }
}
