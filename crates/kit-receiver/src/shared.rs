//! Events in an inbox that processes share: claimed in small groups, held by leases that are renewed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Poll;
use std::time::Duration;

use kit_core::deliveries::{
    AfterFailure, AsyncInbox, Claim, ClaimedEvent, EventId, InboxEvent, SetAsideEvent,
};
use kit_core::oauth::StoreError;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::backoff::Backoff;
use crate::hooks::{Hooks, told};

/// How long an event is claimed, by default. It is renewed at a third of it.
pub(crate) const LEASE: Duration = Duration::from_secs(60);

/// How many events are claimed at a time: the next ones are there when one is done.
const GROUP: usize = 16;

/// How long after it found nothing it looks again, unless there is a hint.
const POLL: Duration = Duration::from_secs(1);

/// How often it looks for what can be forgotten.
const TIDY: Duration = Duration::from_secs(10 * 60);

/// The reason of a failure that nobody has told.
const ENDED: &str = "whoever had claimed it ended before it was done";

pub(crate) struct Shared {
    inbox: Box<dyn Erased>,
    lease: Duration,
    backoff: Backoff,
    hooks: Hooks,
    state: Mutex<State>,
    /// Held by whoever looks into the inbox, so that the others wait for what it finds.
    looking: Arc<tokio::sync::Mutex<()>>,
    closed: Notify,
}

#[derive(Default)]
struct State {
    /// Claimed, and not handed out.
    next: VecDeque<ClaimedEvent>,
    /// All claims that this process holds, and when their leases end at the earliest.
    held: BTreeMap<Claim, Instant>,
    is_renewing: bool,
    is_closed: bool,
    tidied_at: Option<Instant>,
}

/// The outcome of a look into the inbox.
enum Look {
    Found,
    Nothing,
    Failed,
}

impl Shared {
    pub(crate) fn new(
        inbox: Box<dyn Erased>,
        lease: Duration,
        backoff: Backoff,
        hooks: Hooks,
    ) -> Arc<Self> {
        let (state, looking, closed) = Default::default();
        Arc::new(Self { inbox, lease, backoff, hooks, state, looking, closed })
    }

    pub(crate) async fn put(&self, events: Vec<InboxEvent>) -> io::Result<()> {
        self.inbox.put(events).await.map_err(told)
    }

    /// The next event. `None` when it was closed: what other processes have put in is theirs.
    ///
    /// Whoever stops waiting for it loses nothing: a look that has begun goes on.
    pub(crate) async fn next(self: &Arc<Self>) -> Option<ClaimedEvent> {
        loop {
            let mut closed = pin!(self.closed.notified());
            closed.as_mut().enable();
            if let Some(claimed) = self.pop() {
                return Some(claimed);
            }
            if self.is_closed() {
                return None;
            }
            let looking = tokio::select! {
                looking = self.looking.clone().lock_owned() => looking,
                () = closed.as_mut() => continue,
            };
            // Another may have found some meanwhile.
            if self.len() > 0 {
                continue;
            }
            let mut hint = pin!(self.inbox.hint());
            // From now on no hint is missed.
            let has_hint = poll_fn(|cx| Poll::Ready(hint.as_mut().poll(cx).is_ready())).await;
            let this = self.clone();
            let look = tokio::spawn(async move { (this.look().await, looking) });
            let (look, _looking) = tokio::select! {
                done = look => match done {
                    Ok(done) => done,
                    // The inbox panicked, or the runtime ends.
                    Err(_) => (Look::Failed, self.looking.clone().lock_owned().await),
                },
                () = closed.as_mut() => continue,
            };
            match look {
                Look::Found => {}
                Look::Nothing if has_hint => {}
                Look::Nothing => tokio::select! {
                    () = hint => {}
                    () = closed => {}
                    () = tokio::time::sleep(POLL) => {}
                },
                Look::Failed => tokio::select! {
                    () = closed => {}
                    () = tokio::time::sleep(POLL) => {}
                },
            }
        }
    }

    /// Claims what waits.
    async fn look(self: &Arc<Self>) -> Look {
        // Before the statement is sent: by the clock of the inbox, the lease ends later than that.
        let ends = Instant::now() + self.lease;
        let claimed = match self.inbox.claim(GROUP, self.lease).await {
            Ok(claimed) => claimed,
            Err(error) => {
                self.hooks.tell(&told(error));
                return Look::Failed;
            }
        };
        let has_found = !claimed.is_empty();
        for claimed in claimed {
            self.hold(claimed, ends);
        }
        self.tidy().await;
        if has_found { Look::Found } else { Look::Nothing }
    }

    fn hold(self: &Arc<Self>, claimed: ClaimedEvent, ends: Instant) {
        let mut state = self.state();
        state.held.insert(claimed.claim.clone(), ends);
        if claimed.attempts > self.backoff.max_attempts.max(1) {
            // It was handed out as often as it may, and nobody has said what came of it the last time.
            drop(state);
            self.give_back(claimed.claim, claimed.attempts, ENDED);
            return;
        }
        state.next.push_back(claimed);
        if !std::mem::replace(&mut state.is_renewing, true) {
            let renewing = Renewing { shared: Arc::downgrade(self), is_over: false };
            drop(tokio::spawn(renewing.run(self.lease / 3)));
        }
    }

    /// The next event that was claimed, if its lease lasts.
    fn pop(&self) -> Option<ClaimedEvent> {
        let mut state = self.state();
        while let Some(claimed) = state.next.pop_front() {
            if state.held.get(&claimed.claim).is_some_and(|ends| Instant::now() < *ends) {
                return Some(claimed);
            }
            state.held.remove(&claimed.claim);
        }
        None
    }

    /// Prolongs all leases. What is no longer this process's is not handed out.
    async fn renew(&self) -> io::Result<()> {
        let claims: Vec<Claim> = self.state().held.keys().cloned().collect();
        let ends = Instant::now() + self.lease;
        let renewing = self.inbox.renew(claims.clone(), self.lease);
        let renewed = tokio::time::timeout(self.lease / 3, renewing).await;
        let renewed =
            renewed.map_err(|_| io::Error::other("claims could not be renewed in time"))?;
        let renewed: BTreeSet<Claim> = renewed.map_err(told)?.into_iter().collect();
        let mut state = self.state();
        for claim in claims {
            if !renewed.contains(&claim) {
                state.held.remove(&claim);
            } else if let Some(held) = state.held.get_mut(&claim) {
                *held = ends;
            }
        }
        Ok(())
    }

    /// The event was handled.
    pub(crate) async fn done(self: &Arc<Self>, claim: Claim) -> io::Result<()> {
        let releasing = Releasing { shared: self.clone(), claim };
        if self.inbox.done(releasing.claim.clone()).await.map_err(told)? {
            return Ok(());
        }
        let text =
            "the event was handled, but its claim has ended meanwhile: it is handled once more";
        Err(io::Error::other(text))
    }

    /// Whether the event is still this process's, as far as this process knows.
    pub(crate) fn holds(&self, claim: &Claim) -> bool {
        self.state().held.get(claim).is_some_and(|ends| Instant::now() < *ends)
    }

    /// The event was not handled.
    pub(crate) async fn failed(
        self: &Arc<Self>,
        claim: Claim,
        attempts: u32,
        error: &str,
    ) -> io::Result<()> {
        Releasing { shared: self.clone(), claim }.failed(attempts, error).await
    }

    /// The same, when nobody waits for it. Without a runtime, the event comes again when its lease has ended.
    pub(crate) fn give_back(self: &Arc<Self>, claim: Claim, attempts: u32, error: &'static str) {
        let releasing = Releasing { shared: self.clone(), claim };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            drop(runtime.spawn(async move {
                if let Err(error) = releasing.failed(attempts, error).await {
                    releasing.shared.hooks.tell(&error);
                }
            }));
        }
    }

    /// Nobody takes events any more: others may have those that were claimed, when their leases have ended.
    pub(crate) fn abandon(&self) {
        let mut state = self.state();
        for claimed in std::mem::take(&mut state.next) {
            state.held.remove(&claimed.claim);
        }
    }

    pub(crate) async fn set_aside(&self, limit: usize) -> io::Result<Vec<SetAsideEvent>> {
        self.inbox.set_aside(limit).await.map_err(told)
    }

    pub(crate) async fn put_back(&self, source: String, id: EventId) -> io::Result<bool> {
        self.inbox.put_back(source, id).await.map_err(told)
    }

    async fn tidy(&self) {
        let now = Instant::now();
        let is_due = self.state().tidied_at.is_none_or(|at| now.duration_since(at) >= TIDY);
        if !is_due {
            return;
        }
        match self.inbox.tidy().await {
            // The rest is for the next look.
            Ok(true) => {}
            Ok(false) => self.state().tidied_at = Some(now),
            Err(error) => {
                self.state().tidied_at = Some(now);
                self.hooks.tell(&told(error));
            }
        }
    }

    pub(crate) fn close(&self) {
        self.state().is_closed = true;
        self.closed.notify_waiters();
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.state().is_closed
    }

    /// How many events are claimed, and not handed out.
    pub(crate) fn len(&self) -> usize {
        self.state().next.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A claim that this process gives up, however this ends: it is not renewed any more.
struct Releasing {
    shared: Arc<Shared>,
    claim: Claim,
}

impl Releasing {
    async fn failed(&self, attempts: u32, error: &str) -> io::Result<()> {
        let then = self.shared.backoff.after(attempts, fastrand::f64());
        let failed = self.shared.inbox.failed(self.claim.clone(), error.to_owned(), then).await;
        // If the claim has ended, somebody else has the event.
        failed.map(drop).map_err(told)
    }
}

impl Drop for Releasing {
    fn drop(&mut self) {
        self.shared.state().held.remove(&self.claim);
    }
}

/// Renews the leases of a process as long as it holds any. If this ends otherwise, the next claim begins another.
struct Renewing {
    shared: Weak<Shared>,
    is_over: bool,
}

impl Renewing {
    async fn run(mut self, every: Duration) {
        loop {
            tokio::time::sleep(every).await;
            let Some(shared) = self.shared.upgrade() else { return };
            {
                let mut state = shared.state();
                if state.held.is_empty() {
                    // In one step, so that a claim which comes now begins another.
                    state.is_renewing = false;
                    self.is_over = true;
                    return;
                }
            }
            if let Err(error) = shared.renew().await {
                shared.hooks.tell(&error);
            }
        }
    }
}

impl Drop for Renewing {
    fn drop(&mut self) {
        if let (Some(shared), false) = (self.shared.upgrade(), self.is_over) {
            shared.state().is_renewing = false;
        }
    }
}

type Awaiting<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// An inbox of any type.
pub(crate) trait Erased: Send + Sync {
    fn put(&self, events: Vec<InboxEvent>) -> Awaiting<'_, ()>;
    fn claim(&self, limit: usize, lease: Duration) -> Awaiting<'_, Vec<ClaimedEvent>>;
    fn renew(&self, claims: Vec<Claim>, lease: Duration) -> Awaiting<'_, Vec<Claim>>;
    fn done(&self, claim: Claim) -> Awaiting<'_, bool>;
    fn failed(&self, claim: Claim, error: String, then: AfterFailure) -> Awaiting<'_, bool>;
    fn set_aside(&self, limit: usize) -> Awaiting<'_, Vec<SetAsideEvent>>;
    fn put_back(&self, source: String, id: EventId) -> Awaiting<'_, bool>;
    fn tidy(&self) -> Awaiting<'_, bool>;
    fn hint(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

impl<I: AsyncInbox> Erased for I {
    fn put(&self, events: Vec<InboxEvent>) -> Awaiting<'_, ()> {
        Box::pin(async move { AsyncInbox::put(self, &events).await })
    }

    fn claim(&self, limit: usize, lease: Duration) -> Awaiting<'_, Vec<ClaimedEvent>> {
        Box::pin(AsyncInbox::claim(self, limit, lease))
    }

    fn renew(&self, claims: Vec<Claim>, lease: Duration) -> Awaiting<'_, Vec<Claim>> {
        Box::pin(async move { AsyncInbox::renew(self, &claims, lease).await })
    }

    fn done(&self, claim: Claim) -> Awaiting<'_, bool> {
        Box::pin(async move { AsyncInbox::done(self, &claim).await })
    }

    fn failed(&self, claim: Claim, error: String, then: AfterFailure) -> Awaiting<'_, bool> {
        Box::pin(async move { AsyncInbox::failed(self, &claim, &error, then).await })
    }

    fn set_aside(&self, limit: usize) -> Awaiting<'_, Vec<SetAsideEvent>> {
        Box::pin(AsyncInbox::set_aside(self, limit))
    }

    fn put_back(&self, source: String, id: EventId) -> Awaiting<'_, bool> {
        Box::pin(async move { AsyncInbox::put_back(self, &source, &id).await })
    }

    fn tidy(&self) -> Awaiting<'_, bool> {
        Box::pin(AsyncInbox::tidy(self))
    }

    fn hint(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(AsyncInbox::hint(self))
    }
}
