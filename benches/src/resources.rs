//! A page of 1,000 subscribers, and requests of each kind: with ids in the path, with a query, with a body, with many
//! items.

use std::collections::BTreeMap;
use std::hint::black_box;

use http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use http::{Method, Request, Response, Uri};
use kit_core::bulk::{BulkTagSubscribers, Tagging};
use kit_core::subscribers::{
    CreateSubscriber, ListSubscribers, Subscriber as Ours, SubscriberStatus,
};
use kit_core::tags::TagSubscriber;
use kit_core::{Credentials, Endpoint, Kit, List as _, Page, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

const TOKEN: &str = "0123456789abcdef";

/// The client.
pub fn kit() -> Kit {
    Kit::new(Credentials::access_token(TOKEN))
}

/// A page of 1,000 subscribers, as Kit answers with it.
pub fn page() -> Vec<u8> {
    let subscriber = |number: u64| {
        json!({"id": number, "first_name": format!("Person {number}"),
            "email_address": format!("person-{number}@example.com"), "state": "active",
            "created_at": "2023-01-27T11:43:55Z",
            "fields": {"last_name": "Lee", "company": null, "role": "reader"}})
    };
    let subscribers: Vec<_> = (1..=1000).map(subscriber).collect();
    let body = json!({"subscribers": subscribers, "pagination": {"has_previous_page": false,
        "has_next_page": true, "start_cursor": "WzFd", "end_cursor": "WzEwMDBd", "per_page": 1000}});
    body.to_string().into_bytes()
}

/// Reads the page.
pub fn read(kit: &Kit, list: &ListSubscribers, body: &[u8]) -> Page<Ours> {
    kit.response(list, Response::new(body)).expect("a page")
}

/// The page, as derived structs with the same fields.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "they are read, and no more")]
pub struct FloorPage {
    subscribers: Vec<FloorSubscriber>,
    pagination: FloorPagination,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "they are read, and no more")]
struct FloorSubscriber {
    id: u64,
    first_name: Option<String>,
    email_address: String,
    state: String,
    created_at: Timestamp,
    fields: BTreeMap<String, Option<String>>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "they are read, and no more")]
struct FloorPagination {
    has_previous_page: bool,
    has_next_page: bool,
    start_cursor: Option<String>,
    end_cursor: Option<String>,
    per_page: u64,
}

/// Reads the page into derived structs.
pub fn read_floor(body: &[u8]) -> FloorPage {
    serde_json::from_slice(body).expect("a page")
}

/// A request of some kind, and the same by hand.
pub struct Build {
    /// The name of the row.
    pub name: &'static str,
    /// By the client.
    pub ours: Box<dyn Fn() -> Request<Vec<u8>>>,
    /// By hand.
    pub floor: Box<dyn Fn() -> Request<Vec<u8>>>,
}

impl std::fmt::Debug for Build {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Build").field("name", &self.name).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Nothing {}

#[derive(Serialize)]
struct New<'a> {
    email_address: &'a str,
    first_name: &'a str,
    fields: BTreeMap<&'a str, &'a str>,
}

#[derive(Serialize)]
struct Taggings {
    taggings: Vec<FloorTagging>,
}

#[derive(Serialize)]
struct FloorTagging {
    tag_id: u64,
    subscriber_id: u64,
}

/// A request of each kind. (The compiler would write values that it knows into the floors' formats.)
pub fn builds() -> [Build; 4] {
    let tag = TagSubscriber::new(44.into(), 9.into());
    let list = ListSubscribers::new().with_status(SubscriberStatus::All).after("WzEwMDBd");
    let create =
        CreateSubscriber::new("ann@example.com").expect("an address").with_first_name("Ann");
    let create = create.with_field("last_name", "Lee").with_field("company", "X");
    let tagging = |number: u64| Tagging::new(44.into(), number.into());
    let bulk = BulkTagSubscribers::new((1..=100).map(tagging)).expect("some");
    let headers = headers();
    [
        build("a request with ids in its path", tag, {
            let headers = headers.clone();
            move || {
                let uri = format!(
                    "https://api.kit.com/v4/tags/{}/subscribers/{}",
                    black_box(44_u64),
                    black_box(9_u64)
                );
                request(Method::POST, &uri, &headers, to_json(&Nothing {}))
            }
        }),
        build("a request with a query", list, {
            let mut headers = headers.clone();
            headers.remove(CONTENT_TYPE);
            move || {
                let uri = format!(
                    "https://api.kit.com/v4/subscribers?status={}&after={}",
                    black_box("all"),
                    black_box("WzEwMDBd")
                );
                request(Method::GET, &uri, &headers, Vec::new())
            }
        }),
        build("a request with a body", create, {
            let headers = headers.clone();
            move || {
                let fields = BTreeMap::from([("company", "X"), ("last_name", "Lee")]);
                let new = New { email_address: "ann@example.com", first_name: "Ann", fields };
                request(Method::POST, "https://api.kit.com/v4/subscribers", &headers, to_json(&new))
            }
        }),
        build("a request with 100 items", bulk, move || {
            let tagging = |subscriber_id| FloorTagging { tag_id: 44, subscriber_id };
            let body = Taggings { taggings: (1..=100).map(tagging).collect() };
            let uri = "https://api.kit.com/v4/bulk/tags/subscribers";
            request(Method::POST, uri, &headers, to_json(&body))
        }),
    ]
}

fn build<E: Endpoint + 'static>(
    name: &'static str,
    endpoint: E,
    floor: impl Fn() -> Request<Vec<u8>> + 'static,
) -> Build {
    let kit = kit();
    let ours = move || kit.request(&endpoint).expect("a request");
    Build { name, ours: Box::new(ours), floor: Box::new(floor) }
}

fn headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(USER_AGENT, HeaderValue::from_static("kit-core/0.1.0"));
    headers.insert("authorization", HeaderValue::from_static("Bearer 0123456789abcdef"));
    headers
}

fn to_json(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("JSON")
}

fn request(method: Method, uri: &str, headers: &HeaderMap, body: Vec<u8>) -> Request<Vec<u8>> {
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = uri.parse::<Uri>().expect("a URL");
    *request.headers_mut() = headers.clone();
    request
}
