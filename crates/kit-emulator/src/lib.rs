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
//! | `GET /v4/webhooks` | 200 with cursor pages, newest first; 401 | 422 for a bad cursor or page size |
//! | `DELETE /v4/webhooks/{id}` | 204, 401, 404 | |
//! | `GET /v4/oauth/authorize` | 302 with a code, or with an error of RFC 6749 | the user answers at once, as [`Emulator::set_consent`] says; 400 for an unknown app |
//! | `POST /v4/oauth/token` | 200, or an error of RFC 6749; JSON or a form | codes and refresh tokens are good for once, codes for 10 minutes; a refresh takes the secret of a confidential app, or none |
//! | `POST /v4/oauth/revoke` | 200 with an empty body | wants the secret of a confidential app; ends all tokens that follow from the same code |
//! | `GET /v4/purchases` | 200 with an empty page; 401 for an API key | |
//! | `POST /v4/bulk/…` | 401 for an API key | 404 for an access token |
//!
//! The pages of OAuth are at `/oauth/…`, too. Another method on one of these paths is a 405, anything else a 404.
//! Access tokens end by a clock that [`Emulator::advance`] moves. With [`Builder::rate_limits`], more requests
//! than Kit allows in 60 seconds get a 429 with `Retry-After`. Every reply has an `X-Request-Id`. The emulator
//! reads requests by code of its own, which shares nothing with the client, so that a mistake of one is seen by
//! the other.
//!
//! # Faults over HTTP
//!
//! `POST /_kit/faults` takes a list of rules as JSON, in place of those before; an empty list heals all. So the
//! program `kit-emulator`, too, can fail on demand, for tests in any language:
//!
//! ```sh
//! curl "$KIT_BASE_URL/_kit/faults" -d '[
//!   {"method": "POST", "path": "/v4/webhooks", "times": 1, "close": true, "after_applying": true},
//!   {"status": 429, "retry_after": "2", "times": 3}
//! ]'
//! ```
//!
//! A rule is for requests with its `method` and its `path`, or for any; for the first `times` of them, or for all. Of
//! several that match, the first that is not used up counts. What goes wrong is one of `status` (with `body`, JSON or
//! text, `content_type` and `retry_after`), `delay_ms`, `close`, `garbage` and `truncate`, as [`Fault`] has them;
//! `after_applying` lets it go wrong afterwards.
//!
//! # What it is not
//!
//! A copy of the service: limits, texts and checks that are not documented may differ; keys of an event that do
//! not apply to it may be left out. A table holds 100,000 rows, and of the tokens of OAuth the last 10,000 are
//! remembered. It delivers nothing to the webhooks that it holds.

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
