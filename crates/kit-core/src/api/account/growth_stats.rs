use serde::{Deserialize, Serialize};

use crate::wire::Timestamp;

/// How many subscribers an account won and lost.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GrowthStats {
    /// How many subscribers left.
    pub cancellations: Option<u64>,
    /// How many more subscribers there are than before.
    pub net_new_subscribers: Option<i64>,
    /// How many subscribers came.
    pub new_subscribers: Option<u64>,
    /// How many subscribers there are at the end.
    pub subscribers: Option<u64>,
    /// The first second of the first day, with the offset of the account's time zone.
    pub starting: Option<Timestamp>,
    /// The last second of the last day, with the offset of the account's time zone.
    pub ending: Option<Timestamp>,
}
