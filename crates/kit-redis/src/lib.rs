//! What the processes of an app share, in Redis: the sessions of its accounts, and the budgets of their requests.
//!
//! The program brings a way to connect, with its own TLS and password. A connection that breaks, or that leads to a
//! server which no longer is the primary, is made anew, and the command is sent once more: each can be repeated. A
//! session that was saved is recognised by a random mark; a budget that was saved is reported again.
//!
//! # Examples
//!
//! ```no_run
//! use kit_hyper::oauth::{App, Sessions};
//! use kit_redis::{Keys, Redis};
//!
//! # fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let redis = Redis::new(redis::Client::open("redis://localhost")?, Keys::default());
//! let sessions = Sessions::new(App::confidential("client-id", "client-secret"), redis);
//! # Ok(())
//! # }
//! ```
//!
//! # What Redis may lose
//!
//! By default Redis writes to the disk every second, and a replica may lag when it becomes the primary: the last saves
//! may be gone. A session whose new tokens are lost has to be authorized again, since its refresh token is spent. Run
//! Redis with `appendonly yes`, `appendfsync always` and `maxmemory-policy noeviction`, or keep sessions in PostgreSQL.
//!
//! A budget that is lost is made anew of what the processes report when they need a share: until then more requests than
//! Kit allows may be sent, and Kit may answer 429.
//!
//! An event whose record is lost counts as new, and is handled again if Kit delivers it again.
//!
//! # What lies open
//!
//! Without a [seal](kit_core::seal::Seal), whoever can read the database has the tokens of all accounts. With
//! [`Keys::sealed`], it holds the keys of accounts and versions, and nothing else that can be read.
//!
//! # Features
//!
//! - `async` (default): [`Redis`], over connections of tokio;
//! - `blocking`: [`blocking::Redis`];
//! - `seen`: which events were handled, for receivers of several processes that have no inbox.

#![deny(missing_docs)]
#![cfg_attr(not(any(feature = "async", feature = "blocking")), allow(dead_code))]

#[cfg(feature = "blocking")]
pub mod blocking;
mod budgets;
#[cfg(feature = "async")]
mod connect;
mod keys;
#[cfg(feature = "async")]
mod redis;
mod retry;
#[cfg(feature = "seen")]
mod seen;
mod sessions;

#[cfg(feature = "async")]
pub use connect::Connect;
pub use keys::Keys;
#[cfg(feature = "async")]
pub use redis::Redis;
