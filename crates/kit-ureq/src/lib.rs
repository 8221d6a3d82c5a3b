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
//! The operations are in a module for each resource: [`account`], [`broadcasts`], [`bulk`], [`custom_fields`],
//! [`email_templates`], [`forms`], [`posts`], [`purchases`], [`segments`], [`sequences`], [`snippets`], [`subscribers`],
//! [`tags`], [`webhooks`] and [`webhook_endpoints`]. [`sync`] keeps webhooks in step with what a program wants; authorizing
//! an app, and sessions that renew their tokens, are in [`oauth`]. [`Error`] says whether a failure came from Kit or
//! from the transport, and whether Kit may have applied the operation. [`Builder`] has the settings of a client.
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

mod builder;
mod callback;
mod cancel;
mod client;
mod clock;
mod connection;
mod exchange;
#[cfg(all(doc, not(doctest)))]
pub mod guides;
mod import_iter;
mod iter;
mod named_budget;
mod principal;
mod session;
mod sessions;
mod shared_pacer;
#[cfg(any(feature = "rustls", feature = "native-tls"))]
mod tls;
mod wait;

pub use builder::Builder;
pub use cancel::Cancel;
pub use client::Client;
pub use exchange::Next;
pub use import_iter::ImportIter;
pub use iter::{ItemIter, PageIter};
pub use kit_core;
/// All that the core has, so that programs need this crate alone.
#[doc(inline)]
pub use kit_core::*;
pub use principal::Principal;
pub use shared_pacer::{ClientPacing, SharedPacer};

/// OAuth 2.0: all of [`kit_core::oauth`], but with a [`Session`](oauth::Session) and [`Sessions`](oauth::Sessions) that
/// include their store, and with a [`Callback`](oauth::Callback) that waits for the user's browser.
pub mod oauth {
    pub use crate::callback::Callback;
    pub use crate::session::Session;
    pub use crate::sessions::Sessions;
    pub use kit_core::oauth::*;
}
