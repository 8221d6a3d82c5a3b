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
//! transport, and whether the request may have been applied.
//!
//! # Features
//!
//! - `rustls` (default): TLS by rustls, with Mozilla's roots;
//! - `native-tls`: TLS by the platform's library, with the platform's roots; used where both are on;
//! - `tracing`: a span and events for each call.
//!
//! Without TLS, only `http` URLs can be reached; the error for an `https` one says so.

#![deny(missing_docs)]

mod builder;
mod client;
mod clock;
mod exchange;

pub use builder::Builder;
pub use client::Client;
pub use kit_core::{
    self, AccountId, ApiError, Credentials, CustomFieldId, Delivery, Endpoint, Error, FormId, Kit,
    Pacer, Page, Pagination, ProductId, ReplyError, ReplyProblem, RetryAfter, RetryPolicy,
    SequenceId, TagId, TransportError, WebhookId, oauth, webhooks,
};
