use std::error::Error;

use kit_core::oauth::StoreError;
use tokio_postgres::error::DbError;

/// Whether a statement that failed may have been done all the same: the connection broke, or the server stopped, before
/// its reply was there. Where PostgreSQL has refused the statement, it was not.
pub(crate) fn may_be_done(error: &StoreError) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = Some(&**error);
    while let Some(error) = cause {
        if let Some(refusal) = error.downcast_ref::<DbError>() {
            // Connection exceptions and the server's end.
            return ["08", "57"].iter().any(|class| refusal.code().code().starts_with(class));
        }
        cause = error.source();
    }
    true
}
