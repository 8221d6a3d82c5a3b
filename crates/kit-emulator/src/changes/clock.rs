//! Changes by the clock: queued bulk requests, custom fields that follow, broadcasts that are sent.

use std::time::Duration;

use super::{broadcasts, subscribers};
use crate::outbox::Moment;
use crate::rows::{Tables, Work, World};
use crate::world::Clock;

/// When the next of it is due, by the clock, in any account.
pub(crate) fn next_due(world: &World) -> Option<Duration> {
    world.all_tables().filter_map(|tables| next_of(tables, &world.clock)).min()
}

fn next_of(tables: &Tables, clock: &Clock) -> Option<Duration> {
    let queued = tables.later.queue.front().map(|task| task.due);
    let sent = broadcasts::next_due(tables).map(|seconds| clock.at_unix_seconds(seconds));
    queued.into_iter().chain(sent).min()
}

/// Does what is due, in each account. Returns whether there was anything.
pub(crate) fn run_due(world: &mut World) -> bool {
    let mut has_run = false;
    world.each(|world| {
        // In the order of time: who gets a broadcast depends on what was done before.
        while let Some(due) = next_of(&world.tables, &world.clock)
            && due <= world.clock.now()
        {
            run_until(world, due);
            has_run = true;
        }
    });
    has_run
}

fn run_until(world: &mut World, now: Duration) {
    while world.tables.later.queue.front().is_some_and(|task| task.due <= now) {
        let Some(task) = world.tables.later.queue.pop_front() else { break };
        match task.work {
            Work::Bulk { operation, items, callback_url } => {
                let body = operation.run(world, &items);
                if let Some(url) = callback_url {
                    let number = world.tables.callbacks.add(url);
                    let moment = Moment { now, date: world.clock.unix_seconds() };
                    world.tables.outbox.add_callback(number, &body, moment);
                }
            }
            Work::Fields { subscriber, fields } => {
                subscribers::set_fields(world, subscriber, fields);
            }
        }
    }
    let date = i64::try_from(world.clock.unix_seconds_at(now)).unwrap_or(i64::MAX);
    if broadcasts::next_due(&world.tables).is_some_and(|due| due <= date) {
        broadcasts::send_due(world, date);
    }
}
