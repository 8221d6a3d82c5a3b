use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

/// The body of a reply, which may be cut off.
#[derive(Debug)]
pub(crate) struct ReplyBody {
    data: Option<Bytes>,
    /// The end behind the data.
    end: End,
}

#[derive(Debug)]
enum End {
    Proper,
    /// So many bytes were promised beyond the data.
    CutOff {
        missing: u64,
        flushed: bool,
    },
}

impl ReplyBody {
    pub(crate) fn whole(data: impl Into<Bytes>) -> Self {
        let data = data.into();
        Self { data: (!data.is_empty()).then_some(data), end: End::Proper }
    }

    /// The part of it that is sent, and whether more was promised.
    pub(super) fn sent(&self) -> (Bytes, bool) {
        (self.data.clone().unwrap_or_default(), matches!(self.end, End::CutOff { .. }))
    }

    /// Neither JSON nor UTF-8.
    pub(crate) fn garbage() -> Self {
        Self::whole(b"\x00\xff\xfegarbage\xc3\x28".as_slice())
    }

    /// Promises all of it, sends half.
    pub(crate) fn cut_in_half(self) -> Self {
        let mut data = self.data.unwrap_or_default();
        let missing = data.split_off(data.len() / 2).len() as u64;
        Self { data: Some(data), end: End::CutOff { missing, flushed: false } }
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(data) = self.data.take() {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        match &mut self.end {
            End::Proper => Poll::Ready(None),
            // The half is written out when there is nothing ready behind it.
            End::CutOff { flushed: flushed @ false, .. } => {
                *flushed = true;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            End::CutOff { .. } => Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into()))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_none() && matches!(self.end, End::Proper)
    }

    fn size_hint(&self) -> SizeHint {
        let data = self.data.as_ref().map_or(0, Bytes::len) as u64;
        match self.end {
            End::Proper => SizeHint::with_exact(data),
            End::CutOff { missing, .. } => SizeHint::with_exact(data + missing),
        }
    }
}
