use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long Kit's rate limits look back.
const WINDOW: Duration = Duration::from_secs(60);

/// Makes calls wait, so that they do not run into Kit's rate limit.
///
/// At most the budget of requests reaches Kit in any 60 seconds. It is exact whatever the network does,
/// since nobody knows when within an exchange Kit has counted the request: one that is under way
/// counts, and it goes on counting until 60 seconds after its end.
///
/// Who asks first is served first. Clones share one budget; use one for all that uses the same
/// credential, and one clock (the `elapsed` of [`Time`](crate::Time)) for all that use it: the clients
/// of one transport do. Where other programs use it too, Kit's 429 teaches the pacer: nothing is sent while
/// `Retry-After` lasts, and the budget shrinks to one more than was sent in that window, but to no less
/// than half; it doubles again with each window that passes without a 429.
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
    /// What the caller allows.
    most: usize,
    /// What Kit has taught: at most `most`.
    budget: usize,
    /// When the budget grows, if it is not full.
    grows: Duration,
    /// Before that, nothing is sent.
    closed_until: Duration,
    in_flight: usize,
    /// Of these nobody will tell the end.
    lost: usize,
    /// When the others ended, oldest first.
    ended: VecDeque<Duration>,
    /// Who waits: growing numbers.
    queue: VecDeque<u64>,
    next_number: u64,
}

impl Pacer {
    /// At most so many requests in any 60 seconds. Zero counts as one.
    pub fn new(budget: u32) -> Self {
        let most = usize::try_from(budget).unwrap_or(usize::MAX).max(1);
        let window = Window {
            most,
            budget: most,
            grows: Duration::ZERO,
            closed_until: Duration::ZERO,
            in_flight: 0,
            lost: 0,
            ended: VecDeque::new(),
            queue: VecDeque::new(),
            next_number: 0,
        };
        Self { window: Arc::new(Mutex::new(window)) }
    }

    /// How many requests may reach Kit in the next 60 seconds: less than at first, if Kit has said so.
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

/// The place of one call: nowhere, in the queue, or among those under way. Dropping it gives it back.
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

    /// May a request be sent now? If not, how long to wait at least before it is worth asking again.
    pub(crate) fn enter(&mut self, now: Duration) -> Result<(), Duration> {
        let mut window = self.pacer.window();
        window.pass(now);
        let number = match self.at {
            At::Nowhere => window.line_up(),
            At::Queue(number) => number,
            At::UnderWay => return Ok(()),
        };
        let entered = window.enter(number, now);
        drop(window);
        self.at = if entered.is_ok() { At::UnderWay } else { At::Queue(number) };
        entered
    }

    /// The exchange has ended.
    pub(crate) fn leave(&mut self, now: Duration) {
        if matches!(self.at, At::UnderWay) {
            self.at = At::Nowhere;
            let mut window = self.pacer.window();
            window.in_flight -= 1;
            window.end(now);
        }
    }

    /// Kit has answered 429: asking to wait so long, if it said so.
    pub(crate) fn limited(&mut self, retry_after: Option<Duration>, now: Duration) {
        self.pacer.window().learn(retry_after.unwrap_or_default(), now);
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
    /// Brings it up to the time.
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

    fn enter(&mut self, number: u64, now: Duration) -> Result<(), Duration> {
        let closed = self.closed_until.saturating_sub(now);
        if !closed.is_zero() {
            return Err(closed);
        }
        let taken = self.in_flight + self.ended.len();
        // Behind those before it: as many have to leave the window as make room for all of them.
        let position = self.queue.binary_search(&number).unwrap_or_default();
        match (taken + position + 1).checked_sub(self.budget) {
            None | Some(0) => {
                self.give_up(number);
                self.in_flight += 1;
                Ok(())
            }
            // What is under way leaves the window a whole window after its end, which is to come.
            Some(leaving) => Err(match self.ended.get(leaving - 1) {
                Some(end) => end.saturating_add(WINDOW).saturating_sub(now),
                None => WINDOW,
            }),
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
        // One more may be sent, when Kit says so; if that is refused, too, not before others have left
        // the window. Not by more than half: who has sent little was refused for what others sent.
        let sent = self.in_flight + self.ended.len();
        let half = self.budget.div_ceil(2);
        self.budget = self.budget.min(sent + 1).max(half);
        self.grows = now.saturating_add(WINDOW);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn enter(pacer: &Pacer, now: u64) -> Result<Place, Duration> {
        let mut place = Place::new(pacer.clone());
        place.enter(at(now)).map(|()| place)
    }

    #[test]
    fn what_is_under_way_counts_and_what_has_ended_too() {
        let pacer = Pacer::new(2);
        let mut first = enter(&pacer, 0).unwrap();
        let mut second = enter(&pacer, 0).unwrap();
        assert_eq!(enter(&pacer, 5).unwrap_err(), WINDOW);
        second.leave(at(10));
        assert_eq!(enter(&pacer, 30).unwrap_err(), at(40));
        first.leave(at(65));
        assert_eq!(enter(&pacer, 69).unwrap_err(), at(1));
        let _third = enter(&pacer, 70).unwrap();
        assert_eq!(enter(&pacer, 70).unwrap_err(), at(55));
    }

    #[test]
    fn who_asks_first_is_served_first() {
        let pacer = Pacer::new(1);
        enter(&pacer, 0).unwrap().leave(at(0));
        let mut queue: Vec<_> = (0..4).map(|_| Place::new(pacer.clone())).collect();
        for place in &mut queue {
            assert_eq!(
                place.enter(at(1)),
                Err(if pacer.window().queue.len() == 1 { at(59) } else { WINDOW })
            );
        }
        // One gives up: who stands behind it moves up.
        drop(queue.remove(1));
        let mut now = 60;
        while let Some((first, later)) = queue.split_first_mut() {
            assert!(later.iter_mut().all(|place| place.enter(at(now)).is_err()));
            assert_eq!(first.enter(at(now)), Ok(()));
            first.leave(at(now));
            queue.remove(0);
            now += 60;
        }
    }

    #[test]
    fn what_is_dropped_under_way_counts_from_when_that_is_noticed() {
        let pacer = Pacer::new(1);
        drop(enter(&pacer, 0).unwrap());
        assert_eq!(enter(&pacer, 100).unwrap_err(), WINDOW);
        assert!(enter(&pacer, 159).is_err());
        assert!(enter(&pacer, 160).is_ok());
    }

    #[test]
    fn a_429_closes_the_window_and_shrinks_the_budget() {
        for (sent, budget) in [(1, 50), (10, 50), (49, 50), (51, 52), (98, 99), (100, 100)] {
            let pacer = Pacer::new(100);
            let mut places: Vec<_> = (0..sent).map(|_| enter(&pacer, 0).unwrap()).collect();
            for place in &mut places {
                place.leave(at(1));
            }
            places[0].limited(Some(at(7)), at(1));
            assert_eq!(pacer.budget(), budget, "{sent}");
            assert_eq!(enter(&pacer, 2).unwrap_err(), at(6));
            // What Kit asked for has passed: there is room for one, if there was any.
            let one = enter(&pacer, 8);
            assert_eq!((one.is_ok(), enter(&pacer, 8).is_ok()), (sent < 100, sent < 49), "{sent}");
            drop(one);
            // It grows with each window, up to what it was.
            drop(enter(&pacer, 61));
            assert_eq!(pacer.budget(), (budget * 2).min(100));
            drop(enter(&pacer, 9999));
            assert_eq!(pacer.budget(), 100);
        }
    }

    #[test]
    fn absurd_values_are_no_panic() {
        let pacer = Pacer::new(0);
        let mut place = Place::new(pacer.clone());
        assert_eq!(place.enter(Duration::MAX), Ok(()));
        place.limited(Some(Duration::MAX), Duration::MAX);
        place.leave(Duration::ZERO);
        assert_eq!((pacer.budget(), place.enter(Duration::ZERO)), (1, Err(Duration::MAX)));
        assert_eq!(Pacer::new(u32::MAX).budget(), u32::MAX);
    }
}
