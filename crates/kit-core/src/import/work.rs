use super::names::Names;
use super::person::Person;
use super::request::{Asked, ImportReply, ImportRequest};
use super::requests::{Requests, Singles};
use crate::bulk::BulkOutcome;
use crate::error::Error;
use crate::list::{List, Pages};

/// One kind of work for a page of rows: requests, in rounds, and what comes of them in the end.
pub(super) trait Work: Send {
    /// The next request of this round. The same comes again until its reply is told.
    fn next(&mut self) -> Option<ImportRequest>;

    fn told(&mut self, reply: ImportReply);

    /// Begins another round, with what can be sent again. Returns whether there is something.
    fn repeat(&mut self) -> bool;

    /// Keeps what came of it; `why` what was not sent was not.
    fn finish(
        self: Box<Self>,
        people: &mut [Person],
        names: &mut Names,
        why: Option<&str>,
    ) -> Finished;
}

/// The end of a work.
pub(super) struct Finished {
    /// Why the last request failed that did.
    pub(super) error: Option<Error>,
    /// Whether the import cannot go on without what is open.
    pub(super) is_missed: bool,
}

/// Requests that change people.
pub(super) struct ForPeople<R: Requests> {
    pub(super) requests: R,
    /// Whom each item is about, by their place, and what.
    pub(super) items: Vec<(usize, String)>,
    pub(super) done: fn(&mut Person, R::Row, i64),
    pub(super) begun: i64,
}

impl<R: Requests + Send> Work for ForPeople<R> {
    fn next(&mut self) -> Option<ImportRequest> {
        self.requests.next()
    }

    fn told(&mut self, reply: ImportReply) {
        self.requests.told(reply);
    }

    fn repeat(&mut self) -> bool {
        self.requests.repeat()
    }

    fn finish(
        self: Box<Self>,
        people: &mut [Person],
        _: &mut Names,
        why: Option<&str>,
    ) -> Finished {
        let (outcomes, error) = self.requests.finish();
        let text = error.as_ref().map(ToString::to_string);
        let why = why.or(text.as_deref()).unwrap_or_default();
        for ((place, what), outcome) in self.items.iter().zip(outcomes) {
            if let Some(person) = people.get_mut(*place)
                && let Some(row) = person.take(outcome, what, why)
            {
                (self.done)(person, row, self.begun);
            }
        }
        Finished { error, is_missed: false }
    }
}

/// Creates what rows name.
pub(super) struct ForNames<E: Asked> {
    pub(super) requests: Singles<E>,
    pub(super) names: Vec<String>,
    pub(super) keep: fn(&mut Names, &str, BulkOutcome<E::Reply>),
}

impl<E: Asked + Send> Work for ForNames<E>
where
    E::Reply: Send,
{
    fn next(&mut self) -> Option<ImportRequest> {
        self.requests.next()
    }

    fn told(&mut self, reply: ImportReply) {
        self.requests.told(reply);
    }

    fn repeat(&mut self) -> bool {
        self.requests.repeat()
    }

    fn finish(self: Box<Self>, _: &mut [Person], names: &mut Names, _: Option<&str>) -> Finished {
        let (outcomes, error) = self.requests.finish();
        let mut is_open = false;
        for (name, outcome) in self.names.iter().zip(outcomes) {
            match outcome {
                BulkOutcome::Done(_) | BulkOutcome::Failed(_) => (self.keep)(names, name, outcome),
                _ => is_open = true,
            }
        }
        Finished { error, is_missed: is_open }
    }
}

/// Lists what the account has.
pub(super) struct Listing<L: List> {
    pages: Pages<L>,
    items: Vec<L::Item>,
    error: Option<Error>,
    /// Whether the list would never end.
    is_stuck: bool,
    keep: fn(&mut Names, Vec<L::Item>),
}

impl<L: List> Listing<L> {
    pub(super) fn new(list: L, keep: fn(&mut Names, Vec<L::Item>)) -> Self {
        Self { pages: Pages::new(list), items: Vec::new(), error: None, is_stuck: false, keep }
    }
}

impl<L: List + Asked + Send> Work for Listing<L>
where
    L::Item: Send,
{
    fn next(&mut self) -> Option<ImportRequest> {
        if self.error.is_some() {
            return None;
        }
        match self.pages.next()? {
            Ok(list) => Some(list.clone().ask()),
            Err(error) => {
                self.error = Some(error);
                self.is_stuck = true;
                None
            }
        }
    }

    fn told(&mut self, reply: ImportReply) {
        match L::answer(reply) {
            Some(Ok(page)) => {
                self.pages.received(&page.pagination);
                self.items.extend(page.items);
            }
            Some(Err(error)) => self.error = Some(error),
            None => {}
        }
    }

    fn repeat(&mut self) -> bool {
        self.error.take_if(|error| error.may_pass() && !self.is_stuck).is_some()
    }

    fn finish(self: Box<Self>, _: &mut [Person], names: &mut Names, _: Option<&str>) -> Finished {
        let is_missed = self.error.is_some();
        if !is_missed {
            (self.keep)(names, self.items);
        }
        Finished { error: self.error, is_missed }
    }
}
