//! OAuth: what users are asked, and what tokens are given for.

mod authorize;
mod client;
mod parameters;
mod revoke;
mod token;

pub(crate) use authorize::authorize;
pub(crate) use revoke::revoke;
pub(crate) use token::token;
