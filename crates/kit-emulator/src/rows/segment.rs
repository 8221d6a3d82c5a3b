use serde::{Deserialize, Serialize};

use crate::world::Row;

/// A segment. Who is in it is not kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Segment {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) created_at: String,
}

impl Row for Segment {
    fn id(&self) -> u64 {
        self.id
    }
}
