//! What the client of a transport can be told: plain values, which both transports understand alike.
//!
//! A transport's builder sets them one by one; [`Settings`] is all of them, for a transport of your own, or to
//! configure both alike.

mod certificate;
mod client;
mod pacing;
mod proxy;
mod setters;

pub use certificate::{Certificate, Identity, Roots};
pub use client::Settings;
pub use pacing::Pacing;
pub use proxy::{Proxy, ProxyUrl};
