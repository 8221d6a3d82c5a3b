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
//!
//! Anything else is a 404. With [`Builder::rate_limits`], more requests than Kit allows in 60 seconds get
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
mod body;
mod clock;
mod create_webhook;
mod emulator;
mod events;
mod fault;
mod list_webhooks;
mod rate_limit;
mod reply;
mod server;

pub use account::Webhook;
pub use emulator::{Builder, Emulator};
pub use fault::Fault;
