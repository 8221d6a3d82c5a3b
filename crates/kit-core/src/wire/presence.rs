use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A field of a reply that may be missing, null, or there.
///
/// Kit leaves out a field that was not asked for, and sends null for a field that was asked for but has no value.
///
/// # Examples
///
/// ```
/// use kit_core::wire::Presence;
///
/// #[derive(serde::Deserialize, serde::Serialize)]
/// struct Subscriber {
///     #[serde(default, skip_serializing_if = "Presence::is_missing")]
///     city: Presence<String>,
/// }
///
/// for json in ["{}", r#"{"city":null}"#, r#"{"city":"Boise"}"#] {
///     let subscriber: Subscriber = serde_json::from_str(json)?;
///     assert_eq!(serde_json::to_string(&subscriber)?, json);
///     assert_eq!(subscriber.city.value().is_some(), json.contains("Boise"));
/// }
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Presence<T> {
    /// The field is not in the reply.
    #[default]
    Missing,
    /// The field is null.
    Null,
    /// The field has a value.
    Value(T),
}

impl<T> Presence<T> {
    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Missing | Self::Null => None,
        }
    }

    /// The value itself, if there is one.
    pub fn into_value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Missing | Self::Null => None,
        }
    }

    /// Whether the field is not in the reply.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }
}

impl<T> From<T> for Presence<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

/// A field that is missing is left out before it comes to this; null stands for it all the same.
impl<T: Serialize> Serialize for Presence<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Presence<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(|value| value.map_or(Self::Null, Self::Value))
    }
}
