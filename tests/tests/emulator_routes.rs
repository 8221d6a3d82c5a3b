//! What the emulator serves, beside the operations of Kit's documents.

use kit_emulator::Emulator;
use kit_tests::foreign::Client;
use kit_tests::operations::{OPERATIONS, Operation};

/// The operations that the emulator has.
const SERVED: [(&str, &str); 13] = [
    ("GET", "/v4/purchases"),
    ("GET", "/v4/webhook_endpoints"),
    ("POST", "/v4/webhook_endpoints"),
    ("DELETE", "/v4/webhook_endpoints/{id}"),
    ("GET", "/v4/webhook_endpoints/{id}"),
    ("PATCH", "/v4/webhook_endpoints/{id}"),
    ("GET", "/v4/webhook_endpoints/{id}/deliveries"),
    ("GET", "/v4/webhook_endpoints/{id}/deliveries/{delivery_id}"),
    ("POST", "/v4/webhook_endpoints/{id}/revoke_previous_secret"),
    ("POST", "/v4/webhook_endpoints/{id}/rotate_secret"),
    ("GET", "/v4/webhooks"),
    ("POST", "/v4/webhooks"),
    ("DELETE", "/v4/webhooks/{id}"),
];

fn is_served(operation: &Operation) -> bool {
    SERVED.contains(&(operation.method, operation.path))
}

/// Of each documented path, each method: as documented, or not there.
#[test]
fn each_operation_is_as_documented_or_not_there() {
    let emulator = Emulator::start().unwrap();
    let client = Client::new(&emulator);
    let (nobody, token) = (("X-Kit-Api-Key", ""), format!("Bearer {}", emulator.access_token()));
    for operation in OPERATIONS {
        let Operation { method, path: pattern, is_oauth_only } = operation;
        let path: Vec<_> = pattern
            .split('/')
            .map(|segment| if segment.starts_with('{') { "1" } else { segment })
            .collect();
        let path = path.join("/");
        let status = |header| client.send(method, &path, &[header], "").status().as_u16();
        let as_token = status(("Authorization", &token));
        if is_served(&operation) {
            assert_eq!(status(nobody), 401, "{operation:?}");
            // (404 and 422 are of the id and of the body, which is empty.)
            let served = [200, 204, 404, 422];
            assert!(served.contains(&as_token), "{operation:?} {as_token}");
            let as_key = status(("X-Kit-Api-Key", emulator.api_key()));
            assert_eq!(as_key == 401, is_oauth_only, "{operation:?} {as_key}");
        } else {
            assert!([404, 405].contains(&as_token), "{operation:?} {as_token}");
        }
    }
    let documented = |&(method, path): &(&str, &str)| {
        OPERATIONS.iter().any(|operation| (operation.method, operation.path) == (method, path))
    };
    assert!(SERVED.iter().all(documented));
}

#[test]
fn no_other_method_is_served() {
    let emulator = Emulator::start().unwrap();
    let client = Client::new(&emulator);
    for (_, pattern) in SERVED {
        let path = pattern.replace("{id}", "1").replace("{delivery_id}", "2");
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            // Who is nobody is told so before anything else.
            let expected = if SERVED.contains(&(method, pattern)) { 401 } else { 405 };
            let status = client.send(method, &path, &[("X-Kit-Api-Key", "")], "").status();
            assert_eq!(status, expected, "{method} {pattern}");
        }
    }
}
