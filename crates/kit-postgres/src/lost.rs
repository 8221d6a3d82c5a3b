use std::error::Error;

use kit_core::oauth::StoreError;
use tokio_postgres::error::DbError;

/// Whether a statement that failed may have been done all the same: the connection broke, or the server stopped, before
/// its reply was there. Where PostgreSQL has refused the statement, it was not.
pub(crate) fn may_be_done(error: &StoreError) -> bool {
    // Connection exceptions and the server's end.
    refusal(error).is_none_or(|code| code.starts_with("08") || code.starts_with("57"))
}

/// Whether two statements waited for each other, and this one was ended: it can be sent again.
#[cfg(feature = "async")]
pub(crate) fn is_deadlock(error: &StoreError) -> bool {
    refusal(error).is_some_and(|code| code.starts_with("40"))
}

/// Whether another statement has put in a row like this one at the same moment.
#[cfg(feature = "async")]
pub(crate) fn is_duplicate(error: &StoreError) -> bool {
    refusal(error) == Some("23505")
}

/// The code of PostgreSQL's refusal, if it has refused.
fn refusal(error: &StoreError) -> Option<&str> {
    let mut cause: Option<&(dyn Error + 'static)> = Some(&**error);
    while let Some(error) = cause {
        if let Some(refusal) = error.downcast_ref::<DbError>() {
            return Some(refusal.code().code());
        }
        cause = error.source();
    }
    None
}
