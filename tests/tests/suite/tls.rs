//! Real TLS: what is trusted is used, what is not gets nothing.

use std::sync::Arc;
use std::time::Duration;

use kit_core::webhooks::{CreateWebhook, Event};
use kit_core::{Applied, Error, TransportError};
use kit_tests::certificates::{self, Authority, Validity};
use kit_tests::on_each_transport;
use kit_tests::secrets::assert_error_silent;
use kit_tests::server::{Peer, Server};
use kit_tests::transport::{Setup, Transport};
use rustls::ServerConfig;

on_each_transport!(
    a_trusted_server_is_used,
    a_self_signed_server_gets_nothing,
    a_server_of_another_authority_gets_nothing,
    an_expired_server_gets_nothing,
    a_server_of_another_name_gets_nothing,
    a_server_without_tls_gets_nothing,
    a_server_that_closes_in_the_handshake,
    a_server_that_never_ends_the_handshake,
    a_handshake_that_drips_ends_by_the_timeout_for_connecting,
    a_server_that_speaks_tls_1_1_alone_gets_nothing,
    a_timeout_while_connecting,
    a_connection_that_ends_in_the_middle,
    an_end_that_is_not_announced,
    an_endless_body_over_tls,
    a_server_that_never_answers_over_tls,
    a_redirect_out_of_tls_is_not_followed,
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
        peer.send(head + body).unwrap();
    }
}

fn serve(config: Arc<ServerConfig>) -> Server {
    Server::start_tls(config, answer)
}

fn assert_refused<T: Transport>(server: &Server, authority: Option<&Authority>) -> String {
    let mut setup = Setup::new(server.base_url());
    if let Some(authority) = authority {
        setup = setup.trusting(&authority.certificate());
    }
    let error = T::new(setup).send(&create()).unwrap_err();
    assert_error_silent(&error);
    assert!(!error.may_have_been_applied(), "{error}");
    match &error {
        Error::Transport { failure, .. } => assert_eq!(failure.applied(), Applied::No),
        error => panic!("not of the transport: {error}"),
    }
    assert!(server.connections() > 0, "{error}");
    assert!(server.requests().is_empty(), "{error}");
    error.to_string()
}

fn a_trusted_server_is_used<T: Transport>() {
    let authority = Authority::new();
    let server = serve(authority.server(HOST, Validity::Now));
    let client = T::new(Setup::new(server.base_url()).trusting(&authority.certificate()));
    for _ in 0..5 {
        assert_eq!(client.send(&create()).unwrap().id, 9.into());
    }
    assert_eq!(server.requests().len(), 5);
    assert!(server.connections() <= T::CONNECTIONS_PER_CALLER, "{}", server.connections());
}

fn a_self_signed_server_gets_nothing<T: Transport>() {
    let server = serve(certificates::self_signed(HOST));
    assert_refused::<T>(&server, None);
    assert_refused::<T>(&server, Some(&Authority::new()));
}

fn a_server_of_another_authority_gets_nothing<T: Transport>() {
    let server = serve(Authority::new().server(HOST, Validity::Now));
    assert_refused::<T>(&server, None);
    assert_refused::<T>(&server, Some(&Authority::new()));
}

fn an_expired_server_gets_nothing<T: Transport>() {
    let authority = Authority::new();
    let server = serve(authority.server(HOST, Validity::Expired));
    let error = assert_refused::<T>(&server, Some(&authority));
    assert!(error.to_lowercase().contains("expired"), "{error}");
}

fn a_server_of_another_name_gets_nothing<T: Transport>() {
    let authority = Authority::new();
    let server = serve(authority.server("kit.example", Validity::Now));
    let error = assert_refused::<T>(&server, Some(&authority)).to_lowercase();
    let words = ["not valid for", "mismatch", "notvalidforname"];
    assert!(words.iter().any(|word| error.contains(word)), "{error}");
}

fn a_server_without_tls_gets_nothing<T: Transport>() {
    let server = Server::start(|peer| {
        let _ = peer.send("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
        peer.until_closed();
    });
    let base_url = server.base_url().replace("http:", "https:");
    let error = T::new(Setup::new(base_url)).send(&create()).unwrap_err();
    assert_error_silent(&error);
    assert!(!error.may_have_been_applied(), "{error}");
}

fn a_server_that_closes_in_the_handshake<T: Transport>() {
    let server = Server::start(|_| {});
    let base_url = server.base_url().replace("http:", "https:");
    let error = T::new(Setup::new(base_url)).send(&create()).unwrap_err();
    assert_error_silent(&error);
    assert!(!error.may_have_been_applied(), "{error}");
}

fn a_redirect_out_of_tls_is_not_followed<T: Transport>() {
    let other = Server::start(answer);
    let location = other.base_url();
    let authority = Authority::new();
    let server = Server::start_tls(authority.server(HOST, Validity::Now), move |peer| {
        peer.request();
        let head = format!("HTTP/1.1 307 Redirect\r\nLocation: {location}/\r\n");
        let _ = peer.send(head + "Content-Length: 0\r\n\r\n");
    });
    let setup = Setup::new(server.base_url()).trusting(&authority.certificate());
    let error = T::new(setup).send(&create());
    assert!(matches!(error.unwrap_err(), Error::Api(error) if error.status() == 307));
    assert_eq!(other.connections(), 0, "a redirect was followed");
}

fn say_nothing(peer: &mut Peer<'_>) {
    peer.until_closed();
}

fn a_server_that_never_ends_the_handshake<T: Transport>() {
    let server = Server::start(say_nothing);
    let base_url = server.base_url().replace("http:", "https:");
    let connect_timeout = Duration::from_millis(200);
    let setup = Setup::new(base_url).with(|settings| settings.connect_timeout = connect_timeout);
    let client = T::new(setup);
    for _ in 0..2 {
        let error = client.send(&create()).unwrap_err();
        assert_not_sent(&error);
        // This timeout ends the call, not that of the attempt.
        assert!(error.to_string().contains("connect"), "{error}");
    }
    assert!(server.requests().is_empty());
}

/// No single wait is as long as the timeout.
fn a_handshake_that_drips_ends_by_the_timeout_for_connecting<T: Transport>() {
    let connect_timeout = Duration::from_millis(500);
    let server = Server::start(move |peer| {
        // The head of a record that goes on for long.
        let mut sent = peer.send([22, 3, 3, 64, 0, 2, 0, 63, 252, 3, 3]);
        while sent.is_ok() && peer.pause(connect_timeout / 10) {
            sent = peer.send([0]);
        }
    });
    let setup = Setup::new(server.base_url().replace("http:", "https:"));
    let client = T::new(setup.with(|settings| settings.connect_timeout = connect_timeout));
    assert_not_sent(&client.send(&create()).unwrap_err());
    server.wait_until_closed(1);
}

/// RFC 8996 has put it out of use.
fn a_server_that_speaks_tls_1_1_alone_gets_nothing<T: Transport>() {
    let server = Server::start(|peer| {
        // Whatever the client offers: a ServerHello of version 3.2, with TLS_RSA_WITH_AES_128_CBC_SHA.
        let mut hello = vec![22, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
        hello.extend([7; 32]);
        hello.extend([0, 0, 47, 0]);
        let _ = peer.send(hello);
        peer.until_closed();
    });
    let client = T::new(Setup::new(server.base_url().replace("http:", "https:")));
    let error = client.send(&create()).unwrap_err();
    assert_not_sent(&error);
    // The error is not that of a timeout.
    let text = error.to_string().to_lowercase();
    assert!(["version", "protocol", "tls12"].iter().any(|word| text.contains(word)), "{text}");
}

fn a_timeout_while_connecting<T: Transport>() {
    let server = Server::start(say_nothing);
    let base_url = server.base_url().replace("http:", "https:");
    let timeout = Duration::from_millis(200);
    let setup = Setup::new(base_url).with(|settings| settings.attempt_timeout = timeout);
    let client = T::new(setup);
    assert_not_sent(&client.send(&create()).unwrap_err());
}

fn assert_not_sent(error: &Error) {
    assert_error_silent(error);
    assert!(!error.may_have_been_applied(), "{error}");
    assert!(error.to_string().contains("not sent: "), "{error}");
}

/// A call to a trusted server that does this, and its error.
fn call<T: Transport>(
    timeout: Duration,
    script: impl Fn(&mut Peer<'_>) + Send + Sync + 'static,
) -> Result<(), TransportError> {
    let authority = Authority::new();
    let server = Server::start_tls(authority.server(HOST, Validity::Now), script);
    let setup = Setup::new(server.base_url()).trusting(&authority.certificate());
    let client = T::new(setup.with(|settings| settings.attempt_timeout = timeout));
    let Err(error) = client.send(&create()) else { return Ok(()) };
    assert_error_silent(&error);
    assert!(error.may_have_been_applied(), "{error}");
    assert_eq!(server.requests().len(), 1, "it is not sent again");
    match error {
        Error::Transport { failure, .. } => Err(failure),
        error => panic!("not of the transport: {error}"),
    }
}

const LONG: Duration = Duration::from_secs(60);

fn a_connection_that_ends_in_the_middle<T: Transport>() {
    for aborts in [false, true] {
        let error = call::<T>(LONG, move |peer| {
            peer.request();
            let _ = peer.send("HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{");
            if aborts {
                peer.abort();
            }
        });
        assert!(matches!(error, Err(TransportError::CutOff(_))), "{error:?}");
    }
}

/// A body whose end is that of the connection could be cut off by anybody, unless TLS announces it. What is
/// not whole is no reply; what is whole says so itself, since it is JSON.
fn an_end_that_is_not_announced<T: Transport>() {
    let body = r#"{"webhook": {"id": 9, "account_id": 1539, "target_url": "https://a.b/",
        "event": {"name": "purchase_create"}}}"#;
    let answer = |length: usize, aborts: bool| {
        let authority = Authority::new();
        let server = Server::start_tls(authority.server(HOST, Validity::Now), move |peer| {
            peer.request();
            let _ = peer.send(format!("HTTP/1.1 201 Created\r\n\r\n{}", &body[..length]));
            if aborts {
                peer.abort();
            }
        });
        T::new(Setup::new(server.base_url()).trusting(&authority.certificate())).send(&create())
    };
    let is_cut_off = |error: &Error| {
        matches!(error, Error::Transport { failure: TransportError::CutOff(_), .. })
    };
    assert!(answer(body.len(), false).is_ok());
    for length in [0, 1, body.len() / 2, body.len() - 1] {
        let error = answer(length, true).unwrap_err();
        assert!(error.may_have_been_applied(), "{error}");
        assert_eq!(is_cut_off(&error), T::SEES_AN_UNANNOUNCED_END, "{error}");
    }
    let whole = answer(body.len(), true);
    assert_eq!(whole.as_ref().err().is_some_and(is_cut_off), T::SEES_AN_UNANNOUNCED_END);
    assert_eq!(whole.is_ok(), !T::SEES_AN_UNANNOUNCED_END);
}

fn an_endless_body_over_tls<T: Transport>() {
    let error = call::<T>(LONG, |peer| {
        peer.request();
        let mut sent = peer.send("HTTP/1.1 201 Created\r\n\r\n");
        while sent.is_ok() {
            sent = peer.send("endless ".repeat(100));
        }
    });
    assert!(matches!(error, Err(TransportError::TooLarge { .. })), "{error:?}");
}

fn a_server_that_never_answers_over_tls<T: Transport>() {
    let error = call::<T>(Duration::from_secs(1), |peer| {
        peer.request();
        peer.until_closed();
    });
    assert!(matches!(error, Err(TransportError::TimedOut(_))), "{error:?}");
}
