//! One request for one response, over hyper.

use std::error::Error as StdError;
use std::io;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use kit_core::TransportError;

use crate::RequestBody;
use crate::box_error::BoxError;
use crate::pause::Pause;
use crate::request_body::Whereabouts;
use crate::sender::{Sender, Sending};

#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    sender: Sender,
    pause: Pause,
    max_response_size: usize,
}

/// Why a response was not received as a whole.
enum Broken {
    Error(BoxError),
    TooLarge,
}

impl Exchange {
    pub(crate) fn new(sender: Sender, max_response_size: usize) -> Self {
        Self { sender, pause: Pause::new(), max_response_size }
    }

    pub(crate) async fn run(
        &self,
        request: Request<Vec<u8>>,
        timeout: Duration,
    ) -> Result<Response<Bytes>, TransportError> {
        let whereabouts = Whereabouts::default();
        let request = request.map(|body| RequestBody::new(body, whereabouts.clone()));
        let mut received = None;
        // The request is not sent before it is polled.
        let sending = self.sender.send(request);
        let outcome = {
            let receive = pin!(async {
                self.pause.end().await;
                self.receive(sending, &mut received).await
            });
            tokio::time::timeout(timeout, receive).await
        };

        match (received, outcome) {
            (Some(response), Ok(Ok(()))) => Ok(response.map(Received::into_bytes)),
            // A refusal says more than that its body was cut off.
            (Some(response), _) if !response.status().is_success() => {
                Ok(response.map(Received::into_bytes))
            }
            (_, Ok(Err(Broken::TooLarge))) => {
                Err(TransportError::TooLarge { limit: self.max_response_size })
            }
            (_, Ok(Err(Broken::Error(error)))) => Err(failure(error, &whereabouts)),
            (_, Ok(Ok(())) | Err(_)) => {
                let late = io::Error::new(io::ErrorKind::TimedOut, "no response in time").into();
                Err(if whereabouts.may_be_sent() {
                    TransportError::TimedOut(late)
                } else {
                    TransportError::NotSent(late)
                })
            }
        }
    }

    async fn receive(
        &self,
        sending: Sending,
        received: &mut Option<Response<Received>>,
    ) -> Result<(), Broken> {
        let (head, mut body) = sending.await.map_err(Broken::Error)?;
        let received = received.insert(Response::from_parts(head, Received::default())).body_mut();
        while let Some(data) = body.next().await {
            let data = data.map_err(Broken::Error)?;
            if data.len() > self.max_response_size.saturating_sub(received.len()) {
                return Err(Broken::TooLarge);
            }
            received.push(data);
        }
        Ok(())
    }
}

/// The part of a response's body that was received so far. Most bodies come in one piece, which is not
/// copied.
#[derive(Default)]
struct Received {
    first: Bytes,
    /// All pieces, where there are several.
    all: Vec<u8>,
}

impl Received {
    fn len(&self) -> usize {
        self.first.len().max(self.all.len())
    }

    fn push(&mut self, piece: Bytes) {
        if self.first.is_empty() {
            self.first = piece;
            return;
        }
        if self.all.is_empty() {
            self.all.extend_from_slice(&self.first);
        }
        self.all.extend_from_slice(&piece);
    }

    fn into_bytes(self) -> Bytes {
        if self.all.is_empty() { self.first } else { self.all.into() }
    }
}

fn failure(error: BoxError, whereabouts: &Whereabouts) -> TransportError {
    if causes(&*error).any(is_unprocessed) {
        return TransportError::NotProcessed(error);
    }
    // The connection was closed before the request went out on it.
    let is_canceled = causes(&*error)
        .find_map(|cause| cause.downcast_ref::<hyper::Error>())
        .is_some_and(hyper::Error::is_canceled);
    if is_canceled && !whereabouts.is_services() || !whereabouts.may_be_sent() {
        TransportError::NotSent(error)
    } else {
        TransportError::CutOff(error)
    }
}

fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// Whether the server has said by HTTP/2 that it has not processed the request (RFC 9113, section 8.7): by
/// refusing its stream, or by a GOAWAY whose last stream came before it. (The requests that such a GOAWAY
/// lets go on do not fail by it.)
fn is_unprocessed(error: &(dyn StdError + 'static)) -> bool {
    error.downcast_ref::<h2::Error>().is_some_and(|error| {
        let is_refused = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
        error.is_remote() && (error.is_go_away() || is_refused)
    })
}
