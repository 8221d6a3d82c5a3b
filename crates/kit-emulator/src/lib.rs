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
//! # Faults over HTTP
//!
//! `POST /_kit/faults` takes a list of rules as JSON, which replaces all rules before; an empty list ends all
//! faults. So tests in any language can make the program `kit-emulator` fail:
//!
//! ```sh
//! curl "$KIT_BASE_URL/_kit/faults" -d '[
//!   {"method": "POST", "path": "/v4/webhooks", "times": 1, "close": true, "after_applying": true},
//!   {"status": 429, "retry_after": "2", "times": 3}
//! ]'
//! ```
//!
//! A rule applies to requests with its `method` and its `path`; without one of these, to any method or path.
//! It applies to the first `times` such requests; without `times`, to all. Of several rules for a request,
//! the first that is not used up applies. Each rule has one fault: `status` (with `body`, JSON or text,
//! `content_type` and `retry_after`), `delay_ms`, `close`, `garbage` or `truncate`, as in [`Fault`]. With
//! `after_applying`, the emulator applies the request before it fails.
//!
//! # What differs from Kit
//!
//! Limits, texts and checks that Kit does not document may differ; replies may leave out keys that do not
//! apply to an event. The emulator holds at most 100,000 webhooks, and the last 10,000 tokens of each kind.
//! It never calls the URLs of its webhooks.

#![deny(missing_docs)]

mod api;
mod control;
mod emulator;
mod oauth;
mod server;
mod world;

pub use api::Webhook;
pub use emulator::{Builder, Emulator};
pub use server::Fault;
pub use world::{Consent, Tokens};
