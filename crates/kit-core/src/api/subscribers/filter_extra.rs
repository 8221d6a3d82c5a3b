use serde::Serialize;
use serde_json::Value;

use crate::wire::Date;

/// A part of found subscribers that Kit returns only if it is asked for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum FilterExtra {
    /// The origin of the subscriber.
    Attribution,
    /// The tags.
    Tags,
    /// The location of the subscriber.
    Location,
    /// When the state of the subscriber changed last.
    CanceledAt,
    /// Which emails the subscriber got, opened and clicked in the last 90 days.
    Stats,
    /// The same statistics for a given range of days, cut to the days that the account keeps.
    #[serde(rename = "stats")]
    StatsOf {
        /// The range of days.
        range: StatsRange,
    },
    /// The values of all custom fields.
    CustomFields,
    /// A part that this version does not know, as a JSON object with its `type`.
    #[serde(untagged)]
    Other(Value),
}

/// The first and the last day that statistics are of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct StatsRange {
    /// The first day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Date>,
    /// The last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<Date>,
}
