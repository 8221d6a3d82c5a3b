//! The URL that a user comes back with: never a panic, and nothing is told of a callback with another state.
#![no_main]

use kit_core::oauth::{AuthorizationCode, CallbackError, State};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|url: &str| {
    let state = State::new("1f3a");
    let read = AuthorizationCode::from_callback(url, &state);
    if !url.contains("1f3a") && !url.contains('%') {
        assert_eq!(read, Err(CallbackError::State));
    }
});
