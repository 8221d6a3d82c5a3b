//! The bodies of legacy deliveries and of bulk callbacks: never a panic, and JSON is always read.
#![no_main]

use kit_core::deliveries::{BulkCallback, LegacyDelivery};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let is_json = serde_json::from_slice::<serde_json::Value>(body).is_ok();
    assert_eq!(LegacyDelivery::read(body).is_ok(), is_json);
    let _ = BulkCallback::read(body);
});
