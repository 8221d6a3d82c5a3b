use http::Method;

use super::{Fault, Request};
use crate::faults::{self, Matches};

/// Which requests fail, and how.
pub(crate) type Faults = faults::Faults<Request, OfRequests, Fault>;

/// A fault, and the requests that it is for.
pub(crate) type Rule = faults::Rule<OfRequests, Fault>;

/// The requests that a rule is for.
#[derive(Clone, Debug)]
pub(crate) struct OfRequests {
    /// Their method; `None` for any.
    pub(crate) method: Option<Method>,
    /// Their path, or its beginning and `*`; `None` for any.
    pub(crate) path: Option<String>,
    /// A text in their body; `None` for any body.
    pub(crate) contains: Option<String>,
}

impl Matches<Request> for OfRequests {
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
