//! An emulator of Kit (kit.com, formerly ConvertKit) on this machine: to develop without an account, and to
//! test without a network.
//!
//! The emulator runs in your program and holds one account in memory. It listens on a port that the system
//! chooses, and stops when it is dropped. It serves from a thread of its own, so that blocking and async
//! programs use it alike.
//!
//! ```
//! use kit_emulator::{Emulator, Fault};
//!
//! let emulator = Emulator::start()?;
//! println!("KIT_BASE_URL={} KIT_API_KEY={}", emulator.base_url(), emulator.api_key());
//!
//! emulator.fail_next(1, Fault::status(503)); // the next request gets a 503 and is not applied
//! assert!(emulator.webhooks().is_empty());
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # What the emulator serves
//!
//! | operation | as documented | and |
//! | --- | --- | --- |
//! | `POST /v4/webhooks` | 201, 401, 422 | 422 for what Kit's documentation leaves open, with a message that says what |
//! | `GET /v4/webhooks` | 200 with cursor pages, newest first; 401 | 422 for a bad cursor or page size |
//! | `DELETE /v4/webhooks/{id}` | 204, 401, 404 | |
//! | `POST /v4/webhook_endpoints` | 201 with the secret, 401, 422 | 422 for what Kit's documentation leaves open |
//! | `GET /v4/webhook_endpoints`, `GET`, `PATCH`, `DELETE /v4/webhook_endpoints/{id}` | 200, 204, 401, 404, 422 | |
//! | `POST …/{id}/rotate_secret`, `POST …/{id}/revoke_previous_secret` | 200, 401, 404, 409 | the previous secret signs for 24 hours more |
//! | `GET …/{id}/deliveries`, `GET …/{id}/deliveries/{delivery_id}` | 200, 401, 404, 422 | the names of fields that Kit's documentation does not name are made up |
//! | `GET /v4/oauth/authorize` | 302 with a code, or with an error of RFC 6749 | the user answers at once, as [`Emulator::set_consent`] says; 400 for an unknown app |
//! | `POST /v4/oauth/token` | 200, or an error of RFC 6749; JSON or a form | codes and refresh tokens are good for once, codes for 10 minutes; a refresh takes the secret of a confidential app, or none |
//! | `POST /v4/oauth/revoke` | 200 with an empty body | wants the secret of a confidential app; ends all tokens that follow from the same code |
//! | `GET /v4/purchases` | 200 with an empty page; 401 for an API key | |
//! | `POST /v4/bulk/…` | 401 for an API key | 404 for an access token |
//!
//! The OAuth pages are at `/oauth/…`, too. The emulator answers 405 to another method on one of these paths,
//! and 404 to any other path. Access tokens expire by a clock that [`Emulator::advance`] moves. With
//! [`Builder::rate_limits`], the emulator answers 429 with `Retry-After` to more requests than Kit allows in
//! 60 seconds. Every reply has an `X-Request-Id`. The emulator shares no code with the client for reading
//! requests, so that a mistake in one shows in the other.
//!
//! # Deliveries
//!
//! [`Emulator::trigger`] makes events happen. The emulator posts them to the active webhook endpoints that are
//! told of their type, as Kit does: signed, up to 100 events or 512 KB at once, tried 8 times in 41 hours of the
//! emulator's clock. Legacy events are posted to the webhooks that watch them, unsigned, once.
//!
//! ```
//! use std::time::Duration;
//!
//! use kit_emulator::{DeliveryFault, Emulator};
//!
//! let emulator = Emulator::start()?;
//! // Here your program creates a webhook endpoint with the URL of its receiver.
//! emulator.fail_deliveries_when(|delivery| delivery.attempts.is_empty().then(DeliveryFault::unanswered));
//! emulator.trigger("subscriber.tag_added", 3, None)?;
//! emulator.settle(); // waits for the first attempts
//! emulator.advance(Duration::from_secs(30)); // and for the second
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Control over HTTP
//!
//! So tests in any language can use the program `kit-emulator`:
//!
//! | request | body | what it does |
//! | --- | --- | --- |
//! | `POST /_kit/events` | `{"type": "subscriber.tag_added", "count": 3, "data": {…}}` | [`Emulator::trigger`]; `count` and `data` can be left out; answers with the ids |
//! | `POST /_kit/settle` | | [`Emulator::settle`] |
//! | `POST /_kit/clock` | `{"advance_seconds": 30}` or `{"speed": 60}` | [`Emulator::advance`], [`Emulator::set_clock_speed`] |
//! | `GET /_kit/clock` | | what the clock shows |
//! | `GET /_kit/deliveries` | | [`Emulator::deliveries`] |
//! | `GET /_kit/requests` | | [`Emulator::recorded_requests`], without the credentials |
//! | `POST /_kit/faults` | a list of rules | replaces all faults |
//! | `GET /_kit/state`, `PUT /_kit/state` | `{"webhooks": […], "webhook_endpoints": […]}` | reads the state, or replaces it |
//! | `POST /_kit/reset` | | removes all but the credentials, the tokens and what the clock shows |
//!
//! ```sh
//! curl "$KIT_BASE_URL/_kit/faults" -d '[
//!   {"method": "POST", "path": "/v4/webhooks", "times": 1, "close": true, "after_applying": true},
//!   {"status": 429, "retry_after": "2", "times": 3},
//!   {"delivery": "duplicated", "every": 20}
//! ]'
//! ```
//!
//! A rule applies to requests with its `method`, its `path` (a `*` at the end stands for any rest) and the text
//! `contains` in their body; without one of these, to any. It applies to the first `times` such requests, or to all,
//! and with `every` to each n-th of them. Of several rules for a request, the first that is not used up applies.
//! Each rule has one fault: `status` (with `body`, JSON or text, `content_type` and `retry_after`), `delay_ms`,
//! `close`, `garbage` or `truncate`, as in [`Fault`]. With `after_applying`, the emulator applies the request before
//! it fails.
//!
//! A rule with `delivery` applies to attempts to deliver, with its `event_type` if it has one, and with `times` and
//! `every`: `duplicated`, `delayed` (with `delay_ms`), `reordered`, `forged`, `stale`, `truncated`, `dropped` or
//! `unanswered`, as in [`DeliveryFault`].
//!
//! # What differs from Kit
//!
//! Limits, texts and checks that Kit does not document may differ; replies may leave out keys that do not
//! apply to an event. The emulator holds at most 100,000 webhooks and as many
//! endpoints and deliveries, and the last 10,000 tokens of each kind.
//!
//! Kit posts to public URLs alone, and the emulator to http URLs of this machine alone. Kit's documentation does not
//! say for how long Kit waits for an answer (the emulator: 30 s), whether legacy deliveries are tried again (here:
//! no), and what becomes of events while an endpoint is disabled (here: it is not told of them, and what was pending
//! fails). A delivery is signed with the time of the system, and not of the emulator's clock, since receivers compare
//! it with the system's. Data that nobody has given are made up.

#![deny(missing_docs)]

mod api;
mod control;
mod emulator;
mod faults;
mod kit;
mod oauth;
mod outbox;
mod server;
mod world;

pub use api::{Webhook, WebhookEndpoint};
pub use emulator::{Builder, Emulator};
pub use outbox::{Attempt, Delivery, DeliveryFault, DeliveryStatus, Target};
pub use server::Fault;
pub use world::{Consent, Tokens};
