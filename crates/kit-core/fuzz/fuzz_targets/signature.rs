//! The header of a signature: never a panic, and what is taken is signed.
#![no_main]

use std::time::{Duration, SystemTime};

use kit_core::deliveries::{DeliveryError, Verifier};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|header: &[u8]| {
    let verifier = Verifier::new(["whsec_test"]).unwrap().with_tolerance(Duration::MAX);
    let body = br#"{ "events": [] }"#;
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_753_797_130);
    match verifier.verify([header], body, now) {
        // Nobody but who has the secret finds another: the vector of the corpus, with other spacing.
        Ok(()) => assert!(header.windows(8).any(|part| part.eq_ignore_ascii_case(b"5202c7c8"))),
        Err(DeliveryError::WrongSignature | DeliveryError::MalformedSignature(_)) => {}
        Err(error) => panic!("{error}"),
    }
});
