use serde::Serialize;

use super::BulkOutcome;
use crate::endpoint::Endpoint;

/// A bulk operation that [`Batches`](super::Batches) can send. All operations of [this module](super) implement this
/// trait.
pub trait BulkOperation: Endpoint + Sized {
    /// The type of the items, such as a new subscriber.
    type Item: Clone + Serialize;

    /// The type of what Kit answers for an item that it applied, such as a subscriber with an id. `()` for deletions.
    type Row: Clone;

    /// The field of the request that holds the items.
    const ITEMS: &'static str;

    /// The operation for these items.
    fn of(items: Vec<Self::Item>) -> Self;

    /// The outcome of each item according to the reply, in the order of the items: [`BulkOutcome::MayHaveBeenApplied`]
    /// if the reply does not tell which item failed, and [`BulkOutcome::Queued`] for all items if Kit has queued them.
    fn outcomes(reply: &Self::Reply, items: &[Self::Item]) -> Vec<BulkOutcome<Self::Row>>;
}
