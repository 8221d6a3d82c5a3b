//! Times as Kit writes them: `2026-07-29T14:32:10Z`.

use ::time::OffsetDateTime;
use ::time::format_description::well_known::Rfc3339;

/// A day, in seconds.
pub(crate) const DAY: i64 = 24 * 60 * 60;

/// Seconds since 1970 as a time. A time beyond the year 9999 becomes the last one that can be written.
pub(crate) fn text(unix_seconds: impl TryInto<i64>) -> String {
    let time =
        unix_seconds.try_into().ok().and_then(|s| OffsetDateTime::from_unix_timestamp(s).ok());
    let text = time.and_then(|time| time.format(&Rfc3339).ok());
    text.unwrap_or_else(|| "9999-12-31T23:59:59Z".into())
}

/// The seconds since 1970 of a time that a client wrote. Without an offset it is in UTC; a date alone is its midnight.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let read = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok();
    let time = read(text)
        .or_else(|| read(&format!("{text}Z")))
        .or_else(|| read(&format!("{text}T00:00:00Z")))?;
    Some(time.unix_timestamp())
}

/// The seconds since 1970 of a time that [`text`] wrote.
pub(crate) fn seconds(text: &str) -> i64 {
    parse(text).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_kit_writes_them() {
        assert_eq!(text(0), "1970-01-01T00:00:00Z");
        assert_eq!(text(1_785_335_530_u64), "2026-07-29T14:32:10Z");
        assert_eq!(text(-1), "1969-12-31T23:59:59Z");
        assert_eq!(text(u64::MAX), "9999-12-31T23:59:59Z");
    }

    #[test]
    fn times_are_read_with_and_without_an_offset() {
        for same in [
            "2026-07-29T14:32:10Z",
            "2026-07-29T14:32:10",
            "2026-07-29 14:32:10",
            "2026-07-29T14:32:10.999Z",
            "2026-07-29T09:32:10-05:00",
        ] {
            assert_eq!(parse(same), Some(1_785_335_530), "{same}");
        }
        assert_eq!(parse("2026-07-29"), parse("2026-07-29T00:00:00Z"));
        for none in ["", "2026-13-01", "2026-07-29T25:00:00Z", "now", "2026"] {
            assert_eq!(parse(none), None, "{none}");
        }
    }
}
