//! What the emulator serves, beside the operations of Kit's documents that this version has.

use kit_emulator::Emulator;
use kit_tests::foreign::Client;

/// Method and path of each, as the documents have them.
const OPERATIONS: [(&str, &str); 13] = [
    ("GET", "/v4/webhooks"),
    ("POST", "/v4/webhooks"),
    ("DELETE", "/v4/webhooks/{id}"),
    ("GET", "/v4/webhook_endpoints"),
    ("POST", "/v4/webhook_endpoints"),
    ("GET", "/v4/webhook_endpoints/{id}"),
    ("PATCH", "/v4/webhook_endpoints/{id}"),
    ("DELETE", "/v4/webhook_endpoints/{id}"),
    ("GET", "/v4/webhook_endpoints/{id}/deliveries"),
    ("GET", "/v4/webhook_endpoints/{id}/deliveries/{delivery_id}"),
    ("POST", "/v4/webhook_endpoints/{id}/revoke_previous_secret"),
    ("POST", "/v4/webhook_endpoints/{id}/rotate_secret"),
    ("GET", "/v4/purchases"),
];

#[test]
fn each_operation_has_a_route_and_no_other_method_has() {
    let emulator = Emulator::start().unwrap();
    let client = Client::new(&emulator);
    let nobody = [("X-Kit-Api-Key", "")];
    for (_, pattern) in OPERATIONS {
        let path = pattern.replace("{id}", "1").replace("{delivery_id}", "2");
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let is_served = OPERATIONS.contains(&(method, pattern));
            // Who is nobody is told so before anything else.
            let expected = if is_served { 401 } else { 405 };
            let status = client.send(method, &path, &nobody, "").status();
            assert_eq!(status, expected, "{method} {pattern}");
        }
    }
}
