use http::StatusCode;
use serde::{Deserialize, Serialize, Serializer};

use super::{ReadError, Reply};

/// The value that an operation created or found, and which of the two, as Kit tells by the status.
///
/// # Examples
///
/// ```
/// use kit_core::tags::Tag;
/// use kit_core::wire::{Upsert, UpsertOutcome};
///
/// fn said(upsert: &Upsert<Tag>) -> String {
///     match upsert.outcome {
///         UpsertOutcome::Created => format!("the tag {} is new", upsert.value.name),
///         _ => format!("there was a tag {}", upsert.value.name),
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Upsert<T> {
    /// Whether the value is new.
    pub outcome: UpsertOutcome,
    /// The value that was created or found.
    pub value: T,
}

impl<T> Upsert<T> {
    /// Makes a reply, for a test.
    pub fn new(outcome: UpsertOutcome, value: T) -> Self {
        Self { outcome, value }
    }

    /// Reads a field of a reply, and the status.
    pub(crate) fn read<'a>(reply: &Reply<'a>, name: &str) -> Result<Self, ReadError>
    where
        T: Deserialize<'a>,
    {
        Ok(Self { outcome: UpsertOutcome::of(reply.status()), value: reply.field(name)? })
    }
}

/// Writes the value alone, as Kit does: the outcome is the status.
impl<T: Serialize> Serialize for Upsert<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

/// Whether an operation created the value, or the value existed already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UpsertOutcome {
    /// The value existed already: status 200. If the call was repeated, an earlier attempt of the call may have
    /// created the value.
    Existing,
    /// The value is new: status 201.
    Created,
    /// Kit has accepted the value, and saves a part of it later: status 202.
    Accepted,
}

impl UpsertOutcome {
    pub(crate) fn of(status: StatusCode) -> Self {
        match status {
            StatusCode::CREATED => Self::Created,
            StatusCode::ACCEPTED => Self::Accepted,
            _ => Self::Existing,
        }
    }
}
