use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;

/// What goes wrong with a request.
///
/// By default it goes wrong before the request is applied, so that nothing comes of it;
/// [`after_applying`](Self::after_applying) lets it go wrong afterwards, when the client cannot know
/// any more what came of it.
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
    /// Answers with this status and a message as Kit sends; for 502, 503 and 504 with a page as a proxy
    /// sends. [`body`](Self::body) gives another.
    ///
    /// A number that is no HTTP status (100 to 999), or that is not the end of a reply (1xx), stands
    /// for 500.
    pub fn status(status: u16) -> Self {
        let status = StatusCode::from_u16(status).ok().filter(|s| !s.is_informational());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self::new(Effect::Status { status, body: None, retry_after: None })
    }

    /// Answers as it should, but later.
    ///
    /// The request is applied when the time has passed; not at all, if the client has closed the connection by
    /// then. With [`after_applying`](Self::after_applying) it is applied at once.
    pub fn delay(delay: Duration) -> Self {
        Self::new(Effect::Delay(delay))
    }

    /// Answers with the status of a success, and a body that is neither JSON nor UTF-8.
    ///
    /// The status is that of the reply where the request is applied, but for a reply without a body (204),
    /// in whose place comes a 200; otherwise it is 201.
    pub fn garbage() -> Self {
        Self::new(Effect::Garbage)
    }

    /// Closes the connection in the middle of the body. The status is that of [`garbage`](Self::garbage).
    pub fn truncate() -> Self {
        Self::new(Effect::Truncate)
    }

    /// Closes the connection without an answer.
    pub fn close() -> Self {
        Self::new(Effect::Close)
    }

    /// Sends this body with the status, with that `Content-Type`. Other faults have no use for it, nor has a
    /// 204 or a 304.
    #[must_use]
    pub fn body(mut self, content_type: impl Into<String>, content: impl Into<Bytes>) -> Self {
        if let Effect::Status { body, .. } = &mut self.effect {
            *body = Some((content_type.into(), content.into()));
        }
        self
    }

    /// Sends this `Retry-After` with the status. Other faults have no use for it.
    #[must_use]
    pub fn retry_after(mut self, value: impl Into<String>) -> Self {
        if let Effect::Status { retry_after, .. } = &mut self.effect {
            *retry_after = Some(value.into());
        }
        self
    }

    /// Applies the request first.
    #[must_use]
    pub fn after_applying(mut self) -> Self {
        self.when = When::AfterApplying;
        self
    }

    fn new(effect: Effect) -> Self {
        Self { effect, when: When::BeforeApplying }
    }
}
