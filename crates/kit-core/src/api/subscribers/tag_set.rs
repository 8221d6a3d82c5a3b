use serde::Serialize;

use crate::TagId;

/// Tags that subscribers have to have. Kit's documentation does not say whether one of the tags is enough.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "type", rename = "ids")]
pub struct TagSet {
    matching: Vec<TagId>,
}

impl TagSet {
    /// An entry for these tags.
    pub fn new(ids: impl IntoIterator<Item = TagId>) -> Self {
        Self { matching: ids.into_iter().collect() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.matching.is_empty()
    }
}
