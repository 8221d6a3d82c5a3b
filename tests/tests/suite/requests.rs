//! Requests on the wire, looked at byte by byte, and over HTTP/2 frame by frame.

use std::collections::BTreeMap;
use std::io::Read as _;

use http::Method;
use kit_core::oauth::{App, RefreshTokens, RevokeToken};
use kit_core::webhooks::{CreateWebhook, DeleteWebhook, Event, ListWebhooks};
use kit_core::wire::{Body, Path, ReadError, Reply};
use kit_core::{Credentials, Effect, Endpoint, Error, List as _};
use kit_tests::certificates::Authority;
use kit_tests::http2;
use kit_tests::on_each_transport;
use kit_tests::server::Server;
use kit_tests::strict::StrictRequest;
use kit_tests::transport::{HyperOnCurrentThread, Setup, Transport};

on_each_transport!(
    a_request_is_its_line_its_headers_and_its_body,
    a_request_without_a_body_says_so_where_one_is_usual,
    a_cursor_comes_through_a_query_as_it_was,
    the_credential_goes_to_no_page_of_oauth,
    a_path_in_front_and_a_port_are_in_the_request,
);

const USER_AGENT: &str = concat!("kit-core/", env!("CARGO_PKG_VERSION"));

/// An operation of one's own, with a body or without.
struct Own<const METHOD: char> {
    body: Option<&'static str>,
}

impl<const METHOD: char> Endpoint for Own<METHOD> {
    const METHOD: Method = match METHOD {
        'P' => Method::POST,
        'U' => Method::PUT,
        'A' => Method::PATCH,
        'D' => Method::DELETE,
        _ => Method::GET,
    };
    const PATH: &'static str = "/v4/own/{id}";
    const EFFECT: Effect = Effect::Repeatable;
    type Reply = ();

    fn path(&self) -> Path {
        Path::with(Self::PATH, [9])
    }

    fn body(&self) -> Result<Body, Error> {
        self.body.map_or_else(|| Ok(Body::none()), |text| Body::json(&text))
    }

    fn reply(&self, reply: Reply<'_>) -> Result<(), ReadError> {
        reply.nothing()
    }
}

/// All that a client sends for one operation, on a connection that ends with it.
fn sent<T: Transport, E: Endpoint>(
    setup: impl FnOnce(Setup) -> Setup,
    endpoint: &E,
) -> (StrictRequest, String) {
    let (sender, receiver) = std::sync::mpsc::channel();
    let server = Server::start(move |peer| {
        let Some(mut bytes) = peer.head() else { return };
        let head = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        peer.read_exact(&mut body).unwrap();
        bytes.extend(body);
        let _ =
            peer.send("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        // Whatever else there is.
        let _ = peer.read_to_end(&mut bytes);
        sender.send(bytes).unwrap();
    });
    let client = T::new(setup(Setup::new(server.base_url())));
    assert!(matches!(client.send(endpoint), Err(Error::Api(error)) if error.status() == 400));
    let bytes = receiver.recv().unwrap();
    let host = server.address().to_string();
    match StrictRequest::read(&bytes) {
        Ok(request) => (request, host),
        Err(error) => panic!("{error}: {:?}", String::from_utf8_lossy(&bytes)),
    }
}

/// Fails unless these are all the headers that there are, with those of every request.
fn assert_headers(request: &StrictRequest, host: &str, more: &[(&str, &str)]) {
    let every = [("host", host), ("accept", "application/json"), ("user-agent", USER_AGENT)];
    let expected: BTreeMap<_, _> = every
        .iter()
        .chain(more)
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    assert_eq!(request.headers, expected);
}

fn create() -> CreateWebhook {
    CreateWebhook::new("https://example.com/kit", Event::TagAdd { tag_id: 44.into() }).unwrap()
}

const CREATE: &str = r#"{"target_url":"https://example.com/kit","event":{"name":"subscriber.tag_add","form_id":null,"tag_id":44,"sequence_id":null,"product_id":null,"initiator_value":null,"custom_field_id":null}}"#;

fn a_request_is_its_line_its_headers_and_its_body<T: Transport>() {
    let length = CREATE.len().to_string();
    let json = [("content-type", "application/json"), ("content-length", &length)];
    for (credentials, credential) in [
        (Credentials::api_key("kit_0123"), ("x-kit-api-key", "kit_0123")),
        (Credentials::access_token("abc"), ("authorization", "Bearer abc")),
    ] {
        let setup = |setup: Setup| setup.as_whom(credentials.clone());
        let (request, host) = sent::<T, _>(setup, &create());
        assert_eq!((&*request.method, &*request.target), ("POST", "/v4/webhooks"));
        assert_headers(&request, &host, &[&json[..], &[credential]].concat());
        assert_eq!(String::from_utf8(request.body).unwrap(), CREATE);

        for (request, line) in [
            (sent::<T, _>(setup, &ListWebhooks::new()), ("GET", "/v4/webhooks")),
            (sent::<T, _>(setup, &DeleteWebhook::new(9.into())), ("DELETE", "/v4/webhooks/9")),
            (sent::<T, _>(setup, &Own::<'G'> { body: None }), ("GET", "/v4/own/9")),
            (sent::<T, _>(setup, &Own::<'D'> { body: None }), ("DELETE", "/v4/own/9")),
        ] {
            let (request, host) = request;
            assert_eq!((&*request.method, &*request.target), line);
            assert_headers(&request, &host, &[credential]);
        }
    }
}

/// RFC 9110, section 8.6.
fn a_request_without_a_body_says_so_where_one_is_usual<T: Transport>() {
    let key = ("x-kit-api-key", kit_tests::secrets::SECRET);
    let none = |(request, host): (StrictRequest, String), method: &str| {
        assert_eq!((&*request.method, &*request.target), (method, "/v4/own/9"));
        assert_headers(&request, &host, &[key, ("content-length", "0")]);
    };
    none(sent::<T, _>(|setup| setup, &Own::<'P'> { body: None }), "POST");
    none(sent::<T, _>(|setup| setup, &Own::<'U'> { body: None }), "PUT");
    none(sent::<T, _>(|setup| setup, &Own::<'A'> { body: None }), "PATCH");
    // With a body, each has it, whatever the method is.
    let body = Some("text");
    let some = |(request, host): (StrictRequest, String), method: &str| {
        let json = [("content-type", "application/json"), ("content-length", "6")];
        assert_eq!(request.method, method);
        assert_headers(&request, &host, &[&json[..], &[key]].concat());
        assert_eq!(request.body, b"\"text\"");
    };
    some(sent::<T, _>(|setup| setup, &Own::<'P'> { body }), "POST");
    some(sent::<T, _>(|setup| setup, &Own::<'U'> { body }), "PUT");
    some(sent::<T, _>(|setup| setup, &Own::<'A'> { body }), "PATCH");
    some(sent::<T, _>(|setup| setup, &Own::<'D'> { body }), "DELETE");
}

fn a_cursor_comes_through_a_query_as_it_was<T: Transport>() {
    let cursor = "WzFd+/=&?#% \u{e9}\r\n\"<>";
    let list = ListWebhooks::new().after(cursor).per_page(50).unwrap().with_total_count();
    let (request, _) = sent::<T, _>(|setup| setup, &list);
    let (path, query) = request.target.split_once('?').unwrap();
    assert_eq!(path, "/v4/webhooks");
    let pairs: Vec<_> = query.split('&').map(|pair| pair.split_once('=').unwrap()).collect();
    let [("after", after), ("per_page", "50"), ("include_total_count", "true")] = pairs[..] else {
        panic!("{query}");
    };
    assert_eq!(decode(after), cursor);
}

/// Percent-encoding, read by RFC 3986 alone: a plus is a plus.
fn decode(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, behind @ ..] = rest {
        if let ([high, low, behind @ ..], b'%') = (behind, first) {
            let hex = [*high, *low];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap());
            rest = behind;
        } else {
            bytes.push(*first);
            rest = behind;
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn the_credential_goes_to_no_page_of_oauth<T: Transport>() {
    let app = App::confidential("id", "s&c");
    let refresh = r#"{"client_id":"id","client_secret":"s&c","grant_type":"refresh_token","refresh_token":"r"}"#;
    let revoke = "client_id=id&client_secret=s%26c&token=r&token_type_hint=refresh_token";
    let form = "application/x-www-form-urlencoded";
    for ((request, host), path, media_type, body) in [
        (
            sent::<T, _>(|setup| setup, &RefreshTokens::new(&app, "r")),
            "/v4/oauth/token",
            "application/json",
            refresh,
        ),
        (
            sent::<T, _>(|setup| setup, &RevokeToken::refresh(&app, "r")),
            "/v4/oauth/revoke",
            form,
            revoke,
        ),
    ] {
        assert_eq!((&*request.method, &*request.target), ("POST", path));
        let length = body.len().to_string();
        assert_headers(
            &request,
            &host,
            &[("content-type", media_type), ("content-length", &length)],
        );
        assert_eq!(String::from_utf8(request.body).unwrap(), body);
    }
}

fn a_path_in_front_and_a_port_are_in_the_request<T: Transport>() {
    let prefixed = |setup: Setup| {
        setup.with(|settings| {
            let url = settings.base_url.take().unwrap().replace("127.0.0.1", "localhost");
            settings.base_url = Some(format!("{url}/a/b/"));
            settings.user_agent = Some("newsletter/2.1".to_owned());
        })
    };
    let (request, host) = sent::<T, _>(prefixed, &ListWebhooks::new());
    assert_eq!(request.target, "/a/b/v4/webhooks");
    assert_eq!(request.headers["host"], host.replace("127.0.0.1", "localhost"));
    assert_eq!(request.headers["user-agent"], format!("newsletter/2.1 {USER_AGENT}"));
}

/// RFC 9113, sections 8.2 and 8.3.
#[test]
fn http_2_has_the_same_in_its_frames() {
    let authority = Authority::new();
    let (sender, receiver) = std::sync::mpsc::channel();
    let server = http2::serve(&authority, &[], move |connection| {
        while let Some(request) = connection.request() {
            connection.respond(request.stream, 400, "{}");
            sender.send(request).unwrap();
        }
    });
    let host = server.address().to_string();
    let setup = Setup::new(server.base_url()).trusting(&authority.certificate());
    let client = HyperOnCurrentThread::new(setup);
    let sent = |request: &http2::Request| -> Vec<(String, String)> { request.headers.clone() };
    let expected = |pseudo: [&str; 2], more: &[(&str, &str)]| -> BTreeMap<String, String> {
        let every = [
            (":method", pseudo[0]),
            (":scheme", "https"),
            (":authority", &host),
            (":path", pseudo[1]),
            ("accept", "application/json"),
            ("user-agent", USER_AGENT),
        ];
        every.iter().chain(more).map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
    };
    let key = ("x-kit-api-key", kit_tests::secrets::SECRET);
    let length = CREATE.len().to_string();
    let json = [("content-type", "application/json"), ("content-length", &*length), key];

    for _ in 0..2 {
        assert!(matches!(client.send(&create()), Err(Error::Api(_))));
        assert!(matches!(client.send(&ListWebhooks::new()), Err(Error::Api(_))));
        assert!(matches!(client.send(&Own::<'P'> { body: None }), Err(Error::Api(_))));
        for (line, more, body) in [
            (["POST", "/v4/webhooks"], &json[..], CREATE),
            (["GET", "/v4/webhooks"], &[key], ""),
            (["POST", "/v4/own/9"], &[key, ("content-length", "0")], ""),
        ] {
            let request = receiver.recv().unwrap();
            let headers = sent(&request);
            let count = headers.iter().take_while(|(name, _)| name.starts_with(':')).count();
            assert_eq!(count, 4, "those with a colon come first: {headers:?}");
            let names = headers.len();
            let headers: BTreeMap<_, _> = headers.into_iter().collect();
            assert_eq!(headers.len(), names, "none comes twice");
            assert_eq!(headers, expected(line, more));
            assert_eq!(String::from_utf8(request.body).unwrap(), body);
        }
    }
}
