//! HTTP/1.1 whose messages have no clear end, or another than they say: each gets the documented error, in
//! time, and none of it becomes the reply to another request.

use std::time::Duration;

use kit_core::webhooks::{CreateWebhook, DeleteWebhook, Event};
use kit_core::{Applied, Endpoint as _, Error, TransportError};
use kit_tests::on_each_transport;
use kit_tests::secrets::assert_error_silent;
use kit_tests::server::Server;
use kit_tests::transport::{Setup, Transport};

on_each_transport!(
    a_length_that_is_said_twice_counts_once,
    lengths_that_differ_are_no_length,
    chunks_count_more_than_a_length,
    a_chunk_of_no_size_is_cut_off,
    endless_trailers_end,
    a_204_with_a_body_is_a_204_and_its_body_no_reply,
    a_switch_of_protocols_is_no_success,
    a_reset_is_cut_off,
    a_refusal_that_does_not_wait_for_the_body_is_told,
    a_peer_that_never_reads_is_given_up,
    a_408_on_an_idle_connection_is_no_reply,
    a_second_reply_is_no_reply,
);

const BODY: &str = r#"{"webhook": {"id": 9, "account_id": 1539, "target_url": "https://example.com/kit",
    "event": {"name": "purchase_create", "initiator_value": null}}}"#;
const LENGTH: usize = BODY.len();
const CREATED: &str = "HTTP/1.1 201 Created\r\n";
const CHUNKED: &str = "Transfer-Encoding: chunked\r\n";

/// Long enough for a request to be on its way, however busy the machine is.
const TIMEOUT: Duration = Duration::from_secs(1);

fn create() -> CreateWebhook {
    CreateWebhook::new("https://example.com/kit", Event::PurchaseCreate).unwrap()
}

/// A create with more in its body than a socket holds.
fn large() -> impl kit_core::Endpoint<Reply = kit_core::webhooks::Webhook> {
    create().with_body(serde_json::json!({"padding": "x".repeat(16 * 1024 * 1024)}))
}

/// A server that answers each request with these bytes, and then goes on reading.
fn answering(bytes: impl Into<String>) -> Server {
    let bytes = bytes.into();
    Server::start(move |peer| while peer.request().is_some() && peer.send(&bytes).is_ok() {})
}

/// The outcome of a create that is answered with these bytes.
fn call<T: Transport>(bytes: impl Into<String>) -> Result<u64, Error> {
    let server = answering(bytes);
    let outcome = T::new(hasty(&server)).send(&create());
    assert_eq!(server.requests().len(), 1, "it is not sent again");
    outcome.map(|webhook| webhook.id.get())
}

fn hasty(server: &Server) -> Setup {
    Setup::new(server.base_url()).with(|settings| settings.attempt_timeout = TIMEOUT)
}

fn failure(error: Error) -> TransportError {
    assert_error_silent(&error);
    match error {
        Error::Transport { failure, .. } => failure,
        error => panic!("not of the transport: {error}"),
    }
}

fn assert_cut_off(outcome: Result<u64, Error>) {
    let failure = failure(outcome.unwrap_err());
    assert!(matches!(failure, TransportError::CutOff(_)), "{failure}");
    assert_eq!(failure.applied(), Applied::Perhaps);
}

fn a_length_that_is_said_twice_counts_once<T: Transport>() {
    for lengths in [
        format!("Content-Length: {LENGTH}\r\nContent-Length: {LENGTH}"),
        format!("Content-Length: {LENGTH}, {LENGTH}"),
    ] {
        assert_eq!(call::<T>(format!("{CREATED}{lengths}\r\n\r\n{BODY}")).unwrap(), 9);
    }
}

/// RFC 9112, section 6.3.
fn lengths_that_differ_are_no_length<T: Transport>() {
    for (one, another) in [(LENGTH, 10), (10, LENGTH), (LENGTH, LENGTH + 1)] {
        let lengths = format!("Content-Length: {one}\r\nContent-Length: {another}");
        assert_cut_off(call::<T>(format!("{CREATED}{lengths}\r\n\r\n{BODY}")));
    }
}

fn chunks_count_more_than_a_length<T: Transport>() {
    let length = "Content-Length: 10\r\n";
    for headers in [format!("{length}{CHUNKED}"), format!("{CHUNKED}{length}")] {
        let chunks = format!("{LENGTH:x}\r\n{BODY}\r\n0\r\n\r\n");
        assert_eq!(call::<T>(format!("{CREATED}{headers}\r\n{chunks}")).unwrap(), 9);
    }
}

fn a_chunk_of_no_size_is_cut_off<T: Transport>() {
    let less = format!("{:x}", LENGTH - 1);
    for size in ["zz", "-1", "", "fffffffffffffffff", &less] {
        let chunks = format!("{size}\r\n{BODY}\r\n0\r\n\r\n");
        assert_cut_off(call::<T>(format!("{CREATED}{CHUNKED}\r\n{chunks}")));
    }
}

fn endless_trailers_end<T: Transport>() {
    for (start, more) in [("", "X-Trailer: x\r\n"), ("X-Trailer: ", "x")] {
        let start = format!("{CREATED}{CHUNKED}\r\n{LENGTH:x}\r\n{BODY}\r\n0\r\n{start}");
        let more = more.repeat(1000);
        let server = Server::start(move |peer| {
            peer.request();
            let mut sent = peer.send(&start);
            while sent.is_ok() {
                sent = peer.send(&more);
            }
        });
        let failure = failure(T::new(hasty(&server)).send(&create()).unwrap_err());
        assert_eq!(failure.applied(), Applied::Perhaps, "{failure}");
        // The client has not waited for the server to close.
        server.wait_until_closed(1);
    }
}

fn a_204_with_a_body_is_a_204_and_its_body_no_reply<T: Transport>() {
    let body = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    for (headers, body) in [
        (format!("Content-Length: {}\r\n", body.len()), body.to_owned()),
        (CHUNKED.to_owned(), format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len())),
        (String::new(), body.to_owned()),
    ] {
        let server = answering(format!("HTTP/1.1 204 No Content\r\n{headers}\r\n{body}"));
        let client = T::new(hasty(&server));
        for _ in 0..5 {
            client.send(&DeleteWebhook::new(9.into())).unwrap();
        }
        assert_eq!(server.requests().len(), 5);
    }
}

fn a_switch_of_protocols_is_no_success<T: Transport>() {
    for headers in ["", "Connection: upgrade\r\nUpgrade: websocket\r\n"] {
        let switched = format!("HTTP/1.1 101 Switching Protocols\r\n{headers}\r\n{BODY}");
        match call::<T>(switched) {
            Err(Error::Api(error)) => assert_eq!(error.status(), 101),
            outcome => panic!("not an API error: {outcome:?}"),
        }
    }
}

fn a_reset_is_cut_off<T: Transport>() {
    for part in ["", "HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{"] {
        let server = Server::start(move |peer| {
            peer.request();
            let _ = peer.send(part);
            peer.reset();
        });
        assert_cut_off(T::new(hasty(&server)).send(&create()).map(|webhook| webhook.id.get()));
        assert_eq!(server.requests().len(), 1, "it is not sent again");
    }
}

/// The rest of the request is read, or the refusal could be lost in a reset.
fn a_refusal_that_does_not_wait_for_the_body_is_told<T: Transport>() {
    let server = Server::start(|peer| {
        peer.head();
        let refusal =
            "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 2\r\n";
        let _ = peer.send(format!("{refusal}\r\n{{}}"));
        peer.until_closed();
    });
    let setup = Setup::new(server.base_url());
    match T::new(setup).send(&large()) {
        Err(Error::Api(error)) => assert_eq!(error.status(), 413),
        outcome => panic!("not an API error: {outcome:?}"),
    }
}

fn a_peer_that_never_reads_is_given_up<T: Transport>() {
    let server = Server::start(|peer| while peer.pause(TIMEOUT) {});
    let error = T::new(hasty(&server)).send(&large()).unwrap_err();
    assert!(error.may_have_been_applied(), "{error}");
    let failure = failure(error);
    assert!(matches!(failure, TransportError::TimedOut(_)), "{failure}");
}

fn a_408_on_an_idle_connection_is_no_reply<T: Transport>() {
    let timeout = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    nothing_behind_a_reply_is_a_reply::<T>(timeout);
}

fn a_second_reply_is_no_reply<T: Transport>() {
    let other = BODY.replace("\"id\": 9", "\"id\": 6");
    let again = format!("{CREATED}Content-Length: {LENGTH}\r\n\r\n{other}");
    nothing_behind_a_reply_is_a_reply::<T>(&again);
}

fn nothing_behind_a_reply_is_a_reply<T: Transport>(more: &str) {
    // With it, so that it is there before the next request.
    let server = answering(format!("{CREATED}Content-Length: {LENGTH}\r\n\r\n{BODY}{more}"));
    let client = T::new(Setup::new(server.base_url()));
    for _ in 0..5 {
        assert_eq!(client.send(&create()).unwrap().id, 9.into());
    }
    assert_eq!(server.requests().len(), 5);
}
