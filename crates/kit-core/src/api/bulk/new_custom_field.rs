use serde::Serialize;

/// A custom field to create.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct NewCustomField {
    pub(super) label: String,
}

impl NewCustomField {
    /// A field with this label.
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into() }
    }
}
