//! Statistics of sequences and their emails. Nothing is sent from a sequence here, so that there are none.

use serde_json::{Value, json};

const COUNTS: [&str; 6] =
    ["recipients", "opens", "clicks", "email_unsubscribes", "bounces", "complaints"];
const RATES: [&str; 6] = [
    "open_rate",
    "click_rate",
    "click_to_open_rate",
    "unsubscribe_rate",
    "bounce_rate",
    "complaint_rate",
];

/// All null, as of a sequence without data.
pub(super) fn sequence_stats() -> Value {
    let mut stats = json!({"unsubscribers": null});
    for name in COUNTS.into_iter().chain(RATES) {
        stats[name] = Value::Null;
    }
    stats
}

/// All zero, as of an email without data.
pub(super) fn email_stats() -> Value {
    let mut stats = json!({});
    for name in COUNTS {
        stats[name] = 0.into();
    }
    for name in RATES {
        stats[name] = 0.0.into();
    }
    stats
}
