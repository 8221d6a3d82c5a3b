//! Where and as whom: how a request is built, and how a response is read.

mod credentials;
mod kit;
mod oauth_urls;
mod place;
pub(crate) mod response;

pub use credentials::Credentials;
pub use kit::Kit;
pub use oauth_urls::OAuthUrls;
