use std::time::Duration;

use super::Pacer;
use crate::Error;
use crate::time::Time;

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
