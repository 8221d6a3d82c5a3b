//! Webhooks: created, listed, deleted.

mod create_webhook;
mod delete_webhook;
mod events;
mod list_webhooks;
mod webhook;

pub(super) use create_webhook::create;
pub(super) use delete_webhook::delete;
pub(super) use events::find as find_event;
pub(super) use list_webhooks::list;
pub use webhook::Webhook;
