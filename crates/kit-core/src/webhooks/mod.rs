//! Webhooks: Kit calls a URL of yours when something happens.
//!
//! | to | send | path |
//! | --- | --- | --- |
//! | create a webhook | [`CreateWebhook`] | `POST /v4/webhooks` |
//!
//! A webhook watches one [`Event`]. Kit does not keep the same webhook from being created twice,
//! and one that exists twice fires twice.
//!
//! Source: Kit's API v4, "Webhooks".

mod argument;
mod create_webhook;
mod event;
mod event_json;
mod other_event;
mod parameter;
mod webhook;

pub use create_webhook::CreateWebhook;
pub use event::Event;
pub use other_event::OtherEvent;
pub use webhook::Webhook;
