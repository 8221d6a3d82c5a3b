//! Which control request a request is.

use http::{Method, StatusCode};

use super::{Controlled, accounts, changes, clock, deliveries, events, faults, requests, state};
use crate::server::{Control, Reply, Request};

const GET: Method = Method::GET;
const POST: Method = Method::POST;
const PUT: Method = Method::PUT;
const DELETE: Method = Method::DELETE;

/// The answer to a control request, by its path behind `/_kit/`.
pub(crate) fn answer<'a>(
    kit: &'a dyn Controlled,
    path: &'a str,
    request: &'a Request,
) -> Control<'a> {
    let parts: Vec<&str> = path.split('/').collect();
    let allowed: &[Method] = match parts[..] {
        ["accounts" | "clock" | "events"] => &[POST, GET],
        ["changes" | "deliveries" | "requests"] | ["deliveries" | "requests" | "state", _] => {
            &[GET]
        }
        ["faults"] => &[POST, GET, DELETE],
        ["faults", _] => &[DELETE],
        ["reset" | "settle"] | ["reset", "undo"] | ["deliveries", _, "deliver"] => &[POST],
        ["state"] => &[GET, PUT],
        _ => return now(Reply::not_found()),
    };
    if !allowed.contains(request.method()) {
        return now(Reply::method_not_allowed(allowed.iter()));
    }
    let is_of_all =
        matches!(parts[..], ["state" | "reset" | "settle" | "clock" | "faults" | "requests", ..])
            && !matches!(parts[..], ["state", _]);
    if is_of_all && request.parameter("account").is_some() {
        return now(Reply::unprocessable(
            "`account`: this is about all accounts, and not about one",
        ));
    }
    let is_get = request.method() == GET;
    match parts[..] {
        ["accounts"] if is_get => now(accounts::list(kit)),
        ["accounts"] => now(accounts::add(kit)),
        ["changes"] => Box::pin(changes::wait(kit, request)),
        ["clock"] if is_get => now(clock::get(kit)),
        ["clock"] => Box::pin(clock::set(kit, request)),
        ["deliveries"] => now(deliveries::list(kit, request)),
        ["deliveries", id] => now(deliveries::get(kit, request, id)),
        ["deliveries", id, _] => now(deliveries::deliver(kit, request, id)),
        ["events"] if is_get => now(events::types(kit)),
        ["events"] => now(events::trigger(kit, request)),
        ["faults"] if is_get => now(faults::list(kit)),
        ["faults"] if request.method() == DELETE => now(faults::remove_all(kit)),
        ["faults"] => now(faults::set(kit, request)),
        ["faults", id] => now(faults::remove(kit, id)),
        ["requests"] => now(requests::list(kit, request)),
        ["requests", number] => now(requests::get(kit, number)),
        ["reset"] => now(state::reset(kit)),
        ["reset", _] => now(state::undo_reset(kit)),
        ["settle"] => Box::pin(async {
            kit.settle().await;
            Reply::empty(StatusCode::NO_CONTENT)
        }),
        ["state"] if is_get => now(state::get(kit)),
        ["state"] => now(state::put(kit, request)),
        ["state", resource] => now(state::list(kit, request, resource)),
        _ => now(Reply::not_found()),
    }
}

fn now<'a>(reply: Reply) -> Control<'a> {
    Box::pin(std::future::ready(reply))
}
