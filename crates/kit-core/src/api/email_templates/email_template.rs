use serde::{Deserialize, Serialize};

use crate::EmailTemplateId;

/// An email template.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EmailTemplate {
    /// The id.
    pub id: EmailTemplateId,
    /// The name.
    pub name: String,
    /// Whether emails have this template where none is named.
    pub is_default: bool,
    /// The kind of template, such as `HTML`. Broadcasts cannot use one of the category `Starting point`.
    pub category: Option<String>,
}
