use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use kit_core::import::{
    AsyncImportClient, Import, ImportJournal, ImportRow, ImportStep, JournalEntry, RowReport,
};
use kit_core::oauth::StoreError;
use kit_core::{Endpoint, Error};

use tokio::time::Instant;

use crate::Client;

/// What becomes of the rows of an import, in their order: made by [`Client::import`].
///
/// Rows are read, and requests sent, as [`next`](Self::next) gets to them. An error is the last item: the rows before it
/// were reported.
#[must_use = "an import sends what is needed as it is awaited"]
pub struct ImportStream<R, J> {
    client: Client,
    import: Import,
    rows: R,
    journal: Arc<Mutex<Kept<J>>>,
    reports: std::vec::IntoIter<RowReport>,
    /// The end of a wait.
    until: Option<Instant>,
    has_ended: bool,
}

/// A journal, and what was read of it for somebody who has stopped waiting.
struct Kept<J> {
    journal: J,
    entry: Option<Result<Option<JournalEntry>, StoreError>>,
}

impl<R: Iterator<Item = ImportRow>, J: ImportJournal + Send + 'static> ImportStream<R, J> {
    pub(crate) fn new(client: Client, mut import: Import, rows: R, journal: J) -> Self {
        import.begin(client.kit.credentials(), SystemTime::now());
        let journal = Arc::new(Mutex::new(Kept { journal, entry: None }));
        let reports = Vec::new().into_iter();
        Self { client, import, rows, journal, reports, until: None, has_ended: false }
    }

    /// What became of the next row; `None` after the last one, and after an error. It can be called again where it was
    /// dropped: what was sent then is sent again.
    pub async fn next(&mut self) -> Option<Result<RowReport, Error>> {
        loop {
            if let Some(report) = self.reports.next() {
                return Some(Ok(report));
            }
            if self.has_ended {
                return None;
            }
            if let Some(result) = self.step().await {
                self.has_ended = true;
                return result.err().map(Err);
            }
        }
    }

    /// The next step. `Some` at the end.
    async fn step(&mut self) -> Option<Result<(), Error>> {
        match self.import.next() {
            ImportStep::Recall => {
                let read = |kept: &mut Kept<J>| {
                    kept.entry.get_or_insert_with(|| kept.journal.next_entry());
                };
                let read = self.with_journal(read).await;
                let mut kept = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
                let entry = kept.entry.take().unwrap_or(Ok(None));
                self.import.recalled(read.and(entry));
            }
            ImportStep::Rows(count) => {
                let rows = self.rows.by_ref().take(count).collect();
                self.import.rows(rows);
            }
            ImportStep::Send(request) => {
                let reply = request.send_async(&self.client).await;
                self.import.told(reply);
            }
            ImportStep::Wait(wait) => {
                // Whoever stops waiting meanwhile does not begin anew.
                let until = *self.until.get_or_insert_with(|| Instant::now() + wait);
                tokio::time::sleep_until(until).await;
                self.until = None;
                self.import.waited();
            }
            ImportStep::Record(entry) => {
                let added = self.with_journal(move |kept| kept.journal.add(&entry)).await;
                self.import.recorded(added.and_then(|added| added));
            }
            ImportStep::Report(reports) => self.reports = reports.into_iter(),
            ImportStep::Done(result) => return Some(result),
            _ => {
                let reason = "the step is not supported by this transport";
                return Some(Err(Error::input("import", reason)));
            }
        }
        None
    }

    /// Journals block: on a thread for that.
    async fn with_journal<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Kept<J>) -> T + Send + 'static,
    ) -> Result<T, StoreError> {
        let journal = self.journal.clone();
        let act = move || act(&mut journal.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(tokio::task::spawn_blocking(act).await?)
    }
}

impl AsyncImportClient for Client {
    fn send<E: Endpoint + Sync>(
        &self,
        operation: &E,
    ) -> impl Future<Output = Result<E::Reply, Error>> + Send
    where
        E::Reply: Send,
    {
        Self::send(self, operation)
    }
}

impl<R, J> fmt::Debug for ImportStream<R, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImportStream").field("import", &self.import).finish_non_exhaustive()
    }
}
