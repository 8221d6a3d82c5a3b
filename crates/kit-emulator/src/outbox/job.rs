use std::time::Duration;

use bytes::Bytes;

use super::delivery::Target;
use super::{DeliveryFault, signature};

/// The header with the signature.
pub(super) const SIGNATURE: &str = "x-kit-signature";

/// The time by the emulator's clock, and as a date in seconds since 1970.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) now: Duration,
    pub(crate) date: u64,
}

/// The address of a target, and the secrets that sign.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    pub(crate) url: String,
    /// The secrets that sign. A legacy webhook has none.
    pub(crate) secrets: Vec<String>,
    pub(crate) is_active: bool,
}

/// An attempt that is to be made.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) id: u64,
    /// The account whose outbox it is of.
    pub(crate) account: u64,
    /// The generation of the desk that has handed it out.
    pub(crate) desk: u64,
    pub(crate) url: String,
    pub(crate) body: Bytes,
    /// A legacy delivery is not signed.
    pub(crate) secrets: Vec<String>,
    pub(crate) fault: Option<DeliveryFault>,
    pub(super) target: Target,
    pub(super) at: u64,
    /// The generation of the outbox: after a reset, nobody asks for the outcome.
    pub(super) generation: u64,
}

impl Job {
    /// The headers by which receivers know a delivery, signed at this time.
    pub(crate) fn headers(&self, unix_seconds: u64) -> Vec<(&'static str, String)> {
        self.headers_by(&self.secrets, unix_seconds)
    }

    /// The same, signed by these secrets.
    pub(super) fn headers_by(
        &self,
        secrets: &[String],
        unix_seconds: u64,
    ) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("content-type", "application/json".to_owned()),
            ("user-agent", "Kit-Webhooks/2.0".to_owned()),
        ];
        if !secrets.is_empty() {
            let signature = signature::header(secrets, unix_seconds, &self.body);
            headers.push(("x-kit-delivery", self.id.to_string()));
            headers.push((SIGNATURE, signature));
        }
        headers
    }
}

/// The outcome of an attempt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) status: Option<u16>,
    pub(crate) response_body: String,
    pub(crate) error: Option<String>,
    pub(crate) retry_after: Option<u64>,
    pub(crate) duration: Duration,
    /// The signature that was sent.
    pub(crate) signature: Option<String>,
}
