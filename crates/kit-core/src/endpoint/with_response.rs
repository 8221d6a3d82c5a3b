use http::{Method, Response};

use super::{Auth, Endpoint};
use crate::Error;
use crate::error::Effect;
use crate::wire::{Body, Path, Query, ReadError, Reply};

/// An operation whose reply includes the status and the headers of the response: made by
/// [`Endpoint::with_response`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WithResponse<E> {
    endpoint: E,
}

impl<E> WithResponse<E> {
    pub(super) fn new(endpoint: E) -> Self {
        Self { endpoint }
    }

    /// The operation itself.
    pub fn endpoint(&self) -> &E {
        &self.endpoint
    }
}

impl<E: Endpoint> Endpoint for WithResponse<E> {
    const METHOD: Method = E::METHOD;
    const PATH: &'static str = E::PATH;
    const EFFECT: Effect = E::EFFECT;
    const AUTH: Auth = E::AUTH;
    const HAS_SECRET_REPLY: bool = E::HAS_SECRET_REPLY;
    type Reply = Response<E::Reply>;

    fn check(&self) -> Result<(), Error> {
        self.endpoint.check()
    }

    fn path(&self) -> Path {
        self.endpoint.path()
    }

    fn query(&self, query: &mut Query) {
        self.endpoint.query(query);
    }

    fn body(&self) -> Result<Body, Error> {
        self.endpoint.body()
    }

    fn secrets(&self) -> Vec<&str> {
        self.endpoint.secrets()
    }

    fn reply(&self, reply: Reply<'_>) -> Result<Self::Reply, ReadError> {
        let mut response = Response::new(self.endpoint.reply(reply)?);
        *response.status_mut() = reply.status();
        *response.headers_mut() = reply.headers().clone();
        Ok(response)
    }
}
