use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::rows::{Operation, World};

/// How long it takes until what is queued is done.
const TAKES: Duration = Duration::from_secs(5);

/// The queue of changes that are made later, in order.
#[derive(Debug, Default)]
pub(crate) struct Later {
    pub(crate) queue: VecDeque<Task>,
}

#[derive(Debug)]
pub(crate) struct Task {
    pub(crate) due: Duration,
    pub(crate) work: Work,
    /// How much of the queue's limit it takes.
    bytes: usize,
}

#[derive(Debug)]
pub(crate) enum Work {
    Bulk { operation: Operation, items: Vec<Value>, callback_url: Option<String> },
    Fields { subscriber: u64, fields: Map<String, Value> },
}

impl Later {
    pub(crate) fn bytes(&self) -> usize {
        self.queue.iter().map(|task| task.bytes).sum()
    }

    pub(crate) fn bulk(
        world: &mut World,
        operation: Operation,
        items: Vec<Value>,
        callback_url: Option<String>,
        bytes: usize,
    ) {
        Self::add(world, Work::Bulk { operation, items, callback_url }, bytes);
    }

    pub(crate) fn fields(world: &mut World, subscriber: u64, fields: Map<String, Value>) {
        Self::add(world, Work::Fields { subscriber, fields }, 0);
    }

    fn add(world: &mut World, work: Work, bytes: usize) {
        let due = world.clock.now().saturating_add(TAKES);
        world.tables.later.queue.push_back(Task { due, work, bytes });
    }
}
