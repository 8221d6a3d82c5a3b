use std::fmt;
use std::time::Duration;

use http::Request;

use super::Record;
#[cfg(doc)]
use super::Refresh;
use crate::error::SessionError;

/// The next step, for the caller of [`Refresh::next`].
#[non_exhaustive]
pub enum RefreshStep {
    /// Load the session's record from the store, then pass it to [`Refresh::loaded`].
    Load,
    /// Save the record, if the store holds the version that the record [replaces](Record::replaces), then
    /// pass the result to [`Refresh::saved`].
    Save(Record),
    /// Send the request, then pass the response to [`Refresh::received`], or the failure to
    /// [`Refresh::failed`]. Give the request the timeout of an attempt, up to [`Refresh::time_left`], even
    /// beyond the timeout of the call: if the response is lost, so is the session.
    Send(Request<Vec<u8>>),
    /// Wait for this time; then call [`Refresh::next`] again.
    Wait(Duration),
    /// The refresh has ended. A call goes on in either case: the session knows the result. After
    /// [`Session::begin`](super::Session::begin), the result says whether the tokens are saved.
    Done(Result<(), SessionError>),
}

/// Does not show the body of a request, which is all secrets.
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
