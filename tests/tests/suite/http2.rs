//! HTTP/2 whose server misbehaves, frame by frame: each call gets the documented error, in time, and what the
//! server has not processed is told apart from what it may have.

use std::time::Duration;

use kit_core::webhooks::{CreateWebhook, Event, Webhook};
use kit_core::{Applied, Credentials, Error, RetryPolicy, TransportError};
use kit_hyper::Client;
use kit_hyper::settings::{Certificate, Roots};
use kit_tests::certificates::Authority;
use kit_tests::http2::{Connection, END_HEADERS, Kind, serve};
use kit_tests::secrets::assert_error_silent;
use kit_tests::server::Server;

const CREATED: &str = r#"{"webhook": {"id": 9, "account_id": 1539,
    "target_url": "https://example.com/kit", "event": {"name": "purchase_create"}}}"#;
const NO_SETTINGS: &[u8] = &[];

/// The errors of RFC 9113, section 7.
const NO_ERROR: u32 = 0;
const INTERNAL_ERROR: u32 = 2;
const REFUSED_STREAM: u32 = 7;
const ENHANCE_YOUR_CALM: u32 = 11;

/// Long enough for a request to be on its way, however busy the machine is.
const TIMEOUT: Duration = Duration::from_secs(1);

fn create() -> CreateWebhook {
    CreateWebhook::new("https://example.com/kit", Event::PurchaseCreate).unwrap()
}

fn builder(server: &Server, authority: &Authority) -> kit_hyper::Builder {
    let root = Certificate::new(authority.certificate().to_vec());
    Client::builder()
        .base_url(server.base_url())
        .roots(Roots::Only(vec![root]))
        .retry(RetryPolicy::none())
}

async fn call(
    settings: &'static [u8],
    change: impl FnOnce(kit_hyper::Builder) -> kit_hyper::Builder,
    script: impl Fn(&mut Connection<'_, '_>) + Send + Sync + 'static,
) -> Result<Webhook, Error> {
    let authority = Authority::new();
    let server = serve(&authority, settings, script);
    let client = change(builder(&server, &authority)).build(Credentials::api_key("kit_0123"));
    let outcome = client.unwrap().send(&create()).await;
    assert_eq!(server.connections(), 1);
    outcome
}

fn failure(outcome: Result<Webhook, Error>) -> TransportError {
    let error = outcome.unwrap_err();
    assert_error_silent(&error);
    match error {
        Error::Transport { failure, .. } => {
            assert_eq!(failure.applied() == Applied::Perhaps, !is_harmless(&failure));
            failure
        }
        error => panic!("not of the transport: {error}"),
    }
}

fn is_harmless(failure: &TransportError) -> bool {
    matches!(failure, TransportError::NotSent(_) | TransportError::NotProcessed(_))
}

/// RFC 9113, section 8.7: the server promises that it has done nothing.
#[tokio::test]
async fn a_request_that_the_server_has_not_processed_is_told_apart() {
    for (last_stream, error) in [(0, NO_ERROR), (0, ENHANCE_YOUR_CALM)] {
        let failure = failure(
            call(
                NO_SETTINGS,
                |builder| builder,
                move |connection| {
                    connection.request();
                    connection.go_away(last_stream, error);
                    connection.peer().until_closed();
                },
            )
            .await,
        );
        assert!(matches!(failure, TransportError::NotProcessed(_)), "{failure}");
    }
    let refused = call(
        NO_SETTINGS,
        |builder| builder,
        |connection| {
            let Some(request) = connection.request() else { return };
            connection.reset(request.stream, REFUSED_STREAM);
            connection.peer().until_closed();
        },
    );
    let failure = failure(refused.await);
    assert!(matches!(failure, TransportError::NotProcessed(_)), "{failure}");
}

/// A create, too: nobody has done it.
#[tokio::test]
async fn a_request_that_the_server_has_not_processed_is_sent_again() {
    let authority = Authority::new();
    let count = std::sync::atomic::AtomicUsize::new(0);
    let server = serve(&authority, NO_SETTINGS, move |connection| {
        while let Some(request) = connection.request() {
            match count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
                0 => connection.reset(request.stream, REFUSED_STREAM),
                1 => {
                    connection.go_away(0, NO_ERROR);
                    return;
                }
                _ => connection.respond(request.stream, 201, CREATED),
            }
        }
    });
    let eager = RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO);
    let client = builder(&server, &authority).retry(eager);
    let client = client.build(Credentials::api_key("kit_0123")).unwrap();
    assert_eq!(client.send(&create()).await.unwrap().id, 9.into());
}

#[tokio::test]
async fn a_request_that_the_server_may_have_processed_is_cut_off() {
    let ends: [fn(&mut Connection<'_, '_>, u32); 6] = [
        // The request is the last that the server has looked at.
        |connection, stream| connection.go_away(stream, INTERNAL_ERROR),
        |connection, stream| connection.go_away(stream, NO_ERROR),
        |connection, stream| connection.reset(stream, INTERNAL_ERROR),
        |connection, _| {
            connection.send(Kind::Data, 0, 0, &[]);
        },
        |connection, stream| {
            connection.send(Kind::PushPromise, END_HEADERS, stream, &[0, 0, 0, 2]);
        },
        |_, _| {},
    ];
    for (number, end) in ends.into_iter().enumerate() {
        let outcome = call(
            NO_SETTINGS,
            |builder| builder,
            move |connection| {
                let Some(request) = connection.request() else { return };
                end(connection, request.stream);
            },
        );
        let failure = failure(outcome.await);
        assert!(matches!(failure, TransportError::CutOff(_)), "{number}: {failure}");
    }
}

/// A GOAWAY that lets the request go on is no failure.
#[tokio::test]
async fn a_reply_behind_a_goaway_counts() {
    let outcome = call(
        NO_SETTINGS,
        |builder| builder,
        |connection| {
            let Some(request) = connection.request() else { return };
            connection.go_away(request.stream, NO_ERROR);
            connection.respond(request.stream, 201, CREATED);
            connection.peer().until_closed();
        },
    );
    assert_eq!(outcome.await.unwrap().id, 9.into());
}

#[tokio::test]
async fn a_window_that_never_opens_is_given_up() {
    // SETTINGS_INITIAL_WINDOW_SIZE is 0.
    let closed = &[0, 4, 0, 0, 0, 0];
    let outcome = call(
        closed,
        |builder| builder.attempt_timeout(TIMEOUT),
        |connection| {
            connection.headers();
            connection.peer().until_closed();
        },
    );
    let failure = failure(outcome.await);
    assert!(matches!(failure, TransportError::TimedOut(_)), "{failure}");
}

#[tokio::test]
async fn headers_that_are_too_large_are_cut_off() {
    // As one block that is whole, and as one that goes on for ever.
    for is_endless in [false, true] {
        let outcome = call(
            NO_SETTINGS,
            |builder| builder,
            move |connection| {
                let Some(request) = connection.request() else { return };
                connection.send(Kind::Headers, 0, request.stream, &[8, 3, b'2', b'0', b'1']);
                // `x` with a value of 16,000 bytes, without indexing.
                let more = [&[0, 1, b'x', 0x7f, 0x81, 0x7c][..], &[b'x'; 16_000]].concat();
                let last = if is_endless { usize::MAX } else { 10 };
                for number in 0..=last {
                    let flags = if number == last { END_HEADERS } else { 0 };
                    if !connection.send(Kind::Continuation, flags, request.stream, &more) {
                        return;
                    }
                }
                connection.peer().until_closed();
            },
        );
        let failure = failure(outcome.await);
        assert!(matches!(failure, TransportError::CutOff(_)), "{is_endless}: {failure}");
    }
}

/// That somebody is there is no answer.
#[tokio::test]
async fn a_server_that_pings_and_says_nothing_else_is_given_up() {
    let change = |builder: kit_hyper::Builder| {
        // One ping is sent and acknowledged, and none can be too late: its own limit is as long.
        let often = TIMEOUT * 3 / 5;
        builder.attempt_timeout(TIMEOUT).http2_keep_alive(often)
    };
    let outcome = call(NO_SETTINGS, change, |connection| {
        connection.request();
        // Acknowledges the client's pings, too.
        connection.send(Kind::Ping, 0, 0, &[7; 8]);
        connection.request();
    });
    let failure = failure(outcome.await);
    assert!(matches!(failure, TransportError::TimedOut(_)), "{failure}");
}

/// Long before the timeout of the attempt.
#[tokio::test]
async fn a_connection_that_has_silently_broken_is_found_out() {
    let change = |builder: kit_hyper::Builder| {
        builder.attempt_timeout(Duration::from_secs(60)).http2_keep_alive(Duration::from_millis(50))
    };
    let outcome = call(NO_SETTINGS, change, |connection| {
        connection.request();
        while connection.peer().pause(Duration::from_millis(100)) {}
    });
    let failure = failure(outcome.await);
    assert!(matches!(failure, TransportError::CutOff(_)), "{failure}");
}
