use serde_json::{Map, Value};

use super::Event;
use super::parameter::Parameter;
use crate::Error;

/// An event that this version does not recognise: an event that Kit added later, or a documented one whose
/// parameter is missing or of another type.
///
/// The event keeps the name and the parameters that it was read with, and can be written again. It can only
/// be made by reading JSON, so that your program cannot write one event in two ways:
///
/// ```
/// use kit_core::webhooks::Event;
///
/// let event: Event = serde_json::from_str(r#"{"name": "subscriber.moved", "city_id": 7}"#)?;
/// let Event::Other(other) = &event else { unreachable!() };
/// assert_eq!(other.name(), "subscriber.moved");
/// assert_eq!(other.parameters()["city_id"], 7);
///
/// let event: Event = serde_json::from_str(r#"{"name": "subscriber.tag_add", "tag_id": 44}"#)?;
/// assert_eq!(event, Event::TagAdd { tag_id: 44.into() });
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OtherEvent {
    name: String,
    parameters: Map<String, Value>,
}

impl OtherEvent {
    pub(crate) fn new(name: String, mut parameters: Map<String, Value>) -> Self {
        // Kit writes null where a parameter does not apply; a request always has the six.
        parameters.retain(|key, value| !value.is_null() || Parameter::of_key(key).is_none());
        Self { name, parameters }
    }

    /// The event of a webhook that Kit shows without one.
    pub(super) fn nameless() -> Event {
        Event::Other(Self::new(String::new(), Map::new()))
    }

    /// The name that the event was read with.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The parameters that the event was read with, except those of the six documented parameters that are
    /// null.
    ///
    /// [`serde_json`] reads the values: an integer beyond 64 bits becomes a float. Reading the event fails
    /// for JSON that `serde_json` does not accept, such as a number beyond the range of floats, or more than
    /// 127 levels of nesting.
    pub fn parameters(&self) -> &Map<String, Value> {
        &self.parameters
    }

    /// Fails for an event without a name, and for a documented event, since its parameter is missing or of
    /// another type.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] that names what is wrong.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.name.is_empty() {
            return Err(Error::input("event.name", "is empty"));
        }
        let Some(required) = Event::required_by(&self.name) else { return Ok(()) };
        let older = if required == Parameter::SequenceId { "course_id" } else { required.key() };
        let is_given = [required.key(), older]
            .iter()
            .filter_map(|key| self.parameters.get(*key))
            .any(|value| !value.is_null());
        Err(required.unusable(&self.name, is_given))
    }
}
