//! Looking for secrets where they must not be.

use std::error::Error;
use std::fmt::Debug;

/// An API key that nothing else looks like.
pub const SECRET: &str = "kit_5ecretThatNobodyMaySee";

/// Fails if the value shows the secret.
pub fn assert_silent(value: &impl Debug) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(!text.contains(SECRET), "the secret is in {text}");
    }
}

/// Fails if the error, or any of its sources, shows the secret.
pub fn assert_error_silent(error: &(dyn Error + 'static)) {
    for error in std::iter::successors(Some(error), |&error| error.source()) {
        for text in [error.to_string(), format!("{error:?}"), format!("{error:#?}")] {
            assert!(!text.contains(SECRET), "the secret is in {text}");
        }
    }
}
