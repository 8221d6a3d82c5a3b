//! The operations of Kit, a file for each resource: arguments in, an operation of the library out.

mod account;
mod broadcasts;
mod bulk;
mod custom_fields;
mod email_templates;
mod filter;
mod forms;
mod options;
mod posts;
mod purchases;
mod segments;
mod sequences;
mod snippets;
mod subscribers;
mod tags;
mod webhook_endpoints;
mod webhooks;
mod who;

pub(crate) use self::account::Account;
pub(crate) use self::broadcasts::Broadcasts;
pub(crate) use self::bulk::Bulk;
pub(crate) use self::custom_fields::CustomFields;
pub(crate) use self::email_templates::EmailTemplates;
pub(crate) use self::forms::Forms;
pub(crate) use self::options::pair;
pub(crate) use self::posts::Posts;
pub(crate) use self::purchases::Purchases;
pub(crate) use self::segments::Segments;
pub(crate) use self::sequences::Sequences;
pub(crate) use self::snippets::Snippets;
pub(crate) use self::subscribers::Subscribers;
pub(crate) use self::tags::Tags;
pub(crate) use self::webhook_endpoints::WebhookEndpoints;
pub(crate) use self::webhooks::Webhooks;
