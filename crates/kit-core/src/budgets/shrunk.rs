use serde::{Deserialize, Serialize};

use super::WINDOW;
use super::budget::{Millis, millis};

/// A budget that a 429 has made smaller, and that grows again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Shrunk {
    /// The budget now.
    to: u32,
    /// When it doubles.
    grows_at: Millis,
    /// Until then it does not shrink again.
    learned_until: Millis,
}

impl Shrunk {
    /// The budget of `most`, after what Kit has refused.
    pub(super) fn limit(shrunk: &mut Option<Self>, most: u32, now: Millis) -> u32 {
        let Some(held) = shrunk else { return most };
        // A clock that was set back must not keep it small.
        held.grows_at = held.grows_at.min(now.saturating_add(millis(WINDOW)));
        while held.grows_at <= now && held.to < most {
            held.to = held.to.saturating_mul(2).max(1);
            held.grows_at = held.grows_at.saturating_add(millis(WINDOW));
        }
        if held.to < most {
            return held.to;
        }
        *shrunk = None;
        most
    }

    /// When the budget grows.
    pub(super) fn grows_at(&self) -> Millis {
        self.grows_at
    }

    /// The budget after Kit has refused a request when `count` of them counted: one more than that, but not below half.
    /// All requests that are refused within a minute are one lesson.
    pub(super) fn learn(shrunk: &mut Option<Self>, limit: u32, count: u32, now: Millis) {
        if shrunk.is_some_and(|shrunk| shrunk.learned_until > now) {
            return;
        }
        let to = limit.min(count.saturating_add(1)).max(limit.div_ceil(2));
        let next = now.saturating_add(millis(WINDOW));
        *shrunk = Some(Self { to, grows_at: next, learned_until: next });
    }
}
