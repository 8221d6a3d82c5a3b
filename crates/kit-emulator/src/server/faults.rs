use std::sync::{Mutex, PoisonError};

use http::{Method, Request};

use super::Fault;

type Chooser = Box<dyn FnMut(&Request<()>) -> Option<Fault> + Send>;

/// Which requests fail.
#[derive(Default)]
pub(crate) struct Faults(Mutex<Option<Chooser>>);

/// A fault, and the requests that it is for: those with its method and path, or any where these are `None`.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) method: Option<Method>,
    pub(crate) path: Option<String>,
    /// How many requests it is for; `None` for all.
    pub(crate) times: Option<u64>,
    pub(crate) fault: Fault,
}

impl Faults {
    pub(crate) fn choose(&self, head: &Request<()>) -> Option<Fault> {
        self.lock().as_mut().and_then(|choose| choose(head))
    }

    /// Replaces the faults that were set before.
    pub(crate) fn set(&self, chooser: Option<Chooser>) {
        *self.lock() = chooser;
    }

    /// Of several rules that match, the first that is not used up counts.
    pub(crate) fn set_rules(&self, mut rules: Vec<Rule>) {
        self.set(Some(Box::new(move |head| {
            let rule = rules.iter_mut().find(|rule| rule.times != Some(0) && rule.matches(head))?;
            rule.times = rule.times.map(|times| times - 1);
            Some(rule.fault.clone())
        })));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Chooser>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rule {
    fn matches(&self, head: &Request<()>) -> bool {
        self.method.as_ref().is_none_or(|method| method == head.method())
            && self.path.as_ref().is_none_or(|path| path == head.uri().path())
    }
}
