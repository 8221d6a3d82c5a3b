use std::fmt;

use super::Synced;
use crate::Error;
use crate::endpoint::Endpoint;
use crate::wire::http_url;

/// The report of a [`Synchronize`](super::Synchronize).
#[non_exhaustive]
pub struct SyncReport<T: Synced> {
    /// Kit's answer to each creation: that of a webhook endpoint has its signing secret.
    pub created: Vec<<T::Create as Endpoint>::Reply>,
    /// The items that were changed, as they were before.
    pub updated: Vec<T>,
    /// The items that were deleted.
    pub deleted: Vec<T>,
    /// The items that were there already and stay, changed or not.
    pub kept: Vec<T>,
    /// The webhook endpoints among `kept` whose signing secrets nobody has, or another program: those that
    /// [`with_secrets_of`](super::Synchronize::with_secrets_of) does not name (where it was called), that stay in place
    /// of one that this run has created, or whose creation was not answered. A secret is shown once; give the endpoint
    /// another by [`RotateSecret`](crate::webhook_endpoints::RotateSecret).
    pub without_secret: Vec<T>,
    /// The creations whose outcome is unknown. The next [`Synchronize`](super::Synchronize) looks them up.
    pub uncertain: Vec<T::Create>,
}

impl<T: Synced> Default for SyncReport<T> {
    fn default() -> Self {
        Self {
            created: vec![],
            updated: vec![],
            deleted: vec![],
            kept: vec![],
            without_secret: vec![],
            uncertain: vec![],
        }
    }
}

impl<T: Synced> fmt::Debug for SyncReport<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncReport")
            .field("created", &self.created.len())
            .field("updated", &self.updated)
            .field("deleted", &self.deleted)
            .field("kept", &self.kept)
            .field("without_secret", &self.without_secret)
            .field("uncertain", &self.uncertain.len())
            .finish()
    }
}

/// Why a [`Synchronize`](super::Synchronize) did not come to its end. The next one does the rest.
#[non_exhaustive]
pub struct SyncError<T: Synced> {
    /// Why not.
    pub error: Error,
    /// The report until then. The signing secrets of webhook endpoints that were created are here, and nowhere else.
    pub done: Box<SyncReport<T>>,
}

impl<T: Synced> fmt::Display for SyncError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)?;
        if let [first, ..] = &*self.done.without_secret {
            let host = http_url::without_secret(first.url());
            write!(f, "; the secret of {} for {host} is not known: rotate it", first.id())?;
        }
        Ok(())
    }
}

impl<T: Synced> fmt::Debug for SyncError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncError").field("error", &self.error).field("done", &self.done).finish()
    }
}

impl<T: Synced> std::error::Error for SyncError<T> {}
