//! The operations: a folder for each resource, with its routes, its handlers and its rows.

mod account;
mod api;
mod call;
mod events;
mod made_up;
mod purchases;
mod route;
mod routes;
mod tables;
mod webhook_endpoints;
mod webhooks;

pub(crate) use api::Api;
pub(crate) use events::{Trigger, restore, state, trigger};
pub(crate) use tables::Tables;
pub use webhook_endpoints::WebhookEndpoint;
pub use webhooks::Webhook;

/// The state, with a table for each resource.
pub(crate) type World = crate::world::World<Tables>;
