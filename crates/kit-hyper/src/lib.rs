//! An async client for the API of Kit (kit.com, formerly ConvertKit), on hyper and tokio.
//!
//! ```
//! use kit_hyper::webhooks::{CreateWebhook, Event};
//! use kit_hyper::{Client, Credentials, Error};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Error> {
//! # let kit = kit_emulator::Emulator::start().unwrap();
//! # let (key, url) = (kit.api_key(), kit.base_url());
//! let client = Client::new(Credentials::api_key(key));
//! # let client = Client::builder().base_url(url).build(Credentials::api_key(key))?;
//! let create = CreateWebhook::new("https://example.com/kit", Event::TagAdd { tag_id: 44.into() })?;
//! let webhook = client.send(&create).await?;
//! println!("created webhook {}", webhook.id);
//! # Ok(())
//! # }
//! ```
//!
//! The operations are in a module for each resource: [`account`], [`broadcasts`], [`bulk`], [`custom_fields`],
//! [`email_templates`], [`forms`], [`posts`], [`purchases`], [`segments`], [`sequences`], [`snippets`], [`subscribers`],
//! [`tags`], [`webhooks`] and [`webhook_endpoints`]. [`sync`] keeps webhooks in step with what a program wants; authorizing
//! an app, and sessions that renew their tokens, are in [`oauth`]. [`Error`] says whether a failure came from Kit or
//! from the transport, and whether Kit may have applied the operation. [`Builder`] has the settings of a client.
//!
//! The client needs a tokio runtime, current-thread or multi-thread, with its I/O and time drivers on.
//!
//! # Features
//!
//! - `rustls` (default): TLS by rustls, with Mozilla's roots;
//! - `platform-verifier`: allows [`Roots::Platform`](settings::Roots::Platform) with rustls;
//! - `native-tls`: TLS by the platform's library, with the platform's roots; used where `rustls` is on, too;
//! - `tracing`: a span and events for each call.
//!
//! Without TLS, the client reaches only `http` URLs; for an `https` URL it returns an error that says so.

#![deny(missing_docs)]

mod box_error;
mod budget_store;
mod builder;
mod client;
mod clock;
mod connect_timeout;
mod connector;
mod exchange;
#[cfg(all(doc, not(doctest)))]
pub mod guides;
mod http_client;
mod import_stream;
mod named_budget;
mod pause;
mod principal;
mod protocol;
mod request_body;
mod sender;
mod session;
mod session_store;
mod sessions;
mod shared_pacer;
mod store;
mod stream;
#[cfg(any(feature = "rustls", feature = "native-tls"))]
mod tls;

pub use builder::Builder;
pub use client::Client;
pub use http_client::HttpClient;
pub use import_stream::ImportStream;
pub use kit_core;
/// All that the core has, so that programs need this crate alone.
#[doc(inline)]
pub use kit_core::*;
pub use principal::Principal;
pub use request_body::RequestBody;
pub use shared_pacer::{ClientPacing, SharedPacer};
pub use stream::{ItemStream, PageStream};

/// OAuth 2.0: all of [`kit_core::oauth`], but with a [`Session`](oauth::Session) and [`Sessions`](oauth::Sessions) that
/// include their store.
pub mod oauth {
    pub use crate::session::Session;
    pub use crate::sessions::Sessions;
    pub use crate::store::Blocking;
    pub use kit_core::oauth::*;
}
