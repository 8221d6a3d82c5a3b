use crate::events::{Happening, happen};
use crate::rows::World;
use crate::rows::subscriber::FormEntry;

/// Adds a subscriber to a form. Whether that is new; `None` where there is no such subscriber.
pub(crate) fn add(
    world: &mut World,
    form: u64,
    subscriber: u64,
    referrer: Option<String>,
) -> Option<bool> {
    let added_at = world.clock.time();
    let row = world.tables.subscribers.get_mut(subscriber)?;
    if row.forms.contains_key(&form) {
        return Some(false);
    }
    row.forms.insert(form, FormEntry { added_at, referrer });
    happen(world, &Happening::SubscribedToForm { subscriber, form });
    Some(true)
}
