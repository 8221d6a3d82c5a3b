use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;

/// How a request fails.
///
/// By default the request fails before the emulator applies it. With [`after_applying`](Self::after_applying)
/// the emulator applies the request, and then fails, so that the client cannot know the outcome.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use kit_emulator::Fault;
///
/// let limit = Fault::status(429).retry_after("2");
/// let page = Fault::status(200).body("text/html", "<html>Welcome to the hotel</html>");
/// let lost = Fault::close().after_applying();
/// let slow = Fault::delay(Duration::from_secs(1));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub(crate) effect: Effect,
    pub(crate) when: When,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Status { status: StatusCode, body: Option<(String, Bytes)>, retry_after: Option<String> },
    Delay(Duration),
    Garbage,
    Truncate,
    Close,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    BeforeApplying,
    AfterApplying,
}

impl Fault {
    /// Answers with this status. The body is a message in Kit's form; for 502, 503 and 504, an HTML page as
    /// of a proxy. [`body`](Self::body) sets another body.
    ///
    /// A number that is no HTTP status (100 to 999) becomes 500, and so does an interim status (1xx).
    pub fn status(status: u16) -> Self {
        let status = StatusCode::from_u16(status).ok().filter(|s| !s.is_informational());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self::new(Effect::Status { status, body: None, retry_after: None })
    }

    /// Answers correctly, but only after `delay`.
    ///
    /// The emulator applies the request after the delay, or not at all, if the client has closed the
    /// connection by then. With [`after_applying`](Self::after_applying) it applies the request at once.
    pub fn delay(delay: Duration) -> Self {
        Self::new(Effect::Delay(delay))
    }

    /// Answers with the status of a success, and a body that is neither JSON nor UTF-8.
    ///
    /// The status is 201. With [`after_applying`](Self::after_applying) it is that of the correct reply, or
    /// 200 where that has no body (204).
    pub fn garbage() -> Self {
        Self::new(Effect::Garbage)
    }

    /// Closes the connection in the middle of the body. The status is the same as for
    /// [`garbage`](Self::garbage).
    pub fn truncate() -> Self {
        Self::new(Effect::Truncate)
    }

    /// Closes the connection without an answer.
    pub fn close() -> Self {
        Self::new(Effect::Close)
    }

    /// Sets the body and its `Content-Type` for [`status`](Self::status). Has no effect on other faults, nor
    /// on the statuses 204 and 304.
    #[must_use]
    pub fn body(mut self, content_type: impl Into<String>, content: impl Into<Bytes>) -> Self {
        if let Effect::Status { body, .. } = &mut self.effect {
            *body = Some((content_type.into(), content.into()));
        }
        self
    }

    /// Sets the `Retry-After` header for [`status`](Self::status). Has no effect on other faults.
    #[must_use]
    pub fn retry_after(mut self, value: impl Into<String>) -> Self {
        if let Effect::Status { retry_after, .. } = &mut self.effect {
            *retry_after = Some(value.into());
        }
        self
    }

    /// Makes the emulator apply the request before it fails.
    #[must_use]
    pub fn after_applying(mut self) -> Self {
        self.when = When::AfterApplying;
        self
    }

    fn new(effect: Effect) -> Self {
        Self { effect, when: When::BeforeApplying }
    }
}

/// As the control requests have it: `status 503`, `close after applying`.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.effect {
            Effect::Status { status, .. } => write!(f, "status {}", status.as_u16())?,
            Effect::Delay(delay) => write!(f, "delay of {} ms", delay.as_millis())?,
            Effect::Garbage => f.write_str("garbage")?,
            Effect::Truncate => f.write_str("truncate")?,
            Effect::Close => f.write_str("close")?,
        }
        match self.when {
            When::AfterApplying => f.write_str(" after applying"),
            When::BeforeApplying => Ok(()),
        }
    }
}
