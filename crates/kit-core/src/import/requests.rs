use std::collections::VecDeque;

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

/// Whether no other request of the import would succeed, either.
pub(super) fn is_final(error: &Error) -> bool {
    let is_forbidden =
        matches!(error, Error::Api(error) if error.status() == StatusCode::FORBIDDEN);
    error.is_about_credentials() || is_forbidden
}

/// Up to a hundred items in a request.
pub(super) struct InBatches<B: BulkOperation> {
    batches: Batches<B>,
    sent: Option<Batch<B>>,
}

impl<B: BulkOperation> InBatches<B> {
    pub(super) fn new(items: Vec<B::Item>) -> Self {
        Self { batches: Batches::new(items), sent: None }
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
        if let Some(reply) = B::answer(reply)
            && let Some(batch) = self.sent.take()
        {
            self.batches.record(batch, reply);
        }
    }

    fn repeat(&mut self) -> bool {
        self.batches.repeat()
    }

    fn finish(self) -> (Vec<BulkOutcome<B::Row>>, Option<Error>) {
        let mut report = self.batches.into_report();
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
        let place = self.round.front()?;
        Some(self.requests.get(*place)?.clone().ask())
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
        match &error {
            error if error.may_have_been_applied() => *outcome = BulkOutcome::MayHaveBeenApplied,
            error if error.may_pass() || is_final(error) => {}
            Error::Api(api) if !api.messages().is_empty() => {
                *outcome = BulkOutcome::Failed(api.messages().to_vec());
            }
            error => *outcome = BulkOutcome::Failed(vec![error.to_string()]),
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
