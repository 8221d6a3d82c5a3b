//! The body of a delivery: never a panic, and each event is read again as it was.
#![no_main]

use kit_core::deliveries::{DeliveredEvent, Delivery};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    if let Ok(delivery) = Delivery::read(body) {
        for event in delivery.events {
            let written = serde_json::to_string(&event).unwrap();
            let read: DeliveredEvent = serde_json::from_str(&written).unwrap();
            assert_eq!(read, event);
        }
    }
});
