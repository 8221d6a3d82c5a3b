use std::fmt;
use std::time::Duration;

use http::Request;

#[cfg(doc)]
use super::Refresh;

/// What a [`Refresh`] wants next.
#[expect(clippy::large_enum_variant, reason = "each is moved out once, where it is made")]
pub enum RefreshStep {
    /// Send it, then tell [`Refresh::received`] or [`Refresh::failed`]. It should have as long as any
    /// attempt, up to [`Refresh::time_left`], whatever the deadline of the call: if nobody hears the
    /// answer, the session is lost.
    Send(Request<Vec<u8>>),
    /// Wait so long, which may be no time at all; then ask [`Refresh::next`] again.
    Wait(Duration),
    /// It has ended, one way or the other: go on with the call.
    Done,
}

/// Without the body of a request, which is all secrets.
impl fmt::Debug for RefreshStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(request) => write!(f, "Send({} {})", request.method(), request.uri()),
            Self::Wait(duration) => f.debug_tuple("Wait").field(duration).finish(),
            Self::Done => f.write_str("Done"),
        }
    }
}
