use std::time::SystemTime;

use kit_core::import::{Import, ImportClient, ImportJournal, ImportRow, ImportStep, RowReport};
use kit_core::{Endpoint, Error};

use crate::Client;
use crate::wait::wait_for;

/// What becomes of the rows of an import, in their order: made by [`Client::import`].
///
/// Rows are read, and requests sent, as the iterator gets to them: an import that nobody iterates does nothing. An error
/// is the last item: the rows before it were reported.
#[must_use = "an import sends what is needed as it is iterated"]
pub struct ImportIter<R, J> {
    client: Client,
    import: Import,
    rows: R,
    journal: J,
    reports: std::vec::IntoIter<RowReport>,
    has_ended: bool,
}

impl<R: Iterator<Item = ImportRow>, J: ImportJournal> ImportIter<R, J> {
    pub(crate) fn new(client: Client, mut import: Import, rows: R, journal: J) -> Self {
        import.begin(client.kit.credentials(), SystemTime::now());
        let reports = Vec::new().into_iter();
        Self { client, import, rows, journal, reports, has_ended: false }
    }

    /// The next step. `Some` at the end.
    fn step(&mut self) -> Option<Result<(), Error>> {
        match self.import.next() {
            ImportStep::Recall => self.import.recalled(self.journal.next_entry()),
            ImportStep::Rows(count) => {
                let rows = self.rows.by_ref().take(count).collect();
                self.import.rows(rows);
            }
            ImportStep::Send(request) => self.import.told(request.send(&self.client)),
            ImportStep::Wait(wait) => {
                wait_for(std::future::pending(), wait, &self.client.cancel);
                self.import.waited();
            }
            ImportStep::Record(entry) => self.import.recorded(self.journal.add(&entry)),
            ImportStep::Report(reports) => self.reports = reports.into_iter(),
            ImportStep::Done(result) => return Some(result),
            _ => {
                let reason = "the step is not supported by this transport";
                return Some(Err(Error::input("import", reason)));
            }
        }
        None
    }
}

impl<R: Iterator<Item = ImportRow>, J: ImportJournal> Iterator for ImportIter<R, J> {
    type Item = Result<RowReport, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(report) = self.reports.next() {
                return Some(Ok(report));
            }
            if self.has_ended {
                return None;
            }
            if let Some(result) = self.step() {
                self.has_ended = true;
                return result.err().map(Err);
            }
        }
    }
}

impl<R: Iterator<Item = ImportRow>, J: ImportJournal> std::iter::FusedIterator
    for ImportIter<R, J>
{
}

impl ImportClient for Client {
    fn send<E: Endpoint>(&self, operation: &E) -> Result<E::Reply, Error> {
        Self::send(self, operation)
    }
}

impl<R, J> std::fmt::Debug for ImportIter<R, J> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImportIter").field("import", &self.import).finish_non_exhaustive()
    }
}
