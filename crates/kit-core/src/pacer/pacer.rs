use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::sharing::Sharing;
use super::window::Window;
use crate::time::Time;

/// Makes calls wait, so that they stay below Kit's rate limit.
///
/// The budget of a pacer is how many requests may reach Kit in any 60 seconds. A request counts from when it
/// is sent until 60 seconds after its response or failure, since the pacer cannot know when Kit counted the
/// request in between. So the budget holds, however slow the network is.
///
/// Calls are let go in the order in which they asked first. Clones of a pacer share one budget. Use one pacer
/// for all clients with the same credential, also where one client is of `kit-ureq` and another of
/// `kit-hyper`.
///
/// If other programs use the same credential, Kit may answer 429 all the same. Then the pacer lets no
/// request go while `Retry-After` lasts, for 60 seconds at most, and shrinks its budget: to one more than the
/// requests that it has counted, but not below half. The budget shrinks once in 60 seconds, however many
/// requests Kit refuses. 60 seconds after it has shrunk, and every 60 seconds from then on, it doubles, up to
/// the budget at first.
///
/// A call that would have to wait beyond its timeout ends at once, with
/// [`Error::Paced`](crate::Error::Paced).
///
/// Source: Kit's API v4, "Rate limits".
///
/// # Examples
///
/// ```
/// use kit_core::{Credentials, Pacer};
///
/// let credentials = Credentials::api_key("kit_0123");
/// let pacer = Pacer::new(credentials.rate_limit());
/// assert_eq!(pacer.budget(), 120);
/// ```
#[derive(Clone)]
pub struct Pacer {
    state: Arc<Mutex<State>>,
}

pub(super) struct State {
    pub(super) window: Window,
    pub(super) sharing: Option<Box<Sharing>>,
}

impl Pacer {
    /// Makes a pacer that lets at most `budget` requests reach Kit in any 60 seconds. A `budget` of 0 counts
    /// as 1.
    pub fn new(budget: u32) -> Self {
        Self::of(budget, None)
    }

    /// Makes a pacer that shares its budget with the pacers of other processes, through a
    /// [`BudgetStore`](crate::budgets::BudgetStore): at most `budget` of the requests of all of them reach Kit in any 60
    /// seconds. `process` is a random number, another for each pacer that is in use: a pacer that takes the place of one at rest may
    /// have the same.
    ///
    /// `kit-ureq` and `kit-hyper` make such a pacer, draw the number, and run what a call hands out: see their
    /// `SharedPacer`.
    ///
    /// The pacer takes a share of the budget when calls need one: as many requests as it expects to begin within 5
    /// seconds, a sixteenth of the budget at most. It gives back what is left of it after 5 seconds. The share of a process
    /// that died comes back after 95 seconds. Processes that wait get equal parts.
    ///
    /// If Kit answers 429 all the same, all processes wait: this one at once, the others as soon as they need a share.
    ///
    /// While the store fails, the pacer uses the rest of its share. 95 seconds after the store has failed first, when
    /// nothing counts any more that others were granted before, it goes on with its part: the budget divided by the number
    /// of processes that there were in the last hour, and by 16 at least: there may be some of which it has not heard.
    /// [`store_failure`](Self::store_failure) says why the store fails; with the feature `tracing` it is an event at the
    /// level `WARN`. When the store works again, each process is presumed to have used its part, until it reports what it
    /// has sent, for a minute at most. (A process that is killed meanwhile does not: then that part may be sent too much.) If several processes have
    /// been idle for 95 seconds, the first that asks gets its part at once, and more after 3 seconds: others may have sent
    /// while the store failed.
    pub fn shared(budget: u32, process: u64) -> Self {
        Self::of(budget, Some(Box::new(Sharing::new(process))))
    }

    fn of(budget: u32, sharing: Option<Box<Sharing>>) -> Self {
        let most = usize::try_from(budget).unwrap_or(usize::MAX).max(1);
        Self { state: Arc::new(Mutex::new(State { window: Window::new(most), sharing })) }
    }

    /// How many requests may reach Kit in any 60 seconds. A 429 makes this number smaller for some time.
    pub fn budget(&self) -> u32 {
        u32::try_from(self.with(|state| state.window.budget)).unwrap_or(u32::MAX)
    }

    /// Whether the budget is shared with other processes.
    pub fn is_shared(&self) -> bool {
        self.with(|state| state.sharing.is_some())
    }

    /// Why the store of the shared budget cannot be read or written, if the last attempt has failed.
    pub fn store_failure(&self) -> Option<Arc<str>> {
        self.share(|sharing| sharing.failure()).flatten()
    }

    /// Whether nobody else has the pacer, and it is as it was when it was made. By the time of another clock it is not.
    pub(crate) fn is_at_rest(&self, now: Time) -> bool {
        let is_mine = Arc::strong_count(&self.state) == 1;
        self.with(|State { window, sharing }| {
            let Ok(elapsed) = window.timeline.since_first(now) else { return false };
            is_mine
                && window.is_at_rest(elapsed)
                && sharing.as_ref().is_none_or(|sharing| sharing.is_at_rest())
        })
    }

    /// Runs `act` on the locked state. Wakers are woken when the lock is free.
    pub(super) fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let result = act(&mut state);
        let released = state.sharing.as_mut().map(|sharing| sharing.take_released());
        drop(state);
        for released in released.into_iter().flatten() {
            released.wake();
        }
        result
    }

    /// Runs `act` on what this process has of the shared budget, if the pacer shares one.
    pub(super) fn share<T>(&self, act: impl FnOnce(&mut Sharing) -> T) -> Option<T> {
        self.with(|state| state.sharing.as_mut().map(|sharing| act(sharing)))
    }
}

impl State {
    /// A request under way was dropped: it counts from when that is noticed.
    pub(super) fn lose(&mut self) {
        self.window.lost += 1;
        if let Some(sharing) = &mut self.sharing {
            sharing.need();
        }
    }
}

impl fmt::Debug for Pacer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pacer").field("budget", &self.budget()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use std::time::Duration;

    use super::super::place::Place;
    use super::*;
    use crate::budgets::WINDOW;
    use crate::pacer::Entry;
    use crate::time::{Clock, Time};

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// How long a call has to wait at a pacer of its own process.
    fn wait(place: &mut Place, now: Time) -> Duration {
        match place.enter(now).unwrap() {
            Entry::Go => Duration::ZERO,
            Entry::Wait(wait) => wait,
            other => panic!("{other:?}"),
        }
    }

    /// A pacer and its clock.
    struct World {
        pacer: Pacer,
        clock: Clock,
    }

    impl World {
        fn new(budget: u32) -> Self {
            Self { pacer: Pacer::new(budget), clock: Clock::new() }
        }

        fn at(&self, now: u64) -> Time {
            self.clock.time(seconds(now), SystemTime::UNIX_EPOCH)
        }

        fn place(&self) -> Place {
            Place::new(self.pacer.clone())
        }

        /// One that may send, or how long it would have to wait.
        fn enter(&self, now: u64) -> Result<Place, Duration> {
            let mut place = self.place();
            match wait(&mut place, self.at(now)) {
                Duration::ZERO => Ok(place),
                wait => Err(wait),
            }
        }
    }

    #[test]
    fn requests_under_way_and_ended_ones_count() {
        let world = World::new(2);
        let mut first = world.enter(0).unwrap();
        let mut second = world.enter(0).unwrap();
        assert_eq!(world.enter(5).unwrap_err(), WINDOW);
        second.leave(world.at(10));
        assert_eq!(world.enter(30).unwrap_err(), seconds(40));
        first.leave(world.at(65));
        assert_eq!(world.enter(69).unwrap_err(), seconds(1));
        let _third = world.enter(70).unwrap();
        assert_eq!(world.enter(70).unwrap_err(), seconds(55));
    }

    #[test]
    fn calls_are_served_in_the_order_in_which_they_asked() {
        let world = World::new(1);
        world.enter(0).unwrap().leave(world.at(0));
        let mut queue: Vec<_> = (0..4).map(|_| world.place()).collect();
        for (index, place) in queue.iter_mut().enumerate() {
            let expected = if index == 0 { seconds(59) } else { WINDOW };
            assert_eq!(wait(place, world.at(1)), expected);
        }
        // One gives up: who stands behind it moves up.
        drop(queue.remove(1));
        let mut now = 60;
        while let Some((first, later)) = queue.split_first_mut() {
            assert!(later.iter_mut().all(|place| !wait(place, world.at(now)).is_zero()));
            assert!(wait(first, world.at(now)).is_zero());
            first.leave(world.at(now));
            queue.remove(0);
            now += 60;
        }
    }

    #[test]
    fn a_dropped_request_counts_from_when_the_drop_is_noticed() {
        let world = World::new(1);
        drop(world.enter(0).unwrap());
        assert_eq!(world.enter(100).unwrap_err(), WINDOW);
        assert!(world.enter(159).is_err());
        assert!(world.enter(160).is_ok());
    }

    #[test]
    fn a_429_closes_the_window_and_shrinks_the_budget() {
        for (sent, budget) in [(1, 50), (10, 50), (49, 50), (51, 52), (98, 99), (100, 100)] {
            let world = World::new(100);
            let mut places: Vec<_> = (0..sent).map(|_| world.enter(0).unwrap()).collect();
            for place in &mut places {
                place.leave(world.at(1));
            }
            places[0].limited(Some(seconds(7)), world.at(1));
            assert_eq!(world.pacer.budget(), budget, "{sent}");
            assert_eq!(world.enter(2).unwrap_err(), seconds(6));
            // The time that Kit asked for has passed: there is room for one, if there was any.
            let one = world.enter(8);
            assert_eq!((one.is_ok(), world.enter(8).is_ok()), (sent < 100, sent < 49), "{sent}");
            drop(one);
            // The budget grows with each window, up to what it was.
            drop(world.enter(61));
            assert_eq!(world.pacer.budget(), (budget * 2).min(100));
            drop(world.enter(9999));
            assert_eq!(world.pacer.budget(), 100);
        }
    }

    #[test]
    fn calls_that_are_under_way_together_are_one_lesson() {
        let world = World::new(120);
        let mut places: Vec<_> = (0..5).map(|_| world.enter(0).unwrap()).collect();
        for (place, now) in places.iter_mut().zip(1..) {
            place.leave(world.at(now));
            place.limited(Some(seconds(3)), world.at(now));
            assert_eq!(world.pacer.budget(), 60);
            // Each of them says how long to wait.
            assert_eq!(world.enter(now).unwrap_err(), seconds(3));
        }
        // A minute later it is another one.
        let mut place = world.enter(61).unwrap();
        place.leave(world.at(61));
        assert_eq!(world.pacer.budget(), 120);
        place.limited(None, world.at(61));
        assert_eq!(world.pacer.budget(), 60);
    }

    /// So that it can be replaced by a new one.
    #[test]
    fn a_pacer_at_rest_remembers_nothing() {
        let world = World::new(4);
        let is_at_rest = |now| world.pacer.is_at_rest(world.at(now));
        assert!(is_at_rest(0));
        let mut place = world.enter(0).unwrap();
        assert!(!is_at_rest(500), "a request is under way");
        place.leave(world.at(500));
        drop(place);
        assert!(!is_at_rest(559));
        assert!(is_at_rest(560));
        let waiting = world.place();
        assert!(!is_at_rest(560), "somebody has it");
        drop(waiting);
        let mut place = world.enter(600).unwrap();
        place.leave(world.at(600));
        place.limited(Some(seconds(7)), world.at(600));
        drop(place);
        assert!(!is_at_rest(659));
        assert!(is_at_rest(660), "the budget has grown again");
        assert!(!world.pacer.is_at_rest(Clock::new().time(seconds(9), SystemTime::UNIX_EPOCH)));
    }

    #[test]
    fn another_clock_is_an_error_and_costs_nobody_a_place() {
        let world = World::new(1);
        let other = Clock::new().time(Duration::ZERO, SystemTime::UNIX_EPOCH);
        let mut place = world.enter(0).unwrap();
        assert!(world.place().enter(other).unwrap_err().to_string().starts_with("clock: "));
        place.limited(Some(seconds(9)), other);
        place.leave(other);
        assert_eq!(world.enter(5).unwrap_err(), WINDOW, "it is noticed now");
        assert!(world.enter(65).is_ok());
    }

    #[test]
    fn absurd_values_are_no_panic() {
        let world = World::new(0);
        let at = |elapsed| world.clock.time(elapsed, SystemTime::UNIX_EPOCH);
        let mut place = world.place();
        assert_eq!(wait(&mut place, at(Duration::ZERO)), Duration::ZERO);
        place.limited(Some(Duration::MAX), at(Duration::MAX));
        place.leave(at(Duration::ZERO));
        let wait = wait(&mut place, at(Duration::ZERO));
        assert_eq!((world.pacer.budget(), wait), (1, Duration::MAX));
        assert_eq!(Pacer::new(u32::MAX).budget(), u32::MAX);
    }
}
