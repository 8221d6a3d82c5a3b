use std::collections::{BTreeMap, VecDeque};

use http::StatusCode;

use super::request::{Asked, ImportReply, ImportRequest};
use crate::bulk::{Batch, Batches, BulkOperation, BulkOutcome};
use crate::error::Error;

/// Requests of one kind, and what came of each item of theirs.
pub(super) trait Requests {
    /// What Kit answers for an item.
    type Row;

    /// The next request of this round. The same comes again until its reply is told.
    fn next(&mut self) -> Option<ImportRequest>;

    fn told(&mut self, reply: ImportReply);

    /// Begins another round, with what can be sent again. Returns whether there is something.
    fn repeat(&mut self) -> bool;

    /// The outcome of each item, and why the last request failed that did.
    fn finish(self) -> (Vec<BulkOutcome<Self::Row>>, Option<Error>);
}

/// Whether no other request of the import would succeed, either. What is wrong with an operation itself is seen before it
/// is sent: what a client finds wrong then is its own credentials, settings, or that it was cancelled.
pub(super) fn is_final(error: &Error) -> bool {
    match error {
        Error::Input { .. } => true,
        Error::Api(error) if error.status() == StatusCode::FORBIDDEN => true,
        error => error.is_about_credentials(),
    }
}

/// Kit's reasons, where it has refused a request for what is in it.
fn refusal(error: &Error) -> Option<Vec<String>> {
    if error.may_pass() || is_final(error) {
        return None;
    }
    Some(match error {
        Error::Api(api) if !api.messages().is_empty() => api.messages().to_vec(),
        error => vec![error.to_string()],
    })
}

/// Up to a hundred items in a request.
pub(super) struct InBatches<B: BulkOperation> {
    items: Vec<B::Item>,
    batches: Batches<B>,
    sent: Option<Batch<B>>,
    /// Whether each item is sent alone, since Kit has refused a request with several as a whole.
    is_alone: bool,
    /// Why Kit has refused items that were sent alone, by their places.
    refused: BTreeMap<usize, Vec<String>>,
}

impl<B: BulkOperation> InBatches<B> {
    pub(super) fn new(items: Vec<B::Item>) -> Self {
        let (batches, refused) = (Batches::new(items.iter().cloned()), BTreeMap::new());
        Self { items, batches, sent: None, is_alone: false, refused }
    }
}

impl<B: BulkOperation + Asked> Requests for InBatches<B> {
    type Row = B::Row;

    fn next(&mut self) -> Option<ImportRequest> {
        if self.sent.is_none() {
            self.sent = self.batches.next_batch();
        }
        self.sent.as_ref().map(|batch| batch.request().clone().ask())
    }

    fn told(&mut self, reply: ImportReply) {
        let (Some(reply), Some(batch)) = (B::answer(reply), self.sent.take()) else { return };
        match reply.as_ref().err().and_then(refusal) {
            Some(reasons) if self.is_alone || self.items.len() == 1 => {
                self.refused.extend(batch.places().iter().map(|place| (*place, reasons.clone())));
            }
            Some(_) => {
                self.is_alone = true;
                self.batches = Batches::new(self.items.iter().cloned()).with_max_items(1);
                return;
            }
            None => {}
        }
        self.batches.record(batch, reply);
    }

    fn repeat(&mut self) -> bool {
        self.batches.repeat()
    }

    fn finish(self) -> (Vec<BulkOutcome<B::Row>>, Option<Error>) {
        let mut report = self.batches.into_report();
        for (place, reasons) in self.refused {
            if let Some(outcome) = report.outcomes.get_mut(place) {
                *outcome = BulkOutcome::Failed(reasons);
            }
        }
        (report.outcomes, report.errors.pop())
    }
}

/// One item in a request.
pub(super) struct Singles<E: Asked> {
    requests: Vec<E>,
    outcomes: Vec<BulkOutcome<E::Reply>>,
    /// The places of the requests of this round that are left.
    round: VecDeque<usize>,
    /// The places of those that may succeed another time.
    open: Vec<usize>,
    error: Option<Error>,
}

impl<E: Asked> Singles<E> {
    pub(super) fn new(requests: Vec<E>) -> Self {
        let outcomes = requests.iter().map(|_| BulkOutcome::NotApplied).collect();
        let round = (0..requests.len()).collect();
        Self { requests, outcomes, round, open: Vec::new(), error: None }
    }
}

impl<E: Asked> Requests for Singles<E> {
    type Row = E::Reply;

    fn next(&mut self) -> Option<ImportRequest> {
        loop {
            let place = *self.round.front()?;
            let request = self.requests.get(place)?;
            match request.check() {
                Ok(()) => return Some(request.clone().ask()),
                Err(error) => {
                    self.round.pop_front();
                    if let Some(outcome) = self.outcomes.get_mut(place) {
                        *outcome = BulkOutcome::Failed(vec![error.to_string()]);
                    }
                }
            }
        }
    }

    fn told(&mut self, reply: ImportReply) {
        let Some(result) = E::answer(reply) else { return };
        let Some(place) = self.round.pop_front() else { return };
        let Some(outcome) = self.outcomes.get_mut(place) else { return };
        let error = match result {
            Ok(reply) => {
                *outcome = BulkOutcome::Done(Some(reply));
                return;
            }
            Err(error) => error,
        };
        if error.may_pass() {
            self.open.push(place);
        }
        if error.may_have_been_applied() {
            *outcome = BulkOutcome::MayHaveBeenApplied;
        } else if let Some(reasons) = refusal(&error)
            // Nobody takes back what an earlier request may have done.
            && !matches!(outcome, BulkOutcome::MayHaveBeenApplied)
        {
            *outcome = BulkOutcome::Failed(reasons);
        }
        self.error = Some(error);
    }

    fn repeat(&mut self) -> bool {
        self.round.extend(self.open.drain(..));
        !self.round.is_empty()
    }

    fn finish(self) -> (Vec<BulkOutcome<E::Reply>>, Option<Error>) {
        (self.outcomes, self.error)
    }
}
