//! The operations of Kit's API: a folder for each resource, a file for each operation and each value.
//!
//! What writes a body or reads a reply is `#[inline]`: a program compiles those operations that it sends, and not all
//! of them with this crate.

pub mod account;
pub mod broadcasts;
pub mod bulk;
mod check;
pub mod custom_fields;
pub mod email_templates;
pub mod forms;
pub mod posts;
pub mod purchases;
pub mod segments;
pub mod sequences;
pub mod snippets;
pub mod subscribers;
pub mod tags;
pub mod webhook_endpoints;
pub mod webhooks;
