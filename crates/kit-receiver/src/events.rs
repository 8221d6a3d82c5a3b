use std::fmt;
use std::io;
use std::sync::Arc;

use kit_core::deliveries::{ClaimedEvent, EventId, SetAsideEvent};

use crate::item::Item;
use crate::keeper::Keeper;
use crate::received::{Hold, Received};

/// The events that were received, in the order in which they came. Clones share one queue.
#[derive(Clone)]
pub struct Events {
    keeper: Keeper,
    _takers: Arc<Takers>,
}

/// All who can take events.
struct Takers(Keeper);

impl Drop for Takers {
    fn drop(&mut self) {
        if let Keeper::Shared(shared) = &self.0 {
            shared.abandon();
        }
    }
}

impl Events {
    pub(crate) fn new(keeper: Keeper) -> Self {
        let takers = Arc::new(Takers(keeper.clone()));
        Self { keeper, _takers: takers }
    }

    /// The next event, once there is one. `None` when the receiver was closed, and all events are done: where others
    /// still handle events, or an event waits after a failure, this waits, too.
    ///
    /// With an [inbox](crate::Builder::inbox), what other processes have received comes as well; after the receiver was
    /// closed, only events come that this process has claimed.
    ///
    /// # Panics
    ///
    /// If an event waits after a failure, or there is an inbox, and there is no tokio runtime with its time driver on.
    pub async fn next(&self) -> Option<Received> {
        match &self.keeper {
            Keeper::Queue(queue) => {
                let Item { source, event, handling, attempts } = queue.next().await?;
                let hold = Hold::InQueue(handling, queue.clone());
                Some(Received::new(event, source, attempts, hold))
            }
            Keeper::Shared(shared) => {
                let ClaimedEvent { claim, event, attempts, .. } = shared.next().await?;
                let source = (!claim.source.is_empty()).then(|| claim.source.as_str().into());
                let hold = Hold::Claimed(claim, shared.clone());
                Some(Received::new(event, source, attempts, hold))
            }
        }
    }

    /// The events that were set aside after [too many failures](crate::Builder::max_attempts), the oldest first, `limit`
    /// at most. Without an inbox, those of this process: after a restart they are tried again.
    ///
    /// # Errors
    ///
    /// The error of the inbox.
    pub async fn set_aside(&self, limit: usize) -> io::Result<Vec<SetAsideEvent>> {
        match &self.keeper {
            Keeper::Queue(queue) => Ok(queue.set_aside(limit)),
            Keeper::Shared(shared) => shared.set_aside(limit).await,
        }
    }

    /// Puts an event back that was set aside: it comes again, as if for the first time. Returns whether it was there.
    ///
    /// # Errors
    ///
    /// The error of the inbox.
    pub async fn put_back(&self, event: &SetAsideEvent) -> io::Result<bool> {
        let (source, id): (&str, &EventId) = (&event.source, &event.event.id);
        match &self.keeper {
            Keeper::Queue(queue) => Ok(queue.put_back_set_aside(source, id)),
            Keeper::Shared(shared) => shared.put_back(source.to_owned(), id.clone()).await,
        }
    }

    /// How many events wait. With an inbox, those that this process has claimed.
    pub fn len(&self) -> usize {
        self.keeper.len()
    }

    /// Whether no event waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").field("len", &self.len()).finish_non_exhaustive()
    }
}
