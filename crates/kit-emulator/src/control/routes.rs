//! Which control request a request is.

use http::{Method, StatusCode};

use super::{Controlled, accounts, clock, deliveries, events, faults, requests, state};
use crate::server::{Control, Reply, Request};

/// The answer to a control request. `None` for any other request.
pub(crate) fn answer<'a>(kit: &'a dyn Controlled, request: &'a Request) -> Option<Control<'a>> {
    let path = request.path().strip_prefix("/_kit/")?;
    let now = |reply: Reply| -> Control<'a> { Box::pin(std::future::ready(reply)) };
    let allowed: &[Method] = match path {
        "accounts" | "clock" => &[Method::POST, Method::GET],
        "deliveries" | "requests" => &[Method::GET],
        "events" | "faults" | "reset" | "settle" => &[Method::POST],
        "state" => &[Method::GET, Method::PUT],
        _ => return Some(now(Reply::not_found())),
    };
    if !allowed.contains(request.method()) {
        return Some(now(Reply::method_not_allowed(allowed.iter())));
    }
    Some(match (path, request.method()) {
        ("accounts", &Method::POST) => now(accounts::add(kit)),
        ("accounts", _) => now(accounts::list(kit)),
        ("clock", &Method::POST) => Box::pin(clock::set(kit, request)),
        ("clock", _) => now(clock::get(kit)),
        ("deliveries", _) => now(deliveries::list(kit, request)),
        ("requests", _) => now(requests::list(kit)),
        ("events", _) => now(events::trigger(kit, request)),
        ("faults", _) => now(faults::set(kit, request)),
        ("settle", _) => Box::pin(async {
            kit.settle().await;
            Reply::empty(StatusCode::NO_CONTENT)
        }),
        ("reset", _) => now(state::reset(kit)),
        (_, &Method::PUT) => now(state::put(kit, request)),
        _ => now(state::get(kit)),
    })
}
