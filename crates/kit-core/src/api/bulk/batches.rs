use std::mem;
use std::ops::Range;

use serde::Serialize;
use serde_json::Value;

use super::{Bulk, BulkFailure};
use crate::endpoint::Endpoint;
use crate::error::Error;

/// Up to so many items Kit answers at once: with more, nobody tells what became of each.
const AT_ONCE: usize = 100;

/// Far below what Kit queues, which is 300 MB for all requests together.
const MAX_BYTES: usize = 1024 * 1024;

/// A bulk operation that [`Batches`] can send. All operations of [this module](super) implement this trait.
pub trait BulkOperation: Endpoint + Sized {
    /// The type of the items, such as a new subscriber.
    type Item: Clone + Serialize;

    /// The field of the request that holds the items.
    const ITEMS: &'static str;

    /// The operation for these items.
    fn of(items: Vec<Self::Item>) -> Self;

    /// Which of the items failed, according to the reply. `None` if Kit has queued the items.
    fn failed(reply: &Self::Reply, items: &[Self::Item]) -> Option<Vec<Failed>>;
}

/// An item that failed, and why.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Failed {
    /// The index of the item in the request. `None` if Kit's reply does not tell which item failed.
    pub index: Option<usize>,
    /// Why, in Kit's words.
    pub errors: Vec<String>,
}

impl Failed {
    /// An item that failed, for a bulk operation of your own.
    pub fn new(index: Option<usize>, errors: Vec<String>) -> Self {
        Self { index, errors }
    }
}

/// Splits any number of items into requests that fit, and keeps the outcome of each item.
///
/// # Examples
///
/// ```
/// use kit_core::bulk::{Batches, BulkCreateSubscribers, BulkOutcome, BulkReport, NewSubscriber};
/// use kit_core::{Endpoint, Error};
///
/// fn import(
///     people: Vec<NewSubscriber>,
///     send: impl Fn(&BulkCreateSubscribers) -> Result<<BulkCreateSubscribers as Endpoint>::Reply, Error>,
/// ) -> BulkReport<NewSubscriber> {
///     let mut batches = Batches::<BulkCreateSubscribers>::new(people);
///     while let Some(request) = batches.next_request() {
///         batches.record(send(&request));
///     }
///     batches.into_report()
/// }
///
/// # use kit_core::{Credentials, Kit};
/// # let kit = Kit::new(Credentials::access_token("token"));
/// # let send = |request: &BulkCreateSubscribers| {
/// #     let body = r#"{"subscribers": [], "failures": [
/// #         {"subscriber": {"email_address": "ann"}, "errors": ["Email address is invalid"]}]}"#;
/// #     kit.response(request, http::Response::new(body))
/// # };
/// let report = import(vec![NewSubscriber::new("ann"), NewSubscriber::new("bob@example.com")], send);
/// let invalid = BulkOutcome::Failed(vec!["Email address is invalid".into()]);
/// assert_eq!(report.outcomes, [invalid, BulkOutcome::Done]);
/// ```
#[derive(Debug)]
pub struct Batches<B: BulkOperation> {
    items: Vec<B::Item>,
    outcomes: Vec<BulkOutcome>,
    errors: Vec<Error>,
    max_items: usize,
    max_bytes: usize,
    /// Which items are sent in this round, by their places.
    round: Vec<usize>,
    /// Which of these are in the last request.
    sent: Range<usize>,
}

impl<B: BulkOperation> Batches<B> {
    /// Splits these items into requests of at most 100, which Kit answers at once, and of about 1 MiB.
    pub fn new(items: impl IntoIterator<Item = B::Item>) -> Self {
        let items: Vec<B::Item> = items.into_iter().collect();
        let outcomes = vec![BulkOutcome::NotApplied; items.len()];
        let round = (0..items.len()).collect();
        let (errors, max_items, max_bytes) = (Vec::new(), AT_ONCE, MAX_BYTES);
        Self { items, outcomes, errors, max_items, max_bytes, round, sent: 0..0 }
    }

    /// Sets how many items a request has at most. Default: 100.
    ///
    /// Kit queues a request of more than 100 items, and does not tell the outcome of each item unless the request
    /// has a callback URL. 0 counts as 1.
    #[must_use]
    pub fn with_max_items(mut self, max_items: usize) -> Self {
        self.max_items = max_items.max(1);
        self
    }

    /// Sets how many bytes of JSON the items of a request have in all. Default: 1 MiB. A larger item is sent
    /// alone.
    #[must_use]
    pub fn with_max_bytes(mut self, max_bytes: usize) -> Self {
        self.max_bytes = max_bytes;
        self
    }

    /// The number of items in this round, and the number of those that are in a request already.
    pub fn progress(&self) -> (usize, usize) {
        (self.round.len(), self.sent.end)
    }

    /// The next request, or `None` after the last one. Send the request, and then [`record`](Self::record) its
    /// result.
    pub fn next_request(&mut self) -> Option<B> {
        let start = self.sent.end;
        let left = self.round.get(start..).unwrap_or_default();
        let left = left.iter().filter_map(|index| self.items.get(*index));
        let mut bytes = 0;
        let mut batch = Vec::new();
        for item in left.take(self.max_items) {
            // What cannot be written fails when it is sent, and says why.
            bytes += serde_json::to_vec(item).map_or(0, |json| json.len() + 1);
            if bytes > self.max_bytes && !batch.is_empty() {
                break;
            }
            batch.push(item.clone());
        }
        self.sent = start..start + batch.len();
        if batch.is_empty() {
            return None;
        }
        // Until it is recorded, nobody knows.
        self.set(&BulkOutcome::MayHaveBeenApplied);
        Some(B::of(batch))
    }

    /// Records the result of the last request.
    pub fn record(&mut self, result: Result<B::Reply, Error>) {
        match result {
            Ok(reply) => self.record_reply(&reply),
            Err(error) if error.may_have_been_applied() => self.errors.push(error),
            Err(error) => {
                self.set(&BulkOutcome::NotApplied);
                self.errors.push(error);
            }
        }
    }

    fn record_reply(&mut self, reply: &B::Reply) {
        let sent = self.sent().to_vec();
        let items: Vec<B::Item> =
            sent.iter().filter_map(|index| self.items.get(*index)).cloned().collect();
        let Some(failed) = B::failed(reply, &items) else {
            self.set(&BulkOutcome::Queued);
            return;
        };
        // Where a failure is of some item, and nobody knows of which, it may be any.
        if failed.iter().all(|failed| failed.index.is_some()) {
            self.set(&BulkOutcome::Done);
        }
        for Failed { index, errors } in failed {
            let index = index.and_then(|index| sent.get(index));
            if let Some(outcome) = index.and_then(|index| self.outcomes.get_mut(*index)) {
                *outcome = BulkOutcome::Failed(errors);
            }
        }
    }

    /// The places of the items of the last request.
    fn sent(&self) -> &[usize] {
        self.round.get(self.sent.clone()).unwrap_or_default()
    }

    fn set(&mut self, outcome: &BulkOutcome) {
        for index in self.sent().to_vec() {
            if let Some(place) = self.outcomes.get_mut(index) {
                *place = outcome.clone();
            }
        }
    }

    /// Starts a new round with only the items that were not applied or may have been applied.
    ///
    /// All bulk operations can be sent again. The other items keep their outcomes. Returns false if there are no
    /// items to send again. An item that Kit rejects every time is sent in every round, so limit the number of
    /// rounds.
    pub fn repeat(&mut self) -> bool {
        let is_open = |(_, outcome): &(usize, &BulkOutcome)| {
            matches!(outcome, BulkOutcome::NotApplied | BulkOutcome::MayHaveBeenApplied)
        };
        let outcomes = self.outcomes.iter().enumerate();
        self.round = outcomes.filter(is_open).map(|(index, _)| index).collect();
        self.sent = 0..0;
        !self.round.is_empty()
    }

    /// Returns the outcome of each item. Items that were not sent count as not applied.
    pub fn into_report(self) -> BulkReport<B::Item> {
        BulkReport { items: self.items, outcomes: self.outcomes, errors: self.errors }
    }
}

/// The items of [`Batches`], and the outcome of each.
#[derive(Debug)]
#[non_exhaustive]
pub struct BulkReport<T> {
    /// The items, in the order in which they were given.
    pub items: Vec<T>,
    /// The outcome of each item, in the order of `items`.
    pub outcomes: Vec<BulkOutcome>,
    /// Why requests failed, in the order in which they were sent.
    pub errors: Vec<Error>,
}

/// What became of an item.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BulkOutcome {
    /// Kit has applied the item.
    Done,
    /// Kit rejected the item, with these error messages.
    Failed(Vec<String>),
    /// Kit has queued the item: whether the item succeeds is not known.
    Queued,
    /// The request with the item was not sent, or Kit did not apply the request.
    NotApplied,
    /// The request with the item may have been applied, or Kit rejected an item of the request without telling
    /// which.
    MayHaveBeenApplied,
}

/// A failure, as a bulk operation reads it.
pub(super) trait Failure {
    /// The item, as Kit repeats it.
    type Echo;

    fn echo(&self) -> &Self::Echo;

    fn errors(&self) -> Vec<String>;
}

impl<T> Failure for BulkFailure<T> {
    type Echo = T;

    fn echo(&self) -> &T {
        &self.item
    }

    fn errors(&self) -> Vec<String> {
        self.errors.clone()
    }
}

/// A failure whose shape is not documented. It is as others are, as far as anybody knows.
impl Failure for Value {
    type Echo = Self;

    fn echo(&self) -> &Self {
        self
    }

    fn errors(&self) -> Vec<String> {
        match self.get("errors").and_then(Self::as_array) {
            Some(errors) => errors
                .iter()
                .map(|e| e.as_str().map_or_else(|| e.to_string(), str::to_owned))
                .collect(),
            None => vec![self.to_string()],
        }
    }
}

/// Finds the item that each failure is about. Each of several equal items is found once. Some failures repeat no
/// item: Kit's example of a bad address has null. They are matched to the items that neither failed nor succeeded,
/// if there are exactly as many.
pub(super) fn failed<T, F: Failure, I>(
    reply: &Bulk<T, F>,
    items: &[I],
    is_of: impl Fn(&I, &F::Echo) -> bool,
    has_succeeded: impl Fn(&I, &T) -> bool,
) -> Option<Vec<Failed>> {
    let Bulk::Done(done) = reply else { return None };
    let mut left: Vec<_> = items.iter().map(Some).collect();
    let mut failed: Vec<Failed> = Vec::new();
    for failure in &done.failures {
        let mut left_items = left.iter();
        let index =
            left_items.position(|item| item.is_some_and(|item| is_of(item, failure.echo())));
        if let Some(item) = index.and_then(|index| left.get_mut(index)) {
            mem::take(item);
        }
        failed.push(Failed { index, errors: failure.errors() });
    }
    let nobodys = failed.iter().filter(|failed| failed.index.is_none()).count();
    if nobodys > 0 {
        let is_open = |item: &&I| !done.succeeded.iter().any(|row| has_succeeded(item, row));
        let left = left.iter().enumerate();
        let open = left.filter(|(_, item)| item.as_ref().is_some_and(is_open));
        let open: Vec<usize> = open.map(|(index, _)| index).collect();
        if open.len() == nobodys {
            let nobodys = failed.iter_mut().filter(|failed| failed.index.is_none());
            nobodys.zip(open).for_each(|(failed, index)| failed.index = Some(index));
        }
    }
    Some(failed)
}

/// Whether a failure, whose shape is not documented, is of the item with this name: it has the name itself, or an
/// object with the name in it.
pub(super) fn is_named(failure: &Value, field: &str, name: &str) -> bool {
    let has_name = |json: &Value| {
        json.get(field).and_then(Value::as_str).is_some_and(|text| is_same(text, name))
    };
    let mut values = failure.as_object().into_iter().flat_map(serde_json::Map::values);
    has_name(failure) || values.any(has_name)
}

/// Whether two names are the same to Kit, which trims labels.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    one.trim() == other.trim()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::bulk::{BulkCreateTags, BulkTagSubscribers, NewTag, Tagging};
    use crate::fixtures::kit;

    fn reply<B: BulkOperation>(request: &B, status: u16, body: &Value) -> Result<B::Reply, Error> {
        let response = http::Response::builder().status(status).body(body.to_string());
        kit().response(request, response.unwrap())
    }

    fn tagging(number: u64) -> Tagging {
        Tagging::new(44.into(), number.into())
    }

    #[test]
    fn requests_are_of_a_hundred_or_of_what_fits() {
        let sizes = |mut batches: Batches<BulkTagSubscribers>| {
            let mut sizes = Vec::new();
            while batches.next_request().is_some() {
                sizes.push(batches.sent.len());
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

    #[test]
    fn each_item_has_its_own_outcome() {
        let items = [1, 2, 2, 3, 4, 5].map(tagging);
        let mut batches = Batches::<BulkTagSubscribers>::new(items).with_max_items(4);
        assert_eq!(batches.progress(), (6, 0));
        let request = batches.next_request().unwrap();
        assert_eq!(batches.progress(), (6, 4));
        let failure = |id: u64| json!({"errors": ["Tag does not exist"], "tagging": {"tag_id": 44, "subscriber_id": id}});
        let body = json!({"subscribers": [], "failures": [failure(2), failure(3)]});
        batches.record(reply(&request, 200, &body));
        let request = batches.next_request().unwrap();
        batches.record(reply(&request, 503, &json!({})));
        assert!(batches.next_request().is_none());
        // The second time, with those alone that may not have been applied.
        assert!(batches.repeat());
        assert_eq!(batches.progress(), (2, 0));
        assert_eq!(batches.next_request(), BulkTagSubscribers::new([4, 5].map(tagging)).ok());
        batches.record(Err(Error::input("x", "y")));
        let request = batches.next_request();
        assert!(request.is_none() && batches.repeat());
        let request = batches.next_request().unwrap();
        batches.record(reply(&request, 503, &json!({})));
        let report = batches.into_report();
        let failed = BulkOutcome::Failed(vec!["Tag does not exist".into()]);
        assert_eq!(
            report.outcomes,
            [
                BulkOutcome::Done,
                failed.clone(),
                BulkOutcome::Done,
                failed,
                BulkOutcome::MayHaveBeenApplied,
                BulkOutcome::MayHaveBeenApplied,
            ]
        );
        assert_eq!(report.errors.len(), 3);
        let mut done = Batches::<BulkTagSubscribers>::new([]);
        assert!(!done.repeat());
    }

    #[test]
    fn what_is_queued_refused_or_forgotten_is_told_apart() {
        let outcome = |status, body: Value| {
            let mut batches = Batches::<BulkTagSubscribers>::new([tagging(1)]);
            let request = batches.next_request().unwrap();
            batches.record(reply(&request, status, &body));
            batches.into_report().outcomes
        };
        assert_eq!(outcome(202, json!({})), [BulkOutcome::Queued]);
        assert_eq!(outcome(413, json!({"errors": ["x"]})), [BulkOutcome::NotApplied]);
        let mut batches =
            Batches::<BulkTagSubscribers>::new([tagging(1), tagging(2)]).with_max_items(1);
        batches.next_request();
        let outcomes = batches.into_report().outcomes;
        assert_eq!(outcomes, [BulkOutcome::MayHaveBeenApplied, BulkOutcome::NotApplied]);
        // A failure of nobody is of the one that is left, and of two it may be either's.
        let nobodys = json!([{"errors": ["x"], "tagging": {"tag_id": null, "subscriber_id": 1}}]);
        let body = json!({"subscribers": [], "failures": nobodys});
        assert_eq!(outcome(200, body), [BulkOutcome::Failed(vec!["x".into()])]);
        let row = json!({"id": 1, "first_name": null, "email_address": "a@b.c",
            "created_at": "2023-01-27T11:43:55Z", "tagged_at": "2023-01-27T11:43:55Z"});
        for (rows, expected) in [
            (json!([]), [BulkOutcome::MayHaveBeenApplied, BulkOutcome::MayHaveBeenApplied]),
            (json!([row]), [BulkOutcome::Done, BulkOutcome::Failed(vec!["x".into()])]),
        ] {
            let mut batches = Batches::<BulkTagSubscribers>::new([tagging(1), tagging(2)]);
            let request = batches.next_request().unwrap();
            let body = json!({"subscribers": rows, "failures": nobodys});
            batches.record(reply(&request, 200, &body));
            assert_eq!(batches.into_report().outcomes, expected);
        }
    }

    #[test]
    fn a_failure_without_a_documented_shape_is_found_by_its_name() {
        let items = [NewTag::new("a"), NewTag::new("b"), NewTag::new("c")];
        let request = BulkCreateTags::new(items.clone()).unwrap();
        let failures =
            json!([{"tag": {"name": "b"}, "errors": ["no", 1]}, {"name": "c"}, {"x": "a"}]);
        let reply = reply(&request, 200, &json!({"tags": [], "failures": failures})).unwrap();
        let failed = BulkCreateTags::failed(&reply, &items).unwrap();
        let indices: Vec<_> = failed.iter().map(|failed| failed.index).collect();
        assert_eq!(indices, [Some(1), Some(2), Some(0)]);
        assert_eq!(failed[0].errors, ["no", "1"]);
    }
}
