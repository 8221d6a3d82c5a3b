use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::Delivery;

/// What goes wrong with an attempt to deliver.
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

impl DeliveryFault {
    pub(super) fn is_reordering(&self) -> bool {
        self.0 == Kind::Reordered
    }
}

type Chooser = Box<dyn FnMut(&Delivery) -> Option<DeliveryFault> + Send>;

/// Which attempts fail.
#[derive(Default)]
pub(crate) struct DeliveryFaults(Mutex<Option<Chooser>>);

/// A fault, and the attempts that it is for.
#[derive(Clone, Debug)]
pub(crate) struct DeliveryRule {
    /// The type of the events; `None` for any.
    pub(crate) event_type: Option<String>,
    /// How many attempts it is for; `None` for all.
    pub(crate) times: Option<u64>,
    /// Which of the attempts it is for: each, each second one, and so on.
    pub(crate) every: u64,
    pub(crate) fault: DeliveryFault,
}

impl DeliveryFaults {
    pub(crate) fn choose(&self, delivery: &Delivery) -> Option<DeliveryFault> {
        self.lock().as_mut().and_then(|choose| choose(delivery))
    }

    /// Replaces the faults that were set before.
    pub(crate) fn set(&self, chooser: Option<Chooser>) {
        *self.lock() = chooser;
    }

    /// Of several rules that match, the first that is not used up counts.
    pub(crate) fn set_rules(&self, rules: Vec<DeliveryRule>) {
        let mut rules: Vec<_> = rules.into_iter().map(|rule| (rule, 0_u64)).collect();
        self.set(Some(Box::new(move |delivery| {
            for (rule, seen) in &mut rules {
                let is_of_type =
                    rule.event_type.as_ref().is_none_or(|name| *name == delivery.event_type);
                if !is_of_type || rule.times == Some(0) {
                    continue;
                }
                *seen += 1;
                if *seen % rule.every.max(1) == 0 {
                    rule.times = rule.times.map(|times| times - 1);
                    return Some(rule.fault.clone());
                }
            }
            None
        })));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Chooser>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
