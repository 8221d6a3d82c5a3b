//! A Kit (kit.com, formerly ConvertKit) on this machine: to develop against without an account, and
//! to test against without a network.
//!
//! It is embedded and in memory. It starts on a port that the system chooses, holds one account, and
//! stops when it is dropped. It serves from a thread of its own, so blocking and async programs use
//! it alike.
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
//! # What it serves
//!
//! | operation | as documented | and |
//! | --- | --- | --- |
//! | `POST /v4/webhooks` | 201, 401, 422 | 422 for what Kit's documentation leaves open, with a message that says what |
//! | `GET /v4/webhooks` | 200 with cursor pages, oldest first; 401 | 422 for a bad cursor or page size |
//! | `DELETE /v4/webhooks/{id}` | 204, 401, 404 | |
//! | `GET /v4/oauth/authorize` | 302 with a code, or with an error of RFC 6749 | the user answers at once, as [`Emulator::set_consent`] says; 400 for an unknown app |
//! | `POST /v4/oauth/token` | 200, or an error of RFC 6749; JSON or a form | codes and refresh tokens are good for once, codes for 10 minutes |
//! | `POST /v4/oauth/revoke` | 200 | ends all tokens that follow from the same code |
//! | `GET /v4/purchases` | 200 with an empty page; 401 for an API key | |
//! | `/v4/bulk/…` | 401 for an API key | 404 for an access token |
//!
//! Anything else is a 404. Access tokens end by a clock that [`Emulator::advance`] moves. With [`Builder::rate_limits`], more requests than Kit allows in 60 seconds get
//! a 429 with `Retry-After`. Every reply has an `X-Request-Id`. It reads requests by code of its own,
//! which shares nothing with the client, so that a mistake of one is seen by the other.
//!
//! # What it is not
//!
//! A copy of the service: limits, texts and checks that are not documented may differ; keys of an
//! event that do not apply to it may be left out. It delivers nothing to the webhooks that it holds.

#![deny(missing_docs)]

mod account;
mod api;
mod app;
mod authorize;
mod body;
mod clock;
mod create_webhook;
mod credential;
mod emulator;
mod events;
mod fault;
mod grants;
mod list_webhooks;
mod parameters;
mod rate_limit;
mod reply;
mod routes;
mod server;
mod token;

pub use account::Webhook;
pub use emulator::{Builder, Emulator};
pub use fault::Fault;
pub use grants::{Consent, Tokens};
