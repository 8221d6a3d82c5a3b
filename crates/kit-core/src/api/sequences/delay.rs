use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::error::Error;
use crate::text_enum::text_enum;

/// How long after the previous email Kit sends an email of a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delay {
    /// This many days, at the hour and on the days of the sequence. Only the first email may have 0, which means
    /// at once.
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

/// Checks parameters that Kit does not take together.
///
/// # Errors
///
/// [`Error::Input`] for `send_days` beside a delay in hours, and for `delay_value` where it is 0 and the email is not
/// the first.
pub(super) fn check(delay: Option<Delay>, position: Option<u64>) -> Result<(), Error> {
    match delay {
        Some(Delay::Hours(0)) => Err(Error::input("delay_value", "is 0 hours")),
        Some(Delay::Days(0)) if position.is_some_and(|position| position > 0) => {
            Err(Error::input("delay_value", "is 0 days, and the email is not the first"))
        }
        _ => Ok(()),
    }
}

text_enum! {
    /// The unit of a delay.
    pub enum DelayUnit {
        /// Days:
        Days = "days",
        /// Hours:
        Hours = "hours",
    } else Other
}
