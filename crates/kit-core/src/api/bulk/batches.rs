use std::collections::VecDeque;

use super::{BulkOperation, BulkOutcome, BulkReport};
use crate::error::Error;

/// Up to so many items Kit answers at once: with more, nobody tells what became of each.
const AT_ONCE: usize = 100;

/// Far below what Kit queues, which is 300 MB for all requests together.
const MAX_BYTES: usize = 1024 * 1024;

/// Splits any number of items into requests that fit, and keeps the outcome of each item.
///
/// Several requests can be under way at once: each [`Batch`] knows its items, in whatever order results are recorded.
///
/// If a reply tells that an item failed, but not which, the items in question are sent again, each alone, so that
/// every reply is about one item.
///
/// # Examples
///
/// ```
/// use kit_core::bulk::{Batches, BulkCreateSubscribers, BulkReport, NewSubscriber};
/// use kit_core::{Endpoint, Error};
///
/// fn import(
///     people: Vec<NewSubscriber>,
///     send: impl Fn(&BulkCreateSubscribers) -> Result<<BulkCreateSubscribers as Endpoint>::Reply, Error>,
/// ) -> BulkReport<BulkCreateSubscribers> {
///     let mut batches = Batches::<BulkCreateSubscribers>::new(people);
///     while let Some(batch) = batches.next_batch() {
///         let result = send(batch.request());
///         batches.record(batch, result);
///     }
///     batches.into_report()
/// }
/// # use kit_core::bulk::{Bulk, BulkDone, BulkFailure, BulkOutcome};
/// # let people: Vec<_> = (0..250).map(|number| NewSubscriber::new(format!("{number}@b.c"))).collect();
/// # let report = import(people, |_| Ok(Bulk::Queued));
/// # assert_eq!(report.outcomes, vec![BulkOutcome::Queued; 250]);
/// # let report = import(vec![NewSubscriber::new("A@B.c"), NewSubscriber::new("")], |_| {
/// #     let echo = serde_json::from_str(r#"{"first_name": null, "email_address": "a@b.c", "state": null, "created_at": null}"#);
/// #     let failure = BulkFailure::new(vec!["Email address is invalid".to_owned()], echo.unwrap());
/// #     Ok(Bulk::Done(BulkDone::new(vec![], vec![failure])))
/// # });
/// # assert_eq!(report.outcomes[0].to_string(), "failed: Email address is invalid");
/// # assert_eq!(report.outcomes[1], BulkOutcome::Done(None));
/// ```
#[derive(Debug)]
pub struct Batches<B: BulkOperation> {
    report: BulkReport<B>,
    /// The knowledge of each item, beside its outcome.
    states: Vec<State>,
    max_items: usize,
    max_bytes: usize,
    /// Which items are sent in this round, by their places.
    round: Vec<usize>,
    /// How many of these are in a batch already.
    begun: usize,
    /// Which items are to be sent alone, by their places.
    alone: VecDeque<usize>,
    /// Whether Kit takes nothing with these credentials.
    is_stopped: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct State {
    /// Whether an earlier request with the item may have been applied.
    is_uncertain: bool,
    /// Whether Kit refuses the item, however often it is sent.
    is_refused: bool,
}

/// A request with some of the items of [`Batches`]. Send the request, and then [`record`](Batches::record) its result.
///
/// The items of a batch that is dropped instead count as items that may have been applied.
#[derive(Debug)]
#[must_use]
pub struct Batch<B> {
    request: B,
    places: Vec<usize>,
}

impl<B> Batch<B> {
    /// The request.
    pub fn request(&self) -> &B {
        &self.request
    }
}

impl<B: BulkOperation> Batches<B> {
    /// Splits these items into requests of at most 100, which Kit answers at once, and of about 1 MiB.
    pub fn new(items: impl IntoIterator<Item = B::Item>) -> Self {
        let report = BulkReport::new(items.into_iter().collect());
        let count = report.items.len();
        Self {
            report,
            states: vec![State::default(); count],
            max_items: AT_ONCE,
            max_bytes: MAX_BYTES,
            round: (0..count).collect(),
            begun: 0,
            alone: VecDeque::new(),
            is_stopped: false,
        }
    }

    /// Sets how many items a request has at most. Default: 100.
    ///
    /// Kit queues requests with more items, so that their outcome is [`BulkOutcome::Queued`].
    #[must_use]
    pub fn with_max_items(mut self, max_items: usize) -> Self {
        self.max_items = max_items.max(1);
        self
    }

    /// Sets how many bytes of items a request has at most. Default: 1 MiB. An item that is larger is sent alone.
    ///
    /// The queue of an account holds 300 MB, counted over all bulk operations of an app.
    #[must_use]
    pub fn with_max_bytes(mut self, max_bytes: usize) -> Self {
        self.max_bytes = max_bytes;
        self
    }

    /// The number of items in this round, and the number of those that are in a batch already.
    pub fn progress(&self) -> (usize, usize) {
        (self.round.len(), self.begun)
    }

    /// The next batch. `None` after the last one of this round, and after Kit has refused the credentials: it would
    /// refuse all other batches, too.
    pub fn next_batch(&mut self) -> Option<Batch<B>> {
        if self.is_stopped {
            return None;
        }
        let places = self.next_places();
        if places.is_empty() {
            return None;
        }
        for place in &places {
            let outcome = self.report.outcomes.get_mut(*place);
            if let (Some(outcome), Some(state)) = (outcome, self.states.get_mut(*place)) {
                state.is_uncertain |= matches!(outcome, BulkOutcome::MayHaveBeenApplied);
                // Until it is recorded, nobody knows.
                *outcome = BulkOutcome::MayHaveBeenApplied;
            }
        }
        let items = places.iter().filter_map(|place| self.report.items.get(*place));
        Some(Batch { request: B::of(items.cloned().collect()), places })
    }

    fn next_places(&mut self) -> Vec<usize> {
        let left = self.round.get(self.begun..).unwrap_or_default();
        let (mut places, mut bytes) = (Vec::new(), 0);
        for place in left.iter().take(self.max_items) {
            let item = self.report.items.get(*place);
            // An item that cannot be written fails when it is sent, and says why.
            let json = item.and_then(|item| serde_json::to_vec(item).ok());
            bytes += json.map_or(0, |json| json.len() + 1);
            if bytes > self.max_bytes && !places.is_empty() {
                break;
            }
            places.push(*place);
        }
        self.begun += places.len();
        if places.is_empty() {
            places.extend(self.alone.pop_front());
        }
        places
    }

    /// Records the result of a batch.
    pub fn record(&mut self, batch: Batch<B>, result: Result<B::Reply, Error>) {
        let places = batch.places;
        match result {
            Ok(reply) => self.record_reply(&places, &reply),
            Err(error) => {
                if !error.may_have_been_applied() {
                    for place in &places {
                        let uncertain = self.states.get(*place).is_some_and(|s| s.is_uncertain);
                        // Nobody takes back what an earlier request may have done.
                        if !uncertain {
                            self.set(*place, BulkOutcome::NotApplied);
                        }
                    }
                }
                if !error.may_pass() {
                    for place in &places {
                        if let Some(state) = self.states.get_mut(*place) {
                            state.is_refused = true;
                        }
                    }
                }
                self.is_stopped |= error.is_about_credentials();
                self.report.errors.push(error);
            }
        }
    }

    fn record_reply(&mut self, places: &[usize], reply: &B::Reply) {
        let items = places.iter().filter_map(|place| self.report.items.get(*place));
        let outcomes = B::outcomes(reply, &items.cloned().collect::<Vec<_>>());
        for (place, outcome) in places.iter().zip(outcomes) {
            if matches!(outcome, BulkOutcome::MayHaveBeenApplied) && places.len() > 1 {
                self.alone.push_back(*place);
            }
            self.set(*place, outcome);
        }
    }

    /// Sets an outcome. An item that is done stays done, whatever becomes of another batch with it.
    fn set(&mut self, place: usize, outcome: BulkOutcome<B::Row>) {
        if let Some(place) = self.report.outcomes.get_mut(place)
            && !matches!(place, BulkOutcome::Done(_))
        {
            *place = outcome;
        }
    }

    /// Starts a new round with only the items that were not applied or may have been applied. Record all batches
    /// before: the items of the others are sent again.
    ///
    /// All bulk operations can be sent again. The other items keep their outcomes, and so do those whose request Kit
    /// refused in a way that no repetition heals, such as a 422. Returns false if there are no items to send again, and
    /// after Kit has refused the credentials. An item can be open however often it is sent, so limit the number of
    /// rounds.
    pub fn repeat(&mut self) -> bool {
        let outcomes = self.report.outcomes.iter().zip(&self.states).enumerate();
        let open = outcomes.filter(|(_, (outcome, state))| {
            let is_open =
                matches!(outcome, BulkOutcome::NotApplied | BulkOutcome::MayHaveBeenApplied);
            is_open && !state.is_refused && !self.is_stopped
        });
        self.round = open.map(|(place, _)| place).collect();
        self.begun = 0;
        self.alone.clear();
        !self.round.is_empty()
    }

    /// Returns the outcome of each item. Items that were not sent count as not applied.
    pub fn into_report(self) -> BulkReport<B> {
        self.report
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::SessionError;
    use crate::bulk::{BulkTagSubscribers, Tagging};
    use crate::fixtures::kit;

    fn reply<B: BulkOperation>(request: &B, status: u16, body: &Value) -> Result<B::Reply, Error> {
        let response = http::Response::builder().status(status).body(body.to_string());
        kit().response(request, response.unwrap())
    }

    fn record<B: BulkOperation>(
        batches: &mut Batches<B>,
        batch: Batch<B>,
        status: u16,
        body: &Value,
    ) {
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
            assert_eq!(
                batches.progress().0,
                if is_stopped { 0 } else { 2 - usize::from(is_refused) }
            );
            assert_eq!(batches.next_batch().is_none(), is_stopped);
        }
    }
}
