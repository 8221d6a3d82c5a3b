use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use tokio::sync::watch;

/// How many exchanges are kept: of more, those go that came first.
const KEPT: usize = 50_000;

/// How many bytes the bodies of all of them have together, at most.
const KEPT_OF_ALL: usize = 64 * 1024 * 1024;

/// How much of a body is kept, in bytes.
const KEPT_OF_BODY: usize = 64 * 1024;

/// A request, and what has become of it.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    /// Counts the requests, from 1. It does not begin again.
    pub(crate) number: u64,
    /// When the request came, by the system's clock.
    pub(crate) received: SystemTime,
    pub(crate) request: Request<Bytes>,
    pub(crate) ending: Ending,
    /// The fault that has hit it.
    pub(crate) fault: Option<String>,
    /// How long the reply took.
    pub(crate) duration: Option<Duration>,
    /// Grows with each change of any exchange.
    changed: u64,
}

/// How an exchange has ended.
#[derive(Clone, Debug)]
pub(crate) enum Ending {
    /// Not yet.
    Open,
    Replied(Replied),
    /// A fault has closed the connection.
    Closed,
    /// The client has gone before it was answered.
    Gone,
}

/// A reply as it was written.
#[derive(Clone, Debug)]
pub(crate) struct Replied {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Whether more of the body was promised than was sent.
    pub(crate) is_cut_off: bool,
}

/// An exchange that has ended, for who is told of each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ended<'a> {
    pub(crate) request: &'a Request<Bytes>,
    pub(crate) ending: &'a Ending,
    pub(crate) fault: Option<&'a str>,
    pub(crate) duration: Duration,
}

/// One line: `POST /v4/tags 201 in 3.2 ms`. It has no credential.
impl fmt::Display for Ended<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let uri = self.request.uri();
        write!(f, "{} {}", self.request.method(), uri.path())?;
        match uri.query() {
            // The code of an authorization.
            Some(_) if uri.path().contains("/oauth/") => f.write_str("?[redacted]")?,
            Some(query) => write!(f, "?{query}")?,
            None => {}
        }
        match self.ending {
            Ending::Replied(reply) => write!(f, " {}", reply.status.as_u16())?,
            Ending::Closed => f.write_str(" closed without a reply")?,
            Ending::Open | Ending::Gone => f.write_str(" not waited for")?,
        }
        write!(f, " in {:.1} ms", self.duration.as_secs_f64() * 1000.0)?;
        match self.fault {
            Some(fault) => write!(f, " by a fault: {fault}"),
            None => Ok(()),
        }
    }
}

/// Who is told of each exchange that has ended.
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
}

/// An exchange that goes on. If it is dropped, the client has gone.
pub(super) struct Recording<'a> {
    recorder: &'a Recorder,
    number: u64,
    start: std::time::Instant,
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
        self.recorder.finish(self.number, ending, self.fault.take(), self.start.elapsed());
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
        let request = head.clone().map(|()| beginning(body));
        let number = self.lock().begin(request, SystemTime::now());
        self.changed();
        let start = std::time::Instant::now();
        Recording { recorder: self, number, start, fault: None, has_ended: false }
    }

    fn finish(&self, number: u64, ending: Ending, fault: Option<String>, duration: Duration) {
        let ending = match ending {
            Ending::Replied(reply) => {
                let body = beginning(&reply.body);
                Ending::Replied(Replied { body, ..reply })
            }
            ending => ending,
        };
        let ended = self.lock().finish(number, ending, fault, duration);
        self.changed();
        if let (Some(listener), Some(exchange)) = (&self.listener, ended) {
            listener(Ended {
                request: &exchange.request,
                ending: &exchange.ending,
                fault: exchange.fault.as_deref(),
                duration,
            });
        }
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

    /// The last exchanges, oldest first, at most so many.
    pub(crate) fn last(&self, limit: usize) -> Vec<Exchange> {
        let ring = self.lock();
        let skipped = ring.exchanges.len().saturating_sub(limit);
        ring.exchanges.iter().skip(skipped).cloned().collect()
    }

    pub(crate) fn get(&self, number: u64) -> Option<Exchange> {
        let ring = self.lock();
        ring.index(number).and_then(|index| ring.exchanges.get(index)).cloned()
    }

    /// The number of the oldest that is kept, or of the next one.
    pub(crate) fn first_number(&self) -> u64 {
        self.lock().first_number()
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
    fn begin(&mut self, request: Request<Bytes>, received: SystemTime) -> u64 {
        self.last_number += 1;
        let number = self.last_number;
        let changed = self.change();
        self.bytes += request.body().len();
        let (fault, duration) = (None, None);
        let ending = Ending::Open;
        self.exchanges.push_back(Exchange {
            number,
            received,
            request,
            ending,
            fault,
            duration,
            changed,
        });
        self.bound();
        number
    }

    /// `None` where it is kept no more.
    fn finish(
        &mut self,
        number: u64,
        ending: Ending,
        fault: Option<String>,
        duration: Duration,
    ) -> Option<Exchange> {
        let changed = self.change();
        let index = self.index(number)?;
        let exchange = self.exchanges.get_mut(index)?;
        (exchange.ending, exchange.fault, exchange.changed) = (ending, fault, changed);
        exchange.duration = Some(duration);
        let ended = exchange.clone();
        self.bytes += size(&ended).saturating_sub(ended.request.body().len());
        self.bound();
        Some(ended)
    }

    fn since(&self, changed: u64, limit: usize) -> (Vec<Exchange>, u64) {
        let mut found: Vec<_> =
            self.exchanges.iter().filter(|exchange| exchange.changed > changed).collect();
        // Those that have changed first come first, so that none is passed over by the count.
        found.sort_unstable_by_key(|exchange| exchange.changed);
        found.truncate(limit);
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
        let changed = self.change();
        self.bytes = exchanges.iter().map(size).sum();
        let mut replaced = std::mem::replace(&mut self.exchanges, exchanges);
        for (exchange, number) in self.exchanges.iter_mut().zip(self.last_number + 1..) {
            // Numbers stay without a gap, and those that came in between are not meant by them.
            (exchange.number, exchange.changed) = (number, changed);
        }
        self.last_number += self.exchanges.len() as u64;
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
            self.bytes = self.bytes.saturating_sub(size(&oldest));
        }
    }
}

/// How many bytes of bodies it holds.
fn size(exchange: &Exchange) -> usize {
    let replied = match &exchange.ending {
        Ending::Replied(reply) => reply.body.len(),
        _ => 0,
    };
    exchange.request.body().len() + replied
}

/// Only the beginning of a longer body stays in memory.
fn beginning(body: &Bytes) -> Bytes {
    match body.get(..KEPT_OF_BODY) {
        Some(beginning) => Bytes::copy_from_slice(beginning),
        None => body.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(size: usize) -> Request<Bytes> {
        Request::new(Bytes::from(vec![b'x'; size]))
    }

    fn begin(ring: &mut Ring, size: usize) -> u64 {
        ring.begin(request(size), SystemTime::UNIX_EPOCH)
    }

    fn replied(size: usize) -> Ending {
        let body = Bytes::from(vec![b'y'; size]);
        let headers = HeaderMap::new();
        Ending::Replied(Replied { status: StatusCode::OK, headers, body, is_cut_off: false })
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
        for _ in 0..20 {
            let number = begin(&mut ring, 0);
            ring.finish(number, replied(KEPT_OF_ALL / 8), None, Duration::ZERO);
        }
        assert_eq!((ring.exchanges.len(), ring.bytes), (8, KEPT_OF_ALL));
        begin(&mut ring, 1);
        assert_eq!((ring.exchanges.len(), ring.first_number()), (8, 14));
        assert_eq!(ring.bytes, ring.exchanges.iter().map(size).sum::<usize>());
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
        assert!(ring.finish(77, Ending::Gone, None, Duration::ZERO).is_none());
    }

    #[test]
    fn what_was_cleared_comes_back_with_new_numbers() {
        let mut ring = Ring::default();
        for _ in 0..3 {
            let number = begin(&mut ring, 2);
            ring.finish(number, replied(2), None, Duration::ZERO);
        }
        begin(&mut ring, 2);
        let cleared = ring.replace(VecDeque::new());
        assert_eq!((cleared.len(), ring.first_number(), ring.bytes), (3, 5, 0), "one is open");
        begin(&mut ring, 1);
        let (_, cursor) = ring.since(0, 10);
        ring.replace(cleared);
        assert_eq!(ring.first_number(), 6);
        assert_eq!(numbers(&ring.since(cursor, 10).0), [6, 7, 8]);
        assert_eq!((ring.index(8), ring.bytes), (Some(2), 12));
    }

    #[test]
    fn who_goes_before_the_answer_is_told_of() {
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
        assert_eq!((recorder.last(1).len(), recorder.len(), recorder.first_number()), (1, 2, 1));
    }
}
