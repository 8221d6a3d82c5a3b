use serde::Serialize;
use serde_json::Value;

use crate::wire::Date;

/// What a filter tells of subscribers where it is asked for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum FilterExtra {
    /// Where the subscriber came from.
    Attribution,
    /// The tags.
    Tags,
    /// Where the subscriber is.
    Location,
    /// When the state of the subscriber changed last.
    CanceledAt,
    /// Which emails the subscriber got, opened and clicked in the last 90 days.
    Stats,
    /// The same in a time that is given: as far as the account keeps it.
    #[serde(rename = "stats")]
    StatsOf {
        /// The time.
        range: StatsRange,
    },
    /// The values of all custom fields.
    CustomFields,
    /// One that this version does not know: an object with its `type`.
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
