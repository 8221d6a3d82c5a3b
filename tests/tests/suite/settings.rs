//! Settings that both builders share, on both transports.

use std::process::Command;
use std::time::Duration;

use kit_core::settings::{Certificate, Identity, Roots};
use kit_core::webhooks::{CreateWebhook, Event, ListWebhooks};
use kit_core::{Credentials, Endpoint as _, Error};
use kit_emulator::{Emulator, Fault};
use kit_tests::certificates::{Authority, Validity};
use kit_tests::on_each_transport;
use kit_tests::secrets::assert_error_silent;
use kit_tests::server::{Peer, Server};
use kit_tests::transport::{Setup, Transport};

on_each_transport!(
    certificates_can_be_trusted_as_pem_and_as_der,
    what_is_no_certificate_is_named,
    a_client_can_prove_who_it_is,
    an_identity_that_is_none_is_named_and_not_shown,
    a_plaintext_url_of_another_machine_has_to_be_allowed,
    the_size_of_a_reply_is_limited,
    connections_that_nobody_uses_are_kept_as_long_as_is_said,
    what_came_with_a_success_is_there,
);

const HOST: &str = "127.0.0.1";

fn create() -> CreateWebhook {
    CreateWebhook::new("https://example.com/kit", Event::PurchaseCreate).unwrap()
}

fn answer(peer: &mut Peer<'_>) {
    let body = r#"{"webhook": {"id": 9, "account_id": 1539, "target_url": "https://example.com/kit",
        "event": {"name": "purchase_create", "initiator_value": null}}}"#;
    while peer.request().is_some() {
        let head = format!("HTTP/1.1 201 Created\r\nContent-Length: {}\r\n\r\n", body.len());
        if peer.send(head + body).is_err() {
            return;
        }
    }
}

fn trusting(setup: Setup, roots: Vec<Certificate>) -> Setup {
    setup.with(|settings| settings.roots = Roots::Only(roots))
}

fn certificates_can_be_trusted_as_pem_and_as_der<T: Transport>() {
    let (authority, other) = (Authority::new(), Authority::new());
    let server = Server::start_tls(authority.server(HOST, Validity::Now), answer);
    let both = format!("# of two authorities\n{}{}", other.pem(), authority.pem());
    for roots in [
        vec![Certificate::new(authority.pem())],
        vec![Certificate::new(authority.certificate().to_vec())],
        vec![Certificate::new(other.pem()), Certificate::new(authority.certificate().to_vec())],
        vec![Certificate::new(both)],
    ] {
        T::new(trusting(Setup::new(server.base_url()), roots)).send(&create()).unwrap();
    }
    let only_other = trusting(Setup::new(server.base_url()), vec![Certificate::new(other.pem())]);
    let error = T::new(only_other).send(&create()).unwrap_err();
    assert!(!error.may_have_been_applied(), "{error}");
}

/// On Linux these are the files that OpenSSL's variables name, whatever verifies.
#[test]
#[cfg(target_os = "linux")]
fn the_roots_of_the_platform_can_be_trusted() {
    let authority = Authority::new();
    let server = Server::start_tls(authority.server(HOST, Validity::Now), answer);
    let file = tempfile::NamedTempFile::new().unwrap();
    for transport in ["ureq", "hyper"] {
        for (pem, outcome) in [
            (Authority::new().pem(), "POST /v4/webhooks: not sent: "),
            (authority.pem(), "created "),
        ] {
            std::fs::write(file.path(), pem).unwrap();
            let output = Command::new(env!("CARGO_BIN_EXE_create_through_environment"))
                .args([transport, &server.base_url(), "kit_0123", "--platform-roots"])
                .env_clear()
                .env("SSL_CERT_FILE", file.path())
                .output()
                .unwrap();
            let said = String::from_utf8(output.stdout).unwrap();
            assert!(said.starts_with(outcome), "{said}");
        }
    }
}

fn what_is_no_certificate_is_named<T: Transport>() {
    let broken = Authority::new().pem().replace("MII", "!!!");
    for roots in [
        vec![],
        vec![Certificate::new("")],
        vec![Certificate::new("ca.pem")],
        vec![Certificate::new(broken)],
        vec![Certificate::new("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")],
    ] {
        let error = T::build(trusting(Setup::new("https://127.0.0.1:1"), roots)).err().unwrap();
        assert!(error.to_string().starts_with("roots: "), "{error}");
    }
}

fn a_client_can_prove_who_it_is<T: Transport>() {
    let authority = Authority::new();
    let server = Server::start_tls(authority.server_for_clients(HOST), answer);
    let setup = || Setup::new(server.base_url()).trusting(&authority.certificate());
    let (chain, key) = authority.identity("newsletter");
    let identity = Identity::from_pem(chain, key);
    let client = T::new(setup().with(|settings| settings.identity = Some(identity)));
    client.send(&create()).unwrap();
    assert_eq!(server.requests().len(), 1);

    T::new(setup()).send(&create()).unwrap_err();
    let (chain, key) = Authority::new().identity("newsletter");
    let identity = Identity::from_pem(chain, key);
    let client = T::new(setup().with(|settings| settings.identity = Some(identity)));
    client.send(&create()).unwrap_err();
    assert_eq!(server.requests().len(), 1, "who proves nothing gets nothing");
}

fn an_identity_that_is_none_is_named_and_not_shown<T: Transport>() {
    let (chain, key) = Authority::new().identity("newsletter");
    let (_, other_key) = Authority::new().identity("newsletter");
    let secret = kit_tests::secrets::SECRET.to_owned();
    for (chain, key) in [
        (chain.clone(), String::new()),
        (chain.clone(), secret.clone()),
        (chain.clone(), key.replace("MI", &secret)),
        (String::new(), key.clone()),
        (secret, key),
        (chain, other_key),
    ] {
        let identity = Identity::from_pem(chain, key);
        kit_tests::secrets::assert_silent(&identity);
        let setup = Setup::new("https://127.0.0.1:1");
        let built = T::build(setup.with(|settings| settings.identity = Some(identity)));
        let Err(error) = built else { panic!("it is taken") };
        assert_error_silent(&error);
        assert!(error.to_string().starts_with("identity: "), "{error}");
    }
}

fn a_plaintext_url_of_another_machine_has_to_be_allowed<T: Transport>() {
    for url in ["http://kit.invalid", "http://10.0.0.7:4010/", "http://localhost.example"] {
        let error = T::build(Setup::new(url)).err().unwrap().to_string();
        let start = "base_url: begins with http://, and its host is not this machine: ";
        assert!(error.starts_with(start), "{error}");
        T::new(Setup::in_the_clear(url));
    }
    for url in ["http://localhost:1", "http://127.0.0.1", "http://127.9.9.9", "http://[::1]:1"] {
        T::new(Setup::new(url));
    }
}

fn the_size_of_a_reply_is_limited<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let setup = Setup::of(&emulator).with(|settings| settings.max_response_size = 10);
    let error = T::new(setup).send(&create()).unwrap_err();
    let text = "POST /v4/webhooks: the body of the response is larger than 10 bytes; it may have been applied";
    assert!(error.to_string().starts_with(text), "{error}");
    assert!(error.may_have_been_applied());
}

fn connections_that_nobody_uses_are_kept_as_long_as_is_said<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let client = T::new(Setup::of(&emulator));
    for _ in 0..10 {
        client.send(&create()).unwrap();
    }
    assert!(emulator.connections() <= T::CONNECTIONS_PER_CALLER, "{}", emulator.connections());
    let changes: [fn(&mut kit_core::settings::Settings); 2] = [
        |settings| settings.max_idle_connections = 0,
        |settings| settings.idle_timeout = Duration::ZERO,
    ];
    for change in changes {
        let before = emulator.connections();
        let client = T::new(Setup::of(&emulator).with(change));
        for _ in 0..10 {
            client.send(&create()).unwrap();
        }
        assert_eq!(emulator.connections(), before + 10);
    }
}

fn what_came_with_a_success_is_there<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let client = T::new(Setup::of(&emulator));
    let response = client.send(&create().with_response()).unwrap();
    assert_eq!((response.status().as_u16(), response.body().id.get()), (201, 1));
    assert!(!response.headers()["x-request-id"].is_empty());
    let response = client.send(&ListWebhooks::new().with_response()).unwrap();
    assert_eq!(response.body().items.len(), 1);
    emulator.fail_next(1, Fault::status(422));
    let error = client.send(&create().with_response()).unwrap_err();
    assert!(matches!(error, Error::Api(_)), "{error}");
    let wrong = Setup::of(&emulator).as_whom(Credentials::api_key("wrong"));
    assert!(T::new(wrong).send(&create().with_response()).is_err());
}
