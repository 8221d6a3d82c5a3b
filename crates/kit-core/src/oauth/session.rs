use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use zeroize::Zeroizing;

use super::access::{Access, Asker};
use super::coordination::{Coordination, Purpose, Verdict};
use super::refreshed::{Refreshed, Until};
use super::{App, Refresh, RefreshToken, Tokens};
use crate::call::{Attempts, Time};
use crate::error::{Error, SessionError};
use crate::{Credentials, Kit};

/// An access token that renews itself: refreshed shortly before it expires and when Kit rejects it, by one
/// call for all that wait, and kept in a store.
///
/// Clones are one session. The clients of the transports have a `Session` of their own, which brings the store
/// with it; this is the session inside, for whoever moves the bytes alone: [`Credentials::session`] gives
/// it to a [`Kit`], and [`Call`](crate::Call) does the rest.
///
/// Tokens are renewed 5 minutes before they expire, or when a tenth of their time is left, if that is less: by
/// one call, before it sends. It waits at most 5 seconds for that; no other call waits as long as the token
/// lasts, none fails by it, and what fails is tried again after 30 seconds. Once the token has expired, or
/// Kit has rejected it, calls wait for the refresh that the first of them begins. A reply that has come is
/// never held back.
///
/// New tokens are used at once, and saved at the same time. Where that fails, calls go on, and one of them
/// tries again every 30 seconds; [`unsaved`](Self::unsaved) tells, and a trace event does. Until then the
/// tokens live in this process alone.
///
/// A refresh is tried as often as calls are, and 5 times at least, for two minutes at most. One that is
/// cut off, timed out or answered with a 5xx is tried again with the same refresh token, since that is
/// all there is. Kit is not asked for other tokens less than 30 seconds after it has given some.
///
/// Of several processes with one store, one refreshes: it claims the refresh token for 60 seconds by
/// saving that it is about to spend it, and the others wait, or go on with what they have as long as it
/// lasts. That keeps two from spending one refresh token as long as their clocks agree to within 3 seconds,
/// and none is suspended between sending and saving for longer than its claim.
///
/// To end a session, send [`RevokeToken`](super::RevokeToken) with its refresh token, and delete what the store
/// keeps. Deleting alone ends nothing: whoever has the tokens goes on with them.
///
/// # Examples
///
/// ```
/// use std::time::{Instant, SystemTime};
///
/// use kit_core::oauth::{App, Session, Tokens};
/// use kit_core::{Credentials, Kit, Time};
///
/// let session = Session::in_memory(App::confidential("client-id", "client-secret"));
/// // What came of `ExchangeCode`:
/// let tokens = Tokens::new("access-token").with_refresh_token("refresh-token");
/// session.begin(&tokens, Time::new(Instant::now(), SystemTime::now()))?;
///
/// let kit = Kit::new(Credentials::session(&session));
/// # Ok::<(), kit_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Session {
    shared: Arc<Shared>,
}

struct Shared {
    app: App,
    is_in_memory: bool,
    coordination: Mutex<Coordination>,
}

impl Session {
    /// A session of the app that a store keeps: a [`Refresh`] asks for it when the first call needs it.
    pub fn new(app: App) -> Self {
        Self::kept(app, false)
    }

    /// A session of the app that nothing keeps: it ends with the process.
    pub fn in_memory(app: App) -> Self {
        Self::kept(app, true)
    }

    fn kept(app: App, is_in_memory: bool) -> Self {
        let coordination = Mutex::default();
        Self { shared: Arc::new(Shared { app, is_in_memory, coordination }) }
    }

    /// Begins the session with tokens that were just got, in place of any others. They are used from now
    /// on; run the [`Refresh`] to have them saved, whatever the store keeps. (Where it is dropped, the next
    /// call begins another that saves them. A session in memory has nothing to save.)
    ///
    /// # Errors
    ///
    /// [`Error::Input`] where the time is by another clock than before.
    pub fn begin(&self, tokens: &Tokens, now: Time) -> Result<Box<Refresh>, Error> {
        let begun = self.with(|shared| shared.begin(tokens.clone(), now))?;
        // It sends nothing: as whom does not matter.
        let kit = Kit::new(Credentials::none());
        let attempts = Attempts::new(0);
        let mut refresh = Refresh::new(self.clone(), begun, kit, Purpose::Beginning, attempts);
        if self.is_in_memory() {
            // It is over at once.
            refresh.next(now);
        }
        Ok(Box::new(refresh))
    }

    /// The tokens that calls use: to revoke them, for example. `None` before the first call has read them
    /// from the store.
    pub fn tokens(&self) -> Option<Tokens> {
        self.with(|shared| shared.record().map(|record| record.tokens().clone()))
    }

    /// Why the store does not keep the newest tokens, which are in use all the same: if this process ends
    /// now, the session does. `None` where it keeps them, or they are being saved for the first time.
    pub fn unsaved(&self) -> Option<SessionError> {
        self.with(|shared| shared.memory().save_failure.clone())
    }

    /// The newest tokens where no store has them: always so in memory, else while they are being saved or cannot
    /// be saved.
    pub fn tokens_in_memory_alone(&self) -> Option<Tokens> {
        if self.is_in_memory() {
            return self.tokens();
        }
        self.with(|shared| shared.newest_unsaved().map(|record| record.tokens().clone()))
    }

    /// What is to be waited for until no refresh is under way, before a program ends, so that no tokens are lost
    /// that Kit has given and the store does not have yet. `None` where none is under way.
    ///
    /// Ask again when the future is ready, or after the duration: a refresh that nobody drives is under way no
    /// longer than that.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] where the time is by another clock than before.
    pub fn settles(&self, now: Time) -> Result<Option<(Refreshed, Duration)>, Error> {
        let within = self.with(|shared| shared.settles_within(now))?;
        Ok(within.map(|within| (Refreshed::new(self.clone(), Until::Settled), within)))
    }

    /// Whose session it is.
    pub fn app(&self) -> &App {
        &self.shared.app
    }

    /// Whether no store keeps it.
    pub fn is_in_memory(&self) -> bool {
        self.shared.is_in_memory
    }

    /// With what all clones share, locked. Who waits is woken when the lock is free.
    pub(super) fn with<T>(&self, act: impl FnOnce(&mut Coordination) -> T) -> T {
        let mut shared = self.shared.coordination.lock().unwrap_or_else(PoisonError::into_inner);
        let result = act(&mut shared);
        let let_go = shared.let_go();
        drop(shared);
        let_go.wake();
        result
    }

    /// The access token as credentials, if there is one.
    pub(crate) fn current(&self) -> Option<Credentials> {
        self.with(|shared| shared.credentials().cloned())
    }

    /// What no text may show.
    pub(crate) fn secrets(&self) -> Vec<Zeroizing<String>> {
        let tokens = self.tokens();
        let tokens = tokens.as_ref();
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
        let verdict = self.with(|shared| shared.access(asker, now));
        match verdict {
            Ok(Verdict::Token(credentials)) => Access::Token(credentials),
            Ok(Verdict::Wait(wait)) => Access::Wait(wait),
            Ok(Verdict::Await(until, at_most)) => {
                let refreshed = Refreshed::new(self.clone(), until);
                Access::AwaitRefresh { refreshed, at_most }
            }
            Ok(Verdict::Begin(begun, purpose)) => {
                let attempts = attempts.of_refresh();
                let refresh = Refresh::new(self.clone(), begun, kit.clone(), purpose, attempts);
                Access::Refresh(Box::new(refresh))
            }
            Ok(Verdict::Failed(failure)) => Access::Failed(failure),
            Err(error) => Access::WrongClock(error),
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("app", &self.shared.app).finish_non_exhaustive()
    }
}
