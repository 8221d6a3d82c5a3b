use std::collections::VecDeque;

use serde::Serialize;

/// Up to so many items Kit answers at once: with more, nobody tells what became of each.
const AT_ONCE: usize = 100;

/// Far below what Kit queues, which is 300 MB for all requests together.
const MAX_BYTES: usize = 1024 * 1024;

/// The items that are sent in one round, by their places, and how they are split into requests.
#[derive(Debug)]
pub(super) struct Round {
    places: Vec<usize>,
    /// How many of these are in a batch already.
    begun: usize,
    /// Items that are to be sent alone, after the others.
    alone: VecDeque<usize>,
    pub(super) max_items: usize,
    pub(super) max_bytes: usize,
}

impl Round {
    /// The first round, with all items.
    pub(super) fn new(count: usize) -> Self {
        Self {
            places: (0..count).collect(),
            begun: 0,
            alone: VecDeque::new(),
            max_items: AT_ONCE,
            max_bytes: MAX_BYTES,
        }
    }

    /// Begins another round, with the items at these places. Returns whether there are any.
    pub(super) fn restart(&mut self, places: Vec<usize>) -> bool {
        self.places = places;
        self.begun = 0;
        self.alone.clear();
        !self.places.is_empty()
    }

    /// The number of items, and the number of those that are in a batch already.
    pub(super) fn progress(&self) -> (usize, usize) {
        (self.places.len(), self.begun)
    }

    /// Has an item sent again, alone.
    pub(super) fn send_alone(&mut self, place: usize) {
        self.alone.push_back(place);
    }

    /// The places of the items of the next request. Empty where nothing is left.
    pub(super) fn next_places<T: Serialize>(&mut self, items: &[T]) -> Vec<usize> {
        let left = self.places.get(self.begun..).unwrap_or_default();
        let (mut places, mut bytes) = (Vec::new(), 0);
        for place in left.iter().take(self.max_items) {
            // An item that cannot be written fails when it is sent, and says why.
            let json = items.get(*place).and_then(|item| serde_json::to_vec(item).ok());
            bytes += json.map_or(0, |json| json.len() + 1);
            if bytes > self.max_bytes && !places.is_empty() {
                break;
            }
            places.push(*place);
        }
        self.begun += places.len();
        if places.is_empty() {
            places.extend(self.alone.pop_front());
        }
        places
    }
}
