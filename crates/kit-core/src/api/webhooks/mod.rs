//! Webhooks: Kit calls a URL of yours when something happens.
//!
//! | to | send | path |
//! | --- | --- | --- |
//! | create a webhook | [`CreateWebhook`] | `POST /v4/webhooks` |
//! | list the webhooks | [`ListWebhooks`] | `GET /v4/webhooks` |
//! | delete a webhook | [`DeleteWebhook`] | `DELETE /v4/webhooks/{id}` |
//!
//! A webhook watches one [`Event`]. Kit does not prevent a second webhook with the same URL and event: then
//! Kit calls the URL twice for each event.
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
