//! A receiver behind a server, and requests as Kit sends them.

use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use kit_receiver::{Events, Receiver};
use tokio::runtime::Runtime;
use tokio::sync::watch;

/// The value of `X-Kit-Signature` for a body that is signed now.
pub fn sign(secret: &str, body: &[u8]) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970").as_secs();
    let mut signed = format!("{now}.").into_bytes();
    signed.extend_from_slice(body);
    let mac = hmac_sha256::HMAC::mac(&signed, secret.as_bytes());
    let mut header = format!("t={now},v1=");
    for byte in mac {
        // Writing to a string does not fail.
        let _ = write!(header, "{byte:02x}");
    }
    header
}

/// A server with a receiver, in a process of its own, as far as a runtime is one: dropping it is a crash, but for
/// the event that is being handled.
#[derive(Debug)]
pub struct Process {
    runtime: Runtime,
    stop: watch::Sender<bool>,
    handling: Option<tokio::task::JoinHandle<()>>,
}

impl Process {
    /// Serves a socket, and hands each event to `handle`.
    pub fn start(
        listener: &std::net::TcpListener,
        (service, events): (Receiver, Events),
        handle: impl Fn(kit_core::deliveries::DeliveredEvent) + Send + 'static,
    ) -> Self {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(2).enable_all().build().expect("a runtime");
        let listener = listener.try_clone().expect("a socket");
        listener.set_nonblocking(true).expect("an option");
        let (stop, mut stopped) = watch::channel(false);
        let handling = runtime.spawn(async move {
            loop {
                let received = tokio::select! {
                    biased;
                    _ = stopped.changed() => return,
                    received = events.next() => received,
                };
                let Some(received) = received else { return };
                handle(received.event.clone());
                received.done().await.expect("a state file");
            }
        });
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
            loop {
                let (stream, _) = listener.accept().await.expect("a connection");
                let service = TowerToHyperService::new(service.clone());
                tokio::spawn(async move {
                    let connection =
                        http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                    // How a connection ends is the sender's to know.
                    drop(connection.await);
                });
            }
        });
        Self { runtime, stop, handling: Some(handling) }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The event that is being handled is handled to its end.
        let _ = self.stop.send(true);
        if let Some(handling) = self.handling.take() {
            drop(self.runtime.block_on(handling));
        }
    }
}
