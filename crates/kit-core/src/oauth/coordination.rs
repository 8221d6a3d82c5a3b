//! The state that all clones of a session share: the tokens, and the refresh that is under way.

use std::collections::BTreeMap;
use std::task::Waker;
use std::time::Duration;

use super::access::TokenHistory;
use super::refreshed::Until;
use super::released_wakers::ReleasedWakers;
use super::unsaved::{Replaced, Unsaved};
use super::verdict::{Begun, Outcome, Purpose, Rejected, Verdict};
use super::{Record, RefreshToken};
use crate::Credentials;
use crate::error::{Error, OAuthError, SessionError};
use crate::time::{Time, Timeline};

/// How long a process claims a refresh token that it is about to spend; and how long a refresh that nobody
/// runs any more keeps others from beginning one.
pub(super) const LEASE: Duration = Duration::from_secs(60);

/// How long a session waits after a failed renewal before it tries the next, while the access token lasts;
/// and how long after Kit gave tokens it does not ask for others because Kit rejects one.
const POSTPONED: Duration = Duration::from_secs(30);

/// How many refreshes one call begins because it needs a token.
const MOST_REFRESHES: u8 = 8;

#[derive(Default)]
pub(super) struct Coordination {
    timeline: Timeline,
    current: Option<Current>,
    running: Option<Running>,
    /// How many refreshes were begun. This is the number (ticket) of the last one.
    tickets: u64,
    /// How often the session was begun. The result of a refresh that is older than the last beginning is
    /// ignored.
    beginnings: u64,
    /// How many refreshes have ended with a result, and what came of the last.
    rounds: u64,
    failure: Option<SessionError>,
    /// When Kit gave tokens last.
    granted_at: Option<Duration>,
    /// Until then a token that still lasts is not renewed.
    postponed_until: Duration,
    /// Until then Kit is not asked: it has said so, or a refresh has failed that was given up since.
    held_until: Duration,
    memory: Memory,
    waiting: BTreeMap<u64, Waker>,
    waiters: u64,
    released: ReleasedWakers,
}

/// The access token that calls use.
struct Current {
    /// Grows with each token.
    number: u64,
    record: Record,
    credentials: Credentials,
    /// Whether Kit gave the token to this session, so that the store holds no better one.
    is_granted: bool,
}

struct Running {
    ticket: u64,
    /// How long the refresh counts as run by somebody, unless `touch` prolongs it.
    until: Duration,
}

/// The memory that one refresh leaves to the next.
#[derive(Default)]
pub(super) struct Memory {
    /// Tokens that are not saved yet.
    pub(super) unsaved: Option<Unsaved>,
    /// Why saving them failed, if it did.
    pub(super) save_failure: Option<SessionError>,
    /// The refresh token that Kit takes no more.
    pub(super) ended: Option<(RefreshToken, OAuthError)>,
    /// The version by which this session has claimed the refresh token last.
    pub(super) claim: Option<u64>,
}

impl Coordination {
    /// Decides what a call has to do before it sends.
    pub(super) fn access(
        &mut self,
        history: &mut TokenHistory,
        now: Time,
    ) -> Result<Verdict, Error> {
        let elapsed = self.timeline.since_first(now)?;
        self.forget_undriven(elapsed);
        let waited = history.waits_for.take_if(|round| *round < self.rounds).is_some();
        let failure = self.failure.clone().filter(|_| waited);
        let is_rejected = |current: &Current| history.rejected.is_some_and(|n| current.number <= n);
        if let Some(current) = self.current.as_ref().filter(|current| !is_rejected(current)) {
            let record = &current.record;
            let lasts = !record.has_expired(now.date);
            // One that was just given is as good as it gets, whatever it says.
            let is_best =
                waited && failure.is_none() && current.is_granted && self.has_just_granted(elapsed);
            if lasts || is_best || record.tokens().refresh_token.is_none() {
                let (number, credentials) = (current.number, current.credentials.clone());
                let is_due =
                    lasts && record.is_due(now.date) && record.tokens().refresh_token.is_some();
                if let Some(verdict) = self.renew(history, is_due, elapsed) {
                    return Ok(verdict);
                }
                history.given = number;
                return Ok(Verdict::Token(credentials));
            }
        }
        if let Some(failure) = failure {
            return Ok(Verdict::Failed(failure));
        }
        history.waits_for = Some(self.rounds);
        if let Some(Running { ticket, until }) = self.running {
            let wait = until.saturating_sub(elapsed);
            return Ok(Verdict::Await(Until::Round { ticket, round: self.rounds }, wait));
        }
        let held = self.held_until.saturating_sub(elapsed);
        if !held.is_zero() {
            return Ok(Verdict::Wait(held));
        }
        if history.begun >= MOST_REFRESHES {
            return Ok(Verdict::Failed(SessionError::Dropped));
        }
        history.begun += 1;
        let rejected = self.current.as_ref().filter(|current| is_rejected(current));
        let rejected = rejected.map(|current| Rejected {
            access_token: current.record.tokens().access_token.clone(),
            is_braked: self.has_just_granted(elapsed),
        });
        Ok(Verdict::Begin(self.begin_refresh(elapsed), Purpose::Need(rejected)))
    }

    /// Whether Kit has given tokens so recently that there are no better ones.
    fn has_just_granted(&self, elapsed: Duration) -> bool {
        self.granted_at.is_some_and(|granted_at| elapsed < granted_at.saturating_add(POSTPONED))
    }

    /// The renewal that the call is to begin before it sends, at most one. No call waits for a renewal: the token
    /// lasts.
    fn renew(
        &mut self,
        history: &mut TokenHistory,
        is_due: bool,
        elapsed: Duration,
    ) -> Option<Verdict> {
        let is_wanted = is_due || self.memory.unsaved.is_some();
        let is_held = elapsed < self.held_until.max(self.postponed_until);
        if history.has_renewed || !is_wanted || is_held || self.running.is_some() {
            return None;
        }
        history.has_renewed = true;
        Some(Verdict::Begin(self.begin_refresh(elapsed), Purpose::Renewal))
    }

    fn begin_refresh(&mut self, elapsed: Duration) -> Begun {
        self.tickets += 1;
        let ticket = self.tickets;
        self.running = Some(Running { ticket, until: elapsed.saturating_add(LEASE) });
        Begun { ticket, beginnings: self.beginnings }
    }

    /// A refresh that nobody drives blocks the others no longer.
    fn forget_undriven(&mut self, elapsed: Duration) {
        if self.running.take_if(|running| running.until <= elapsed).is_some() {
            self.wake();
        }
    }

    /// Somebody drives the refresh.
    pub(super) fn touch(&mut self, begun: Begun, now: Time) {
        if let Ok(elapsed) = self.timeline.since_first(now)
            && let Some(running) = self.running.as_mut().filter(|r| r.ticket == begun.ticket)
        {
            running.until = elapsed.saturating_add(LEASE);
        }
    }

    /// The session begins, with tokens that an authorization has brought: whatever was there counts no more.
    pub(super) fn begin(&mut self, tokens: super::Tokens, now: Time) -> Result<Begun, Error> {
        let elapsed = self.timeline.since_first(now)?;
        self.beginnings += 1;
        let record = Record::new(None, tokens, now.date);
        let unsaved = Some(Unsaved { record: record.clone(), replaced: Replaced::Anything });
        self.memory = Memory { unsaved, ..Memory::default() };
        self.held_until = Duration::ZERO;
        self.postponed_until = Duration::ZERO;
        self.granted_at = None;
        self.replace(record, false);
        self.rounds += 1;
        self.failure = None;
        let begun = self.begin_refresh(elapsed);
        self.wake();
        Ok(begun)
    }

    /// Takes up a record that a refresh has found in the store.
    pub(super) fn take_up(&mut self, begun: Begun, record: Record) {
        if self.beginnings != begun.beginnings {
            return;
        }
        match &mut self.current {
            Some(current)
                if current.record.tokens().access_token == record.tokens().access_token =>
            {
                current.record = record;
            }
            _ => self.replace(record, false),
        }
    }

    /// Kit has given tokens: calls use them from now on, whether or not they can be saved. The refresh token
    /// that they were got for is spent anyway.
    pub(super) fn grant(&mut self, begun: Begun, unsaved: Unsaved, now: Time) {
        if self.beginnings != begun.beginnings {
            return;
        }
        self.granted_at = self.timeline.since_first(now).ok();
        self.replace(unsaved.record.clone(), true);
        self.memory.unsaved = Some(unsaved);
        self.rounds += 1;
        self.failure = None;
        self.wake();
    }

    /// The tokens that are to be saved.
    pub(super) fn unsaved(&self, begun: Begun) -> Option<&Unsaved> {
        self.memory.unsaved.as_ref().filter(|_| self.beginnings == begun.beginnings)
    }

    /// The tokens that no store has: of these, the newest.
    pub(super) fn newest_unsaved(&self) -> Option<&Record> {
        self.memory.unsaved.as_ref().map(|unsaved| &unsaved.record)
    }

    /// For how long a refresh may be under way that nobody drives; `None` where none is.
    pub(super) fn settles_within(&mut self, now: Time) -> Result<Option<Duration>, Error> {
        let elapsed = self.timeline.since_first(now)?;
        self.forget_undriven(elapsed);
        Ok(self.running.as_ref().map(|running| running.until.saturating_sub(elapsed)))
    }

    /// The tokens are to be saved over something else.
    pub(super) fn keep(&mut self, begun: Begun, unsaved: Unsaved) {
        if self.beginnings == begun.beginnings {
            self.memory.unsaved = Some(unsaved);
        }
    }

    /// The tokens are not to be saved: the session was begun anew elsewhere, or deleted.
    pub(super) fn discard(&mut self, begun: Begun) {
        if self.beginnings == begun.beginnings {
            self.memory.unsaved = None;
            self.memory.save_failure = None;
        }
    }

    /// Notes the record that the store keeps now.
    pub(super) fn saved(&mut self, begun: Begun, record: Record) {
        self.discard(begun);
        self.take_up(begun, record);
    }

    fn replace(&mut self, record: Record, is_granted: bool) {
        let number = self.current.as_ref().map_or(0, |current| current.number) + 1;
        let credentials = Credentials::access_token(record.tokens().access_token.secret());
        self.current = Some(Current { number, record, credentials, is_granted });
    }

    /// The one way in which a refresh ends.
    pub(super) fn end(&mut self, begun: Begun, outcome: Outcome, now: Time) {
        // The time of another clock is no time: what is to be put off is not.
        let elapsed = self.timeline.since_first(now).unwrap_or_default();
        self.end_at(begun, outcome, elapsed);
    }

    /// Nobody drives the refresh any more.
    pub(super) fn drop_refresh(&mut self, begun: Begun) {
        self.end_at(begun, Outcome::Dropped, Duration::ZERO);
    }

    fn end_at(&mut self, begun: Begun, outcome: Outcome, elapsed: Duration) {
        // Another has taken its place: what comes of this one is nobody's business.
        if self.running.take_if(|running| running.ticket == begun.ticket).is_none() {
            return;
        }
        let postponed = elapsed.saturating_add(POSTPONED);
        let (is_result, failure) = match outcome {
            Outcome::Tokens => (true, None),
            Outcome::Unsaved(failure) => {
                self.postponed_until = postponed;
                self.memory.save_failure = Some(failure);
                (true, None)
            }
            Outcome::Postponed => {
                self.postponed_until = postponed;
                (true, None)
            }
            Outcome::GivenUp(hold) => {
                self.postponed_until = postponed;
                self.held_until = elapsed.saturating_add(hold);
                (false, None)
            }
            Outcome::Failed(failure, hold) => {
                self.postponed_until = postponed;
                self.held_until = elapsed.saturating_add(hold);
                (true, Some(failure))
            }
            Outcome::Dropped => (false, None),
        };
        if is_result {
            self.rounds += 1;
            self.failure = failure;
        }
        self.wake();
    }

    /// Keeps the waker and returns its number; returns `None` where `until` has come.
    pub(super) fn wait(&mut self, until: Until, waiter: Option<u64>, waker: &Waker) -> Option<u64> {
        let running = self.running.as_ref().map(|running| running.ticket);
        let has_come = match until {
            Until::Round { ticket, round } => running != Some(ticket) || self.rounds > round,
            Until::Settled => running.is_none(),
        };
        if has_come {
            self.forget_waiter(waiter);
            return None;
        }
        let waiter = waiter.unwrap_or_else(|| {
            self.waiters += 1;
            self.waiters
        });
        if !self.waiting.get(&waiter).is_some_and(|kept| kept.will_wake(waker)) {
            self.released.to_drop.extend(self.waiting.insert(waiter, waker.clone()));
        }
        Some(waiter)
    }

    pub(super) fn forget_waiter(&mut self, waiter: Option<u64>) {
        self.released.to_drop.extend(waiter.and_then(|waiter| self.waiting.remove(&waiter)));
    }

    fn wake(&mut self) {
        self.released.to_wake.extend(std::mem::take(&mut self.waiting).into_values());
    }

    pub(super) fn take_released(&mut self) -> ReleasedWakers {
        std::mem::take(&mut self.released)
    }

    pub(super) fn memory(&mut self) -> &mut Memory {
        &mut self.memory
    }

    pub(super) fn record(&self) -> Option<&Record> {
        self.current.as_ref().map(|current| &current.record)
    }

    pub(super) fn credentials(&self) -> Option<&Credentials> {
        self.current.as_ref().map(|current| &current.credentials)
    }
}
