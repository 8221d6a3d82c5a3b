//! Errors, a file for each kind.
//!
//! The text of every error says all that is known, causes included, and
//! [`source`](std::error::Error::source) is `None`: a program that prints an error and no more has said
//! everything, and one that walks the chain says nothing twice.

mod api_error;
mod error;
mod oauth_error;
mod operation;
mod reply_error;
mod retry_after;
mod session_error;
mod store_error;
mod transport_error;

pub use api_error::ApiError;
pub use error::{Error, Sent};
pub use oauth_error::{OAuthError, OAuthErrorCode};
pub use operation::{Effect, Operation};
pub use reply_error::{ReplyError, ReplyProblem};
pub use retry_after::RetryAfter;
pub use session_error::SessionError;
pub use store_error::{SaveError, StoreError};
pub use transport_error::{Applied, TransportError, chain};
