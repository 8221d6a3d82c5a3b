use std::sync::Arc;
use std::time::Duration;

use super::super::coordination::{Outcome, Over, Unsaved};
use super::super::{Record, RefreshStep, RefreshToken, RefreshTokens, Tokens};
use crate::call::Time;
use crate::error::{Error, OAuthError, SessionError};

/// Where a refresh stands.
pub(super) enum State {
    /// To look at what there is.
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
    /// To let others try.
    Release(Spending, Outcome),
    Releasing(Outcome),
    Ending(Outcome),
    Over,
}

/// What the store is read for.
pub(super) enum Reading {
    /// Whether it has something better than the token that is to be replaced.
    Look,
    /// Whether somebody else has spent the refresh token that Kit takes no more.
    Spent(Spending, OAuthError),
    /// What the new tokens are to be saved over.
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

/// What comes of a state.
#[expect(clippy::large_enum_variant, reason = "each is taken apart where it is made")]
pub(super) enum Turn {
    Go(State),
    Step(RefreshStep, State),
}

impl Spending {
    /// What is to be saved. Without a new refresh token, the old one goes on (RFC 6749, section 6).
    /// The store may still have what was there before tokens that were never saved.
    pub(super) fn earns(self, mut tokens: Tokens, earlier: Option<Unsaved>, now: Time) -> Unsaved {
        let spent = self.endpoint.refresh_token().clone();
        tokens.refresh_token.get_or_insert_with(|| RefreshToken::clone(&spent));
        let record = Record::new(Some(&self.claimed), tokens, now.date);
        let over = earlier.map_or(Over::Spent(spent), |earlier| earlier.over);
        Unsaved { record, over }
    }
}

/// Where a state goes on from which nothing is lost. A claim is given back.
pub(super) fn given_up(state: State, hold: Duration) -> State {
    let outcome = Outcome::GivenUp(hold);
    match state {
        State::Claiming(spending)
        | State::Spend(spending)
        | State::Load(Reading::Spent(spending, _))
        | State::Loading(Reading::Spent(spending, _)) => State::Release(spending, outcome),
        _ => State::Ending(outcome),
    }
}

pub(super) fn fail(spending: Spending, error: Error, hold: Duration) -> State {
    let failure = SessionError::NotRefreshed(Arc::new(error));
    State::Release(spending, Outcome::Failed(failure, hold))
}

pub(super) fn failed(failure: SessionError) -> Outcome {
    Outcome::Failed(failure, Duration::ZERO)
}
