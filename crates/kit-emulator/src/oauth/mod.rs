//! OAuth: the consent page, and the endpoints that give and revoke tokens.

mod authorize;
mod client;
mod parameters;
mod revoke;
mod token;

pub(crate) use authorize::authorize;
pub(crate) use revoke::revoke;
pub(crate) use token::token;
