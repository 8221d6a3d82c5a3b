use std::sync::{Mutex, PoisonError};

use http::Method;

use super::{Fault, Request};

type Chooser = Box<dyn FnMut(&Request) -> Option<Fault> + Send>;

/// Which requests fail.
#[derive(Default)]
pub(crate) struct Faults(Mutex<Option<Chooser>>);

/// A fault, and the requests that it is for.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    /// Their method; `None` for any.
    pub(crate) method: Option<Method>,
    /// Their path, or its beginning and `*`; `None` for any.
    pub(crate) path: Option<String>,
    /// A text in their body; `None` for any body.
    pub(crate) contains: Option<String>,
    /// How many requests it is for; `None` for all.
    pub(crate) times: Option<u64>,
    /// Which of the requests it is for: each, each second one, and so on.
    pub(crate) every: u64,
    pub(crate) fault: Fault,
}

impl Faults {
    pub(crate) fn choose(&self, request: &Request) -> Option<Fault> {
        self.lock().as_mut().and_then(|choose| choose(request))
    }

    /// Replaces the faults that were set before.
    pub(crate) fn set(&self, chooser: Option<Chooser>) {
        *self.lock() = chooser;
    }

    /// Of several rules that match, the first that is not used up counts.
    pub(crate) fn set_rules(&self, rules: Vec<Rule>) {
        let mut rules: Vec<_> = rules.into_iter().map(|rule| (rule, 0_u64)).collect();
        self.set(Some(Box::new(move |request| {
            for (rule, seen) in &mut rules {
                if rule.times == Some(0) || !rule.matches(request) {
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

impl Rule {
    fn matches(&self, request: &Request) -> bool {
        let is_of_path = |path: &String| match path.strip_suffix('*') {
            Some(beginning) => request.path().starts_with(beginning),
            None => path == request.path(),
        };
        self.method.as_ref().is_none_or(|method| method == request.method())
            && self.path.as_ref().is_none_or(is_of_path)
            && self.contains.as_ref().is_none_or(|text| contains(&request.body, text))
    }
}

fn contains(body: &[u8], text: &str) -> bool {
    String::from_utf8_lossy(body).contains(text)
}
