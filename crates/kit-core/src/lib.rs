//! The API of Kit (kit.com, formerly ConvertKit) as values.
//!
//! This crate turns an operation into an [`http::Request`] and an [`http::Response`] into a value or an
//! [`Error`]. The crate never opens a socket, never reads a clock, the environment or a file, and never draws
//! a random number. A transport sends the requests: `kit-ureq` (blocking), `kit-hyper` (async), or any other
//! HTTP stack.
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
//! - [`Kit`]: the base URL, the [`Credentials`] and the user agent of all requests;
//! - [`Endpoint`]: one operation as a value. The operations are in a module for each resource: [`account`],
//!   [`broadcasts`], [`bulk`], [`custom_fields`], [`email_templates`], [`forms`], [`posts`], [`purchases`],
//!   [`segments`], [`sequences`], [`snippets`], [`subscribers`], [`tags`], [`webhook_endpoints`], [`webhooks`]; the
//!   parts for an operation of your own are in [`wire`];
//! - [`List`]: an operation that Kit answers page by page; [`Pages`] goes through all its pages;
//! - [`bulk::Batches`]: splits many items into requests, and keeps what became of each;
//! - [`sync`]: creates what is missing, and deletes what is there twice;
//! - [`Call`]: one call from its first request to its result; decides when to send, to wait and to give up;
//! - [`oauth`]: authorizing an app, and sessions that renew their access tokens; [`seal`]: the program's cipher for what
//!   stores write;
//! - [`Error`]: why a call failed, and whether Kit may have applied the operation all the same;
//! - [`settings`]: the settings that the clients of both transports share.
//!
//! # Features
//!
//! - `authorize` (default): the beginning of OAuth, up to the first tokens; without this feature the crate
//!   needs two dependencies less;
//! - `deliveries`: what Kit posts to you: signatures, events, and events that come again;
//! - `tracing`: a span and events for each [`Call`]. A trace holds no secret and no body.
//!
//! # What is not here
//!
//! Sockets, TLS, timeouts and redirects belong to the transport. A transport must not follow
//! redirects: they could carry the credential to another host.

#![deny(missing_docs)]
#![forbid(clippy::disallowed_types, clippy::disallowed_methods)]

mod api;
pub mod budgets;
mod call;
#[cfg(feature = "deliveries")]
pub mod deliveries;
mod endpoint;
mod error;
#[cfg(test)]
mod fixtures;
#[cfg(all(doc, not(doctest)))]
pub mod guides;
mod id;
pub mod import;
mod kit;
mod list;
pub mod oauth;
mod pacer;
mod retry;
mod secret;
pub mod settings;
pub mod sync;
mod text_enum;
mod time;
mod trace;
mod waiters;
pub mod wire;

pub use self::time::{Clock, Time};
pub use api::{
    account, broadcasts, bulk, custom_fields, email_templates, forms, posts, purchases, segments,
    sequences, snippets, subscribers, tags, webhook_endpoints, webhooks,
};
pub use call::{Call, Step};
pub use endpoint::{Auth, Endpoint, Extended, WithResponse};
pub use error::{
    ApiError, Applied, Effect, Error, Operation, ReplyError, ReplyProblem, RetryAfter, Sent,
    SessionError, TransportError, chain,
};
pub use id::{
    AccountId, BroadcastId, CustomFieldId, DeliveryId, EmailTemplateId, FormId, LinkId, PostId,
    ProductId, PublicationId, PurchaseId, SegmentId, SequenceEmailId, SequenceId, SnippetId,
    SubscriberId, TagId, UserId, WebhookEndpointId, WebhookId,
};
pub use kit::{Credentials, Kit};
pub use list::{List, Page, PageQuery, Pages, Pagination};
pub use pacer::{BudgetChange, Pacer, Reserve, ReserveStep};
pub use retry::RetryPolicy;
pub use secret::seal;
pub use wire::{Date, DateBound, DateRange, Decimal, Timestamp, Upsert, UpsertOutcome};
