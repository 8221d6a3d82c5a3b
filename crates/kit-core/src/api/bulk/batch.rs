#[cfg(doc)]
use super::Batches;

/// A request with some of the items of [`Batches`]. Send the request, and then [`record`](Batches::record) its result.
///
/// The items of a batch that is dropped instead count as items that may have been applied.
#[derive(Debug)]
#[must_use]
pub struct Batch<B> {
    pub(super) request: B,
    /// The places of the items.
    pub(super) places: Vec<usize>,
}

impl<B> Batch<B> {
    /// The places of its items, counted from 0.
    pub(crate) fn places(&self) -> &[usize] {
        &self.places
    }

    /// The request.
    pub fn request(&self) -> &B {
        &self.request
    }
}
