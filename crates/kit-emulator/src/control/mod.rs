//! What a program in any language tells the emulator over HTTP, below `/_kit/`.

mod clock;
mod deliveries;
mod events;
mod faults;
mod guard;
mod json;
mod requests;
mod state;

use std::sync::MutexGuard;
use std::time::Duration;

use http::{Method, StatusCode};

use crate::api::World;
use crate::outbox::DeliveryFaults;
use crate::server::{Control, Faults, Recorder, Reply, Request};

pub(crate) use guard::Hosts;

/// What is controlled.
pub(crate) trait Kit: Send + Sync {
    fn world(&self) -> MutexGuard<'_, World>;

    fn faults(&self) -> &Faults;

    fn delivery_faults(&self) -> &DeliveryFaults;

    fn recorder(&self) -> &Recorder;

    /// Something is to be delivered.
    fn changed(&self);

    /// Moves the clock, and waits for what is due until then.
    fn advance(
        &self,
        duration: Duration,
    ) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send + '_>>;

    /// Waits until nothing is due.
    fn settle(&self) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// The answer, where the request is one of these.
pub(crate) fn answer<'a>(kit: &'a dyn Kit, request: &'a Request) -> Option<Control<'a>> {
    let path = request.path().strip_prefix("/_kit/")?;
    let now = |reply: Reply| -> Control<'a> { Box::pin(std::future::ready(reply)) };
    let allowed: &[Method] = match path {
        "clock" => &[Method::POST, Method::GET],
        "deliveries" | "requests" => &[Method::GET],
        "events" | "faults" | "reset" | "settle" => &[Method::POST],
        "state" => &[Method::GET, Method::PUT],
        _ => return Some(now(Reply::not_found())),
    };
    if !allowed.contains(request.method()) {
        return Some(now(Reply::method_not_allowed(allowed.iter())));
    }
    Some(match (path, request.method()) {
        ("clock", &Method::POST) => Box::pin(clock::set(kit, request)),
        ("clock", _) => now(clock::get(kit)),
        ("deliveries", _) => now(deliveries::list(kit)),
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
