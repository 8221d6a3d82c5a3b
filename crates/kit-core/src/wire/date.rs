use std::fmt;
use std::str::FromStr;

use serde::de::{Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::Month;

use super::InvalidTime;

/// A day as Kit writes it: `2023-01-27`. The years are from 0 to 9999.
///
/// # Examples
///
/// ```
/// use kit_core::Date;
///
/// let date: Date = "2023-01-27".parse()?;
/// assert_eq!(Date::new(2023, 1, 27), Some(date));
/// assert_eq!(Date::new(2023, 2, 29), None);
/// # Ok::<(), kit_core::wire::InvalidTime>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(time::Date);

impl Date {
    /// The date of a year, a month from 1 to 12, and a day of the month. `None` if there is no such date, or if
    /// the year is greater than 9999.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let month = Month::try_from(month).ok()?;
        time::Date::from_calendar_date(i32::from(year), month, day).ok().map(Self)
    }

    /// The year.
    pub fn year(self) -> u16 {
        u16::try_from(self.0.year()).unwrap_or_default()
    }

    /// The month, from 1 to 12.
    pub fn month(self) -> u8 {
        self.0.month().into()
    }

    /// The day of the month, from 1 on.
    pub fn day(self) -> u8 {
        self.0.day()
    }

    /// The date, if its year is not before 0.
    pub(super) fn of(date: time::Date) -> Self {
        Self(date)
    }
}

impl FromStr for Date {
    type Err = InvalidTime;

    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        let number = |digits: &str, length| {
            let is_number = digits.len() == length && digits.bytes().all(|b| b.is_ascii_digit());
            if is_number { digits.parse::<u16>().ok() } else { None }
        };
        let mut parts = text.split('-');
        let mut next = |length| parts.next().and_then(|digits| number(digits, length));
        let (year, month, day) = (next(4), next(2), next(2));
        let (Some(year), Some(month), Some(day), None) = (year, month, day, parts.next()) else {
            return Err(InvalidTime);
        };
        let (month, day) = (u8::try_from(month), u8::try_from(day));
        let date = month.ok().zip(day.ok()).and_then(|(month, day)| Self::new(year, month, day));
        date.ok_or(InvalidTime)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day())
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text)
    }
}

struct Text;

impl Visitor<'_> for Text {
    type Value = Date;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date such as 2023-01-27")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Date, E> {
        text.parse().map_err(|InvalidTime| E::invalid_value(Unexpected::Str(text), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_as_it_was_read() {
        for text in ["2023-01-27", "0000-01-01", "2024-02-29", "9999-12-31"] {
            let date: Date = text.parse().unwrap();
            assert_eq!(format!("{date} {date:?}"), format!("{text} {text}"));
            assert_eq!(Date::new(date.year(), date.month(), date.day()), Some(date));
            let json = serde_json::to_string(&date).unwrap();
            assert_eq!(serde_json::from_str::<Date>(&json).unwrap(), date);
        }
    }

    #[test]
    fn a_text_that_is_no_date_is_an_error() {
        for text in [
            "",
            "2023",
            "2023-1-27",
            "2023-02-29",
            "2023-13-01",
            "2023-01-27T00:00:00Z",
            "+023-01-01",
            "2023-01-27-",
            "20230-01-27",
            "2023-001-27",
        ] {
            assert_eq!(text.parse::<Date>(), Err(InvalidTime), "{text}");
        }
        assert_eq!(Date::new(10_000, 1, 1), None);
        let error = serde_json::from_str::<Date>("\"soon\"").unwrap_err();
        assert!(error.to_string().contains("a date such as 2023-01-27"), "{error}");
    }
}
