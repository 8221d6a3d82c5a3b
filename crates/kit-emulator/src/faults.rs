//! Which requests and which deliveries fail: by a closure, or by a list of rules.

use std::sync::{Mutex, MutexGuard, PoisonError};

type Chooser<S, F> = Box<dyn FnMut(&S) -> Option<F> + Send>;

/// The faults `F` of subjects `S`.
pub(crate) struct Faults<S, F>(Mutex<Option<Chooser<S, F>>>);

/// A fault, and the subjects that it is for.
#[derive(Clone, Debug)]
pub(crate) struct Rule<M, F> {
    pub(crate) of: M,
    /// How many subjects it is for; `None` for all.
    pub(crate) times: Option<u64>,
    /// Which of the subjects it is for: each, each second one, and so on.
    pub(crate) every: u64,
    pub(crate) fault: F,
}

/// Tells the subjects of a rule.
pub(crate) trait Matches<S> {
    fn matches(&self, subject: &S) -> bool;
}

impl<S, F> Default for Faults<S, F> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<S: 'static, F: Clone + Send + 'static> Faults<S, F> {
    pub(crate) fn choose(&self, subject: &S) -> Option<F> {
        self.lock().as_mut().and_then(|choose| choose(subject))
    }

    /// Replaces the faults that were set before.
    pub(crate) fn set(&self, chooser: Option<Chooser<S, F>>) {
        *self.lock() = chooser;
    }

    /// Sets the rules. If several match, the first that is not used up counts.
    pub(crate) fn set_rules<M: Matches<S> + Send + 'static>(&self, rules: Vec<Rule<M, F>>) {
        let mut rules: Vec<_> = rules.into_iter().map(|rule| (rule, 0_u64)).collect();
        self.set(Some(Box::new(move |subject| {
            for (rule, seen) in &mut rules {
                if rule.times == Some(0) || !rule.of.matches(subject) {
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

    fn lock(&self) -> MutexGuard<'_, Option<Chooser<S, F>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
