use std::fmt;

use super::BulkOperation;
use crate::error::Error;

/// The items of [`Batches`](super::Batches), and the outcome of each.
#[non_exhaustive]
pub struct BulkReport<B: BulkOperation> {
    /// The items, in the order in which they were given.
    pub items: Vec<B::Item>,
    /// The outcome of each item, in the order of `items`.
    pub outcomes: Vec<BulkOutcome<B::Row>>,
    /// Why requests failed, in the order in which they were recorded. An error here does not mean that an item is
    /// lost: its items may have been sent again.
    pub errors: Vec<Error>,
}

impl<B: BulkOperation> BulkReport<B> {
    pub(super) fn new(items: Vec<B::Item>) -> Self {
        let outcomes = vec![BulkOutcome::NotApplied; items.len()];
        Self { items, outcomes, errors: Vec::new() }
    }

    /// The items that Kit applied, with what it answered for them, such as the subscriber with its id. `None` if Kit
    /// answered nothing, as for deletions.
    pub fn done(&self) -> impl Iterator<Item = (&B::Item, Option<&B::Row>)> {
        self.items.iter().zip(&self.outcomes).filter_map(|(item, outcome)| match outcome {
            BulkOutcome::Done(row) => Some((item, row.as_ref())),
            _ => None,
        })
    }

    /// The items that are not known to be applied, with their place in `items`, counted from 0, and their outcome.
    pub fn open(&self) -> impl Iterator<Item = (usize, &B::Item, &BulkOutcome<B::Row>)> {
        let items = self.items.iter().zip(&self.outcomes).enumerate();
        let items = items.filter(|(_, (_, outcome))| !matches!(outcome, BulkOutcome::Done(_)));
        items.map(|(place, (item, outcome))| (place, item, outcome))
    }
}

impl<B: BulkOperation> fmt::Debug for BulkReport<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcomes: Vec<_> = self.outcomes.iter().map(ToString::to_string).collect();
        f.debug_struct("BulkReport")
            .field("outcomes", &outcomes)
            .field("errors", &self.errors)
            .finish_non_exhaustive()
    }
}

/// The outcome of an item. `T` is the type of Kit's answer for an item that it applied.
///
/// Its text is for people: `done`, or `failed: Email address is invalid`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BulkOutcome<T> {
    /// Kit has applied the item, and answered this. `None` for deletions, and if Kit answered nothing that is
    /// recognised as the item's.
    Done(Option<T>),
    /// Kit rejected the item, with these error messages.
    Failed(Vec<String>),
    /// Kit has queued the item: whether the item succeeds is not known.
    Queued,
    /// The request with the item was not sent, or Kit did not apply the request.
    NotApplied,
    /// The request with the item may have been applied, or Kit rejected an item of the request without telling
    /// which.
    MayHaveBeenApplied,
}

impl<T> fmt::Display for BulkOutcome<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done(_) => f.write_str("done"),
            Self::Failed(errors) if errors.is_empty() => f.write_str("failed"),
            Self::Failed(errors) => write!(f, "failed: {}", errors.join(", ")),
            Self::Queued => f.write_str("queued"),
            Self::NotApplied => f.write_str("not applied"),
            Self::MayHaveBeenApplied => f.write_str("may have been applied"),
        }
    }
}
