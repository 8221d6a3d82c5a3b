//! Webhook endpoints: created, changed, deleted; their secrets; and the log of what was delivered to them.

mod create_webhook_endpoint;
mod delete_webhook_endpoint;
mod deliveries;
mod event_types;
mod get_webhook_endpoint;
mod input;
mod list_webhook_endpoints;
mod secrets;
mod update_webhook_endpoint;
mod webhook_endpoint;

pub(super) use create_webhook_endpoint::create;
pub(super) use delete_webhook_endpoint::delete;
pub(super) use deliveries::{get as get_delivery, list as list_deliveries};
pub(crate) use event_types::is_known;
pub(super) use get_webhook_endpoint::get;
pub(super) use list_webhook_endpoints::list;
pub(super) use secrets::{revoke_previous, rotate};
pub(super) use update_webhook_endpoint::update;
pub use webhook_endpoint::WebhookEndpoint;
