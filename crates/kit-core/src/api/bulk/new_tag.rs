use serde::{Deserialize, Serialize};

use super::Echo;
use crate::TagId;

/// A tag to create.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct NewTag {
    pub(super) name: String,
}

impl NewTag {
    /// A tag with this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}

/// A tag to delete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TagRef {
    /// The id.
    pub id: TagId,
}

impl From<TagId> for TagRef {
    fn from(id: TagId) -> Self {
        Self { id }
    }
}

impl Echo for TagRef {
    const NAME: &'static str = "tag";
}
