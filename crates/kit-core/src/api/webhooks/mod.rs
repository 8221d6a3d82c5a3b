//! Webhooks: Kit calls a URL of yours when something happens.
//!
//! | to | send | path |
//! | --- | --- | --- |
//! | create a webhook | [`CreateWebhook`] | `POST /v4/webhooks` |
//! | see which there are | [`ListWebhooks`] | `GET /v4/webhooks` |
//! | delete one | [`DeleteWebhook`] | `DELETE /v4/webhooks/{id}` |
//!
//! A webhook watches one [`Event`]. Kit does not keep the same webhook from being created twice,
//! and one that exists twice fires twice.
//!
//! Source: Kit's API v4, "Webhooks".

mod argument;
mod create_webhook;
mod delete_webhook;
mod event;
mod event_json;
mod list_webhooks;
mod other_event;
mod parameter;
mod webhook;

pub use create_webhook::CreateWebhook;
pub use delete_webhook::DeleteWebhook;
pub use event::Event;
pub use list_webhooks::ListWebhooks;
pub use other_event::OtherEvent;
pub use webhook::Webhook;
