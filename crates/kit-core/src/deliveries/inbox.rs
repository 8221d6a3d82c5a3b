use std::time::Duration;

use super::{DeliveredEvent, EventId};
use crate::oauth::StoreError;

/// Keeps events from before they are acknowledged until they are handled, for all processes of an app: in a database.
///
/// An event is put in once, however often Kit delivers it; who handles events claims them, each for a time (a lease); and
/// whatever happens to a claimed event carries the token of its claim. So one who has lost the lease, since the process
/// stood still for too long, changes nothing any more. All times are by the clock of the store.
///
/// `kit-receiver` uses the inbox; `kit-core` never calls it. `kit-postgres` has one, and the crate `kit-store-laws` holds
/// one of your own to what is said here.
pub trait AsyncInbox: Send + Sync {
    /// Puts events in. Those that were put in before, by the same source and id, change nothing, whatever became of them.
    /// When the future is ready, all events outlast a crash, or none was put in.
    ///
    /// # Errors
    ///
    /// Why the events cannot be kept. Kit is asked to send them again.
    fn put(&self, events: &[InboxEvent]) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Claims up to `limit` events that wait, the oldest first, for the time `lease`. An event whose lease has ended waits
    /// again. No event is claimed by two at a time.
    ///
    /// # Errors
    ///
    /// Why nothing can be claimed. If the reply is lost, the events wait again when their lease has ended.
    fn claim(
        &self,
        limit: usize,
        lease: Duration,
    ) -> impl Future<Output = Result<Vec<ClaimedEvent>, StoreError>> + Send;

    /// Prolongs leases: each lasts for `lease` from now on. Returns the claims that still were there.
    ///
    /// # Errors
    ///
    /// Why the leases cannot be prolonged.
    fn renew(
        &self,
        claims: &[Claim],
        lease: Duration,
    ) -> impl Future<Output = Result<Vec<Claim>, StoreError>> + Send;

    /// The event was handled. Returns whether the claim still was there: otherwise somebody else handles the event, too.
    /// It can be repeated.
    ///
    /// # Errors
    ///
    /// Why that cannot be noted.
    fn done(&self, claim: &Claim) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// The event was not handled. Returns whether the claim still was there.
    ///
    /// # Errors
    ///
    /// Why that cannot be noted: the event comes again when its lease has ended.
    fn failed(
        &self,
        claim: &Claim,
        error: &str,
        then: AfterFailure,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// The events that were set aside, the oldest first, `limit` at most.
    ///
    /// # Errors
    ///
    /// Why they cannot be listed.
    fn set_aside(
        &self,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<SetAsideEvent>, StoreError>> + Send;

    /// Puts an event back that was set aside: it comes again, as if for the first time. Returns whether it was there.
    ///
    /// # Errors
    ///
    /// Why it cannot be put back.
    fn put_back(
        &self,
        source: &str,
        id: &EventId,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Forgets what is old: contents of events that were handled, and in the end that they were there. Called once in a
    /// while; does a bounded part of the work each time, and returns whether there is more.
    ///
    /// # Errors
    ///
    /// Why nothing can be forgotten.
    fn tidy(&self) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Is ready when there may be something to claim: a hint, so that a new event need not wait for the next look. By
    /// default there are no hints.
    fn hint(&self) -> impl Future<Output = ()> + Send {
        std::future::pending()
    }
}

/// An event to be put in, with the name of the endpoint that it came to. The name is empty for a receiver of one account.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct InboxEvent {
    /// The name of the endpoint: see [`EndpointTokens`](super::EndpointTokens).
    pub source: String,
    /// The event.
    pub event: DeliveredEvent,
}

impl InboxEvent {
    /// An event of this endpoint.
    pub fn new(source: impl Into<String>, event: DeliveredEvent) -> Self {
        Self { source: source.into(), event }
    }
}

/// A claim of one event.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Claim {
    /// The name of the endpoint that the event came to.
    pub source: String,
    /// The event.
    pub id: EventId,
    /// The token: a random number for each claim.
    pub token: [u8; 16],
}

impl Claim {
    /// A claim, for an inbox of your own.
    pub fn new(source: impl Into<String>, id: EventId, token: [u8; 16]) -> Self {
        Self { source: source.into(), id, token }
    }
}

/// An event that was claimed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ClaimedEvent {
    /// The claim.
    pub claim: Claim,
    /// The event.
    pub event: DeliveredEvent,
    /// How often it was claimed, this time included.
    pub attempts: u32,
}

impl ClaimedEvent {
    /// A claimed event, for an inbox of your own.
    pub fn new(claim: Claim, event: DeliveredEvent, attempts: u32) -> Self {
        Self { claim, event, attempts }
    }
}

/// The fate of an event that was not handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AfterFailure {
    /// The event waits for this time, and comes again.
    Again(Duration),
    /// The event is set aside: it does not come again until somebody puts it back.
    SetAside,
}

/// An event that was set aside.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SetAsideEvent {
    /// The name of the endpoint that the event came to.
    pub source: String,
    /// The event.
    pub event: DeliveredEvent,
    /// How often it was claimed.
    pub attempts: u32,
    /// Why it was not handled the last time.
    pub error: String,
}

impl SetAsideEvent {
    /// An event that was set aside, for an inbox of your own.
    pub fn new(
        source: impl Into<String>,
        event: DeliveredEvent,
        attempts: u32,
        error: impl Into<String>,
    ) -> Self {
        Self { source: source.into(), event, attempts, error: error.into() }
    }
}
