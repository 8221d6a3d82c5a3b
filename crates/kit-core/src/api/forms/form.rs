use serde::{Deserialize, Serialize};

use super::FormType;
use crate::FormId;
use crate::wire::Timestamp;

/// A form or a landing page.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Form {
    /// The id.
    pub id: FormId,
    /// The name.
    #[serde(default)]
    pub name: String,
    /// When the form was created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// Whether it is a form or a landing page.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub form_type: Option<FormType>,
    /// How the form is shown: null in all examples of Kit.
    pub format: Option<String>,
    /// The URL of the script that shows the form on a page. Events do not have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embed_js: Option<String>,
    /// The URL of the form itself. Events do not have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embed_url: Option<String>,
    /// Whether the form is archived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
    /// The id in the URL of the form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// How many active subscribers came by the form, if it was asked for:
    /// [`ListForms::with_subscriber_count`](super::ListForms::with_subscriber_count).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscriber_count: Option<u64>,
}
