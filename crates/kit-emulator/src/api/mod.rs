//! The operations: a folder for each resource, with its routes, its handlers and its rows.

#![expect(
    clippy::indexing_slicing,
    reason = "of JSON: what is read and not there is null, and what is written to is an object"
)]

mod account;
mod api;
mod broadcasts;
mod bulk;
mod call;
mod custom_fields;
mod email_templates;
mod events;
mod forms;
mod happenings;
mod input;
mod later;
mod made_up;
mod posts;
mod purchases;
mod route;
mod routes;
mod segments;
mod sequences;
mod snippets;
mod state;
mod subscribers;
mod tables;
mod tags;
mod webhook_endpoints;
mod webhooks;

pub(crate) use api::Api;
pub(crate) use events::{Trigger, trigger};
pub(crate) use later::{next_due, run_due};
pub(crate) use state::{reset, restore, state};
pub(crate) use tables::Tables;
pub use webhook_endpoints::WebhookEndpoint;
pub use webhooks::Webhook;

/// The state, with a table for each resource.
pub(crate) type World = crate::world::World<Tables>;
