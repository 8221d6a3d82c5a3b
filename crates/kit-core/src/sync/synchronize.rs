use std::collections::VecDeque;
use std::fmt;

use super::{Plan, Scope, SyncError, SyncReport, Synced};
use crate::Error;
use crate::endpoint::Endpoint;
use crate::list::{Page, Pages};
use crate::sync::{Deletion, Reason};

/// How often the list is read anew because nobody knows what came of a creation.
const MOST_ROUNDS: u8 = 3;

/// Brings Kit in step with what is wanted: lists what is there, makes a [`Plan`], and carries it out. Does no I/O: what
/// it wants done goes out as a [`SyncStep`].
///
/// Where the outcome of a creation is unknown, the list is read anew before anything is sent again. A webhook endpoint
/// whose secret was lost that way is deleted, and created again. A `Synchronize` that ends half-way is finished by the
/// next. (But where it ends, or its process does, while the outcome of creating an endpoint is unknown, the next finds
/// an endpoint whose secret nobody has: [`RotateSecret`](crate::webhook_endpoints::RotateSecret) gives another.) A step
/// that Kit refuses, with 403, 404 or 422, keeps no other from being done, and is the error at the end.
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
    /// Why a step could not be done, without which the others can be: the first such error.
    refused: Option<Error>,
    state: State<T>,
    report: SyncReport<T>,
}

enum State<T: Synced> {
    Listing { pages: Pages<T::List>, existing: Vec<T> },
    Working { steps: VecDeque<Work<T>>, is_uncertain: Option<Error> },
    Failed(Error),
    Over,
}

enum Work<T: Synced> {
    Create(T::Create),
    Update(T, T::Update),
    Delete(T, T::Delete),
}

/// What the caller of [`Synchronize::next`] has to do next.
#[non_exhaustive]
pub enum SyncStep<T: Synced> {
    /// Send it; then tell [`Synchronize::listed`].
    List(T::List),
    /// Send it; then tell [`Synchronize::created`].
    Create(T::Create),
    /// Send it; then tell [`Synchronize::updated`].
    Update(T::Update),
    /// Send it; then tell [`Synchronize::deleted`].
    Delete(T::Delete),
    /// It has ended.
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
            refused: None,
            state: State::listing(),
            report: SyncReport::default(),
        })
    }

    /// Returns what to do now. The same comes again until its outcome is told.
    #[expect(clippy::should_implement_trait, reason = "it is told what came of each step")]
    pub fn next(&mut self) -> SyncStep<T> {
        loop {
            match &mut self.state {
                State::Listing { pages, .. } => match pages.next() {
                    Some(Ok(list)) => return SyncStep::List(list.clone()),
                    Some(Err(error)) => self.state = State::Failed(error),
                    None => self.plan(),
                },
                State::Working { steps, is_uncertain } => match steps.front() {
                    Some(Work::Create(create)) => return SyncStep::Create(create.clone()),
                    Some(Work::Update(_, update)) => return SyncStep::Update(update.clone()),
                    Some(Work::Delete(_, delete)) => return SyncStep::Delete(delete.clone()),
                    None => match is_uncertain.take() {
                        None => {
                            if let Some(error) = self.refused.take() {
                                self.state = State::Failed(error);
                                continue;
                            }
                            self.state = State::Over;
                            return SyncStep::Done(Ok(std::mem::take(&mut self.report)));
                        }
                        Some(error) if self.rounds >= MOST_ROUNDS => {
                            self.state = State::Failed(error);
                        }
                        Some(_) => self.state = State::listing(),
                    },
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
                    return SyncStep::Done(Ok(SyncReport::default()));
                }
            }
        }
    }

    fn plan(&mut self) {
        let State::Listing { existing, .. } = std::mem::replace(&mut self.state, State::Over)
        else {
            return;
        };
        self.rounds = self.rounds.saturating_add(1);
        let ids = existing.iter().map(T::id).collect();
        let known = self.known.replace(ids);
        let uncertain = std::mem::take(&mut self.report.uncertain);
        let uncertain: Vec<String> = uncertain.iter().map(T::wanted_key).collect();
        let has_lost_its_secret = |item: &T| {
            let is_new = known.as_ref().is_some_and(|known| !known.contains(&item.id()));
            T::HAS_SECRET && is_new && uncertain.contains(&item.key())
        };
        let (lost, existing): (Vec<T>, Vec<T>) =
            existing.into_iter().partition(has_lost_its_secret);
        match Plan::new(self.wanted.iter().cloned(), existing, &self.scope) {
            Ok(plan) => {
                let lost = lost.into_iter();
                let lost = lost.map(|item| Deletion { item, reason: Reason::SecretLost });
                let delete = |Deletion { item, .. }: Deletion<T>| {
                    let delete = item.delete();
                    Work::Delete(item, delete)
                };
                self.report.kept = plan.keep;
                let steps = lost
                    .map(delete)
                    .chain(plan.create.into_iter().map(Work::Create))
                    .chain(plan.update.into_iter().map(|(item, update)| Work::Update(item, update)))
                    .chain(plan.delete.into_iter().map(delete));
                self.state = State::Working { steps: steps.collect(), is_uncertain: None };
            }
            Err(error) => self.state = State::Failed(error),
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
            Ok(reply) => self.report.created.push(reply),
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
            Ok(_) => self.report.deleted.push(item),
            Err(Error::Api(error)) if error.status() == 404 => self.report.deleted.push(item),
            Err(error) => self.failed(error),
        }
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
            Self::List(_) => "List",
            Self::Create(_) => "Create",
            Self::Update(_) => "Update",
            Self::Delete(_) => "Delete",
            Self::Done(_) => "Done",
        })
    }
}
