use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::Request;
use tokio::sync::watch;

use super::recorded::{Ended, Ending, Exchange, beginning, owned};
use crate::world::changed_after;

/// The number of exchanges that are kept: of more, those go that came first.
const KEPT: usize = 50_000;

/// The bytes that all of them have together, at most: heads and bodies.
const KEPT_OF_ALL: usize = 128 * 1024 * 1024;

/// A function that is told of each exchange that has ended.
pub(crate) type Listener = Arc<dyn Fn(Ended<'_>) + Send + Sync>;

/// The exchanges that came last.
pub(crate) struct Recorder {
    ring: Mutex<Ring>,
    /// How often something has changed.
    changes: watch::Sender<u64>,
    listener: Option<Listener>,
}

/// The exchanges, bounded by their count and by their bodies.
#[derive(Debug, Default)]
struct Ring {
    exchanges: VecDeque<Exchange>,
    bytes: usize,
    last_number: u64,
    changed: u64,
    /// Counts how often all of them were removed.
    generation: u64,
}

/// An exchange that goes on. If it is dropped, the client has gone.
pub(super) struct Recording<'a> {
    recorder: &'a Recorder,
    number: u64,
    start: std::time::Instant,
    /// The request, for a listener.
    told: Option<Request<Bytes>>,
    fault: Option<String>,
    has_ended: bool,
}

impl Recording<'_> {
    pub(super) fn hit_by(&mut self, fault: String) {
        self.fault = Some(fault);
    }

    pub(super) fn end(mut self, ending: Ending) {
        self.finish(ending);
    }

    fn finish(&mut self, ending: Ending) {
        self.has_ended = true;
        let (recorder, duration) = (self.recorder, self.start.elapsed());
        if let (Some(listener), Some(request)) = (&recorder.listener, &self.told) {
            listener(Ended { request, ending: &ending, fault: self.fault.as_deref(), duration });
        }
        recorder.lock().finish(self.number, ending, self.fault.take(), duration);
        recorder.changed();
    }
}

impl Drop for Recording<'_> {
    fn drop(&mut self) {
        if !self.has_ended {
            self.finish(Ending::Gone);
        }
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").finish_non_exhaustive()
    }
}

impl Recorder {
    pub(crate) fn new(listener: Option<Listener>) -> Self {
        Self { ring: Mutex::default(), changes: watch::Sender::new(0), listener }
    }

    pub(super) fn begin(&self, head: &Request<()>, body: &Bytes) -> Recording<'_> {
        let request = owned(head, beginning(body));
        // It is told of also where it is forgotten meanwhile.
        let told = self.listener.as_ref().map(|_| request.clone());
        let number = self.lock().begin(request, body.len(), SystemTime::now());
        self.changed();
        let start = std::time::Instant::now();
        Recording { recorder: self, number, start, told, fault: None, has_ended: false }
    }

    /// The requests, oldest first.
    pub(crate) fn requests(&self) -> Vec<Request<Bytes>> {
        self.lock().exchanges.iter().map(|exchange| exchange.request.clone()).collect()
    }

    /// The exchanges that have changed after this count of changes, those first that came first, at most so many; with the
    /// count for the next time.
    pub(crate) fn since(&self, changed: u64, limit: usize) -> (Vec<Exchange>, u64) {
        self.lock().since(changed, limit)
    }

    /// The last exchanges, oldest first, at most so many; with the count of changes so far.
    pub(crate) fn last(&self, limit: usize) -> (Vec<Exchange>, u64) {
        let ring = self.lock();
        let skipped = ring.exchanges.len().saturating_sub(limit);
        (ring.exchanges.iter().skip(skipped).cloned().collect(), ring.changed)
    }

    pub(crate) fn get(&self, number: u64) -> Option<Exchange> {
        let ring = self.lock();
        ring.index(number).and_then(|index| ring.exchanges.get(index)).cloned()
    }

    /// The number of the oldest that is kept, or of the next one.
    pub(crate) fn first_number(&self) -> u64 {
        self.lock().first_number()
    }

    /// How often all of them were removed: what was told before does not count any more.
    pub(crate) fn generation(&self) -> u64 {
        self.lock().generation
    }

    /// How many are kept.
    pub(crate) fn len(&self) -> usize {
        self.lock().exchanges.len()
    }

    /// Forgets all of them, and returns them. No number comes again.
    pub(crate) fn clear(&self) -> VecDeque<Exchange> {
        let cleared = self.lock().replace(VecDeque::new());
        self.changed();
        cleared
    }

    /// Puts exchanges in place of what is kept.
    pub(crate) fn restore(&self, exchanges: VecDeque<Exchange>) {
        self.lock().replace(exchanges);
        self.changed();
    }

    /// Tells of each change.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    fn changed(&self) {
        self.changes.send_modify(|count| *count = count.wrapping_add(1));
    }

    fn lock(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    fn begin(&mut self, request: Request<Bytes>, body_length: usize, received: SystemTime) -> u64 {
        self.last_number += 1;
        let number = self.last_number;
        let changed = self.change();
        let (fault, duration) = (None, None);
        let ending = Ending::Open;
        let exchange =
            Exchange { number, received, request, ending, fault, duration, body_length, changed };
        self.bytes += exchange.size();
        self.exchanges.push_back(exchange);
        self.bound();
        number
    }

    /// Does nothing where it is kept no more.
    fn finish(&mut self, number: u64, ending: Ending, fault: Option<String>, duration: Duration) {
        let changed = self.change();
        let Some(index) = self.index(number) else { return };
        let Some(exchange) = self.exchanges.get_mut(index) else { return };
        let before = exchange.size();
        (exchange.ending, exchange.fault, exchange.changed) = (ending, fault, changed);
        exchange.duration = Some(duration);
        let after = exchange.size();
        self.bytes += after.saturating_sub(before);
        self.bound();
    }

    fn since(&self, changed: u64, limit: usize) -> (Vec<Exchange>, u64) {
        let all = self.exchanges.iter();
        let found = changed_after(all, |exchange| exchange.changed, changed, limit);
        let last = found.last().map_or(self.changed, |exchange| exchange.changed);
        (found.into_iter().cloned().collect(), last)
    }

    fn index(&self, number: u64) -> Option<usize> {
        usize::try_from(number.checked_sub(self.first_number())?).ok()
    }

    fn first_number(&self) -> u64 {
        self.exchanges.front().map_or(self.last_number + 1, |exchange| exchange.number)
    }

    fn replace(&mut self, exchanges: VecDeque<Exchange>) -> VecDeque<Exchange> {
        self.generation += 1;
        self.changed += 1;
        self.bytes = exchanges.iter().map(Exchange::size).sum();
        let mut replaced = std::mem::replace(&mut self.exchanges, exchanges);
        for exchange in &mut self.exchanges {
            // Numbers stay without a gap, and those that came in between are not meant by them.
            self.last_number += 1;
            self.changed += 1;
            (exchange.number, exchange.changed) = (self.last_number, self.changed);
        }
        replaced.retain(|exchange| !matches!(exchange.ending, Ending::Open));
        replaced
    }

    fn change(&mut self) -> u64 {
        self.changed += 1;
        self.changed
    }

    fn bound(&mut self) {
        while self.exchanges.len() > KEPT || self.bytes > KEPT_OF_ALL {
            let Some(oldest) = self.exchanges.pop_front() else { return };
            self.bytes = self.bytes.saturating_sub(oldest.size());
        }
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};

    use super::*;
    use crate::server::recorded::Replied;

    fn request(size: usize) -> Request<Bytes> {
        Request::new(Bytes::from(vec![b'x'; size]))
    }

    fn begin(ring: &mut Ring, size: usize) -> u64 {
        ring.begin(request(size), size, SystemTime::UNIX_EPOCH)
    }

    fn replied(size: usize) -> Ending {
        let body = Bytes::from(vec![b'y'; size]);
        let headers = HeaderMap::new();
        Ending::Replied(Replied {
            status: StatusCode::OK,
            headers,
            body_length: body.len(),
            body,
            is_cut_off: false,
        })
    }

    fn numbers(exchanges: &[Exchange]) -> Vec<u64> {
        exchanges.iter().map(|exchange| exchange.number).collect()
    }

    #[test]
    fn the_ring_is_bounded_by_count_and_by_bytes() {
        let mut ring = Ring::default();
        for _ in 0..KEPT + 10 {
            begin(&mut ring, 0);
        }
        assert_eq!((ring.exchanges.len(), ring.first_number()), (KEPT, 11));
        let mut ring = Ring::default();
        let empty = {
            let mut ring = Ring::default();
            begin(&mut ring, 0);
            ring.exchanges.pop_front().unwrap().size()
        };
        for _ in 0..20 {
            let number = begin(&mut ring, 0);
            ring.finish(number, replied(KEPT_OF_ALL / 8 - empty), None, Duration::ZERO);
        }
        assert_eq!((ring.exchanges.len(), ring.bytes), (8, KEPT_OF_ALL));
        begin(&mut ring, 1);
        assert_eq!((ring.exchanges.len(), ring.first_number()), (8, 14));
        assert_eq!(ring.bytes, ring.exchanges.iter().map(Exchange::size).sum::<usize>());
    }

    #[test]
    fn each_change_is_told_once_by_a_cursor() {
        let mut ring = Ring::default();
        let (first, second) = (begin(&mut ring, 1), begin(&mut ring, 1));
        let (all, cursor) = ring.since(0, 10);
        assert_eq!(numbers(&all), [1, 2]);
        assert_eq!(ring.since(cursor, 10).0.len(), 0);
        ring.finish(first, replied(3), Some("close".into()), Duration::from_secs(1));
        let third = begin(&mut ring, 1);
        ring.finish(second, Ending::Closed, None, Duration::ZERO);
        // In pages of one, in the order of the changes.
        let mut told = Vec::new();
        let mut cursor = cursor;
        loop {
            let (page, next) = ring.since(cursor, 1);
            let [exchange] = &page[..] else { break };
            told.push(exchange.number);
            cursor = next;
        }
        assert_eq!(told, [first, third, second]);
        assert_eq!(ring.since(cursor, 10).1, cursor);
        let bytes = ring.bytes;
        ring.finish(77, Ending::Gone, None, Duration::ZERO);
        assert_eq!((ring.bytes, ring.exchanges.len()), (bytes, 3));
    }

    #[test]
    fn cleared_exchanges_come_back_with_new_numbers() {
        let mut ring = Ring::default();
        for _ in 0..3 {
            let number = begin(&mut ring, 2);
            ring.finish(number, replied(2), None, Duration::ZERO);
        }
        begin(&mut ring, 2);
        let cleared = ring.replace(VecDeque::new());
        assert_eq!((cleared.len(), ring.first_number(), ring.bytes), (3, 5, 0), "one is open");
        assert_eq!(ring.generation, 1);
        begin(&mut ring, 1);
        let (_, cursor) = ring.since(0, 10);
        ring.replace(cleared);
        assert_eq!(ring.first_number(), 6);
        // Page by page, too.
        let (page, next) = ring.since(cursor, 2);
        assert_eq!((numbers(&page), numbers(&ring.since(next, 2).0)), (vec![6, 7], vec![8]));
        assert_eq!((ring.index(8), ring.generation), (Some(2), 2));
        assert_eq!(ring.bytes, ring.exchanges.iter().map(Exchange::size).sum::<usize>());
    }

    #[test]
    fn a_client_that_goes_before_the_answer_is_told_of() {
        let recorder = Recorder::new(None);
        let recording = recorder.begin(&Request::new(()), &Bytes::new());
        assert!(matches!(recorder.get(1).unwrap().ending, Ending::Open));
        drop(recording);
        assert!(matches!(recorder.get(1).unwrap().ending, Ending::Gone));
        let mut recording = recorder.begin(&Request::new(()), &Bytes::new());
        recording.hit_by("close".into());
        recording.end(Ending::Closed);
        let exchange = recorder.get(2).unwrap();
        assert!(matches!(exchange.ending, Ending::Closed));
        assert_eq!(exchange.fault.as_deref(), Some("close"));
        assert_eq!((recorder.last(1).0.len(), recorder.len(), recorder.first_number()), (1, 2, 1));
    }
}
