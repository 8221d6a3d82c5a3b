use serde_json::{Value, json};

use super::*;
use crate::SessionError;
use crate::bulk::{BulkTagSubscribers, Tagging};
use crate::fixtures::kit;

fn reply<B: BulkOperation>(request: &B, status: u16, body: &Value) -> Result<B::Reply, Error> {
    let response = http::Response::builder().status(status).body(body.to_string());
    kit().response(request, response.unwrap())
}

fn record<B: BulkOperation>(batches: &mut Batches<B>, batch: Batch<B>, status: u16, body: &Value) {
    let result = reply(batch.request(), status, body);
    batches.record(batch, result);
}

fn tagging(number: u64) -> Tagging {
    Tagging::new(44.into(), number.into())
}

#[test]
fn requests_are_of_a_hundred_or_of_what_fits() {
    let sizes = |mut batches: Batches<BulkTagSubscribers>| {
        let mut sizes = Vec::new();
        while let Some(batch) = batches.next_batch() {
            sizes.push(batch.places.len());
        }
        sizes
    };
    let of = |count| Batches::<BulkTagSubscribers>::new((0..count).map(tagging));
    assert!(sizes(of(0)).is_empty());
    assert_eq!(sizes(of(100)), [100]);
    assert_eq!(sizes(of(201)), [100, 100, 1]);
    assert_eq!(sizes(of(5).with_max_items(0)), [1; 5]);
    let item = serde_json::to_vec(&tagging(1)).unwrap().len() + 1;
    assert_eq!(sizes(of(5).with_max_bytes(2 * item)), [2, 2, 1]);
    assert_eq!(sizes(of(3).with_max_bytes(0)), [1; 3]);
}

fn row(id: u64) -> Value {
    json!({"id": id, "first_name": null, "email_address": "a@b.c",
        "created_at": "2023-01-27T11:43:55Z", "tagged_at": "2023-01-27T11:43:55Z"})
}

fn failure(id: Option<u64>) -> Value {
    let tagging = json!({"tag_id": 44, "subscriber_id": id});
    json!({"errors": ["Tag does not exist"], "tagging": tagging})
}

/// The texts of the outcomes; of what is done, the id in its row, if there is one.
fn said(batches: Batches<BulkTagSubscribers>) -> Vec<String> {
    let outcomes = batches.into_report().outcomes;
    let said = outcomes.iter().map(|outcome| match outcome {
        BulkOutcome::Done(Some(row)) => format!("done {}", row.id),
        other => other.to_string(),
    });
    said.collect()
}

const FAILED: &str = "failed: Tag does not exist";
const UNKNOWN: &str = "may have been applied";

#[test]
fn each_item_has_its_own_outcome() {
    let items = [1, 2, 2, 3, 4, 5].map(tagging);
    let mut batches = Batches::<BulkTagSubscribers>::new(items).with_max_items(4);
    assert_eq!(batches.progress(), (6, 0));
    let batch = batches.next_batch().unwrap();
    assert_eq!(batches.progress(), (6, 4));
    let failures = [failure(Some(2)), failure(Some(3))];
    let body = json!({"subscribers": [row(2), row(1)], "failures": failures});
    record(&mut batches, batch, 200, &body);
    let batch = batches.next_batch().unwrap();
    record(&mut batches, batch, 503, &json!({}));
    assert!(batches.next_batch().is_none());
    // The second round has only those that may not have been applied.
    assert!(batches.repeat());
    assert_eq!(batches.progress(), (2, 0));
    let batch = batches.next_batch().unwrap();
    assert_eq!(*batch.request(), BulkTagSubscribers::new([4, 5].map(tagging)).unwrap());
    record(&mut batches, batch, 503, &json!({}));
    let report = batches.into_report();
    let open: Vec<_> = report.open().map(|(place, item, _)| (place, *item)).collect();
    assert_eq!(open, [(1, tagging(2)), (3, tagging(3)), (4, tagging(4)), (5, tagging(5))]);
    let done: Vec<_> = report.done().map(|(item, row)| (*item, row.unwrap().id)).collect();
    assert_eq!(done, [(tagging(1), 1.into()), (tagging(2), 2.into())]);
    assert_eq!(report.errors.len(), 2);
    assert!(!format!("{report:?}").contains("a@b.c"));
    assert!(!Batches::<BulkTagSubscribers>::new([]).repeat());
}

#[test]
fn outcomes_of_a_whole_request_are_told_apart() {
    let outcome = |status, body: Value| {
        let mut batches = Batches::<BulkTagSubscribers>::new([tagging(1)]);
        let batch = batches.next_batch().unwrap();
        record(&mut batches, batch, status, &body);
        said(batches)
    };
    assert_eq!(outcome(202, json!({})), ["queued"]);
    assert_eq!(outcome(413, json!({"errors": ["x"]})), ["not applied"]);
    assert_eq!(outcome(503, json!({})), [UNKNOWN]);
    assert_eq!(outcome(200, json!({"subscribers": [], "failures": []})), ["done"]);
    let failures = json!([{"errors": [], "tagging": tagging(1)}]);
    let body = json!({"subscribers": [], "failures": failures});
    assert_eq!(outcome(200, body), ["failed"]);
    let mut batches =
        Batches::<BulkTagSubscribers>::new([tagging(1), tagging(2)]).with_max_items(1);
    drop(batches.next_batch());
    assert_eq!(said(batches), [UNKNOWN, "not applied"]);
}

#[test]
fn items_of_which_one_failed_are_sent_again_each_alone() {
    let items = [1, 2, 3].map(tagging);
    let mut batches = Batches::<BulkTagSubscribers>::new(items);
    let batch = batches.next_batch().unwrap();
    let nobodys = json!([failure(None)]);
    record(&mut batches, batch, 200, &json!({"subscribers": [row(3)], "failures": nobodys}));
    // Kit says no more of the second than of the first time.
    let first = batches.next_batch().unwrap();
    assert_eq!(first.places, [0]);
    record(&mut batches, first, 200, &json!({"subscribers": [], "failures": nobodys}));
    let second = batches.next_batch().unwrap();
    assert_eq!(second.places, [1]);
    record(&mut batches, second, 200, &json!({"subscribers": [], "failures": null}));
    assert!(batches.next_batch().is_none());
    assert!(!batches.repeat());
    assert_eq!(said(batches), [FAILED, "done", "done 3"]);
}

#[test]
fn a_later_refusal_takes_back_nothing_that_may_have_been_done() {
    for lose in [false, true] {
        let mut batches = Batches::<BulkTagSubscribers>::new([tagging(1)]);
        let batch = batches.next_batch().unwrap();
        if lose {
            drop(batch);
        } else {
            record(&mut batches, batch, 503, &json!({}));
        }
        for _ in 0..2 {
            assert!(batches.repeat());
            let batch = batches.next_batch().unwrap();
            record(&mut batches, batch, 429, &json!({}));
        }
        assert_eq!(said(batches), [UNKNOWN], "{lose}");
    }
}

/// Several are sent at once, and are answered in another order.
#[test]
fn each_batch_knows_its_items() {
    let of = |count| Batches::<BulkTagSubscribers>::new((0..count).map(tagging));
    let mut batches = of(5).with_max_items(2);
    let mut sent: Vec<_> = std::iter::from_fn(|| batches.next_batch()).collect();
    let (third, second, first) = (sent.pop(), sent.pop(), sent.pop());
    record(&mut batches, second.unwrap(), 422, &json!({"errors": ["no"]}));
    record(&mut batches, third.unwrap(), 503, &json!({}));
    // The first is still under way, and is sent again. The second is refused for good.
    assert!(batches.repeat());
    let again = batches.next_batch().unwrap();
    assert_eq!(again.places, [0, 1]);
    record(&mut batches, first.unwrap(), 200, &json!({"subscribers": [], "failures": []}));
    record(&mut batches, again, 422, &json!({"errors": ["no"]}));
    assert_eq!(said(batches), ["done", "done", "not applied", "not applied", UNKNOWN]);
}

#[test]
fn nothing_more_is_sent_after_the_credentials_are_refused() {
    let of_input = |field| Err(Error::input(field, "is wrong"));
    let of_session = |failure| {
        let request = BulkTagSubscribers::new([tagging(1)]).unwrap();
        let Err(Error::Api(rejection)) = reply(&request, 401, &json!({})) else { panic!() };
        Err(Error::Session {
            operation: rejection.operation().clone(),
            failure,
            rejection: Some(rejection),
            earlier: crate::Applied::No,
        })
    };
    let of_status = |status: u16| {
        let request = BulkTagSubscribers::new([tagging(1)]).unwrap();
        reply(&request, status, &json!({"errors": ["no"]}))
    };
    for (result, is_stopped, is_refused) in [
        (of_status(401), true, true),
        (of_session(SessionError::NoTokens), true, true),
        (of_session(SessionError::Rejected), true, true),
        // The next refresh may succeed.
        (of_session(SessionError::Busy), false, false),
        (of_input("credentials"), true, true),
        (of_status(403), false, true),
        (of_input("body"), false, true),
        (of_status(408), false, false),
        (of_status(413), false, false),
        (of_status(425), false, false),
        (of_status(429), false, false),
        (of_status(500), false, false),
    ] {
        let mut batches =
            Batches::<BulkTagSubscribers>::new([tagging(1), tagging(2)]).with_max_items(1);
        let batch = batches.next_batch().unwrap();
        batches.record(batch, result);
        assert_eq!(batches.repeat(), !is_stopped);
        // The refused item is open, and not sent again.
        assert_eq!(batches.progress().0, if is_stopped { 0 } else { 2 - usize::from(is_refused) });
        assert_eq!(batches.next_batch().is_none(), is_stopped);
    }
}
