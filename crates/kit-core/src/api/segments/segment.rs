use serde::{Deserialize, Serialize};

use crate::SegmentId;
use crate::wire::Timestamp;

/// A segment.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Segment {
    /// The id.
    pub id: SegmentId,
    /// The name.
    #[serde(default)]
    pub name: String,
    /// When the segment was created.
    pub created_at: Option<Timestamp>,
}
