//! No credential in any output: of values, of errors, of what the libraries below log.

use std::sync::{Mutex, MutexGuard, PoisonError};

use kit_core::webhooks::{CreateWebhook, Event};
use kit_core::{Call, Credentials, Error, Kit, Pacer, RetryPolicy, TransportError};
use kit_emulator::{Emulator, Fault};
use kit_tests::certificates;
use kit_tests::on_each_transport;
use kit_tests::secrets::{SECRET, assert_error_silent, assert_silent};
use kit_tests::server::Server;
use kit_tests::transport::{Setup, Transport};
use log::{LevelFilter, Log, Metadata, Record};

on_each_transport!(nothing_that_is_logged_shows_the_secret, a_server_that_echoes_the_request);

/// All that was logged.
struct Logged(Mutex<Vec<String>>);

static LOGGED: Logged = Logged(Mutex::new(Vec::new()));

impl Log for Logged {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        self.lines().push(format!("{} {}", record.target(), record.args()));
    }

    fn flush(&self) {}
}

impl Logged {
    fn lines(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn create() -> CreateWebhook {
    CreateWebhook::new("https://example.com/kit", Event::PurchaseCreate).unwrap()
}

fn both() -> [Credentials; 2] {
    [Credentials::api_key(SECRET), Credentials::access_token(SECRET)]
}

#[test]
fn nothing_that_holds_a_credential_shows_it() {
    for credentials in both() {
        assert_silent(&credentials);
        let kit = Kit::new(credentials.clone()).with_base_url("http://127.0.0.1:1/a").unwrap();
        assert_silent(&kit);
        let request = kit.request(&create()).unwrap();
        assert_silent(&request);
        assert_silent(request.headers());
        let headers: Vec<_> = request.headers().values().cloned().collect();
        assert!(headers.iter().any(|value| value.to_str().unwrap().contains(SECRET)));
        assert_silent(&headers);

        let (create, policy) = (create(), RetryPolicy::default());
        assert_silent(&Call::new(&kit, &create, policy, 0).with_pacer(&Pacer::new(1)));

        let proxy = ::ureq::Proxy::new(&format!("http://user:{SECRET}@127.0.0.1:1")).unwrap();
        let agent = ::ureq::Agent::config_builder().proxy(Some(proxy)).build().into();
        let builder = kit_ureq::Client::builder().agent(agent);
        assert_silent(&builder);
        assert_silent(&builder.build(credentials.clone()).unwrap());
        assert_silent(&kit_ureq::Client::new(credentials.clone()));
        assert_silent(&kit_hyper::Client::new(credentials.clone()));
        let emulator = Emulator::builder().api_key(SECRET);
        assert_silent(&emulator);
        assert_silent(&emulator.start().unwrap());
    }
}

#[test]
fn a_credential_that_cannot_be_sent_is_not_shown_either() {
    for bad in [format!("{SECRET}\n"), format!("{SECRET} "), format!("\u{e9}{SECRET}")] {
        for credentials in [Credentials::api_key(&bad), Credentials::access_token(&bad)] {
            assert_silent(&credentials);
            let kit = Kit::new(credentials.clone());
            assert_silent(&kit);
            assert_error_silent(&kit.request(&create()).unwrap_err());
        }
    }
    let error = Kit::new(Credentials::api_key("k"))
        .with_base_url(format!("https://user:{SECRET}@example.com/"))
        .unwrap_err();
    assert_error_silent(&error);
}

#[test]
fn no_error_shows_it() {
    for credentials in both() {
        let kit = Kit::new(credentials);
        // Wherever a server may put it.
        for status in [201, 401, 502] {
            let bodies = [
                format!(r#"{{"errors": ["{SECRET} is bad", "Bearer {SECRET}"]}}"#),
                format!(r#"{{"webhook": {{"id": "{SECRET}"}}}}"#),
                format!(r#"{{"webhook": {{"{SECRET}": 1}}}}"#),
                format!("<html>{SECRET}</html>"),
                format!("\u{0}{SECRET}"),
                SECRET.to_owned(),
                SECRET.repeat(50),
            ];
            let cut: Vec<_> = (0..30).map(|n| format!("{}{SECRET}", "x".repeat(180 + n))).collect();
            for body in bodies.iter().chain(&cut) {
                for header in ["x-request-id", "retry-after", "content-encoding"] {
                    let response = http::Response::builder().status(status).header(header, SECRET);
                    let response = response.body(body.as_bytes()).unwrap();
                    assert_error_silent(&kit.response(&create(), response).unwrap_err());
                }
            }
        }
        let failure = TransportError::CutOff("connection reset".into());
        assert_error_silent(&kit.failure(&create(), failure));
    }
}

fn a_server_that_echoes_the_request<T: Transport>() {
    let server = Server::start(|peer| {
        let request = peer.request().unwrap_or_default();
        let length = request.len();
        let _ = peer.send(format!(
            "HTTP/1.1 400 Bad Request\r\nContent-Length: {length}\r\nX-Request-Id: {SECRET}\r\n\r\n{request}"
        ));
    });
    for credentials in both() {
        let client = T::new(Setup { credentials, ..Setup::new(server.base_url()) });
        let error = client.send(&create()).unwrap_err();
        assert!(matches!(error, Error::Api(_)), "{error}");
        assert_error_silent(&error);
    }
    assert!(server.requests().iter().all(|request| request.contains(SECRET)));
}

fn nothing_that_is_logged_shows_the_secret<T: Transport>() {
    // The first of the tests sets it for all.
    if log::set_logger(&LOGGED).is_ok() {
        log::set_max_level(LevelFilter::Trace);
    }
    let emulator = Emulator::builder().api_key(SECRET).start().unwrap();
    let tls = Server::start_tls(certificates::self_signed("127.0.0.1"), |_| {});
    let not_http = Server::start(|peer| {
        peer.request();
        let _ = peer.send("SSH-2.0\r\n\r\n");
    });
    for credentials in both() {
        for base_url in [emulator.base_url(), &tls.base_url(), &not_http.base_url()] {
            let setup = Setup { credentials: credentials.clone(), ..Setup::new(base_url) };
            let client = T::new(setup);
            let _ = client.send(&create());
            emulator.fail_next(1, Fault::status(500));
            let _ = client.send(&create());
        }
    }
    assert!(!emulator.webhooks().is_empty());
    let lines = LOGGED.lines();
    for line in lines.iter() {
        assert!(!line.contains(SECRET), "{line}");
    }
}

#[test]
fn what_is_logged_is_looked_at() {
    nothing_that_is_logged_shows_the_secret::<kit_ureq::Client>();
    assert!(LOGGED.lines().iter().any(|line| line.starts_with("ureq")), "nothing was logged");
}
