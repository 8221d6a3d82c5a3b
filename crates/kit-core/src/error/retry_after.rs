use std::fmt;
use std::time::{Duration, SystemTime};

use http::header::{DATE, HeaderMap, HeaderValue, RETRY_AFTER};

/// The end of the year 9999, after 1970.
const LAST_HTTP_DATE: Duration = Duration::from_secs(253_402_300_799);

/// How long Kit asks to wait before the next attempt: the `Retry-After` header (RFC 9110, section 10.2.3).
///
/// The value is not checked: a server can send any time. A program that waits should set a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetryAfter {
    /// How long to wait from the response on, in whole seconds.
    Delay(Duration),
    /// When the wait ends.
    Date(SystemTime),
}

impl RetryAfter {
    /// How long to wait from `now` on. Zero where the date has passed. For a [`Delay`](Self::Delay), `now`
    /// does not matter.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    ///
    /// use kit_core::RetryAfter;
    ///
    /// let date = RetryAfter::Date(SystemTime::UNIX_EPOCH + Duration::from_secs(100));
    /// let now = SystemTime::UNIX_EPOCH + Duration::from_secs(70);
    /// assert_eq!(date.delay(now), Duration::from_secs(30));
    /// ```
    pub fn delay(self, now: SystemTime) -> Duration {
        match self {
            Self::Delay(delay) => delay,
            Self::Date(date) => date.duration_since(now).unwrap_or_default(),
        }
    }

    /// Reads the `Retry-After` of a response. Its date is compared with the response's own `Date`, if there
    /// is one, since the clocks of server and client may differ.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let retry_after = headers.get(RETRY_AFTER).and_then(Self::parse)?;
        let date = headers.get(DATE).and_then(|date| date.to_str().ok());
        match date.and_then(|date| httpdate::parse_http_date(date).ok()) {
            Some(date) => Some(Self::Delay(retry_after.delay(date))),
            None => Some(retry_after),
        }
    }

    /// `None` where the value is neither a number of seconds nor a date.
    fn parse(value: &HeaderValue) -> Option<Self> {
        let text = value.to_str().ok()?.trim();
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            // More seconds than fit are as good as the most that fit.
            return Some(Self::Delay(Duration::from_secs(text.parse().unwrap_or(u64::MAX))));
        }
        httpdate::parse_http_date(text).ok().map(Self::Date)
    }
}

/// As the header that it comes from: `Retry-After: 30 s`.
impl fmt::Display for RetryAfter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delay(delay) => write!(f, "Retry-After: {} s", delay.as_secs()),
            // An HTTP date has a year from 1970 to 9999.
            Self::Date(date) => {
                let last = SystemTime::UNIX_EPOCH.checked_add(LAST_HTTP_DATE);
                let date =
                    (*date).clamp(SystemTime::UNIX_EPOCH, last.unwrap_or(SystemTime::UNIX_EPOCH));
                write!(f, "Retry-After: {}", httpdate::HttpDate::from(date))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_date_can_be_shown() {
        let hour = Duration::from_secs(3600);
        for (date, text) in [
            (SystemTime::UNIX_EPOCH - hour, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (SystemTime::UNIX_EPOCH + hour, "Thu, 01 Jan 1970 01:00:00 GMT"),
            (SystemTime::UNIX_EPOCH + LAST_HTTP_DATE + hour, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ] {
            assert_eq!(RetryAfter::Date(date).to_string(), format!("Retry-After: {text}"));
        }
    }

    fn parse(text: &str) -> Option<RetryAfter> {
        RetryAfter::parse(&HeaderValue::from_str(text).unwrap())
    }

    #[test]
    fn both_forms_are_read() {
        assert_eq!(parse("120"), Some(RetryAfter::Delay(Duration::from_secs(120))));
        let date = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(parse("Sun, 06 Nov 1994 08:49:37 GMT"), Some(RetryAfter::Date(date)));
    }

    #[test]
    fn a_date_is_compared_with_that_of_the_response() {
        let mut headers = HeaderMap::new();
        assert_eq!(RetryAfter::of(&headers), None);
        headers.insert(RETRY_AFTER, HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT"));
        assert!(matches!(RetryAfter::of(&headers), Some(RetryAfter::Date(_))));
        for (date, seconds) in [
            ("Sun, 06 Nov 1994 08:49:30 GMT", 7),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
            ("Sun, 06 Nov 1994 08:50:37 GMT", 0),
        ] {
            headers.insert(DATE, HeaderValue::from_static(date));
            let delay = Some(RetryAfter::Delay(Duration::from_secs(seconds)));
            assert_eq!(RetryAfter::of(&headers), delay);
        }
        headers.insert(RETRY_AFTER, HeaderValue::from_static("7"));
        assert_eq!(RetryAfter::of(&headers), Some(RetryAfter::Delay(Duration::from_secs(7))));
    }

    #[test]
    fn absurd_values_are_no_panic() {
        let forever = RetryAfter::Delay(Duration::from_secs(u64::MAX));
        assert_eq!(parse("99999999999999999999999999"), Some(forever));
        for nothing in ["", "-1", "1.5", "soon", "Sun, 99 Nov 1994 08:49:37 GMT"] {
            assert_eq!(parse(nothing), None, "{nothing}");
        }
        assert_eq!(RetryAfter::parse(&HeaderValue::from_bytes(b"\xff").unwrap()), None);
    }
}
