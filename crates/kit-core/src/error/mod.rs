//! What can go wrong, a file for each kind.

mod api_error;
mod error;
mod oauth_error;
mod reply_error;
mod session_error;
mod transport_error;

pub use api_error::ApiError;
pub use error::Error;
pub use oauth_error::{OAuthError, OAuthErrorCode};
pub use reply_error::{ReplyError, ReplyProblem};
pub use session_error::SessionError;
pub use transport_error::{Delivery, TransportError};
