use std::borrow::Cow;
use std::fmt;

use http::Method;

/// The effect of an operation on Kit. Retries, errors and traces depend on it.
///
/// Each operation states its effect in [`Endpoint::EFFECT`](crate::Endpoint::EFFECT), since its HTTP method
/// does not tell: `POST /v4/subscribers/filter` only reads, and some POSTs update, so that they can be
/// repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Effect {
    /// Sending the operation changes nothing at Kit.
    Reads,
    /// Sending the operation twice leaves Kit as sending it once does: a deletion, an upsert.
    Repeatable,
    /// Sending the operation twice may create something twice. A call does not send it again where Kit may
    /// have applied the first request.
    Creates,
}

impl Effect {
    /// Whether the operation only reads.
    pub fn is_read(self) -> bool {
        self == Self::Reads
    }

    /// Whether the operation may be sent again where Kit may have applied the first request.
    pub fn is_repeatable(self) -> bool {
        self != Self::Creates
    }
}

/// The operation of a call, as errors and traces show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    pub(crate) method: Method,
    pub(crate) path: Cow<'static, str>,
    pub(crate) effect: Effect,
}

impl Operation {
    /// The HTTP method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The path, from `/v4` on, without a query.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The effect of the operation on Kit.
    pub fn effect(&self) -> Effect {
        self.effect
    }
}

/// `POST /v4/webhooks`
impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}
