use std::borrow::Cow;
use std::fmt;

use http::Method;

/// What sending an operation does to Kit. Retries, errors and traces go by it.
///
/// An operation says so itself ([`Endpoint::EFFECT`](crate::Endpoint::EFFECT)), since its method does not:
/// `POST /v4/subscribers/filter` reads, and a POST that Kit takes for an update can be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Effect {
    /// Sending it changes nothing.
    Reads,
    /// Sending it twice leaves Kit as sending it once does: a deletion, an upsert.
    Repeatable,
    /// Sending it twice may do something twice: it is not sent again where the first may have been applied.
    Creates,
}

impl Effect {
    /// Whether sending it changes nothing.
    pub fn is_read(self) -> bool {
        self == Self::Reads
    }

    /// Whether it may be sent again where nobody knows what came of the first.
    pub fn is_repeatable(self) -> bool {
        self != Self::Creates
    }
}

/// Which operation a call was about: in errors and traces.
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

    /// What sending it does to Kit.
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
