//! Deliveries: what Kit posts to you.
//!
//! | what comes | verified by | read by |
//! | --- | --- | --- |
//! | events for a webhook endpoint | [`Verifier`], by `X-Kit-Signature` | [`Verifier::receive`], as a [`Delivery`] |
//! | events for the endpoints of many accounts | [`EndpointTokens`], in the URL, and a [`Verifier`] for each | [`Verifier::receive`] |
//! | an event for a webhook of `/v4/webhooks` | [`TargetToken`], in the URL | [`LegacyDelivery::read`] |
//! | the result of a queued bulk operation | [`TargetToken`], in the URL | [`BulkCallback::read`] |
//!
//! [`Answer`] is what to answer. [`Handling`] recognises an event that comes again. All of this is for any server:
//! it reads no clock and opens no socket. The crate `kit-receiver` has a ready service for `tower`, hyper and axum.

mod answer;
mod bulk_callback;
mod delivered_event;
mod delivery;
mod delivery_error;
mod endpoint_tokens;
mod event_data;
mod event_id;
mod inbox;
mod legacy_delivery;
mod secret_store;
mod seen;
mod signature;
mod target_token;
mod verifier;

pub use answer::Answer;
pub use bulk_callback::{BulkCallback, CallbackFailure};
pub use delivered_event::DeliveredEvent;
pub use delivery::{Delivery, UnreadableEvent};
pub use delivery_error::DeliveryError;
pub use endpoint_tokens::EndpointTokens;
pub use event_data::EventData;
pub use event_id::EventId;
pub use inbox::{AfterFailure, AsyncInbox, Claim, ClaimedEvent, InboxEvent, SetAsideEvent};
pub use legacy_delivery::{LegacyDelivery, LegacyPurchase};
pub use secret_store::AsyncSecretStore;
pub use seen::{EventRecord, EventState, Handling, HandlingStep, Saved, SeenEvents};
pub use target_token::TargetToken;
pub use verifier::{SIGNATURE, Verifier};
