//! Receives what Kit (kit.com, formerly ConvertKit) delivers to a webhook endpoint: a `tower` service for hyper, axum
//! and any other server that takes one.
//!
//! A [`Receiver`] verifies each request, limits its size and its time, drops events that came before, acknowledges
//! at once, and hands the events on by a bounded queue, [`Events`]. Where the queue is full, Kit is asked to come
//! again later.
//!
//! ```
//! use kit_receiver::Receiver;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let (receiver, events) = Receiver::builder(["whsec_…"]).state_file("kit-events.jsonl").build()?;
//! tokio::spawn(async move {
//!     while let Some(received) = events.next().await {
//!         // A task of its own: a handler that panics ends this task alone, and its event comes again.
//!         let handling = tokio::spawn(async move {
//!             println!("{} {}", received.event.id, received.event.event_type);
//!             received.done().await // from now on the event is not handled again
//!         });
//!         if let Ok(Err(error)) = handling.await {
//!             eprintln!("the state file cannot be written: {error}");
//!         }
//!     }
//! });
//! // `receiver` is the service: give it to the server.
//! # let _ = receiver;
//! # Ok(())
//! # }
//! ```
//!
//! # What is guaranteed
//!
//! Kit sends an event again until it is acknowledged, and at times once more. This receiver handles
//!
//! - each event **at least once**: with a [state file](Builder::state_file), an event is on the disk before it is
//!   acknowledged, and after a crash it comes out of the queue again. Without the file, what is in the queue when the
//!   process crashes is lost. An event that a handler drops, because it fails or panics, comes again; a panic must not
//!   end the task that calls [`Events::next`].
//! - no event **twice**, as long as it is among the last 100,000 and younger than 31 days. With the state file that
//!   holds over restarts, too; without it, for one process. Only where a process crashes after an event was handled,
//!   and before [`Received::done`] has written that down, the event is handled a second time: where that matters, make
//!   the handler's own effect depend on the event's id.
//!
//! An event that is dropped before it is done comes again: after a second, and after twice as long each time
//! ([`Builder::backoff`]). [`Received::attempts`] counts, and after 25 attempts ([`Builder::max_attempts`]) the event is
//! set aside ([`Events::set_aside`]). What was handled is on the disk when the machine loses its
//! power once an event was received after it: until then the machine's crash, unlike the process's, can bring it again.
//!
//! A line of the state file that cannot be read, after a fault of the disk, say, is moved to a file of its own, whose
//! name ends in `.unreadable`, and is told of ([`Builder::on_error`]).
//!
//! # Many accounts, many processes
//!
//! [`Receiver::for_accounts`] looks up the secrets of each delivery's account. With an [inbox](Builder::inbox), such as that
//! of `kit-postgres`, events are in a database that all processes share, in place of the queue and its file.
//!
//! To end in order, stop the server, [`close`](Receiver::close) the receiver, and handle what
//! [`Events::next`] still has until it returns `None`.

#![deny(missing_docs)]

mod accounts;
mod backoff;
mod builder;
mod busy;
mod events;
#[cfg(all(doc, not(doctest)))]
pub mod guides;
mod hooks;
mod item;
mod journal;
mod keeper;
mod queue;
mod read;
mod received;
mod receiver;
mod shared;
mod state;

pub use builder::Builder;
pub use events::Events;
pub use received::Received;
pub use receiver::Receiver;
