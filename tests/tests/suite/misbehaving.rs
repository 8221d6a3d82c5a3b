//! Servers that misbehave: each gets the documented error, in time, and no secret into it.

use std::time::Duration;

use kit_core::webhooks::{CreateWebhook, DeleteWebhook, Event};
use kit_core::{Applied, Error, ReplyProblem, TransportError};
use kit_tests::certificates;
use kit_tests::on_each_transport;
use kit_tests::secrets::assert_error_silent;
use kit_tests::server::{Peer, Server};
use kit_tests::transport::{Setup, Transport};

on_each_transport!(
    a_server_that_closes_at_once,
    a_server_that_closes_after_the_request,
    a_server_that_closes_in_the_middle,
    a_wrong_content_length,
    an_endless_body,
    a_body_of_just_the_limit,
    a_refusal_whose_body_fails_is_still_a_refusal,
    endless_headers,
    endless_interim_responses,
    a_redirect_is_not_followed,
    a_server_that_never_answers,
    a_server_that_answers_byte_by_byte,
    a_server_that_answers_too_slowly,
    a_compressed_body_that_was_not_asked_for,
    what_is_not_http,
    a_server_that_is_not_there,
    a_host_that_has_no_address,
    the_next_call_is_well,
    a_request_without_a_body_that_is_not_sent,
);

/// The body of a 201.
const BODY: &str = r#"{"webhook": {"id": 9, "account_id": 1539, "target_url": "https://example.com/kit",
    "event": {"name": "purchase_create", "initiator_value": null}}}"#;

/// Long enough for a request to be on its way, however busy the machine is.
const TIMEOUT: Duration = Duration::from_secs(1);

fn created() -> String {
    format!("HTTP/1.1 201 Created\r\nContent-Length: {}\r\n\r\n{BODY}", BODY.len())
}

fn create() -> CreateWebhook {
    CreateWebhook::new("https://example.com/kit", Event::PurchaseCreate).unwrap()
}

/// The error of a call, which shows no secret. A timeout that is not asked for lets the test fail.
fn call<T: Transport>(setup: Setup) -> Error {
    let error = T::new(setup).send(&create()).unwrap_err();
    assert_error_silent(&error);
    error
}

/// With little time for an attempt.
fn hasty(server: &Server) -> Setup {
    Setup::new(server.base_url()).with(|settings| settings.attempt_timeout = TIMEOUT)
}

/// A server that reads the request and sends these bytes.
fn answering(bytes: impl Into<Vec<u8>>) -> Server {
    let bytes = bytes.into();
    Server::start(move |peer| {
        peer.request();
        let _ = peer.send(&bytes);
    })
}

/// A server that reads the request and repeats these bytes until the client has had enough.
fn repeating(head: &'static str, bytes: impl Into<Vec<u8>>) -> Server {
    let bytes = bytes.into().repeat(100);
    Server::start(move |peer| {
        peer.request();
        let mut sent = peer.send(head);
        while sent.is_ok() {
            sent = peer.send(&bytes);
        }
    })
}

fn transport(error: Error) -> TransportError {
    assert!(error.to_string().starts_with("POST /v4/webhooks: "), "{error}");
    match error {
        Error::Transport { failure, .. } => failure,
        error => panic!("not of the transport: {error}"),
    }
}

fn assert_cut_off(error: Error) {
    assert!(error.may_have_been_applied(), "{error}");
    let error = transport(error);
    assert!(matches!(error, TransportError::CutOff(_)), "{error}");
    assert_eq!(error.applied(), Applied::Perhaps);
}

fn assert_timed_out(error: Error) {
    assert!(error.may_have_been_applied(), "{error}");
    let error = transport(error);
    assert!(matches!(error, TransportError::TimedOut(_)), "{error}");
    assert_eq!(error.applied(), Applied::Perhaps);
}

fn assert_not_sent(error: Error) {
    assert_not_sent_at(error, "POST");
}

fn assert_not_sent_at(error: Error, expected: &str) {
    assert!(!error.may_have_been_applied(), "{error}");
    let Error::Transport { operation, failure: error, .. } = error else { panic!("{error}") };
    assert_eq!(operation.method(), expected);
    assert!(matches!(error, TransportError::NotSent(_)), "{error}");
    assert_eq!(error.applied(), Applied::No);
}

fn assert_problem(error: Error, problem: ReplyProblem) {
    assert!(error.may_have_been_applied(), "{error}");
    match error {
        Error::Reply(error) => assert_eq!(error.problem(), problem, "{error}"),
        error => panic!("not of the reply: {error}"),
    }
}

fn a_server_that_closes_at_once<T: Transport>() {
    let server = Server::start(|_| {});
    // Whether the request goes out before the end is seen, is the system's to decide.
    let error = transport(call::<T>(Setup::new(server.base_url())));
    assert!(matches!(error, TransportError::NotSent(_) | TransportError::CutOff(_)), "{error}");
}

fn a_server_that_closes_after_the_request<T: Transport>() {
    let server = answering("");
    assert_cut_off(call::<T>(Setup::new(server.base_url())));
    assert_eq!(server.requests().len(), 1, "it is not sent again");
}

fn a_server_that_closes_in_the_middle<T: Transport>() {
    let response = created();
    for cut in [1, 9, 12, 20, response.len() - BODY.len(), response.len() - 1] {
        let server = answering(&response[..cut]);
        assert_cut_off(call::<T>(Setup::new(server.base_url())));
        assert_eq!(server.requests().len(), 1, "it is not sent again");
    }
    let chunked = "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{\"webho";
    assert_cut_off(call::<T>(Setup::new(answering(chunked).base_url())));
}

fn a_wrong_content_length<T: Transport>() {
    let with = |length: &str| {
        let server =
            answering(format!("HTTP/1.1 201 Created\r\nContent-Length: {length}\r\n\r\n{BODY}"));
        call::<T>(Setup::new(server.base_url()))
    };
    assert_cut_off(with(&(BODY.len() + 1).to_string()));
    assert_cut_off(with("-1"));
    assert_cut_off(with("many"));
    assert_problem(with("10"), ReplyProblem::Truncated);
    assert_problem(with("0"), ReplyProblem::Empty);
}

fn an_endless_body<T: Transport>() {
    for head in [
        "HTTP/1.1 201 Created\r\n\r\n",
        "HTTP/1.1 201 Created\r\nContent-Length: 99999999999\r\n\r\n",
    ] {
        let server = repeating(head, "endless ");
        assert_too_large(call::<T>(Setup::new(server.base_url())));
    }
    let server = repeating(
        "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n",
        "8\r\nendless \r\n",
    );
    assert_too_large(call::<T>(Setup::new(server.base_url())));
}

fn a_body_of_just_the_limit<T: Transport>() {
    let server = Server::start(|peer| {
        while peer.request().is_some() {
            let _ = peer.send(created());
        }
    });
    for (max_response_size, fits) in [(BODY.len(), true), (BODY.len() - 1, false)] {
        let setup = Setup::new(server.base_url());
        let client = T::new(setup.with(|settings| settings.max_response_size = max_response_size));
        assert_eq!(client.send(&create()).is_ok(), fits, "{max_response_size}");
    }
}

fn a_refusal_whose_body_fails_is_still_a_refusal<T: Transport>() {
    let head = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\n";
    let endless = repeating("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\n\r\n", "endless ");
    let cut = answering(format!("{head}Content-Length: 100\r\n\r\n{{\"errors\": [\"slow"));
    let slow = Server::start(move |peer| {
        peer.request();
        let _ = peer.send(format!("{head}Content-Length: 100\r\n\r\n{{\"errors\": [\"slow"));
        peer.until_closed();
    });
    for server in [endless, cut, slow] {
        match call::<T>(hasty(&server)) {
            Error::Api(error) => {
                assert_eq!(error.status(), 429);
                assert!(error.retry_after().is_some() && !error.excerpt().is_empty(), "{error}");
            }
            error => panic!("not an API error: {error}"),
        }
    }
}

fn assert_too_large(error: Error) {
    assert!(error.may_have_been_applied(), "{error}");
    let error = transport(error);
    assert!(matches!(error, TransportError::TooLarge { limit: 65536, .. }), "{error}");
    assert_eq!(error.applied(), Applied::Perhaps);
}

fn endless_headers<T: Transport>() {
    let server = repeating("HTTP/1.1 201 Created\r\n", "X-Endless: header\r\n");
    assert_cut_off(call::<T>(Setup::new(server.base_url())));
    let server = repeating("HTTP/1.1 201 Created\r\nX-Endless: ", "header");
    assert_cut_off(call::<T>(Setup::new(server.base_url())));
}

fn endless_interim_responses<T: Transport>() {
    let server = repeating("", "HTTP/1.1 103 Early Hints\r\n\r\n");
    let error = call::<T>(hasty(&server));
    assert!(error.may_have_been_applied(), "{error}");
    transport(error);
}

fn a_redirect_is_not_followed<T: Transport>() {
    let other = answering(created());
    for status in [300, 301, 302, 303, 307, 308] {
        let location = other.base_url();
        let server = answering(format!(
            "HTTP/1.1 {status} Redirect\r\nLocation: {location}/v4/webhooks\r\nContent-Length: 0\r\n\r\n"
        ));
        match call::<T>(Setup::new(server.base_url())) {
            Error::Api(error) => assert_eq!(error.status().as_u16(), status),
            error => panic!("not an API error: {error}"),
        }
        assert_eq!(server.requests().len(), 1);
    }
    assert_eq!(other.connections(), 0, "a redirect was followed");
}

fn a_server_that_never_answers<T: Transport>() {
    let server = Server::start(|peer| {
        peer.request();
        peer.until_closed();
    });
    assert_timed_out(call::<T>(hasty(&server)));
    assert_eq!(server.requests().len(), 1, "it is not sent again");
}

fn a_server_that_answers_byte_by_byte<T: Transport>() {
    let server = Server::start(|peer| {
        while peer.request().is_some() {
            peer.send_each(created()).unwrap();
        }
    });
    let client = T::new(Setup::new(server.base_url()));
    for _ in 0..3 {
        assert_eq!(client.send(&create()).unwrap().id, 9.into());
    }
}

fn a_server_that_answers_too_slowly<T: Transport>() {
    let slowly = |head: &'static str| {
        Server::start(move |peer: &mut Peer<'_>| {
            peer.request();
            let mut sent = peer.send(head);
            while sent.is_ok() && peer.pause(TIMEOUT / 8) {
                sent = peer.send("x");
            }
        })
    };
    // No single wait is as long as the timeout: it is that of the call.
    for head in ["HTTP/1.1 201 Created\r\n\r\n", "HTTP/1.1 201 Created\r\nX-Slow: "] {
        let server = slowly(head);
        assert_timed_out(call::<T>(hasty(&server)));
    }
}

fn a_compressed_body_that_was_not_asked_for<T: Transport>() {
    let server = Server::start(|peer| {
        let request = peer.request().unwrap_or_default().to_ascii_lowercase();
        assert!(!request.contains("accept-encoding"), "{request}");
        let head = "HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\n\r\n";
        let _ = peer.send(head);
        let _ = peer.send(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03");
    });
    assert_problem(call::<T>(Setup::new(server.base_url())), ReplyProblem::Compressed);
}

fn what_is_not_http<T: Transport>() {
    for greeting in [
        b"SSH-2.0-OpenSSH_9.6\r\n".as_slice(),
        b"220 mail.example ESMTP\r\n",
        b"\x15\x03\x03\x00\x02\x02\x28",
        b"HTTP/1.1 abc Created\r\n\r\n",
        b"HTTP/3.7 201 Created\r\n\r\n",
        b"\r\n\r\n\r\n\r\n",
        b"\0",
    ] {
        let server = answering(greeting);
        assert_cut_off(call::<T>(Setup::new(server.base_url())));
    }
    // Without waiting for the request.
    let server = Server::start(|peer| {
        let _ = peer.send("SSH-2.0-OpenSSH_9.6\r\n");
        peer.until_closed();
    });
    let error = transport(call::<T>(Setup::new(server.base_url())));
    assert!(matches!(error, TransportError::NotSent(_) | TransportError::CutOff(_)), "{error}");
}

fn a_server_that_is_not_there<T: Transport>() {
    let base_url = Server::start(|_| {}).base_url();
    assert_not_sent(call::<T>(Setup::new(base_url)));
}

fn a_host_that_has_no_address<T: Transport>() {
    // RFC 6761 keeps `.invalid` for names that do not exist.
    for base_url in ["http://kit.invalid", "https://kit.invalid"] {
        let connect_timeout = Duration::from_secs(5);
        assert_not_sent(call::<T>(
            Setup::in_the_clear(base_url)
                .with(|settings| settings.connect_timeout = connect_timeout),
        ));
    }
}

fn the_next_call_is_well<T: Transport>() {
    for bad in ["", "HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\n{", "SSH-2.0\r\n\r\n"] {
        let calls = std::sync::atomic::AtomicUsize::new(0);
        let server = Server::start(move |peer| {
            while peer.request().is_some() {
                let call = calls.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                let answer = if call == 1 { bad.to_owned() } else { created() };
                let _ = peer.send(answer);
                if call == 1 {
                    return;
                }
            }
        });
        let client = T::new(Setup::new(server.base_url()));
        client.send(&create()).unwrap();
        assert_cut_off(client.send(&create()).unwrap_err());
        client.send(&create()).unwrap();
        assert_eq!(server.requests().len(), 3, "nothing is sent twice");
    }
}

fn a_request_without_a_body_that_is_not_sent<T: Transport>() {
    let gone = Server::start(|_| {}).base_url();
    let untrusted = Server::start_tls(certificates::self_signed("127.0.0.1"), |_| {});
    for base_url in [gone, "http://kit.invalid".to_owned(), untrusted.base_url()] {
        let connect_timeout = Duration::from_secs(5);
        let setup = Setup::in_the_clear(base_url)
            .with(|settings| settings.connect_timeout = connect_timeout);
        let client = T::new(setup);
        assert_not_sent_at(client.send(&DeleteWebhook::new(9.into())).unwrap_err(), "DELETE");
    }
}
