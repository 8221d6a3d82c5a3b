//! Deliveries: verified, read, and received by a service; and the floor beside each.

use std::collections::{BTreeMap, HashSet};
use std::convert::Infallible;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use kit_core::Timestamp;
use kit_core::deliveries::{Delivery, Verifier};
use kit_receiver::Receiver;
use serde::Deserialize;
use sha2::Sha256;
use tokio::runtime::Runtime;

const SECRET: &str = "whsec_0123456789abcdef";

/// How many connections deliver at once.
const CONNECTIONS: usize = 8;

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970").as_secs()
}

fn mac(key: &Hmac<Sha256>, time: &str, body: &[u8]) -> [u8; 32] {
    let mut mac = key.clone();
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac.finalize().into_bytes().into()
}

fn key() -> Hmac<Sha256> {
    Hmac::new_from_slice(SECRET.as_bytes()).expect("a key")
}

fn sign(body: &[u8]) -> String {
    let time = now().to_string();
    let hex = mac(&key(), &time, body).map(|byte| format!("{byte:02x}")).concat();
    format!("t={time},v1={hex}")
}

/// A body of this size that is verified, and nothing more.
#[derive(Debug)]
pub struct Verify {
    verifier: Verifier,
    key: Hmac<Sha256>,
    body: Vec<u8>,
    header: String,
    time: String,
    expected: [u8; 32],
    now: SystemTime,
}

impl Verify {
    /// Signs a body of this size.
    pub fn new(size: usize) -> Self {
        let body = vec![b'x'; size];
        let header = sign(&body);
        let time = header.split(['=', ',']).nth(1).expect("a time").to_owned();
        let expected = mac(&key(), &time, &body);
        let verifier = Verifier::new([SECRET]).expect("a verifier");
        let now = SystemTime::now();
        Self { verifier, key: key(), body, header, time, expected, now }
    }

    /// Verifies.
    pub fn ours(&self) {
        let header = [self.header.as_bytes()];
        self.verifier.verify(header, &self.body, self.now).expect("a signature");
    }

    /// Computes the HMAC, and compares.
    pub fn floor(&self) {
        assert_eq!(mac(&self.key, &self.time, &self.body), self.expected);
    }
}

fn event(number: usize) -> String {
    format!(
        r#"{{"id":"855c0b5a-c0a9-4285-968f-{number:012}","type":"subscriber.tag_added","created":"2026-07-29T14:32:10Z","data":{{"subscriber":{{"id":{number},"first_name":"Ann","email_address":"ann-{number}@example.com","state":"active","created_at":"2023-01-27T11:43:55Z","fields":{{"company":"Example","last_name":null}}}},"tag":{{"id":44,"name":"VIP","created_at":"2023-01-27T11:43:55Z"}}}}}}"#
    )
}

/// The body of a delivery with events from this number on.
pub fn envelope(first: usize, count: usize) -> String {
    let events: Vec<_> = (first..first + count).map(event).collect();
    format!(r#"{{"delivery_id":9,"events":[{}]}}"#, events.join(","))
}

/// Reads a delivery.
pub fn read(body: &[u8]) -> Delivery {
    Delivery::read(body).expect("a delivery")
}

/// The fields of the data that the client reads.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "they are read, and no more")]
pub struct Envelope {
    delivery_id: u64,
    events: Vec<Event>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "they are read, and no more")]
struct Event {
    id: String,
    r#type: String,
    created: Timestamp,
    data: Data,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "they are read, and no more")]
struct Data {
    subscriber: Subscriber,
    tag: Tag,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "they are read, and no more")]
struct Subscriber {
    id: u64,
    first_name: Option<String>,
    email_address: String,
    state: String,
    created_at: Timestamp,
    fields: BTreeMap<String, Option<String>>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "they are read, and no more")]
struct Tag {
    id: u64,
    name: String,
    created_at: Option<Timestamp>,
}

/// Reads a delivery into derived structs.
pub fn read_floor(body: &[u8]) -> Envelope {
    serde_json::from_slice(body).expect("a delivery")
}

/// The events of a delivery that was signed in the last five minutes.
fn verified(key: &Hmac<Sha256>, headers: &HeaderMap, body: &[u8]) -> Option<Vec<Event>> {
    let (time, hex) = headers.get("x-kit-signature")?.to_str().ok()?.split_once(",v1=")?;
    let time = time.strip_prefix("t=")?;
    let digit = |place| u8::from_str_radix(hex.get(place..place + 2)?, 16).ok();
    let signature: Vec<u8> = (0..64).step_by(2).map(digit).collect::<Option<_>>()?;
    let mut mac = key.clone();
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac.verify_slice(&signature).ok()?;
    let age = now().abs_diff(time.parse().ok()?);
    let envelope: Envelope = serde_json::from_slice(body).ok()?;
    (age <= 300).then_some(envelope.events)
}

/// A server that receives deliveries of one event each.
#[derive(Debug)]
pub struct Server {
    runtime: Runtime,
    address: SocketAddr,
}

impl Server {
    /// With a receiver, whose events are taken and done.
    pub fn with_receiver() -> Self {
        let (receiver, events) = Receiver::builder([SECRET]).build().expect("a receiver");
        let server = Self::start(move |stream| {
            let service = TowerToHyperService::new(receiver.clone());
            async move {
                let _ = http1::Builder::new().serve_connection(stream, service).await;
            }
        });
        server.runtime.spawn(async move {
            while let Some(received) = events.next().await {
                received.done().await.expect("no state file");
            }
        });
        server
    }

    /// With the shortest receiver that does the job: it verifies, reads the events into a struct, looks them up in a set
    /// of ids, and hands them to another task.
    pub fn by_hand() -> Self {
        let (give, mut take) = tokio::sync::mpsc::channel::<Event>(1024);
        let (key, seen) = (Arc::new(key()), Arc::new(Mutex::new(HashSet::<String>::new())));
        let server = Self::start(move |stream| {
            let (key, seen, give) = (key.clone(), seen.clone(), give.clone());
            async move {
                let service = service_fn(move |request: Request<Incoming>| {
                    let (key, seen, give) = (key.clone(), seen.clone(), give.clone());
                    async move {
                        let (head, body) = request.into_parts();
                        let body = body.collect().await.expect("a body").to_bytes();
                        let events = verified(&key, &head.headers, &body).expect("a signature");
                        for event in events {
                            if seen.lock().expect("no panic").insert(event.id.clone()) {
                                give.send(event).await.expect("a task");
                            }
                        }
                        let mut response = Response::new(Full::<Bytes>::default());
                        *response.status_mut() = StatusCode::NO_CONTENT;
                        Ok::<_, Infallible>(response)
                    }
                });
                let _ = http1::Builder::new().serve_connection(stream, service).await;
            }
        });
        server.runtime.spawn(async move { while take.recv().await.is_some() {} });
        server
    }

    /// That reads the body, and answers 204.
    pub fn bare() -> Self {
        Self::start(|stream| async move {
            let service = service_fn(|request: Request<Incoming>| async {
                request.into_body().collect().await.expect("a body");
                let mut response = Response::new(Full::<Bytes>::default());
                *response.status_mut() = StatusCode::NO_CONTENT;
                Ok::<_, Infallible>(response)
            });
            let _ = http1::Builder::new().serve_connection(stream, service).await;
        })
    }

    fn start<F: Future<Output = ()> + Send + 'static>(
        serve: impl Fn(TokioIo<tokio::net::TcpStream>) -> F + Send + 'static,
    ) -> Self {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1).enable_all().build().expect("a runtime");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        listener.set_nonblocking(true).expect("an option");
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
            loop {
                let (stream, _) = listener.accept().await.expect("a connection");
                stream.set_nodelay(true).expect("an option");
                tokio::spawn(serve(TokioIo::new(stream)));
            }
        });
        Self { runtime, address }
    }

    /// How long the server takes for so many deliveries over each of some connections.
    pub fn time(&self, each: usize) -> Duration {
        // Each event is new.
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        let requests: Vec<Vec<Vec<u8>>> = (0..CONNECTIONS)
            .map(|_| {
                let first = NEXT.fetch_add(each, Ordering::Relaxed);
                (first..first + each).map(request).collect()
            })
            .collect();
        let mut streams: Vec<_> = (0..CONNECTIONS)
            .map(|_| TcpStream::connect(self.address).expect("a connection"))
            .collect();
        let start = Instant::now();
        std::thread::scope(|scope| {
            for (stream, requests) in streams.iter_mut().zip(&requests) {
                scope.spawn(move || {
                    stream.set_nodelay(true).expect("an option");
                    let mut answer = [0; 1024];
                    for request in requests {
                        stream.write_all(request).expect("a server");
                        let count = stream.read(&mut answer).expect("an answer");
                        assert!(answer[..count].starts_with(b"HTTP/1.1 204 "));
                    }
                });
            }
        });
        start.elapsed()
    }

    /// How many deliveries are made over all connections.
    pub fn deliveries(each: usize) -> usize {
        CONNECTIONS * each
    }
}

fn request(number: usize) -> Vec<u8> {
    let body = envelope(number, 1);
    let signature = sign(body.as_bytes());
    let length = body.len();
    format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Kit-Signature: {signature}\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}
