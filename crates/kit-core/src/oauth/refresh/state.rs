use std::sync::Arc;
use std::time::Duration;

use super::super::outcome::Outcome;
use super::super::unsaved::Unsaved;
use super::super::{Record, RefreshStep, RefreshToken, RefreshTokens, Tokens};
use crate::error::{Error, OAuthError, SessionError};
use crate::time::Time;

/// The state of a refresh.
pub(super) enum State {
    /// Looks for tokens that are good enough.
    Look,
    Load(Reading),
    Loading(Reading),
    Claim(Spending),
    Claiming(Spending),
    Spend(Spending),
    Sent(Spending),
    Waiting {
        since: Duration,
        wait: Duration,
        then: Box<State>,
    },
    /// There are new tokens: they are in the session's memory until they are saved.
    Keep,
    Saving(Unsaved),
    /// Gives the claim back, so that others can try.
    Release(Spending, Outcome),
    /// Notes in the store that the user has to authorize the app again.
    Mark(Record, Outcome),
    Releasing(Outcome),
    Ending(Outcome),
    Over,
}

/// Why the store is read.
pub(super) enum Reading {
    /// To find a better token than the one that is to be replaced.
    Look,
    /// To find out whether another process has spent the refresh token, which Kit no longer accepts.
    Spent(Spending, OAuthError),
    /// To find the record that the new tokens are to replace.
    Conflict(Unsaved),
}

/// A refresh token that is claimed.
pub(super) struct Spending {
    pub(super) claimed: Record,
    /// Whether the store has the claim. What is in memory alone, nobody else can spend.
    pub(super) is_in_store: bool,
    /// When the claim began.
    pub(super) since: Duration,
    pub(super) endpoint: RefreshTokens,
}

/// The outcome of a state.
#[expect(clippy::large_enum_variant, reason = "each is taken apart where it is made")]
pub(super) enum Turn {
    Go(State),
    Step(RefreshStep, State),
}

impl Spending {
    /// The new tokens to save. Where Kit sent no new refresh token, the old one stays valid (RFC 6749,
    /// section 6).
    /// The store may still have what was there before tokens of which it is not known whether they were saved.
    pub(super) fn earns(self, mut tokens: Tokens, earlier: Option<Unsaved>, now: Time) -> Unsaved {
        let spent = self.endpoint.refresh_token().clone();
        tokens.refresh_token.get_or_insert_with(|| RefreshToken::clone(&spent));
        let record = Record::new(Some(&self.claimed), tokens, now.date);
        let (mut all, begins) =
            earlier.map_or((Vec::new(), false), |earlier| (earlier.spent, earlier.begins));
        all.push(spent);
        Unsaved { record, spent: all, begins }
    }
}

pub(super) fn fail(spending: Spending, error: Error, hold: Duration) -> State {
    let failure = SessionError::NotRefreshed(Arc::new(error));
    State::Release(spending, Outcome::Failed(failure, hold))
}

pub(super) fn failed(failure: SessionError) -> Outcome {
    Outcome::Failed(failure, Duration::ZERO)
}
