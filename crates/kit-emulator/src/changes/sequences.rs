use crate::events::{Happening, happen};
use crate::rows::World;

/// Adds a subscriber to a sequence. Whether that is new; `None` if there is no such subscriber.
pub(crate) fn add(world: &mut World, sequence: u64, subscriber: u64) -> Option<bool> {
    let now = world.clock.time();
    let row = world.tables.subscribers.get_mut(subscriber)?;
    let is_new = !row.sequences.contains_key(&sequence);
    if is_new {
        row.sequences.insert(sequence, now);
        happen(world, &Happening::AddedToSequence { subscriber, sequence });
    }
    Some(is_new)
}
