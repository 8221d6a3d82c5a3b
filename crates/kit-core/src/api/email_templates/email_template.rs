use serde::{Deserialize, Serialize};

use crate::EmailTemplateId;

/// An email template.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EmailTemplate {
    /// The id.
    pub id: EmailTemplateId,
    /// The name.
    #[serde(default)]
    pub name: String,
    /// Whether this is the account's default template: emails that name no template use it.
    pub is_default: Option<bool>,
    /// The kind of template, such as `HTML`. Broadcasts cannot use one of the category `Starting point`.
    pub category: Option<String>,
}
