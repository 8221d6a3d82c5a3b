//! An import of many rows, without a server: the answers are made of the requests.

use std::hint::black_box;
use std::time::SystemTime;

use kit_core::import::{Import, ImportClient, ImportRow, ImportStep};
use kit_core::{Credentials, Endpoint, Error, Kit};
use serde_json::{Value, json};

/// Answers bulk requests as Kit does.
struct Answering(Kit);

impl ImportClient for Answering {
    fn send<E: Endpoint>(&self, operation: &E) -> Result<E::Reply, Error> {
        let request = self.0.request(operation)?;
        let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
        let row = |(number, item): (usize, &Value)| {
            json!({"id": item.get("subscriber_id").unwrap_or(&json!(number + 1)), "first_name": null,
                "email_address": item.get("email_address"), "state": "active",
                "created_at": "2026-07-29T14:32:10Z", "tagged_at": "2026-07-29T14:32:10Z"})
        };
        let rows = |items: &str| -> Value {
            let items = body[items].as_array().into_iter().flatten().enumerate();
            json!({"subscribers": items.map(row).collect::<Vec<_>>(), "failures": []})
        };
        let reply = match request.uri().path() {
            "/v4/bulk/subscribers" => rows("subscribers"),
            "/v4/bulk/tags/subscribers" => rows("taggings"),
            _ => json!({"tag": {"id": 44, "name": "VIP", "created_at": "2026-07-29T14:32:10Z"}}),
        };
        self.0.response(operation, http::Response::new(reply.to_string()))
    }
}

/// Imports so many rows, each with a tag. Returns how many are done.
pub fn run(count: usize) -> usize {
    let client = Answering(Kit::new(Credentials::access_token("token")));
    let mut rows = (0..count).map(|number| {
        ImportRow::new(format!("person-{number}@example.com"))
            .with_first_name("Person")
            .with_tag("VIP")
    });
    let mut import = Import::new();
    import.begin(client.0.credentials(), SystemTime::now());
    let mut done = 0;
    loop {
        match import.next() {
            ImportStep::Recall => import.recalled(Ok(None)),
            ImportStep::Rows(count) => import.rows(rows.by_ref().take(count).collect()),
            ImportStep::Send(request) => import.told(request.send(&client)),
            ImportStep::Record(_) => import.recorded(Ok(())),
            ImportStep::Report(reports) => {
                done += reports.iter().filter(|report| report.result.outcome.is_done()).count();
            }
            ImportStep::Wait(_) => import.waited(),
            _ => return done,
        }
    }
}

/// The most memory in use at once, in bytes.
#[expect(clippy::cast_precision_loss, reason = "it is small")]
pub fn memory(count: usize) -> f64 {
    let info = allocation_counter::measure(|| assert_eq!(black_box(run(count)), count));
    info.bytes_max as f64
}
