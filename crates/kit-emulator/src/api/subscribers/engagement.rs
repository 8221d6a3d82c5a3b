//! The emails that each subscriber got, opened and clicked in the last 90 days, counted once for a whole list.

use std::collections::HashMap;

use super::stats::ninety_days_ago;
use crate::rows::World;
use crate::rows::engagement::{is_clicked, is_opened};

/// The counts of every subscriber who got a broadcast.
pub(super) struct Engagement(HashMap<u64, Counts>);

#[derive(Clone, Copy, Default)]
struct Counts {
    sent: u64,
    opened: u64,
    clicked: u64,
}

impl Engagement {
    pub(super) fn of_90_days(world: &World) -> Self {
        let since = ninety_days_ago(world);
        let mut counts: HashMap<u64, Counts> = HashMap::new();
        let broadcasts = world.tables.broadcasts.rows().oldest_first();
        for broadcast in broadcasts.filter(|broadcast| broadcast.sent_at() >= since) {
            for id in &broadcast.recipients {
                let counts = counts.entry(*id).or_default();
                counts.sent += 1;
                counts.opened += u64::from(is_opened(broadcast.id, *id));
                counts.clicked += u64::from(is_clicked(broadcast, *id));
            }
        }
        Self(counts)
    }

    /// The value by which a list with this sort field orders a subscriber. A subscriber who got nothing counts as 0.
    pub(super) fn key(&self, sort_field: &str, subscriber: u64) -> u64 {
        let Counts { sent, opened, clicked } = self.0.get(&subscriber).copied().unwrap_or_default();
        let share = |part: u64| (part * 1_000_000).checked_div(sent).unwrap_or_default();
        match sort_field {
            "engagement__sent" => sent,
            "engagement__opens" => opened,
            "engagement__clicks" => clicked,
            "engagement__open_rate" => share(opened),
            _ => share(clicked),
        }
    }
}
