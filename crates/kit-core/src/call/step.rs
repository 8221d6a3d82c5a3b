use std::fmt;
use std::time::Duration;

use http::Request;

#[cfg(doc)]
use super::Call;
use crate::oauth::{Refresh, Refreshed};
use crate::pacer::{BudgetChange, Reserve};

/// The next step, for the caller of [`Call::next`].
#[non_exhaustive]
pub enum Step<T> {
    /// Send the request; then pass the response to [`Call::received`], or the failure to [`Call::failed`].
    Send(Request<Vec<u8>>),
    /// Wait for this time; then call [`Call::next`] again.
    Wait(Duration),
    /// Run the refresh to its end, even if the call is dropped meanwhile. Call [`Call::next`] again when the
    /// refresh has ended, or while another task runs it. This step comes only where the credentials are a
    /// [`Session`](crate::oauth::Session).
    Refresh(Box<Refresh>),
    /// Wait until the refresh of the session has ended that is under way, but no longer than `at_most`; then
    /// call [`Call::next`] again. A loop that cannot await `refreshed` can call `next` every 20 ms, for
    /// example.
    AwaitRefresh {
        /// A future that is ready when the refresh has ended, or has brought tokens.
        refreshed: Refreshed,
        /// How long to wait at most.
        at_most: Duration,
    },
    /// Run the reserve to its end, even if the call is dropped meanwhile. Call [`Call::next`] again while another thread
    /// or task runs it. This step comes only where the pacer [shares](crate::Pacer::shared) its budget.
    Reserve(Box<Reserve>),
    /// Wait until the shared budget of the pacer has changed, but no longer than `at_most`; then call [`Call::next`] again.
    /// A loop that cannot await `change` can call `next` every 20 ms, for example.
    AwaitShare {
        /// A future that is ready when the store of the budget has answered.
        change: BudgetChange,
        /// How long to wait at most.
        at_most: Duration,
    },
    /// The call has ended, with this result.
    Done(T),
}

impl<T> Step<T> {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Send(_) => "Send",
            Self::Wait(_) => "Wait",
            Self::Refresh(_) => "Refresh",
            Self::AwaitRefresh { .. } => "AwaitRefresh",
            Self::Reserve(_) => "Reserve",
            Self::AwaitShare { .. } => "AwaitShare",
            Self::Done(_) => "Done",
        }
    }
}

/// Shows neither the body nor the headers of a request, which may hold secrets.
impl<T: fmt::Debug> fmt::Debug for Step<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(request) => write!(f, "Send({} {})", request.method(), request.uri()),
            Self::Wait(duration) => f.debug_tuple("Wait").field(duration).finish(),
            Self::Refresh(refresh) => f.debug_tuple("Refresh").field(refresh).finish(),
            Self::AwaitRefresh { at_most, .. } => {
                f.debug_struct("AwaitRefresh").field("at_most", at_most).finish_non_exhaustive()
            }
            Self::Reserve(reserve) => f.debug_tuple("Reserve").field(reserve).finish(),
            Self::AwaitShare { at_most, .. } => {
                f.debug_struct("AwaitShare").field("at_most", at_most).finish_non_exhaustive()
            }
            Self::Done(result) => f.debug_tuple("Done").field(result).finish(),
        }
    }
}
