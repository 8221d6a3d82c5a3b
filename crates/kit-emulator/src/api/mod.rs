//! The operations: a folder for each resource, with its routes, its handlers and its rows.

mod account;
mod api;
mod call;
mod purchases;
mod route;
mod routes;
mod tables;
mod webhooks;

pub(crate) use api::Api;
pub(crate) use tables::Tables;
pub use webhooks::Webhook;

/// The state, with a table for each resource.
type World = crate::world::World<Tables>;
