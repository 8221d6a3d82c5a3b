use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use zeroize::Zeroizing;

use super::{
    AccessToken, App, OAuthError, Record, Refresh, RefreshToken, SaveError, SessionError, Store,
    Tokens,
};
use crate::{Credentials, Kit, RetryPolicy, Time};

/// After how long a call asks again whether a refresh that another call began has ended.
const POLL: Duration = Duration::from_millis(20);

/// For how long a refresh that failed is not tried again while the access token lasts.
const POSTPONED: Duration = Duration::from_secs(30);

/// An access token that renews itself: refreshed shortly before it expires and when Kit refuses it, by
/// one call for all that wait, and kept in a [`Store`].
///
/// Clones are one session. Give [`Credentials::session`] to a client or a [`Kit`]; calls do the rest.
///
/// Tokens are refreshed 5 minutes before they expire, or when a tenth of their time is left, if that
/// is less. New tokens are saved before they are used; where that fails, the calls that wait for them
/// fail with [`SessionError::Save`], and the next call saves them. While the old access token lasts, a
/// refresh that fails is felt by nobody, and tried again after 30 seconds.
///
/// Of several processes with one store, one refreshes: it claims the refresh token for 60 seconds by
/// saving that it is about to spend it, and the others wait, or go on with what they have as long as
/// it lasts. Their clocks should agree to within some seconds.
///
/// # Examples
///
/// ```
/// use std::time::SystemTime;
///
/// use kit_core::oauth::{App, MemoryStore, RefreshToken, Session, Tokens};
/// use kit_core::{Credentials, Kit};
///
/// let app = App::confidential("client-id", "client-secret");
/// let session = Session::new(app, MemoryStore::new());
/// // What came of `ExchangeCode`:
/// let tokens = Tokens::new("access-token", RefreshToken::new("refresh-token"));
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
    /// How many refreshes have ended, and what came of the last.
    rounds: u64,
    failure: Option<SessionError>,
    /// Until then a token that still lasts is not refreshed.
    postponed_until: Duration,
    memory: Memory,
}

/// The access token that calls use.
struct Current {
    /// Of two, the later has the greater.
    number: u64,
    record: Record,
    credentials: Credentials,
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
}

/// The access token in whose place a refresh puts another.
pub(super) struct Replaced {
    pub(super) access_token: AccessToken,
    /// Whether Kit has refused it, so that it will not do any more.
    pub(super) is_refused: bool,
}

/// What a call is told that wants to send.
pub(crate) enum Access {
    Token(Credentials),
    /// Ask again then.
    Wait(Duration),
    /// Run it, then ask again.
    Refresh(Box<Refresh>),
    Failed(SessionError),
}

/// What a call knows of its session.
#[derive(Debug, Default)]
pub(crate) struct Asker {
    /// The number of the token that it was given last.
    given: u64,
    /// The number of the token that Kit refused: it and all before it are of no use.
    refused: Option<u64>,
    /// It waits until more refreshes than these have ended.
    waits_for: Option<u64>,
}

impl Asker {
    /// Kit has refused the token. False where it has refused one before.
    pub(crate) fn refuse(&mut self) -> bool {
        self.refused.replace(self.given).is_none()
    }
}

impl Session {
    /// The session that `store` keeps for `app`. It is read when the first call asks for it.
    pub fn new(app: App, store: impl Store + 'static) -> Self {
        let (store, state) = (Box::new(store), Mutex::default());
        Self { shared: Arc::new(Shared { app, store, state }) }
    }

    /// Begins it with tokens that were just got, in place of those that are kept. This reads and writes
    /// the store.
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
                    state.memory = Memory::default();
                    state.take_up(record, Outcome::Renewed);
                    return Ok(());
                }
                Err(SaveError::Conflict) => {}
                Err(SaveError::Failed(error)) => return Err(SessionError::save(error)),
            }
        }
        Err(SessionError::Busy)
    }

    /// The tokens that the store keeps, to revoke them for example. This reads the store.
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
        policy: RetryPolicy,
        random: u64,
        now: Time,
    ) -> Access {
        let mut state = self.state();
        let waited = asker.waits_for.take_if(|round| *round < state.rounds).is_some();
        let refused = |current: &Current| asker.refused.is_some_and(|n| current.number <= n);
        if let Some(current) = state.current.as_ref().filter(|current| !refused(current)) {
            let record = &current.record;
            let can_be_refreshed = record.tokens().refresh_token.is_some();
            let must_be = record.has_expired(now.date);
            let should_be = record.is_due(now.date) && state.postponed_until <= now.elapsed;
            let has_failed = waited && state.failure.is_some();
            // After a refresh that ended well, the token is as good as it gets.
            if !can_be_refreshed
                || !(must_be || should_be)
                || (waited && !has_failed)
                || (has_failed && !must_be)
            {
                asker.given = current.number;
                return Access::Token(current.credentials.clone());
            }
        }
        if waited && let Some(failure) = &state.failure {
            return Access::Failed(failure.clone());
        }
        asker.waits_for = Some(state.rounds);
        if state.is_refreshing {
            return Access::Wait(POLL);
        }
        state.is_refreshing = true;
        let replaced = state.current.as_ref().map(|current| Replaced {
            access_token: current.record.tokens().access_token.clone(),
            is_refused: refused(current),
        });
        drop(state);
        let refresh = Refresh::new(self.clone(), kit.clone(), replaced, policy, random);
        Access::Refresh(Box::new(refresh))
    }

    /// A refresh has ended.
    pub(super) fn end_refresh(
        &self,
        result: Result<Record, SessionError>,
        outcome: Outcome,
        now: Time,
    ) {
        let mut state = self.state();
        state.is_refreshing = false;
        state.rounds += 1;
        if outcome == Outcome::Postponed {
            state.postponed_until = now.elapsed.saturating_add(POSTPONED);
        }
        match result {
            Ok(record) => {
                state.failure = None;
                state.take_up(record, outcome);
            }
            Err(failure) => state.failure = Some(failure),
        }
    }

    /// A refresh was dropped: the next call begins another.
    pub(super) fn abandon_refresh(&self) {
        self.state().is_refreshing = false;
    }
}

/// What came of a refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Kit has given new tokens.
    Renewed,
    /// The store had tokens that will do.
    Found,
    /// It is to be tried again, later.
    Postponed,
}

impl State {
    fn take_up(&mut self, record: Record, outcome: Outcome) {
        let token = &record.tokens().access_token;
        match &mut self.current {
            Some(current)
                if current.record.tokens().access_token == *token
                    && outcome != Outcome::Renewed =>
            {
                current.record = record;
            }
            current => {
                let number = current.as_ref().map_or(0, |current| current.number) + 1;
                let credentials = Credentials::access_token(token.secret());
                *current = Some(Current { number, record, credentials });
            }
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("app", &self.shared.app).finish_non_exhaustive()
    }
}
