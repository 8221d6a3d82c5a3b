use std::fmt;
use std::time::Duration;

use super::Delivery;
use crate::faults::{Faults, Matches, Rule};

/// A fault of an attempt to deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryFault(pub(super) Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Duplicated,
    Delayed(Duration),
    Reordered,
    Forged,
    Stale,
    Truncated,
    Dropped,
    Unanswered,
}

impl DeliveryFault {
    /// The delivery is posted twice.
    pub fn duplicated() -> Self {
        Self(Kind::Duplicated)
    }

    /// The delivery is posted later, and so may come after deliveries that were made after it.
    pub fn delayed(delay: Duration) -> Self {
        Self(Kind::Delayed(delay))
    }

    /// The delivery is posted after the next one to the same target, if there is one that is due. It has no effect on
    /// the last.
    pub fn reordered() -> Self {
        Self(Kind::Reordered)
    }

    /// The delivery is signed by a secret that nobody has.
    pub fn forged() -> Self {
        Self(Kind::Forged)
    }

    /// The delivery is signed an hour ago.
    pub fn stale() -> Self {
        Self(Kind::Stale)
    }

    /// Half of the body is posted, with the signature of the whole.
    pub fn truncated() -> Self {
        Self(Kind::Truncated)
    }

    /// Nothing is posted: the attempt counts as failed.
    pub fn dropped() -> Self {
        Self(Kind::Dropped)
    }

    /// The delivery is posted, but the answer is lost: the attempt counts as failed.
    pub fn unanswered() -> Self {
        Self(Kind::Unanswered)
    }
}

/// As the control requests have it.
impl fmt::Display for DeliveryFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Duplicated => f.write_str("duplicated"),
            Kind::Delayed(delay) => write!(f, "delayed by {} ms", delay.as_millis()),
            Kind::Reordered => f.write_str("reordered"),
            Kind::Forged => f.write_str("forged"),
            Kind::Stale => f.write_str("stale"),
            Kind::Truncated => f.write_str("truncated"),
            Kind::Dropped => f.write_str("dropped"),
            Kind::Unanswered => f.write_str("unanswered"),
        }
    }
}

impl DeliveryFault {
    pub(super) fn is_reordering(&self) -> bool {
        self.0 == Kind::Reordered
    }
}

/// Which attempts fail.
pub(crate) type DeliveryFaults = Faults<Delivery, OfType, DeliveryFault>;

/// A fault, and the attempts that it is for.
pub(crate) type DeliveryRule = Rule<OfType, DeliveryFault>;

/// The deliveries of events of this type; `None` for any.
#[derive(Clone, Debug)]
pub(crate) struct OfType(pub(crate) Option<String>);

impl Matches<Delivery> for OfType {
    fn matches(&self, delivery: &Delivery) -> bool {
        self.0.as_ref().is_none_or(|name| *name == delivery.event_type)
    }
}
