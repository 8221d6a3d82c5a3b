//! The operation's schema, written from its specification.

use std::sync::LazyLock;

use jsonschema::Validator;
use kit_core::webhooks::Event;
use serde_json::Value;

static CREATE_WEBHOOK: LazyLock<Validator> =
    LazyLock::new(|| validator(include_str!("../schema/create-webhook.json")));
static DOCUMENTED_EVENT: LazyLock<Validator> =
    LazyLock::new(|| validator(include_str!("../schema/documented-event.json")));

fn validator(schema: &str) -> Validator {
    let schema = serde_json::from_str(schema).expect("the schema is JSON");
    jsonschema::validator_for(&schema).expect("the schema is one")
}

/// The problem of the body of `POST /v4/webhooks`, by the specification.
///
/// # Errors
///
/// The schema's words.
pub fn check_body(body: &Value) -> Result<(), String> {
    CREATE_WEBHOOK.validate(body).map_err(|error| format!("{error}: {body}"))
}

/// The problem of an event of a request: by the documentation too, if it is a documented one.
///
/// # Errors
///
/// The schema's words.
pub fn check_event(event: &Event, written: &Value) -> Result<(), String> {
    let body = serde_json::json!({"target_url": "https://example.com/", "event": written});
    check_body(&body)?;
    if !matches!(event, Event::Other(_)) {
        DOCUMENTED_EVENT.validate(written).map_err(|error| format!("{error}: {written}"))?;
    }
    Ok(())
}
