//! `GET` and `PUT /_kit/state`: all resources of all accounts. `GET /_kit/state/RESOURCE`: the rows of one. `POST /_kit/reset`: as at
//! the start: with the seed of the start, if there was one. `POST /_kit/reset/undo`: as before.

use std::collections::VecDeque;

use http::StatusCode;
use serde_json::{Value, json};

use super::query::{limit, number};
use super::{Controlled, accounts};
use crate::faults::Taken;
use crate::outbox::{Delivery, DeliveryFault, OfType};
use crate::rows::{self, Tables};
use crate::server::{self, Exchange, Fault, OfRequests, Reply, Request};

pub(super) fn get(kit: &dyn Controlled) -> Reply {
    Reply::json(StatusCode::OK, rows::whole_state(&mut kit.world()))
}

pub(super) fn put(kit: &dyn Controlled, request: &Request) -> Reply {
    let state = serde_json::from_slice::<Value>(&request.body)
        .map_err(|error| format!("The body is not JSON: {error}"));
    match state.and_then(|state| rows::restore_whole(&mut kit.world(), &state)) {
        Ok(()) => {
            kit.changed();
            Reply::empty(StatusCode::NO_CONTENT)
        }
        Err(message) => Reply::unprocessable(message),
    }
}

/// Everything that a reset has removed.
pub(crate) struct BeforeReset {
    /// The revision that the reset has led to.
    revision: u64,
    tables: Vec<(u64, Tables)>,
    exchanges: VecDeque<Exchange>,
    faults: Taken<server::Request, OfRequests, Fault>,
    delivery_faults: Taken<Delivery, OfType, DeliveryFault>,
}

/// Credentials, tokens and the clock stay, and no id comes again.
pub(super) fn reset(kit: &dyn Controlled) -> Reply {
    // Of a reset of what is as new, there is nothing to bring back but what the one before has removed.
    let revision = kit.revision();
    if kit.before_reset().as_ref().is_some_and(|before| before.revision == revision) {
        return Reply::empty(StatusCode::NO_CONTENT);
    }
    let tables = rows::reset(&mut kit.world());
    let exchanges = kit.recorder().clear();
    let (faults, delivery_faults) = (kit.faults().take(), kit.delivery_faults().take());
    if let Some(seed) = kit.seed().as_ref() {
        // It was taken before, and is taken again.
        let _ = rows::restore_listed(&mut kit.world(), seed);
    }
    kit.changed();
    let revision = kit.revision();
    *kit.before_reset() =
        Some(BeforeReset { revision, tables, exchanges, faults, delivery_faults });
    Reply::empty(StatusCode::NO_CONTENT)
}

/// Brings back what the last reset has removed, in place of what has come since. What was being delivered is delivered again.
pub(super) fn undo_reset(kit: &dyn Controlled) -> Reply {
    let Some(before) = kit.before_reset().take() else {
        return Reply::unprocessable("there was no reset, or it was undone");
    };
    rows::undo_reset(&mut kit.world(), before.tables);
    kit.recorder().restore(before.exchanges);
    kit.faults().put_back(before.faults);
    kit.delivery_faults().put_back(before.delivery_faults);
    kit.changed();
    Reply::empty(StatusCode::NO_CONTENT)
}

/// The rows of one resource: those with an id after `after`, at most `limit`; and how many there are in all.
pub(super) fn list(kit: &dyn Controlled, request: &Request, resource: &str) -> Reply {
    let listed = accounts::world(kit, request).and_then(|world| {
        let (after, limit) = (number(request, "after")?, limit(request)?);
        Ok(rows::resource(&world, resource, after, limit))
    });
    match listed {
        Ok(Some(rows)) => {
            let body = json!({"rows": rows.rows, "total": rows.total});
            Reply::json(StatusCode::OK, body)
        }
        Ok(None) => Reply::not_found(),
        Err(message) => Reply::unprocessable(message),
    }
}
