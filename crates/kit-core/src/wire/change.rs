use serde::{Serialize, Serializer};

/// The change of a field: keep its value, clear it, or set it.
///
/// In JSON, [`Keep`](Self::Keep) leaves the field out, [`Clear`](Self::Clear) is null, and [`Set`](Self::Set)
/// is the value. A struct field of this type needs `#[serde(skip_serializing_if = "Change::is_keep")]`.
///
/// # Examples
///
/// ```
/// use kit_core::wire::Change;
///
/// #[derive(Default, serde::Serialize)]
/// struct Update {
///     #[serde(skip_serializing_if = "Change::is_keep")]
///     first_name: Change<String>,
///     #[serde(skip_serializing_if = "Change::is_keep")]
///     last_name: Change<String>,
///     #[serde(skip_serializing_if = "Change::is_keep")]
///     nickname: Change<String>,
/// }
///
/// let update = Update { first_name: Change::Set("Ann".into()), last_name: Change::Clear, ..Update::default() };
/// assert_eq!(serde_json::to_string(&update)?, r#"{"first_name":"Ann","last_name":null}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Change<T> {
    /// The field is not sent: Kit keeps its value.
    #[default]
    Keep,
    /// The field is sent as null: Kit clears it.
    Clear,
    /// The field is sent with this value.
    Set(T),
}

impl<T> Change<T> {
    /// Whether the field is not sent.
    pub fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }
}

impl<T> From<T> for Change<T> {
    fn from(value: T) -> Self {
        Self::Set(value)
    }
}

/// A field that is kept has no place in JSON, and is left out before it comes to this; null stands for it
/// all the same.
impl<T: Serialize> Serialize for Change<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Set(value) => value.serialize(serializer),
            Self::Keep | Self::Clear => serializer.serialize_none(),
        }
    }
}
