//! The operations: a folder for each resource, with its routes and its handlers.

#![expect(clippy::unnecessary_wraps, reason = "handlers are of one type")]
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
mod forms;
mod posts;
mod purchases;
mod replies;
mod route;
mod routes;
mod segments;
mod sequences;
mod snippets;
mod subscribers;
mod tags;
mod webhook_endpoints;
mod webhooks;

pub(crate) use api::Api;
