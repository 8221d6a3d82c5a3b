use std::fmt;
use std::str::FromStr;
use std::time::SystemTime;

use serde::de::{Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Date;

/// A time as Kit writes it: `2023-01-27T11:43:55Z` (RFC 3339).
///
/// The offset from UTC is kept and written again, because growth statistics have one. Two times are equal if they
/// are the same moment. Years are from 0 to 9999.
///
/// # Examples
///
/// ```
/// use kit_core::Timestamp;
///
/// let time: Timestamp = "2023-01-27T11:43:55Z".parse()?;
/// assert_eq!(time.unix_seconds(), 1_674_819_835);
/// assert_eq!(time, "2023-01-27T06:43:55-05:00".parse()?);
/// # Ok::<(), kit_core::wire::InvalidTime>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(OffsetDateTime);

impl Timestamp {
    /// The beginning of 1970.
    pub const UNIX_EPOCH: Self = Self(OffsetDateTime::UNIX_EPOCH);

    /// The UTC time this many seconds after the beginning of 1970. `None` if the year is not from 0 to 9999.
    pub fn from_unix_seconds(seconds: i64) -> Option<Self> {
        let time = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
        (time.year() >= 0).then_some(Self(time))
    }

    /// The seconds since the beginning of 1970, without a fraction.
    pub fn unix_seconds(self) -> i64 {
        self.0.unix_timestamp()
    }

    /// The date at the time's own offset from UTC.
    pub fn date(self) -> Date {
        Date::of(self.0.date())
    }
}

/// A time before the year 0, or behind 9999, becomes the first or the last second that can be written.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let nanos = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => i128::try_from(since.as_nanos()).unwrap_or(i128::MAX),
            Err(before) => i128::try_from(before.duration().as_nanos()).map_or(i128::MIN, |n| -n),
        };
        let nanos = nanos.clamp(FIRST * 1_000_000_000, LAST * 1_000_000_000);
        Self(OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap_or(OffsetDateTime::UNIX_EPOCH))
    }
}

/// The first second of the year 0 and the last of 9999, counted from 1970.
const FIRST: i128 = -62_167_219_200;
const LAST: i128 = 253_402_300_799;

impl FromStr for Timestamp {
    type Err = InvalidTime;

    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        OffsetDateTime::parse(text, &Rfc3339).map(Self).map_err(|_| InvalidTime)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An offset with seconds, which RFC 3339 does not have, comes from nowhere.
        f.write_str(&self.0.format(&Rfc3339).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text)
    }
}

struct Text;

impl Visitor<'_> for Text {
    type Value = Timestamp;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time such as 2023-01-27T11:43:55Z")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Timestamp, E> {
        text.parse().map_err(|InvalidTime| E::invalid_value(Unexpected::Str(text), &self))
    }
}

/// The error for a text that is no time or no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidTime;

impl fmt::Display for InvalidTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("is not a time such as 2023-01-27T11:43:55Z, or a date such as 2023-01-27")
    }
}

impl std::error::Error for InvalidTime {}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_time_is_written_as_it_was_read() {
        for text in [
            "2023-01-27T11:43:55Z",
            "2023-01-27T11:43:55.25Z",
            "2023-01-27T11:43:55-05:00",
            "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:59.999999999Z",
        ] {
            let json = format!("\"{text}\"");
            let time: Timestamp = serde_json::from_str(&json).unwrap();
            assert_eq!(serde_json::to_string(&time).unwrap(), json);
            assert_eq!(format!("{time} {time:?}"), format!("{text} {text}"));
        }
    }

    #[test]
    fn a_text_that_is_no_time_is_an_error() {
        for json in [
            "\"\"",
            "\"2023-01-27\"",
            "\"2023-02-30T00:00:00Z\"",
            "\"2023-01-27T11:43:55\"",
            "1",
            "null",
        ] {
            let error = serde_json::from_str::<Timestamp>(json).unwrap_err();
            assert!(error.to_string().contains("a time such as"), "{json} {error}");
        }
    }

    #[test]
    fn the_time_of_the_system_is_a_time() {
        let after = SystemTime::UNIX_EPOCH + Duration::from_millis(1500);
        let before = SystemTime::UNIX_EPOCH - Duration::from_millis(1500);
        assert_eq!(Timestamp::from(after).to_string(), "1970-01-01T00:00:01.5Z");
        assert_eq!(Timestamp::from(before).to_string(), "1969-12-31T23:59:58.5Z");
        let far = SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 40);
        assert_eq!(Timestamp::from(far).to_string(), "9999-12-31T23:59:59Z");
        assert_eq!(Timestamp::from_unix_seconds(0), Some(Timestamp::UNIX_EPOCH));
        assert_eq!(Timestamp::from_unix_seconds(i64::MIN), None);
        assert_eq!(Timestamp::UNIX_EPOCH.date().to_string(), "1970-01-01");
    }
}
