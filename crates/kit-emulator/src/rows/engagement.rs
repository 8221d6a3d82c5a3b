//! Opens and clicks, which nobody makes here. They are made up, and the same each time, so that tests can count on them.

use crate::rows::Broadcast;

/// Whether a subscriber has opened a broadcast: every second one.
pub(crate) fn is_opened(broadcast: u64, subscriber: u64) -> bool {
    broadcast.wrapping_add(subscriber).is_multiple_of(2)
}

/// Whether a subscriber has clicked all links of a broadcast: every fourth one.
pub(crate) fn is_clicked(broadcast: &Broadcast, subscriber: u64) -> bool {
    broadcast.id.wrapping_add(subscriber).is_multiple_of(4) && broadcast.has_links
}

/// A percentage with two decimals.
pub(crate) fn percentage(part: usize, whole: usize) -> f64 {
    #[expect(clippy::cast_precision_loss)]
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64 * 10_000.0).round() / 100.0 }
}

/// A fraction of 1 with three decimals.
#[expect(clippy::cast_precision_loss)]
pub(crate) fn rate(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64 * 1000.0).round() / 1000.0 }
}
