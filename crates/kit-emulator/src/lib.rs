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
//! All operations of Kit's API v4, with the statuses, the messages and exactly the fields that Kit documents, and with
//! a message that says what is wrong where Kit's documentation is silent:
//!
//! | resource | what is kept |
//! | --- | --- |
//! | account | colors and the creator profile; the growth is counted |
//! | subscribers | states, custom fields, tags, forms, sequences, pinned locations; the whole filter language |
//! | tags, forms, sequences with their emails | with their subscribers |
//! | custom fields | with their keys, which follow from the labels, and the values of subscribers |
//! | broadcasts, posts | drafts; scheduled broadcasts are sent by the clock; public ones become posts |
//! | purchases, snippets | as they were sent |
//! | segments, email templates | one segment, and two templates of which one cannot be used for broadcasts |
//! | bulk operations | up to 100 items at once; more are done 5 seconds later by the clock, and called back |
//! | webhooks, webhook endpoints | with their secrets, and the log of deliveries |
//! | OAuth: authorize, token, revoke | the user answers at once, as [`Emulator::set_consent`] says |
//!
//! Each change emits the events that Kit documents: where a subscriber gets a tag, webhooks of `tag_add` and endpoints of
//! `subscriber.tag_added` are told. Nobody opens emails here: who opens and who clicks is made up, and the same each
//! time. A subscriber has opened a broadcast where the sum of their ids is even, and clicked all its links where it is
//! divisible by four.
//!
//! A new emulator has a form, a landing page, a segment, templates and a post, since no operation makes them.
//! [`Emulator::seed`] puts other resources in their place, [`Emulator::snapshot`] reads all of them.
//!
//! The OAuth pages are at `/oauth/…`, too. Who has no credential, or a wrong one, gets 401 for every path but the root, which links to the page; the others get
//! 405 for another method on one of these paths, and 404 for any other path. Access tokens expire by a clock that
//! [`Emulator::advance`] moves. With [`Builder::rate_limits`], the emulator answers 429 to more requests than Kit allows
//! in 60 seconds. Every reply has an `X-Request-Id`. The emulator shares no code with the client for reading requests, so
//! that a mistake in one shows in the other.
//!
//! # How true it is
//!
//! Kit's documents and the live service contradict each other in places: the emulator does what was seen live, so that
//! what a program does wrong fails here as it would at Kit.
//!
//! | behaviour | source |
//! | --- | --- |
//! | paths, parameters, fields, limits, events, webhook deliveries and their retries | as documented |
//! | authentication before routing; 401 with `Authentication Failed`, `The API key is invalid`, `The access token is invalid` (with `WWW-Authenticate`), `The access token expired` | seen live |
//! | 429 with an empty body, without `Retry-After` | seen live |
//! | bodies: `[]` for `{}`, ids as text, `1` and `0` for true and false in queries, unknown fields ignored, times without a zone in UTC | seen live |
//! | an address in a query that is none, such as one with an unencoded `+`: 422 | seen live |
//! | `PUT` of subscribers and of broadcasts is partial; `PATCH` of broadcasts | seen live |
//! | `slim=true` leaves out; `subscriber_count` only with `include` | seen live, and documented |
//! | tags: one name, whatever its case and its blanks | seen by other clients |
//! | bulk: items that are no objects are refused together; rows come the last first | seen live |
//! | broadcasts: `all_subscribers` refused, rates as percentages, null times in drafts, ids of clicked links | seen live |
//! | broadcasts: both texts of `DELETE`; statistics for five years | as documented |
//! | purchases: unwrapped, numeric `pid` and `lid`, no products refused; products of a known transaction appended | seen live; as documented |
//! | sequences: `include=stats`, a taken `position` refused; hours together with `send_days` | as documented; seen live |
//! | an inactive sequence: `[["Sequence is inactive"]]` | seen by other clients |
//! | filter: `all: []` for everybody, flags in the direction of travel, at most 100 to a page | seen live, and by other clients |
//! | growth statistics: 90 days before today, today's offset | seen live |
//! | a filter condition without a type: 422 (at Kit, a 5xx) | made up |
//! | `/v4/legacy_landing_pages`: an empty list | seen live, but for what is in it |
//! | who opens and clicks, what events hold that `trigger` makes, the texts of errors that are not documented | made up |
//! | how long Kit waits for a receiver, whether legacy deliveries are tried again | made up |
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
//! # Several accounts
//!
//! An app is installed by many accounts. [`Emulator::add_account`] adds one, with resources, webhook endpoints, credentials
//! and rate limits of its own; so does a seed that lists it in `accounts`. The methods of [`Emulator`] are about the first
//! account, those of [`Account`] about any.
//!
//! ```
//! let emulator = kit_emulator::Emulator::start()?;
//! let account = emulator.add_account();
//! emulator.set_user(Some(&account)); // who is asked on the consent page; otherwise the page asks
//! let tokens = account.issue_tokens(); // as if the app had been installed
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Control over HTTP
//!
//! So tests in any language can use the program `kit-emulator`. The page at `/_kit/` shows all of it in a browser, with forms for
//! events, faults and the clock, and with lines of curl for the rest:
//!
//! | request | body | what it does |
//! | --- | --- | --- |
//! | `POST /_kit/events` | `{"type": "subscriber.tag_added", "count": 3, "data": {…}}` | [`Emulator::trigger`]; `count` and `data` can be left out; with `subscriber_id` in place of `data`, of a subscriber that is there; answers with the ids of the events, how many deliveries were made, and the ids of the first 1,000 |
//! | `GET /_kit/events` | | the types of events, with data as they are made up |
//! | `GET /_kit/accounts`, `POST /_kit/accounts` | | the accounts with their credentials; [`Emulator::add_account`] |
//! | `POST /_kit/settle` | | [`Emulator::settle`] |
//! | `POST /_kit/clock` | `{"advance_seconds": 30}`, `{"to_next_timer": true}` or `{"speed": 60}` | [`Emulator::advance`], [`Emulator::set_clock_speed`] |
//! | `GET /_kit/clock` | | what the clock shows, and what is due next by it |
//! | `GET /_kit/deliveries` | | [`Emulator::deliveries`] |
//! | `GET /_kit/deliveries/ID` | | one of them, with its body |
//! | `POST /_kit/deliveries/ID/deliver` | | makes its next attempt due now, also where it is over |
//! | `GET /_kit/requests` | | the last 1,000 requests, without the credentials: reply, duration, and the fault that has hit it |
//! | `GET /_kit/requests/NUMBER` | | one of them |
//! | `POST /_kit/faults` | a list of rules | replaces all faults; with `?add`, adds rules behind them |
//! | `GET /_kit/faults` | | the rules, how often each has hit, and how often it can hit still |
//! | `DELETE /_kit/faults`, `DELETE /_kit/faults/ID` | | removes all; removes one rule |
//! | `GET /_kit/state`, `PUT /_kit/state` | `{"subscribers": […], "tags": […], …}` | [`Emulator::snapshot`], [`Emulator::seed`] |
//! | `GET /_kit/state/RESOURCE` | | the rows of one resource, at most `limit` (1,000) with an id after `after` |
//! | `POST /_kit/reset` | | as at the start, or as [`Emulator::begin_with`] said; the credentials, the tokens and what the clock shows stay, and no id comes again |
//! | `POST /_kit/reset/undo` | | brings back what the last reset has removed, in place of what has come since |
//! | `GET /_kit/changes` | | what there is in short; with `since`, a `revision` of it, and `wait`, up to 60 seconds, as soon as something has changed |
//!
//! Events, deliveries, changes and the rows of a resource are those of the first account, or of another with `?account=ID`; all
//! else is about all accounts. Lists of requests and of
//! deliveries come with a `cursor`: with `since`, they have what has changed after it, at most `limit` (1,000) of them, and with
//! `brief` only what a list shows. What has a smaller number than `first` is forgotten, and so are deliveries up to
//! `last_forgotten` that are over; all of it is, where `generation` is another. An `instance` is one run of the emulator: where it is another, nothing that was told before counts.
//!
//! These are for programs on this machine: by another `Host` than `localhost` or a loopback address, and for the page of
//! another site in a browser (`Origin`, `Sec-Fetch-Site`), they answer 403. [`Builder::allow_host`] allows a name more.
//!
//! ```sh
//! curl "$KIT_BASE_URL/_kit/faults" -d '[
//!   {"method": "POST", "path": "/v4/webhooks", "times": 1, "close": true, "after_applying": true},
//!   {"status": 429, "retry_after": 2, "times": 3},
//!   {"delivery": "duplicated", "every": 20}
//! ]'
//! ```
//!
//! A rule applies to requests with its `method`, its `path` (a `*` at the end stands for any rest) and the text
//! `contains` in their body; without one of these, to any. It applies to the first `times` such requests, or to all,
//! with `every` to each n-th of them, and with `percent` to so many of a hundred, as if by chance, but the same ones each time. Of several rules for a request, the first that is not used up applies.
//! Each rule has one fault: `status` (with `body`, JSON or text, `content_type` and `retry_after`), `delay_ms`,
//! `close`, `garbage` or `truncate`, as in [`Fault`]. With `after_applying`, the emulator applies the request before
//! it fails.
//!
//! A rule with `delivery` applies to attempts to deliver, with its `event_type` if it has one, and with `times`, `every` and
//! `percent`: `duplicated`, `delayed` (with `delay_ms`), `reordered`, `forged`, `stale`, `truncated`, `dropped` or
//! `unanswered`, as in [`DeliveryFault`].
//!
//! # What differs from Kit
//!
//! Limits, texts and checks that Kit does not document may differ; replies may leave out keys that do not
//! apply to an event. The emulator holds at most 100,000 rows of each resource, as many deliveries that are not
//! delivered yet, and the last 10,000 tokens of each kind. Where more events happen than deliveries fit, the rest is
//! not told.
//!
//! Everybody is in a segment, since nothing says who is. The time zone of the account has one offset all the year.
//! `subscriber.product_purchase`, `subscriber.link_click` and the bounces and complaints happen by
//! [`Emulator::trigger`] alone. A snapshot does not keep the previous secret of an endpoint.
//!
//! Kit posts to public URLs alone, and the emulator to http URLs of this machine alone, and of hosts that
//! [`Builder::deliver_to`] names. Kit's documentation does not
//! say for how long Kit waits for an answer (the emulator: 30 s), whether legacy deliveries are tried again (here:
//! no), and what becomes of events while an endpoint is disabled (here: it is not told of them, and what was pending
//! fails). A delivery is signed with the time of the system, and not of the emulator's clock, since receivers compare
//! it with the system's. Data that nobody has given are made up.

#![deny(missing_docs)]

mod account;
mod api;
mod builder;
mod changes;
mod control;
mod emulator;
mod events;
mod faults;
#[cfg(all(doc, not(doctest)))]
pub mod guides;
mod local_kit;
mod oauth;
mod outbox;
mod page;
mod rows;
mod server;
mod world;

pub use account::Account;
pub use builder::Builder;
pub use emulator::Emulator;
pub use outbox::{Attempt, Delivery, DeliveryFault, DeliveryState, Target};
pub use rows::{Webhook, WebhookEndpoint};
pub use server::Fault;
pub use world::{Consent, IssuedTokens};
