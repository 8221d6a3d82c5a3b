//! The routes of the emulator, beside the operations of Kit's documents.

use kit_emulator::Emulator;
use kit_tests::facts::{self, Operation};
use kit_tests::foreign::Client;

/// The path, with 404 for each id: nothing has it.
fn path(operation: &Operation) -> String {
    let segments = operation.path.split('/');
    let segments: Vec<_> =
        segments.map(|segment| if segment.starts_with('{') { "404" } else { segment }).collect();
    segments.join("/")
}

#[test]
fn each_operation_is_there_for_whom_it_is_documented() {
    let emulator = Emulator::start().unwrap();
    let client = Client::new(&emulator);
    let (nobody, token) = (("X-Kit-Api-Key", ""), format!("Bearer {}", emulator.access_token()));
    for operation in facts::operations() {
        let status = |header| {
            client.send(operation.method, &path(operation), &[header], "").status().as_u16()
        };
        let name = operation.name();
        assert_eq!(status(nobody), 401, "{name}");
        let as_token = status(("Authorization", &token));
        // (404 and 422 are of the id and of the body, which is empty.)
        assert!([200, 204, 404, 422].contains(&as_token), "{name} {as_token}");
        let as_key = status(("X-Kit-Api-Key", emulator.api_key()));
        assert_eq!(as_key == 401, operation.is_oauth_only, "{name} {as_key}");
    }
}

/// Every method that is not documented, for each documented path.
#[test]
fn no_other_method_is_served() {
    let emulator = Emulator::start().unwrap();
    let client = Client::new(&emulator);
    let patterns = |operation: &Operation| operation.path.split('/').count();
    for operation in facts::operations() {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            // A word may be the id of another operation's path.
            let is_served = facts::operations().iter().any(|other| {
                let segments = other.path.split('/').zip(operation.path.split('/'));
                let mut fits =
                    segments.map(|(other, this)| other == this || other.starts_with('{'));
                // The live service takes a PATCH of a broadcast for a PUT; no document has it.
                let is_patch = method == "PATCH" && other.name() == "PUT /v4/broadcasts/{id}";
                (other.method == method || is_patch)
                    && patterns(other) == patterns(operation)
                    && fits.all(|fits| fits)
            });
            let status = client.send(method, &path(operation), &[], "").status();
            assert_eq!(status == 405, !is_served, "{method} {} {status}", operation.path);
            // A request without credentials is told so before anything else.
            let anonymous = client.send(method, &path(operation), &[("X-Kit-Api-Key", "")], "");
            let for_nobody = operation.path.contains("/oauth/");
            assert_eq!(anonymous.status() == 401, !for_nobody, "{method} {}", operation.path);
        }
    }
}
