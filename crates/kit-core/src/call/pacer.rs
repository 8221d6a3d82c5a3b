use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::Error;
use crate::time::{Time, Timeline};

/// How long a request counts for Kit's rate limit.
const WINDOW: Duration = Duration::from_secs(60);

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
/// Where other programs use the same credential, Kit may answer 429 all the same. Then the pacer lets no
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
    window: Arc<Mutex<Window>>,
}

#[derive(Debug)]
struct Window {
    timeline: Timeline,
    /// The budget that the caller gave.
    most: usize,
    /// The budget now: smaller than `most` after a 429.
    budget: usize,
    /// When the budget grows, if it is smaller than `most`.
    grows: Duration,
    /// Until then the budget does not shrink again.
    shrunk_until: Duration,
    /// Until then no request is let go.
    closed_until: Duration,
    in_flight: usize,
    /// How many requests in flight were dropped, so that no call tells their end.
    lost: usize,
    /// When the requests of the last 60 seconds ended, oldest first.
    ended: VecDeque<Duration>,
    /// The numbers of the calls that wait. They grow from front to back.
    queue: VecDeque<u64>,
    next_number: u64,
}

impl Pacer {
    /// Makes a pacer that lets at most `budget` requests reach Kit in any 60 seconds. A `budget` of 0 counts
    /// as 1.
    pub fn new(budget: u32) -> Self {
        let most = usize::try_from(budget).unwrap_or(usize::MAX).max(1);
        let window = Window {
            timeline: Timeline::default(),
            most,
            budget: most,
            grows: Duration::ZERO,
            shrunk_until: Duration::ZERO,
            closed_until: Duration::ZERO,
            in_flight: 0,
            lost: 0,
            ended: VecDeque::new(),
            queue: VecDeque::new(),
            next_number: 0,
        };
        Self { window: Arc::new(Mutex::new(window)) }
    }

    /// How many requests may reach Kit in any 60 seconds. A 429 makes this number smaller for some time.
    pub fn budget(&self) -> u32 {
        u32::try_from(self.window().budget).unwrap_or(u32::MAX)
    }

    fn window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Pacer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pacer").field("budget", &self.budget()).finish_non_exhaustive()
    }
}

/// The place of one call at the pacer: none, in the queue, or among the requests under way. Dropping the
/// place gives it back.
#[derive(Debug)]
pub(crate) struct Place {
    pacer: Pacer,
    at: At,
}

#[derive(Clone, Copy, Debug)]
enum At {
    Nowhere,
    Queue(u64),
    UnderWay,
}

impl Place {
    pub(crate) fn new(pacer: Pacer) -> Self {
        Self { pacer, at: At::Nowhere }
    }

    /// How long the call has to wait, at least, before it asks again. Zero: the request may be sent.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for another clock than the pacer's.
    pub(crate) fn enter(&mut self, now: Time) -> Result<Duration, Error> {
        let mut window = self.pacer.window();
        let now = window.timeline.since_first(now)?;
        window.pass(now);
        let number = match self.at {
            At::Nowhere => window.line_up(),
            At::Queue(number) => number,
            At::UnderWay => return Ok(Duration::ZERO),
        };
        let wait = window.enter(number, now);
        drop(window);
        self.at = if wait.is_zero() { At::UnderWay } else { At::Queue(number) };
        Ok(wait)
    }

    /// Tells that the request got its response, or failed.
    pub(crate) fn leave(&mut self, now: Time) {
        if matches!(self.at, At::UnderWay) {
            self.at = At::Nowhere;
            let mut window = self.pacer.window();
            match window.timeline.since_first(now) {
                Ok(now) => {
                    window.in_flight -= 1;
                    window.end(now);
                }
                // Told by another clock: it counts from when that is noticed.
                Err(_) => window.lost += 1,
            }
        }
    }

    /// Tells that Kit answered 429, with the wait that it asked for, if it did.
    pub(crate) fn limited(&mut self, retry_after: Option<Duration>, now: Time) {
        let mut window = self.pacer.window();
        if let Ok(now) = window.timeline.since_first(now) {
            window.learn(retry_after.unwrap_or_default(), now);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        match self.at {
            At::Nowhere => {}
            At::Queue(number) => self.pacer.window().give_up(number),
            At::UnderWay => self.pacer.window().lost += 1,
        }
    }
}

impl Window {
    /// Forgets requests that count no longer, and grows the budget if it is time.
    fn pass(&mut self, now: Duration) {
        // The end of these was before now: it is told late, and counts for longer.
        for _ in 0..std::mem::take(&mut self.lost) {
            self.in_flight -= 1;
            self.end(now);
        }
        while self.ended.front().is_some_and(|end| end.saturating_add(WINDOW) <= now) {
            self.ended.pop_front();
        }
        while self.budget < self.most && self.grows <= now {
            self.budget = self.budget.saturating_mul(2).min(self.most);
            self.grows = self.grows.saturating_add(WINDOW);
        }
    }

    fn line_up(&mut self) -> u64 {
        let number = self.next_number;
        self.next_number += 1;
        self.queue.push_back(number);
        number
    }

    fn give_up(&mut self, number: u64) {
        if let Ok(position) = self.queue.binary_search(&number) {
            self.queue.remove(position);
        }
    }

    /// How long the call with this number has to wait; zero where its request may be sent.
    fn enter(&mut self, number: u64, now: Duration) -> Duration {
        let closed = self.closed_until.saturating_sub(now);
        if !closed.is_zero() {
            return closed;
        }
        let taken = self.in_flight + self.ended.len();
        // Behind those before it: as many have to leave the window as make room for all of them.
        let position = self.queue.binary_search(&number).unwrap_or_default();
        match (taken + position + 1).checked_sub(self.budget) {
            None | Some(0) => {
                self.give_up(number);
                self.in_flight += 1;
                Duration::ZERO
            }
            // What is under way leaves the window a whole window after its end, which is to come.
            Some(leaving) => match self.ended.get(leaving - 1) {
                Some(end) => end.saturating_add(WINDOW).saturating_sub(now),
                None => WINDOW,
            },
        }
    }

    fn end(&mut self, now: Duration) {
        // Callers read the clock before they get here, not always in this order.
        let now = self.ended.back().map_or(now, |last| now.max(*last));
        self.ended.push_back(now);
    }

    fn learn(&mut self, retry_after: Duration, now: Duration) {
        self.pass(now);
        self.closed_until = self.closed_until.max(now.saturating_add(retry_after.min(WINDOW)));
        // All calls that were under way when the budget was found to be too large are refused: that is one
        // lesson.
        if now < self.shrunk_until {
            return;
        }
        // One more may be sent, when Kit says so; if that is refused, too, not before others have left
        // the window. Not by more than half: who has sent little was refused for what others sent.
        let sent = self.in_flight + self.ended.len();
        let half = self.budget.div_ceil(2);
        self.budget = self.budget.min(sent + 1).max(half);
        self.grows = now.saturating_add(WINDOW);
        self.shrunk_until = self.grows;
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::time::Clock;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
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
            match place.enter(self.at(now)).unwrap() {
                Duration::ZERO => Ok(place),
                wait => Err(wait),
            }
        }
    }

    #[test]
    fn what_is_under_way_counts_and_what_has_ended_too() {
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
    fn who_asks_first_is_served_first() {
        let world = World::new(1);
        world.enter(0).unwrap().leave(world.at(0));
        let mut queue: Vec<_> = (0..4).map(|_| world.place()).collect();
        for (index, place) in queue.iter_mut().enumerate() {
            let wait = if index == 0 { seconds(59) } else { WINDOW };
            assert_eq!(place.enter(world.at(1)).unwrap(), wait);
        }
        // One gives up: who stands behind it moves up.
        drop(queue.remove(1));
        let mut now = 60;
        while let Some((first, later)) = queue.split_first_mut() {
            assert!(later.iter_mut().all(|place| !place.enter(world.at(now)).unwrap().is_zero()));
            assert!(first.enter(world.at(now)).unwrap().is_zero());
            first.leave(world.at(now));
            queue.remove(0);
            now += 60;
        }
    }

    #[test]
    fn what_is_dropped_under_way_counts_from_when_that_is_noticed() {
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
            // What Kit asked for has passed: there is room for one, if there was any.
            let one = world.enter(8);
            assert_eq!((one.is_ok(), world.enter(8).is_ok()), (sent < 100, sent < 49), "{sent}");
            drop(one);
            // It grows with each window, up to what it was.
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
        assert_eq!(place.enter(at(Duration::ZERO)).unwrap(), Duration::ZERO);
        place.limited(Some(Duration::MAX), at(Duration::MAX));
        place.leave(at(Duration::ZERO));
        let wait = place.enter(at(Duration::ZERO)).unwrap();
        assert_eq!((world.pacer.budget(), wait), (1, Duration::MAX));
        assert_eq!(Pacer::new(u32::MAX).budget(), u32::MAX);
    }
}
