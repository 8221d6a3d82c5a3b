//! The rows of the resources with their JSON, the tables that hold them, and the state as a program can read it and put it
//! back.

#![expect(
    clippy::indexing_slicing,
    reason = "of JSON: a key that is missing reads as null, and what is written to is an object"
)]

mod account;
pub(crate) mod broadcast;
mod broadcasts;
mod callbacks;
pub(crate) mod custom_field;
pub(crate) mod email_template;
pub(crate) mod engagement;
pub(crate) mod event_type;
mod form;
mod later;
pub(crate) mod legacy_event;
mod operation;
mod post;
mod purchase;
mod segment;
pub(crate) mod sequence;
mod sequence_email;
mod snippet;
mod state;
pub(crate) mod subscriber;
mod tables;
pub(crate) mod tag;
mod webhook;
pub(crate) mod webhook_endpoint;

pub(crate) use account::{ACCOUNT_ID, Account};
pub(crate) use broadcast::Broadcast;
pub(crate) use broadcasts::Broadcasts;
pub(crate) use callbacks::Callbacks;
pub(crate) use custom_field::CustomField;
pub(crate) use email_template::EmailTemplate;
pub(crate) use form::Form;
pub(crate) use later::{Later, Work};
pub(crate) use operation::Operation;
pub(crate) use post::Post;
pub(crate) use purchase::Purchase;
pub(crate) use segment::Segment;
pub(crate) use sequence::Sequence;
pub(crate) use sequence_email::SequenceEmail;
pub(crate) use snippet::Snippet;
pub(crate) use state::{
    add_account, counts, reset, resource, restore_listed, restore_whole, undo_reset, whole_state,
};
pub(crate) use subscriber::{Subscriber, Subscribers};
pub(crate) use tables::Tables;
pub(crate) use tag::Tag;
pub use webhook::Webhook;
pub use webhook_endpoint::WebhookEndpoint;

/// The state, with a table for each resource.
pub(crate) type World = crate::world::World<Tables>;
