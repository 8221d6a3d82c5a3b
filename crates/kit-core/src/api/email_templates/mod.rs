//! Email templates: what emails look like.
//!
//! | to | send | path |
//! | --- | --- | --- |
//! | list the templates | [`ListEmailTemplates`] | `GET /v4/email_templates` |
//!
//! Source: Kit's API v4, "Email templates".

mod email_template;
mod list_email_templates;

pub use email_template::EmailTemplate;
pub use list_email_templates::ListEmailTemplates;
