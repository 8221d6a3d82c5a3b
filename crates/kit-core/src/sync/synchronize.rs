use std::collections::{BTreeSet, VecDeque};
use std::fmt;
use std::time::Duration;

use super::{Plan, Scope, SyncError, SyncReport, Synced};
use crate::endpoint::{Endpoint, operation};
use crate::list::{Page, Pages};
use crate::{Error, Operation};

/// How often the list is read anew because nobody knows what came of a creation.
const MOST_ROUNDS: u8 = 3;

/// How long to wait before that, by default.
const WAIT: Duration = Duration::from_secs(10);

/// Brings Kit in step with what is wanted: lists what is there, makes a [`Plan`], and carries it out. Does no I/O: what
/// it wants done goes out as a [`SyncStep`].
///
/// If the outcome of a creation is unknown, it [waits](Self::with_wait), and reads the list anew, before anything is
/// sent again: Kit may apply a request later than it fails to answer it. A `Synchronize` that ends half-way is finished
/// by the next. A step that Kit refuses, with 403, 404 or 422, keeps no other from being done, and is the error at the
/// end.
///
/// # Several programs at once
///
/// After creating, the list is read once more: where two programs that start at the same time have created the same,
/// the older one stays, whoever made it, and the other is deleted. After deleting a duplicate the list is read once
/// more, too: another program may have deleted the one that this program keeps, and it is then created again. Of a
/// webhook endpoint, the secret comes only to who has created it. So:
///
/// - say of which endpoints the program has secrets, by [`with_secrets_of`](Self::with_secrets_of): of duplicates, one
///   of these is kept;
/// - look at [`SyncReport::without_secret`] for endpoints that are there, but not by this run, and whose ids you have
///   not named: ask the program that has made them, or rotate the secret by
///   [`RotateSecret`](crate::webhook_endpoints::RotateSecret);
/// - an endpoint that is there after its creation was not answered may be another program's: it stays, its secret is
///   unknown, and the error of the creation is the error at the end. Only [`alone`](Self::alone) deletes it, and
///   creates it again.
///
/// # Examples
///
/// ```
/// use kit_core::sync::{Scope, Synchronize};
/// use kit_core::webhooks::{CreateWebhook, Event, Webhook};
///
/// let wanted = [CreateWebhook::new("https://example.com/kit/t0ken", Event::PurchaseCreate)?];
/// let sync = Synchronize::<Webhook>::new(wanted, Scope::UrlPrefix("https://example.com/kit".into()))?;
/// # Ok::<(), kit_core::Error>(())
/// ```
pub struct Synchronize<T: Synced> {
    wanted: Vec<T::Create>,
    scope: Scope,
    rounds: u8,
    /// Which ids were there when the list was read last, if it was.
    known: Option<Vec<u64>>,
    /// The ids of those whose secrets the program has, if it has said so.
    secrets: Option<BTreeSet<u64>>,
    is_alone: bool,
    wait: Duration,
    /// The items that were created, however the list lags.
    made: Vec<T>,
    /// How many of these have been looked for duplicates of.
    checked: usize,
    /// Whether a duplicate was deleted since the list was read.
    has_deleted_duplicate: bool,
    /// The ids of those that were created without an answer, or by another program at the same time.
    unknown: BTreeSet<u64>,
    /// Why a step could not be done, without which the others can be: the first such error.
    refused: Option<Error>,
    /// Why it is unknown what came of a creation.
    unanswered: Option<Error>,
    state: State<T>,
    report: SyncReport<T>,
}

enum State<T: Synced> {
    Waiting(Duration),
    Listing { pages: Pages<T::List>, existing: Vec<T> },
    Working { steps: VecDeque<Work<T>>, is_uncertain: Option<Error> },
    Failed(Error),
    Over,
}

/// Why the list is read, and so which steps of the plan are done.
#[derive(Clone, Copy)]
enum Round {
    /// To do everything.
    Full,
    /// Another program may have created the same at the same time.
    Check,
    /// Another program may have deleted the one that this program keeps.
    LookAgain,
}

enum Work<T: Synced> {
    Create(T::Create),
    Update(T, T::Update),
    Delete(T, T::Delete),
}

/// The next step, for the caller of [`Synchronize::next`].
#[non_exhaustive]
pub enum SyncStep<T: Synced> {
    /// Wait so long; then tell [`Synchronize::waited`].
    Wait(Duration),
    /// Send it; then tell [`Synchronize::listed`].
    List(T::List),
    /// Send it; then tell [`Synchronize::created`].
    Create(T::Create),
    /// Send it; then tell [`Synchronize::updated`].
    Update(T::Update),
    /// Send it; then tell [`Synchronize::deleted`].
    Delete(T::Delete),
    /// The synchronization has ended.
    Done(Result<SyncReport<T>, SyncError<T>>),
}

impl<T: Synced> Synchronize<T> {
    /// Brings Kit in step with `wanted`, and deletes duplicates of it, and what is in the scope and not wanted.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `wanted` where two exclude each other.
    pub fn new(wanted: impl IntoIterator<Item = T::Create>, scope: Scope) -> Result<Self, Error> {
        let wanted: Vec<_> = wanted.into_iter().collect();
        Plan::<T>::new(wanted.iter().cloned(), [], &scope)?;
        Ok(Self {
            wanted,
            scope,
            rounds: 0,
            known: None,
            secrets: None,
            is_alone: false,
            wait: WAIT,
            made: Vec::new(),
            unknown: BTreeSet::new(),
            checked: 0,
            has_deleted_duplicate: false,
            refused: None,
            unanswered: None,
            state: State::listing(),
            report: SyncReport::default(),
        })
    }

    /// The ids of the webhook endpoints whose secrets the program has, its own and those of programs that it shares them
    /// with: of duplicates one of these is kept, and [`SyncReport::without_secret`] has the others.
    #[must_use]
    pub fn with_secrets_of<I: Into<u64>>(mut self, ids: impl IntoIterator<Item = I>) -> Self {
        self.secrets = Some(ids.into_iter().map(Into::into).collect());
        self
    }

    /// No other program, and no second instance of this one, creates what is wanted: an endpoint that is there after
    /// its creation was not answered is deleted, and created again, since nobody has its secret.
    #[must_use]
    pub fn alone(mut self) -> Self {
        self.is_alone = true;
        self
    }

    /// Sets how long to wait where it is unknown what came of a creation, before the list is read anew. What is not
    /// there by then is created again. Default: 10 s.
    #[must_use]
    pub fn with_wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// The operation that comes after a wait: the list.
    pub fn operation(&self) -> Operation {
        operation(&T::list())
    }

    /// Returns what to do now. The same comes again until its outcome is told.
    #[expect(clippy::should_implement_trait, reason = "it is told what came of each step")]
    pub fn next(&mut self) -> SyncStep<T> {
        loop {
            match &mut self.state {
                State::Waiting(wait) => return SyncStep::Wait(*wait),
                State::Listing { pages, .. } => match pages.next() {
                    Some(Ok(list)) => return SyncStep::List(list.clone()),
                    Some(Err(error)) => self.state = State::Failed(error),
                    None => self.plan(),
                },
                State::Working { steps, is_uncertain } => match steps.front() {
                    Some(Work::Create(create)) => return SyncStep::Create(create.clone()),
                    Some(Work::Update(_, update)) => return SyncStep::Update(update.clone()),
                    Some(Work::Delete(_, delete)) => return SyncStep::Delete(delete.clone()),
                    None => {
                        let uncertain = is_uncertain.take();
                        self.worked(uncertain);
                    }
                },
                State::Failed(_) => {
                    let State::Failed(error) = std::mem::replace(&mut self.state, State::Over)
                    else {
                        continue;
                    };
                    let done = Box::new(std::mem::take(&mut self.report));
                    return SyncStep::Done(Err(SyncError { error, done }));
                }
                State::Over => {
                    return SyncStep::Done(Ok(std::mem::take(&mut self.report)));
                }
            }
        }
    }

    /// Decides how to go on after all steps.
    fn worked(&mut self, uncertain: Option<Error>) {
        self.state = match uncertain {
            Some(error) if self.rounds >= MOST_ROUNDS => State::Failed(error),
            Some(error) => {
                self.unanswered = Some(error);
                State::Waiting(self.wait)
            }
            // Another program may have created the same at the same time.
            None if self.checked < self.made.len() => State::listing(),
            // Another program may have deleted the one that this program keeps.
            None if self.has_deleted_duplicate && self.rounds < MOST_ROUNDS => State::listing(),
            None => self.refused.take().map_or(State::Over, State::Failed),
        };
    }

    fn plan(&mut self) {
        let State::Listing { mut existing, .. } = std::mem::replace(&mut self.state, State::Over)
        else {
            return;
        };
        let is_look_again = std::mem::take(&mut self.has_deleted_duplicate);
        let round = match self.unanswered {
            None if is_look_again => Round::LookAgain,
            None if self.checked < self.made.len() => Round::Check,
            _ => Round::Full,
        };
        // The list may still show what was deleted.
        let deleted: BTreeSet<u64> = self.report.deleted.iter().map(T::id).collect();
        existing.retain(|item| !deleted.contains(&item.id()));
        self.made.retain(|item| !deleted.contains(&item.id()));
        self.checked = self.made.len();
        self.rounds = self.rounds.saturating_add(1);
        let ids = existing.iter().map(T::id).collect();
        let known = self.known.replace(ids).unwrap_or_default();
        let uncertain = std::mem::take(&mut self.report.uncertain);
        let uncertain: Vec<String> = uncertain.iter().map(T::wanted_key).collect();
        let has_lost_its_secret = |item: &T| {
            let is_mine = self.made.iter().any(|made| made.id() == item.id());
            let is_new = !known.contains(&item.id()) && !is_mine;
            T::HAS_SECRET && is_new && uncertain.contains(&item.key())
        };
        let error = self.unanswered.take();
        let mut lost = Vec::new();
        if self.is_alone {
            (lost, existing) = existing.into_iter().partition(has_lost_its_secret);
        } else {
            let unknown: Vec<u64> =
                existing.iter().filter(|item| has_lost_its_secret(item)).map(T::id).collect();
            if let (Some(error), false) = (error, unknown.is_empty()) {
                self.refused.get_or_insert(error);
            }
            self.unknown.extend(unknown);
        }
        // The list may not show yet what was created.
        existing.extend(self.made.iter().cloned());
        let preferred = self.secrets.clone().unwrap_or_default();
        let wanted = self.wanted.iter().cloned();
        match Plan::preferring(&preferred, wanted, existing, &self.scope) {
            Ok(plan) => self.work(plan, lost, round),
            Err(error) => self.state = State::Failed(error),
        }
    }

    fn work(&mut self, plan: Plan<T>, lost: Vec<T>, round: Round) {
        let delete = |item: T| {
            let delete = item.delete();
            Work::Delete(item, delete)
        };
        let is_made = |item: &T| self.made.iter().any(|made| made.id() == item.id());
        let keys: BTreeSet<String> = self.made.iter().map(T::key).collect();
        let is_known = |item: &T| self.secrets.as_ref().is_none_or(|ids| ids.contains(&item.id()));
        // In place of what was created, another program's.
        let has_replaced = |item: &T| keys.contains(&item.key());
        let kept: Vec<T> = plan.keep.into_iter().filter(|item| !is_made(item)).collect();
        let without_secret =
            |item: &&T| !is_known(item) || has_replaced(item) || self.unknown.contains(&item.id());
        self.report.without_secret = if T::HAS_SECRET {
            kept.iter().filter(without_secret).cloned().collect()
        } else {
            Vec::new()
        };
        self.report.kept = kept;
        let duplicates = plan.delete.into_iter().map(|deletion| deletion.item);
        let own_duplicates = duplicates.clone().filter(|item| keys.contains(&item.key()));
        let create = plan.create.into_iter().map(Work::Create);
        let steps = match round {
            Round::Check => own_duplicates.map(delete).collect(),
            Round::LookAgain => create.chain(own_duplicates.map(delete)).collect(),
            Round::Full => lost
                .into_iter()
                .map(delete)
                .chain(create)
                .chain(plan.update.into_iter().map(|(item, update)| Work::Update(item, update)))
                .chain(duplicates.map(delete))
                .collect(),
        };
        self.state = State::Working { steps, is_uncertain: None };
    }

    /// Tells that the time is over.
    pub fn waited(&mut self) {
        if let State::Waiting(_) = self.state {
            self.state = State::listing();
        }
    }

    /// Tells what came of listing.
    pub fn listed(&mut self, listed: Result<Page<T>, Error>) {
        match (&mut self.state, listed) {
            (State::Listing { pages, existing }, Ok(page)) => {
                pages.received(&page.pagination);
                existing.extend(page.items);
            }
            (State::Listing { .. }, Err(error)) => self.state = State::Failed(error),
            _ => {}
        }
    }

    /// Tells what came of creating.
    pub fn created(&mut self, created: Result<<T::Create as Endpoint>::Reply, Error>) {
        let Some(Work::Create(create)) = self.finished(|work| matches!(work, Work::Create(_)))
        else {
            return;
        };
        match created {
            Ok(reply) => {
                self.made.push(T::of_reply(&reply).clone());
                self.report.created.push(reply);
            }
            Err(error) if error.may_have_been_applied() => {
                self.report.uncertain.push(create);
                if let State::Working { is_uncertain, .. } = &mut self.state {
                    *is_uncertain = Some(error);
                }
            }
            Err(error) => self.failed(error),
        }
    }

    /// Tells what came of changing.
    pub fn updated(&mut self, updated: Result<<T::Update as Endpoint>::Reply, Error>) {
        let Some(Work::Update(item, _)) = self.finished(|work| matches!(work, Work::Update(..)))
        else {
            return;
        };
        match updated {
            Ok(_) => self.report.updated.push(item),
            Err(error) => self.failed(error),
        }
    }

    /// Tells what came of deleting. What is not there any more is deleted.
    pub fn deleted(&mut self, deleted: Result<<T::Delete as Endpoint>::Reply, Error>) {
        let Some(Work::Delete(item, _)) = self.finished(|work| matches!(work, Work::Delete(..)))
        else {
            return;
        };
        match deleted {
            Ok(_) => self.gone(item),
            Err(Error::Api(error)) if error.status() == 404 => self.gone(item),
            Err(error) => self.failed(error),
        }
    }

    /// Notes a deletion. An item that is gone was not created, as far as the report goes.
    fn gone(&mut self, item: T) {
        let id = item.id();
        self.report.created.retain(|reply| T::of_reply(reply).id() != id);
        let key = item.key();
        self.has_deleted_duplicate |= self.wanted.iter().any(|wanted| T::wanted_key(wanted) == key);
        self.report.deleted.push(item);
    }

    /// Ends it with an error, for a loop that cannot do a step.
    pub fn fail(&mut self, error: Error) {
        self.state = State::Failed(error);
    }

    /// A step that Kit refuses keeps no other from being done; any other failure does.
    fn failed(&mut self, error: Error) {
        match &error {
            Error::Api(refusal) if matches!(refusal.status().as_u16(), 403 | 404 | 422) => {
                self.refused.get_or_insert(error);
            }
            _ => self.state = State::Failed(error),
        }
    }

    fn finished(&mut self, is_it: impl FnOnce(&Work<T>) -> bool) -> Option<Work<T>> {
        let State::Working { steps, .. } = &mut self.state else { return None };
        if steps.front().is_some_and(is_it) { steps.pop_front() } else { None }
    }
}

impl<T: Synced> State<T> {
    fn listing() -> Self {
        Self::Listing { pages: Pages::new(T::list()), existing: Vec::new() }
    }
}

impl<T: Synced> fmt::Debug for Synchronize<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Synchronize")
            .field("wanted", &self.wanted.len())
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

impl<T: Synced> fmt::Debug for SyncStep<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Wait(_) => "Wait",
            Self::List(_) => "List",
            Self::Create(_) => "Create",
            Self::Update(_) => "Update",
            Self::Delete(_) => "Delete",
            Self::Done(_) => "Done",
        })
    }
}
