//! What only kit-hyper has: HTTP/2, cancelling, connectors, runtimes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use http::{Request, Response, Uri, Version};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use kit_core::webhooks::{CreateWebhook, Event};
use kit_core::{Credentials, RetryPolicy};
use kit_emulator::Emulator;
use kit_hyper::Client;
use kit_tests::certificates::{Authority, Validity};
use kit_tests::server::Server;
use kit_tests::transport::connector_trusting;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tower_service::Service;

const CREATED: &str = r#"{"webhook": {"id": 9, "account_id": 1539,
    "target_url": "https://example.com/kit", "event": {"name": "purchase_create"}}}"#;

fn create() -> CreateWebhook {
    CreateWebhook::new("https://example.com/kit", Event::PurchaseCreate).unwrap()
}

/// Serves one TLS connection after the other and notes the version of HTTP of each request.
async fn serve_tls(
    listener: TcpListener,
    config: Arc<rustls::ServerConfig>,
    versions: Arc<Mutex<Vec<Version>>>,
    connections: Arc<AtomicUsize>,
) {
    let acceptor = tokio_rustls::TlsAcceptor::from(config);
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        connections.fetch_add(1, Ordering::SeqCst);
        let (acceptor, versions) = (acceptor.clone(), versions.clone());
        tokio::spawn(async move {
            let stream = acceptor.accept(stream).await.unwrap();
            let service = service_fn(move |request: Request<Incoming>| {
                versions.lock().unwrap().push(request.version());
                let response = Response::builder().status(201).body(Full::<Bytes>::from(CREATED));
                async move { response }
            });
            let server = auto::Builder::new(TokioExecutor::new());
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn versions_with(alpn: &[&str]) -> (Vec<Version>, usize) {
    let authority = Authority::new();
    let mut config = Arc::unwrap_or_clone(authority.server("127.0.0.1", Validity::Now));
    config.alpn_protocols = alpn.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("https://{}", listener.local_addr().unwrap());
    let versions = Arc::new(Mutex::new(Vec::new()));
    let connections = Arc::new(AtomicUsize::new(0));
    let server =
        tokio::spawn(serve_tls(listener, config.into(), versions.clone(), connections.clone()));

    let client = Client::builder()
        .base_url(base_url)
        .connector(connector_trusting(&authority.certificate()))
        .build(Credentials::api_key("kit_0123"))
        .unwrap();
    client.send(&create()).await.unwrap();
    let calls = (0..16).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.send(&create()).await.unwrap().id })
    });
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap(), 9.into());
    }
    server.abort();
    (versions.lock().unwrap().clone(), connections.load(Ordering::SeqCst))
}

#[tokio::test]
async fn http_2_is_spoken_where_the_server_offers_it() {
    let (versions, connections) = versions_with(&["h2", "http/1.1"]).await;
    assert_eq!(versions, [Version::HTTP_2; 17]);
    assert_eq!(connections, 1, "HTTP/2 carries parallel calls on one connection");
}

#[tokio::test]
async fn http_1_is_spoken_where_the_server_offers_no_other() {
    for alpn in [&["http/1.1"][..], &[]] {
        let (versions, _) = versions_with(alpn).await;
        assert_eq!(versions, [Version::HTTP_11; 17]);
    }
}

#[tokio::test]
async fn both_versions_are_offered_by_default() {
    let (offered, offer) = std::sync::mpsc::channel();
    let server = Server::start(move |peer| {
        let mut acceptor = rustls::server::Acceptor::default();
        let accepted = loop {
            acceptor.read_tls(peer).unwrap();
            if let Some(accepted) = acceptor.accept().unwrap() {
                break accepted;
            }
        };
        let protocols = accepted.client_hello().alpn().into_iter().flatten();
        offered.send(protocols.map(<[u8]>::to_vec).collect::<Vec<_>>()).unwrap();
    });
    let client = Client::builder()
        .base_url(server.base_url().replace("http:", "https:"))
        .retry(RetryPolicy::none())
        .build(Credentials::api_key("kit_0123"))
        .unwrap();
    client.send(&create()).await.unwrap_err();
    assert_eq!(offer.recv().unwrap(), [b"h2".as_slice(), b"http/1.1"]);
}

/// The frames of HTTP/2 that end a connection whose requests may have been read: RFC 9113, sections
/// 6.5, 6.8, 6.4 and 6.1.
#[tokio::test]
async fn http_2_that_ends_is_cut_off() {
    const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
    const GOAWAY: &[u8] = &[0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2];
    const RST_STREAM: &[u8] = &[0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 2];
    const DATA_OF_NO_STREAM: &[u8] = &[0; 9];
    for end in [GOAWAY, RST_STREAM, DATA_OF_NO_STREAM] {
        let authority = Authority::new();
        let mut config = Arc::unwrap_or_clone(authority.server("127.0.0.1", Validity::Now));
        config.alpn_protocols = vec![b"h2".to_vec()];
        let server = Server::start_tls(config.into(), move |peer| {
            peer.send(SETTINGS).unwrap();
            let (mut read, mut buffer) = (Vec::new(), [0; 1024]);
            // Until the body of the request is there.
            while !read.windows(10).any(|window| window == b"target_url") {
                let count = std::io::Read::read(peer, &mut buffer).unwrap();
                read.extend_from_slice(&buffer[..count]);
            }
            peer.send(end).unwrap();
        });
        let client = Client::builder()
            .base_url(server.base_url())
            .connector(connector_trusting(&authority.certificate()))
            .build(Credentials::api_key("kit_0123"))
            .unwrap();
        let error = client.send(&create()).await.unwrap_err();
        assert!(error.to_string().contains(": cut off: "), "{error}");
        assert!(error.may_have_been_applied());
    }
}

/// Between the calls nobody drives the runtime, which could see the end of the connection.
#[test]
fn an_idle_connection_that_was_closed_is_not_used() {
    let server = Server::start(|peer| {
        peer.request();
        let length = CREATED.len();
        let _ =
            peer.send(format!("HTTP/1.1 201 Created\r\nContent-Length: {length}\r\n\r\n{CREATED}"));
    });
    let client = Client::builder()
        .base_url(server.base_url())
        .build(Credentials::api_key("kit_0123"))
        .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for calls in 1..=30 {
        runtime.block_on(client.send(&create())).unwrap();
        server.wait_until_closed(calls);
        // A call right behind another one trusts its connection.
        let closed = Instant::now();
        while closed.elapsed() < Duration::from_millis(2) {}
    }
    assert_eq!(server.requests().len(), 30);
}

#[tokio::test]
async fn dropping_the_future_cancels_the_call() {
    let (received, request_received) = oneshot::channel();
    let (closed, connection_closed) = oneshot::channel();
    let signals = Mutex::new(Some((received, closed)));
    let server = Server::start(move |peer| {
        peer.request();
        let Some((received, closed)) = signals.lock().unwrap().take() else { return };
        received.send(()).unwrap();
        peer.until_closed();
        closed.send(()).unwrap();
    });
    let client = Client::builder()
        .base_url(server.base_url())
        .build(Credentials::api_key("kit_0123"))
        .unwrap();
    let create = create();
    {
        let call = client.send(&create);
        tokio::select! {
            answer = call => panic!("{answer:?}"),
            received = request_received => received.unwrap(),
        }
    }
    // The server sees the end of the connection long before the timeout of 30 s.
    tokio::time::timeout(Duration::from_secs(20), connection_closed).await.unwrap().unwrap();
}

#[test]
fn a_cancelled_call_leaves_the_client_usable() {
    let emulator = Emulator::start().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = Client::builder()
        .base_url(emulator.base_url())
        .build(Credentials::api_key(emulator.api_key()))
        .unwrap();
    runtime.block_on(async {
        // Cancelled after so many polls: at every point where the call waits.
        for polls in 0..40 {
            let create = create();
            let mut call = Box::pin(client.send(&create));
            for _ in 0..polls {
                let poll = std::future::poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx))).await;
                if poll.is_ready() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            drop(call);
            client.send(&create).await.unwrap();
        }
    });
}

/// A connector that counts what it is asked for.
#[derive(Clone)]
struct Counting(HttpConnector, Arc<AtomicUsize>);

impl Service<Uri> for Counting {
    type Response = <HttpConnector as Service<Uri>>::Response;
    type Error = <HttpConnector as Service<Uri>>::Error;
    type Future = <HttpConnector as Service<Uri>>::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0.call(uri)
    }
}

#[tokio::test]
async fn a_connector_of_ones_own_makes_the_connections() {
    let emulator = Emulator::start().unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    let client = Client::builder()
        .base_url(emulator.base_url())
        .connector(Counting(HttpConnector::new(), count.clone()))
        .build(Credentials::api_key(emulator.api_key()))
        .unwrap();
    for _ in 0..10 {
        client.send(&create()).await.unwrap();
    }
    assert_eq!(count.load(Ordering::SeqCst), emulator.connections());
    assert!(emulator.connections() <= 8, "{}", emulator.connections());
}

#[test]
fn without_a_runtime_nothing_is_sent() {
    let emulator = Emulator::start().unwrap();
    let client = Client::builder()
        .base_url(emulator.base_url())
        .build(Credentials::api_key(emulator.api_key()))
        .unwrap();
    let create = create();
    let mut call = Box::pin(client.send(&create));
    let mut context = Context::from_waker(std::task::Waker::noop());
    match call.as_mut().poll(&mut context) {
        Poll::Ready(Err(error)) => assert_eq!(
            error.to_string(),
            "POST /v4/webhooks: not sent: there is no tokio runtime here"
        ),
        poll => panic!("{poll:?}"),
    }
    assert_eq!(emulator.connections(), 0);
}

#[tokio::test]
async fn timeouts_without_end_do_not_panic() {
    let emulator = Emulator::start().unwrap();
    let client = Client::builder()
        .base_url(emulator.base_url())
        .timeout(Duration::MAX)
        .connect_timeout(Duration::MAX)
        .max_response_size(usize::MAX)
        .build(Credentials::api_key(emulator.api_key()))
        .unwrap();
    client.send(&create()).await.unwrap();
}

#[test]
fn a_call_can_be_spawned() {
    fn assert_send(_: impl Send) {}
    fn assert_shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    let client = Client::new(Credentials::api_key("kit_0123"));
    assert_shared(&client);
    assert_send(client.send(&create()));
}
