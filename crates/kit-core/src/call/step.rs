use std::fmt;
use std::time::Duration;

use http::Request;

#[cfg(doc)]
use super::Call;
use crate::oauth::{Refresh, Refreshed};

/// What a [`Call`] wants next.
#[non_exhaustive]
pub enum Step<T> {
    /// Send the request; then tell [`Call::received`] or [`Call::failed`] what came of it.
    Send(Request<Vec<u8>>),
    /// Wait so long; then ask [`Call::next`] again.
    Wait(Duration),
    /// Run the refresh, to its end even if the call is dropped meanwhile; then ask [`Call::next`] again, or
    /// already before its end. It comes only where the credentials are a
    /// [`Session`](crate::oauth::Session).
    Refresh(Box<Refresh>),
    /// Wait until the refresh of the session that is under way has ended, but no longer than `at_most`; then
    /// ask [`Call::next`] again. A loop that cannot await `refreshed` may ask again after 20 ms, say.
    AwaitRefresh {
        /// Ready when the refresh has ended.
        refreshed: Refreshed,
        /// How long to wait at most.
        at_most: Duration,
    },
    /// The call has ended.
    Done(T),
}

impl<T> Step<T> {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Send(_) => "Send",
            Self::Wait(_) => "Wait",
            Self::Refresh(_) => "Refresh",
            Self::AwaitRefresh { .. } => "AwaitRefresh",
            Self::Done(_) => "Done",
        }
    }
}

/// Without the body and the headers of a request.
impl<T: fmt::Debug> fmt::Debug for Step<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(request) => write!(f, "Send({} {})", request.method(), request.uri()),
            Self::Wait(duration) => f.debug_tuple("Wait").field(duration).finish(),
            Self::Refresh(refresh) => f.debug_tuple("Refresh").field(refresh).finish(),
            Self::AwaitRefresh { at_most, .. } => {
                f.debug_struct("AwaitRefresh").field("at_most", at_most).finish_non_exhaustive()
            }
            Self::Done(result) => f.debug_tuple("Done").field(result).finish(),
        }
    }
}
