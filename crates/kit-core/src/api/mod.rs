//! The operations of Kit's API: a folder for each resource, a file for each operation and each value.

pub mod webhook_endpoints;
pub mod webhooks;
