//! No credential in any output: of values, of errors, of what the libraries below log.

use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use kit_core::oauth::{
    App, AuthorizationCode, Authorize, CodeVerifier, ExchangeCode, RefreshStep, RefreshTokens,
    RevokeToken, Session, State, Tokens,
};
use kit_core::webhooks::{CreateWebhook, Event};
use kit_core::{Call, Credentials, Endpoint, Error, Kit, Pacer, Step, Time, TransportError};
use kit_emulator::{Emulator, Fault};
use kit_tests::certificates::{self, Authority, Validity};
use kit_tests::http2;
use kit_tests::on_each_transport;
use kit_tests::secrets::{SECRET, assert_error_silent, assert_silent};
use kit_tests::server::Server;
use kit_tests::session;
use kit_tests::transport::{HyperOnCurrentThread, Setup, Transport};
use log::{LevelFilter, Log, Metadata, Record};
use tracing_subscriber::fmt::format::FmtSpan;

on_each_transport!(
    nothing_that_is_logged_shows_the_secret,
    a_server_that_echoes_the_request,
    a_server_that_echoes_what_oauth_sends,
);

/// All that was logged, and all that was traced.
struct Logged(Mutex<Vec<u8>>);

static LOGGED: Logged = Logged(Mutex::new(Vec::new()));

impl Log for Logged {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let line = format!("{} {}\n", record.target(), record.args());
        self.bytes().extend(line.into_bytes());
    }

    fn flush(&self) {}
}

impl Write for &Logged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Logged {
    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on, everything of everybody in this program is kept, at the level TRACE.
    fn begin() {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            log::set_logger(&LOGGED).unwrap();
            log::set_max_level(LevelFilter::Trace);
            let subscriber = tracing_subscriber::fmt()
                .with_max_level(tracing::Level::TRACE)
                .with_span_events(FmtSpan::FULL)
                .with_ansi(false)
                .with_writer(|| &LOGGED)
                .finish();
            tracing::subscriber::set_global_default(subscriber).unwrap();
        });
    }
}

fn create() -> CreateWebhook {
    CreateWebhook::new("https://example.com/kit", Event::PurchaseCreate).unwrap()
}

fn all() -> [Credentials; 3] {
    let session = Credentials::session(&session());
    [Credentials::api_key(SECRET), Credentials::access_token(SECRET), session]
}

fn app() -> App {
    App::confidential("client-id", SECRET)
}

fn tokens() -> Tokens {
    Tokens::new(SECRET).with_refresh_token(SECRET).with_expires_in(3600)
}

fn session() -> Session {
    session::in_memory(app(), &tokens())
}

#[test]
fn nothing_that_holds_a_credential_shows_it() {
    for credentials in all() {
        assert_silent(&credentials);
        let kit = Kit::new(credentials.clone()).with_base_url("http://127.0.0.1:1/a").unwrap();
        assert_silent(&kit);
        let request = kit.request(&create()).unwrap();
        assert_silent(&request);
        assert_silent(request.headers());
        let headers: Vec<_> = request.headers().values().cloned().collect();
        assert!(headers.iter().any(|value| value.to_str().unwrap().contains(SECRET)));
        assert_silent(&headers);

        assert_silent(&Call::new(&kit, create(), 0).with_pacer(&Pacer::new(1)));

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
fn nothing_of_oauth_shows_a_secret() {
    let (app, state) = (app(), State::new(SECRET));
    // One that is long enough.
    let verifier = CodeVerifier::new(format!("{SECRET}{SECRET}"));
    assert_silent(&app);
    assert_silent(&state);
    assert_silent(&verifier);
    assert_silent(&tokens());
    assert_silent(&session());
    let authorize = Authorize::new(&app, "https://example.com/", &state).unwrap();
    assert_silent(&authorize.with_verifier(&verifier).unwrap());
    let exchange = ExchangeCode::new(&app, SECRET, "https://example.com/").unwrap();
    assert_silent(&exchange.with_verifier(&verifier).unwrap());
    assert_silent(&RefreshTokens::new(&app, SECRET));
    assert_silent(&RevokeToken::refresh(&app, SECRET));
    assert_silent(&RevokeToken::access(&app, SECRET));

    // In the middle of a refresh, too.
    let kit = Kit::new(Credentials::session(&session()));
    let mut call = Call::new(&kit, create(), 0);
    let now = Time::new(Instant::now(), SystemTime::now() + Duration::from_secs(4000));
    let Step::Refresh(mut refresh) = call.next(now) else { panic!("no refresh") };
    assert_silent(&call);
    let step = refresh.next(now);
    assert_silent(&refresh);
    let RefreshStep::Send(request) = &step else { panic!("not sent") };
    assert!(String::from_utf8_lossy(request.body()).contains(SECRET));
    assert_eq!(format!("{step:?}"), "Send(POST https://api.kit.com/v4/oauth/token)");

    let kit = Kit::new(Credentials::none());
    let endpoint = RefreshTokens::new(&app, SECRET);
    let mut call = Call::new(&kit, &endpoint, 0);
    let step = call.next(now);
    assert_eq!(format!("{step:?}"), "Send(POST https://api.kit.com/v4/oauth/token)");
}

#[test]
fn no_callback_shows_the_code_or_the_state() {
    let state = State::new(SECRET);
    for callback in [
        format!("code={SECRET}"),
        format!("code={SECRET}&state=other"),
        format!("error={SECRET}&state={SECRET}&error_description={SECRET}&error_uri={SECRET}"),
        format!("code={SECRET}&code={SECRET}&state={SECRET}"),
    ] {
        let error = AuthorizationCode::from_callback(&callback, &state).unwrap_err();
        assert_error_silent(&error);
    }
    assert_silent(&AuthorizationCode::new(SECRET));
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
    for credentials in all() {
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
    for credentials in all() {
        let client = T::new(Setup::new(server.base_url()).as_whom(credentials));
        let error = client.send(&create()).unwrap_err();
        assert!(matches!(error, Error::Api(_)), "{error}");
        assert_error_silent(&error);
    }
    assert!(server.requests().iter().all(|request| request.contains(SECRET)));
}

fn a_server_that_echoes_what_oauth_sends<T: Transport>() {
    for status in ["200 OK", "400 Bad Request", "401 Unauthorized", "502 Bad Gateway"] {
        let server = Server::start(move |peer| {
            while let Some(request) = peer.request() {
                let length = request.len();
                let head = format!("HTTP/1.1 {status}\r\nX-Request-Id: {SECRET}");
                let _ = peer.send(format!("{head}\r\nContent-Length: {length}\r\n\r\n{request}"));
            }
        });
        let client = |credentials| T::new(Setup::new(server.base_url()).as_whom(credentials));
        let none = client(Credentials::none());
        assert_error_silent(&none.send(&RefreshTokens::new(&app(), SECRET)).unwrap_err());
        let exchange = ExchangeCode::new(&app(), SECRET, "https://example.com/").unwrap();
        assert_error_silent(&none.send(&exchange).unwrap_err());
        // An echo is no confirmation, either.
        assert_error_silent(&none.send(&RevokeToken::refresh(&app(), SECRET)).unwrap_err());
        // A 401 lets the session refresh: what comes of that is in the error.
        let error = client(Credentials::session(&session())).send(&create()).unwrap_err();
        let is_of_session = matches!(error, Error::Session { .. });
        assert_eq!(is_of_session, status.starts_with("401"), "{error}");
        assert_error_silent(&error);
        assert!(server.requests().iter().all(|request| request.contains(SECRET)));
    }
}

fn unreadable<E: Endpoint<Reply = Tokens>>(kit: &Kit, endpoint: &E, body: &str) -> Error {
    let response = http::Response::builder().status(200).body(body).unwrap();
    kit.response(endpoint, response).unwrap_err()
}

/// The reply to a refresh has secrets that the client does not know yet.
#[test]
fn an_unreadable_reply_with_tokens_is_not_shown() {
    let kit = Kit::new(Credentials::none());
    let refresh = RefreshTokens::new(&App::public("client-id"), "refresh");
    let exchange = ExchangeCode::new(&App::public("client-id"), "code", "https://a.b/").unwrap();
    for body in [
        format!(r#"{{"access_token": "{SECRET}""#),
        format!(r#"{{"access_token": {{"{SECRET}": "{SECRET}"}}}}"#),
        format!(r#"{{"access_token": "{SECRET}", "token_type": "{SECRET}"}}"#),
        format!("access_token={SECRET}"),
    ] {
        assert_error_silent(&unreadable(&kit, &refresh, &body));
        assert_error_silent(&unreadable(&kit, &exchange, &body));
    }
}

fn nothing_that_is_logged_shows_the_secret<T: Transport>() {
    Logged::begin();
    let emulator = Emulator::builder().api_key(SECRET).start().unwrap();
    let tls = Server::start_tls(certificates::self_signed("127.0.0.1"), |_| {});
    let not_http = Server::start(|peer| {
        peer.request();
        let _ = peer.send("SSH-2.0\r\n\r\n");
    });
    let echo = Server::start(|peer| {
        let request = peer.request().unwrap_or_default();
        let length = request.len();
        let head = format!("HTTP/1.1 400 Bad Request\r\nX-Request-Id: {SECRET}");
        let _ = peer.send(format!("{head}\r\nContent-Length: {length}\r\n\r\n{request}"));
    });
    let authority = Authority::new();
    let config = authority.server("127.0.0.1", Validity::Now);
    let offers_http_1 = Server::start_tls(config, |peer| {
        let refusal = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
        while peer.request().is_some() && peer.send(refusal).is_ok() {}
    });
    let offers_http_2 = http2::serve(&authority, &[], |connection| {
        while let Some(request) = connection.request() {
            connection.respond(request.stream, 400, "{}");
        }
    });
    for credentials in all() {
        for base_url in [
            emulator.base_url(),
            &tls.base_url(),
            &not_http.base_url(),
            &echo.base_url(),
            &offers_http_1.base_url(),
            &offers_http_2.base_url(),
        ] {
            let setup = Setup::new(base_url).as_whom(credentials.clone());
            let client = T::new(setup.trusting(&authority.certificate()));
            let _ = client.send(&create());
            emulator.fail_next(1, Fault::status(500));
            let _ = client.send(&create());
        }
    }
    assert!(!emulator.webhooks().is_empty());
    assert!(!offers_http_1.requests().is_empty());
    assert!(offers_http_1.requests().iter().all(|request| request.contains(SECRET)));
    let logged = String::from_utf8_lossy(&LOGGED.bytes()).into_owned();
    for line in logged.lines() {
        assert!(!line.contains(SECRET), "{line}");
    }
}

#[test]
fn logs_are_searched_for_secrets() {
    nothing_that_is_logged_shows_the_secret::<kit_ureq::Client>();
    nothing_that_is_logged_shows_the_secret::<HyperOnCurrentThread>();
    let logged = String::from_utf8_lossy(&LOGGED.bytes()).into_owned();
    // Each of those below, down to the frames of HTTP/2.
    let mut targets = vec!["ureq::", "hyper_util::", "h2::codec::framed_write", "kit_core::call"];
    if cfg!(not(feature = "native-tls")) {
        targets.push("rustls::");
    }
    for target in targets {
        assert!(logged.contains(target), "{target} says nothing");
    }
}
