//! Requests are built here, and responses are read: where and as whom.

mod credentials;
mod kit;
mod oauth_urls;
pub(crate) mod response;

pub use credentials::Credentials;
pub use kit::Kit;
pub use oauth_urls::OAuthUrls;
