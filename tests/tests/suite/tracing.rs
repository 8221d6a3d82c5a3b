//! The traces of a call, as a subscriber sees them.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kit_core::oauth::{App, Record, RefreshTokens, SaveError, Store, StoreError};
use kit_core::webhooks::{CreateWebhook, Event, ListWebhooks};
use kit_core::{Credentials, RetryPolicy};
use kit_emulator::{Emulator, Fault};
use kit_tests::secrets::SECRET;
use kit_tests::server::Server;
use kit_tests::session;
use kit_ureq::Client;
use kit_ureq::oauth::Session;
use tracing_subscriber::fmt::format::FmtSpan;

/// All that was written.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The traces meanwhile, in all detail.
fn traced(act: impl FnOnce()) -> String {
    let written = Written::default();
    let writer = written.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_writer(move || writer.clone())
        .with_ansi(false)
        .finish();
    tracing::subscriber::with_default(subscriber, act);
    let bytes = written.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

fn client(base_url: &str, credentials: Credentials) -> Client {
    let retry =
        RetryPolicy::default().with_backoff(Duration::from_millis(5), Duration::from_millis(5));
    Client::builder().base_url(base_url).retry(retry).build(credentials).unwrap()
}

fn create() -> CreateWebhook {
    CreateWebhook::new("https://example.com/secret-target", Event::PurchaseCreate).unwrap()
}

#[test]
fn a_call_is_a_span_with_all_that_happened() {
    let emulator = Emulator::start().unwrap();
    emulator.fail_next(1, Fault::status(429));
    let client = client(emulator.base_url(), Credentials::api_key(emulator.api_key()));
    let text = traced(|| drop(client.send(&create()).unwrap()));
    for expected in [
        "kit_core::call",
        "kit.call",
        "operation=POST /v4/webhooks",
        "attempt=1",
        "status=429",
        "waits",
        "attempt=2",
        "status=201",
        "request_id=",
        "outcome=\"done\"",
    ] {
        assert!(text.contains(expected), "{expected} is not in {text}");
    }
}

#[test]
fn how_a_call_ends_is_said() {
    let emulator = Emulator::start().unwrap();
    let client = client(emulator.base_url(), Credentials::api_key(emulator.api_key()));
    for (fault, outcome) in [(503, "may have been applied"), (422, "refused")] {
        emulator.fail_next(1, Fault::status(fault));
        let text = traced(|| drop(client.send(&create()).unwrap_err()));
        assert!(text.contains(&format!("outcome=\"{outcome}\"")), "{text}");
    }
    emulator.fail_next(1, Fault::close());
    let text = traced(|| drop(client.send(&create()).unwrap_err()));
    assert!(text.contains("got no response") && text.contains("failure=cut off: "), "{text}");
}

/// Whether it was sent is not known, for a GET as for any other.
#[test]
fn a_get_that_timed_out_has_got_no_response() {
    let emulator = Emulator::start().unwrap();
    let client = client(emulator.base_url(), Credentials::api_key(emulator.api_key()))
        .with_retry(RetryPolicy::none())
        .with_timeout(Duration::from_millis(300));
    emulator.fail_next(1, Fault::delay(Duration::from_secs(3600)));
    let text = traced(|| drop(client.send(&ListWebhooks::new()).unwrap_err()));
    assert!(text.contains("outcome=\"no response\""), "{text}");
    assert!(!text.contains("not sent"), "{text}");
    let gone = Client::builder().base_url("http://127.0.0.1:1").retry(RetryPolicy::none());
    let gone = gone.build(Credentials::api_key("kit_0123")).unwrap();
    let text = traced(|| drop(gone.send(&ListWebhooks::new()).unwrap_err()));
    assert!(text.contains("outcome=\"not sent\""), "{text}");
}

/// If the process ends now, the session does: somebody should know before.
#[test]
fn new_tokens_that_cannot_be_saved_are_a_warning() {
    let emulator = Emulator::builder().token_lifetime(Duration::from_secs(60)).start().unwrap();
    let session = Session::new(session::app(&emulator), Full::default());
    session.begin(&session::tokens(&emulator)).unwrap();
    let client = Client::builder().base_url(emulator.base_url()).build(&session).unwrap();
    emulator.advance(Duration::from_secs(60));
    let text = traced(|| {
        client.send(&create()).unwrap();
        // The call does not wait for the store.
        assert!(session.wait_until_settled(Duration::from_secs(10)));
    });
    let warnings: Vec<_> = text.lines().filter(|line| line.contains(" WARN ")).collect();
    let [warning] = warnings[..] else { panic!("{text}") };
    assert!(warning.contains("new tokens are not saved"), "{warning}");
    assert!(warning.contains("the disk is full"), "{warning}");
    let tokens = session.tokens().unwrap().unwrap();
    assert!(!text.contains(tokens.access_token.secret()), "{text}");
    assert!(!text.contains(tokens.refresh_token.unwrap().secret()), "{text}");
}

/// A store with room for the tokens of an authorization, and for no others.
#[derive(Default)]
struct Full(session::Memory);

impl Store for Full {
    fn load(&self) -> Result<Option<Record>, StoreError> {
        self.0.load()
    }

    fn save(&self, record: &Record) -> Result<(), SaveError> {
        if self.load()?.is_some_and(|held| held.tokens() != record.tokens()) {
            return Err("the disk is full".into());
        }
        self.0.save(record)
    }
}

#[test]
fn a_refresh_is_seen_too() {
    let emulator = Emulator::builder().token_lifetime(Duration::from_secs(60)).start().unwrap();
    let session = session::begin(&emulator);
    let tokens = session.tokens().unwrap();
    let client = client(emulator.base_url(), Credentials::session(&session));
    emulator.advance(Duration::from_secs(60));
    let text = traced(|| drop(client.send(&create()).unwrap()));
    for expected in [
        "status=401",
        "refreshes the session",
        "operation=POST /v4/oauth/token",
        "attempt=2",
        "status=201",
    ] {
        assert!(text.contains(expected), "{expected} is not in {text}");
    }
    let renewed = session.tokens().unwrap();
    for secret in [
        tokens.access_token.secret(),
        tokens.refresh_token.as_ref().unwrap().secret(),
        renewed.access_token.secret(),
        renewed.refresh_token.as_ref().unwrap().secret(),
        emulator.client_secret(),
    ] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn neither_a_secret_nor_a_body_is_traced() {
    let echo = Server::start(|peer| {
        let request = peer.request().unwrap_or_default();
        let length = request.len();
        let head =
            format!("HTTP/1.1 400 {SECRET}\r\nX-Request-Id: {SECRET}\r\nRetry-After: {SECRET}");
        let _ = peer.send(format!("{head}\r\nContent-Length: {length}\r\n\r\n{request}"));
    });
    for credentials in [Credentials::api_key(SECRET), Credentials::access_token(SECRET)] {
        for base_url in [echo.base_url(), "https://kit.invalid".to_owned()] {
            let client = client(&base_url, credentials.clone());
            let text = traced(|| drop(client.send(&create()).unwrap_err()));
            assert!(text.contains("kit.call"), "{text}");
            assert!(!text.contains(SECRET) && !text.contains("secret-target"), "{text}");
        }
    }
    // A secret in an operation is as secret as the credentials.
    let client = client(&echo.base_url(), Credentials::none());
    let refresh = RefreshTokens::new(&App::public("client-id"), SECRET);
    let text = traced(|| drop(client.send(&refresh).unwrap_err()));
    assert!(text.contains("request_id=") && !text.contains(SECRET), "{text}");
}
