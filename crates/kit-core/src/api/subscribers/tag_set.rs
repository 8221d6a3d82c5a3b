use serde::Serialize;

use crate::TagId;

/// Tags that subscribers have. Whether one of them is enough is not documented.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "type", rename = "ids")]
pub struct TagSet {
    matching: Vec<TagId>,
}

impl TagSet {
    /// These tags.
    pub fn new(ids: impl IntoIterator<Item = TagId>) -> Self {
        Self { matching: ids.into_iter().collect() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.matching.is_empty()
    }
}
