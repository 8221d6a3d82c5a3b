//! Secrets: types that are never printed, and texts that secrets are taken out of.

mod scrub;
pub mod seal;
mod secret;

pub(crate) use scrub::Scrub;
pub(crate) use secret::secrets;
