//! Features that only kit-ureq has: agents of one's own, and middleware.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kit_core::webhooks::{CreateWebhook, Event, ListWebhooks};
use kit_core::{Credentials, Error, RetryPolicy, TransportError};
use kit_emulator::{Emulator, Fault};
use kit_tests::secrets::SECRET;
use kit_tests::server::Server;
use kit_tests::session;
use kit_ureq::Client;
use ureq::Agent;

fn create() -> CreateWebhook {
    CreateWebhook::new("https://example.com/kit", Event::PurchaseCreate).unwrap()
}

fn with_agent(agent: &Agent, emulator: &Emulator) -> kit_ureq::Builder {
    Client::builder().base_url(emulator.base_url()).agent(agent.clone())
}

#[test]
fn an_agent_of_ones_own_is_used_with_its_connections() {
    let emulator = Emulator::start().unwrap();
    let credentials = Credentials::api_key(emulator.api_key());
    let agent = Agent::new_with_defaults();
    let account = format!("{}/v4/account", emulator.base_url());
    let request = agent.get(account).config().http_status_as_error(false).build();
    request.call().unwrap().into_body().read_to_vec().unwrap();
    let client = with_agent(&agent, &emulator).build(credentials).unwrap();
    for _ in 0..5 {
        client.send(&create()).unwrap();
    }
    assert_eq!((emulator.requests(), emulator.connections()), (6, 1));
}

#[test]
fn an_agent_of_ones_own_follows_no_redirect_either() {
    let other = Server::start(|_| {});
    let location = other.base_url();
    let server = Server::start(move |peer| {
        peer.request();
        let head = "HTTP/1.1 307 Temporary Redirect\r\nContent-Length: 0\r\nLocation: ";
        let _ = peer.send(format!("{head}{location}\r\n\r\n"));
    });
    // By default an agent follows ten, and makes an error of a 4xx.
    let agent = Agent::config_builder().max_redirects(10).http_status_as_error(true).build();
    let client = Client::builder().base_url(server.base_url()).agent(agent.into());
    let client = client.build(Credentials::api_key(SECRET)).unwrap();
    assert!(matches!(client.send(&create()), Err(Error::Api(error)) if error.status() == 307));
    assert_eq!(other.connections(), 0);
}

#[test]
fn the_limits_of_the_builder_apply_to_an_agent_of_ones_own() {
    let emulator = Emulator::start().unwrap();
    let credentials = Credentials::api_key(emulator.api_key());
    let agent = Agent::new_with_defaults();
    let client = with_agent(&agent, &emulator).max_response_size(10).timeout(Duration::MAX);
    let error = client.build(credentials.clone()).unwrap().send(&create()).unwrap_err();
    let Error::Transport { failure: TransportError::TooLarge { limit, .. }, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(limit, 10);

    let client = with_agent(&agent, &emulator).attempt_timeout(Duration::from_secs(1));
    emulator.fail_next(1, Fault::delay(Duration::from_secs(3600)));
    let error = client.build(credentials).unwrap().send(&create()).unwrap_err();
    assert!(error.to_string().starts_with("POST /v4/webhooks: timed out: "), "{error}");
}

#[test]
fn an_idle_connection_that_was_closed_is_not_used() {
    let body = r#"{"webhook": {"id": 9, "account_id": 1539, "target_url": "https://example.com/kit",
        "event": {"name": "purchase_create"}}}"#;
    let server = Server::start(move |peer| {
        peer.request();
        let length = body.len();
        let _ =
            peer.send(format!("HTTP/1.1 201 Created\r\nContent-Length: {length}\r\n\r\n{body}"));
    });
    let client = Client::builder().base_url(server.base_url());
    let client = client.build(Credentials::api_key(SECRET)).unwrap();
    for calls in 1..=3 {
        client.send(&create()).unwrap();
        server.wait_until_closed(calls);
    }
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn timeouts_without_end_do_not_panic() {
    let emulator = Emulator::start().unwrap();
    let client = Client::builder()
        .base_url(emulator.base_url())
        .timeout(Duration::MAX)
        .attempt_timeout(Duration::MAX)
        .connect_timeout(Duration::MAX)
        .max_response_size(usize::MAX)
        .build(Credentials::api_key(emulator.api_key()))
        .unwrap();
    client.send(&create()).unwrap();
}

/// Attempts, refreshes, and what Kit answers to each.
#[test]
fn a_middleware_sees_every_exchange() {
    let emulator = Emulator::builder().token_lifetime(Duration::from_secs(60)).start().unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    let session = session::begin(&emulator);
    let client = Client::builder()
        .base_url(emulator.base_url())
        .retry(RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO))
        .middleware(move |mut request, next| {
            assert!(!next.timeout().is_zero());
            request.headers_mut().insert("x-tenant", "acme".parse().unwrap());
            let path = request.uri().path().to_owned();
            let response = next.send(request)?;
            log.lock().unwrap().push((path, response.status().as_u16()));
            Ok(response)
        })
        .build(Credentials::session(&session))
        .unwrap();
    emulator.advance(Duration::from_secs(60));
    let (tenants, tenant) = std::sync::mpsc::channel();
    let mut is_first = true;
    emulator.fail_when(move |request| {
        tenants.send(request.headers()["x-tenant"].clone()).unwrap();
        std::mem::take(&mut is_first).then(|| Fault::status(429))
    });
    client.send(&create()).unwrap();
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

#[test]
fn a_middleware_can_answer_and_fail_by_itself() {
    let body = r#"{"webhook": {"id": 7, "account_id": 1, "target_url": "https://example.com/kit",
        "event": {"name": "purchase_create"}}}"#;
    let calls = AtomicUsize::new(0);
    // Nobody is there.
    let client = Client::builder()
        .base_url("http://127.0.0.1:1")
        .retry(RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO))
        .middleware(move |_, _| match calls.fetch_add(1, Ordering::SeqCst) {
            0 => Err(TransportError::NotSent("not today".into())),
            1 => Ok(http::Response::builder().status(201).body(body.into()).unwrap()),
            _ => Err(TransportError::CutOff("who knows".into())),
        })
        .build(Credentials::api_key("kit_0123"))
        .unwrap();
    assert_eq!(client.send(&create()).unwrap().id, 7.into());
    let error = client.send(&create()).unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("POST /v4/webhooks: cut off: who knows; it may have"), "{text}");
}

#[test]
fn one_call_can_have_another_timeout_and_policy() {
    let emulator = Emulator::start().unwrap();
    let client = Client::builder().base_url(emulator.base_url());
    let client = client.build(Credentials::api_key(emulator.api_key())).unwrap();
    let short = Duration::from_millis(300);
    emulator.fail_next(1, Fault::delay(Duration::from_secs(3600)));
    let error = client.with_timeout(short).send(&ListWebhooks::new()).unwrap_err();
    assert!(error.to_string().starts_with("GET /v4/webhooks: timed out: "), "{error}");
    emulator.fail_next(1, Fault::delay(Duration::from_secs(3600)));
    let hasty = client.with_attempt_timeout(short).with_retry(RetryPolicy::none());
    let error = hasty.send(&ListWebhooks::new()).unwrap_err();
    assert!(error.to_string().starts_with("GET /v4/webhooks: timed out: "), "{error}");
    let before = emulator.requests();
    emulator.fail_next(1, Fault::status(503));
    client.with_retry(RetryPolicy::none()).send(&ListWebhooks::new()).unwrap_err();
    assert_eq!(emulator.requests(), before + 1);
    // The client itself is as it was, and so are its connections.
    client.send(&ListWebhooks::new()).unwrap();
    assert!(emulator.connections() <= 3, "{}", emulator.connections());
}

#[test]
fn one_client_can_serve_many_accounts() {
    let emulator = Emulator::start().unwrap();
    let client = Client::builder().base_url(emulator.base_url());
    let client = client.build(Credentials::none()).unwrap();
    let ours = client.with_principal(Credentials::api_key(emulator.api_key()));
    ours.send(&create()).unwrap();
    let theirs = client.with_principal(Credentials::api_key("kit_other"));
    assert!(matches!(theirs.send(&create()), Err(Error::Api(error)) if error.status() == 401));
    ours.with_principal(kit_ureq::oauth::Session::in_memory(session::app(&emulator)))
        .send(&create())
        .unwrap_err();
    assert_eq!(emulator.connections(), 1);
}

/// From another thread, while the call waits: at once, and with what is known.
#[test]
fn a_call_can_be_given_up_from_another_thread() {
    let emulator = Emulator::start().unwrap();
    let cancel = kit_ureq::Cancel::new();
    let (waits, is_waiting) = std::sync::mpsc::channel();
    let client = Client::builder()
        .base_url(emulator.base_url())
        .on_wait(move |_, wait| waits.send(wait).unwrap())
        .build(Credentials::api_key(emulator.api_key()))
        .unwrap()
        .with_cancel(&cancel);
    emulator.fail_next(1, Fault::status(429).retry_after("60"));
    let (wait, error) = std::thread::scope(|scope| {
        let call = scope.spawn(|| client.send(&ListWebhooks::new()).unwrap_err());
        let wait = is_waiting.recv().unwrap();
        cancel.cancel();
        (wait, call.join().unwrap())
    });
    assert!(wait > Duration::from_secs(59), "{wait:?}");
    assert!(error.to_string().contains("429 Too Many Requests"), "{error}");
    assert!(error.to_string().contains("Retry-After: 60 s"), "{error}");
    let before = emulator.requests();
    let error = client.send(&ListWebhooks::new()).unwrap_err();
    assert_eq!((error.to_string(), emulator.requests()), ("call: was given up".into(), before));
}

/// The reply of a request that was under way is not thrown away: the secret of an endpoint comes once.
#[test]
fn a_call_that_is_given_up_returns_the_reply_that_has_come() {
    let emulator = Emulator::start().unwrap();
    let cancel = kit_ureq::Cancel::new();
    let of_call = cancel.clone();
    let client = Client::builder()
        .base_url(emulator.base_url())
        .middleware(move |request, next| {
            let response = next.send(request);
            of_call.cancel();
            response
        })
        .build(Credentials::api_key(emulator.api_key()))
        .unwrap()
        .with_cancel(&cancel);
    assert_eq!(client.send(&create()).unwrap().id, 1.into());
}

/// A refresh that hangs keeps no call that is given up.
#[test]
fn a_call_that_waits_for_a_refresh_can_be_given_up() {
    let emulator = Emulator::builder().token_lifetime(Duration::from_secs(60)).start().unwrap();
    let session = kit_ureq::oauth::Session::in_memory(session::app(&emulator));
    session.begin(&session::tokens(&emulator)).unwrap();
    emulator.advance(Duration::from_secs(60));
    let cancel = kit_ureq::Cancel::new();
    let (waits, is_waiting) = std::sync::mpsc::channel();
    let client = Client::builder()
        .base_url(emulator.base_url())
        .on_wait(move |_, wait| waits.send(wait).unwrap())
        .build(&session)
        .unwrap()
        .with_cancel(&cancel);
    emulator.fail_when(|request| {
        request.uri().path().ends_with("/token").then(|| Fault::delay(Duration::from_secs(3600)))
    });
    let error = std::thread::scope(|scope| {
        let call = scope.spawn(|| client.send(&ListWebhooks::new()).unwrap_err());
        assert!(is_waiting.recv().unwrap() > Duration::from_secs(1));
        cancel.cancel();
        call.join().unwrap()
    });
    // (Kit has refused the old token before, where its clock alone was moved.)
    let text = error.to_string();
    assert!(text == "call: was given up" || text.contains("401"), "{text}");
}
