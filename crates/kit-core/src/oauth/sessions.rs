use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{App, Session};
use crate::time::{Time, Timeline};

/// How long a session is kept that nobody uses, by default.
const IDLE: Duration = Duration::from_secs(60 * 60);

/// How often sessions are looked through that nobody uses.
const SWEEP: Duration = Duration::from_secs(60);

/// The sessions of many accounts in one process: one [`Session`] for each key, however many calls use it, so that one
/// of them refreshes for all.
///
/// `kit-ureq` and `kit-hyper` have `Sessions` types of their own, which include the store. This type is for a transport
/// of your own.
///
/// A session that nobody has used for an hour, and that no client or call holds, is forgotten; with tokens that are not
/// saved yet it is kept. The next [`get`](Self::get) gives a session that loads its tokens from the store again.
///
/// # Examples
///
/// ```
/// use std::time::{Instant, SystemTime};
///
/// use kit_core::Time;
/// use kit_core::oauth::{App, Sessions};
///
/// let sessions = Sessions::new(App::confidential("client-id", "client-secret"));
/// let now = Time::new(Instant::now(), SystemTime::now());
/// let (session, again) = (sessions.get("account-9", now), sessions.get("account-9", now));
/// assert_eq!(sessions.len(), 1);
/// ```
pub struct Sessions {
    app: Arc<App>,
    idle: Duration,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    timeline: Timeline,
    sessions: BTreeMap<Box<str>, Entry>,
    /// When the sessions are looked through for idle ones.
    sweep_at: Duration,
}

struct Entry {
    session: Session,
    used_at: Duration,
}

impl Sessions {
    /// The sessions of this app.
    pub fn new(app: App) -> Self {
        Self { app: Arc::new(app), idle: IDLE, held: Mutex::default() }
    }

    /// Sets how long a session is kept that nobody uses. Default: 1 hour.
    #[must_use]
    pub fn with_idle_time(self, idle: Duration) -> Self {
        Self { idle, ..self }
    }

    /// The session with this key. It is new where none is kept: a [`Refresh`](super::Refresh) then loads its tokens
    /// when the first call needs them.
    pub fn get(&self, key: &str, now: Time) -> Session {
        let mut held = self.held();
        // By the time of another clock, nothing is forgotten.
        let elapsed = held.timeline.since_first(now).unwrap_or_default();
        held.sweep(self.idle, elapsed, now);
        if let Some(entry) = held.sessions.get_mut(key) {
            entry.used_at = entry.used_at.max(elapsed);
            return entry.session.clone();
        }
        let session = Session::of_app(self.app.clone());
        let entry = Entry { session: session.clone(), used_at: elapsed };
        held.sessions.insert(key.into(), entry);
        session
    }

    /// Forgets the session with this key: the next [`get`](Self::get) gives another. Clones that are in use stay as
    /// they are. Call this when the session was ended.
    pub fn forget(&self, key: &str) {
        let removed = self.held().sessions.remove(key);
        drop(removed);
    }

    /// How many sessions are kept.
    pub fn len(&self) -> usize {
        self.held().sessions.len()
    }

    /// Whether no session is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The app that the sessions belong to.
    pub fn app(&self) -> &App {
        &self.app
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Forgets idle sessions, and what the others need no more. They are looked at once in a while, so that a look
    /// costs next to nothing for each use.
    fn sweep(&mut self, idle: Duration, elapsed: Duration, now: Time) {
        if elapsed < self.sweep_at {
            return;
        }
        self.sweep_at = elapsed.saturating_add(SWEEP.min(idle / 4));
        self.sessions.retain(|_, entry| {
            entry.session.rest(now);
            entry.used_at.saturating_add(idle) > elapsed || !entry.session.is_at_rest()
        });
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").field("len", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::super::Tokens;
    use super::*;
    use crate::time::Clock;

    struct World {
        clock: Clock,
        sessions: Sessions,
    }

    impl World {
        fn new() -> Self {
            let sessions =
                Sessions::new(App::public("id")).with_idle_time(Duration::from_secs(100));
            Self { clock: Clock::new(), sessions }
        }

        fn at(&self, seconds: u64) -> Time {
            self.clock.time(Duration::from_secs(seconds), SystemTime::UNIX_EPOCH)
        }

        /// Whether the session is the one that was given before, which has tokens.
        fn is_known(&self, key: &str, seconds: u64) -> bool {
            self.sessions.get(key, self.at(seconds)).tokens().is_some()
        }

        /// Begins a session whose tokens are saved.
        fn begin(&self, key: &str, seconds: u64) {
            let session = self.sessions.get(key, self.at(seconds));
            let mut refresh = session.begin(&Tokens::new("a"), self.at(seconds)).unwrap();
            assert!(matches!(refresh.next(self.at(seconds)), super::super::RefreshStep::Load));
            refresh.loaded(Ok(None), self.at(seconds));
            assert!(matches!(refresh.next(self.at(seconds)), super::super::RefreshStep::Save(_)));
            refresh.saved(Ok(()), self.at(seconds));
        }
    }

    #[test]
    fn a_key_has_one_session() {
        let world = World::new();
        world.begin("a", 0);
        assert!(world.is_known("a", 0) && !world.is_known("b", 0));
        assert_eq!(world.sessions.len(), 2);
        world.sessions.forget("a");
        assert!(!world.is_known("a", 0));
        assert!(!world.sessions.is_empty());
        assert_eq!(world.sessions.app(), &App::public("id"));
    }

    #[test]
    fn an_idle_session_is_forgotten() {
        let world = World::new();
        world.begin("a", 0);
        world.begin("b", 0);
        assert!(world.is_known("a", 60));
        assert!(world.is_known("b", 99), "it is not idle yet");
        assert!(world.is_known("b", 160));
        assert_eq!(world.sessions.len(), 1, "a was idle for 100 seconds");
        assert!(!world.is_known("a", 160));
    }

    /// A quarter of its idle time later, at the latest.
    #[test]
    fn an_idle_session_is_forgotten_soon() {
        let world = World::new();
        assert!(world.sessions.is_empty());
        world.begin("a", 0);
        for seconds in [26, 77, 102] {
            world.is_known("b", seconds);
        }
        assert_eq!(world.sessions.len(), 1);
        let world = World { sessions: Sessions::new(App::public("id")), ..world };
        world.begin("a", 0);
        assert!(world.is_known("a", 3599));
        world.is_known("b", 3599 + 3600);
        assert!(!world.is_known("a", 3599 + 3601));
    }

    #[test]
    fn a_session_in_use_is_kept() {
        let world = World::new();
        world.begin("a", 0);
        let held = world.sessions.get("a", world.at(0));
        assert!(world.is_known("a", 1000));
        drop(held);
        assert!(!world.is_known("b", 2000));
        assert_eq!(world.sessions.len(), 1);
        // Tokens that no store has.
        let session = world.sessions.get("c", world.at(2000));
        drop(session.begin(&Tokens::new("c"), world.at(2000)).unwrap());
        drop(session);
        assert!(world.is_known("c", 4000));
    }

    #[test]
    fn requests_count_although_nobody_holds_the_session() {
        let world = World::new();
        world.begin("a", 0);
        let send = |seconds| {
            let pacer = world.sessions.get("a", world.at(seconds)).pacer();
            let mut place = crate::pacer::Place::new(pacer);
            let enters = matches!(place.enter(world.at(seconds)).unwrap(), crate::pacer::Entry::Go);
            if enters {
                place.leave(world.at(seconds));
            }
            enters
        };
        for number in 0..600 {
            assert!(send(number / 20), "{number}");
        }
        assert!(!send(59), "the first requests still count");
        assert!(world.sessions.get("a", world.at(59)).held_pacer().is_some());
        // Nothing counts any more, and the pacer was given up: there is a whole budget.
        assert!(world.sessions.get("a", world.at(150)).held_pacer().is_none());
        assert!((0..600).all(|_| send(200)) && !send(200));
    }

    #[test]
    fn the_time_of_another_clock_forgets_nothing() {
        let world = World::new();
        world.begin("a", 0);
        let other = Clock::new().time(Duration::from_secs(5000), SystemTime::UNIX_EPOCH);
        assert!(world.sessions.get("a", other).tokens().is_some());
        assert!(world.is_known("a", 50));
    }
}
