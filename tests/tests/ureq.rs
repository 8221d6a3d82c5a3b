//! What only kit-ureq has: proxies of the environment, and agents of one's own.

use std::process::Command;
use std::time::Duration;

use kit_core::webhooks::{CreateWebhook, Event};
use kit_core::{Credentials, Error, TransportError};
use kit_emulator::{Emulator, Fault};
use kit_tests::secrets::SECRET;
use kit_tests::server::Server;
use kit_ureq::Client;
use ureq::Agent;

fn create() -> CreateWebhook {
    CreateWebhook::new("https://example.com/kit", Event::PurchaseCreate).unwrap()
}

/// Runs the program with these variables and no other, and returns what it says.
fn create_with(base_url: &str, api_key: &str, environment: &[(&str, &str)]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_create_through_environment"))
        .args([base_url, api_key])
        .env_clear()
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// A proxy that refuses every tunnel.
fn proxy() -> Server {
    Server::start(|peer| {
        peer.request();
        let _ = peer.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    })
}

#[test]
fn https_proxy_is_used() {
    let proxy = proxy();
    for variable in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        let before = proxy.requests().len();
        let said =
            create_with("https://kit.example", SECRET, &[(variable, proxy.base_url().as_str())]);
        assert!(said.starts_with("POST /v4/webhooks: not sent: "), "{variable}: {said}");
        let requests = proxy.requests();
        assert_eq!(requests.len(), before + 1, "{variable}: {said}");
        let request = requests.last().unwrap();
        assert!(request.starts_with("CONNECT kit.example:443 HTTP/1.1\r\n"), "{request}");
        assert!(!request.contains(SECRET), "{request}");
    }
}

#[test]
fn no_proxy_is_honoured() {
    let proxy = proxy();
    let emulator = Emulator::start().unwrap();
    let environment = [("http_proxy", &*proxy.base_url()), ("no_proxy", "127.0.0.1")];
    let said = create_with(emulator.base_url(), emulator.api_key(), &environment);
    assert_eq!((said.trim(), proxy.connections()), ("created 1", 0));
    // Without it, the proxy is asked.
    let said = create_with(emulator.base_url(), emulator.api_key(), &environment[..1]);
    assert!(said.starts_with("POST /v4/webhooks: "), "{said}");
    assert_eq!((emulator.requests(), proxy.connections()), (1, 1), "{said}");
}

fn with_agent(agent: &Agent, emulator: &Emulator) -> kit_ureq::Builder {
    Client::builder().base_url(emulator.base_url()).agent(agent.clone())
}

#[test]
fn an_agent_of_ones_own_is_used_with_its_connections() {
    let emulator = Emulator::start().unwrap();
    let credentials = Credentials::api_key(emulator.api_key());
    let agent = Agent::new_with_defaults();
    let request = agent.get(emulator.base_url()).config().http_status_as_error(false).build();
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
    let Error::Transport { source: TransportError::TooLarge { limit, .. }, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(limit, 10);

    let client = with_agent(&agent, &emulator).timeout(Duration::from_secs(1));
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
        .connect_timeout(Duration::MAX)
        .max_response_size(usize::MAX)
        .build(Credentials::api_key(emulator.api_key()))
        .unwrap();
    client.send(&create()).unwrap();
}
