use std::sync::Arc;

use crate::queue::Queue;
use crate::shared::Shared;

/// The place where events wait: in this process, with a state file or without one; or in an inbox that processes share.
#[derive(Clone)]
pub(crate) enum Keeper {
    Queue(Arc<Queue>),
    Shared(Arc<Shared>),
}

impl Keeper {
    pub(crate) fn close(&self) {
        match self {
            Self::Queue(queue) => queue.close(),
            Self::Shared(shared) => shared.close(),
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        match self {
            Self::Queue(queue) => queue.is_closed(),
            Self::Shared(shared) => shared.is_closed(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Queue(queue) => queue.len(),
            Self::Shared(shared) => shared.len(),
        }
    }
}
