use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

/// The body of a request: what a service of your own gets. See [`Builder::service`](crate::Builder::service).
///
/// It notes whether it was looked at: that happens only when there is a connection, and the request is about to
/// be written to it. As long as it was not, Kit cannot have the request. A service that takes it apart
/// before there is a connection takes that knowledge away, and no more.
#[derive(Debug)]
pub struct RequestBody {
    data: Option<Bytes>,
    looked_at: LookedAt,
}

/// Whether a body was looked at.
#[derive(Clone, Debug, Default)]
pub(crate) struct LookedAt(Arc<AtomicBool>);

impl LookedAt {
    pub(crate) fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl RequestBody {
    pub(crate) fn new(data: Vec<u8>, looked_at: LookedAt) -> Self {
        Self { data: (!data.is_empty()).then(|| data.into()), looked_at }
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.looked_at.set();
        Poll::Ready(self.data.take().map(|data| Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.looked_at.set();
        self.data.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        self.looked_at.set();
        SizeHint::with_exact(self.data.as_ref().map_or(0, Bytes::len) as u64)
    }
}
