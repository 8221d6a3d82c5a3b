//! The settings of clients: plain values, with the same meaning for both transports.
//!
//! A client's builder has a method for each setting; [`Settings`] holds all of them, for a transport of your
//! own, or to configure several clients alike.

mod certificate;
mod client;
mod on_wait;
mod pacing;
mod patience;
mod proxy;
mod setters;
mod unusable;

pub use certificate::{Certificate, Identity, Roots};
pub use client::Settings;
pub use on_wait::OnWait;
pub use pacing::Pacing;
pub use patience::Patience;
pub use proxy::{Proxy, ProxyUrl};
pub use unusable::Unusable;
