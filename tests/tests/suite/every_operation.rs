//! Every operation against the emulator: each is served, and each reply has exactly the documented fields.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use kit_core::{Credentials, Error, Kit};
use kit_emulator::Emulator;
use kit_tests::every_operation::{Ids, run};
use kit_tests::facts::{self, Operation, Variant};
use kit_tests::operations::AnyOperation;
use serde_json::Value;

/// Places where a reply has null or a text that its schema lacks, and that Kit's text or another schema has.
const CONTRADICTIONS: [&str; 11] = [
    "GET /v4/sequences/{sequence_id}/emails/{id} 200: .email.preview_text is null",
    "GET /v4/subscribers/{subscriber_id}/stats 200: .subscriber.stats.last_sent is null",
    "GET /v4/webhook_endpoints/{id} 200: .webhook_endpoint.description is null",
    "PATCH /v4/webhook_endpoints/{id} 200: .webhook_endpoint.description is null",
    "POST /v4/broadcasts 201: .broadcast.subscriber_filter[0].all[0].type is \"all_subscribers\", and not Text([\"segment\", \"tag\"])",
    "POST /v4/bulk/forms/subscribers 200: .subscribers[0].first_name is null",
    "POST /v4/bulk/tags/subscribers 200: .subscribers[0].first_name is null",
    "POST /v4/webhook_endpoints 201: .webhook_endpoint.description is null",
    "POST /v4/webhook_endpoints/{id}/rotate_secret 200: .webhook_endpoint.description is null",
    "PUT /v4/broadcasts/{id} 200: .broadcast.subscriber_filter[0].all[0].ids is missing",
    "PUT /v4/sequences/{sequence_id}/emails/{id} 200: .email.preview_text is null",
];

/// Sends by a client that is not ours, and looks at the reply before the client does.
fn send(
    emulator: &Emulator,
    problems: &RefCell<BTreeSet<String>>,
    operation: &Operation,
    built: &dyn AnyOperation,
) -> Result<(u16, Value), Error> {
    let credentials = Credentials::access_token(emulator.access_token());
    let kit = Kit::new(credentials).with_base_url(emulator.base_url())?;
    let request = built.request(&kit)?;
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        .build()
        .into();
    let response = agent.run(request).expect("a response");
    let (head, mut body) = response.into_parts();
    let body = body.read_to_vec().expect("a body");
    let status = head.status.as_u16();
    let text = String::from_utf8_lossy(&body);
    let name = operation.name();
    if head.status.is_success() {
        let fields = operation
            .replies
            .get(&status)
            .unwrap_or_else(|| panic!("{name}: {status} is not documented"));
        if let Some(fields) = fields {
            let mut json: Value = serde_json::from_slice(&body).expect("JSON");
            // The cursors of an empty page are not documented.
            for cursor in ["start_cursor", "end_cursor"] {
                if json
                    .pointer("/pagination")
                    .is_some_and(|pagination| pagination[cursor].is_null())
                {
                    json["pagination"][cursor] = "".into();
                }
            }
            if let Err(problem) = facts::check(fields, &json) {
                problems.borrow_mut().insert(format!("{name} {status}: {problem}"));
            }
            let mut more = facts::undocumented(fields, &json, "");
            // Documented by the text, and not by the schemas.
            more.retain(|path| path != ".pagination.total_count");
            // An event has its parameter in some examples, and not in others.
            more.retain(|path| !path.contains(".event."));
            assert!(more.is_empty(), "{name} {status}: {more:?} is not documented\n{text}");
        }
    }
    built.read(&kit, http::Response::from_parts(head, body)).map(|reply| (status, reply))
}

#[test]
fn the_emulator_serves_each_operation_as_documented() {
    let emulator = Emulator::start().unwrap();
    let problems = RefCell::default();
    let send = |operation: &Operation, built: &dyn AnyOperation| {
        send(&emulator, &problems, operation, built)
    };
    let mut ids = Ids::new(&send, BTreeMap::new(), "test");
    let mut lines = Vec::new();
    run(&mut ids, "", &[Variant::Minimal, Variant::Full], |line| lines.push(line.clone()));
    let failed: Vec<_> = lines.iter().filter(|line| line.outcome != "ok").collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert_eq!(problems.take().into_iter().collect::<Vec<_>>(), CONTRADICTIONS);
    assert_eq!(lines.len(), 2 * facts::operations().len());
    let names: BTreeSet<_> = lines.iter().map(|line| line.operation.clone()).collect();
    let documented: BTreeSet<_> = facts::operations().iter().map(Operation::name).collect();
    assert_eq!(names, documented);
}

/// A pattern chooses operations, and an id that is given is used.
#[test]
fn one_operation_can_be_tried_with_an_id() {
    let emulator = Emulator::start().unwrap();
    let problems = RefCell::default();
    let send = |operation: &Operation, built: &dyn AnyOperation| {
        send(&emulator, &problems, operation, built)
    };
    let mut ids = Ids::new(&send, BTreeMap::from([("tag".into(), 404)]), "test");
    let mut lines = Vec::new();
    run(&mut ids, "GET /v4/tags/{tag_id}/subscribers", &[Variant::Full], |line| {
        lines.push(line.clone());
    });
    let [line] = &*lines else { panic!("{lines:?}") };
    assert_eq!((line.variant, line.status), ("full", Some(404)));
    assert!(line.outcome.starts_with("GET /v4/tags/404/subscribers: 404 Not Found: Not Found"));
    assert_eq!(emulator.requests(), 1);
}
