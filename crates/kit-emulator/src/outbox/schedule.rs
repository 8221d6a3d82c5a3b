//! When a delivery is tried again (Kit's guide "Retries").

use std::time::Duration;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// How long Kit waits after each failure, in seconds.
const DELAYS: [u64; 7] = [30, 2 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR, 24 * HOUR];

/// How long to wait after so many attempts, all of which failed. `None` where there is no other attempt.
///
/// A 410 ends the delivery. A `Retry-After` with a 429 or 503 counts in place of the schedule, from one second to a
/// day.
pub(super) fn wait_after(
    attempts: usize,
    status: Option<u16>,
    retry_after: Option<u64>,
) -> Option<Duration> {
    if status == Some(410) {
        return None;
    }
    let delay = *DELAYS.get(attempts.checked_sub(1)?)?;
    let asked = retry_after.filter(|_| matches!(status, Some(429 | 503)));
    Some(Duration::from_secs(asked.map_or(delay, |seconds| seconds.clamp(1, 24 * HOUR))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_eight_attempts_over_41_hours() {
        let waits: Vec<_> =
            (1..9).map_while(|attempts| wait_after(attempts, Some(500), None)).collect();
        assert_eq!(waits.len(), 7);
        let total: Duration = waits.iter().sum();
        assert_eq!(total, Duration::from_secs(30 + 17 * MINUTE + 41 * HOUR));
        assert_eq!((waits[0], waits[6]), (Duration::from_secs(30), Duration::from_secs(24 * HOUR)));
    }

    #[test]
    fn retry_after_counts_with_429_and_503_and_is_clamped() {
        let wait = |status, asked| wait_after(1, status, Some(asked)).map(|wait| wait.as_secs());
        for (status, asked, waits) in [
            (Some(429), 7, 7),
            (Some(503), 7, 7),
            (Some(503), 0, 1),
            (Some(503), u64::MAX, 24 * HOUR),
            (Some(500), 7, 30),
            (None, 7, 30),
        ] {
            assert_eq!(wait(status, asked), Some(waits), "{status:?} {asked}");
        }
        assert_eq!(wait(Some(410), 7), None);
        assert_eq!(wait_after(8, Some(503), Some(7)), None);
        assert_eq!(wait_after(0, None, None), None);
    }
}
