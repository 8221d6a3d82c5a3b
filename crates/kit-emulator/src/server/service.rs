use std::pin::Pin;

use http::StatusCode;

use super::{Reply, Request};

/// The service of a server.
pub(crate) trait Service: Send + Sync + 'static {
    /// Decides by the head alone how much of the body is read.
    ///
    /// # Errors
    ///
    /// The reply to who is not let in at all.
    fn admission(&self, head: &http::Request<()>) -> Result<Admission, Reply>;

    /// Does what is asked.
    fn answer(&self, request: &Request) -> Reply;

    /// The reply to a request that fails with this status.
    fn failure(&self, request: &Request, status: StatusCode) -> Reply;

    /// The reply to a request that controls the server itself. Faults do not apply to such a request.
    fn control<'a>(&'a self, request: &'a Request) -> Option<Control<'a>>;
}

/// The part of a request that is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Admission {
    /// How large the body may be, in bytes.
    pub(crate) max_body: usize,
}

/// A reply that may have to wait for something.
pub(crate) type Control<'a> = Pin<Box<dyn Future<Output = Reply> + Send + 'a>>;
