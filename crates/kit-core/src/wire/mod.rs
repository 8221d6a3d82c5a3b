//! The parts for an [`Endpoint`](crate::Endpoint) of your own: to write its request, and to read its reply.
//!
//! | to write | with | to read | with |
//! | --- | --- | --- | --- |
//! | a path with ids in it | [`Path`] | JSON, an envelope, a page, nothing | [`Reply`] |
//! | a query | [`Query`] | what is wrong with it | [`ReadError`] |
//! | a body, as JSON or a form | [`Body`] | | |
//! | a field to keep, clear or set | [`Change`] | | |

mod base_url;
mod body;
mod change;
mod envelope;
pub(crate) mod http_url;
mod path;
mod place;
mod query;
mod read_error;
mod reply;
pub(crate) mod response;
mod scrub;
mod text_enum;

pub(crate) use base_url::{BaseUrl, Plaintext, is_loopback};
pub use body::Body;
pub use change::Change;
pub use path::Path;
pub use query::Query;
pub use read_error::ReadError;
pub use reply::Reply;
pub(crate) use scrub::Scrub;
pub(crate) use text_enum::text_enum;
