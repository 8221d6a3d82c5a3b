//! The API of Kit (kit.com, formerly ConvertKit) as values.
//!
//! This crate turns an operation into an [`http::Request`] and an [`http::Response`] into a value
//! or an [`Error`]. It never opens a socket, reads a clock, the environment or a file, never draws a random
//! number, and calls nothing of yours: whoever moves the bytes, moves them. Two crates do so, `kit-ureq`
//! (blocking) and `kit-hyper` (async); any other HTTP stack can.
//!
//! ```
//! use kit_core::webhooks::{CreateWebhook, Event, Webhook};
//! use kit_core::{Credentials, Error, Kit};
//!
//! # fn any_http_stack(request: http::Request<Vec<u8>>) -> http::Response<Vec<u8>> {
//! #     assert_eq!(request.uri(), "https://api.kit.com/v4/webhooks");
//! #     let body = r#"{"webhook": {"id": 9, "account_id": 1539, "target_url": "https://example.com/kit",
//! #         "event": {"name": "tag_add", "initiator_value": null, "tag_id": 44}}}"#;
//! #     http::Response::builder().status(201).body(body.into()).unwrap()
//! # }
//! let kit = Kit::new(Credentials::api_key("kit_0123"));
//! let create = CreateWebhook::new("https://example.com/kit", Event::TagAdd { tag_id: 44.into() })?;
//!
//! let request: http::Request<Vec<u8>> = kit.request(&create)?;
//! let response: http::Response<Vec<u8>> = any_http_stack(request);
//! let webhook: Webhook = kit.response(&create, response)?;
//!
//! assert_eq!(webhook.event, Event::TagAdd { tag_id: 44.into() });
//! # Ok::<(), Error>(())
//! ```
//!
//! # What is where
//!
//! - [`Kit`]: where and as whom, base URL, [`Credentials`] and user agent;
//! - [`Endpoint`]: one operation as a value; the operations on webhooks are in [`webhooks`]; what an operation of
//!   your own is written with is in [`wire`];
//! - [`List`]: an operation that answers page by page, and [`Pages`], which has them all;
//! - [`Call`]: one call up to its end, when to send, to wait, to give up;
//! - [`oauth`]: authorizing an app, and sessions that renew themselves;
//! - [`Error`]: what went wrong, and whether the request may have been applied all the same;
//! - [`settings`]: what the clients of both transports can be told.
//!
//! # Features
//!
//! - `authorize` (default): the beginning of OAuth, up to the first tokens; without it the crate stands
//!   on three crates less;
//! - `tracing`: a span and events for each [`Call`]. Never a secret, never a body.
//!
//! # What is not here
//!
//! Sockets, TLS, timeouts and redirects belong to the transport. A transport must not follow
//! redirects: they could carry the credential to another host.

#![deny(missing_docs)]
#![forbid(clippy::disallowed_types, clippy::disallowed_methods)]

mod api;
mod call;
mod credentials;
mod endpoint;
mod error;
#[cfg(test)]
mod fixtures;
mod id;
mod kit;
mod list;
pub mod oauth;
pub mod settings;
pub mod wire;

pub use api::webhooks;
pub use call::{Call, Clock, Pacer, RetryAfter, RetryPolicy, Step, Time};
pub use credentials::Credentials;
pub use endpoint::{Auth, Endpoint, Extended, WithResponse};
pub use error::{
    ApiError, Delivery, Effect, Error, Operation, ReplyError, ReplyProblem, SessionError,
    TransportError,
};
pub use id::{AccountId, CustomFieldId, FormId, ProductId, SequenceId, TagId, WebhookId};
pub use kit::Kit;
pub use list::{List, Page, PageQuery, Pages, Pagination};
