//! Features that only kit-hyper has: HTTP/2, cancelling, connectors, runtimes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use http::{Request, Response, Uri, Version};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use kit_core::webhooks::{CreateWebhook, Event, ListWebhooks};
use kit_core::{Credentials, RetryPolicy};
use kit_emulator::{Emulator, Fault};
use kit_hyper::settings::{Certificate, Roots};
use kit_hyper::{Builder, Client, HttpClient, RequestBody};
use kit_tests::certificates::{Authority, Validity};
use kit_tests::server::Server;
use kit_tests::session;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tower_service::Service;

const CREATED: &str = r#"{"webhook": {"id": 9, "account_id": 1539,
    "target_url": "https://example.com/kit", "event": {"name": "purchase_create"}}}"#;

fn create() -> CreateWebhook {
    CreateWebhook::new("https://example.com/kit", Event::PurchaseCreate).unwrap()
}

fn trusting(authority: &Authority) -> Roots {
    Roots::Only(vec![Certificate::new(authority.certificate().to_vec())])
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
        .roots(trusting(&authority))
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

/// The protocols that a client offers in its handshake.
async fn offered(change: impl FnOnce(Builder) -> Builder) -> Vec<Vec<u8>> {
    let (offered, offer) = std::sync::mpsc::channel();
    let server = Server::start(move |peer| {
        let mut acceptor = rustls::server::Acceptor::default();
        let accepted = loop {
            assert!(acceptor.read_tls(peer).unwrap() > 0, "the client is gone");
            if let Some(accepted) = acceptor.accept().unwrap() {
                break accepted;
            }
        };
        let protocols = accepted.client_hello().alpn().into_iter().flatten();
        offered.send(protocols.map(<[u8]>::to_vec).collect::<Vec<_>>()).unwrap();
    });
    let builder = Client::builder()
        .base_url(server.base_url().replace("http:", "https:"))
        .retry(RetryPolicy::none());
    let client = change(builder).build(Credentials::api_key("kit_0123")).unwrap();
    client.send(&create()).await.unwrap_err();
    offer.recv().unwrap()
}

#[tokio::test]
async fn both_versions_are_offered_unless_one_is_not_wanted() {
    assert_eq!(offered(|builder| builder).await, [b"h2".as_slice(), b"http/1.1"]);
    let only = offered(Builder::http1_only).await;
    assert!(!only.contains(&b"h2".to_vec()), "{only:?}");
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
            "POST /v4/webhooks: not sent: there is no tokio runtime here [127.0.0.1]"
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
        .attempt_timeout(Duration::MAX)
        .connect_timeout(Duration::MAX)
        .idle_timeout(Duration::MAX)
        .http2_keep_alive(Duration::MAX)
        .tcp_keep_alive(Duration::MAX)
        .max_response_size(usize::MAX)
        .build(Credentials::api_key(emulator.api_key()))
        .unwrap();
    // A panic in a task of hyper's is printed, and the connection is lost by it.
    let connections = emulator.connections();
    for _ in 0..3 {
        client.send(&create()).await.unwrap();
    }
    assert_eq!(emulator.connections(), connections + 1);
}

#[test]
fn a_call_can_be_spawned() {
    fn assert_send(_: impl Send) {}
    fn assert_shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    let client = Client::new(Credentials::api_key("kit_0123"));
    assert_shared(&client);
    assert_send(client.send(&create()));
}

/// Attempts, refreshes, and what Kit answers to each.
#[tokio::test]
async fn a_middleware_sees_every_exchange() {
    let emulator = Emulator::builder().token_lifetime(Duration::from_secs(60)).start().unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    let client = Client::builder()
        .base_url(emulator.base_url())
        .retry(RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO))
        .middleware(move |client: HttpClient| {
            tower::service_fn(move |mut request: Request<RequestBody>| {
                request.headers_mut().insert("x-tenant", "acme".parse().unwrap());
                let (path, log) = (request.uri().path().to_owned(), log.clone());
                let response = client.clone().call(request);
                async move {
                    let response = response.await?;
                    log.lock().unwrap().push((path, response.status().as_u16()));
                    Ok::<_, <HttpClient as Service<Request<RequestBody>>>::Error>(response)
                }
            })
        })
        .build(Credentials::session(&session::begin(&emulator)))
        .unwrap();
    emulator.advance(Duration::from_secs(60));
    let (tenants, tenant) = std::sync::mpsc::channel();
    let mut is_first = true;
    emulator.fail_when(move |request| {
        tenants.send(request.headers()["x-tenant"].clone()).unwrap();
        std::mem::take(&mut is_first).then(|| Fault::status(429))
    });
    client.send(&create()).await.unwrap();
    let webhooks = || "/v4/webhooks".to_owned();
    let expected = [
        (webhooks(), 429),
        (webhooks(), 401),
        ("/v4/oauth/token".to_owned(), 200),
        (webhooks(), 201),
    ];
    assert_eq!(*seen.lock().unwrap(), expected);
    assert_eq!(tenant.try_iter().filter(|tenant| tenant == "acme").count(), 4);
}

/// A layer as `tower` has them, with an error of its own.
#[tokio::test]
async fn a_layer_of_tower_can_stand_around_the_client() {
    let emulator = Emulator::start().unwrap();
    emulator.fail_when(|_| Some(Fault::delay(Duration::from_secs(3600))));
    let client = Client::builder()
        .base_url(emulator.base_url())
        .retry(RetryPolicy::none())
        .middleware(|client| tower::timeout::Timeout::new(client, Duration::from_millis(300)))
        .build(Credentials::api_key(emulator.api_key()))
        .unwrap();
    // A failure that hyper cannot tell of may have been applied.
    let error = client.send(&create()).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("POST /v4/webhooks: cut off: request timed out; it may have"),
        "{text}"
    );
    assert!(error.may_have_been_applied());
}

#[tokio::test]
async fn a_service_can_take_the_place_of_the_client() {
    let calls = Arc::new(AtomicUsize::new(0));
    let count = calls.clone();
    let service = tower::service_fn(move |request: Request<RequestBody>| {
        let count = count.clone();
        async move {
            let body = request.into_body().collect().await.unwrap().to_bytes();
            assert!(body.windows(10).any(|window| window == b"target_url"));
            match count.fetch_add(1, Ordering::SeqCst) {
                0 => Ok(Response::builder().status(429).body(Full::<Bytes>::default()).unwrap()),
                1 => Ok(Response::builder().status(201).body(Full::from(CREATED)).unwrap()),
                _ => Err("it is broken"),
            }
        }
    });
    // Nobody is there.
    let client = Client::builder()
        .base_url("https://127.0.0.1:1")
        .retry(RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO))
        .service(service)
        .build(Credentials::api_key("kit_0123"))
        .unwrap();
    assert_eq!(client.send(&create()).await.unwrap().id, 9.into());
    let error = client.send(&create()).await.unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("POST /v4/webhooks: cut off: it is broken; it may have"), "{text}");
    assert_eq!(calls.load(Ordering::SeqCst), 3);
}

/// A service need not look at the body to send the request.
#[tokio::test]
async fn the_fate_of_a_request_given_to_a_service_is_not_known() {
    for is_late in [false, true] {
        let calls = Arc::new(AtomicUsize::new(0));
        let count = calls.clone();
        let service = tower::service_fn(move |request: Request<RequestBody>| {
            let (head, _) = request.into_parts();
            assert_eq!(head.method, "POST");
            count.fetch_add(1, Ordering::SeqCst);
            async move {
                if is_late {
                    std::future::pending::<()>().await;
                }
                Err::<Response<Full<Bytes>>, _>("the connection has ended")
            }
        });
        let client = Client::builder()
            .retry(RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO))
            .attempt_timeout(Duration::from_millis(50))
            .service(service)
            .build(Credentials::api_key("kit_0123"))
            .unwrap();
        let error = client.send(&create()).await.unwrap_err();
        assert!(error.may_have_been_applied(), "{error}");
        assert_eq!(calls.load(Ordering::SeqCst), 1, "{error}");
    }
}

/// A hook says why a call takes so long, if nothing is traced.
#[tokio::test]
async fn each_wait_is_told() {
    let emulator = Emulator::start().unwrap();
    let waits = Arc::<Mutex<Vec<String>>>::default();
    let told = waits.clone();
    let client = Client::builder()
        .base_url(emulator.base_url())
        .on_wait(move |operation, wait| told.lock().unwrap().push(format!("{operation} {wait:?}")))
        .build(Credentials::api_key(emulator.api_key()))
        .unwrap();
    emulator.fail_next(2, Fault::status(503));
    let short = Duration::from_micros(1);
    let client = client.with_retry(RetryPolicy::default().with_backoff(short, short));
    client.send(&ListWebhooks::new()).await.unwrap();
    let told = waits.lock().unwrap().clone();
    assert!((1..=2).contains(&told.len()), "{told:?}");
    assert!(told.iter().all(|wait| wait.starts_with("GET /v4/webhooks ")), "{told:?}");
    let none = client.with_retry(RetryPolicy::none());
    let quiet = none.with_pacing(None).with_pacing(kit_core::Pacer::new(1));
    quiet.send(&ListWebhooks::new()).await.unwrap();
    let before = waits.lock().unwrap().len();
    let hasty = quiet.with_timeout(Duration::from_millis(50));
    assert!(matches!(hasty.send(&ListWebhooks::new()).await, Err(kit_core::Error::Paced { .. })));
    assert_eq!(waits.lock().unwrap().len(), before, "what is not waited for is not told");
    assert!(none.with_pacing(None).send(&ListWebhooks::new()).await.is_ok());
}

/// A service that was not called has sent nothing.
#[tokio::test]
async fn a_service_that_is_not_ready_has_sent_nothing() {
    #[derive(Clone)]
    struct NeverReady;
    impl Service<Request<RequestBody>> for NeverReady {
        type Response = Response<Full<Bytes>>;
        type Error = &'static str;
        type Future = std::future::Ready<Result<Self::Response, Self::Error>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
            Poll::Ready(Err("is full"))
        }

        fn call(&mut self, _: Request<RequestBody>) -> Self::Future {
            panic!("it is not ready")
        }
    }
    let client = Client::builder().retry(RetryPolicy::none()).service(NeverReady);
    let client = client.build(Credentials::api_key("kit_0123")).unwrap();
    let error = client.send(&create()).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("POST /v4/webhooks: not sent: is full [api.kit.com, 1 attempt, "),
        "{text}"
    );
    assert!(!error.may_have_been_applied());
}

#[test]
fn a_layer_around_nothing_is_told() {
    let service = tower::service_fn(|_: Request<RequestBody>| async {
        Err::<Response<Full<Bytes>>, _>("no")
    });
    let builder = Client::builder().service(service).middleware(|client| client);
    let error = builder.build(Credentials::api_key("kit_0123")).unwrap_err();
    let text = "middleware: stands around hyper's client, which `service` replaces";
    assert_eq!(error.to_string(), text);
}

#[tokio::test]
async fn one_call_can_have_another_timeout_and_policy() {
    let emulator = Emulator::start().unwrap();
    let client = Client::builder().base_url(emulator.base_url());
    let client = client.build(Credentials::api_key(emulator.api_key())).unwrap();
    let short = Duration::from_millis(300);
    emulator.fail_next(1, Fault::delay(Duration::from_secs(3600)));
    let error = client.with_timeout(short).send(&ListWebhooks::new()).await.unwrap_err();
    assert!(error.to_string().starts_with("GET /v4/webhooks: timed out: "), "{error}");
    emulator.fail_next(1, Fault::delay(Duration::from_secs(3600)));
    let hasty = client.with_attempt_timeout(short).with_retry(RetryPolicy::none());
    let error = hasty.send(&ListWebhooks::new()).await.unwrap_err();
    assert!(error.to_string().starts_with("GET /v4/webhooks: timed out: "), "{error}");
    let before = emulator.requests();
    emulator.fail_next(1, Fault::status(503));
    client.with_retry(RetryPolicy::none()).send(&ListWebhooks::new()).await.unwrap_err();
    assert_eq!(emulator.requests(), before + 1);
    client.send(&ListWebhooks::new()).await.unwrap();
}

/// A store that is async needs no thread, whatever the session does.
#[test]
fn an_async_store_is_awaited_where_the_refresh_runs() {
    use kit_hyper::oauth::{AsyncStore, Record, SaveError, Session, StoreError};

    #[derive(Default)]
    struct Row(tokio::sync::Mutex<Option<Record>>);

    impl AsyncStore for Row {
        async fn load(&self) -> Result<Option<Record>, StoreError> {
            tokio::task::yield_now().await;
            Ok(self.0.lock().await.clone())
        }

        async fn save(&self, record: &Record) -> Result<(), SaveError> {
            tokio::task::yield_now().await;
            *self.0.lock().await = Some(record.clone());
            Ok(())
        }
    }

    let emulator = Emulator::builder().token_lifetime(Duration::from_secs(60)).start().unwrap();
    let threads = Arc::new(AtomicUsize::new(0));
    let count = threads.clone();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .on_thread_start(move || {
            count.fetch_add(1, Ordering::SeqCst);
        })
        .build()
        .unwrap();
    runtime.block_on(async {
        let session = Session::new(session::app(&emulator), Row::default());
        session.begin(&session::tokens(&emulator)).await.unwrap();
        let builder = Client::builder().base_url(emulator.base_url());
        let client = builder.build(&session).unwrap();
        emulator.advance(Duration::from_secs(60));
        let calls = (0..50).map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.send(&create()).await.map(drop) })
        });
        for call in calls.collect::<Vec<_>>() {
            call.await.unwrap().unwrap();
        }
        session.settled().await;
        assert_eq!(emulator.refreshes(), 1);
    });
    assert_eq!(threads.load(Ordering::SeqCst), 0);
}
