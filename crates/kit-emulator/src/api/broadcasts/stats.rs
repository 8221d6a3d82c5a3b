//! How broadcasts did: made up, as `engagement` says.

use serde_json::{Value, json};

use crate::rows::Broadcast;
use crate::rows::engagement::{is_clicked, is_opened, percentage};

/// How far statistics reach back. An older broadcast has none.
const YEARS: i16 = 5;

pub(super) fn is_too_old(broadcast: &Broadcast, since: &str) -> bool {
    broadcast.is_sent && broadcast.sent_at().as_str() < since
}

/// The time so many years ago, as texts of times are compared.
pub(super) fn since(now: &str) -> String {
    let (year, rest) = now.split_at_checked(4).unwrap_or_default();
    let year = year.parse::<i16>().unwrap_or_default().saturating_sub(YEARS);
    format!("{year:04}{rest}")
}

/// How many recipients opened a broadcast, and how many clicked.
pub(super) fn counts(broadcast: &Broadcast) -> (usize, usize) {
    let recipients = || broadcast.recipients.iter();
    let opened = recipients().filter(|id| is_opened(broadcast.id, **id)).count();
    (opened, recipients().filter(|id| is_clicked(broadcast, **id)).count())
}

pub(super) fn with_stats(broadcast: &Broadcast, now: &str) -> Value {
    let recipients = broadcast.recipients.len();
    let (opened, clicked) = counts(broadcast);
    let stats = json!({
        "recipients": recipients,
        "open_rate": percentage(opened, recipients),
        "emails_opened": opened,
        "click_rate": percentage(clicked, recipients),
        "unsubscribe_rate": 0.0,
        "unsubscribes": 0,
        "total_clicks": clicked * broadcast.links().len(),
        "show_total_clicks": true,
        "status": broadcast.status(now),
        "progress": if broadcast.is_sent { 100.0 } else { 0.0 },
        "open_tracking_disabled": false,
        "click_tracking_disabled": false,
    });
    json!({"id": broadcast.id, "stats": stats})
}
