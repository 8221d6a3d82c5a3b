use std::time::Duration;

use super::Settings;
use crate::RetryPolicy;

/// How often a client tries a call, and how long calls and attempts may take: the part of [`Settings`] that may
/// differ from call to call.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// See [`Settings::retry`].
    pub retry: RetryPolicy,
    /// See [`Settings::timeout`].
    pub timeout: Duration,
    /// See [`Settings::attempt_timeout`].
    pub attempt_timeout: Duration,
}

impl From<&Settings> for Patience {
    fn from(settings: &Settings) -> Self {
        let Settings { retry, timeout, attempt_timeout, .. } = *settings;
        Self { retry, timeout, attempt_timeout }
    }
}
