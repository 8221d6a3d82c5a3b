use std::fmt;

use serde::de::{Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Date, Timestamp};

/// A range of days or times, for the filters `…_after` and `…_before` of lists.
///
/// Kit's documentation says days, and its examples are times: both can be given. Whether the bounds themselves
/// belong to the range, and in which time zone a day begins, is not documented.
///
/// # Examples
///
/// ```
/// use kit_core::subscribers::ListSubscribers;
/// use kit_core::{Credentials, Date, DateRange, Kit};
///
/// let since: Date = "2026-07-01".parse()?;
/// let list = ListSubscribers::new().with_created(DateRange::after(since));
/// let request = Kit::new(Credentials::api_key("kit_0123")).request(&list)?;
/// assert_eq!(request.uri().query(), Some("created_after=2026-07-01"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct DateRange {
    after: Option<DateBound>,
    before: Option<DateBound>,
}

impl DateRange {
    /// The range after this day or time.
    pub fn after(bound: impl Into<DateBound>) -> Self {
        Self { after: Some(bound.into()), before: None }
    }

    /// The range before this day or time.
    pub fn before(bound: impl Into<DateBound>) -> Self {
        Self { after: None, before: Some(bound.into()) }
    }

    /// The range between these two days or times.
    pub fn between(after: impl Into<DateBound>, before: impl Into<DateBound>) -> Self {
        Self { after: Some(after.into()), before: Some(before.into()) }
    }

    /// The bound after which the range begins, if it has one.
    pub fn after_bound(&self) -> Option<DateBound> {
        self.after
    }

    /// The bound before which the range ends, if it has one.
    pub fn before_bound(&self) -> Option<DateBound> {
        self.before
    }
}

/// A bound of a [`DateRange`]: a day or a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DateBound {
    /// A day.
    Date(Date),
    /// A time.
    Time(Timestamp),
}

impl From<Date> for DateBound {
    fn from(date: Date) -> Self {
        Self::Date(date)
    }
}

impl From<Timestamp> for DateBound {
    fn from(time: Timestamp) -> Self {
        Self::Time(time)
    }
}

impl fmt::Display for DateBound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => date.fmt(f),
            Self::Time(time) => time.fmt(f),
        }
    }
}

impl Serialize for DateBound {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DateBound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text)
    }
}

struct Text;

impl Visitor<'_> for Text {
    type Value = DateBound;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time such as 2023-01-27T11:43:55Z, or a date such as 2023-01-27")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<DateBound, E> {
        let date = text.parse().map(DateBound::Date);
        let bound = date.or_else(|_| text.parse().map(DateBound::Time));
        bound.map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }
}
