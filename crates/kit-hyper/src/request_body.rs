use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

/// The body of a request, as a service of your own gets it. See
/// [`Builder::service`](crate::Builder::service).
///
/// The body notes whether any of its methods was called. hyper calls them only when it has a connection and
/// is about to write the request: before, Kit cannot have the request. If your service reads the body
/// earlier, a request that was not sent counts as one that Kit may have applied; nothing else changes.
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
