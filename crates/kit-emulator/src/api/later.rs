//! What is done by the clock: queued bulk requests, custom fields that follow, broadcasts that are sent.

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Map, Value};

use super::bulk::Operation;
use super::{World, broadcasts, subscribers};
use crate::outbox::Moment;

/// How long it takes until what is queued is done.
const TAKES: Duration = Duration::from_secs(5);

/// What is queued, in the order in which it is done.
#[derive(Debug, Default)]
pub(crate) struct Later {
    queue: VecDeque<Task>,
}

#[derive(Debug)]
struct Task {
    due: Duration,
    work: Work,
    /// How much of the queue's limit it takes.
    bytes: usize,
}

#[derive(Debug)]
enum Work {
    Bulk { operation: Operation, items: Vec<Value>, callback_url: Option<String> },
    Fields { subscriber: u64, fields: Map<String, Value> },
}

impl Later {
    pub(super) fn bytes(&self) -> usize {
        self.queue.iter().map(|task| task.bytes).sum()
    }

    pub(super) fn bulk(
        world: &mut World,
        operation: Operation,
        items: Vec<Value>,
        callback_url: Option<String>,
        bytes: usize,
    ) {
        Self::add(world, Work::Bulk { operation, items, callback_url }, bytes);
    }

    pub(super) fn fields(world: &mut World, subscriber: u64, fields: Map<String, Value>) {
        Self::add(world, Work::Fields { subscriber, fields }, 0);
    }

    fn add(world: &mut World, work: Work, bytes: usize) {
        let due = world.clock.now().saturating_add(TAKES);
        world.tables.later.queue.push_back(Task { due, work, bytes });
    }
}

/// When the next of it is due, by the clock.
pub(crate) fn next_due(world: &World) -> Option<Duration> {
    let queued = world.tables.later.queue.front().map(|task| task.due);
    let sent = broadcasts::next_due(world).map(|seconds| world.clock.at_unix_seconds(seconds));
    queued.into_iter().chain(sent).min()
}

/// Does what is due.
pub(crate) fn run_due(world: &mut World) {
    // In the order of time: who gets a broadcast depends on what was done before.
    while let Some(due) = next_due(world).filter(|due| *due <= world.clock.now()) {
        run_until(world, due);
    }
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
    if broadcasts::next_due(world).is_some_and(|due| due <= date) {
        broadcasts::send_due(world, date);
    }
}
