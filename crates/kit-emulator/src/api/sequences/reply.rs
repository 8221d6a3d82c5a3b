use std::collections::HashMap;

use serde_json::Value;

use crate::rows::{Sequence, World};

/// How many emails and subscribers each sequence has, counted once for all.
pub(super) struct Counts {
    emails: HashMap<u64, u64>,
    subscribers: HashMap<u64, u64>,
}

impl Counts {
    pub(super) fn of(world: &World) -> Self {
        let mut emails = HashMap::new();
        for email in world.tables.sequence_emails.oldest_first() {
            *emails.entry(email.sequence_id).or_default() += 1;
        }
        let subscribers = world.tables.subscribers.counts(|subscriber| subscriber.sequences.keys());
        Self { emails, subscribers }
    }

    pub(super) fn json(&self, sequence: &Sequence) -> Value {
        let count =
            |counts: &HashMap<u64, u64>| counts.get(&sequence.id).copied().unwrap_or_default();
        sequence.to_json(count(&self.emails), count(&self.subscribers))
    }
}

pub(super) fn to_json(world: &World, sequence: &Sequence) -> Value {
    Counts::of(world).json(sequence)
}
