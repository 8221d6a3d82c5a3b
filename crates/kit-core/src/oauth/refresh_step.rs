use std::fmt;
use std::time::Duration;

use http::Request;

use super::Record;
#[cfg(doc)]
use super::Refresh;
use crate::error::SessionError;

/// What a [`Refresh`] wants next.
#[non_exhaustive]
pub enum RefreshStep {
    /// Read what the store keeps of the session, then tell [`Refresh::loaded`].
    Load,
    /// Save the record, if the store keeps what it [replaces](Record::replaces), then tell [`Refresh::saved`].
    Save(Record),
    /// Send the request, then tell [`Refresh::received`] or [`Refresh::failed`]. It should have as long as any
    /// attempt, up to [`Refresh::time_left`], whatever the timeout of the call: if nobody hears the
    /// answer, the session is lost.
    Send(Request<Vec<u8>>),
    /// Wait so long; then ask [`Refresh::next`] again.
    Wait(Duration),
    /// The refresh has ended: go on with the call, whatever came of it, since the session knows. Who has begun
    /// the session reads here whether its tokens are saved.
    Done(Result<(), SessionError>),
}

/// Without the body of a request, which is all secrets.
impl fmt::Debug for RefreshStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Load => f.write_str("Load"),
            Self::Save(record) => f.debug_tuple("Save").field(record).finish(),
            Self::Send(request) => write!(f, "Send({} {})", request.method(), request.uri()),
            Self::Wait(duration) => f.debug_tuple("Wait").field(duration).finish(),
            Self::Done(result) => f.debug_tuple("Done").field(result).finish(),
        }
    }
}
