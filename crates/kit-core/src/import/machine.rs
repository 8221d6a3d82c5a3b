use std::fmt;
use std::time::{Duration, SystemTime};

use super::journal::fingerprint;
use super::names::Names;
use super::page::{How, Page};
use super::requests::is_final;
use super::work::Work;
use super::{
    ImportReply, ImportRequest, ImportRow, JournalEntry, RowOutcome, RowReport, RowResult,
};
use crate::Credentials;
use crate::error::{Error, StoreError};

/// How often what is open is sent again.
const MOST_ROUNDS: u32 = 4;

/// How long to wait before that, the first time. Then it is twice as long each time.
const WAIT: Duration = Duration::from_secs(10);

/// After how many works in a row of which nothing succeeded Kit is down.
const MOST_FAILURES: u32 = 3;

/// How many rows an import with an access token has in hand: as many as Kit takes in a request.
const IN_BATCHES: usize = 100;

/// How many rows an import has in hand that sends requests for each.
const ONE_BY_ONE: usize = 10;

/// Brings people over, with their custom fields, tags and forms, and says what became of each. Does no I/O: what it wants
/// done goes out as an [`ImportStep`].
///
/// It goes through the rows a hundred at a time. Custom fields and tags that a row names and the account does not have are
/// created. With an access token it sends bulk requests; with an API key, which they do not take, several requests for
/// each row. Rows of one address, whatever their case, are sent as one if they are among the same hundred, and one after
/// the other otherwise; where both say something, the later one wins.
///
/// A request that may succeed another time is sent again: four times, after 10, 20, 40 and 60 seconds. All requests of an
/// import can be sent again. Where nothing heals it (401, 403, or Kit is down), the import ends: the rows that are left
/// are not attempted.
///
/// With a [journal](super::ImportJournal), an import of the same rows goes on where an earlier one was, and reports first
/// what that had done. From the first row on that stayed open it begins again, so that later rows of one address win.
///
/// # Examples
///
/// ```
/// use kit_core::import::{Import, UnknownFields};
///
/// let import = Import::new().with_unknown_fields(UnknownFields::Refuse);
/// ```
pub struct Import {
    how: How,
    names: Names,
    /// What a journal is for.
    label: String,
    /// The number of the next row, counted from 1.
    next: u64,
    /// Whether the journal has no other entry.
    has_recalled: bool,
    /// Whether there are no other rows.
    is_last: bool,
    /// Whether a row is open: then no later one goes into the journal.
    has_open: bool,
    /// How many works have come to nothing, one after the other.
    failures: u32,
    ended: Option<Error>,
    state: State,
}

enum State {
    Recalling,
    /// The rows of this entry are asked for.
    Recalled(JournalEntry),
    Asking,
    Working(Page, Box<dyn Work>, Round),
    Recording(JournalEntry, Vec<RowReport>),
    Reporting(Vec<RowReport>),
    Over,
}

/// Whether, and since when, a work is sent again.
#[derive(Default)]
struct Round {
    number: u32,
    is_waiting: bool,
    /// Whether a request has succeeded, or was refused for a reason of its own.
    has_come_to_something: bool,
    /// Whether no other request would succeed, either.
    is_final: bool,
}

/// What becomes of values for custom fields that the account does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UnknownFields {
    /// The custom field is created, with the name in the row as its label.
    #[default]
    Create,
    /// The value is passed over, and a warning says so.
    Ignore,
    /// The row is refused.
    Refuse,
}

/// The next step, for the caller of [`Import::next`].
#[derive(Debug)]
#[non_exhaustive]
pub enum ImportStep {
    /// Read the next entry of the journal; then tell [`Import::recalled`].
    Recall,
    /// Get so many rows of the input; then tell [`Import::rows`].
    Rows(usize),
    /// Send it; then tell [`Import::told`].
    Send(ImportRequest),
    /// Wait so long; then tell [`Import::waited`].
    Wait(Duration),
    /// Add an entry to the journal; then tell [`Import::recorded`].
    Record(JournalEntry),
    /// What became of the next rows, in their order.
    Report(Vec<RowReport>),
    /// The import has ended: by the end of the rows, or by an error after which the others were not attempted.
    Done(Result<(), Error>),
}

impl Default for Import {
    fn default() -> Self {
        Self::new()
    }
}

impl Import {
    /// An import that creates the custom fields that it misses.
    pub fn new() -> Self {
        Self {
            how: How {
                unknown_fields: UnknownFields::default(),
                unsubscribes: false,
                is_bulk: false,
                begun: i64::MAX,
            },
            names: Names::default(),
            label: String::new(),
            next: 1,
            has_recalled: false,
            is_last: false,
            has_open: false,
            failures: 0,
            ended: None,
            state: State::Recalling,
        }
    }

    /// Unsubscribes the people of these rows, by their addresses; nothing else in a row counts. A row whose address no
    /// subscriber has is refused. Kit finds a new subscriber after some 30 seconds, at times 5 minutes.
    pub fn unsubscribing() -> Self {
        let mut this = Self::new();
        this.how.unsubscribes = true;
        this
    }

    /// Sets what becomes of values for custom fields that the account does not have. Default:
    /// [`UnknownFields::Create`].
    #[must_use]
    pub fn with_unknown_fields(mut self, unknown_fields: UnknownFields) -> Self {
        self.how.unknown_fields = unknown_fields;
        self
    }

    /// Says what a journal is for, such as the URL of Kit and the id of the account: that of another label is refused, so
    /// that an import does not go on where one of another account was.
    #[must_use]
    pub fn with_label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Says as whom requests are sent, and what time it is: a subscriber that Kit has created since, or in the five
    /// minutes before, counts as created by this import.
    pub fn begin(&mut self, credentials: &Credentials, now: SystemTime) {
        self.how.is_bulk = !credentials.is_api_key();
        let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        self.how.begun = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    }

    /// Returns what to do now. The same comes again until its outcome is told.
    #[expect(clippy::should_implement_trait, reason = "it is told what came of each step")]
    pub fn next(&mut self) -> ImportStep {
        loop {
            match std::mem::replace(&mut self.state, State::Over) {
                State::Recalling => {
                    self.state = State::Recalling;
                    return ImportStep::Recall;
                }
                State::Recalled(entry) => {
                    let rows = entry.rows();
                    self.state = State::Recalled(entry);
                    return ImportStep::Rows(rows);
                }
                State::Asking if self.is_last => {}
                State::Asking => {
                    self.state = State::Asking;
                    let is_in_batches = self.how.is_bulk && !self.how.unsubscribes;
                    return ImportStep::Rows(if is_in_batches { IN_BATCHES } else { ONE_BY_ONE });
                }
                State::Working(page, work, round) => {
                    if let Some(step) = self.work(page, work, round) {
                        return step;
                    }
                }
                State::Recording(entry, reports) => {
                    self.state = State::Recording(entry.clone(), reports);
                    return ImportStep::Record(entry);
                }
                State::Reporting(reports) => {
                    let goes_on = self.has_recalled || self.ended.is_some();
                    self.state = if goes_on { State::Asking } else { State::Recalling };
                    return ImportStep::Report(reports);
                }
                State::Over => return ImportStep::Done(self.ended.take().map_or(Ok(()), Err)),
            }
        }
    }

    /// The step of a work; `None` after its end.
    fn work(
        &mut self,
        mut page: Page,
        mut work: Box<dyn Work>,
        mut round: Round,
    ) -> Option<ImportStep> {
        let mut step = None;
        if self.ended.is_none() {
            if round.is_final {
                // Its outcome is known.
            } else if round.is_waiting {
                step = Some(ImportStep::Wait(wait(round.number)));
            } else if let Some(request) = work.next() {
                step = Some(ImportStep::Send(request));
            } else if round.number < MOST_ROUNDS && work.repeat() {
                round = Round { number: round.number + 1, is_waiting: true, ..round };
                step = Some(ImportStep::Wait(wait(round.number)));
            }
        }
        if step.is_some() {
            self.state = State::Working(page, work, round);
            return step;
        }
        self.failures = if round.has_come_to_something { 0 } else { self.failures + 1 };
        let why = self.why();
        let finished = work.finish(&mut page.people, &mut self.names, why.as_deref());
        let is_down = self.failures >= MOST_FAILURES;
        if self.ended.is_none() && (round.is_final || finished.is_missed || is_down) {
            self.ended = finished.error;
        }
        self.begin_work(page);
        None
    }

    /// Begins the next work of a page, or ends the page.
    fn begin_work(&mut self, mut page: Page) {
        let why = self.why();
        if let Some(work) = page.next_work(&mut self.names, why.as_deref()) {
            self.state = State::Working(page, work, Round::default());
            return;
        }
        let (rows, results) = page.results(self.next);
        let fingerprint = fingerprint(&self.what(), &rows);
        let (first, begun) = (self.next, self.how.begun);
        let entry = JournalEntry { first, begun, fingerprint, results: results.clone() };
        let reports = self.reports(rows, results);
        let is_open = |result: &RowResult| result.outcome.is_open();
        self.has_open |= self.ended.is_some() || entry.results.iter().any(is_open);
        // What is open, and all behind it, is done by the next import, in this order.
        self.state = if self.has_open {
            State::Reporting(reports)
        } else {
            State::Recording(entry, reports)
        };
    }

    fn reports(&mut self, rows: Vec<ImportRow>, results: Vec<RowResult>) -> Vec<RowReport> {
        let first = self.next;
        self.next = first.saturating_add(u64::try_from(rows.len()).unwrap_or(u64::MAX));
        let rows = (first..).zip(rows).zip(results);
        rows.map(|((number, row), result)| RowReport { number, row, result }).collect()
    }

    /// Why nothing is sent any more.
    fn why(&self) -> Option<String> {
        self.ended.as_ref().map(ToString::to_string)
    }

    /// What the rows are for: rows of another import are other rows.
    fn what(&self) -> String {
        let How { unsubscribes, unknown_fields, .. } = self.how;
        format!("{unsubscribes} {unknown_fields:?} {}", self.label)
    }

    /// Tells the next entry of the journal; `None` after the last one.
    pub fn recalled(&mut self, entry: Result<Option<JournalEntry>, StoreError>) {
        if !matches!(self.state, State::Recalling) {
            return;
        }
        self.state = match entry {
            // It was added twice, since nobody knew whether it was.
            Ok(Some(entry)) if entry.first < self.next || entry.rows() == 0 => State::Recalling,
            Ok(Some(entry)) => {
                self.how.begun = entry.begun;
                State::Recalled(entry)
            }
            Ok(None) => {
                self.has_recalled = true;
                State::Asking
            }
            Err(error) => {
                self.ended = Some(Error::input("journal", format!("cannot be read: {error}")));
                State::Asking
            }
        };
    }

    /// Tells the rows that were asked for: fewer at the end of the input.
    pub fn rows(&mut self, rows: Vec<ImportRow>) {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Recalled(entry) => {
                if entry.first == self.next && fingerprint(&self.what(), &rows) == entry.fingerprint
                {
                    let reports = self.reports(rows, entry.results);
                    self.state = State::Reporting(reports);
                } else {
                    let number = self.next;
                    let reason = format!("is of other rows than these from row {number} on");
                    self.ended = Some(Error::input("journal", reason));
                    self.not_attempted(rows);
                }
            }
            State::Asking => {
                self.is_last = rows.is_empty();
                if self.is_last {
                    self.state = State::Over;
                } else if self.ended.is_some() {
                    self.not_attempted(rows);
                } else {
                    self.begin_work(Page::new(rows, self.how));
                }
            }
            state => self.state = state,
        }
    }

    fn not_attempted(&mut self, rows: Vec<ImportRow>) {
        let ended: Vec<_> = self.why().into_iter().collect();
        let result = |row: &ImportRow| {
            RowResult::of(match row.problem() {
                Some(problem) => RowOutcome::refused(problem),
                None => RowOutcome::NotAttempted { reasons: ended.clone() },
            })
        };
        let results = rows.iter().map(result).collect();
        self.state = State::Reporting(self.reports(rows, results));
    }

    /// Tells what came of a request.
    pub fn told(&mut self, reply: ImportReply) {
        let State::Working(_, work, round) = &mut self.state else { return };
        round.is_final = reply.error().is_some_and(is_final);
        round.has_come_to_something |= reply.error().is_none_or(|error| !error.may_pass());
        work.told(reply);
    }

    /// Tells that the time is over.
    pub fn waited(&mut self) {
        if let State::Working(_, _, round) = &mut self.state {
            round.is_waiting = false;
        }
    }

    /// Tells whether the entry is safe.
    pub fn recorded(&mut self, recorded: Result<(), StoreError>) {
        if let State::Recording(_, reports) = &mut self.state {
            let reports = std::mem::take(reports);
            if let Err(error) = recorded {
                self.ended = Some(Error::input("journal", format!("cannot be written: {error}")));
            }
            self.state = State::Reporting(reports);
        }
    }
}

fn wait(round: u32) -> Duration {
    let wait = WAIT.saturating_mul(1_u32.checked_shl(round.saturating_sub(1)).unwrap_or(u32::MAX));
    wait.min(Duration::from_secs(60))
}

impl fmt::Debug for Import {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Import").field("next", &self.next).finish_non_exhaustive()
    }
}
