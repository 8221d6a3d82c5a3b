//! `GET` and `PUT /_kit/state`: all resources of all accounts. `POST /_kit/reset`: as at the start.

use http::StatusCode;
use serde_json::Value;

use super::Controlled;
use crate::rows;
use crate::server::{Reply, Request};

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

/// Credentials, tokens and the clock stay, and no id comes again.
pub(super) fn reset(kit: &dyn Controlled) -> Reply {
    rows::reset(&mut kit.world());
    kit.faults().set(None);
    kit.delivery_faults().set(None);
    kit.recorder().clear();
    kit.changed();
    Reply::empty(StatusCode::NO_CONTENT)
}
