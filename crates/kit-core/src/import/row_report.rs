use std::fmt;

use serde::{Deserialize, Serialize};

use super::ImportRow;
use crate::SubscriberId;

/// A row of an [`Import`](super::Import), and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct RowReport {
    /// The number of the row, counted from 1.
    pub number: u64,
    /// The row.
    #[serde(flatten)]
    pub row: ImportRow,
    /// What became of it.
    #[serde(flatten)]
    pub result: RowResult,
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RowResult {
    /// The outcome.
    #[serde(flatten)]
    pub outcome: RowOutcome,
    /// The number of a later row of the same address with which this one was sent, as one: where both say something, the
    /// later one has won. The outcome is that of both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<u64>,
    /// What was done, and not quite as the row says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

impl RowResult {
    pub(super) fn of(outcome: RowOutcome) -> Self {
        Self { outcome, merged_into: None, warnings: Vec::new() }
    }
}

/// The outcome of a row. Each row has one. Its text is for people.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[non_exhaustive]
pub enum RowOutcome {
    /// The subscriber is new, and all is done that the row says.
    Created {
        /// The subscriber.
        id: SubscriberId,
    },
    /// The subscriber was there, and now is as the row says. What a first name or a custom field was before, Kit does not
    /// say: a row that has one counts as updated.
    Updated {
        /// The subscriber.
        id: SubscriberId,
    },
    /// The subscriber was there, with all that the row says.
    Unchanged {
        /// The subscriber.
        id: SubscriberId,
    },
    /// The row, or a part of it, was refused: by Kit, or by a check before anything was sent. Sending it again changes
    /// nothing.
    Refused {
        /// The subscriber, if it was saved all the same: then the reasons say what of it was not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<SubscriberId>,
        /// Why.
        reasons: Vec<String>,
    },
    /// Kit has not done what the row says, or not all of it. It can be sent again, and behind it later rows of its address.
    NotAttempted {
        /// Why.
        reasons: Vec<String>,
    },
    /// Kit may have done what the row says. It can be sent again, and behind it later rows of its address.
    MayHaveBeenApplied {
        /// Why nobody knows.
        reasons: Vec<String>,
    },
}

impl RowOutcome {
    pub(super) fn refused(reason: String) -> Self {
        Self::Refused { id: None, reasons: vec![reason] }
    }

    /// Whether it may be otherwise another time.
    pub(super) fn is_open(&self) -> bool {
        matches!(self, Self::NotAttempted { .. } | Self::MayHaveBeenApplied { .. })
    }

    /// Whether all is done that the row says.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Created { .. } | Self::Updated { .. } | Self::Unchanged { .. })
    }
}

impl fmt::Display for RowOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Created { .. } => f.write_str("created"),
            Self::Updated { .. } => f.write_str("updated"),
            Self::Unchanged { .. } => f.write_str("unchanged"),
            Self::Refused { id: None, reasons } => write!(f, "refused: {}", reasons.join("; ")),
            Self::Refused { id: Some(id), reasons } => {
                write!(f, "saved as {id}, but for: {}", reasons.join("; "))
            }
            Self::NotAttempted { reasons } => write!(f, "not done: {}", reasons.join("; ")),
            Self::MayHaveBeenApplied { reasons } => {
                write!(f, "may have been done: {}", reasons.join("; "))
            }
        }
    }
}
