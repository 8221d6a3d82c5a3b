//! The reply of every operation of the facts, with any status: never a panic, no credential in an error, and what is
//! read is written and read again as it was. The first byte chooses the operation, the second the status.
#![no_main]

use std::sync::LazyLock;

use facts::{Operation, Values, Variant};
use kit_core::{Credentials, Kit};
use libfuzzer_sys::fuzz_target;
use operations::{AnyOperation, build, made_up};
use serde_json::{Value, json};

// The same files as in the tests, without all else that these need.
#[allow(dead_code, unused_imports)]
#[path = "../../../../tests/src/facts/mod.rs"]
mod facts;
#[allow(dead_code, unused_imports)]
#[path = "../../../../tests/src/operations/mod.rs"]
mod operations;

const TOKEN: &str = "token_0123456789";
const STATUSES: [u16; 10] = [200, 201, 202, 204, 299, 400, 404, 422, 429, 500];

type Built = (&'static Operation, Box<dyn AnyOperation>);

static OPERATIONS: LazyLock<Vec<Built>> = LazyLock::new(|| {
    let built = |operation: &'static Operation| {
        let arguments = made_up(operation, &mut Values::new(7, Variant::Full));
        (operation, build(operation, &arguments).expect("arguments that the documents allow"))
    };
    facts::operations().iter().map(built).collect()
});

static KIT: LazyLock<Kit> = LazyLock::new(|| Kit::new(Credentials::access_token(TOKEN)));

fn read(built: &dyn AnyOperation, status: u16, body: &[u8]) -> Option<Value> {
    let response = http::Response::builder().status(status).body(body.to_vec()).unwrap();
    match built.read(&KIT, response) {
        Ok(written) => Some(written),
        Err(error) => {
            let text = format!("{error} {error:?}");
            assert!(!text.contains(TOKEN), "{text}");
            None
        }
    }
}

/// The bodies that what was read may have stood in: as it is, or in one of the envelopes that are documented.
fn bodies<'a>(operation: &'a Operation, written: &'a Value) -> impl Iterator<Item = Value> + 'a {
    let fields = operation.replies.values().flatten().flatten();
    let enveloped = fields.map(move |field| match field.name {
        // The clicks of a broadcast are in it, beside its id.
        "broadcast" if written.get("clicks").is_some() => {
            json!({"broadcast": written, "pagination": written["pagination"]})
        }
        name => json!({name: written}),
    });
    std::iter::once(written.clone()).chain(enveloped)
}

fuzz_target!(|data: &[u8]| {
    let [which, status, body @ ..] = data else { return };
    let (operation, built) = &OPERATIONS[usize::from(*which) % OPERATIONS.len()];
    let status = STATUSES[usize::from(*status) % STATUSES.len()];
    let Some(written) = read(&**built, status, body) else { return };
    // (Of a reply without a body nothing is written.)
    let is_again = |body: Value| {
        let again = read(&**built, status, body.to_string().as_bytes());
        again.as_ref() == Some(&written)
    };
    let is_read_again = written.is_null() || bodies(operation, &written).any(is_again);
    assert!(is_read_again, "{}: {written}", operation.name());
});
