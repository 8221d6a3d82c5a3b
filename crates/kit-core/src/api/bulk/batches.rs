use super::round::Round;
use super::{Batch, BulkOperation, BulkOutcome, BulkReport};
use crate::error::Error;

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
    round: Round,
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

impl<B: BulkOperation> Batches<B> {
    /// Splits these items into requests of at most 100, which Kit answers at once, and of about 1 MiB.
    pub fn new(items: impl IntoIterator<Item = B::Item>) -> Self {
        let report = BulkReport::new(items.into_iter().collect());
        let count = report.items.len();
        Self {
            report,
            states: vec![State::default(); count],
            round: Round::new(count),
            is_stopped: false,
        }
    }

    /// Sets how many items a request has at most. Default: 100.
    ///
    /// Kit queues requests with more items, so that their outcome is [`BulkOutcome::Queued`].
    #[must_use]
    pub fn with_max_items(mut self, max_items: usize) -> Self {
        self.round.max_items = max_items.max(1);
        self
    }

    /// Sets how many bytes of items a request has at most. Default: 1 MiB. An item that is larger is sent alone.
    ///
    /// The queue of an account holds 300 MB, counted over all bulk operations of an app.
    #[must_use]
    pub fn with_max_bytes(mut self, max_bytes: usize) -> Self {
        self.round.max_bytes = max_bytes;
        self
    }

    /// The number of items in this round, and the number of those that are in a batch already.
    pub fn progress(&self) -> (usize, usize) {
        self.round.progress()
    }

    /// The next batch. `None` after the last one of this round, and after Kit has refused the credentials: it would
    /// refuse all other batches, too.
    pub fn next_batch(&mut self) -> Option<Batch<B>> {
        if self.is_stopped {
            return None;
        }
        let places = self.round.next_places(&self.report.items);
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
                self.round.send_alone(*place);
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
        self.round.restart(open.map(|(place, _)| place).collect())
    }

    /// Returns the outcome of each item. Items that were not sent count as not applied.
    pub fn into_report(self) -> BulkReport<B> {
        self.report
    }
}

#[cfg(test)]
#[path = "batches_tests.rs"]
mod tests;
