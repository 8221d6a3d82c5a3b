//! Events in an inbox that processes share: claimed in small groups, held by leases that are renewed.

use std::collections::{BTreeSet, VecDeque};
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use kit_core::deliveries::{
    AfterFailure, AsyncInbox, Claim, ClaimedEvent, EventId, InboxEvent, SetAsideEvent,
};
use kit_core::oauth::StoreError;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::backoff::Backoff;
use crate::hooks::Hooks;
use crate::received::DROPPED;

/// How long an event is claimed, by default. It is renewed at a third of it.
pub(crate) const LEASE: Duration = Duration::from_secs(60);

/// How many events are claimed at a time: the next ones are there when one is done.
const GROUP: usize = 16;

/// How long after it found nothing it looks again, unless there is a hint.
const POLL: Duration = Duration::from_secs(1);

/// How often it looks for what can be forgotten.
const TIDY: Duration = Duration::from_secs(10 * 60);

pub(crate) struct Shared {
    inbox: Box<dyn Erased>,
    lease: Duration,
    backoff: Backoff,
    hooks: Hooks,
    state: Mutex<State>,
    /// Who looks into the inbox holds this, so that the others wait for what it finds.
    looking: tokio::sync::Mutex<()>,
    closed: Notify,
}

#[derive(Default)]
struct State {
    /// Claimed, and not handed out.
    next: VecDeque<ClaimedEvent>,
    /// All claims that this process holds.
    held: BTreeSet<Claim>,
    is_renewing: bool,
    is_closed: bool,
    tidied_at: Option<Instant>,
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
        self.inbox.put(events).await.map_err(io::Error::other)
    }

    /// The next event. `None` when it was closed: what other processes have put in is theirs.
    pub(crate) async fn next(self: &Arc<Self>) -> Option<ClaimedEvent> {
        loop {
            let mut closed = std::pin::pin!(self.closed.notified());
            closed.as_mut().enable();
            if let Some(claimed) = self.state().next.pop_front() {
                return Some(claimed);
            }
            if self.state().is_closed {
                return None;
            }
            let looking = self.looking.lock().await;
            // Another may have found some meanwhile, or closed it.
            if !self.state().next.is_empty() || self.state().is_closed {
                continue;
            }
            let mut hint = std::pin::pin!(self.inbox.hint());
            // From now on no hint is missed.
            let is_ready = std::future::poll_fn(|cx| {
                std::task::Poll::Ready(hint.as_mut().poll(cx).is_ready())
            });
            let has_hint = is_ready.await;
            match self.inbox.claim(GROUP, self.lease).await {
                Ok(claimed) if claimed.is_empty() => {
                    self.tidy().await;
                    if has_hint {
                        continue;
                    }
                    tokio::select! {
                        () = hint => {}
                        () = closed => {}
                        () = tokio::time::sleep(POLL) => {}
                    }
                }
                Ok(claimed) => {
                    self.hold(claimed);
                    // The others have something to take.
                    drop(looking);
                }
                Err(error) => {
                    self.hooks.tell(&io::Error::other(error));
                    tokio::select! {
                        () = closed => {}
                        () = tokio::time::sleep(POLL) => {}
                    }
                }
            }
        }
    }

    fn hold(self: &Arc<Self>, claimed: Vec<ClaimedEvent>) {
        let mut state = self.state();
        state.held.extend(claimed.iter().map(|claimed| claimed.claim.clone()));
        state.next.extend(claimed);
        if !std::mem::replace(&mut state.is_renewing, true) {
            drop(tokio::spawn(renew(Arc::downgrade(self), self.lease / 3)));
        }
    }

    /// Prolongs all leases. What is no longer this process's is not handed out.
    async fn renew(&self) -> Result<(), StoreError> {
        let claims: Vec<Claim> = self.state().held.iter().cloned().collect();
        let renewed = self.inbox.renew(claims.clone(), self.lease).await?;
        let renewed: BTreeSet<Claim> = renewed.into_iter().collect();
        let lost: BTreeSet<Claim> = claims.into_iter().filter(|c| !renewed.contains(c)).collect();
        let mut state = self.state();
        state.held.retain(|claim| !lost.contains(claim));
        state.next.retain(|claimed| !lost.contains(&claimed.claim));
        Ok(())
    }

    /// The event was handled.
    pub(crate) async fn done(&self, claim: Claim) -> io::Result<()> {
        let done = self.inbox.done(claim.clone()).await;
        self.state().held.remove(&claim);
        if done.map_err(io::Error::other)? {
            return Ok(());
        }
        let text =
            "the event was handled, but its claim has ended meanwhile: it is handled once more";
        Err(io::Error::other(text))
    }

    /// Whether the event is still this process's, as far as this process knows.
    pub(crate) fn holds(&self, claim: &Claim) -> bool {
        self.state().held.contains(claim)
    }

    /// The event was not handled.
    pub(crate) async fn failed(&self, claim: Claim, attempts: u32, error: &str) -> io::Result<()> {
        let then = self.backoff.after(attempts, fastrand::f64());
        let failed = self.inbox.failed(claim.clone(), error.to_owned(), then).await;
        self.state().held.remove(&claim);
        // If the claim has ended, somebody else has the event.
        failed.map(drop).map_err(io::Error::other)
    }

    /// The same, when nobody waits for it. Without a runtime, the event comes again when its lease has ended.
    pub(crate) fn dropped(self: &Arc<Self>, claim: Claim, attempts: u32) {
        let this = self.clone();
        let failing = async move {
            if let Err(error) = this.failed(claim, attempts, DROPPED).await {
                this.hooks.tell(&error);
            }
        };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            drop(runtime.spawn(failing));
        }
    }

    pub(crate) async fn set_aside(&self, limit: usize) -> io::Result<Vec<SetAsideEvent>> {
        self.inbox.set_aside(limit).await.map_err(io::Error::other)
    }

    pub(crate) async fn put_back(&self, source: String, id: EventId) -> io::Result<bool> {
        self.inbox.put_back(source, id).await.map_err(io::Error::other)
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
                self.hooks.tell(&io::Error::other(error));
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

/// Renews the leases of a process as long as it holds any.
async fn renew(shared: Weak<Shared>, every: Duration) {
    loop {
        tokio::time::sleep(every).await;
        let Some(shared) = shared.upgrade() else { return };
        {
            let mut state = shared.state();
            if state.held.is_empty() {
                state.is_renewing = false;
                return;
            }
        }
        if let Err(error) = shared.renew().await {
            shared.hooks.tell(&io::Error::other(error));
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
