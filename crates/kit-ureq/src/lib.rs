//! A blocking client for the API of Kit (kit.com, formerly ConvertKit), on ureq.
//!
//! ```
//! use kit_ureq::webhooks::{CreateWebhook, Event};
//! use kit_ureq::{Client, Credentials, Error};
//!
//! # let kit = kit_emulator::Emulator::start().unwrap();
//! # let (key, url) = (kit.api_key(), kit.base_url());
//! let client = Client::new(Credentials::api_key(key));
//! # let client = Client::builder().base_url(url).build(Credentials::api_key(key))?;
//! let create = CreateWebhook::new("https://example.com/kit", Event::TagAdd { tag_id: 44.into() })?;
//! let webhook = client.send(&create)?;
//! println!("created webhook {}", webhook.id);
//! # Ok::<(), Error>(())
//! ```
//!
//! What can be sent is in [`webhooks`]; authorizing an app, and sessions that renew themselves, in
//! [`oauth`]; what can go wrong is in [`Error`], which says whether it came from Kit or from the
//! transport, and whether the request may have been applied. What a client can be told is in [`Builder`].
//!
//! # Features
//!
//! - `rustls` (default): TLS by rustls, with Mozilla's roots;
//! - `platform-verifier`: [`Roots::Platform`](settings::Roots::Platform) with rustls;
//! - `native-tls`: TLS by the platform's library, with the platform's roots; used where both are on;
//! - `tracing`: a span and events for each call.
//!
//! Without TLS, only `http` URLs can be reached; the error for an `https` one says so.

#![deny(missing_docs)]

mod builder;
mod client;
mod clock;
mod connection;
mod exchange;
mod iter;
mod principal;
mod session;
#[cfg(any(feature = "rustls", feature = "native-tls"))]
mod tls;
mod wait;

pub use builder::Builder;
pub use client::Client;
pub use exchange::Next;
pub use iter::{ItemIter, PageIter};
pub use kit_core::{
    self, AccountId, ApiError, Auth, Credentials, CustomFieldId, Delivery, Effect, Endpoint, Error,
    FormId, Kit, List, Operation, Pacer, Page, Pagination, ProductId, ReplyError, ReplyProblem,
    RetryAfter, RetryPolicy, SequenceId, TagId, TransportError, WebhookId, settings, webhooks,
    wire,
};
pub use principal::Principal;

/// OAuth 2.0: what [`kit_core::oauth`] has, with a [`Session`](oauth::Session) that brings its store.
pub mod oauth {
    pub use crate::session::Session;
    pub use kit_core::oauth::*;
}
