use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

/// The body of a request, as a service of your own gets it. See
/// [`Builder::service`](crate::Builder::service).
///
/// The body notes how far it has come. hyper calls its methods only when it has a connection and is about to write
/// the request: before, Kit cannot have the request. A service of your own need not do so: from when it is called,
/// until hyper's client is called by it, a request counts as one that Kit may have applied.
#[derive(Debug)]
pub struct RequestBody {
    data: Option<Bytes>,
    whereabouts: Whereabouts,
}

/// How far the body of a request has come: 0 until anybody is given the request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Whereabouts(Arc<AtomicU8>);

/// A service of the caller's has it: what it does is not known.
const SERVICES: u8 = 1;
/// hyper's client has it, and is not about to write it yet.
const HYPERS: u8 = 2;
/// hyper's client has looked at it, to write it.
const WRITTEN: u8 = 3;

impl Whereabouts {
    /// Whether Kit may have the request.
    pub(crate) fn may_be_sent(&self) -> bool {
        matches!(self.0.load(Ordering::Relaxed), SERVICES | WRITTEN)
    }

    /// Whether a service of the caller's had the request last.
    pub(crate) fn is_services(&self) -> bool {
        self.0.load(Ordering::Relaxed) == SERVICES
    }

    fn looked_at(&self) {
        let _ = self.0.compare_exchange(HYPERS, WRITTEN, Ordering::Relaxed, Ordering::Relaxed);
    }
}

impl RequestBody {
    pub(crate) fn new(data: Vec<u8>, whereabouts: Whereabouts) -> Self {
        Self { data: (!data.is_empty()).then(|| data.into()), whereabouts }
    }

    /// The request is given to a service of the caller's.
    pub(crate) fn is_given_to_service(&self) {
        self.whereabouts.0.store(SERVICES, Ordering::Relaxed);
    }

    /// The request is given to hyper's client.
    pub(crate) fn is_given_to_hyper(&self) {
        self.whereabouts.0.store(HYPERS, Ordering::Relaxed);
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.whereabouts.looked_at();
        Poll::Ready(self.data.take().map(|data| Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.whereabouts.looked_at();
        self.data.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        self.whereabouts.looked_at();
        SizeHint::with_exact(self.data.as_ref().map_or(0, Bytes::len) as u64)
    }
}
