//! What a program in any language tells the emulator over HTTP, below `/_kit/`.

mod faults;

use http::Method;

use crate::server::{Faults, Reply, Request};

/// The answer, where the request is one of these.
pub(crate) fn answer(faults: &Faults, request: &Request) -> Option<Reply> {
    let path = request.path().strip_prefix("/_kit/")?;
    Some(match (path, request.method()) {
        ("faults", &Method::POST) => faults::set(faults, request),
        ("faults", _) => Reply::method_not_allowed([&Method::POST].into_iter()),
        _ => Reply::not_found(),
    })
}
