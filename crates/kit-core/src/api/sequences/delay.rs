use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::wire::text_enum;

/// How long after the email before it an email of a sequence is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delay {
    /// So many days, at the hour and on the days of the sequence. 0, at once, is for the first email alone.
    Days(u64),
    /// So many hours, whatever the hour and the day.
    Hours(u64),
}

/// Writes the two fields that Kit reads.
impl Serialize for Delay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (value, unit) = match self {
            Self::Days(value) => (value, DelayUnit::Days),
            Self::Hours(value) => (value, DelayUnit::Hours),
        };
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("delay_value", value)?;
        map.serialize_entry("delay_unit", &unit)?;
        map.end()
    }
}

text_enum! {
    /// What a delay is counted in.
    pub enum DelayUnit {
        /// Days:
        Days = "days",
        /// Hours:
        Hours = "hours",
    } else Other
}
