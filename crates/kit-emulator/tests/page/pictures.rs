//! The pictures of the README: `cargo xtask pictures`.

use base64::Engine as _;
use kit_emulator::Fault;
use serde_json::{Value, json};

use crate::kit::Kit;

/// Draws them anew into the folder that the variable names.
#[test]
#[ignore = "writes files: cargo xtask pictures"]
fn pictures() {
    let Some(kit) = Kit::start() else { return };
    let folder = std::path::PathBuf::from(std::env::var_os("KIT_PICTURES").unwrap());
    kit.browser.devtools(
        "Emulation.setDeviceMetricsOverride",
        &json!({"width": 1200, "height": 640, "deviceScaleFactor": 1, "mobile": false}),
    );
    kit.add_endpoint(&["subscriber.created", "subscriber.tag_added"]);
    kit.send("POST", "/v4/tags", &json!({"name": "VIP"}));
    kit.send(
        "POST",
        "/v4/subscribers",
        &json!({"email_address": "ann@example.com", "first_name": "Ann"}),
    );
    kit.emulator.fail_next(1, Fault::status(503).retry_after("2"));
    kit.send("POST", "/v4/tags/1/subscribers/1", &json!({}));
    kit.emulator.heal();
    kit.send("POST", "/v4/tags/1/subscribers/1", &json!({}));
    kit.send("GET", "/v4/subscribers?email_address=ann@example.com", &Value::Null);
    kit.send("GET", "/v4/tags/44/subscribers", &Value::Null);
    kit.emulator.settle();
    kit.open("#/requests/4");
    kit.browser.until("document.querySelector('.detail h2') !== null");
    let draw = |name: &str| {
        let png = base64::engine::general_purpose::STANDARD.decode(kit.browser.picture()).unwrap();
        std::fs::write(folder.join(name), png).unwrap();
    };
    draw("local-kit-requests.png");
    let dark = json!([{"name": "prefers-color-scheme", "value": "dark"}]);
    kit.browser.devtools("Emulation.setEmulatedMedia", &json!({ "features": dark }));
    kit.open("#/deliveries/1");
    kit.browser.until("document.querySelector('.attempts') !== null");
    draw("local-kit-deliveries.png");
}
