//! How a request is written, and a reply read.

mod base_url;
pub(crate) mod http_url;
pub(crate) mod reply;
mod scrub;

pub(crate) use base_url::BaseUrl;
pub(crate) use scrub::Scrub;
