use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use zeroize::Zeroizing;

use super::{
    Access, AccessToken, App, Asker, OAuthError, Record, Refresh, RefreshToken, SaveError,
    SessionError, Store, Tokens,
};
use crate::call::Attempts;
use crate::{Credentials, Kit, Time};

/// After how long a call asks again whether a refresh that another call began has ended.
const POLL: Duration = Duration::from_millis(20);

/// For how long a token that still lasts is not renewed after that has failed; and for how long no other
/// is asked for because one is refused that was just given.
const POSTPONED: Duration = Duration::from_secs(30);

/// An access token that renews itself: refreshed shortly before it expires and when Kit refuses it, by
/// one call for all that wait, and kept in a [`Store`].
///
/// Clones are one session. Give [`Credentials::session`] to a client or a [`Kit`]; calls do the rest.
///
/// Tokens are renewed 5 minutes before they expire, or when a tenth of their time is left, if that is
/// less: by a call that has its own reply already. As long as the old access token lasts, no other call
/// waits for that, none fails by it, and what fails is tried again after 30 seconds. Once the token has expired, or
/// Kit has refused it, calls wait for the refresh that the first of them begins.
///
/// New tokens are saved before they are used. Where that fails, calls fail with [`SessionError::Save`]:
/// the old refresh token is spent, and the new one is in memory alone. Each further call tries to save
/// it first.
///
/// A refresh is tried as often as calls are, and 5 times at least, for two minutes at most. One that is
/// cut off, timed out or answered with a 5xx is tried again with the same refresh token, since that is
/// all there is.
///
/// Of several processes with one store, one refreshes: it claims the refresh token for 60 seconds by
/// saving that it is about to spend it, and the others wait, or go on with what they have as long as
/// it lasts. Their clocks should agree to within 3 seconds. Within a process, all calls of a session go
/// by one clock: the `elapsed` of their [`Time`] counts from one moment.
///
/// To end a session, send [`RevokeToken`](super::RevokeToken) with its refresh token, and delete what the
/// store keeps.
///
/// # Examples
///
/// ```
/// use std::time::SystemTime;
///
/// use kit_core::oauth::{App, MemoryStore, Session, Tokens};
/// use kit_core::{Credentials, Kit};
///
/// let app = App::confidential("client-id", "client-secret");
/// let session = Session::new(app, MemoryStore::new());
/// // What came of `ExchangeCode`:
/// let tokens = Tokens::new("access-token").with_refresh_token("refresh-token");
/// session.begin(&tokens, SystemTime::now())?;
///
/// let kit = Kit::new(Credentials::session(&session));
/// # Ok::<(), kit_core::oauth::SessionError>(())
/// ```
#[derive(Clone)]
pub struct Session {
    shared: Arc<Shared>,
}

struct Shared {
    app: App,
    store: Box<dyn Store>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    current: Option<Current>,
    is_refreshing: bool,
    /// How often it was begun: what a refresh brings that is older than that counts no more.
    beginnings: u64,
    /// How many refreshes have ended, and what came of the last.
    rounds: u64,
    failure: Option<SessionError>,
    /// Until then a token that still lasts is not renewed.
    postponed_until: Duration,
    /// Until then Kit is not asked: it has said so, or a refresh has failed that was given up since.
    held_until: Duration,
    memory: Memory,
}

/// The access token that calls use.
struct Current {
    /// Of two, the later has the greater.
    number: u64,
    record: Record,
    credentials: Credentials,
    /// When Kit gave it, as long as it has accepted no request with it.
    untried_since: Option<Duration>,
}

/// What one refresh leaves to the next.
#[derive(Default)]
pub(super) struct Memory {
    /// Tokens that could not be saved.
    pub(super) unsaved: Option<Unsaved>,
    /// The refresh token that Kit has refused.
    pub(super) refused: Option<(RefreshToken, OAuthError)>,
    /// The version by which this session has claimed the refresh token last.
    pub(super) claim: Option<u64>,
}

/// New tokens, and the refresh token that they were got for.
#[derive(Clone)]
pub(super) struct Unsaved {
    pub(super) record: Record,
    pub(super) spent: RefreshToken,
    /// Whether it was tried in vain to save them.
    pub(super) has_failed: bool,
}

/// What a refresh is for.
pub(super) enum Purpose {
    /// Any token that will do.
    Need(Option<Refused>),
    /// One that lasts longer than what there is.
    Renewal,
}

/// An access token that will not do: Kit has refused it.
pub(super) struct Refused {
    pub(super) access_token: AccessToken,
    /// Whether Kit has just given it, and so is not asked for another at once.
    pub(super) is_new: bool,
}

impl Session {
    /// The session that `store` keeps for `app`. It is read when the first call asks for it.
    pub fn new(app: App, store: impl Store + 'static) -> Self {
        let (store, state) = (Box::new(store), Mutex::default());
        Self { shared: Arc::new(Shared { app, store, state }) }
    }

    /// Begins it with tokens that were just got, in place of those that are kept. This reads and writes
    /// the store: in an async program, call it where that may block.
    ///
    /// # Errors
    ///
    /// [`SessionError::Load`] and [`SessionError::Save`]; [`SessionError::Busy`] where somebody else
    /// goes on saving.
    pub fn begin(&self, tokens: &Tokens, now: SystemTime) -> Result<(), SessionError> {
        // A refresh that is under way saves twice.
        for _ in 0..10 {
            let held = self.store().load().map_err(SessionError::load)?;
            let record = Record::new(held.as_ref(), tokens.clone(), now);
            match self.store().save(&record) {
                Ok(()) => {
                    let mut state = self.state();
                    // Of two that begin at the same time, the later counts.
                    let held = state.current.as_ref().map(|current| current.record.version());
                    if held < Some(record.version()) {
                        state.memory = Memory::default();
                        state.beginnings += 1;
                        state.take_up(record, None);
                    }
                    return Ok(());
                }
                Err(SaveError::Conflict) => {}
                Err(SaveError::Failed(error)) => return Err(SessionError::save(error)),
            }
        }
        Err(SessionError::Busy)
    }

    /// The tokens that the store keeps, to revoke them for example. This reads the store: in an async
    /// program, call it where that may block.
    ///
    /// # Errors
    ///
    /// [`SessionError::Load`].
    pub fn tokens(&self) -> Result<Option<Tokens>, SessionError> {
        let record = self.store().load().map_err(SessionError::load)?;
        Ok(record.map(|record| record.tokens().clone()))
    }

    /// Whose session it is.
    pub fn app(&self) -> &App {
        &self.shared.app
    }

    pub(super) fn store(&self) -> &dyn Store {
        &*self.shared.store
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn with_memory<T>(&self, look: impl FnOnce(&mut Memory) -> T) -> T {
        look(&mut self.state().memory)
    }

    /// The access token as credentials, if there is one.
    pub(crate) fn current(&self) -> Option<Credentials> {
        self.state().current.as_ref().map(|current| current.credentials.clone())
    }

    /// What no text may show.
    pub(crate) fn secrets(&self) -> Vec<Zeroizing<String>> {
        let state = self.state();
        let tokens = state.current.as_ref().map(|current| current.record.tokens());
        let refresh_token = tokens.and_then(|tokens| tokens.refresh_token.as_ref());
        [
            self.app().secret(),
            tokens.map(|tokens| tokens.access_token.secret()),
            refresh_token.map(RefreshToken::secret),
        ]
        .into_iter()
        .flatten()
        .map(|secret| Zeroizing::new(secret.to_owned()))
        .collect()
    }

    /// What a call is to send with. It is given a refresh to run where one is needed and nobody runs
    /// one.
    pub(crate) fn access(
        &self,
        asker: &mut Asker,
        kit: &Kit,
        attempts: &mut Attempts,
        now: Time,
    ) -> Access {
        let mut state = self.state();
        let waited = asker.waits_for.take_if(|round| *round < state.rounds).is_some();
        let failure = state.failure.clone().filter(|_| waited);
        let is_refused = |current: &Current| asker.refused.is_some_and(|n| current.number <= n);
        if let Some(current) = state.current.as_ref().filter(|current| !is_refused(current)) {
            let record = &current.record;
            let lasts = !record.has_expired(now.date) && !state.memory.save_has_failed();
            // One that was just given is as good as it gets, whatever it says.
            let is_best = waited && failure.is_none() && current.untried_since.is_some();
            if lasts || is_best || record.tokens().refresh_token.is_none() {
                asker.given = current.number;
                asker.is_accepted = current.untried_since.is_none();
                asker.renews = lasts && record.is_due(now.date);
                return Access::Token(current.credentials.clone());
            }
        }
        if let Some(failure) = failure {
            return Access::Failed(failure);
        }
        asker.waits_for = Some(state.rounds);
        if state.is_refreshing {
            return Access::Wait(POLL);
        }
        let held = state.held_until.saturating_sub(now.elapsed);
        if !held.is_zero() {
            return Access::Wait(held);
        }
        let refused = state.current.as_ref().filter(|current| is_refused(current));
        let refused = refused.map(|current| Refused {
            access_token: current.record.tokens().access_token.clone(),
            is_new: (current.untried_since)
                .is_some_and(|since| now.elapsed < since.saturating_add(POSTPONED)),
        });
        Access::Refresh(self.refresh(&mut state, Purpose::Need(refused), kit, attempts))
    }

    /// A refresh for a call that has ended, if its token does not last for long.
    pub(crate) fn renewal(
        &self,
        asker: &mut Asker,
        kit: &Kit,
        attempts: &mut Attempts,
        now: Time,
    ) -> Option<Box<Refresh>> {
        if !std::mem::take(&mut asker.renews) {
            return None;
        }
        let mut state = self.state();
        let is_current = state.current.as_ref().is_some_and(|c| c.number == asker.given);
        let is_held = now.elapsed < state.held_until.max(state.postponed_until);
        if !is_current || is_held || state.is_refreshing {
            return None;
        }
        Some(self.refresh(&mut state, Purpose::Renewal, kit, attempts))
    }

    fn refresh(
        &self,
        state: &mut State,
        purpose: Purpose,
        kit: &Kit,
        attempts: &mut Attempts,
    ) -> Box<Refresh> {
        state.is_refreshing = true;
        let attempts = attempts.of_refresh();
        Box::new(Refresh::new(self.clone(), state.beginnings, kit.clone(), purpose, attempts))
    }

    /// Kit has accepted the token that the call was given last.
    pub(crate) fn accept(&self, asker: &mut Asker) {
        if !std::mem::replace(&mut asker.is_accepted, true) {
            let mut state = self.state();
            if let Some(current) = state.current.as_mut().filter(|c| c.number == asker.given) {
                current.untried_since = None;
            }
        }
    }

    /// What a refresh has found in the store.
    pub(super) fn take_up(&self, record: Record, beginnings: u64) {
        let mut state = self.state();
        if state.beginnings == beginnings {
            state.take_up(record, None);
        }
    }

    /// What a refresh has got, until it is saved.
    pub(super) fn keep(&self, unsaved: Unsaved, beginnings: u64) {
        let mut state = self.state();
        if state.beginnings == beginnings {
            state.memory.unsaved = Some(unsaved);
        }
    }

    /// A refresh has ended, with tokens that Kit has given and that are saved.
    pub(super) fn renew(&self, record: Record, beginnings: u64, now: Time) {
        let mut state = self.state();
        if state.beginnings == beginnings {
            state.take_up(record, Some(now.elapsed));
            state.memory.unsaved = None;
        }
        state.end_refresh(None);
    }

    /// A refresh has ended, and Kit was not asked.
    pub(super) fn end_refresh(&self) {
        self.state().end_refresh(None);
    }

    /// A renewal has ended: others are at it.
    pub(super) fn postpone_refresh(&self, now: Time) {
        let mut state = self.state();
        state.postponed_until = now.elapsed.saturating_add(POSTPONED);
        state.end_refresh(None);
    }

    /// A refresh has failed. Kit is not to be asked before `hold` has passed.
    pub(super) fn fail_refresh(&self, failure: SessionError, hold: Duration, now: Time) {
        let mut state = self.state();
        state.postponed_until = now.elapsed.saturating_add(POSTPONED);
        state.held_until = now.elapsed.saturating_add(hold);
        state.end_refresh(Some(failure));
    }

    /// A refresh was given up. Another may be begun after `hold`.
    pub(super) fn give_up_refresh(&self, hold: Duration, now: Time) {
        let mut state = self.state();
        state.held_until = now.elapsed.saturating_add(hold);
        state.is_refreshing = false;
    }

    /// A refresh was dropped. The next call begins another, unless that would panic again.
    pub(super) fn abandon_refresh(&self) {
        let mut state = self.state();
        if std::thread::panicking() {
            state.end_refresh(Some(SessionError::save("the store panicked".into())));
        } else {
            state.is_refreshing = false;
        }
    }
}

impl State {
    /// `given` is when Kit gave the tokens, if it was now.
    fn take_up(&mut self, record: Record, given: Option<Duration>) {
        let token = &record.tokens().access_token;
        match &mut self.current {
            Some(current) if current.record.tokens().access_token == *token && given.is_none() => {
                current.record = record;
            }
            current => {
                let number = current.as_ref().map_or(0, |current| current.number) + 1;
                let credentials = Credentials::access_token(token.secret());
                *current = Some(Current { number, record, credentials, untried_since: given });
            }
        }
    }

    fn end_refresh(&mut self, failure: Option<SessionError>) {
        self.is_refreshing = false;
        self.rounds += 1;
        self.failure = failure;
    }
}

impl Memory {
    fn save_has_failed(&self) -> bool {
        self.unsaved.as_ref().is_some_and(|unsaved| unsaved.has_failed)
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("app", &self.shared.app).finish_non_exhaustive()
    }
}
