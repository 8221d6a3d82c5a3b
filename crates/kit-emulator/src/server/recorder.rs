use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode};
use tokio::sync::watch;

use super::redacted;

/// The number of exchanges that are kept: of more, those go that came first.
const KEPT: usize = 50_000;

/// The bytes that all of them have together, at most: heads and bodies.
const KEPT_OF_ALL: usize = 64 * 1024 * 1024;

/// The bytes of a body that are kept.
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
    /// The length of the request's body, of which the beginning is kept.
    pub(crate) body_length: usize,
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
    /// The beginning of the body.
    pub(crate) body: Bytes,
    /// The length of the body.
    pub(crate) body_length: usize,
    /// Whether more of the body was promised than was sent.
    pub(crate) is_cut_off: bool,
}

/// An exchange that has ended, for a listener.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ended<'a> {
    pub(crate) request: &'a Request<Bytes>,
    pub(crate) ending: &'a Ending,
    pub(crate) fault: Option<&'a str>,
    pub(crate) duration: Duration,
}

/// Writes a text without what a terminal would take for a command.
fn printable(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    text.chars().try_for_each(|char| {
        if char.is_control() { write!(f, "{}", char.escape_default()) } else { write!(f, "{char}") }
    })
}

/// One line: `POST /v4/tags 201 in 3.2 ms`. It has no credential.
impl fmt::Display for Ended<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let uri = self.request.uri();
        write!(f, "{} ", self.request.method())?;
        printable(f, uri.path())?;
        if let Some(query) = redacted::query(uri) {
            f.write_str("?")?;
            printable(f, &query)?;
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
        self.bytes += size(&exchange);
        self.exchanges.push_back(exchange);
        self.bound();
        number
    }

    /// Does nothing where it is kept no more.
    fn finish(&mut self, number: u64, ending: Ending, fault: Option<String>, duration: Duration) {
        let changed = self.change();
        let Some(index) = self.index(number) else { return };
        let Some(exchange) = self.exchanges.get_mut(index) else { return };
        let before = size(exchange);
        (exchange.ending, exchange.fault, exchange.changed) = (ending, fault, changed);
        exchange.duration = Some(duration);
        let after = size(exchange);
        self.bytes += after.saturating_sub(before);
        self.bound();
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
        self.generation += 1;
        self.changed += 1;
        self.bytes = exchanges.iter().map(size).sum();
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
            self.bytes = self.bytes.saturating_sub(size(&oldest));
        }
    }
}

/// The bytes that it holds, about.
fn size(exchange: &Exchange) -> usize {
    let of_headers = |headers: &HeaderMap| -> usize {
        headers.iter().map(|(name, value)| OF_HEADER + name.as_str().len() + value.len()).sum()
    };
    let replied = match &exchange.ending {
        Ending::Replied(reply) => reply.body.len() + of_headers(&reply.headers),
        _ => 0,
    };
    let request = &exchange.request;
    let uri = request.uri();
    let uri = uri.path().len() + uri.query().map_or(0, str::len);
    size_of::<Exchange>() + uri + of_headers(request.headers()) + request.body().len() + replied
}

/// The bytes that a header takes beside its text.
const OF_HEADER: usize = 100;

/// A request in memory of its own: what it was read into is much larger, and would be kept with it.
fn owned(head: &Request<()>, body: Bytes) -> Request<Bytes> {
    let mut request = Request::new(body);
    *request.method_mut() = head.method().clone();
    *request.version_mut() = head.version();
    // What was parsed once can be parsed again.
    *request.uri_mut() = head.uri().to_string().parse().unwrap_or_else(|_| head.uri().clone());
    *request.headers_mut() = owned_headers(head.headers());
    request
}

fn owned_headers(headers: &HeaderMap) -> HeaderMap {
    let mut owned = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let copy = HeaderValue::from_bytes(value.as_bytes()).unwrap_or_else(|_| value.clone());
        let name =
            HeaderName::from_bytes(name.as_str().as_bytes()).unwrap_or_else(|_| name.clone());
        owned.append(name, copy);
    }
    owned
}

impl Replied {
    /// A reply whose body begins so.
    pub(super) fn new(
        status: StatusCode,
        headers: &HeaderMap,
        body: &Bytes,
        is_cut_off: bool,
    ) -> Self {
        let (headers, body_length) = (headers.clone(), body.len());
        Self { status, headers, body: beginning(body), body_length, is_cut_off }
    }
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
        let empty = size(&{
            let mut ring = Ring::default();
            begin(&mut ring, 0);
            ring.exchanges.pop_front().unwrap()
        });
        for _ in 0..20 {
            let number = begin(&mut ring, 0);
            ring.finish(number, replied(KEPT_OF_ALL / 8 - empty), None, Duration::ZERO);
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
        assert_eq!(ring.bytes, ring.exchanges.iter().map(size).sum::<usize>());
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
        assert_eq!((recorder.last(1).len(), recorder.len(), recorder.first_number()), (1, 2, 1));
    }
}
