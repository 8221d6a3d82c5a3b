use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use zeroize::Zeroizing;

use super::access::{Access, TokenHistory};
use super::coordination::Coordination;
use super::purpose::Purpose;
use super::refresh_slot::Begun;
use super::refreshed::{Refreshed, Until};
use super::{App, Refresh, RefreshToken, Tokens};
use crate::error::{Error, SessionError};
use crate::pacer::Pacer;
use crate::retry::Attempts;
use crate::time::Time;
use crate::{Credentials, Kit};

/// The tokens of one user, renewed automatically: before the access token expires, and when Kit rejects it.
/// One call refreshes the tokens for all calls, and a store keeps them.
///
/// Clones are one session. `kit-ureq` and `kit-hyper` have `Session` types of their own, which include the
/// store. This type is for a transport of your own: [`Credentials::session`] gives the session to a [`Kit`],
/// and [`Call`](crate::Call) asks the transport to run its refreshes.
///
/// The session renews its tokens 5 minutes before the access token expires, or when a tenth of its lifetime
/// is left, if that is less. One call begins the renewal before it sends. As long as the access token lasts, no
/// call waits for a renewal, and no call fails because one did; a failed renewal is tried again after 30
/// seconds. Once the access token has expired, or Kit has rejected it, all calls wait for the refresh that
/// the first of them begins.
///
/// New tokens are used at once, while they are saved. If saving fails, calls go on with the new tokens. The refresh
/// tries again to save them, after a quarter of a second at first and every 4 seconds in the end, until they are to be
/// renewed or [`settles`](Self::settles) is called; after that, one of the calls does, every 30 seconds. Until then the
/// tokens are in this process alone: [`unsaved`](Self::unsaved) and a trace event tell.
///
/// A refresh has as many attempts as the call that begins it, but at least 5, for 2 minutes. An
/// attempt that was cut off, timed out or answered with a 5xx is repeated with the same refresh token, since
/// there is no other. Where Kit rejects an access token less than 30 seconds after it gave tokens, the
/// session does not ask Kit for others.
///
/// If several processes share a store, one of them refreshes: it claims the refresh token for 60 seconds
/// by saving a record that says so. The others wait, or use their access token as long as it lasts. Each measures the
/// 60 seconds from when it has seen the claim first, by its own clock. So no two processes spend the same refresh token,
/// as long as their dates differ by at most 10 minutes, and none is suspended between sending and saving for longer than
/// its claim.
///
/// To end a session, send [`RevokeToken`](super::RevokeToken) with its refresh token, and delete the record
/// in the store. Deleting alone does not end the session: a program that has the tokens can still use them.
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
    app: Arc<App>,
    is_in_memory: bool,
    /// None until a client asks for it, and while the session is at rest.
    pacer: Mutex<Option<Pacer>>,
    coordination: Mutex<Coordination>,
}

impl Session {
    /// A session of `app` whose tokens a store keeps. A [`Refresh`] loads them when the first call needs
    /// them.
    pub fn new(app: App) -> Self {
        Self::of_app(Arc::new(app))
    }

    /// A session of `app` without a store: its tokens are lost when the process ends.
    pub fn in_memory(app: App) -> Self {
        Self::kept(Arc::new(app), true)
    }

    /// A session whose tokens a store keeps, of an app that has others.
    pub(super) fn of_app(app: Arc<App>) -> Self {
        Self::kept(app, false)
    }

    fn kept(app: Arc<App>, is_in_memory: bool) -> Self {
        let (pacer, coordination) = (Mutex::default(), Mutex::default());
        Self { shared: Arc::new(Shared { app, is_in_memory, pacer, coordination }) }
    }

    /// Begins the session with new tokens, such as those of `ExchangeCode`, in place of any others. Calls use
    /// them from now on. Run the [`Refresh`] to save them, in place of the record that the store holds. (If
    /// the refresh is dropped, the next call begins another one, which saves them. A session in memory saves
    /// nothing.)
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `clock` where `now` is by another clock than earlier times.
    pub fn begin(&self, tokens: &Tokens, now: Time) -> Result<Box<Refresh>, Error> {
        let begun = self.with(|shared| shared.begin(tokens.clone(), now))?;
        // The refresh sends nothing: as whom does not matter.
        let kit = Kit::new(Credentials::none());
        let mut refresh = self.refresh(begun, Purpose::Beginning, kit, Attempts::new(0));
        if self.is_in_memory() {
            // The refresh is over at once.
            refresh.next(now);
        }
        Ok(refresh)
    }

    /// The tokens that calls use: to revoke them, for example. `None` until a refresh has loaded them from
    /// the store, or [`begin`](Self::begin) was called.
    pub fn tokens(&self) -> Option<Tokens> {
        self.with(|shared| shared.token().record().map(|record| record.tokens().clone()))
    }

    /// Why the newest tokens, which are in use, could not be saved: if the process ends now, they are lost.
    /// `None` where they are saved, or are being saved for the first time.
    pub fn unsaved(&self) -> Option<SessionError> {
        self.with(|shared| shared.memory().save_failure.clone())
    }

    /// The newest tokens, if they are in this process alone: those of a session in memory, and those that are
    /// being saved, or could not be saved. `None` where the store has the newest tokens.
    pub fn tokens_in_memory_alone(&self) -> Option<Tokens> {
        if self.is_in_memory() {
            return self.tokens();
        }
        self.with(|shared| shared.newest_unsaved().map(|record| record.tokens().clone()))
    }

    /// How to wait until no refresh is under way; `None` where none is. Wait before your program ends:
    /// otherwise new tokens may be lost before they are saved.
    ///
    /// Call this method again when the future is ready, or after the duration at the latest: a refresh that
    /// nobody runs any more has ended by then.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `clock` where `now` is by another clock than earlier times.
    pub fn settles(&self, now: Time) -> Result<Option<(Refreshed, Duration)>, Error> {
        let within = self.with(|shared| shared.settles_within(now))?;
        Ok(within.map(|within| (Refreshed::new(self.clone(), Until::Settled), within)))
    }

    /// The app that the session belongs to.
    pub fn app(&self) -> &App {
        &self.shared.app
    }

    /// The pacer of the session's clients, unless they were given another: all of them share Kit's rate limit.
    pub fn pacer(&self) -> Pacer {
        let rate_limit = Credentials::session(self).rate_limit();
        self.held_pacer().get_or_insert_with(|| Pacer::new(rate_limit)).clone()
    }

    /// The pacer of the session's clients, made as one that [shares](Pacer::shared) its budget with other processes. The
    /// clients of a session have to be of one kind: this is in place of [`pacer`](Self::pacer).
    pub fn shared_pacer(&self, process: u64) -> Pacer {
        let rate_limit = Credentials::session(self).rate_limit();
        let mut held = self.held_pacer();
        held.take_if(|pacer| !pacer.is_shared());
        held.get_or_insert_with(|| Pacer::shared(rate_limit, process)).clone()
    }

    pub(super) fn held_pacer(&self) -> MutexGuard<'_, Option<Pacer>> {
        self.shared.pacer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives up what a session needs no more that nobody uses: a pacer that is as good as a new one.
    pub(super) fn rest(&self, now: Time) {
        self.held_pacer().take_if(|pacer| pacer.is_at_rest(now));
    }

    /// Whether nobody else has the session, and the store has its tokens.
    pub(super) fn is_at_rest(&self) -> bool {
        Arc::strong_count(&self.shared) == 1
            && self.with(|shared| shared.newest_unsaved().is_none())
    }

    /// Whether the session has no store.
    pub fn is_in_memory(&self) -> bool {
        self.shared.is_in_memory
    }

    /// Runs `act` on the locked state that all clones share. Wakers are woken when the lock is free.
    pub(super) fn with<T>(&self, act: impl FnOnce(&mut Coordination) -> T) -> T {
        let mut shared = self.shared.coordination.lock().unwrap_or_else(PoisonError::into_inner);
        let result = act(&mut shared);
        let released = shared.slot().take_released();
        drop(shared);
        released.wake();
        result
    }

    /// The access token as credentials, if there is one.
    pub(crate) fn current(&self) -> Option<Credentials> {
        self.with(|shared| shared.token().credentials().cloned())
    }

    /// The secrets that no error text may show.
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

    /// The access token for a call to send, or what the call has to do before: have a refresh run, if one is
    /// needed and none is under way, or wait.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `clock` where `now` is by another clock than earlier times.
    pub(crate) fn access(&self, history: &mut TokenHistory, now: Time) -> Result<Access, Error> {
        self.with(|shared| shared.access(self, history, now))
    }

    /// The refresh that has begun.
    pub(crate) fn refresh(
        &self,
        begun: Begun,
        purpose: Purpose,
        kit: Kit,
        attempts: Attempts,
    ) -> Box<Refresh> {
        Box::new(Refresh::new(self.clone(), begun, kit, purpose, attempts))
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("app", &self.shared.app).finish_non_exhaustive()
    }
}
